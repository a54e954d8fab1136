/* What REST takes apart by itself: the query string, the path's escapes, entity
 * tags. The first line of the input is the query, the second the path, the rest
 * an If-Match header. */
#include "app/etag.h"
#include "app/query.h"
#include "app/router.h"
#include "fuzz.h"

#include <string.h>

static char *cut_line(char **rest) {
    char *line = *rest;
    char *end = strchr(line, '\n');
    *rest = end ? end + 1 : line + strlen(line);
    if (end)
        *end = '\0';
    return line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct route routes[] = {{.method = HTTP_GET, .pattern = "/portfolios/{id}/investments"},
                                          {.method = HTTP_PUT, .pattern = "/assets/{symbol}/price"}};
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    char *rest = text;
    const char *query = cut_line(&rest);
    const char *path = cut_line(&rest);
    char value[QUERY_VALUE_MAX + 1];
    if (query_get(query, "limit", value) == STATUS_OK)
        FUZZ_CHECK(strlen(value) <= QUERY_VALUE_MAX);
    const struct route *route = NULL;
    struct route_params params = {0};
    unsigned methods = 0;
    if (router_find(routes, 2, HTTP_GET, path, &route, &params, &methods) == STATUS_OK) {
        FUZZ_CHECK(route == &routes[0] && params.n == 1);
        FUZZ_CHECK(params.texts[0][0] != '\0' && strlen(params.texts[0]) <= ROUTER_PARAM_MAX);
    }
    /* What matches strongly matches weakly too. */
    FUZZ_CHECK(!etag_matches_strongly(rest, "5-x") || etag_matches_weakly(rest, "5-x"));
    free(text);
    return 0;
}
