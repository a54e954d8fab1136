/* Jobs that fetch history: their SQL and its rows. Refuses to work on a symbol
 * twice at a time, and to write down what a process did that no longer has the
 * symbol. Thread: W. */
#include "store/jobs.h"

#include "store/db_array.h"

#include <string.h>

/* Of a job, j, with the sums over its symbols. */
#define JOB_COLUMNS                                                                                                    \
    "j.job_id, j.kind, j.from_date, j.to_date, " SQL_US("j.created_at") ", " SQL_US("j.finished_at") ", t.*"
#define JOB_SUMS                                                                                                       \
    " CROSS JOIN LATERAL (SELECT coalesce(sum(s.rows_done), 0)::bigint, coalesce(sum(s.rows_expected), 0)::bigint, "   \
    "count(*), count(*) FILTER (WHERE s.status = 'WAITING'), count(*) FILTER (WHERE s.status = 'RUNNING'), "           \
    "count(*) FILTER (WHERE s.status = 'FAILED') FROM job_symbols s WHERE s.job_id = j.job_id) AS t"

/* $4, $5: the filters. The page first, so that sums are made of it only. */
#define LIST(name, compare, direction)                                                                                 \
    {                                                                                                                  \
        "jobs.list_by_creation" name, DB_READ,                                                                         \
            "SELECT " JOB_COLUMNS ", " SQL_US(                                                                         \
                "j.created_at") " FROM (SELECT * FROM jobs WHERE ($4::text IS NULL OR "                                \
                                "kind = $4) AND ($5::boolean IS NULL OR (finished_at IS NULL) = $5)" SQL_LISTING(      \
                                    "created_at", "job_id", SQL_LISTING_KEY_TIME, compare,                             \
                                    direction) ") AS j" JOB_SUMS " ORDER BY j.created_at " direction                   \
                                               ", j.job_id " direction                                                 \
    }

/* In the order of enum listing's: up and down. */
static const struct db_statement lists[] = {LIST("", ">", "ASC"), LIST("_down", "<", "DESC")};

/* The claim's row, as long as the runner has it. */
#define CLAIMED "WHERE job_id = $1 AND ticker_symbol = $2 AND runner = $3 AND status = 'RUNNING'"

enum {
    LOCK_OPEN,
    COUNT_OPEN,
    INSERT,
    INSERT_CLOSE,
    INSERT_SPLITS,
    ADD_SHARES,
    ADD_ASSETS,
    ADD_SYMBOLS,
    ADD_HELD,
    GET,
    LIST_SYMBOLS,
    ADOPT,
    FIND,
    CLAIM,
    PROGRESS,
    POSTPONE,
    LOCK,
    END,
    FINISH
};

