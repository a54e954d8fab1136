/* API keys and tickets: their SQL. Refuses more keys than a user may have.
 * Thread: W. */
#include "store/api_keys.h"

#include "domain/role.h"
#include "store/db_array.h"
#include "store/entity.h"

#define COLUMNS                                                                                                        \
    "key_id, name, array_to_string(scopes, ' '), " SQL_US("created_at") ", " SQL_US("expires_at") ", " SQL_US(         \
        "last_used_at")
#define LIST_COLUMNS                                                                                                   \
    "SELECT " COLUMNS ", " SQL_US("created_at") " FROM api_keys WHERE user_id = $4 AND revoked_at IS NULL"
/* In ms; NULL: never. */
#define END(parameter) "timestamptz 'epoch' + " parameter "::bigint * interval '1 millisecond'"

enum { LOCK_USER, COUNT, INSERT, LIST, LIST_DOWN, REVOKE, INSERT_TICKET };

static const struct db_statement statements[] = {
    /* Two keys that are made at the same time count each other. */
    [LOCK_USER] = {"api_keys.lock_user", DB_WRITE, "SELECT user_id FROM users WHERE user_id = $1 FOR NO KEY UPDATE"},
    [COUNT] = {"api_keys.count", DB_READ, "SELECT count(*) FROM api_keys WHERE user_id = $1 AND revoked_at IS NULL"},
    [INSERT] = {"api_keys.insert", DB_WRITE,
                "INSERT INTO api_keys (user_id, name, secret_hash, scopes, expires_at) "
                "VALUES ($1, $2, $3, $4, " END("$5") ") RETURNING " COLUMNS},
    [LIST] = {"api_keys.list", DB_READ,
              LIST_COLUMNS SQL_LISTING("created_at", "key_id", SQL_LISTING_KEY_TIME, ">", "ASC")},
    [LIST_DOWN] = {"api_keys.list_down", DB_READ,
                   LIST_COLUMNS SQL_LISTING("created_at", "key_id", SQL_LISTING_KEY_TIME, "<", "DESC")},
    [REVOKE] = {"api_keys.revoke", DB_WRITE,
                "UPDATE api_keys SET revoked_at = now() WHERE user_id = $1 AND key_id = $2 AND revoked_at IS NULL "
                "RETURNING key_id"},
    [INSERT_TICKET] =
        {"stream_tickets.insert", DB_WRITE,
         "INSERT INTO stream_tickets (user_id, credential_id, ticket_hash, scopes, expires_at, "
         "credential_expires_at, kid) VALUES ($1, $2, $3, $4, now() + $5::bigint * interval '1 second', " END(
             "$6") ", $7) RETURNING " SQL_US("expires_at")},
};

enum status api_key_read(const struct db_rows *rows, size_t index, struct api_key *ret_key) {
    struct db_row row = db_rows_at(rows, index);
    struct api_key key = {.key_id = db_row_uuid(&row)};
    key.name = db_row_text(&row);
    key.scopes = db_row_text(&row);
    key.created_us = db_row_i64(&row);
    key.has_end = !db_row_skip_null(&row);
    if (key.has_end)
        key.expires_us = db_row_i64(&row);
    key.was_used = !db_row_skip_null(&row);
    if (key.was_used)
        key.last_used_us = db_row_i64(&row);
    if (!row.failed)
        *ret_key = key;
    return db_row_status(&row);
}

static enum status scopes_write(unsigned scopes, struct db_array *array, const char **ret_text) {
    for (unsigned i = 0; i < SCOPES_N; i++) {
        if (scopes & 1U << i)
            db_array_text(array, scope_text((enum scope)(1U << i)));
    }
    return db_array_finish(array, ret_text);
}

static void end_add(struct db_args *args, int64_t expires_ms) {
    if (expires_ms == INT64_MAX)
        db_args_text(args, NULL);
    else
        db_args_i64(args, expires_ms);
}

struct insertion {
    const struct api_key_input *input;
    const char *scopes;
    struct db_rows *rows;
};

static enum status room_check(struct db *db, const struct uuid *user_id) {
    struct db_rows *rows = NULL;
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, user_id);
    enum status status = entity_get(db, &statements[LOCK_USER], &args, &rows);
    db_rows_destroy(&rows);
    if (status == STATUS_OK)
        status = db_query(db, &statements[COUNT], &args, &rows);
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    bool has_room = db_row_i64(&row) < API_KEYS_MAX;
    db_rows_destroy(&rows);
    return has_room ? STATUS_OK : STATUS_LIMIT;
}

static enum status insertion_run(struct db *db, void *context) {
    struct insertion *it = context;
    struct credential_hash_text hash;
    struct db_args args;
    db_rows_destroy(&it->rows);
    enum status status = room_check(db, &it->input->user_id);
    if (status != STATUS_OK)
        return status;
    credential_hash_write(&hash, it->input->secret_hash);
    db_args_init(&args);
    db_args_uuid(&args, &it->input->user_id);
    db_args_text(&args, it->input->name);
    db_args_text(&args, hash.text);
    db_args_text(&args, it->scopes);
    end_add(&args, it->input->expires_ms);
    return entity_get(db, &statements[INSERT], &args, &it->rows);
}

enum status api_keys_insert(struct db *db, const struct api_key_input *input, struct db_rows **ret_rows) {
    struct insertion it = {.input = input};
    struct db_array scopes;
    db_array_init(&scopes);
    enum status status = scopes_write(input->scopes, &scopes, &it.scopes);
    if (status == STATUS_OK)
        status = db_transaction(db, insertion_run, &it);
    db_array_fini(&scopes);
    if (status == STATUS_OK)
        *ret_rows = it.rows;
    else
        db_rows_destroy(&it.rows);
    return status;
}

enum status api_keys_list(struct db *db, const struct uuid *user_id, const struct listing *listing,
                          struct db_rows **ret_rows) {
    struct db_args args;
    db_args_init(&args);
    listing_add_args(&args, listing);
    db_args_uuid(&args, user_id);
    return db_query(db, &statements[listing->order == 0 ? LIST : LIST_DOWN], &args, ret_rows);
}

enum status api_keys_revoke(struct db *db, const struct uuid *user_id, const struct uuid *key_id) {
    struct db_rows *rows = NULL;
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, user_id);
    db_args_uuid(&args, key_id);
    enum status status = entity_get(db, &statements[REVOKE], &args, &rows);
    db_rows_destroy(&rows);
    return status;
}

enum status stream_tickets_insert(struct db *db, const struct stream_ticket_input *input, int64_t *ret_expires_us) {
    struct credential_hash_text hash;
    struct db_array scopes;
    const char *scopes_text = NULL;
    struct db_rows *rows = NULL;
    struct db_args args;
    db_array_init(&scopes);
    enum status status = scopes_write(input->scopes, &scopes, &scopes_text);
    credential_hash_write(&hash, input->ticket_hash);
    db_args_init(&args);
    db_args_uuid(&args, &input->user_id);
    db_args_uuid(&args, &input->credential_id);
    db_args_text(&args, hash.text);
    db_args_text(&args, scopes_text);
    db_args_i64(&args, input->keep_s);
    end_add(&args, input->credential_expires_ms);
    db_args_text(&args, input->kid);
    if (status == STATUS_OK)
        status = entity_get(db, &statements[INSERT_TICKET], &args, &rows);
    db_array_fini(&scopes);
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    int64_t expires_us = db_row_i64(&row);
    status = db_row_status(&row);
    db_rows_destroy(&rows);
    if (status == STATUS_OK)
        *ret_expires_us = expires_us;
    return status;
}
