/* Claims of Idempotency-Keys: their SQL. Refuses a key that another request
 * has, for as long as claims are kept. Thread: W. */
#include "store/idempotency.h"

#include "store/entity.h"

#include <string.h>

#define COLUMNS                                                                                                        \
    "coalesce(resource_id, '00000000-0000-0000-0000-000000000000'), coalesce(status, 0), etag, location, body"

#define IS_KEY "WHERE principal_id = $1 AND idempotency_key = $2"

enum { CLAIM, FIND, SET_RESOURCE, KEEP_ANSWER, SWEEP };

static const struct db_statement statements[] = {
    /* A claim that is void is taken over. When the condition does not hold nothing is returned, but the row is locked
     * all the same, so the sweep cannot take it before it is read. */
    [CLAIM] = {"idempotency.claim", DB_WRITE,
               "INSERT INTO idempotency_keys AS k (principal_id, idempotency_key, fingerprint) VALUES ($1, $2, $3) "
               "ON CONFLICT (principal_id, idempotency_key) DO UPDATE SET fingerprint = excluded.fingerprint, "
               "resource_id = NULL, "
               "status = NULL, etag = NULL, location = NULL, body = NULL, created_at = now() "
               "WHERE k.created_at < now() - $4::bigint * interval '1 second' RETURNING 1"},
    [FIND] = {"idempotency.find", DB_READ, "SELECT fingerprint = $3, " COLUMNS " FROM idempotency_keys " IS_KEY},
    [SET_RESOURCE] = {"idempotency.set_resource", DB_WRITE, "UPDATE idempotency_keys SET resource_id = $3 " IS_KEY},
    /* The first answer counts: two requests that made one at the same time answer with the same. */
    [KEEP_ANSWER] = {"idempotency.keep_answer", DB_WRITE,
                     "UPDATE idempotency_keys SET status = coalesce(status, $3), "
                     "etag = CASE WHEN status IS NULL THEN $4 ELSE etag END, "
                     "location = CASE WHEN status IS NULL THEN $5 ELSE location END, body = coalesce(body, $6) " IS_KEY
                     " RETURNING true, " COLUMNS},
    [SWEEP] =
        {"idempotency.sweep", DB_WRITE,
         "DELETE FROM idempotency_keys WHERE (principal_id, idempotency_key) IN (SELECT principal_id, idempotency_key "
         "FROM idempotency_keys "
         "WHERE created_at < now() - $1::bigint * interval '1 second' ORDER BY created_at LIMIT $2::bigint "
         "FOR UPDATE SKIP LOCKED) RETURNING 1"},
};

static void key_add(struct db_args *args, const struct idempotency_key *key) {
    db_args_init(args);
    db_args_uuid(args, &key->principal_id);
    db_args_text(args, key->text);
}

static enum status claim_find(struct db *db, const struct idempotency_claim *claim, struct db_rows **ret_rows) {
    struct db_args args;
    key_add(&args, &claim->key);
    db_args_text(&args, claim->fingerprint);
    struct db_rows *rows = NULL;
    enum status status = entity_get(db, &statements[FIND], &args, &rows);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_INTERNAL : status;
    struct db_row row = db_rows_at(rows, 0);
    if (!db_row_bool(&row)) {
        db_rows_destroy(&rows);
        return STATUS_CONFLICT;
    }
    *ret_rows = rows;
    return STATUS_OK;
}

enum status idempotency_claim(struct db *db, const struct idempotency_claim *claim, struct db_rows **ret_rows) {
    struct db_args args;
    key_add(&args, &claim->key);
    db_args_text(&args, claim->fingerprint);
    db_args_i64(&args, claim->keep_s);
    struct db_rows *rows = NULL;
    enum status status = db_query(db, &statements[CLAIM], &args, &rows);
    if (status != STATUS_OK)
        return status;
    bool is_ours = db_rows_n(rows) > 0;
    db_rows_destroy(&rows);
    if (!is_ours)
        return claim_find(db, claim, ret_rows);
    *ret_rows = NULL;
    return STATUS_OK;
}

enum status idempotency_set_resource(struct db *db, const struct idempotency_key *key, const struct uuid *resource_id) {
    struct db_args args;
    key_add(&args, key);
    db_args_uuid(&args, resource_id);
    return db_query(db, &statements[SET_RESOURCE], &args, NULL);
}

enum status idempotency_keep_answer(struct db *db, const struct idempotency_key *key,
                                    const struct idempotency_answer *answer, struct db_rows **ret_rows) {
    struct db_args args;
    key_add(&args, key);
    db_args_i64(&args, answer->http_status);
    db_args_text(&args, answer->etag);
    db_args_text(&args, answer->location);
    db_args_text(&args, answer->body);
    return entity_get(db, &statements[KEEP_ANSWER], &args, ret_rows);
}

enum status idempotency_read_answer(const struct db_rows *rows, struct idempotency_answer *ret_answer) {
    struct db_row row = db_rows_at(rows, 0);
    struct idempotency_answer answer = {0};
    (void)db_row_bool(&row); /* the fingerprint's: compared already */
    answer.resource_id = db_row_uuid(&row);
    answer.http_status = (int)db_row_i64(&row);
    answer.etag = db_row_optional_text(&row);
    answer.location = db_row_optional_text(&row);
    answer.body = db_row_optional_text(&row);
    if (!row.failed)
        *ret_answer = answer;
    return db_row_status(&row);
}

enum status idempotency_sweep(struct db *db, int64_t keep_s, int64_t limit, size_t *ret_deleted_n) {
    struct db_args args;
    db_args_init(&args);
    db_args_i64(&args, keep_s);
    db_args_i64(&args, limit);
    struct db_rows *rows = NULL;
    enum status status = db_query(db, &statements[SWEEP], &args, &rows);
    if (status != STATUS_OK)
        return status;
    *ret_deleted_n = db_rows_n(rows);
    db_rows_destroy(&rows);
    return STATUS_OK;
}
