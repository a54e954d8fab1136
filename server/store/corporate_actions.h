/* Splits, dividends and spin-offs in PostgreSQL. Thread: W (blocking), but for
 * corporate_action_read. */
#ifndef PF_STORE_CORPORATE_ACTIONS_H
#define PF_STORE_CORPORATE_ACTIONS_H

#include "domain/split.h"
#include "domain/symbol.h"
#include "store/db.h"

enum corporate_action_type { ACTION_SPLIT, ACTION_DIVIDEND, ACTION_SPINOFF };

struct corporate_action {
    struct symbol symbol;
    enum corporate_action_type type;
    struct split split;  /* its date is the action's; the ratio is a split's only */
    struct price amount; /* a dividend's, of one share; a spin-off's factor on the price */
};

/* Keeps actions over what there is of the same symbol, date and type, and
 * applies the splits whose time has come (corporate_actions_apply). A split of
 * the same ratio that is stored for another day of the week before or after is
 * the same: the first that was stored stays (told, and counted), unless it is to
 * come yet and the same source now says another day. One
 * transaction, or a part of the caller's. STATUS_NOT_FOUND: a symbol is no asset. */
PF_MUST_CHECK enum status corporate_actions_save(struct db *db, const struct corporate_action *actions, size_t n,
                                                 const char *source);

/* Applies splits that have come into effect: from then on they count in the
 * lots' quantities; the positions are stamped. */
PF_MUST_CHECK enum status corporate_actions_apply(struct db *db, int64_t *ret_n);

/* After the given date and type, of the dates up to `to`, one more than limit. */
struct corporate_action_page {
    int32_t from, to;
    int32_t after_date;
    const char *after_type; /* "": from the date's first on */
    size_t limit;
};
PF_MUST_CHECK enum status corporate_actions_list(struct db *db, const struct symbol *symbol,
                                                 const struct corporate_action_page *page, struct db_rows **ret_rows);
PF_MUST_CHECK enum status corporate_action_read(const struct db_rows *rows, size_t index,
                                                struct corporate_action *ret_action);
const char *corporate_action_type_name(enum corporate_action_type type); /* "SPLIT", … */

#endif
