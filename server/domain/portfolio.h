/* A portfolio in memory: positions with their versions and values, totals kept
 * incrementally. Built from `struct holdings`, never changed by anything but a
 * newer one; a tick only revalues. Thread: L; pure. */
#ifndef PF_DOMAIN_PORTFOLIO_H
#define PF_DOMAIN_PORTFOLIO_H

#include "domain/price_book.h"
#include "domain/valuation.h"

struct position {
    symbol_index symbol;
    uint32_t lots_first, lots_n;
    bool is_priceable; /* its quantity is within the bounds of a quantity */
    uint64_t version;  /* at which its lots last changed */
    struct amount quantity;
    struct amount cost_basis;
    struct amount average_cost;
    struct position_value value;
};

/* A ticker that is no longer held, and the version at which it went. */
struct gone_position {
    symbol_index symbol;
    uint64_t version;
};

struct portfolio {
    struct uuid id;
    char *name;
    struct currency base_currency;
    uint64_t version;
    struct totals totals;
    size_t positions_n;
    struct position *positions; /* ordered by symbol text */
    size_t gone_n;
    struct gone_position *gone;
    size_t lots_n;
    struct holdings_lot *lots;
};

/* Values every position at the book's current quotes. The symbols are interned.
 * STATUS_OVERFLOW when a sum does not fit; STATUS_NO_MEMORY. */
PF_MUST_CHECK enum status portfolio_create(const struct holdings *holdings, struct price_book *book,
                                           struct portfolio **ret_portfolio);
void portfolio_destroy(struct portfolio **portfolio);

/* Revalues one position after its quote changed: O(1), totals by difference.
 * On STATUS_OVERFLOW the portfolio is unchanged. */
PF_MUST_CHECK enum status portfolio_revalue(struct portfolio *portfolio, size_t position,
                                            const struct price_book_entry *entry);

/* The currency a row shows: the quote's, the portfolio's until one is known. */
struct currency position_currency(const struct portfolio *portfolio, const struct price_book_entry *entry);

#endif
