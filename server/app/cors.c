/* Owns the words of CORS: which headers a page may send and see. Thread: L; pure. */
#include "app/cors.h"

#define CORS_HEADERS "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id"
#define CORS_EXPOSED                                                                                                   \
    "ETag, Location, X-Request-Id, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, "               \
    "Idempotency-Replayed, WWW-Authenticate, Allow"
#define CORS_MAX_AGE_S "600"

bool cors_is_preflight(const struct http_request *request) {
    return request->method == HTTP_OPTIONS && request->headers[HTTP_HEADER_ORIGIN] &&
           request->headers[HTTP_HEADER_ACCESS_CONTROL_REQUEST_METHOD];
}

static void header_add(struct http_response *response, const char *name, const char *value) {
    if (response->headers_n < HTTP_RESPONSE_HEADERS_MAX)
        response->headers[response->headers_n++] = (struct http_response_header){name, value};
}

void cors_add(const struct origins *origins, const struct http_request *request, const char *methods,
              struct http_response *response) {
    const char *origin = request->headers[HTTP_HEADER_ORIGIN];
    if (!origin || !origins_has(origins, origin))
        return;
    header_add(response, "access-control-allow-origin:", origin);
    if (!cors_is_preflight(request)) {
        header_add(response, "access-control-expose-headers:", CORS_EXPOSED);
        return;
    }
    if (methods && methods[0])
        header_add(response, "access-control-allow-methods:", methods);
    header_add(response, "access-control-allow-headers:", CORS_HEADERS);
    header_add(response, "access-control-max-age:", CORS_MAX_AGE_S);
}