static const struct db_statement statements[] = {
    /* So that those who come at the same time count one another. */
    [LOCK_OPEN] = {"jobs.lock_open", DB_READ, "SELECT pg_advisory_xact_lock(hashtextextended('jobs', 78))"},
    [COUNT_OPEN] = {"jobs.count_open", DB_READ,
                    "SELECT count(*) FROM jobs WHERE kind = 'POPULATE' AND finished_at IS NULL"},
    [INSERT] = {"jobs.insert", DB_WRITE,
                "INSERT INTO jobs (kind, from_date, to_date) VALUES ('POPULATE', $1, $2) RETURNING job_id"},
    [INSERT_CLOSE] = {"jobs.insert_close", DB_WRITE,
                      "INSERT INTO jobs (kind, from_date, to_date) VALUES ('CLOSE', $1, $1) "
                      "ON CONFLICT (to_date) WHERE kind = 'CLOSE' DO NOTHING RETURNING job_id"},
    [INSERT_SPLITS] = {"jobs.insert_splits", DB_WRITE,
                       "INSERT INTO jobs (kind, from_date, to_date) VALUES ('SPLITS', $1, $1) "
                       "ON CONFLICT (to_date) WHERE kind = 'SPLITS' DO NOTHING RETURNING job_id"},
    /* Neither rates nor crypto. */
    [ADD_SHARES] = {"jobs.add_shares", DB_WRITE,
                    "INSERT INTO job_symbols (job_id, ticker_symbol, next_date, rows_expected) "
                    "SELECT DISTINCT $1::uuid, ticker_symbol, $2::date, 0 FROM investments "
                    "WHERE ticker_symbol !~ '/|-[A-Z]{3,4}$'"},
    [ADD_ASSETS] = {"jobs.add_assets", DB_WRITE,
                    "INSERT INTO assets (ticker_symbol) SELECT DISTINCT t FROM unnest($1::text[]) t ORDER BY t "
                    "ON CONFLICT (ticker_symbol) DO NOTHING"},
    [ADD_SYMBOLS] = {"jobs.add_symbols", DB_WRITE,
                     "INSERT INTO job_symbols (job_id, ticker_symbol, next_date, rows_expected) "
                     "SELECT $1, t, $3, $4 FROM unnest($2::text[]) t "
                     "ON CONFLICT (job_id, ticker_symbol) DO NOTHING"},
    /* From the day after the last one there is: what a close before missed, because nobody led or the bar was not
     * out, is made up for; the day before the session for what has no bar yet and trades around the clock. */
    [ADD_HELD] = {"jobs.add_held", DB_WRITE,
                  "INSERT INTO job_symbols (job_id, ticker_symbol, next_date, rows_expected) "
                  "SELECT $1, h.ticker_symbol, h.next_date, $2::date - h.next_date + 1 FROM (SELECT i.ticker_symbol, "
                  "greatest(least(coalesce((SELECT max(b.date) + 1 FROM daily_bars b "
                  "WHERE b.ticker_symbol = i.ticker_symbol), $2::date - 1), $2::date), $2::date - 370) AS next_date "
                  "FROM investments i GROUP BY i.ticker_symbol) h"},
    [GET] = {"jobs.get", DB_READ, "SELECT " JOB_COLUMNS " FROM jobs j" JOB_SUMS " WHERE j.job_id = $1"},
    [LIST_SYMBOLS] = {"jobs.list_symbols", DB_READ,
                      "SELECT ticker_symbol, status, rows_done, rows_expected, provider, error_code, error_detail, "
                      "CASE WHEN status = 'WAITING' AND retry_at > now() THEN " SQL_US(
                          "retry_at") " END FROM job_symbols WHERE job_id = $1 ORDER BY ticker_symbol"},
    [ADOPT] = {"jobs.adopt", DB_WRITE,
               "UPDATE job_symbols SET status = 'WAITING', runner = NULL "
               "WHERE status = 'RUNNING' AND runner <> $1 RETURNING 1"},
    /* What the runner itself has is left over: it works on one at a time, and could not write down its end. SKIP
     * LOCKED: another process may be claiming the same. */
    [FIND] = {"jobs.find", DB_WRITE,
              "SELECT s.job_id, s.ticker_symbol, s.next_date, j.to_date, s.failures, j.kind "
              "FROM job_symbols s JOIN jobs j ON j.job_id = s.job_id "
              "WHERE (s.status = 'RUNNING' AND s.runner = $1) OR (s.status = 'WAITING' "
              "AND (s.retry_at IS NULL OR s.retry_at <= now()) "
              "AND NOT EXISTS (SELECT FROM job_symbols r WHERE r.ticker_symbol = s.ticker_symbol "
              "AND r.status = 'RUNNING')) ORDER BY s.status, j.kind = 'POPULATE', j.created_at, s.job_id, "
              "s.ticker_symbol LIMIT 1 "
              "FOR UPDATE OF s SKIP LOCKED"},
    [CLAIM] = {"jobs.claim", DB_WRITE,
               "UPDATE job_symbols SET status = 'RUNNING', runner = $3, retry_at = NULL "
               "WHERE job_id = $1 AND ticker_symbol = $2"},
    [PROGRESS] = {"jobs.progress", DB_WRITE,
                  "UPDATE job_symbols SET next_date = $4, rows_done = rows_done + $5, provider = $6, failures = 0, "
                  "error_code = NULL, error_detail = NULL " CLAIMED " RETURNING 1"},
    [POSTPONE] = {"jobs.postpone", DB_WRITE,
                  "UPDATE job_symbols SET status = 'WAITING', runner = NULL, "
                  "retry_at = now() + $4::bigint * interval '1 millisecond', failures = failures + $5::integer, "
                  "provider = coalesce($6, provider), error_code = $7, error_detail = $8 " CLAIMED " RETURNING 1"},
    /* So that of two symbols that end at the same time one sees the other's end. */
    [LOCK] = {"jobs.lock", DB_WRITE, "SELECT 1 FROM jobs WHERE job_id = $1 FOR UPDATE"},
    [END] = {"jobs.end", DB_WRITE,
             "UPDATE job_symbols SET status = CASE WHEN $7::boolean THEN 'FAILED' ELSE 'DONE' END, runner = NULL, "
             "provider = coalesce($4, provider), error_code = $5, error_detail = $6 " CLAIMED " RETURNING 1"},
    [FINISH] = {"jobs.finish", DB_WRITE,
                "UPDATE jobs SET finished_at = now() WHERE job_id = $1 AND finished_at IS NULL AND NOT EXISTS "
                "(SELECT FROM job_symbols WHERE job_id = $1 AND status IN ('WAITING', 'RUNNING'))"},
};

