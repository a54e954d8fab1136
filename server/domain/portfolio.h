/* A portfolio in memory: positions with their versions, and the totals. Built
 * from `struct holdings`, never changed by anything but a newer one. What a row
 * is worth is computed when somebody asks; the totals are kept by difference
 * (domain/holders.h). Thread: L; pure. */
#ifndef PF_DOMAIN_PORTFOLIO_H
#define PF_DOMAIN_PORTFOLIO_H

#include "domain/price_book.h"
#include "domain/quote_split.h"
#include "domain/valuation.h"

#include <string.h>

struct holders;

/* What a quote does for a position. */
enum position_way {
    POSITION_UNVALUED,
    POSITION_DIRECT,   /* in the portfolio's currency: price times quantity */
    POSITION_CONVERTED /* in another, which is also its lots': it has a value in that, and through the rate in the
                          portfolio's (if the rate is known, and what the lots cost) */
};

struct position { /* 64 bytes; there are tens of millions */
    struct amount quantity;
    struct amount cost_basis;
    uint64_t version; /* at which its lots last changed */
    symbol_index symbol;
    uint32_t lots_first, lots_n;
    uint32_t place;               /* its own among the holders of its symbol */
    uint8_t way;                  /* enum position_way: what a quote in its currency does; UNVALUED: its quantity is
                                     not within the bounds of one */
    char currency[3];             /* its lots' */
    int32_t newest_purchase_date; /* of its lots */
};

/* Of a position that is in another currency than its portfolio: what the
 * rate's quote is, and what the lots cost in the portfolio's currency. */
#define SYMBOL_NONE UINT32_MAX
struct conversion {
    struct amount cost_basis; /* 0 unless has_cost */
    symbol_index pair;        /* USD/CHF; SYMBOL_NONE: the rate is 1 (pence in a portfolio in pounds) */
    uint32_t place;           /* its own among the dependents of the pair */
    uint16_t factor;          /* of the row's currency; 0: the row needs no conversion */
    bool has_cost;            /* every lot's rate is known, and its cost within the bound */
};

/* The splits of a position, by date: they are in its lots. */
struct split_position {
    uint32_t position, splits_first, splits_n;
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
    uint64_t currencies_version; /* as in struct holdings */
    struct totals settled;       /* the totals but for what only prices moved since: holders_totals has them all */
    size_t positions_n;
    struct position *positions; /* ordered by symbol text */
    symbol_index *symbols;      /* the same, by themselves: what a delta scans */
    size_t gone_n;
    struct gone_position *gone;
    size_t lots_n;
    struct holdings_lot *lots;
    /* Of those positions that have splits, else NULL: in the order of the positions. */
    size_t split_positions_n;
    struct split_position *split_positions;
    struct split *splits;
    /* Of portfolios with rows in other currencies, else NULL. */
    struct conversion *conversions; /* by position */
    symbol_index *rate_symbols;     /* by position: the pair's, or the position's own: what else a delta scans */
    struct amount *lot_costs_base;  /* by lot; of those in other currencies */
    size_t past_bound_n; /* rows that are not priced because something is above the bound, when it was made */
};

/* Totals at the book's current quotes. The symbols are interned.
 * STATUS_OVERFLOW when a sum might not fit at some price; STATUS_NO_MEMORY. */
PF_MUST_CHECK enum status portfolio_create(const struct holdings *holdings, struct price_book *book,
                                           struct portfolio **ret_portfolio);
void portfolio_destroy(struct portfolio **portfolio);

/* What the quote does for the position: nothing when it is NULL, in another
 * currency than the lots, or the quantity is none that can be multiplied. */
static inline enum position_way position_way(const struct portfolio *portfolio, const struct position *position,
                                             const struct quote *quote);
/* Where holders have it: as above, but one that is not direct while a split of its symbol is between it and the quote.
 */
enum position_way position_way_of_moves(const struct portfolio *portfolio, const struct position *position,
                                        const struct quote *quote);
/* The quote as it counts for the position, where that is not as it is: see domain/quote_split.h. */
bool position_quote_split(const struct portfolio *portfolio, const struct position *position, const struct quote *quote,
                          struct quote_split *ret_split);
/* The row's value at a quote in its own currency; all zero when that does not price it. */
struct position_value position_value(const struct portfolio *portfolio, const struct position *position,
                                     const struct quote *quote);
/* In the portfolio's: what the totals sum. `rate` is the quote of its pair, of no meaning to a direct row. */
struct position_value position_value_base(const struct portfolio *portfolio, const struct position *position,
                                          const struct quote *quote, const struct quote *rate);
/* The same at the quotes that the book has now. */
struct position_value position_value_base_now(const struct portfolio *portfolio, const struct position *position,
                                              const struct price_book *book);
/* What the totals have of its cost: 0 when that is not known in the portfolio's currency. */
struct amount position_cost_base(const struct portfolio *portfolio, const struct position *position);
/* NULL: the row is in the portfolio's currency. */
static inline const struct conversion *position_conversion(const struct portfolio *portfolio,
                                                           const struct position *position);
/* The entry of its pair; NULL when it needs none. */
const struct price_book_entry *conversion_entry(const struct conversion *conversion, const struct price_book *book);
/* The rate, if the pair's quote (NULL: unpriced) is one: its price is in the portfolio's currency. */
bool conversion_rate(const struct portfolio *portfolio, const struct conversion *conversion, const struct quote *rate,
                     struct fx_rate *ret_fx);
/* round(cost_basis / quantity) */
struct amount position_average_cost(const struct position *position);
/* A priced row's quote is stale, or its rate. Looks at every row. */
bool portfolio_is_stale(const struct portfolio *portfolio, const struct price_book *book);

static inline enum position_way position_way(const struct portfolio *portfolio, const struct position *position,
                                             const struct quote *quote) {
    if (!quote)
        return POSITION_UNVALUED;
    if (position->way == POSITION_DIRECT)
        return currency_equal(quote->currency, portfolio->base_currency) ? POSITION_DIRECT : POSITION_UNVALUED;
    bool is_its_own = memcmp(quote->currency.code, position->currency, sizeof position->currency) == 0;
    return position->way == POSITION_CONVERTED && is_its_own ? POSITION_CONVERTED : POSITION_UNVALUED;
}

static inline const struct conversion *position_conversion(const struct portfolio *portfolio,
                                                           const struct position *position) {
    if (!portfolio->conversions)
        return NULL;
    const struct conversion *conversion = &portfolio->conversions[position - portfolio->positions];
    return conversion->factor ? conversion : NULL;
}

#endif
