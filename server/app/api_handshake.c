/* Handshakes of the stream: whether this address may open another one now;
 * stream_handshake.c says who it is. Thread: L. */
#include "app/api_limits.h"
#include "app/limiter.h"
#include "app/stream_handshake.h"
#include "ops/metrics.h"

void api_on_handshake(void *context, struct http_request *request) {
    const struct api_context *api = context;
    struct rate_limit_key key = limiter_key_of_address(&request->client);
    struct rate_limit_state state = limiter_take(api->limiter, LIMITER_HANDSHAKES, &key, request->peer);
    if (!state.is_refused) {
        stream_handshake_on_request(context, request);
        return;
    }
    metrics_increment(METRIC_HANDSHAKES_REFUSED);
    struct api_call *call = api_call_create(api, request);
    if (call)
        api_limits_refuse(call, &state, "this address");
    else
        http_respond(request, &(struct http_response){.status = 503, .close = true});
}
