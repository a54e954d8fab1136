/* Parameters in a request's query string. Thread: any; pure. */
#ifndef PF_APP_QUERY_H
#define PF_APP_QUERY_H

#include "app/problem.h"
#include "domain/currency.h"

#define QUERY_VALUE_MAX 256
#define QUERY_LIMIT_MAX 1000
#define QUERY_LIMIT_DEFAULT 100
#define QUERY_CURSOR_MAX 64 /* of lists with one order; others: list_query.h */

/* STATUS_NOT_FOUND: not given. STATUS_INVALID: given twice, or not decodable. */
PF_MUST_CHECK enum status query_get(const char *query, const char *name, char ret_value[QUERY_VALUE_MAX + 1]);

/* For who has a status of query_get: true when it is INVALID, which is noted then. */
bool query_is_unreadable(enum status status, const char *name, struct problem *problem);

/* What is wrong goes into `problem`; the outputs are the defaults then. */
void query_read_limit(const char *query, struct problem *problem, size_t *ret_limit);
void query_read_flag(const char *query, const char *name, struct problem *problem, bool *ret_flag);

/* False when it is not given, or wrong. */
bool query_read_date(const char *query, const char *name, struct problem *problem, int32_t *ret_days);
/* "currency": a code that portfolios may have, so no minor unit. False likewise. */
bool query_read_currency(const char *query, struct problem *problem, struct currency *ret_currency);
/* One of `choices` (NULL at its end); the first one when it is not given. */
size_t query_read_choice(const char *query, const char *name, const char *const *choices, struct problem *problem);

#endif
