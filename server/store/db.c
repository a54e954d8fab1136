/* A connection to PostgreSQL with its prepared statements. Refuses to wait
 * without a deadline and to guess the outcome of a write. Thread: W. */
#include "store/db.h"

#include "base/clock.h"
#include "base/map.h"
#include "ops/log.h"
#include "ops/metrics.h"
#include "store/connection.h"
#include "store/migrate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define BACKOFF_MIN_MS 250
#define BACKOFF_MAX_MS 5000
#define ANSWER_MARGIN_MS 2000 /* beyond statement_timeout, which the server keeps itself */
#define ATTEMPTS_MAX 3

struct db {
    struct db_config config;
    struct db_monitor own_monitor;
    struct db_monitor *monitor;
    PGconn *connection;           /* NULL: none */
    struct map prepared;          /* name -> statement, of this connection */
    const struct db_actor *actor; /* NULL: nobody but ourselves */
    bool is_in_transaction;
    bool is_actor_told; /* in this transaction */
    bool is_checked;    /* the schema is the one we know: answers mean that PostgreSQL is up */
    bool is_retryable;  /* the last error was a deadlock or the like */
    bool was_locked;    /* the last error was a lock that was not given in time */
    bool was_closed;    /* the last connection was lost by the other end's closing it */
    int64_t backoff_ms;
    int64_t retry_at_ms;
    unsigned connects_seen_n; /* monitor->connects_n when our last attempt, which failed, began */
    char constraint[64];
    char error[CONNECTION_ERROR_MAX];
};

const char *db_state_text(enum db_state state) {
    switch (state) {
    case DB_CONNECTING:
        return "connecting";
    case DB_UP:
        return "up";
    case DB_DOWN:
        return "down";
    case DB_SCHEMA_OLDER:
        return "schema_older";
    case DB_SCHEMA_NEWER:
        return "schema_newer";
    }
    return "unknown";
}

const char *db_constraint(const struct db *db) {
    return db->constraint;
}

const char *db_error(const struct db *db) {
    return db->error;
}

bool db_was_closed(const struct db *db) {
    return !db->connection && db->was_closed;
}

bool db_was_locked(const struct db *db) {
    return db->was_locked;
}

void db_set_actor(struct db *db, const struct db_actor *actor) {
    db->actor = actor;
}

void db_try_again(struct db *db) {
    db->is_retryable = true;
}

enum status db_create(const struct db_config *config, struct db **ret_db) {
    struct db *db = calloc(1, sizeof *db);
    if (!db)
        return STATUS_NO_MEMORY;
    db->config = *config;
    db->monitor = config->monitor ? config->monitor : &db->own_monitor;
    map_init(&db->prepared);
    *ret_db = db;
    return STATUS_OK;
}

/* Logged once at each change, not at each attempt. */
static void state_set(struct db *db, enum db_state state) {
    if (atomic_load(&db->monitor->state) == (int)state ||
        atomic_exchange(&db->monitor->state, (int)state) == (int)state)
        return;
    if (state == DB_UP)
        log_event(LOG_INFO, "postgresql.connected", LOG_TEXT("by", db->config.name));
    else if (state == DB_DOWN)
        log_event(LOG_WARN, "postgresql.unavailable", LOG_TEXT("by", db->config.name), LOG_TEXT("reason", db->error));
    else
        log_event(LOG_ERROR, "postgresql.schema_refused", LOG_TEXT("by", db->config.name),
                  LOG_TEXT("state", db_state_text(state)),
                  LOG_TEXT("reason", state == DB_SCHEMA_OLDER ? "the database is older than this program: "
                                                                "run portfoliod migrate"
                                                              : "the database is newer than this program"));
}

static void disconnect(struct db *db) {
    if (!db->connection)
        return;
    connection_close(&db->connection);
    if (db->is_checked) {
        atomic_fetch_sub(&db->monitor->connections_n, 1);
        metrics_add(METRIC_DB_CONNECTIONS, -1);
    }
    map_fini(&db->prepared);
    map_init(&db->prepared);
    db->is_in_transaction = db->is_actor_told = false;
    db->is_checked = false;
}

void db_destroy(struct db **db) {
    if (!*db)
        return;
    disconnect(*db);
    map_fini(&(*db)->prepared);
    free(*db);
    *db = NULL;
}

/* --- errors --- */

struct sqlstate_rule {
    const char *prefix;
    enum status status;
};

