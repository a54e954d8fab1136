/* The query string of a list, and Accept-Encoding: a cursor that is taken is
 * one that we write, and PostgreSQL can read what it is sorted by. */
#include "app/gzip.h"
#include "app/list_query.h"
#include "app/query.h"
#include "base/utf8.h"
#include "fuzz.h"

#include <string.h>

static const struct list_query list = {
    .sorts = (const struct list_sort[]){{"created_at", LIST_SORT_TIME},
                                        {"purchase_date", LIST_SORT_DATE},
                                        {"name", LIST_SORT_TEXT},
                                        {NULL, LIST_SORT_TEXT}},
    .filters = (const char *const[]){"name", "from", NULL},
};

static void check_cursor(const char *query, const struct listing *listing) {
    struct strbuf cursor;
    FUZZ_CHECK(utf8_is_valid(listing->after_key, strlen(listing->after_key)));
    strbuf_init(&cursor);
    list_query_write_cursor(&cursor, listing, listing->after_key, &listing->after_id);
    const char *given = strstr(query, "cursor=");
    while (given && given != query && given[-1] != '&') /* another parameter's name ends so */
        given = strstr(given + 1, "cursor=");
    size_t given_len = given ? strcspn(given + 7, "&") : 0;
    /* But for the case of the id's digits. */
    FUZZ_CHECK(given && cursor.len == given_len && memcmp(given + 7, cursor.data, cursor.len - 36) == 0);
    strbuf_fini(&cursor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *query = malloc(size + 1);
    if (!query)
        return 0;
    memcpy(query, data, size);
    query[size] = '\0';
    const struct http_request http = {.method = HTTP_GET, .path = "/lots", .query = query};
    struct problem problem;
    struct listing listing;
    struct symbol symbol;
    char text[40];
    problem_init(&problem);
    list_query_read(&http, &list, &problem, &listing);
    FUZZ_CHECK(listing.limit >= 1 && listing.limit <= QUERY_LIMIT_MAX && listing.order < 6);
    if (listing.has_after)
        check_cursor(query, &listing);
    (void)list_filter_symbol(query, "name", &problem, &symbol);
    (void)list_filter_text(query, "from", &problem, text, sizeof text);
    (void)gzip_is_accepted(query);
    free(query);
    return 0;
}
