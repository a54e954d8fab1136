/* Which handler a request is for: a table of rows {method, pattern}. Knows no
 * handlers and no requests. Thread: any; pure. */
#ifndef PF_APP_ROUTER_H
#define PF_APP_ROUTER_H

#include "app/access.h"
#include "base/strbuf.h"
#include "net/http.h"

#include <stdbool.h>
#include <stddef.h>

#define ROUTER_PARAMS_MAX 2
#define ROUTER_PARAM_MAX 320 /* bytes of a decoded parameter: an e-mail address fits */

struct api_call;

/* pattern: "/portfolios/{id}/investments"; a segment in braces matches any one
 * that is not empty. The first row that fits counts; where a row has just the
 * path, only such rows do. */
struct route {
    enum http_method method;
    const char *pattern;
    void (*handle)(struct api_call *call);
    struct access access;
};

struct route_params {
    size_t n;
    char texts[ROUTER_PARAMS_MAX][ROUTER_PARAM_MAX + 1]; /* percent-decoded */
};

/* STATUS_OK: *ret_route, *ret_params. STATUS_CONFLICT: the path exists, the
 * method does not (OPTIONS too); *ret_methods has a bit (1 << method) for each
 * that does. STATUS_NOT_FOUND. HEAD is served by the row of GET. */
PF_MUST_CHECK enum status router_find(const struct route *routes, size_t routes_n, enum http_method method,
                                      const char *path, const struct route **ret_route, struct route_params *ret_params,
                                      unsigned *ret_methods);

/* Of a method that a row may have. */
const char *router_method_text(enum http_method method);
/* "GET, HEAD, PUT, OPTIONS" for the Allow header. */
void router_write_methods(struct strbuf *out, unsigned methods);

/* percent_decode of what must be text: INVALID when it is not UTF-8, too. */
PF_MUST_CHECK enum status router_decode_text(const char *text, size_t len, bool is_form, char *out, size_t out_size);

#endif
