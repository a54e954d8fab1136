/* Returns over a range of days: gain, simple return, time-weighted return,
 * modified Dietz, internal rate of return (docs/returns.md).
 *
 * Amounts are exact; ratios of them are factors (0.05 is 5 percent) in `double`:
 * they are not money. Thread: any; pure. */
#ifndef PF_DOMAIN_RETURNS_H
#define PF_DOMAIN_RETURNS_H

#include "base/decimal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The end of a day on which something was priced, or came in or went out. A day
 * that is not there is like the one before it, without flows. */
struct return_day {
    int32_t date;
    struct amount value;
    struct amount inflow;  /* at the start of the day */
    struct amount outflow; /* at its end */
    bool is_priced;        /* a price of that very day is in it: it counts for the volatility */
};

/* [start, end], both inclusive. opening is the value at the end of the day
 * before start. Consecutive ranges chain: the opening of one is the closing of
 * the one before. */
struct return_range {
    int32_t start, end;
    struct amount opening;
    const struct return_day *days; /* with start <= date <= end, in order */
    size_t days_n;
};

/* A ratio that may not exist (a division by nothing, no root). */
struct ratio {
    bool is_known;
    double value;
};

struct return_sums {
    struct amount opening, closing;
    struct amount inflow, outflow;
    struct amount gain; /* closing - opening - (inflow - outflow) */
};

/* STATUS_OVERFLOW when a sum does not fit. */
PF_MUST_CHECK enum status returns_sum(const struct return_range *range, struct return_sums *ret_sums);

/* part / (opening + inflow): of the gain it is the simple return, of a holding's
 * gain its contribution. Not known when that is not above 0. */
struct ratio returns_simple(const struct return_sums *sums, struct amount part);

/* The product of (1 + r) over the days, less 1. r = (value + outflow) / (value
 * before + inflow) - 1, and 0 when that is not above 0. */
double returns_twr(const struct return_range *range);

/* (1 + twr)^(365 / days) - 1; not known for less than 365 days, or when all is lost. */
struct ratio returns_annualized(const struct return_range *range, double twr);

/* gain / (opening + the sum of each flow by the part of the range it was there
 * for, its own day counted). */
struct ratio returns_modified_dietz(const struct return_range *range, const struct return_sums *sums);

/* The rate at which -opening on the day before start, what came in (less what
 * went out) on its day, and the closing on the end are worth nothing together;
 * days by 365 a year; between -0.999999999 and 1e6, to 1e-10. Not known without
 * a change of sign. */
struct ratio returns_xirr(const struct return_range *range);

/* (1 + twr) / (1 + benchmark) - 1 */
struct ratio returns_relative(double twr, struct ratio benchmark);

double returns_amount(struct amount amount);

#endif
