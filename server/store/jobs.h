/* Jobs that fetch history, in PostgreSQL: what was asked for, who works on
 * which symbol, how far it is. A symbol is worked on in one job at a time; what
 * comes in the meantime waits. Thread: W (blocking), but for the …_read
 * functions. */
#ifndef PF_STORE_JOBS_H
#define PF_STORE_JOBS_H

#include "domain/symbol.h"
#include "store/db.h"
#include "store/entity.h"
#include "store/listing.h"

#define JOB_SYMBOLS_MAX 1000

enum job_kind { JOB_POPULATE, JOB_CLOSE, JOB_SPLITS };
const char *job_kind_name(enum job_kind kind); /* "POPULATE", … */

struct job_fields {
    enum job_kind kind;
    int32_t from, to; /* both inclusive */
    struct symbol *symbols;
    size_t symbols_n;      /* distinct, 1 to JOB_SYMBOLS_MAX */
    int64_t rows_expected; /* of each symbol */
    int64_t open_max;      /* so many POPULATE jobs may be open at most, with this one */
};

/* NULL: any. */
struct jobs_filter {
    const char *kind;    /* "POPULATE", "CLOSE" */
    const char *is_open; /* "true": not finished yet, "false" */
};

struct job {
    struct uuid job_id;
    enum job_kind kind;
    int32_t from, to;
    int64_t created_us;
    bool is_finished;
    int64_t finished_us;
    /* Sums over its symbols. */
    int64_t rows_done, rows_expected;
    int64_t symbols_n, waiting_n, running_n, failed_n;
};

struct job_symbol {
    const char *symbol;
    const char *status; /* as in the schema */
    int64_t rows_done, rows_expected;
    const char *provider;     /* NULL: none was asked yet */
    const char *error_code;   /* NULL: nothing is wrong */
    const char *error_detail; /* with error_code */
    bool is_postponed;
    int64_t retry_us; /* when it goes on */
};

/* Symbols that are not known become assets. ret_rows: the job's row. STATUS_LIMIT: too many are open. */
PF_MUST_CHECK enum status jobs_insert(struct db *db, const struct job_fields *fields, struct db_rows **ret_rows);
PF_MUST_CHECK enum status jobs_get(struct db *db, const struct uuid *job_id, struct db_rows **ret_rows);
/* By creation: order 0 up, 1 down. */
PF_MUST_CHECK enum status jobs_list(struct db *db, const struct listing *listing, const struct jobs_filter *filter,
                                    struct db_rows **ret_rows);
/* In the order of their names. */
PF_MUST_CHECK enum status jobs_list_symbols(struct db *db, const struct uuid *job_id, struct db_rows **ret_rows);
PF_MUST_CHECK enum status job_read(const struct db_rows *rows, size_t index, struct job *ret_job);
PF_MUST_CHECK enum status job_symbol_read(const struct db_rows *rows, size_t index, struct job_symbol *ret_symbol);

/* --- for the one that works them off; runner: a uuid of its process --- */

/* What others began and left (they no longer lead) waits again. ret_n: how many. */
PF_MUST_CHECK enum status jobs_adopt(struct db *db, const struct uuid *runner, int64_t *ret_n);

struct job_claim {
    struct uuid job_id;
    struct symbol symbol;
    int32_t next, to; /* what is still to be fetched */
    int64_t failures; /* in a row */
    enum job_kind kind;
};

/* Takes the next symbol that may be worked on: a session's close first, then the oldest job. NOT_FOUND: none now. */
PF_MUST_CHECK enum status jobs_claim(struct db *db, const struct uuid *runner, struct job_claim *ret_claim);

/* The following expect that `runner` works on the claim's symbol: CANCELLED, and nothing
 * is changed, when it does not any more. They run in the caller's transaction. */

/* rows_n more are stored, all before `next`. */
PF_MUST_CHECK enum status jobs_progress(struct db *db, const struct uuid *runner, const struct job_claim *claim,
                                        int32_t next, int64_t rows_n, const char *provider);
/* It waits again: after a failure (is_failure) or because nobody can be asked now. */
PF_MUST_CHECK enum status jobs_postpone(struct db *db, const struct uuid *runner, const struct job_claim *claim,
                                        int64_t for_ms, bool is_failure, const char *provider, const char *code,
                                        const char *detail);
/* code NULL: all of it is there. The job of the last symbol ends with it. */
PF_MUST_CHECK enum status jobs_end(struct db *db, const struct uuid *runner, const struct job_claim *claim,
                                   const char *provider, const char *code, const char *detail, bool is_failed);

/* A day's job that asks for splits of the shares that somebody holds: STATUS_CONFLICT when there is one already, none
 * held: STATUS_NOT_FOUND. */
PF_MUST_CHECK enum status jobs_insert_splits(struct db *db, int32_t date);
/* Jobs of a session's close: STATUS_CONFLICT when there is one already. The symbols are
 * those that somebody holds, and `also` (a benchmark, say); none at all: STATUS_NOT_FOUND. */
PF_MUST_CHECK enum status jobs_insert_close(struct db *db, int32_t session, const struct symbol *also, size_t also_n);

#endif
