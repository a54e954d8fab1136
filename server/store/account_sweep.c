/* The sweep's SQL. Refuses nothing; what another one deletes just now is left to
 * it. Thread: W. */
#include "store/account_sweep.h"

/* Sessions that have ended are kept for a day: a used refresh token of theirs is then still known as that. */
#define SWEEP(name, table, key, condition)                                                                             \
    {                                                                                                                  \
        "account_sweep." name, DB_WRITE,                                                                               \
            "DELETE FROM " table " WHERE " key " IN (SELECT " key " FROM " table " WHERE " condition                   \
            " LIMIT $1::bigint FOR UPDATE SKIP LOCKED) RETURNING 1"                                                    \
    }

static const struct db_statement statements[] = {
    SWEEP("tickets", "stream_tickets", "ticket_hash", "expires_at < now()"),
    SWEEP("sessions", "sessions", "session_id",
          "expires_at < now() - interval '1 day' OR revoked_at < now() - interval '1 day'"),
    SWEEP("refresh_tokens", "refresh_tokens", "token_hash", "expires_at < now() - interval '1 day'"),
    SWEEP("login_failures", "login_failures", "key_hash", "last_failed_at < now() - interval '2 hours'"),
    SWEEP("access_changes", "access_changes", "change_id", "changed_at < now() - interval '10 minutes'"),
};

enum status account_sweep(struct db *db, int64_t limit, size_t *ret_deleted_n, bool *ret_has_more) {
    size_t deleted_n = 0;
    bool has_more = false;
    struct db_args args;
    db_args_init(&args);
    db_args_i64(&args, limit);
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        struct db_rows *rows = NULL;
        enum status status = db_query(db, &statements[i], &args, &rows);
        if (status != STATUS_OK)
            return status;
        size_t n = db_rows_n(rows);
        db_rows_destroy(&rows);
        deleted_n += n;
        has_more = has_more || n == (size_t)limit;
    }
    *ret_deleted_n = deleted_n;
    *ret_has_more = has_more;
    return STATUS_OK;
}
