/* Sessions and their refresh tokens. A refresh token is used once: the same one
 * again means that two have it, and ends the session. Thread: W (blocking), but
 * for session_read. */
#ifndef PF_STORE_SESSIONS_H
#define PF_STORE_SESSIONS_H

#include "store/credential_hash.h"
#include "store/db.h"
#include "store/listing.h"

#define SESSIONS_MAX 100 /* live ones of a user: one more ends the oldest */

struct session_row {
    struct uuid session_id;
    const char *peer, *user_agent; /* NULL: not known */
    int64_t created_us, refreshed_us, expires_us;
};

struct session_input {
    struct uuid user_id;
    const char *peer, *user_agent; /* NULL or "": not known */
    int64_t keep_s;                /* of the refresh token, and of the session since its last use */
    const uint8_t *token_hash;     /* of the new refresh token */
};

/* A new session with its first refresh token; in a transaction of the caller's, or
 * one of its own. ended: one uuid a row, of the sessions that ended by it. */
PF_MUST_CHECK enum status sessions_create(struct db *db, const struct session_input *input, struct uuid *ret_session_id,
                                          struct db_rows **ret_ended);

enum session_use {
    SESSION_REFRESHED,
    SESSION_UNKNOWN, /* the token, or it has expired, or its session or user has ended */
    SESSION_REUSED   /* the token was used before: the session, which was live, has ended by this */
};

struct session_refresh {
    enum session_use use;
    struct uuid session_id, user_id; /* unless it is unknown */
};

/* Takes the old token for the new one, in one transaction. Of many who use the
 * same token at the same time one is SESSION_REFRESHED, and each other ends the
 * session. */
PF_MUST_CHECK enum status sessions_refresh(struct db *db, const uint8_t old_hash[CREDENTIAL_HASH_LEN],
                                           const uint8_t new_hash[CREDENTIAL_HASH_LEN], int64_t keep_s,
                                           struct session_refresh *ret_refresh);

/* Live ones, by creation. */
PF_MUST_CHECK enum status sessions_list(struct db *db, const struct uuid *user_id, const struct listing *listing,
                                        struct db_rows **ret_rows);
/* STATUS_NOT_FOUND: the user has no such live session. */
PF_MUST_CHECK enum status sessions_revoke(struct db *db, const struct uuid *user_id, const struct uuid *session_id);
/* All live ones but `kept` (NULL: all): one uuid a row. */
PF_MUST_CHECK enum status sessions_revoke_others(struct db *db, const struct uuid *user_id, const struct uuid *kept,
                                                 struct db_rows **ret_ended);

PF_MUST_CHECK enum status session_read(const struct db_rows *rows, size_t index, struct session_row *ret_session);

#endif
