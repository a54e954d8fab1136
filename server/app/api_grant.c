/* Tokens for who has shown that it may have them. Refuses nothing itself.
 * Thread: L, but for store and sign, which run on W. */
#include "app/api_grant.h"

#include "app/api_entity.h"
#include "app/api_handlers.h"
#include "app/token_keys.h"
#include "store/sessions.h"

#include <stdio.h>
#include <string.h>

#define USER_AGENT_CHARS_MAX 256

void api_grant_init(struct api_grant *grant) {
    *grant = (struct api_grant){0};
    strbuf_init(&grant->access_token);
}

void api_grant_fini(struct api_grant *grant) {
    if (grant->access_token.data)
        explicit_bzero(grant->access_token.data, grant->access_token.len);
    strbuf_fini(&grant->access_token);
    explicit_bzero(grant->refresh_token, sizeof grant->refresh_token);
}

enum status api_grant_begin(struct api_grant *grant) {
    return secret_create(SECRET_REFRESH_TOKEN, grant->refresh_token, grant->refresh_hash);
}

/* What fits and is text; who shows something else shows nothing. */
static const char *user_agent_of(const struct api_call *call, char out[USER_AGENT_CHARS_MAX + 1]) {
    const char *given = call->http->headers[HTTP_HEADER_USER_AGENT];
    size_t len = 0;
    for (; given && given[len] >= ' ' && given[len] <= '~' && len < USER_AGENT_CHARS_MAX; len++)
        out[len] = given[len];
    out[len] = '\0';
    return out;
}

enum status api_grant_store(struct api_call *call, struct db *db, struct api_grant *grant, bool *ret_others_ended) {
    char user_agent[USER_AGENT_CHARS_MAX + 1];
    struct db_rows *ended = NULL;
    struct session_input input = {.user_id = grant->user_id,
                                  .peer = call->http->peer,
                                  .user_agent = user_agent_of(call, user_agent),
                                  .keep_s = call->api->config->refresh_token_s,
                                  .token_hash = grant->refresh_hash};
    enum status status = sessions_create(db, &input, &grant->session_id, &ended);
    if (status == STATUS_OK)
        *ret_others_ended = db_rows_n(ended) > 0;
    db_rows_destroy(&ended);
    return status;
}

enum status api_grant_sign(const struct api_call *call, struct api_grant *grant) {
    strbuf_clear(&grant->access_token);
    grant->refresh_expires_ms = clock_wall_ms(call->api->clock) + call->api->config->refresh_token_s * 1000;
    return token_keys_issue(call->api->token_keys, &grant->user_id, &grant->session_id, &grant->access_token,
                            &grant->access_expires_ms);
}

void api_grant_respond(struct api_call *call, const struct api_grant *grant, int http_status) {
    struct strbuf *out = &call->out;
    int64_t expires_in_s = (grant->access_expires_ms - clock_wall_ms(call->api->clock)) / 1000;
    struct api_entity_key key;
    strbuf_append_char(out, '{');
    json_key(out, "access_token");
    strbuf_append_json_string(out, grant->access_token.data, grant->access_token.len);
    json_text(out, "token_type", "Bearer");
    json_i64(out, "expires_in", expires_in_s);
    json_time_us(out, "expires_at", grant->access_expires_ms * 1000);
    json_text(out, "refresh_token", grant->refresh_token);
    json_time_us(out, "refresh_expires_at", grant->refresh_expires_ms * 1000);
    json_uuid(out, "session_id", &grant->session_id);
    json_key(out, "user");
    enum status status = api_user_entity.write(call, 0, &key);
    strbuf_append_char(out, '}');
    if (status == STATUS_OK)
        api_call_respond(call, http_status); /* without an ETag: no-store */
    else
        api_call_fail(call, status, "user");
}
