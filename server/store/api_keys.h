/* API keys of users, and one-time tickets for the stream: both only as hashes.
 * Thread: W (blocking), but for api_key_read. */
#ifndef PF_STORE_API_KEYS_H
#define PF_STORE_API_KEYS_H

#include "store/credential_hash.h"
#include "store/db.h"
#include "store/listing.h"

#define API_KEYS_MAX 100 /* of a user, that are not revoked */

struct api_key {
    struct uuid key_id;
    const char *name;
    const char *scopes; /* "read write" */
    int64_t created_us;
    bool has_end, was_used;
    int64_t expires_us, last_used_us;
};

struct api_key_input {
    struct uuid user_id;
    const char *name;
    unsigned scopes;    /* of enum scope, not 0 */
    int64_t expires_ms; /* INT64_MAX: never */
    const uint8_t *secret_hash;
};

/* STATUS_LIMIT: the user has API_KEYS_MAX. STATUS_NOT_FOUND: no such user. */
PF_MUST_CHECK enum status api_keys_insert(struct db *db, const struct api_key_input *input, struct db_rows **ret_rows);
/* Those that are not revoked, expired ones too, by creation. */
PF_MUST_CHECK enum status api_keys_list(struct db *db, const struct uuid *user_id, const struct listing *listing,
                                        struct db_rows **ret_rows);
/* STATUS_NOT_FOUND: the user has no such key, or it is revoked. */
PF_MUST_CHECK enum status api_keys_revoke(struct db *db, const struct uuid *user_id, const struct uuid *key_id);

PF_MUST_CHECK enum status api_key_read(const struct db_rows *rows, size_t index, struct api_key *ret_key);

struct stream_ticket_input {
    struct uuid user_id, credential_id;
    unsigned scopes;
    int64_t credential_expires_ms; /* INT64_MAX: never */
    int64_t keep_s;
    const uint8_t *ticket_hash;
    const char *kid; /* of the key that signed the token it is made with; "": none did */
};

/* Taken by identities_take_ticket. expires_us: of the ticket. */
PF_MUST_CHECK enum status stream_tickets_insert(struct db *db, const struct stream_ticket_input *input,
                                                int64_t *ret_expires_us);

#endif