/* The first row that fits. */
static const struct sqlstate_rule sqlstate_rules[] = {
    {"23505", STATUS_CONFLICT},     {"23503", STATUS_NOT_FOUND},    {"23514", STATUS_OUT_OF_RANGE},
    {"22003", STATUS_OUT_OF_RANGE}, {"22008", STATUS_OUT_OF_RANGE}, {"22", STATUS_INVALID},
    {"57014", STATUS_TIMEOUT},      {"55P03", STATUS_TIMEOUT},      {"40", STATUS_UNAVAILABLE},
    {"25006", STATUS_UNAVAILABLE},  {"08", STATUS_UNAVAILABLE},     {"53", STATUS_UNAVAILABLE},
    {"57P", STATUS_UNAVAILABLE},
};

static enum status status_of_sqlstate(const char *sqlstate) {
    for (size_t i = 0; i < sizeof sqlstate_rules / sizeof sqlstate_rules[0]; i++) {
        if (strncmp(sqlstate, sqlstate_rules[i].prefix, strlen(sqlstate_rules[i].prefix)) == 0)
            return sqlstate_rules[i].status;
    }
    return STATUS_INTERNAL;
}

/* The connection cannot be used any more. kind: of what was on the way outside
 * a transaction; inside one, the server rolls back what was not committed. */
static enum status connection_lost(struct db *db, enum db_kind kind) {
    enum status status = kind == DB_WRITE && !db->is_in_transaction ? STATUS_OUTCOME_UNKNOWN : STATUS_UNAVAILABLE;
    db->was_closed = PQstatus(db->connection) != CONNECTION_OK;
    if (!db->was_closed)
        (void)snprintf(db->error, sizeof db->error, "no answer in time");
    else
        connection_error_text(PQerrorMessage(db->connection), db->error, sizeof db->error);
    disconnect(db);
    state_set(db, DB_DOWN);
    return status;
}

/* Takes `result` over when it is an error; NULL is a lost connection. */
static enum status result_check(struct db *db, PGresult *result, enum db_kind kind) {
    db->constraint[0] = '\0';
    db->is_retryable = false;
    if (!result)
        return connection_lost(db, kind);
    ExecStatusType type = PQresultStatus(result);
    if (type == PGRES_TUPLES_OK || type == PGRES_COMMAND_OK) {
        if (db->is_checked)
            state_set(db, DB_UP);
        return STATUS_OK;
    }
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
    enum status status = status_of_sqlstate(sqlstate ? sqlstate : "");
    (void)snprintf(db->constraint, sizeof db->constraint, "%s", constraint ? constraint : "");
    connection_error_text(PQresultErrorMessage(result), db->error, sizeof db->error);
    db->is_retryable = sqlstate && strncmp(sqlstate, "40", 2) == 0;
    db->was_locked = sqlstate && strcmp(sqlstate, "55P03") == 0;
    PQclear(result);
    /* The server said farewell (a shutdown), or cannot be understood. */
    if (PQstatus(db->connection) != CONNECTION_OK)
        return connection_lost(db, kind);
    return status;
}

/* --- statements --- */

static PGresult *answer_await(struct db *db) {
    return connection_await(db->connection, db->config.statement_timeout_ms + ANSWER_MARGIN_MS, db->config.stop_at);
}

static enum status statement_prepare(struct db *db, const struct db_statement *statement) {
    size_t name_len = strlen(statement->name);
    if (map_get(&db->prepared, statement->name, name_len))
        return STATUS_OK;
    if (!PQsendPrepare(db->connection, statement->name, statement->sql, 0, NULL))
        return connection_lost(db, DB_READ);
    PGresult *result = answer_await(db);
    enum status status = result_check(db, result, DB_READ);
    if (status != STATUS_OK)
        return status;
    PQclear(result);
    status = map_put(&db->prepared, statement->name, name_len, (void *)(uintptr_t)statement, NULL);
    if (status != STATUS_OK)
        disconnect(db); /* else the next use would prepare a name that exists */
    return status;
}

/* For the transaction that it is sent into. */
static const struct db_statement set_actor = {
    "transaction.set_actor", DB_READ,
    "SELECT set_config('pf.actor_id', $1, true), set_config('pf.actor', $2, true), set_config('pf.peer', $3, true), "
    "set_config('pf.request_id', $4, true)"};

static bool statement_send(struct db *db, const struct db_statement *statement, const struct db_args *args) {
    return PQsendQueryPrepared(db->connection, statement->name, args ? (int)args->n : 0, args ? args->values : NULL,
                               NULL, NULL, statement->kind == DB_READ_BINARY ? 1 : 0) == 1;
}

static bool actor_send(struct db *db) {
    struct db_args args;
    db_args_init(&args);
    db_args_optional_uuid(&args, db->actor->id);
    db_args_text(&args, db->actor->name);
    db_args_text(&args, db->actor->peer);
    db_args_text(&args, db->actor->request_id);
    return statement_send(db, &set_actor, &args);
}

