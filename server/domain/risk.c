/* Volatility and drawdown. Allocates nothing; refuses nothing. Thread: any. */
#include "domain/risk.h"

#include <math.h>

#define TRADING_DAYS_A_YEAR 252.0

/* Mean and squared deviations of what came so far (Welford): no sums of squares
 * that cancel. */
struct spread {
    size_t n;
    double mean, squares;
};

static void spread_add(struct spread *spread, double value) {
    spread->n++;
    double off = value - spread->mean;
    spread->mean += off / (double)spread->n;
    spread->squares += off * (value - spread->mean);
}

struct fall {
    double index, peak;
    int32_t peak_date;
};

static void drawdown_add(struct drawdown *worst, struct fall *fall, int32_t date) {
    if (fall->index >= fall->peak) {
        if (worst->value > 0 && !worst->is_recovered && fall->peak_date == worst->peak_date) {
            worst->is_recovered = true;
            worst->recovered_date = date;
        }
        fall->peak = fall->index;
        fall->peak_date = date;
        return;
    }
    double value = (fall->peak - fall->index) / fall->peak;
    if (value > worst->value)
        *worst = (struct drawdown){.value = value, .peak_date = fall->peak_date, .low_date = date};
}

struct risk risk_of(const struct return_range *range) {
    struct risk risk = {0};
    struct spread spread = {0};
    struct fall fall = {.index = 1, .peak = 1, .peak_date = range->start - 1};
    double growth = 1; /* since the last priced day */
    bool has_return = false;
    struct amount before = range->opening;
    for (size_t i = 0; i < range->days_n; i++) {
        const struct return_day *day = &range->days[i];
        double base = returns_amount(before) + returns_amount(day->inflow);
        if (base > 0) {
            growth *= (returns_amount(day->value) + returns_amount(day->outflow)) / base;
            fall.index *= (returns_amount(day->value) + returns_amount(day->outflow)) / base;
            has_return = true;
        }
        before = day->value;
        drawdown_add(&risk.drawdown, &fall, day->date);
        if (day->is_priced && has_return) {
            spread_add(&spread, growth - 1);
            growth = 1;
            has_return = false;
        }
    }
    risk.returns_n = spread.n;
    if (spread.n >= 2)
        risk.volatility = (struct ratio){true, sqrt(spread.squares / (double)(spread.n - 1) * TRADING_DAYS_A_YEAR)};
    return risk;
}
