/* Volatility and drawdown of a range of days. Thread: any; pure. */
#ifndef PF_DOMAIN_RISK_H
#define PF_DOMAIN_RISK_H

#include "domain/returns.h"

/* The largest fall of the index that grows by each day's return, from a peak (or
 * the range's beginning) to the lowest day after it. */
struct drawdown {
    double value;                /* (peak - lowest) / peak; 0: it never fell */
    int32_t peak_date, low_date; /* the day before start counts as the first; meaningless at 0 */
    bool is_recovered;           /* the peak was reached again in the range */
    int32_t recovered_date;
};

struct risk {
    struct ratio volatility; /* sample deviation of the daily returns x sqrt(252); not known with less than two */
    size_t returns_n; /* priced days that it is of; the returns of days without a price go into the next with one */
    struct drawdown drawdown;
};

struct risk risk_of(const struct return_range *range);

#endif
