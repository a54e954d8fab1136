/* Judges Host and Origin. Refuses with 421 and 403. Thread: L; pure. */
#include "app/page_guard.h"

#include "app/authenticator.h"
#include "app/origins.h"
#include "ops/metrics.h"

static enum page_verdict judge(const struct api_context *api, const struct http_request *http, bool are_pages_held) {
    const char *origin = http->headers[HTTP_HEADER_ORIGIN];
    const char *host = http->headers[HTTP_HEADER_HOST];
    if (authenticator_is_off(api->authenticator) && host && !host_is_loopback(host))
        return PAGE_FOREIGN_HOST;
    bool is_welcome = !are_pages_held || !origin || origins_has(api->origins, origin);
    return is_welcome || (host && origin_is_of_host(origin, host)) ? PAGE_ADMITTED : PAGE_FOREIGN_ORIGIN;
}

enum page_verdict page_guard_judge(const struct api_context *api, const struct http_request *http) {
    return judge(api, http, authenticator_is_off(api->authenticator));
}

enum page_verdict page_guard_judge_handshake(const struct api_context *api, const struct http_request *http) {
    return judge(api, http, true);
}

void page_guard_refuse(struct api_call *call, enum page_verdict verdict) {
    metrics_increment(METRIC_PAGES_REFUSED);
    if (verdict == PAGE_FOREIGN_ORIGIN) {
        api_call_refuse_with(call, ERROR_FORBIDDEN, "Pages of this Origin may not connect; ORIGINS lists others");
        return;
    }
    call->problem.http_status = 421;
    api_call_refuse_with(call, ERROR_FORBIDDEN,
                         "Without authentication (AUTH=off) only localhost, 127.0.0.1 and [::1] are names of this "
                         "server, not what the Host field says");
}
