/* The query string of a list: limit, sort, cursor, filters. A cursor belongs to
 * the list, the sort and the filters it was made with. Thread: L; pure. */
#ifndef PF_APP_LIST_QUERY_H
#define PF_APP_LIST_QUERY_H

#include "app/problem.h"
#include "base/uuid.h"
#include "domain/symbol.h"
#include "net/http.h"
#include "store/listing.h"

enum list_sort_type { LIST_SORT_TIME, LIST_SORT_DATE, LIST_SORT_TEXT };

/* What one can sort by: `name` and, descending, `-name`. The first is the default. */
struct list_sort {
    const char *name; /* NULL: the end */
    enum list_sort_type type;
};

struct list_query {
    const struct list_sort *sorts;
    const char *const *filters; /* the names of its parameters; NULL at the end */
};

/* listing->order is 2 * (place in sorts) + (1 when descending). What is wrong
 * goes into the problem. */
void list_query_read(const struct http_request *http, const struct list_query *list, struct problem *problem,
                     struct listing *ret_listing);
/* The opaque token after which the next page begins. */
void list_query_write_cursor(struct strbuf *out, const struct listing *listing, const char *key, const struct uuid *id);

/* --- filters: true when it was given and is right --- */
bool list_filter_uuid(const char *query, const char *name, struct problem *problem, struct uuid *ret_uuid);
/* The beginning of a text, in any case; 1 to `size - 1` bytes. */
bool list_filter_text(const char *query, const char *name, struct problem *problem, char *out, size_t size);
bool list_filter_choice(const char *query, const char *name, const char *const *choices, struct problem *problem,
                        const char **ret_choice);
bool list_filter_symbol(const char *query, const char *name, struct problem *problem, struct symbol *ret_symbol);
bool list_filter_currency(const char *query, const char *name, struct problem *problem, struct currency *ret_currency);

#endif
