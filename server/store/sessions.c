/* Sessions: their SQL. Refuses a refresh token that was used. Thread: W. */
#include "store/sessions.h"

#include "store/entity.h"

#define LIVE "s.revoked_at IS NULL AND s.expires_at > now()"
#define KEEP "now() + $3::bigint * interval '1 second'"

enum { INSERT, INSERT_TOKEN, END_OLDEST, USE_TOKEN, FIND_TOKEN, EXTEND, REVOKE, REVOKE_OTHERS, LIST, LIST_DOWN };

#define LIST_COLUMNS                                                                                                   \
    "SELECT s.session_id, s.peer, s.user_agent, " SQL_US("s.created_at") ", " SQL_US(                                  \
        "(SELECT max(t.created_at) FROM refresh_tokens t WHERE t.session_id = "                                        \
        "s.session_id)") ", " SQL_US("s.expires_at") ", " SQL_US("s.created_at") " FROM "                              \
                                                                                 "session"                             \
                                                                                 "s s "                                \
                                                                                 "WHERE "                              \
                                                                                 "s.user_"                             \
                                                                                 "id = "                               \
                                                                                 "$4 "                                 \
                                                                                 "AND"                                 \
                                                                                 " " LIVE

static const struct db_statement statements[] = {
    [INSERT] = {"sessions.insert", DB_WRITE,
                "INSERT INTO sessions (user_id, peer, expires_at, user_agent) VALUES ($1, $2, " KEEP ", $4) "
                "RETURNING session_id"},
    [INSERT_TOKEN] = {"sessions.insert_token", DB_WRITE,
                      "INSERT INTO refresh_tokens (session_id, token_hash, expires_at) VALUES ($1, $2, " KEEP ")"},
    [END_OLDEST] = {"sessions.end_oldest", DB_WRITE,
                    "UPDATE sessions SET revoked_at = now() WHERE session_id IN (SELECT s.session_id FROM sessions s "
                    "WHERE s.user_id = $1 AND " LIVE " ORDER BY s.created_at DESC, s.session_id OFFSET $2::bigint) "
                    "RETURNING session_id"},
    /* Who comes second waits here for the first, and then finds it used. */
    [USE_TOKEN] = {"sessions.use_token", DB_WRITE,
                   "UPDATE refresh_tokens SET used_at = now() WHERE token_hash = $1 AND used_at IS NULL "
                   "AND expires_at > now() RETURNING session_id"},
    [FIND_TOKEN] = {"sessions.find_token", DB_READ,
                    "SELECT t.session_id, s.user_id FROM refresh_tokens t JOIN sessions s USING (session_id) "
                    "WHERE t.token_hash = $1 AND t.used_at IS NOT NULL"},
    [EXTEND] = {"sessions.extend", DB_WRITE,
                "UPDATE sessions s SET expires_at = now() + $2::bigint * interval '1 second' FROM users u "
                "WHERE s.session_id = $1 AND u.user_id = s.user_id AND NOT u.is_disabled AND " LIVE
                " RETURNING s.user_id"},
    [REVOKE] = {"sessions.revoke", DB_WRITE,
                "UPDATE sessions s SET revoked_at = now() WHERE s.user_id = $1 AND s.session_id = $2 AND " LIVE
                " RETURNING s.session_id"},
    [REVOKE_OTHERS] = {"sessions.revoke_others", DB_WRITE,
                       "UPDATE sessions s SET revoked_at = now() WHERE s.user_id = $1 "
                       "AND s.session_id IS DISTINCT FROM $2::uuid AND " LIVE " RETURNING s.session_id"},
    [LIST] = {"sessions.list", DB_READ,
              LIST_COLUMNS SQL_LISTING("s.created_at", "s.session_id", SQL_LISTING_KEY_TIME, ">", "ASC")},
    [LIST_DOWN] = {"sessions.list_down", DB_READ,
                   LIST_COLUMNS SQL_LISTING("s.created_at", "s.session_id", SQL_LISTING_KEY_TIME, "<", "DESC")},
};

enum status session_read(const struct db_rows *rows, size_t index, struct session_row *ret_session) {
    struct db_row row = db_rows_at(rows, index);
    struct session_row session = {.session_id = db_row_uuid(&row)};
    session.peer = db_row_optional_text(&row);
    session.user_agent = db_row_optional_text(&row);
    session.created_us = db_row_i64(&row);
    session.refreshed_us = db_row_i64(&row);
    session.expires_us = db_row_i64(&row);
    if (!row.failed)
        *ret_session = session;
    return db_row_status(&row);
}

static enum status id_read(const struct db_rows *rows, struct uuid *ret_id) {
    struct db_row row = db_rows_at(rows, 0);
    struct uuid id = db_row_uuid(&row);
    if (!row.failed)
        *ret_id = id;
    return db_row_status(&row);
}

static enum status token_insert(struct db *db, const struct uuid *session_id, const uint8_t *hash, int64_t keep_s) {
    struct credential_hash_text text;
    struct db_args args;
    credential_hash_write(&text, hash);
    db_args_init(&args);
    db_args_uuid(&args, session_id);
    db_args_text(&args, text.text);
    db_args_i64(&args, keep_s);
    return db_query(db, &statements[INSERT_TOKEN], &args, NULL);
}

/* --- creating --- */

struct creation {
    const struct session_input *input;
    struct uuid session_id;
    struct db_rows *ended;
};

