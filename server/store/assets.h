/* Assets and their last known prices in PostgreSQL. Thread: W, and the poller's
 * (blocking). */
#ifndef PF_STORE_ASSETS_H
#define PF_STORE_ASSETS_H

#include "domain/quote.h"
#include "store/db.h"
#include "store/row_owners.h"

/* The currency of a symbol: the asset's, or while that is not known the one
 * that all portfolios holding it have in common. STATUS_NOT_FOUND: neither. */
PF_MUST_CHECK enum status assets_find_currency(struct db *db, const struct symbol *symbol,
                                               struct currency *ret_currency);

/* Keeps last prices, adding assets that are new; of several of one symbol the
 * newest, and never over one with a newer as_of. One transaction. */
PF_MUST_CHECK enum status assets_save_prices(struct db *db, const struct quote *quotes, size_t n);

/* The same for a price that a person told, whose currency the asset's follows as long as that is known of prices only:
 * nothing else says what the asset is, nobody holds it, and there is nothing of its history. One transaction. */
PF_MUST_CHECK enum status assets_save_price_by_hand(struct db *db, const struct quote *quote);

/* All last prices; malloc'd, the caller's. */
PF_MUST_CHECK enum status assets_load_prices(struct db *db, struct quote **ret_quotes, size_t *ret_n);

/* The distinct symbols that somebody holds, in order; malloc'd, the caller's. */
PF_MUST_CHECK enum status assets_load_held_symbols(struct db *db, struct symbol **ret_symbols, size_t *ret_n);
/* Those of the symbols that are assets; malloc'd, the caller's. */
PF_MUST_CHECK enum status assets_find_listed(struct db *db, const struct symbol *symbols, size_t n,
                                             struct symbol **ret_found, size_t *ret_found_n);
/* Those of one portfolio. STATUS_NOT_FOUND: there is no such portfolio in the scope. */
PF_MUST_CHECK enum status assets_load_symbols_of(struct db *db, const struct uuid *portfolio_id,
                                                 const struct row_scope *scope, struct symbol **ret_symbols,
                                                 size_t *ret_n);

#endif
