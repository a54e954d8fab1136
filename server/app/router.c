/* Patterns against paths. Refuses parameters it cannot decode: such a path is
 * not found. Thread: any; pure. */
#include "app/router.h"

#include "base/percent.h"
#include "base/utf8.h"

#include <string.h>

enum status router_decode_text(const char *text, size_t len, bool is_form, char *out, size_t out_size) {
    enum status status = percent_decode(text, len, is_form, out, out_size);
    return status == STATUS_OK && !utf8_is_valid(out, strlen(out)) ? STATUS_INVALID : status;
}

/* The segment at `text`, which stands after a slash. */
static size_t segment_len(const char *text) {
    return strcspn(text, "/");
}

static bool pattern_matches(const char *pattern, const char *path, struct route_params *ret_params) {
    struct route_params params = {0};
    while (*pattern == '/' && *path == '/') {
        pattern++;
        path++;
        size_t pattern_len = segment_len(pattern);
        size_t path_len = segment_len(path);
        if (*pattern == '{') {
            if (path_len == 0 || params.n == ROUTER_PARAMS_MAX ||
                router_decode_text(path, path_len, false, params.texts[params.n], sizeof params.texts[0]) != STATUS_OK)
                return false;
            params.n++;
        } else if (pattern_len != path_len || memcmp(pattern, path, path_len) != 0) {
            return false;
        }
        pattern += pattern_len;
        path += path_len;
    }
    if (*pattern || *path)
        return false;
    *ret_params = params;
    return true;
}

static bool is_written_out(const struct route *routes, size_t routes_n, const char *path) {
    if (strchr(path, '{')) /* somebody who sends a pattern names nothing by it */
        return false;
    for (size_t i = 0; i < routes_n; i++) {
        if (strcmp(routes[i].pattern, path) == 0)
            return true;
    }
    return false;
}

enum status router_find(const struct route *routes, size_t routes_n, enum http_method method, const char *path,
                        const struct route **ret_route, struct route_params *ret_params, unsigned *ret_methods) {
    unsigned methods = 0;
    bool is_fixed = is_written_out(routes, routes_n, path);
    enum http_method wanted = method == HTTP_HEAD ? HTTP_GET : method;
    for (size_t i = 0; i < routes_n; i++) {
        struct route_params params = {0};
        if (is_fixed ? strcmp(routes[i].pattern, path) != 0 : !pattern_matches(routes[i].pattern, path, &params))
            continue;
        if (routes[i].method == wanted) {
            *ret_route = &routes[i];
            *ret_params = params;
            return STATUS_OK;
        }
        methods |= 1U << routes[i].method;
    }
    if (methods == 0)
        return STATUS_NOT_FOUND;
    *ret_methods = methods;
    return STATUS_CONFLICT;
}

static const struct {
    enum http_method method;
    const char *text;
    const char *list; /* with what comes for free */
} method_names[] = {{HTTP_GET, "GET", "GET, HEAD, "},
                    {HTTP_POST, "POST", "POST, "},
                    {HTTP_PUT, "PUT", "PUT, "},
                    {HTTP_DELETE, "DELETE", "DELETE, "}};
#define METHODS_N (sizeof method_names / sizeof method_names[0])

const char *router_method_text(enum http_method method) {
    for (size_t i = 0; i < METHODS_N; i++) {
        if (method_names[i].method == method)
            return method_names[i].text;
    }
    return "OTHER";
}

void router_write_methods(struct strbuf *out, unsigned methods) {
    for (size_t i = 0; i < METHODS_N; i++) {
        if (methods & (1U << method_names[i].method))
            strbuf_append_text(out, method_names[i].list);
    }
    strbuf_append_text(out, "OPTIONS");
}
