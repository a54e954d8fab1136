/* A portfolio with its lots as the engine loads it: one consistent reading
 * (order rule 3). Value types; malloc'd by the loader, freed by its user. */
#ifndef PF_STORE_HOLDINGS_H
#define PF_STORE_HOLDINGS_H

#include "base/decimal.h"
#include "base/uuid.h"
#include "domain/holdings.h"

struct db;

/* The rate a lot `i` of the asset `a` was bought at in the portfolio `p`: NULL
 * when it needs none, or when it is not known. */
#define SQL_LOT_RATE                                                                                                   \
    "CASE WHEN a.currency IS NULL OR a.currency = p.base_currency THEN NULL "                                          \
    "WHEN currency_major(a.currency) = p.base_currency THEN 1 "                                                        \
    "ELSE coalesce(i.fx_rate, exchange_rate_on(a.currency, p.base_currency, i.purchase_date)) END"

/* Thread: W. STATUS_NOT_FOUND when there is no such portfolio. */
PF_MUST_CHECK enum status holdings_load(struct db *db, const struct uuid *portfolio_id, struct holdings **ret_holdings);

/* The versions of many portfolios at once, for the sweep: ret_versions[i] is of ids[i]. */
PF_MUST_CHECK enum status holdings_load_versions(struct db *db, const struct uuid *ids, size_t n,
                                                 struct holdings_version *ret_versions);

/* Whose a portfolio is, and at which version: 0 when there is none. */
struct portfolio_customer {
    struct uuid customer_id;
    struct holdings_version version;
};
/* Likewise, before anything else is read of them: takes as long for what is
 * somebody else's as for what does not exist. */
PF_MUST_CHECK enum status holdings_load_customers(struct db *db, const struct uuid *ids, size_t n,
                                                  struct portfolio_customer *ret_customers);
#endif
