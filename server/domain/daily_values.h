/* What holdings were worth, day by day: lots, splits, closing prices and exchange
 * rates in, one value a day out.
 *
 * The value of a holding on a day is round(quantity x price x rate): the quantity
 * of the lots bought until then, as the splits until then made it; the last close
 * on or before the day (divided by splits that came after it); the last rate on or
 * before the day. Without any close yet: the price last paid (estimated). Without
 * that, or without a rate where one is needed: missing, which is no value and no
 * flow. Never 0 for a price. Thread: any; pure. */
#ifndef PF_DOMAIN_DAILY_VALUES_H
#define PF_DOMAIN_DAILY_VALUES_H

#include "domain/returns.h"
#include "domain/split.h"

struct dated_price { /* a close, or a rate */
    int32_t date;
    struct price price;
};

struct value_lot {
    int32_t purchase_date;
    struct quantity quantity; /* as bought */
    struct price purchase_price;
    struct amount cost; /* with the fee, in the holding's currency */
    struct price rate;  /* of the purchase; 0: not known. Not looked at unless is_foreign */
};

/* All the lots of a portfolio in one symbol. Everything ordered by date. */
struct value_holding {
    const struct value_lot *lots;
    size_t lots_n; /* at least 1 */
    const struct dated_price *closes;
    size_t closes_n;
    const struct split *splits;
    size_t splits_n;
    const struct dated_price *rates; /* units of the portfolio's currency for one of the holding's */
    size_t rates_n;
    bool is_foreign; /* rates are needed */
    unsigned factor; /* 100 for pence and the like, else 1 */
};

/* A holding at the end of a day, in the portfolio's currency. */
struct holding_value {
    struct amount value;
    struct amount cost_basis;
    struct amount inflow; /* since the day asked for before, that one not counted */
    bool is_priced;       /* by a close of that very day */
    bool is_estimated;    /* by the price last paid, or at the rate of the purchase */
    bool is_missing;
};

/* Goes through the days of a holding, forward only. */
struct value_cursor {
    const struct value_holding *holding;
    size_t closes_i, lots_i, splits_i, rates_i; /* how many are on or before the day */
    bool is_broken;                             /* quantities past their bounds, or a purchase without its rate */
    struct quantity quantity;
    struct amount cost_basis;
    struct amount held_back; /* inflow of days on which there was no price: it counts with the first one */
    struct price price;      /* as it counts on the day; 0: none */
    bool is_price_paid;
};

void value_cursor_init(struct value_cursor *cursor, const struct value_holding *holding);
/* date: not before the one asked for before. STATUS_OVERFLOW: the value, or the
 * sum of costs, does not fit. */
PF_MUST_CHECK enum status value_cursor_move(struct value_cursor *cursor, int32_t date, struct holding_value *ret_value);
/* The day after the last asked for, or later, on which something changes; INT32_MAX: none. */
int32_t value_cursor_next(const struct value_cursor *cursor);

/* The close of `to` by that of `from`, splits in between undone, less 1. */
struct ratio value_price_return(const struct value_holding *holding, int32_t from, int32_t to);

struct daily_value {
    struct return_day day;
    struct amount cost_basis;
    int32_t priced_n, estimated_n, missing_n; /* holdings */
};

/* The sum of many holdings over [from, through], added one after the other. */
struct daily_values;

PF_MUST_CHECK enum status daily_values_create(int32_t from, int32_t through, struct daily_values **ret_values);
void daily_values_destroy(struct daily_values **values);
PF_MUST_CHECK enum status daily_values_add(struct daily_values *values, const struct value_holding *holding);
/* The days on which something was priced or bought, or was worth something else (an exchange rate alone does that), in
 * order; malloc'd, the caller's. So the day before any date, or the last that there is before it, has its opening. */
PF_MUST_CHECK enum status daily_values_finish(const struct daily_values *values, struct daily_value **ret_days,
                                              size_t *ret_n);
/* What all are worth on one day, whether or not something happened on it. */
PF_MUST_CHECK enum status daily_values_on(int32_t date, const struct value_holding *const *holdings, size_t n,
                                          struct daily_value *ret_value);

#endif