static enum status creation_run(struct db *db, void *context) {
    struct creation *it = context;
    struct db_rows *rows = NULL;
    struct db_args args;
    db_rows_destroy(&it->ended);
    db_args_init(&args);
    db_args_uuid(&args, &it->input->user_id);
    db_args_text(&args, it->input->peer);
    db_args_i64(&args, it->input->keep_s);
    db_args_text(&args, it->input->user_agent);
    enum status status = entity_get(db, &statements[INSERT], &args, &rows);
    if (status == STATUS_OK)
        status = id_read(rows, &it->session_id);
    db_rows_destroy(&rows);
    if (status == STATUS_OK)
        status = token_insert(db, &it->session_id, it->input->token_hash, it->input->keep_s);
    if (status != STATUS_OK)
        return status;
    db_args_init(&args);
    db_args_uuid(&args, &it->input->user_id);
    db_args_i64(&args, SESSIONS_MAX);
    return db_query(db, &statements[END_OLDEST], &args, &it->ended);
}

enum status sessions_create(struct db *db, const struct session_input *input, struct uuid *ret_session_id,
                            struct db_rows **ret_ended) {
    struct creation it = {.input = input};
    enum status status = db_transaction(db, creation_run, &it);
    if (status != STATUS_OK) {
        db_rows_destroy(&it.ended);
        return status;
    }
    *ret_session_id = it.session_id;
    *ret_ended = it.ended;
    return STATUS_OK;
}

/* --- refreshing --- */

struct refresh_run {
    const uint8_t *old_hash, *new_hash;
    int64_t keep_s;
    struct session_refresh found;
};

/* It was used before, or is none. The session ends in this transaction, which is therefore no failure. */
static enum status used_token_judge(struct db *db, const struct db_args *token, struct refresh_run *run) {
    struct db_rows *rows = NULL;
    enum status status = entity_get(db, &statements[FIND_TOKEN], token, &rows);
    if (status == STATUS_NOT_FOUND)
        return STATUS_OK;
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    run->found.session_id = db_row_uuid(&row);
    run->found.user_id = db_row_uuid(&row);
    status = db_row_status(&row);
    db_rows_destroy(&rows);
    if (status == STATUS_OK)
        status = sessions_revoke(db, &run->found.user_id, &run->found.session_id);
    if (status == STATUS_OK)
        run->found.use = SESSION_REUSED;
    return status == STATUS_NOT_FOUND ? STATUS_OK : status; /* it had ended already */
}

/* The token was good; its session may not be any more. */
static enum status session_extend(struct db *db, struct refresh_run *run) {
    struct db_rows *rows = NULL;
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, &run->found.session_id);
    db_args_i64(&args, run->keep_s);
    enum status status = entity_get(db, &statements[EXTEND], &args, &rows);
    if (status == STATUS_NOT_FOUND)
        return STATUS_OK;
    if (status == STATUS_OK)
        status = id_read(rows, &run->found.user_id);
    db_rows_destroy(&rows);
    if (status == STATUS_OK)
        status = token_insert(db, &run->found.session_id, run->new_hash, run->keep_s);
    if (status == STATUS_OK)
        run->found.use = SESSION_REFRESHED;
    return status;
}

static enum status refresh_run(struct db *db, void *context) {
    struct refresh_run *run = context;
    struct credential_hash_text text;
    struct db_rows *rows = NULL;
    struct db_args args;
    run->found = (struct session_refresh){.use = SESSION_UNKNOWN};
    credential_hash_write(&text, run->old_hash);
    db_args_init(&args);
    db_args_text(&args, text.text);
    enum status status = entity_get(db, &statements[USE_TOKEN], &args, &rows);
    if (status == STATUS_NOT_FOUND)
        return used_token_judge(db, &args, run);
    if (status == STATUS_OK)
        status = id_read(rows, &run->found.session_id);
    db_rows_destroy(&rows);
    return status == STATUS_OK ? session_extend(db, run) : status;
}

enum status sessions_refresh(struct db *db, const uint8_t old_hash[CREDENTIAL_HASH_LEN],
                             const uint8_t new_hash[CREDENTIAL_HASH_LEN], int64_t keep_s,
                             struct session_refresh *ret_refresh) {
    struct refresh_run run = {.old_hash = old_hash, .new_hash = new_hash, .keep_s = keep_s};
    enum status status = db_transaction(db, refresh_run, &run);
    if (status == STATUS_OK)
        *ret_refresh = run.found;
    return status;
}

/* --- the others --- */

enum status sessions_list(struct db *db, const struct uuid *user_id, const struct listing *listing,
                          struct db_rows **ret_rows) {
    struct db_args args;
    db_args_init(&args);
    listing_add_args(&args, listing);
    db_args_uuid(&args, user_id);
    return db_query(db, &statements[listing->order == 0 ? LIST : LIST_DOWN], &args, ret_rows);
}

enum status sessions_revoke(struct db *db, const struct uuid *user_id, const struct uuid *session_id) {
    struct db_rows *rows = NULL;
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, user_id);
    db_args_uuid(&args, session_id);
    enum status status = entity_get(db, &statements[REVOKE], &args, &rows);
    db_rows_destroy(&rows);
    return status;
}

enum status sessions_revoke_others(struct db *db, const struct uuid *user_id, const struct uuid *kept,
                                   struct db_rows **ret_ended) {
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, user_id);
    db_args_optional_uuid(&args, kept);
    return db_query(db, &statements[REVOKE_OTHERS], &args, ret_ended);
}
