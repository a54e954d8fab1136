/* Lists' parameters. Refuses a sort that the list has not, a cursor of another
 * list, sort or filters, and filters of the wrong form. Thread: L; pure. */
#include "app/list_query.h"

#include "app/query.h"
#include "app/router.h"
#include "base/timestamp.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CURSOR_MAX (LIST_FINGERPRINT_LEN + 1 + 2 * LISTING_KEY_MAX + 1 + UUID_TEXT_LEN)
#define TIME_MAX_US INT64_C(253402300799999999) /* the year 9999: no time for PostgreSQL after it */

/* --- the sort --- */

static const struct list_sort *sort_read(const char *query, const struct list_query *list, struct problem *problem,
                                         size_t *ret_order) {
    char text[QUERY_VALUE_MAX + 1];
    char known[200] = "";
    size_t known_len = 0;
    enum status status = query_get(query, "sort", text);
    *ret_order = 0;
    if (status == STATUS_NOT_FOUND)
        return list->sorts;
    if (query_is_unreadable(status, "sort", problem))
        return list->sorts;
    bool is_descending = status == STATUS_OK && text[0] == '-';
    for (size_t i = 0; list->sorts[i].name; i++) {
        if (status == STATUS_OK && strcmp(text + is_descending, list->sorts[i].name) == 0) {
            *ret_order = 2 * i + is_descending;
            return &list->sorts[i];
        }
        int n = snprintf(known + known_len, sizeof known - known_len, "%s%s", i ? ", " : "", list->sorts[i].name);
        if (n > 0 && (size_t)n < sizeof known - known_len)
            known_len += (size_t)n;
    }
    problem_add_field(problem, "sort", ERROR_INVALID_FIELD, "must be one of %s; descending with a - before it", known);
    return list->sorts;
}

/* --- the cursor --- */

/* FNV-1a: it tells lists apart, no more. The end of each part counts too. */
static uint64_t hash_add(uint64_t hash, const char *text) {
    do {
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    } while (*text++);
    return hash;
}

static void fingerprint_write(const struct http_request *http, const char *const *filters, size_t order,
                              char out[LIST_FINGERPRINT_LEN + 1]) {
    uint64_t hash = hash_add(UINT64_C(14695981039346656037), http->path);
    hash = (hash ^ order) * UINT64_C(1099511628211);
    for (const char *const *name = filters; *name; name++) {
        char value[QUERY_VALUE_MAX + 1] = "";
        hash = hash_add(hash, query_get(http->query, *name, value) == STATUS_OK ? *name : "");
        hash = hash_add(hash, value);
    }
    (void)snprintf(out, LIST_FINGERPRINT_LEN + 1, "%016" PRIx64, hash);
}

void list_query_fingerprint(const struct http_request *http, const char *const *filters,
                            char out[LIST_FINGERPRINT_LEN + 1]) {
    fingerprint_write(http, filters, 0, out);
}

const char *list_query_cursor_rest(const char *cursor, const char fingerprint[LIST_FINGERPRINT_LEN + 1]) {
    bool is_ours = strncmp(cursor, fingerprint, LIST_FINGERPRINT_LEN) == 0 && cursor[LIST_FINGERPRINT_LEN] == '.';
    return is_ours ? cursor + LIST_FINGERPRINT_LEN + 1 : NULL;
}

static int hex_digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool key_unhex(const char *text, size_t len, char out[LISTING_KEY_MAX + 1]) {
    if (len % 2 != 0 || len / 2 > LISTING_KEY_MAX)
        return false;
    for (size_t i = 0; i < len; i += 2) {
        int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
        if (high < 0 || low < 0 || high + low == 0)
            return false;
        out[i / 2] = (char)(high * 16 + low);
    }
    out[len / 2] = '\0';
    return utf8_is_valid(out, len / 2);
}

/* PostgreSQL must be able to read it. */
static bool key_is_of(enum list_sort_type type, const char *key) {
    size_t len = strlen(key);
    int32_t days = 0;
    switch (type) {
    case LIST_SORT_TIME:
        return len >= 1 && len <= 18 && strspn(key, "0123456789") == len && strtoll(key, NULL, 10) <= TIME_MAX_US;
    case LIST_SORT_DATE:
        return date_parse(key, len, &days) == STATUS_OK;
    case LIST_SORT_TEXT:
        return len > 0;
    }
    return false;
}

/* "<fingerprint>.<key in hex>.<id>" */
static bool cursor_parse(const char *text, enum list_sort_type type, struct listing *listing) {
    const char *key = list_query_cursor_rest(text, listing->fingerprint);
    if (!key)
        return false;
    size_t key_len = strcspn(key, ".");
    if (key[key_len] != '.' || !key_unhex(key, key_len, listing->after_key) || !key_is_of(type, listing->after_key))
        return false;
    const char *id = key + key_len + 1;
    return uuid_parse(id, strlen(id), &listing->after_id) == STATUS_OK;
}

