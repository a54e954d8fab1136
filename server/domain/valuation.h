/* What a position is worth: the formulas of the contract (protocol.md, 1),
 * each product rounded once, half away from zero, sums exact.
 *
 * Nothing here can fail: whether all sums of a portfolio fit 128 bits, at
 * whatever prices, is decided once, by valuation_check_fits, when it is loaded.
 * A tick then has no error to handle. Thread: any; pure. */
#ifndef PF_DOMAIN_VALUATION_H
#define PF_DOMAIN_VALUATION_H

#include "base/decimal.h"
#include "domain/holdings.h"
#include "domain/quote.h"

#include <stdbool.h>
#include <stddef.h>

/* V = 90,000,000,000 squared: the largest value of a row. A price times a
 * quantity cannot be above it; what is so through a rate leaves the row unpriced. */
#define VALUATION_ROW_MAX_E8 ((int128)DECIMAL_MAX_E8 * DECIMAL_MAX_E8 / DECIMAL_ONE)

/* STATUS_OVERFLOW when a value or total of these holdings might not fit at some
 * price. No sum of the formulas exceeds |cash| + all costs + rows x V (the costs
 * in their own currency, and those that are known in the portfolio's); that must fit. */
PF_MUST_CHECK enum status valuation_check_fits(const struct holdings *holdings);

/* round(cost x rate / factor): what a lot in another currency than the
 * portfolio's cost in that. STATUS_NOT_FOUND when its rate is not known (0),
 * STATUS_OVERFLOW when it is above V. */
PF_MUST_CHECK enum status valuation_of_lot_cost(struct amount cost_basis, struct price fx_rate, unsigned factor,
                                                struct amount *ret_cost_base);

/* The computed part of a position. All zero when it is not priced. */
struct position_value {
    struct amount current_value; /* round(quantity x price) */
    struct amount gain_loss;     /* current_value - cost_basis */
    struct amount day_change;    /* current_value - day_base */
    struct amount day_base;      /* round(quantity before the session x previous_close) + cost bought in it */
    bool is_priced;
    bool has_day_change;    /* the quote has a previous_close, and the rate */
    bool is_stale;          /* the quote, or the rate */
    bool is_past_bound;     /* not priced for being above V through the rate */
    bool is_day_past_bound; /* priced, but without a day's change for the day's base being above V */
};

/* Values `quantity` (within the bound of one) with cost `cost_basis` and its
 * lots (ordered by purchase_date) at `quote`. */
struct position_value valuation_of_position(struct quantity quantity, struct amount cost_basis,
                                            const struct holdings_lot *lots, size_t lots_n, const struct quote *quote);

/* What one major of a row's currency is in the portfolio's. */
struct fx_rate {
    struct price rate;
    struct price previous; /* in force before `session`; 0 = absent */
    int32_t session;       /* of its last fixing */
    unsigned factor;       /* how many of the row's currency make one major */
    bool is_stale;
};

/* The same in the portfolio's currency, of lots in another: each product with
 * the rate is rounded once. `cost_base`, `lot_costs_base`: what they cost in it.
 *
 * The day's base is previous_close x the rate that was in force when the quote's
 * session began, as what was held was worth that then. A rate fixed in an earlier
 * session was: its move was counted in that one. Of a rate fixed in the session it
 * was the previous one; without one there is no day's change. One fixed in a later
 * session (a holiday of the share's exchange, or before it opens) says what was
 * before its own only: that stands for it. (The contract's day_change of
 * protocol.md, 1, with the value at the close before as domain.md has it: in the
 * portfolio's currency at the rate of that close.) */
struct position_value valuation_through_rate(struct quantity quantity, struct amount cost_base,
                                             const struct holdings_lot *lots, const struct amount *lot_costs_base,
                                             size_t lots_n, const struct quote *quote, const struct fx_rate *fx);

/* The same with another value of it: `status` says that this is known; else the row is past its bound. */
struct position_value valuation_with_value(const struct position_value *value, enum status status,
                                           struct amount current_value);

/* By how much a position's value, its gain and its day's change move when only
 * the price does: all three by the same. */
static inline struct amount valuation_move(struct quantity quantity, struct price before, struct price after) {
    return (struct amount){amount_product(quantity, after).e8 - amount_product(quantity, before).e8};
}

/* Sums over the rows of a portfolio. total_value has the cash in it. */
struct totals {
    struct amount total_value;
    struct amount cash_balance;
    struct amount cost_basis; /* all rows */
    struct amount gain_loss;  /* priced rows */
    struct amount day_change; /* rows that have it */
    struct amount priced_cost;
    struct amount day_base;
    size_t unpriced_n;
};

void totals_init(struct totals *totals, struct amount cash_balance);
/* Adds a row, or takes it away, with all that it was added with. */
void totals_add(struct totals *totals, struct amount cost_basis, const struct position_value *value);
void totals_remove(struct totals *totals, struct amount cost_basis, const struct position_value *value);
/* Adds all of another portfolio's, in the same currency. STATUS_OVERFLOW: *sum is of no use then. */
PF_MUST_CHECK enum status totals_sum(struct totals *sum, const struct totals *more);
/* Rows moved by valuation_move: those with a day's change, and those without. */
void totals_move(struct totals *totals, struct amount with_day_change, struct amount without);

#endif
