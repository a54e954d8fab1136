/* Migrations: the files embedded in the binary, applied in order. Refuses to go
 * back, and to go on from files other than its own. Thread: main; W for
 * migrate_check. */
#include "store/migrate.h"

#include "base/clock.h"
#include "store/connection.h"
#include "store/db.h"
#include "store/migrations.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Any constant: what matters is that all programs of ours use the same. */
#define LOCK_KEY "7310575165297004389"
#define STATEMENT_MAX_MS (INT64_C(24) * 3600 * 1000)

struct migration_run {
    PGconn *connection;
    FILE *out;
    char *error;
    size_t error_len;
};

/* Runs one or several statements; NULL with the error text when one failed. */
static PGresult *sql_run(struct migration_run *run, const char *sql) {
    PGresult *result =
        PQsendQuery(run->connection, sql) ? connection_await(run->connection, STATEMENT_MAX_MS, NULL) : NULL;
    ExecStatusType type = PQresultStatus(result);
    if (type == PGRES_TUPLES_OK || type == PGRES_COMMAND_OK)
        return result;
    connection_error_text(result ? PQresultErrorMessage(result) : PQerrorMessage(run->connection), run->error,
                          run->error_len);
    PQclear(result);
    return NULL;
}

static bool sql_do(struct migration_run *run, const char *sql) {
    PGresult *result = sql_run(run, sql);
    PQclear(result);
    return result != NULL;
}

/* One migration was applied with this file; is it ours? */
static bool applied_matches(struct migration_run *run, long version, const char *name, const char *checksum) {
    if (version < 1 || (size_t)version > migrations_n) {
        (void)snprintf(run->error, run->error_len,
                       "the database is at version %ld (%s), newer than this program, which knows %zu", version, name,
                       migrations_n);
        return false;
    }
    const struct migration *ours = &migrations[version - 1];
    if (strcmp(ours->checksum, checksum) != 0) {
        (void)snprintf(run->error, run->error_len,
                       "migration %s was applied with another content (checksum %.12s, this program has %.12s)", name,
                       checksum, ours->checksum);
        return false;
    }
    return true;
}

/* Reads what is applied: a gapless beginning of our files, or it is refused. */
static enum status applied_read(struct migration_run *run, size_t *ret_applied_n) {
    PGresult *result = sql_run(run, "SELECT version, name, checksum FROM schema_migrations ORDER BY version");
    if (!result)
        return STATUS_INTERNAL;
    int rows_n = PQntuples(result);
    enum status status = STATUS_OK;
    /* From the end: "newer" is the better word when both hold. */
    for (int i = rows_n - 1; i >= 0 && status == STATUS_OK; i--) {
        long version = strtol(PQgetvalue(result, i, 0), NULL, 10);
        if (!applied_matches(run, version, PQgetvalue(result, i, 1), PQgetvalue(result, i, 2)))
            status = STATUS_PRECONDITION;
        else if (version != i + 1) {
            (void)snprintf(run->error, run->error_len, "schema_migrations has a gap before version %ld", version);
            status = STATUS_PRECONDITION;
        }
    }
    PQclear(result);
    if (status == STATUS_OK)
        *ret_applied_n = (size_t)rows_n;
    return status;
}

/* The file and its row are one transaction: a file has no BEGIN of its own. */
static enum status migration_apply(struct migration_run *run, const struct migration *migration) {
    char insert[512];
    (void)snprintf(insert, sizeof insert,
                   "INSERT INTO schema_migrations (version, name, checksum) VALUES (%d, '%s', '%s')",
                   migration->version, migration->name, migration->checksum);
    int64_t started_ms = clock_monotonic_ms(clock_system());
    if (!sql_do(run, "BEGIN") || !sql_do(run, migration->sql) || !sql_do(run, insert) || !sql_do(run, "COMMIT")) {
        char reason[CONNECTION_ERROR_MAX];
        (void)snprintf(reason, sizeof reason, "%s", run->error);
        (void)sql_do(run, "ROLLBACK");
        (void)snprintf(run->error, run->error_len, "%s: %s", migration->name, reason);
        return STATUS_INTERNAL;
    }
    (void)fprintf(run->out, "applied %s (%" PRId64 " ms)\n", migration->name,
                  clock_monotonic_ms(clock_system()) - started_ms);
    return STATUS_OK;
}

/* client_encoding says nothing of what the database can hold. */
static enum status encoding_check(struct migration_run *run) {
    const char *encoding = PQparameterStatus(run->connection, "server_encoding");
    if (encoding && strcmp(encoding, "UTF8") == 0)
        return STATUS_OK;
    (void)snprintf(run->error, run->error_len, "the database's encoding is %s; UTF8 is needed",
                   encoding ? encoding : "not known");
    return STATUS_PRECONDITION;
}

static enum status migrations_apply(struct migration_run *run) {
    enum status status = encoding_check(run);
    if (status != STATUS_OK)
        return status;
    /* Another migration may be running: wait for it, then see what it left. */
    if (!sql_do(run, "SELECT pg_advisory_lock(" LOCK_KEY ")") || !sql_do(run, "SET client_min_messages = warning") ||
        !sql_do(run, "CREATE TABLE IF NOT EXISTS schema_migrations ("
                     "version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, "
                     "applied_at timestamptz NOT NULL DEFAULT now())"))
        return STATUS_INTERNAL;
    size_t applied_n = 0;
    status = applied_read(run, &applied_n);
    for (size_t i = applied_n; i < migrations_n && status == STATUS_OK; i++)
        status = migration_apply(run, &migrations[i]);
    if (status == STATUS_OK)
        (void)fprintf(run->out, "schema is at version %zu (%zu applied now)\n", migrations_n, migrations_n - applied_n);
    return status;
}

enum status migrate_run(const char *database_url, FILE *out, char *error, size_t error_len) {
    struct migration_run run = {.out = out, .error = error, .error_len = error_len};
    enum status status = connection_open(database_url, &run.connection, error, error_len);
    if (status != STATUS_OK)
        return status;
    status = migrations_apply(&run);
    /* Ends the session, and with it the lock. */
    connection_close(&run.connection);
    return status;
}

enum status migrate_check(struct db *db, enum migrate_state *ret_state) {
    static const struct db_statement has_table = {"migrate.has_table", DB_READ,
                                                  "SELECT to_regclass('schema_migrations') IS NOT NULL"};
    static const struct db_statement highest = {"migrate.highest", DB_READ,
                                                "SELECT coalesce(max(version), 0) FROM schema_migrations"};
    struct db_rows *rows = NULL;
    enum status status = db_query(db, &has_table, DB_NO_ARGS, &rows);
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    bool is_there = db_row_bool(&row);
    db_rows_destroy(&rows);
    if (!is_there) {
        *ret_state = MIGRATE_OLDER;
        return STATUS_OK;
    }
    status = db_query(db, &highest, DB_NO_ARGS, &rows);
    if (status != STATUS_OK)
        return status;
    row = db_rows_at(rows, 0);
    int64_t version = db_row_i64(&row);
    db_rows_destroy(&rows);
    if (row.failed)
        return STATUS_INTERNAL;
    *ret_state = version == (int64_t)migrations_n  ? MIGRATE_CURRENT
                 : version < (int64_t)migrations_n ? MIGRATE_OLDER
                                                   : MIGRATE_NEWER;
    return STATUS_OK;
}
