/* A portfolio in memory: positions with their versions, and the totals. Built
 * from `struct holdings`, never changed by anything but a newer one. What a row
 * is worth is computed when somebody asks; the totals are kept by difference
 * (domain/holders.h). Thread: L; pure. */
#ifndef PF_DOMAIN_PORTFOLIO_H
#define PF_DOMAIN_PORTFOLIO_H

#include "domain/price_book.h"
#include "domain/valuation.h"

struct holders;

struct position { /* 64 bytes; there are tens of millions */
    struct amount quantity;
    struct amount cost_basis;
    uint64_t version; /* at which its lots last changed */
    symbol_index symbol;
    uint32_t lots_first, lots_n;
    uint32_t place;               /* its own among the holders of its symbol */
    bool is_priceable;            /* its quantity is within the bounds of a quantity */
    int32_t newest_purchase_date; /* of its lots */
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
    uint32_t slot;                 /* among the portfolios of `holders` */
    const struct holders *holders; /* where it is registered, or NULL */
    uint64_t version;
    struct totals settled; /* the totals but for what only prices moved since: holders_totals has them all */
    size_t positions_n;
    struct position *positions; /* ordered by symbol text */
    symbol_index *symbols;      /* the same, by themselves: what a delta scans */
    size_t gone_n;
    struct gone_position *gone;
    size_t lots_n;
    struct holdings_lot *lots;
};

/* Totals at the book's current quotes. The symbols are interned.
 * STATUS_OVERFLOW when a sum might not fit at some price; STATUS_NO_MEMORY. */
PF_MUST_CHECK enum status portfolio_create(const struct holdings *holdings, struct price_book *book,
                                           struct portfolio **ret_portfolio);
void portfolio_destroy(struct portfolio **portfolio);

/* Whether the quote prices the position: it is there, in the portfolio's
 * currency, and the quantity is one that can be multiplied. NULL: no quote. */
bool position_is_valued(const struct portfolio *portfolio, const struct position *position, const struct quote *quote);
/* The row's value at a quote; all zero when that does not price it. */
struct position_value position_value(const struct portfolio *portfolio, const struct position *position,
                                     const struct quote *quote);
/* round(cost_basis / quantity) */
struct amount position_average_cost(const struct position *position);
/* The currency a row shows: the quote's, the portfolio's until one is known. */
struct currency position_currency(const struct portfolio *portfolio, const struct price_book_entry *entry);
/* A priced row's quote is stale. Looks at every row. */
bool portfolio_is_stale(const struct portfolio *portfolio, const struct price_book *book);

#endif
