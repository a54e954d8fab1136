/* A portfolio with its lots as the engine loads it: one consistent reading
 * (order rule 3). Value types; malloc'd by the loader, freed by its user. */
#ifndef PF_STORE_HOLDINGS_H
#define PF_STORE_HOLDINGS_H

#include "base/decimal.h"
#include "base/uuid.h"
#include "domain/holdings.h"

struct db;

/* Thread: W. STATUS_NOT_FOUND when there is no such portfolio. */
PF_MUST_CHECK enum status holdings_load(struct db *db, const struct uuid *portfolio_id, struct holdings **ret_holdings);

/* The versions of many portfolios at once, for the sweep: ret_versions[i] is
 * that of ids[i], 0 when it is gone. */
PF_MUST_CHECK enum status holdings_load_versions(struct db *db, const struct uuid *ids, size_t n,
                                                 uint64_t *ret_versions);
#endif
