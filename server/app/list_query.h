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
/* For lists with an order of their own: their cursors begin with what tells the path and these
 * parameters apart, and a dot. The rest of a cursor's text, or NULL when it is of another list. */
#define LIST_FINGERPRINT_LEN 16
void list_query_fingerprint(const struct http_request *http, const char *const *filters,
                            char out[LIST_FINGERPRINT_LEN + 1]);
const char *list_query_cursor_rest(const char *cursor, const char fingerprint[LIST_FINGERPRINT_LEN + 1]);
#define LIST_CURSOR_REFUSED "is not a next_cursor of this list with this sort and these filters"

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
