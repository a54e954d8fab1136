/* The query string: limit, cascade. Parameters it does not know are
 * ignored; one that is given twice is refused. Thread: any; pure. */
#include "app/query.h"

#include "app/router.h"
#include "base/timestamp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status query_get(const char *query, const char *name, char ret_value[QUERY_VALUE_MAX + 1]) {
    enum status status = STATUS_NOT_FOUND;
    for (const char *at = query; *at;) {
        size_t len = strcspn(at, "&");
        const char *equals = memchr(at, '=', len);
        size_t name_len = equals ? (size_t)(equals - at) : len;
        char decoded[QUERY_VALUE_MAX + 1];
        if (router_decode_text(at, name_len, true, decoded, sizeof decoded) == STATUS_OK &&
            strcmp(decoded, name) == 0) {
            if (status != STATUS_NOT_FOUND)
                return STATUS_INVALID;
            size_t value_len = equals ? len - name_len - 1 : 0;
            status = router_decode_text(equals ? equals + 1 : "", value_len, true, ret_value, QUERY_VALUE_MAX + 1);
        }
        at += len;
        at += *at == '&';
    }
    return status;
}

bool query_is_unreadable(enum status status, const char *name, struct problem *problem) {
    if (status == STATUS_INVALID)
        problem_add_field(problem, name, ERROR_INVALID_FIELD, "must be given once, as text in UTF-8");
    return status == STATUS_INVALID;
}

/* Decimal digits only, at most 18 of them. */
static bool parse_count(const char *text, size_t len, int64_t *ret_value) {
    if (len == 0 || len > 18 || strspn(text, "0123456789") < len)
        return false;
    *ret_value = (int64_t)strtoll(text, NULL, 10);
    return true;
}

void query_read_limit(const char *query, struct problem *problem, size_t *ret_limit) {
    char text[QUERY_VALUE_MAX + 1];
    enum status status = query_get(query, "limit", text);
    if (status == STATUS_NOT_FOUND)
        return;
    if (query_is_unreadable(status, "limit", problem))
        return;
    int64_t limit = 0;
    if (status == STATUS_OK && parse_count(text, strlen(text), &limit) && limit >= 1 && limit <= QUERY_LIMIT_MAX)
        *ret_limit = (size_t)limit;
    else
        problem_add_field(problem, "limit", ERROR_INVALID_FIELD, "must be an integer from 1 to %d", QUERY_LIMIT_MAX);
}

void query_read_flag(const char *query, const char *name, struct problem *problem, bool *ret_flag) {
    char text[QUERY_VALUE_MAX + 1];
    *ret_flag = false;
    enum status status = query_get(query, name, text);
    if (status == STATUS_NOT_FOUND)
        return;
    if (query_is_unreadable(status, name, problem))
        return;
    if (status == STATUS_OK && strcmp(text, "true") == 0)
        *ret_flag = true;
    else if (status != STATUS_OK || strcmp(text, "false") != 0)
        problem_add_field(problem, name, ERROR_INVALID_FIELD, "must be true or false");
}

bool query_read_date(const char *query, const char *name, struct problem *problem, int32_t *ret_days) {
    char text[QUERY_VALUE_MAX + 1];
    int32_t days = 0;
    enum status status = query_get(query, name, text);
    if (status == STATUS_NOT_FOUND)
        return false;
    if (query_is_unreadable(status, name, problem))
        return false;
    if (status != STATUS_OK || date_parse(text, strlen(text), &days) != STATUS_OK) {
        problem_add_field(problem, name, ERROR_INVALID_FIELD, "must be a date, YYYY-MM-DD");
        return false;
    }
    *ret_days = days;
    return true;
}

bool query_read_currency(const char *query, struct problem *problem, struct currency *ret_currency) {
    char text[QUERY_VALUE_MAX + 1];
    struct currency currency;
    enum status status = query_get(query, "currency", text);
    if (status == STATUS_NOT_FOUND)
        return false;
    if (query_is_unreadable(status, "currency", problem))
        return false;
    if (status != STATUS_OK || currency_parse(text, strlen(text), &currency) != STATUS_OK ||
        currency_factor(currency) != 1) {
        problem_add_field(problem, "currency", ERROR_INVALID_FIELD, "must be a currency code of three letters");
        return false;
    }
    *ret_currency = currency;
    return true;
}

size_t query_read_choice(const char *query, const char *name, const char *const *choices, struct problem *problem) {
    char text[QUERY_VALUE_MAX + 1], known[160] = "";
    enum status status = query_get(query, name, text);
    if (status == STATUS_NOT_FOUND)
        return 0;
    if (query_is_unreadable(status, name, problem))
        return 0;
    for (size_t i = 0; choices[i]; i++) {
        if (status == STATUS_OK && strcmp(text, choices[i]) == 0)
            return i;
        size_t len = strlen(known);
        (void)snprintf(known + len, sizeof known - len, "%s%s", i ? ", " : "", choices[i]);
    }
    problem_add_field(problem, name, ERROR_INVALID_FIELD, "must be one of %s", known);
    return 0;
}
