/* A request and the limits: whether it may be, and what its answer says of it
 * (RateLimit-Limit, -Remaining, -Reset, Retry-After). Thread: L. */
#ifndef PF_APP_API_LIMITS_H
#define PF_APP_API_LIMITS_H

#include "app/api_call.h"

/* The address' requests, before anything is done for this one. */
struct rate_limit_state api_limits_take(const struct api_context *api, const struct http_request *request);

/* Answers 429 for a bucket that refused. */
void api_limits_refuse(struct api_call *call, const struct rate_limit_state *state, const char *of_whom);

/* The rest of these: false: 429 was answered, the call is gone. */

/* With what api_limits_take said; then counted among those under way. */
bool api_limits_admit(struct api_call *call, const struct rate_limit_state *taken);
/* Once it is known who asks. */
bool api_limits_admit_user(struct api_call *call, const struct uuid *user_id);
/* It came with a token that is none: that costs its address as much as several requests, `paid` of which it has taken
 * already: 1, or 0 for a handshake, which has a limit of its own. */
void api_limits_charge_guess(const struct api_call *call, int64_t paid);
/* What is tried with a password or a token; email NULL: by none. */
bool api_limits_admit_login(struct api_call *call, const char *email);

/* Private to api_call.c: the headers, with their texts in `memory`; and the end of the call. */
struct api_limits_headers {
    char limit[24], remaining[24], reset[24], retry_after[24];
};
void api_limits_add_headers(const struct api_call *call, struct http_response *response,
                            struct api_limits_headers *memory);
void api_limits_end(struct api_call *call);

#endif
