/* The splits of a symbol that are applied, as a column of statements that are
 * about lots: so lots and splits are of one moment. Thread: any. */
#ifndef PF_STORE_APPLIED_SPLITS_H
#define PF_STORE_APPLIED_SPLITS_H

#include "domain/split.h"

#include <stddef.h>

/* "2014-06-09 7 1,2020-08-31 4 1", in order; NULL: none. */
#define SQL_APPLIED_SPLITS(symbol_column)                                                                              \
    "(SELECT string_agg(concat_ws(' ', ca.date, ca.numerator, ca.denominator), ',' ORDER BY ca.date) "                 \
    "FROM corporate_actions ca WHERE ca.ticker_symbol = " symbol_column " AND ca.type = 'SPLIT' AND ca.is_applied)"

/* The column's text; malloc'd, the caller's. STATUS_INTERNAL: not of that form. */
PF_MUST_CHECK enum status applied_splits_read(const char *text, struct split **ret_splits, size_t *ret_n);

#endif
