/* What the files of portfolio_values share. Thread: W. */
#ifndef PF_STORE_PORTFOLIO_VALUES_INTERNAL_H
#define PF_STORE_PORTFOLIO_VALUES_INTERNAL_H

#include "base/clock.h"
#include "base/timestamp.h"
#include "ops/log.h"
#include "ops/metrics.h"
#include "store/entity.h"
#include "store/portfolio_values.h"

#include <stdio.h>

/* What stored values would have to be computed from now, and from which day on
 * they are not. */
struct value_state {
    int64_t portfolio_version;
    int first_year;
    char year_versions[65536]; /* an array of PostgreSQL's, as it is stored */
    int32_t from, through;     /* to be computed; nothing when from is after through */
};

/* Replaces the days from state->from on, and says from what they are. */
PF_MUST_CHECK enum status portfolio_values_write(struct db *db, const struct uuid *portfolio_id,
                                                 const struct value_state *state, const struct daily_value *days,
                                                 size_t n);

#endif
