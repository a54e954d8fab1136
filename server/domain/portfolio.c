/* Owns a portfolio's positions, lots and totals. Refuses sums that might not
 * fit. Thread: L. */
#include "domain/portfolio.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static_assert(sizeof(struct position) == 64, "its size is memory a row");
static_assert(sizeof(struct holdings_lot) == 32, "its size is memory a lot");
static_assert(sizeof(struct conversion) == 32,
              "its size is memory a row, where a portfolio has any in another currency");

void portfolio_destroy(struct portfolio **portfolio) {
    if (!*portfolio)
        return;
    free((*portfolio)->name);
    free((*portfolio)->positions);
    free((*portfolio)->symbols);
    free((*portfolio)->gone);
    free((*portfolio)->lots);
    free((*portfolio)->split_positions);
    free((*portfolio)->splits);
    free((*portfolio)->conversions);
    free((*portfolio)->rate_symbols);
    free((*portfolio)->lot_costs_base);
    free(*portfolio);
    *portfolio = NULL;
}

/* Nearly always nothing was bought in the session: then the lots, elsewhere in memory, are left alone. */
static size_t lots_to_look_at(const struct position *position, const struct quote *quote) {
    return position->newest_purchase_date < quote->session ? 0 : position->lots_n;
}

static int split_position_compare(const void *key, const void *item) {
    uint32_t position = *(const uint32_t *)key, other = ((const struct split_position *)item)->position;
    return (position > other) - (position < other);
}

static const struct split *position_splits(const struct portfolio *portfolio, const struct position *position,
                                           size_t *ret_n) {
    uint32_t at = (uint32_t)(position - portfolio->positions);
    const struct split_position *of = portfolio->split_positions_n == 0
                                          ? NULL
                                          : bsearch(&at, portfolio->split_positions, portfolio->split_positions_n,
                                                    sizeof *of, split_position_compare);
    *ret_n = of ? of->splits_n : 0;
    return of ? portfolio->splits + of->splits_first : NULL;
}

bool position_quote_split(const struct portfolio *portfolio, const struct position *position, const struct quote *quote,
                          struct quote_split *ret_split) {
    size_t n = 0;
    /* What a split made of lots has its date: one after the newest lot's is none of the position's. */
    if (!quote || portfolio->split_positions_n == 0 || position->newest_purchase_date < quote->session)
        return false;
    const struct split *splits = position_splits(portfolio, position, &n);
    return quote_split_find(splits, n, quote, ret_split);
}

enum position_way position_way_of_moves(const struct portfolio *portfolio, const struct position *position,
                                        const struct quote *quote) {
    size_t n = 0;
    enum position_way way = position_way(portfolio, position, quote);
    if (way != POSITION_DIRECT || portfolio->split_positions_n == 0 || position->newest_purchase_date < quote->session)
        return way;
    const struct split *splits = position_splits(portfolio, position, &n);
    return quote_split_is_of_effect(splits, n, quote) ? POSITION_CONVERTED : way;
}

struct position_value position_value(const struct portfolio *portfolio, const struct position *position,
                                     const struct quote *quote) {
    struct quote_split split;
    if (position_way(portfolio, position, quote) == POSITION_UNVALUED)
        return (struct position_value){0};
    struct quantity quantity = {(int64_t)position->quantity.e8};
    const struct holdings_lot *lots = portfolio->lots + position->lots_first;
    size_t lots_n = lots_to_look_at(position, quote);
    if (lots_n == 0 || !position_quote_split(portfolio, position, quote, &split))
        return valuation_of_position(quantity, position->cost_basis, lots, lots_n, quote);
    struct quote whole = *quote;
    struct amount current_value = {0};
    whole.previous_close = split.raw_close;
    struct position_value value = valuation_of_position(quantity, position->cost_basis, lots, lots_n, &whole);
    enum status status =
        quote_split_value(quantity, quote->price, split.over, (struct price){DECIMAL_ONE}, 1, &current_value);
    return valuation_with_value(&value, status, current_value);
}

static struct position_value converted_value(const struct portfolio *portfolio, const struct position *position,
                                             const struct quote *quote, const struct quote *rate) {
    const struct conversion *conversion = position_conversion(portfolio, position);
    struct fx_rate fx;
    if (!conversion || !conversion->has_cost || !conversion_rate(portfolio, conversion, rate, &fx))
        return (struct position_value){0};
    struct quantity quantity = {(int64_t)position->quantity.e8};
    const struct holdings_lot *lots = portfolio->lots + position->lots_first;
    const struct amount *lot_costs = portfolio->lot_costs_base + position->lots_first;
    size_t lots_n = lots_to_look_at(position, quote);
    struct quote_split split;
    if (lots_n == 0 || !position_quote_split(portfolio, position, quote, &split))
        return valuation_through_rate(quantity, conversion->cost_basis, lots, lot_costs, lots_n, quote, &fx);
    struct quote whole = *quote;
    struct amount current_value = {0};
    whole.previous_close = split.raw_close;
    struct position_value value =
        valuation_through_rate(quantity, conversion->cost_basis, lots, lot_costs, lots_n, &whole, &fx);
    enum status status = quote_split_value(quantity, quote->price, split.over, fx.rate, fx.factor, &current_value);
    return valuation_with_value(&value, status, current_value);
}