static const char *const kind_names[] = {[JOB_POPULATE] = "POPULATE", [JOB_CLOSE] = "CLOSE", [JOB_SPLITS] = "SPLITS"};

const char *job_kind_name(enum job_kind kind) {
    return kind_names[kind];
}

static enum job_kind kind_parse(const char *text) {
    enum job_kind kind = JOB_SPLITS;
    while (kind > JOB_POPULATE && strcmp(text, kind_names[kind]) != 0)
        kind--;
    return kind;
}

enum status job_read(const struct db_rows *rows, size_t index, struct job *ret_job) {
    struct db_row row = db_rows_at(rows, index);
    struct job job = {0};
    job.job_id = db_row_uuid(&row);
    job.kind = kind_parse(db_row_text(&row));
    job.from = db_row_date(&row);
    job.to = db_row_date(&row);
    job.created_us = db_row_i64(&row);
    job.is_finished = !db_row_skip_null(&row);
    if (job.is_finished)
        job.finished_us = db_row_i64(&row);
    job.rows_done = db_row_i64(&row);
    job.rows_expected = db_row_i64(&row);
    job.symbols_n = db_row_i64(&row);
    job.waiting_n = db_row_i64(&row);
    job.running_n = db_row_i64(&row);
    job.failed_n = db_row_i64(&row);
    enum status status = db_row_status(&row);
    if (status == STATUS_OK)
        *ret_job = job;
    return status;
}

enum status job_symbol_read(const struct db_rows *rows, size_t index, struct job_symbol *ret_symbol) {
    struct db_row row = db_rows_at(rows, index);
    struct job_symbol symbol = {0};
    symbol.symbol = db_row_text(&row);
    symbol.status = db_row_text(&row);
    symbol.rows_done = db_row_i64(&row);
    symbol.rows_expected = db_row_i64(&row);
    symbol.provider = db_row_optional_text(&row);
    symbol.error_code = db_row_optional_text(&row);
    symbol.error_detail = db_row_optional_text(&row);
    symbol.is_postponed = !db_row_skip_null(&row);
    if (symbol.is_postponed)
        symbol.retry_us = db_row_i64(&row);
    enum status status = db_row_status(&row);
    if (status == STATUS_OK)
        *ret_symbol = symbol;
    return status;
}

static void id_args(struct db_args *args, const struct uuid *job_id) {
    db_args_init(args);
    db_args_uuid(args, job_id);
}

enum status jobs_get(struct db *db, const struct uuid *job_id, struct db_rows **ret_rows) {
    struct db_args args;
    id_args(&args, job_id);
    return entity_get(db, &statements[GET], &args, ret_rows);
}

enum status jobs_list_symbols(struct db *db, const struct uuid *job_id, struct db_rows **ret_rows) {
    struct db_args args;
    id_args(&args, job_id);
    return db_query(db, &statements[LIST_SYMBOLS], &args, ret_rows);
}

enum status jobs_list(struct db *db, const struct listing *listing, const struct jobs_filter *filter,
                      struct db_rows **ret_rows) {
    struct db_args args;
    db_args_init(&args);
    listing_add_args(&args, listing);
    db_args_text(&args, filter->kind);
    db_args_text(&args, filter->is_open);
    return db_query(db, &lists[listing->order], &args, ret_rows);
}

/* --- new jobs --- */

struct insertion {
    const struct job_fields *fields;
    const char *symbols; /* an array */
    struct db_rows *rows;
};

/* A statement that gives the new job's id; NOT_FOUND when it gives none. */
static enum status id_insert(struct db *db, const struct db_statement *statement, const struct db_args *args,
                             struct uuid *ret_job_id) {
    struct db_rows *rows = NULL;
    enum status status = entity_get(db, statement, args, &rows);
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    *ret_job_id = db_row_uuid(&row);
    status = db_row_status(&row);
    db_rows_destroy(&rows);
    return status;
}

