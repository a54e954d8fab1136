/* The days' exchange rates in PostgreSQL: units of a currency for one euro, as
 * published. Thread: W (blocking). */
#ifndef PF_STORE_EXCHANGE_RATES_H
#define PF_STORE_EXCHANGE_RATES_H

#include "domain/symbol.h"
#include "store/db.h"

struct exchange_rate {
    struct currency currency; /* a major; not the euro */
    int32_t date;
    int64_t units_per_eur_e8; /* > 0 */
};

/* Keeps rates, over what there is of the same currencies and dates; what is equal
 * already is not touched. One transaction, or a part of the caller's. */
PF_MUST_CHECK enum status exchange_rates_save(struct db *db, const struct exchange_rate *rates, size_t n);
/* What one `base` was in each other currency that was published on the last day on
 * or before `date` that has the base (INT32_MAX: the last of all): rows of that day,
 * a code, a rate. STATUS_NOT_FOUND: there is none. */
PF_MUST_CHECK enum status exchange_rates_load(struct db *db, struct currency base, int32_t date,
                                              struct db_rows **ret_rows);
/* The last day of which there are any. STATUS_NOT_FOUND. */
PF_MUST_CHECK enum status exchange_rates_newest(struct db *db, int32_t *ret_date);

#endif
