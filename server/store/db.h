/* One worker's connection to PostgreSQL: prepared statements, transactions,
 * errors as statuses, reconnection with backoff.
 *
 * What a failure means for a write: STATUS_UNAVAILABLE, TIMEOUT, CONFLICT, … =
 * nothing was written; STATUS_OUTCOME_UNKNOWN = the connection was lost while
 * the write, or its COMMIT, was on the way. Thread: W. */
#ifndef PF_STORE_DB_H
#define PF_STORE_DB_H

#include "store/db_rows.h"
#include "store/stop_time.h"

#include <stdatomic.h>

enum db_state { DB_CONNECTING, DB_UP, DB_DOWN, DB_SCHEMA_OLDER, DB_SCHEMA_NEWER };

/* What connections of one pool last saw, shared by them. Thread: any. */
struct db_monitor {
    atomic_int state;         /* enum db_state */
    atomic_uint connects_n;   /* successful ones: another's success ends a backoff */
    atomic_int connections_n; /* open and found usable */
};

struct db_config {
    const char *name; /* of whose connection it is, for the log: "store" */
    const char *database_url;
    int64_t statement_timeout_ms;
    int64_t
        lock_timeout_ms; /* a statement fails that waits so long for a lock: TIMEOUT; 0: only statement_timeout_ms */
    struct db_monitor *monitor; /* NULL: one of its own */
    /* NULL, or set when the process stops: no new connection is made then, and no wait lasts longer. */
    const stop_time *stop_at;
};

struct db;

/* Does not connect. name, database_url and monitor must outlive it. */
PF_MUST_CHECK enum status db_create(const struct db_config *config, struct db **ret_db);
void db_destroy(struct db **db);

/* On whose behalf a job works: what the audit log says of its changes. Members may be NULL. */
struct db_actor {
    const struct uuid *id; /* of the user */
    const char *name;
    const char *peer; /* the address it asks from */
    const char *request_id;
};
/* For what follows, until it is set anew; NULL: the connection's own role. *actor must live as long. It is told to
 * PostgreSQL with a transaction's first writing statement, or one outside of them, without a wait of its own. */
void db_set_actor(struct db *db, const struct db_actor *actor);

/* Makes sure of a connection with the schema that this binary knows: notices a
 * connection the other end closed, connects again at once after that, and after
 * a failed attempt not before a backoff (250 ms doubling to 5 s) is over:
 * meanwhile STATUS_UNAVAILABLE, without waiting. Call before each job. */
PF_MUST_CHECK enum status db_ready(struct db *db);

/* Rows of a binary one are read with db_row_text and db_row_bytes only. */
enum db_kind { DB_READ, DB_WRITE, DB_READ_BINARY };

/* Prepared at its first use on each connection; lives as long as the program. */
struct db_statement {
    const char *name; /* unique in the program */
    enum db_kind kind;
    const char *sql;
};

/* Runs a statement; ret_rows may be NULL. The status of an error: CONFLICT
 * (unique), NOT_FOUND (foreign key), OUT_OF_RANGE (a number or a check), INVALID
 * (text that is no value), TIMEOUT, UNAVAILABLE, OUTCOME_UNKNOWN, INTERNAL. */
PF_MUST_CHECK enum status db_query(struct db *db, const struct db_statement *statement, const struct db_args *args,
                                   struct db_rows **ret_rows);

/* Runs `body` in a transaction: committed when it returns STATUS_OK, rolled
 * back otherwise. After a deadlock or a serialization failure it is run again,
 * three times at most, so it must set its outputs anew each time. Inside a
 * transaction it joins that one, whose body must fail when this fails. */
PF_MUST_CHECK enum status db_transaction(struct db *db, enum status (*body)(struct db *db, void *context),
                                         void *context);

/* The same, and all that it reads is as of one moment. Not inside a transaction. */
PF_MUST_CHECK enum status db_snapshot(struct db *db, enum status (*body)(struct db *db, void *context), void *context);

/* Of the last failed query: the constraint that refused ("" when none). */
const char *db_constraint(const struct db *db);
/* The last error on one line, for the log. */
const char *db_error(const struct db *db);

/* True when the last STATUS_UNAVAILABLE of a query came from the other end
 * closing the connection: with a new one the job may succeed at once. */
bool db_was_closed(const struct db *db);

/* True when the last error since db_ready was a lock that another transaction held for longer than lock_timeout_ms. */
bool db_was_locked(const struct db *db);

/* For a transaction's body that finds that another one was faster: it returns STATUS_UNAVAILABLE, and is run again as
 * after a deadlock. */
void db_try_again(struct db *db);

/* Ends a transaction that was left open by mistake; true when there was one. */
bool db_reset(struct db *db);

const char *db_state_text(enum db_state state);

#endif
