/* Daily bars in PostgreSQL: raw prices, as traded. Thread: W (blocking), but
 * for bar_read. */
#ifndef PF_STORE_BARS_H
#define PF_STORE_BARS_H

#include "domain/symbol.h"
#include "store/db.h"
#include "store/row_owners.h"

struct bar {
    struct symbol symbol;
    int32_t date;                 /* the trading date */
    struct price open, high, low; /* 0: not known; high and low are widened to what they must hold */
    struct price close;           /* > 0 */
    struct amount volume;         /* below 0: not known */
};

/* Keeps bars, over what there is of the same symbols and dates; what is equal
 * already is not touched. One transaction (or a part of the caller's), all or nothing. Their symbols must be
 * assets: STATUS_NOT_FOUND. source: at most 15 bytes. */
PF_MUST_CHECK enum status bars_save(struct db *db, const struct bar *bars, size_t n, const char *source);

enum bar_interval { BAR_DAY, BAR_WEEK, BAR_MONTH };

/* Bars of a symbol after the date `after` up to `to`, in order, one more than limit. A
 * week's or month's bar has the date of its last day with one, the first's open
 * and the last's close; splits within it are not undone. */
PF_MUST_CHECK enum status bars_list(struct db *db, const struct symbol *symbol, int32_t after, int32_t to,
                                    enum bar_interval interval, size_t limit, struct db_rows **ret_rows);
/* STATUS_NOT_FOUND: the symbol is no asset, so it has no bars; or one that others' lots made. scope: NULL: whosever. */
PF_MUST_CHECK enum status bars_find_asset(struct db *db, const struct symbol *symbol, const struct row_scope *scope);
PF_MUST_CHECK enum status bar_read(const struct db_rows *rows, size_t index, struct bar *ret_bar);

#endif
