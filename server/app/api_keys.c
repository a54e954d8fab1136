/* /.well-known/jwks.json: what verifies our access tokens, for whoever wants to.
 * It may be kept for a while: a key is published (`portfoliod key add --standby`)
 * that long before it is used. One that ends with the process is not: the next
 * process has another. Refuses nothing. Thread: L. */
#include "app/api_handlers.h"
#include "app/token_keys.h"

#define CACHE_CONTROL "public, max-age=300"

void api_jwks_get(struct api_call *call) {
    enum status status = token_keys_write_jwks(call->api->token_keys, &call->out);
    if (call->api->config->key_dir[0])
        call->cache_control = CACHE_CONTROL;
    if (status == STATUS_OK)
        api_call_respond(call, 200);
    else
        api_call_fail(call, status, "");
}