/* The first writing statement of a transaction, or one outside of them, which then is a transaction with it: behind
 * the actor, and one wait for both. */
static enum status actor_run(struct db *db, const struct db_statement *statement, const struct db_args *args,
                             PGresult **ret_result) {
    enum status status = statement_prepare(db, &set_actor);
    if (status != STATUS_OK)
        return status;
    bool is_sent = PQenterPipelineMode(db->connection) == 1 && actor_send(db) && statement_send(db, statement, args);
    if (!is_sent || PQpipelineSync(db->connection) != 1)
        return connection_lost(db, DB_READ); /* what is without its sync is not done */
    PGresult *result =
        connection_await_sync(db->connection, db->config.statement_timeout_ms + ANSWER_MARGIN_MS, db->config.stop_at);
    if (result && PQexitPipelineMode(db->connection) != 1) {
        PQclear(result);
        result = NULL;
    }
    status = result_check(db, result, statement->kind);
    if (status != STATUS_OK)
        return status;
    db->is_actor_told = db->is_in_transaction;
    *ret_result = result;
    return STATUS_OK;
}

/* Takes what was sent to its result; *ret_result is the caller's to clear. */
static enum status statement_run(struct db *db, const struct db_statement *statement, const struct db_args *args,
                                 PGresult **ret_result) {
    size_t args_n = args ? args->n : 0;
    if (args_n > DB_ARGS_MAX)
        return STATUS_INTERNAL;
    enum status status = statement_prepare(db, statement);
    if (status != STATUS_OK)
        return status;
    if (db->actor && statement->kind == DB_WRITE && !db->is_actor_told)
        return actor_run(db, statement, args, ret_result);
    if (!statement_send(db, statement, args))
        return connection_lost(db, DB_READ); /* nothing was sent */
    PGresult *result = answer_await(db);
    status = result_check(db, result, statement->kind);
    if (status == STATUS_OK)
        *ret_result = result;
    return status;
}

enum status db_query(struct db *db, const struct db_statement *statement, const struct db_args *args,
                     struct db_rows **ret_rows) {
    if (!db->connection)
        return STATUS_UNAVAILABLE;
    PGresult *result = NULL;
    enum status status = statement_run(db, statement, args, &result);
    if (status == STATUS_INTERNAL)
        log_event(LOG_ERROR, "statement.failed", LOG_TEXT("statement", statement->name), LOG_TEXT("reason", db->error));
    if (status != STATUS_OK)
        return status;
    if (!ret_rows) {
        PQclear(result);
        return STATUS_OK;
    }
    return db_rows_create(result, ret_rows);
}

/* --- transactions --- */

static enum status command_run(struct db *db, const char *sql, const char *expected_tag, enum db_kind kind) {
    if (!db->connection)
        return STATUS_UNAVAILABLE;
    if (!PQsendQuery(db->connection, sql))
        return connection_lost(db, DB_READ);
    PGresult *result = answer_await(db);
    enum status status = result_check(db, result, kind);
    if (status != STATUS_OK)
        return status;
    /* The COMMIT of a failed transaction succeeds with the tag ROLLBACK. */
    bool is_expected = strcmp(PQcmdStatus(result), expected_tag) == 0;
    PQclear(result);
    return is_expected ? STATUS_OK : STATUS_INTERNAL;
}

static enum status commit(struct db *db) {
    /* From here on a lost connection leaves the outcome open. */
    db->is_in_transaction = db->is_actor_told = false;
    return command_run(db, "COMMIT", "COMMIT", DB_WRITE);
}

bool db_reset(struct db *db) {
    db->is_in_transaction = db->is_actor_told = false;
    if (!db->connection || PQtransactionStatus(db->connection) == PQTRANS_IDLE)
        return false;
    if (command_run(db, "ROLLBACK", "ROLLBACK", DB_READ) != STATUS_OK)
        disconnect(db);
    return true;
}

static enum status transaction_run(struct db *db, const char *begin, enum status (*body)(struct db *db, void *context),
                                   void *context) {
    enum status status = STATUS_UNAVAILABLE;
    if (db->is_in_transaction)
        return body(db, context);
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        status = command_run(db, begin, "BEGIN", DB_READ);
        if (status != STATUS_OK)
            return status;
        db->is_in_transaction = true;
        status = body(db, context);
        if (status == STATUS_OK)
            status = commit(db);
        bool is_retryable = status != STATUS_OK && db->connection && db->is_retryable;
        if (status != STATUS_OK)
            (void)db_reset(db);
        if (!is_retryable)
            break;
    }
    return status;
}

