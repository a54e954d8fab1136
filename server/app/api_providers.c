/* /providers: how the price providers of this process are doing. Answered from
 * what its poller wrote last, without waiting. Thread: L. */
#include "app/api_handlers.h"
#include "feed/poller.h"

void api_providers_get(struct api_call *call) {
    poller_write_providers(call->api->poller, &call->out);
    api_call_respond(call, 200);
}
