/* What of accounts has come of age and is deleted: a bounded number of each kind
 * at once. Thread: W (blocking). */
#ifndef PF_STORE_ACCOUNT_SWEEP_H
#define PF_STORE_ACCOUNT_SWEEP_H

#include "store/db.h"

/* Tickets, sessions and refresh tokens that have ended, failed logins that are forgotten, notices of changes that
 * everybody has read. *ret_has_more: of some kind there were `limit`. */
PF_MUST_CHECK enum status account_sweep(struct db *db, int64_t limit, size_t *ret_deleted_n, bool *ret_has_more);

#endif
