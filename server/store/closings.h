/* What follows a session's closing job: its portfolios' closing values. Thread:
 * W (blocking). */
#ifndef PF_STORE_CLOSINGS_H
#define PF_STORE_CLOSINGS_H

#include "base/uuid.h"
#include "store/db.h"

#define CLOSING_PORTFOLIOS_MAX 20

/* Some of the portfolios that wait for the closing value of one session. */
struct closing {
    struct uuid job_id;
    int32_t session;
    bool is_first; /* none of the session's values is written yet */
    struct uuid portfolio_ids[CLOSING_PORTFOLIOS_MAX];
    size_t portfolios_n; /* 0: all are written */
};

/* The oldest session whose closing job is over. NOT_FOUND: none waits. */
PF_MUST_CHECK enum status closings_next(struct db *db, struct closing *ret_closing);
/* Of symbols whose bar no provider had: the last known price, when it is of the
 * session or of a day before it, becomes its day's close (source "last_price"), unless
 * there is a later one. Not a stale one, or one in another currency than the asset's. */
PF_MUST_CHECK enum status closings_keep_last_prices(struct db *db, const struct closing *closing);
/* Those are done. */
PF_MUST_CHECK enum status closings_advance(struct db *db, const struct closing *closing);

#endif
