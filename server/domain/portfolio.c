/* Owns a portfolio's positions, lots and totals. Refuses sums that might not
 * fit. Thread: L. */
#include "domain/portfolio.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static_assert(sizeof(struct position) == 64, "its size is memory a row");
static_assert(sizeof(struct holdings_lot) == 32, "its size is memory a lot");

void portfolio_destroy(struct portfolio **portfolio) {
    if (!*portfolio)
        return;
    free((*portfolio)->name);
    free((*portfolio)->positions);
    free((*portfolio)->symbols);
    free((*portfolio)->gone);
    free((*portfolio)->lots);
    free(*portfolio);
    *portfolio = NULL;
}

bool position_is_valued(const struct portfolio *portfolio, const struct position *position, const struct quote *quote) {
    return quote && position->is_priceable && currency_equal(quote->currency, portfolio->base_currency);
}

struct position_value position_value(const struct portfolio *portfolio, const struct position *position,
                                     const struct quote *quote) {
    if (!position_is_valued(portfolio, position, quote))
        return (struct position_value){0};
    struct quantity quantity = {(int64_t)position->quantity.e8};
    /* Nearly always nothing was bought in the session: then the lots, elsewhere in memory, are left alone. */
    size_t lots_n = position->newest_purchase_date < quote->session ? 0 : position->lots_n;
    return valuation_of_position(quantity, position->cost_basis, portfolio->lots + position->lots_first, lots_n, quote);
}

struct amount position_average_cost(const struct position *position) {
    struct amount average = {0};
    /* A position has lots, each of a quantity above 0; the quotient of what fits, by 1e-8 at least, is refused by
     * portfolio_create when it does not fit. */
    enum status status = amount_divide(position->cost_basis, position->quantity, &average);
    assert(status == STATUS_OK);
    (void)status;
    return average;
}

struct currency position_currency(const struct portfolio *portfolio, const struct price_book_entry *entry) {
    return entry->is_priced ? entry->quote.currency : portfolio->base_currency;
}

bool portfolio_is_stale(const struct portfolio *portfolio, const struct price_book *book) {
    for (size_t i = 0; i < portfolio->positions_n; i++) {
        const struct quote *quote = price_book_quote(price_book_entry_at(book, portfolio->symbols[i]));
        if (position_is_valued(portfolio, &portfolio->positions[i], quote) && quote->stale)
            return true;
    }
    return false;
}

/* Sums a position's lots and adds the row to the totals. The sums fit: valuation_check_fits said so of the costs, and
 * quantities are 64 bits each. */
static enum status position_fill(struct portfolio *portfolio, struct position *position,
                                 const struct price_book_entry *entry) {
    const struct holdings_lot *lots = portfolio->lots + position->lots_first;
    for (size_t i = 0; i < position->lots_n; i++) {
        position->quantity.e8 += lots[i].quantity.e8;
        position->cost_basis.e8 += lots[i].cost_basis.e8;
    }
    if (position->lots_n > 0)
        position->newest_purchase_date = lots[position->lots_n - 1].purchase_date;
    position->is_priceable = position->quantity.e8 <= DECIMAL_MAX_E8;
    struct amount average;
    enum status status = amount_divide(position->cost_basis, position->quantity, &average);
    if (status != STATUS_OK)
        return status;
    struct position_value value = position_value(portfolio, position, price_book_quote(entry));
    totals_add(&portfolio->settled, position->cost_basis, &value);
    return STATUS_OK;
}

static enum status portfolio_fill(struct portfolio *portfolio, const struct holdings *holdings,
                                  struct price_book *book) {
    for (size_t i = 0; i < holdings->positions_n; i++) {
        const struct holdings_position *from = &holdings->positions[i];
        symbol_index symbol;
        enum status status = price_book_intern(book, &from->symbol, &symbol);
        if (status != STATUS_OK)
            return status;
        if (from->lots_n == 0) {
            portfolio->gone[portfolio->gone_n++] = (struct gone_position){symbol, from->version};
            continue;
        }
        portfolio->symbols[portfolio->positions_n] = symbol;
        struct position *position = &portfolio->positions[portfolio->positions_n++];
        *position = (struct position){.symbol = symbol,
                                      .version = from->version,
                                      .lots_first = (uint32_t)from->lots_first,
                                      .lots_n = (uint32_t)from->lots_n};
        status = position_fill(portfolio, position, price_book_entry_at(book, symbol));
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* calloc that takes 0 for "nothing needed": NULL then is no failure. */
static bool allocate(void **ret, size_t n, size_t size) {
    *ret = n ? calloc(n, size) : NULL;
    return n == 0 || *ret;
}

/* The same for rows, each in one line of the caches. */
static bool allocate_positions(struct position **ret, size_t n) {
    *ret = n ? aligned_alloc(sizeof(struct position), n * sizeof(struct position)) : NULL;
    if (*ret)
        memset(*ret, 0, n * sizeof(struct position));
    return *ret || n == 0;
}

static bool allocate_rows(struct portfolio *portfolio, const struct holdings *holdings) {
    size_t gone_n = 0;
    for (size_t i = 0; i < holdings->positions_n; i++)
        gone_n += holdings->positions[i].lots_n == 0 ? 1 : 0;
    size_t positions_n = holdings->positions_n - gone_n;
    return allocate_positions(&portfolio->positions, positions_n) &&
           allocate((void **)&portfolio->symbols, positions_n, sizeof(symbol_index)) &&
           allocate((void **)&portfolio->gone, gone_n, sizeof(struct gone_position)) &&
           allocate((void **)&portfolio->lots, holdings->lots_n, sizeof(struct holdings_lot));
}

enum status portfolio_create(const struct holdings *holdings, struct price_book *book,
                             struct portfolio **ret_portfolio) {
    enum status status = holdings->lots_n > UINT32_MAX ? STATUS_OVERFLOW : valuation_check_fits(holdings);
    if (status != STATUS_OK)
        return status;
    struct portfolio *portfolio = calloc(1, sizeof *portfolio);
    if (!portfolio)
        return STATUS_NO_MEMORY;
    portfolio->id = holdings->portfolio_id;
    portfolio->base_currency = holdings->base_currency;
    portfolio->version = holdings->version;
    portfolio->lots_n = holdings->lots_n;
    totals_init(&portfolio->settled, holdings->cash_balance);
    portfolio->name = strdup(holdings->name);
    status = portfolio->name && allocate_rows(portfolio, holdings) ? STATUS_OK : STATUS_NO_MEMORY;
    if (status == STATUS_OK) {
        if (holdings->lots_n)
            memcpy(portfolio->lots, holdings->lots, holdings->lots_n * sizeof *holdings->lots);
        status = portfolio_fill(portfolio, holdings, book);
    }
    if (status != STATUS_OK) {
        portfolio_destroy(&portfolio);
        return status;
    }
    *ret_portfolio = portfolio;
    return STATUS_OK;
}
