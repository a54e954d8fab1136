/* What was created under which Idempotency-Key. A key is its caller's: another
 * caller's key of the same text is another key. It is claimed in the same
 * transaction as the write; the answer is kept beside it, at once or after the
 * commit. Thread: W (blocking), but for idempotency_read_answer. */
#ifndef PF_STORE_IDEMPOTENCY_H
#define PF_STORE_IDEMPOTENCY_H

#include "base/uuid.h"
#include "store/db.h"

#include <stdbool.h>

#define IDEMPOTENCY_KEY_MAX 255

struct idempotency_key {
    struct uuid principal_id; /* the user whose it is; nil: without authentication */
    const char *text;
};

struct idempotency_claim {
    struct idempotency_key key;
    const char *fingerprint; /* of the request, 64 hex digits */
    int64_t keep_s;          /* an older claim is void */
};

/* Texts point into the rows they were read from. */
struct idempotency_answer {
    struct uuid resource_id; /* nil: not said */
    int http_status;         /* 0: not kept; then the texts are NULL */
    const char *etag;        /* NULL: none */
    const char *location;    /* NULL: none */
    const char *body;
};

/* Inside a transaction; waits for another one that claims the same key.
 * *ret_rows NULL: the key is ours. Else the request was done before, and they
 * hold its answer. STATUS_CONFLICT: the key is of another request. */
PF_MUST_CHECK enum status idempotency_claim(struct db *db, const struct idempotency_claim *claim,
                                            struct db_rows **ret_rows);
/* Inside the transaction of the claim. */
PF_MUST_CHECK enum status idempotency_set_resource(struct db *db, const struct idempotency_key *key,
                                                   const struct uuid *resource_id);
/* Keeps the answer, unless one is kept already: *ret_rows holds the one that
 * is. STATUS_NOT_FOUND: there is no such key any more. */
PF_MUST_CHECK enum status idempotency_keep_answer(struct db *db, const struct idempotency_key *key,
                                                  const struct idempotency_answer *answer, struct db_rows **ret_rows);
PF_MUST_CHECK enum status idempotency_read_answer(const struct db_rows *rows, struct idempotency_answer *ret_answer);

/* Deletes at most `limit` claims older than keep_s. */
PF_MUST_CHECK enum status idempotency_sweep(struct db *db, int64_t keep_s, int64_t limit, size_t *ret_deleted_n);

#endif
