/* Takes a request's tokens; refuses with 429. Of several buckets the answer tells
 * of the one that refused, else of the one with the least left. Thread: L. */
#include "app/api_limits.h"

#include "app/limiter.h"

#include <stdio.h>

#define RETRY_AFTER_429_S 60 /* of what is no rate: as many jobs as there may be */
#define RETRY_AFTER_503_S 1

static int64_t seconds_up(int64_t ms) {
    int64_t s = (ms + 999) / 1000;
    return s > 0 ? s : 1;
}

struct rate_limit_state api_limits_take(const struct api_context *api, const struct http_request *request) {
    struct rate_limit_key key = limiter_key_of_address(&request->client);
    return limiter_take(api->limiter, LIMITER_ADDRESS, &key, request->peer);
}

void api_limits_refuse(struct api_call *call, const struct rate_limit_state *state, const char *of_whom) {
    call->rate = *state;
    call->retry_after_s = seconds_up(state->retry_after_ms);
    api_call_refuse_with(call, ERROR_RATE_LIMITED, "More than %s may ask for; the next may come in %lld s", of_whom,
                         (long long)call->retry_after_s);
}

/* Takes over what a bucket said; false: it was answered. */
static bool admit(struct api_call *call, const struct rate_limit_state *state, const char *of_whom) {
    bool is_tighter = state->limit > 0 && (call->rate.limit == 0 || state->remaining < call->rate.remaining);
    if (is_tighter)
        call->rate = *state;
    if (state->is_refused)
        api_limits_refuse(call, state, of_whom);
    return !state->is_refused;
}

static bool begin(struct api_call *call, const struct rate_limit_key *key) {
    if (limiter_begin_request(call->api->limiter, key, call->http->peer) == STATUS_OK) {
        call->open_key = *key;
        call->is_open = true;
        return true;
    }
    call->retry_after_s = 1;
    api_call_refuse_with(call, ERROR_RATE_LIMITED, "%lld requests are under way already; ask again when one is done",
                         (long long)call->api->config->open_requests_per_user);
    return false;
}

bool api_limits_admit(struct api_call *call, const struct rate_limit_state *taken) {
    struct rate_limit_key key = limiter_key_of_address(&call->http->client);
    return admit(call, taken, "this address") && begin(call, &key);
}

bool api_limits_admit_user(struct api_call *call, const struct uuid *user_id) {
    struct rate_limit_key key = limiter_key_of_user(user_id);
    struct rate_limit_state state = limiter_take(call->api->limiter, LIMITER_USER, &key, call->http->peer);
    if (!admit(call, &state, "this user"))
        return false;
    api_limits_end(call);
    return begin(call, &key);
}

void api_limits_charge_guess(const struct api_call *call, int64_t paid) {
    struct rate_limit_key key = limiter_key_of_address(&call->http->client);
    limiter_charge(call->api->limiter, LIMITER_ADDRESS, &key, LIMITER_GUESS_TOKENS - paid);
}

bool api_limits_admit_login(struct api_call *call, const char *email) {
    struct rate_limit_key key = limiter_key_of_address(&call->http->client);
    struct rate_limit_state state = limiter_take(call->api->limiter, LIMITER_LOGIN, &key, call->http->peer);
    if (!admit(call, &state, "this address"))
        return false;
    if (!email)
        return true;
    key = limiter_key_of_email(email);
    state = limiter_take(call->api->limiter, LIMITER_LOGIN, &key, call->http->peer);
    return admit(call, &state, "this account");
}

void api_limits_end(struct api_call *call) {
    if (call->is_open)
        limiter_end_request(call->api->limiter, &call->open_key);
    call->is_open = false;
}

static void add(struct http_response *response, const char *name, char text[24], int64_t value) {
    if (response->headers_n == HTTP_RESPONSE_HEADERS_MAX)
        return;
    (void)snprintf(text, 24, "%lld", (long long)value);
    response->headers[response->headers_n++] = (struct http_response_header){name, text};
}

void api_limits_add_headers(const struct api_call *call, struct http_response *response,
                            struct api_limits_headers *memory) {
    if (call->rate.limit > 0) {
        add(response, "ratelimit-limit:", memory->limit, call->rate.limit);
        add(response, "ratelimit-remaining:", memory->remaining, call->rate.remaining);
        add(response, "ratelimit-reset:", memory->reset, seconds_up(call->rate.full_in_ms));
    }
    int64_t retry_after_s = call->retry_after_s;
    if (retry_after_s == 0)
        retry_after_s = response->status == 503 ? RETRY_AFTER_503_S : response->status == 429 ? RETRY_AFTER_429_S : 0;
    if (retry_after_s > 0)
        add(response, "retry-after:", memory->retry_after, retry_after_s);
}
