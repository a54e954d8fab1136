/* The days of several portfolios together, in one currency.
 *
 * What is in another currency is converted day by day: the value of a day at the
 * rate of that day, a flow at that of its date, each rounded once. The rate of a
 * day is the last one on or before it. Thread: any; pure. */
#ifndef PF_DOMAIN_JOINT_DAYS_H
#define PF_DOMAIN_JOINT_DAYS_H

#include "domain/daily_values.h"

struct joint_days {
    struct amount opening;
    struct return_day *days; /* in order */
    size_t days_n;
};

void joint_days_fini(struct joint_days *joint);

/* Adds the days of one more portfolio. On a day that only one side has, the other
 * is worth what it was. STATUS_OVERFLOW: a sum does not fit. */
PF_MUST_CHECK enum status joint_days_add(struct joint_days *sum, struct amount opening, const struct return_day *days,
                                         size_t days_n);

/* A range in another currency: its days, and those on which only the rate
 * changed while something was held (not priced: they are no returns of their own
 * for the volatility). rates: in order; units of the new currency for one of the
 * old. STATUS_NOT_FOUND: there is an amount of a day before the first rate. */
PF_MUST_CHECK enum status joint_days_convert(const struct return_range *range, const struct dated_price *rates,
                                             size_t rates_n, struct joint_days *ret_converted);

/* An amount of a day. rates NULL: there is nothing to convert. STATUS_NOT_FOUND
 * as above; nothing is nothing in every currency. */
PF_MUST_CHECK enum status joint_amount_convert(struct amount amount, int32_t date, const struct dated_price *rates,
                                               size_t rates_n, struct amount *ret_converted);

#endif
