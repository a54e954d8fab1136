/* What a position is worth: the formulas of the contract (protocol.md, 1),
 * each product rounded once, half away from zero, sums exact.
 * Thread: any; pure. */
#ifndef PF_DOMAIN_VALUATION_H
#define PF_DOMAIN_VALUATION_H

#include "base/decimal.h"
#include "domain/holdings.h"
#include "domain/quote.h"

#include <stdbool.h>
#include <stddef.h>

/* The computed part of a position. All zero when it is not priced. */
struct position_value {
    struct amount current_value; /* round(quantity x price) */
    struct amount gain_loss;     /* current_value - cost_basis */
    struct amount day_change;    /* current_value - day_base */
    struct amount day_base;      /* round(quantity before the session x previous_close) + cost bought in it */
    bool is_priced;
    bool has_day_change; /* the quote has a previous_close */
    bool is_stale;
};

/* Values `quantity` with cost `cost_basis` and its lots (ordered by
 * purchase_date) at `quote`. STATUS_OVERFLOW when a sum does not fit. */
PF_MUST_CHECK enum status valuation_of_position(struct quantity quantity, struct amount cost_basis,
                                                const struct holdings_lot *lots, size_t lots_n,
                                                const struct quote *quote, struct position_value *ret_value);

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
    size_t stale_n; /* priced rows whose quote is stale */
};

void totals_init(struct totals *totals, struct amount cash_balance);
/* Adds a row, or takes it away. On STATUS_OVERFLOW *totals is unchanged. */
PF_MUST_CHECK enum status totals_add(struct totals *totals, struct amount cost_basis,
                                     const struct position_value *value);
PF_MUST_CHECK enum status totals_remove(struct totals *totals, struct amount cost_basis,
                                        const struct position_value *value);

#endif