struct position_value position_value_base(const struct portfolio *portfolio, const struct position *position,
                                          const struct quote *quote, const struct quote *rate) {
    if (position_way(portfolio, position, quote) == POSITION_CONVERTED)
        return converted_value(portfolio, position, quote, rate);
    return position_value(portfolio, position, quote);
}

struct position_value position_value_base_now(const struct portfolio *portfolio, const struct position *position,
                                              const struct price_book *book) {
    const struct price_book_entry *rate = conversion_entry(position_conversion(portfolio, position), book);
    return position_value_base(portfolio, position, price_book_quote(price_book_entry_at(book, position->symbol)),
                               rate ? price_book_quote(rate) : NULL);
}

struct amount position_cost_base(const struct portfolio *portfolio, const struct position *position) {
    const struct conversion *conversion = position_conversion(portfolio, position);
    return conversion ? conversion->cost_basis : position->cost_basis;
}

const struct price_book_entry *conversion_entry(const struct conversion *conversion, const struct price_book *book) {
    return conversion && conversion->pair != SYMBOL_NONE ? price_book_entry_at(book, conversion->pair) : NULL;
}

bool conversion_rate(const struct portfolio *portfolio, const struct conversion *conversion, const struct quote *rate,
                     struct fx_rate *ret_fx) {
    if (conversion->pair == SYMBOL_NONE) {
        *ret_fx = (struct fx_rate){.rate = {DECIMAL_ONE}, .previous = {DECIMAL_ONE}, .factor = conversion->factor};
        return true;
    }
    if (!rate || !currency_equal(rate->currency, portfolio->base_currency))
        return false;
    *ret_fx = (struct fx_rate){rate->price, rate->previous_close, rate->session, conversion->factor, rate->stale};
    return true;
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

static bool position_is_stale(const struct portfolio *portfolio, const struct position *position,
                              const struct price_book *book) {
    const struct quote *quote = price_book_quote(price_book_entry_at(book, position->symbol));
    enum position_way way = position_way(portfolio, position, quote);
    struct fx_rate fx;
    if (way != POSITION_CONVERTED)
        return way == POSITION_DIRECT && quote->stale;
    const struct conversion *conversion = position_conversion(portfolio, position);
    const struct price_book_entry *entry = conversion_entry(conversion, book);
    bool has_rate = conversion_rate(portfolio, conversion, entry ? price_book_quote(entry) : NULL, &fx);
    return quote->stale || (has_rate && fx.is_stale);
}

bool portfolio_is_stale(const struct portfolio *portfolio, const struct price_book *book) {
    for (size_t i = 0; i < portfolio->positions_n; i++) {
        if (position_is_stale(portfolio, &portfolio->positions[i], book))
            return true;
    }
    return false;
}

/* Whether the position is in another currency than the portfolio. */
static bool is_foreign(const struct holdings *holdings, const struct holdings_position *position) {
    return position->currency.code[0] && !currency_equal(position->currency, holdings->base_currency);
}

/* The pair and the costs of a row in another currency. One cost that is not known leaves the row without. */
static enum status conversion_fill(struct portfolio *portfolio, const struct holdings *holdings,
                                   const struct holdings_position *from, struct price_book *book) {
    assert(portfolio->conversions && portfolio->lot_costs_base); /* made for who has a row in another currency */
    struct conversion *conversion = &portfolio->conversions[portfolio->positions_n];
    struct amount cost_base = {0};
    bool needs_rate = !currency_equal(currency_major(from->currency), holdings->base_currency), is_past_bound = false;
    *conversion =
        (struct conversion){.pair = SYMBOL_NONE, .factor = (uint16_t)currency_factor(from->currency), .has_cost = true};
    if (needs_rate) {
        struct symbol pair;
        symbol_of_pair(from->currency, holdings->base_currency, &pair);
        enum status status = price_book_intern(book, &pair, &conversion->pair);
        if (status != STATUS_OK)
            return status;
    }
    for (size_t i = from->lots_first; i < from->lots_first + from->lots_n; i++) {
        struct price rate = {DECIMAL_ONE};
        if (needs_rate)
            rate = holdings->fx_rates ? holdings->fx_rates[i] : (struct price){0};
        enum status status = valuation_of_lot_cost(holdings->lots[i].cost_basis, rate, conversion->factor,
                                                   &portfolio->lot_costs_base[i]);
        cost_base.e8 += portfolio->lot_costs_base[i].e8;
        conversion->has_cost &= status == STATUS_OK;
        is_past_bound |= status == STATUS_OVERFLOW;
    }
    if (conversion->has_cost)
        conversion->cost_basis = cost_base;
    portfolio->past_bound_n += is_past_bound ? 1 : 0;
    return STATUS_OK;
}

/* Sums a position's lots and adds the row to the totals. The sums fit: valuation_check_fits said so of the costs, and
 * quantities are 64 bits each. */
static enum status position_fill(struct portfolio *portfolio, struct position *position, struct price_book *book) {
    const struct holdings_lot *lots = portfolio->lots + position->lots_first;
    for (size_t i = 0; i < position->lots_n; i++) {
        position->quantity.e8 += lots[i].quantity.e8;
        position->cost_basis.e8 += lots[i].cost_basis.e8;
    }
    if (position->lots_n > 0)
        position->newest_purchase_date = lots[position->lots_n - 1].purchase_date;
    if (position->quantity.e8 > DECIMAL_MAX_E8)
        position->way = POSITION_UNVALUED;
    struct amount average;
    enum status status = amount_divide(position->cost_basis, position->quantity, &average);
    if (status != STATUS_OK)
        return status;
    struct position_value value = position_value_base_now(portfolio, position, book);
    portfolio->past_bound_n += value.is_past_bound ? 1 : 0;
    totals_add(&portfolio->settled, position_cost_base(portfolio, position), &value);
    return STATUS_OK;
}

static enum status row_add(struct portfolio *portfolio, const struct holdings *holdings,
                           const struct holdings_position *from, struct price_book *book, symbol_index symbol) {
    size_t at = portfolio->positions_n;
    bool has_other_currency = is_foreign(holdings, from);
    struct currency currency = has_other_currency ? from->currency : holdings->base_currency;
    struct position *position = &portfolio->positions[at];
    *position = (struct position){.symbol = symbol,
                                  .version = from->version,
                                  .lots_first = (uint32_t)from->lots_first,
                                  .lots_n = (uint32_t)from->lots_n,
                                  .way = has_other_currency ? POSITION_CONVERTED : POSITION_DIRECT};
    memcpy(position->currency, currency.code, sizeof position->currency);
    portfolio->symbols[at] = symbol;
    if (portfolio->conversions)
        portfolio->rate_symbols[at] = symbol;
    if (has_other_currency) {
        enum status status = conversion_fill(portfolio, holdings, from, book);
        if (status != STATUS_OK)
            return status;
        if (portfolio->conversions[at].pair != SYMBOL_NONE)
            portfolio->rate_symbols[at] = portfolio->conversions[at].pair;
    }
    if (from->splits_n > 0)
        portfolio->split_positions[portfolio->split_positions_n++] =
            (struct split_position){(uint32_t)at, (uint32_t)from->splits_first, (uint32_t)from->splits_n};
    portfolio->positions_n++;
    return position_fill(portfolio, position, book);
}

static enum status portfolio_fill(struct portfolio *portfolio, const struct holdings *holdings,
                                  struct price_book *book) {
    for (size_t i = 0; i < holdings->positions_n; i++) {
        const struct holdings_position *from = &holdings->positions[i];
        symbol_index symbol;
        enum status status = price_book_intern(book, &from->symbol, &symbol);
        if (status != STATUS_OK)
            return status;
        if (from->lots_n == 0)
            portfolio->gone[portfolio->gone_n++] = (struct gone_position){symbol, from->version};
        else
            status = row_add(portfolio, holdings, from, book, symbol);
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
    size_t gone_n = 0, split_positions_n = 0;
    bool has_other_currency = false;
    for (size_t i = 0; i < holdings->positions_n; i++) {
        bool is_gone = holdings->positions[i].lots_n == 0;
        gone_n += is_gone ? 1 : 0;
        split_positions_n += holdings->positions[i].splits_n > 0 ? 1 : 0;
        has_other_currency |= !is_gone && is_foreign(holdings, &holdings->positions[i]);
    }
    size_t positions_n = holdings->positions_n - gone_n;
    if (has_other_currency && (!allocate((void **)&portfolio->conversions, positions_n, sizeof(struct conversion)) ||
                               !allocate((void **)&portfolio->rate_symbols, positions_n, sizeof(symbol_index)) ||
                               !allocate((void **)&portfolio->lot_costs_base, holdings->lots_n, sizeof(struct amount))))
        return false;
    if (!allocate((void **)&portfolio->split_positions, split_positions_n, sizeof *portfolio->split_positions) ||
        !allocate((void **)&portfolio->splits, holdings->splits_n, sizeof *portfolio->splits))
        return false;
    if (holdings->splits_n)
        memcpy(portfolio->splits, holdings->splits, holdings->splits_n * sizeof *holdings->splits);
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
    portfolio->currencies_version = holdings->currencies_version;
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