enum status db_transaction(struct db *db, enum status (*body)(struct db *db, void *context), void *context) {
    return transaction_run(db, "BEGIN", body, context);
}

enum status db_snapshot(struct db *db, enum status (*body)(struct db *db, void *context), void *context) {
    return transaction_run(db, "BEGIN ISOLATION LEVEL REPEATABLE READ", body, context);
}

/* --- connecting --- */

static enum status settings_apply(struct db *db) {
    /* Texts of times and dates do not depend on the server's settings; nothing
     * runs, or waits inside a transaction, for ever. */
    static const struct db_statement statement = {
        "db.settings", DB_READ,
        "SELECT set_config('statement_timeout', $1, false), set_config('lock_timeout', $2, false), "
        "set_config('idle_in_transaction_session_timeout', '30000', false), "
        "set_config('TimeZone', 'UTC', false), set_config('DateStyle', 'ISO', false), "
        "set_config('extra_float_digits', '1', false), set_config('bytea_output', 'hex', false)"};
    struct db_args args;
    db_args_init(&args);
    db_args_i64(&args, db->config.statement_timeout_ms);
    db_args_i64(&args, db->config.lock_timeout_ms);
    return db_query(db, &statement, &args, NULL);
}

static enum status schema_check(struct db *db) {
    enum migrate_state state;
    enum status status = migrate_check(db, &state);
    if (status != STATUS_OK)
        return status;
    if (state == MIGRATE_CURRENT)
        return STATUS_OK;
    disconnect(db);
    state_set(db, state == MIGRATE_NEWER ? DB_SCHEMA_NEWER : DB_SCHEMA_OLDER);
    return STATUS_UNAVAILABLE;
}

/* Between half of backoff_ms and all of it, so that workers do not come in step. */
static int64_t jittered(int64_t backoff_ms) {
    uint32_t random = 0;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) != (ssize_t)sizeof random)
        return backoff_ms;
    return backoff_ms / 2 + (int64_t)(random % (uint32_t)(backoff_ms / 2 + 1));
}

/* connects_n: the monitor's when the attempt began: who succeeded during it has shown that PostgreSQL is there. */
static void backoff_start(struct db *db, unsigned connects_n) {
    db->backoff_ms = db->backoff_ms == 0 ? BACKOFF_MIN_MS : db->backoff_ms * 2;
    if (db->backoff_ms > BACKOFF_MAX_MS)
        db->backoff_ms = BACKOFF_MAX_MS;
    db->retry_at_ms = clock_monotonic_ms(clock_system()) + jittered(db->backoff_ms);
    db->connects_seen_n = connects_n;
    metrics_increment(METRIC_DB_CONNECTS_FAILED);
}

/* Of a failure in the set-up of what was opened, was_closed says whether the other end ended it. */
static enum status connect_once(struct db *db) {
    db->was_closed = false;
    enum status status = connection_open(db->config.database_url, &db->connection, db->error, sizeof db->error);
    if (status != STATUS_OK) {
        state_set(db, DB_DOWN);
        return status;
    }
    status = settings_apply(db);
    return status == STATUS_OK ? schema_check(db) : status;
}

static enum status connect_now(struct db *db) {
    if (db->config.stop_at && atomic_load(db->config.stop_at) != 0)
        return STATUS_UNAVAILABLE;
    unsigned connects_n = atomic_load(&db->monitor->connects_n);
    enum status status = connect_once(db);
    if (status != STATUS_OK && db_was_closed(db))
        status = connect_once(db); /* an administrator ended it, say: PostgreSQL is there */
    if (status != STATUS_OK) {
        if (db->connection) {
            disconnect(db);
            state_set(db, DB_DOWN);
        }
        backoff_start(db, connects_n);
        return STATUS_UNAVAILABLE;
    }
    db->backoff_ms = 0;
    db->is_checked = true;
    atomic_fetch_add(&db->monitor->connections_n, 1);
    metrics_add(METRIC_DB_CONNECTIONS, 1);
    atomic_fetch_add(&db->monitor->connects_n, 1);
    state_set(db, DB_UP);
    return STATUS_OK;
}

enum status db_ready(struct db *db) {
    db->was_locked = false;
    if (db->connection) {
        if (connection_is_alive(db->connection))
            return STATUS_OK;
        (void)connection_lost(db, DB_READ);
        db->backoff_ms = 0; /* a server that was restarted is back already */
        return connect_now(db);
    }
    bool is_waiting = db->backoff_ms > 0 && clock_monotonic_ms(clock_system()) < db->retry_at_ms &&
                      atomic_load(&db->monitor->connects_n) == db->connects_seen_n;
    return is_waiting ? STATUS_UNAVAILABLE : connect_now(db);
}
