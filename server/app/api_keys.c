/* /.well-known/jwks.json: what verifies our access tokens, for whoever wants to.
 * Refuses nothing. Thread: L. */
#include "app/api_handlers.h"
#include "app/token_keys.h"

void api_jwks_get(struct api_call *call) {
    enum status status = token_keys_write_jwks(call->api->token_keys, &call->out);
    if (status == STATUS_OK)
        api_call_respond(call, 200);
    else
        api_call_fail(call, status, "");
}