static enum status symbols_add(struct db *db, const struct uuid *job_id, const char *symbols, int32_t from,
                               int64_t rows_expected) {
    struct db_args args;
    db_args_init(&args);
    db_args_text(&args, symbols);
    enum status status = db_query(db, &statements[ADD_ASSETS], &args, NULL);
    if (status != STATUS_OK)
        return status;
    id_args(&args, job_id);
    db_args_text(&args, symbols);
    db_args_date(&args, from);
    db_args_i64(&args, rows_expected);
    return db_query(db, &statements[ADD_SYMBOLS], &args, NULL);
}

/* STATUS_LIMIT: there are as many as there may be. */
static enum status open_check(struct db *db, int64_t max_n) {
    struct db_rows *rows = NULL;
    enum status status = db_query(db, &statements[LOCK_OPEN], DB_NO_ARGS, NULL);
    if (status == STATUS_OK)
        status = entity_get(db, &statements[COUNT_OPEN], DB_NO_ARGS, &rows);
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    int64_t open_n = db_row_i64(&row);
    status = db_row_status(&row);
    db_rows_destroy(&rows);
    return status == STATUS_OK && open_n >= max_n ? STATUS_LIMIT : status;
}

static enum status insertion_run(struct db *db, void *context) {
    struct insertion *insertion = context;
    const struct job_fields *fields = insertion->fields;
    struct db_args args;
    struct uuid job_id;
    db_rows_destroy(&insertion->rows);
    db_args_init(&args);
    db_args_date(&args, fields->from);
    db_args_date(&args, fields->to);
    enum status status = open_check(db, fields->open_max);
    if (status == STATUS_OK)
        status = id_insert(db, &statements[INSERT], &args, &job_id);
    if (status == STATUS_OK)
        status = symbols_add(db, &job_id, insertion->symbols, fields->from, fields->rows_expected);
    return status == STATUS_OK ? jobs_get(db, &job_id, &insertion->rows) : status;
}

static enum status symbols_write(struct db_array *array, const struct symbol *symbols, size_t n,
                                 const char **ret_text) {
    for (size_t i = 0; i < n; i++)
        db_array_text(array, symbols[i].text);
    return db_array_finish(array, ret_text);
}

enum status jobs_insert(struct db *db, const struct job_fields *fields, struct db_rows **ret_rows) {
    struct insertion insertion = {.fields = fields};
    struct db_array symbols;
    db_array_init(&symbols);
    enum status status = symbols_write(&symbols, fields->symbols, fields->symbols_n, &insertion.symbols);
    if (status == STATUS_OK)
        status = db_transaction(db, insertion_run, &insertion);
    db_array_fini(&symbols);
    if (status == STATUS_OK)
        *ret_rows = insertion.rows;
    else
        db_rows_destroy(&insertion.rows);
    return status;
}

static enum status splits_run(struct db *db, void *context) {
    struct db_args args;
    struct uuid job_id;
    struct db_rows *rows = NULL;
    db_args_init(&args);
    db_args_date(&args, *(const int32_t *)context);
    enum status status = id_insert(db, &statements[INSERT_SPLITS], &args, &job_id);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_CONFLICT : status;
    id_args(&args, &job_id);
    db_args_date(&args, *(const int32_t *)context);
    status = db_query(db, &statements[ADD_SHARES], &args, NULL);
    if (status == STATUS_OK)
        status = jobs_list_symbols(db, &job_id, &rows);
    if (status == STATUS_OK && db_rows_n(rows) == 0)
        status = STATUS_NOT_FOUND;
    db_rows_destroy(&rows);
    return status;
}

enum status jobs_insert_splits(struct db *db, int32_t date) {
    return db_transaction(db, splits_run, &date);
}

struct closing {
    int32_t session;
    const char *also; /* an array */
};

static enum status closing_run(struct db *db, void *context) {
    const struct closing *closing = context;
    struct db_args args;
    struct uuid job_id;
    db_args_init(&args);
    db_args_date(&args, closing->session);
    enum status status = id_insert(db, &statements[INSERT_CLOSE], &args, &job_id);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_CONFLICT : status;
    id_args(&args, &job_id);
    db_args_date(&args, closing->session);
    status = db_query(db, &statements[ADD_HELD], &args, NULL);
    if (status == STATUS_OK)
        status = symbols_add(db, &job_id, closing->also, closing->session, 1);
    struct db_rows *rows = NULL;
    if (status == STATUS_OK)
        status = jobs_list_symbols(db, &job_id, &rows);
    if (status == STATUS_OK && db_rows_n(rows) == 0)
        status = STATUS_NOT_FOUND;
    db_rows_destroy(&rows);
    return status;
}

