/* Returns over a range. Refuses sums that do not fit; allocates nothing.
 * Thread: any. */
#include "domain/returns.h"

#include <math.h>

#define DAYS_A_YEAR 365.0
#define RATE_MIN (-0.999999999)
#define RATE_MAX 1e6
#define RATE_PRECISION 1e-10
#define RATE_STEPS_MAX 500 /* bisection alone needs some sixty */

double returns_amount(struct amount amount) {
    return (double)amount.e8 / (double)DECIMAL_ONE;
}

static struct amount closing_of(const struct return_range *range) {
    return range->days_n > 0 ? range->days[range->days_n - 1].value : range->opening;
}

enum status returns_sum(const struct return_range *range, struct return_sums *ret_sums) {
    struct return_sums sums = {.opening = range->opening, .closing = closing_of(range)};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < range->days_n && status == STATUS_OK; i++) {
        status = amount_add(sums.inflow, range->days[i].inflow, &sums.inflow);
        if (status == STATUS_OK)
            status = amount_add(sums.outflow, range->days[i].outflow, &sums.outflow);
    }
    if (status == STATUS_OK)
        status = amount_subtract(sums.closing, sums.opening, &sums.gain);
    if (status == STATUS_OK)
        status = amount_subtract(sums.gain, sums.inflow, &sums.gain);
    if (status == STATUS_OK)
        status = amount_add(sums.gain, sums.outflow, &sums.gain);
    if (status == STATUS_OK)
        *ret_sums = sums;
    return status;
}

static struct ratio ratio_of(double part, double whole) {
    return whole > 0 ? (struct ratio){true, part / whole} : (struct ratio){0};
}

struct ratio returns_simple(const struct return_sums *sums, struct amount part) {
    return ratio_of(returns_amount(part), returns_amount(sums->opening) + returns_amount(sums->inflow));
}

double returns_twr(const struct return_range *range) {
    double product = 1;
    struct amount before = range->opening;
    for (size_t i = 0; i < range->days_n; i++) {
        const struct return_day *day = &range->days[i];
        double base = returns_amount(before) + returns_amount(day->inflow);
        if (base > 0)
            product *= (returns_amount(day->value) + returns_amount(day->outflow)) / base;
        before = day->value;
    }
    return product - 1;
}

static double days_of(const struct return_range *range) {
    return (double)range->end - (double)range->start + 1;
}

struct ratio returns_annualized(const struct return_range *range, double twr) {
    double days = days_of(range);
    if (days < DAYS_A_YEAR || twr <= -1)
        return (struct ratio){0};
    return (struct ratio){true, pow(1 + twr, DAYS_A_YEAR / days) - 1};
}

struct ratio returns_modified_dietz(const struct return_range *range, const struct return_sums *sums) {
    double days = days_of(range), whole = returns_amount(range->opening);
    for (size_t i = 0; i < range->days_n; i++) {
        const struct return_day *day = &range->days[i];
        double weight = ((double)range->end - (double)day->date + 1) / days;
        whole += weight * (returns_amount(day->inflow) - returns_amount(day->outflow));
    }
    return ratio_of(returns_amount(sums->gain), whole);
}

struct ratio returns_relative(double twr, struct ratio benchmark) {
    if (!benchmark.is_known || benchmark.value <= -1)
        return (struct ratio){0};
    return (struct ratio){true, (1 + twr) / (1 + benchmark.value) - 1};
}

/* --- the internal rate --- */

/* What all is worth at a rate: at the range's beginning for rates above 0, at
 * its end for those below. So no term grows past its amount, however long the
 * range; the sign, and so the root, is the same. */
static double worth_at(const struct return_range *range, double rate) {
    double log_growth = log1p(rate);
    double from = rate > 0 ? (double)range->start - 1 : (double)range->end;
    double worth =
        -returns_amount(range->opening) * exp((from - ((double)range->start - 1)) / DAYS_A_YEAR * log_growth);
    for (size_t i = 0; i < range->days_n; i++) {
        const struct return_day *day = &range->days[i];
        if (day->inflow.e8 == day->outflow.e8)
            continue;
        double flow = returns_amount(day->outflow) - returns_amount(day->inflow);
        worth += flow * exp((from - (double)day->date) / DAYS_A_YEAR * log_growth);
    }
    return worth + returns_amount(closing_of(range)) * exp((from - (double)range->end) / DAYS_A_YEAR * log_growth);
}

/* Brent's: between `a` and `b` the sign changes; b is the better one; c was b. */
struct bracket {
    double a, b, c, at_a, at_b, at_c;
    double step, step_before;
};

static void bracket_order(struct bracket *it) {
    if ((it->at_b > 0) == (it->at_c > 0)) {
        it->c = it->a;
        it->at_c = it->at_a;
        it->step = it->step_before = it->b - it->a;
    }
    if (fabs(it->at_c) < fabs(it->at_b)) {
        it->a = it->b;
        it->b = it->c;
        it->c = it->a;
        it->at_a = it->at_b;
        it->at_b = it->at_c;
        it->at_c = it->at_a;
    }
}

/* By interpolation where that makes progress, else to the middle. */
static void bracket_choose_step(struct bracket *it, double middle, double tolerance) {
    double p, q, s = it->at_b / it->at_a;
    if (fabs(it->step_before) < tolerance || fabs(it->at_a) <= fabs(it->at_b)) {
        it->step = it->step_before = middle;
        return;
    }
    if (it->a == it->c) {
        p = 2 * middle * s;
        q = 1 - s;
    } else {
        double t = it->at_a / it->at_c, r = it->at_b / it->at_c;
        p = s * (2 * middle * t * (t - r) - (it->b - it->a) * (r - 1));
        q = (t - 1) * (r - 1) * (s - 1);
    }
    if (p > 0)
        q = -q;
    p = fabs(p);
    double by_bracket = 3 * middle * q - fabs(tolerance * q), by_last = fabs(it->step_before * q);
    if (2 * p < (by_bracket < by_last ? by_bracket : by_last)) {
        it->step_before = it->step;
        it->step = p / q;
    } else {
        it->step = it->step_before = middle;
    }
}

struct ratio returns_xirr(const struct return_range *range) {
    struct bracket it = {.a = RATE_MIN, .b = RATE_MAX};
    it.at_a = worth_at(range, it.a);
    it.at_b = worth_at(range, it.b);
    if (it.at_a == 0 || it.at_b == 0 || (it.at_a > 0) == (it.at_b > 0))
        return (struct ratio){0};
    it.c = it.b;
    it.at_c = it.at_b;
    for (int i = 0; i < RATE_STEPS_MAX; i++) {
        bracket_order(&it);
        double tolerance = 2 * 2.220446049250313e-16 * fabs(it.b) + RATE_PRECISION / 2;
        double middle = (it.c - it.b) / 2;
        if (fabs(middle) <= tolerance || it.at_b == 0)
            return (struct ratio){true, it.b};
        bracket_choose_step(&it, middle, tolerance);
        it.a = it.b;
        it.at_a = it.at_b;
        it.b += fabs(it.step) > tolerance ? it.step : copysign(tolerance, middle);
        it.at_b = worth_at(range, it.b);
    }
    return (struct ratio){0};
}
