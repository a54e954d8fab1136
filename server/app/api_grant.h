/* What a login or a refresh gives: an access token and a refresh token, in one
 * answer that is kept nowhere. Thread: L, but for the functions marked W. */
#ifndef PF_APP_API_GRANT_H
#define PF_APP_API_GRANT_H

#include "app/api_call.h"
#include "identity/secret.h"

struct api_grant {
    struct uuid user_id, session_id;
    char refresh_token[SECRET_TEXT_LEN + 1];
    uint8_t refresh_hash[SECRET_HASH_LEN];
    struct strbuf access_token;
    int64_t access_expires_ms, refresh_expires_ms;
};

void api_grant_init(struct api_grant *grant);
void api_grant_fini(struct api_grant *grant); /* overwrites the tokens */

/* A new refresh token, to be stored. */
PF_MUST_CHECK enum status api_grant_begin(struct api_grant *grant);
/* A session of that user with this refresh token, in the caller's transaction. Whether others ended by it. W. */
PF_MUST_CHECK enum status api_grant_store(struct api_call *call, struct db *db, struct api_grant *grant,
                                          bool *ret_others_ended);
/* After the commit: signs the access token of user_id and session_id. W. */
PF_MUST_CHECK enum status api_grant_sign(const struct api_call *call, struct api_grant *grant);

/* The answer: the tokens, and of whom they are, from call->rows (one of store/users.h). */
void api_grant_respond(struct api_call *call, const struct api_grant *grant, int http_status);

#endif