enum status jobs_insert_close(struct db *db, int32_t session, const struct symbol *also, size_t also_n) {
    struct closing closing = {.session = session};
    struct db_array symbols;
    db_array_init(&symbols);
    enum status status = symbols_write(&symbols, also, also_n, &closing.also);
    if (status == STATUS_OK)
        status = db_transaction(db, closing_run, &closing);
    db_array_fini(&symbols);
    return status;
}

/* --- working them off --- */

enum status jobs_adopt(struct db *db, const struct uuid *runner, int64_t *ret_n) {
    struct db_args args;
    struct db_rows *rows = NULL;
    id_args(&args, runner);
    enum status status = db_query(db, &statements[ADOPT], &args, &rows);
    if (status == STATUS_OK)
        *ret_n = (int64_t)db_rows_n(rows);
    db_rows_destroy(&rows);
    return status;
}

struct claiming {
    const struct uuid *runner;
    struct job_claim claim;
};

static void claim_args(struct db_args *args, const struct uuid *runner, const struct job_claim *claim) {
    id_args(args, &claim->job_id);
    db_args_text(args, claim->symbol.text);
    db_args_uuid(args, runner);
}

static enum status claiming_run(struct db *db, void *context) {
    struct claiming *claiming = context;
    struct job_claim *claim = &claiming->claim;
    struct db_rows *rows = NULL;
    struct db_args args;
    id_args(&args, claiming->runner);
    enum status status = entity_get(db, &statements[FIND], &args, &rows);
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    claim->job_id = db_row_uuid(&row);
    const char *symbol = db_row_text(&row);
    if (symbol_parse(symbol, strlen(symbol), &claim->symbol) != STATUS_OK)
        row.failed = true;
    claim->next = db_row_date(&row);
    claim->to = db_row_date(&row);
    claim->failures = db_row_i64(&row);
    claim->kind = kind_parse(db_row_text(&row));
    status = db_row_status(&row);
    db_rows_destroy(&rows);
    if (status != STATUS_OK)
        return status;
    claim_args(&args, claiming->runner, claim);
    return db_query(db, &statements[CLAIM], &args, NULL);
}

enum status jobs_claim(struct db *db, const struct uuid *runner, struct job_claim *ret_claim) {
    struct claiming claiming = {.runner = runner};
    enum status status = db_transaction(db, claiming_run, &claiming);
    if (status == STATUS_OK)
        *ret_claim = claiming.claim;
    /* Another process had the symbol first: it is the unique index that says so. */
    return status == STATUS_CONFLICT ? STATUS_NOT_FOUND : status;
}

static enum status claimed_update(struct db *db, int statement, const struct db_args *args) {
    struct db_rows *rows = NULL;
    enum status status = entity_get(db, &statements[statement], args, &rows);
    db_rows_destroy(&rows);
    return status == STATUS_NOT_FOUND ? STATUS_CANCELLED : status;
}

enum status jobs_progress(struct db *db, const struct uuid *runner, const struct job_claim *claim, int32_t next,
                          int64_t rows_n, const char *provider) {
    struct db_args args;
    claim_args(&args, runner, claim);
    db_args_date(&args, next);
    db_args_i64(&args, rows_n);
    db_args_text(&args, provider);
    return claimed_update(db, PROGRESS, &args);
}

enum status jobs_postpone(struct db *db, const struct uuid *runner, const struct job_claim *claim, int64_t for_ms,
                          bool is_failure, const char *provider, const char *code, const char *detail) {
    struct db_args args;
    claim_args(&args, runner, claim);
    db_args_i64(&args, for_ms);
    db_args_i64(&args, is_failure);
    db_args_text(&args, provider);
    db_args_text(&args, code);
    db_args_text(&args, detail);
    return claimed_update(db, POSTPONE, &args);
}

enum status jobs_end(struct db *db, const struct uuid *runner, const struct job_claim *claim, const char *provider,
                     const char *code, const char *detail, bool is_failed) {
    struct db_args args, id;
    id_args(&id, &claim->job_id);
    enum status status = db_query(db, &statements[LOCK], &id, NULL);
    if (status != STATUS_OK)
        return status;
    claim_args(&args, runner, claim);
    db_args_text(&args, provider);
    db_args_text(&args, code);
    db_args_text(&args, detail);
    db_args_text(&args, is_failed ? "true" : "false");
    status = claimed_update(db, END, &args);
    return status == STATUS_OK ? db_query(db, &statements[FINISH], &id, NULL) : status;
}
