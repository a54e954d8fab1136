/* Owns a portfolio's positions, lots and totals. Refuses sums that do not fit.
 * Thread: L. */
#include "domain/portfolio.h"

#include <stdlib.h>
#include <string.h>

void portfolio_destroy(struct portfolio **portfolio) {
    if (!*portfolio)
        return;
    free((*portfolio)->name);
    free((*portfolio)->positions);
    free((*portfolio)->gone);
    free((*portfolio)->lots);
    free(*portfolio);
    *portfolio = NULL;
}

struct currency position_currency(const struct portfolio *portfolio, const struct price_book_entry *entry) {
    return entry->is_priced ? entry->quote.currency : portfolio->base_currency;
}

static enum status position_value_at(const struct portfolio *portfolio, const struct position *position,
                                     const struct price_book_entry *entry, struct position_value *ret_value) {
    bool is_priced =
        entry->is_priced && position->is_priceable && currency_equal(entry->quote.currency, portfolio->base_currency);
    if (!is_priced) {
        *ret_value = (struct position_value){0};
        return STATUS_OK;
    }
    struct quantity quantity = {(int64_t)position->quantity.e8};
    return valuation_of_position(quantity, position->cost_basis, portfolio->lots + position->lots_first,
                                 position->lots_n, &entry->quote, ret_value);
}

enum status portfolio_revalue(struct portfolio *portfolio, size_t position_i, const struct price_book_entry *entry) {
    struct position *position = &portfolio->positions[position_i];
    struct position_value value;
    enum status status = position_value_at(portfolio, position, entry, &value);
    if (status != STATUS_OK)
        return status;
    struct totals totals = portfolio->totals;
    status = totals_remove(&totals, position->cost_basis, &position->value);
    if (status == STATUS_OK)
        status = totals_add(&totals, position->cost_basis, &value);
    if (status != STATUS_OK)
        return status;
    portfolio->totals = totals;
    position->value = value;
    return STATUS_OK;
}

/* Sums a position's lots and values it for the first time. */
static enum status position_fill(struct portfolio *portfolio, struct position *position,
                                 const struct price_book_entry *entry) {
    const struct holdings_lot *lots = portfolio->lots + position->lots_first;
    for (size_t i = 0; i < position->lots_n; i++) {
        struct amount lot_quantity = {lots[i].quantity.e8};
        enum status status = amount_add(position->quantity, lot_quantity, &position->quantity);
        if (status == STATUS_OK)
            status = amount_add(position->cost_basis, lots[i].cost_basis, &position->cost_basis);
        if (status != STATUS_OK)
            return status;
    }
    position->is_priceable = position->quantity.e8 <= DECIMAL_MAX_E8;
    enum status status = amount_divide(position->cost_basis, position->quantity, &position->average_cost);
    if (status == STATUS_OK)
        status = position_value_at(portfolio, position, entry, &position->value);
    if (status == STATUS_OK)
        status = totals_add(&portfolio->totals, position->cost_basis, &position->value);
    return status;
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

enum status portfolio_create(const struct holdings *holdings, struct price_book *book,
                             struct portfolio **ret_portfolio) {
    size_t gone_n = 0;
    for (size_t i = 0; i < holdings->positions_n; i++)
        gone_n += holdings->positions[i].lots_n == 0 ? 1 : 0;
    if (holdings->lots_n > UINT32_MAX)
        return STATUS_OVERFLOW;
    struct portfolio *portfolio = calloc(1, sizeof *portfolio);
    if (!portfolio)
        return STATUS_NO_MEMORY;
    portfolio->id = holdings->portfolio_id;
    portfolio->base_currency = holdings->base_currency;
    portfolio->version = holdings->version;
    portfolio->lots_n = holdings->lots_n;
    totals_init(&portfolio->totals, holdings->cash_balance);
    portfolio->name = strdup(holdings->name);
    bool is_allocated = portfolio->name != NULL;
    is_allocated &= allocate((void **)&portfolio->positions, holdings->positions_n - gone_n, sizeof(struct position));
    is_allocated &= allocate((void **)&portfolio->gone, gone_n, sizeof(struct gone_position));
    is_allocated &= allocate((void **)&portfolio->lots, holdings->lots_n, sizeof(struct holdings_lot));
    enum status status = is_allocated ? STATUS_OK : STATUS_NO_MEMORY;
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