/* It has no character that would be encoded. */
static const char *cursor_find(const char *query, size_t *ret_len) {
    const char *found = NULL;
    for (const char *at = query; *at; at += *at == '&') {
        size_t len = strcspn(at, "&");
        if (strncmp(at, "cursor=", 7) == 0) {
            *ret_len = found ? SIZE_MAX : len - 7; /* given twice */
            found = at + 7;
        }
        at += len;
    }
    return found;
}

static void cursor_read(const char *query, enum list_sort_type type, struct problem *problem, struct listing *listing) {
    char text[CURSOR_MAX + 1];
    size_t len = 0;
    const char *given = cursor_find(query, &len);
    if (!given)
        return;
    if (len <= CURSOR_MAX) {
        memcpy(text, given, len);
        text[len] = '\0';
        listing->has_after = cursor_parse(text, type, listing);
    }
    if (!listing->has_after)
        problem_add_field(problem, "cursor", ERROR_INVALID_FIELD, LIST_CURSOR_REFUSED);
}

void list_query_read(const struct http_request *http, const struct list_query *list, struct problem *problem,
                     struct listing *ret_listing) {
    struct listing *listing = ret_listing;
    *listing = (struct listing){.limit = QUERY_LIMIT_DEFAULT};
    query_read_limit(http->query, problem, &listing->limit);
    const struct list_sort *sort = sort_read(http->query, list, problem, &listing->order);
    fingerprint_write(http, list->filters, listing->order, listing->fingerprint);
    cursor_read(http->query, sort->type, problem, listing);
}

void list_query_write_cursor(struct strbuf *out, const struct listing *listing, const char *key,
                             const struct uuid *id) {
    static const char digits[] = "0123456789abcdef";
    char id_text[UUID_TEXT_LEN + 1];
    strbuf_append_text(out, listing->fingerprint);
    strbuf_append_char(out, '.');
    for (const char *at = key; *at; at++) {
        strbuf_append_char(out, digits[(unsigned char)*at >> 4]);
        strbuf_append_char(out, digits[(unsigned char)*at & 15]);
    }
    strbuf_append_char(out, '.');
    uuid_write(id_text, id);
    strbuf_append_text(out, id_text);
}

/* --- filters --- */

static bool refused(struct problem *problem, const char *name, const char *reason) {
    problem_add_field(problem, name, ERROR_INVALID_FIELD, "%s", reason);
    return false;
}

/* False: it is not there, or cannot be read, which is noted then. */
static bool filter_get(const char *query, const char *name, struct problem *problem, char out[QUERY_VALUE_MAX + 1],
                       enum status *ret_status) {
    *ret_status = query_get(query, name, out);
    return *ret_status != STATUS_NOT_FOUND && !query_is_unreadable(*ret_status, name, problem);
}

bool list_filter_uuid(const char *query, const char *name, struct problem *problem, struct uuid *ret_uuid) {
    char text[QUERY_VALUE_MAX + 1];
    enum status status;
    if (!filter_get(query, name, problem, text, &status))
        return false;
    if (status != STATUS_OK || uuid_parse(text, strlen(text), ret_uuid) != STATUS_OK)
        return refused(problem, name, "is not a UUID");
    return true;
}

bool list_filter_text(const char *query, const char *name, struct problem *problem, char *out, size_t size) {
    char text[QUERY_VALUE_MAX + 1];
    enum status status;
    if (!filter_get(query, name, problem, text, &status))
        return false;
    if (status != STATUS_OK || text[0] == '\0' || strlen(text) >= size)
        return refused(problem, name, "must be text, not empty and not too long, given once");
    memcpy(out, text, strlen(text) + 1);
    return true;
}

bool list_filter_choice(const char *query, const char *name, const char *const *choices, struct problem *problem,
                        const char **ret_choice) {
    char text[QUERY_VALUE_MAX + 1];
    enum status status;
    if (!filter_get(query, name, problem, text, &status))
        return false;
    for (; status == STATUS_OK && *choices; choices++) {
        if (strcmp(*choices, text) == 0) {
            *ret_choice = *choices;
            return true;
        }
    }
    return refused(problem, name, "is none of those that there are");
}

bool list_filter_symbol(const char *query, const char *name, struct problem *problem, struct symbol *ret_symbol) {
    char text[QUERY_VALUE_MAX + 1];
    enum status status;
    if (!filter_get(query, name, problem, text, &status))
        return false;
    if (status != STATUS_OK || symbol_parse(text, strlen(text), ret_symbol) != STATUS_OK)
        return refused(problem, name, "must be 1 to 32 of A-Z 0-9 . - _ : = ^ /");
    return true;
}

bool list_filter_currency(const char *query, const char *name, struct problem *problem, struct currency *ret_currency) {
    char text[QUERY_VALUE_MAX + 1];
    enum status status;
    if (!filter_get(query, name, problem, text, &status))
        return false;
    if (status != STATUS_OK || currency_parse(text, strlen(text), ret_currency) != STATUS_OK)
        return refused(problem, name, "must be a currency code of three letters");
    return true;
}
