/* Cases that other trackers publish with their numbers, as far as they go before
 * there are sells: of one position, from lots and splits to its figures, in a
 * portfolio in francs. (Returns over time: test_returns.c, test_daily_values.c.)
 * links: pf_domain pf_base */
#include "domain/holdings_split.h"
#include "domain/portfolio.h"
#include "unit/test.h"

#include <stdlib.h>
#include <string.h>

#define DAY_BEFORE 100
#define DAY_NOW 200

static const struct published {
    const char *name;
    const char *quantity, *price, *fee; /* of the one buy */
    const char *currency;               /* its own */
    const char *rate_bought, *rate_now; /* to francs */
    struct split splits[2];             /* numerator 0: none */
    const char *close, *previous;       /* NULL: not priced; no previous close */
    const char *held, *cost, *average;  /* in its currency, fee in it */
    const char *value_base, *gain_base, *day_change;
} table[] = {
    {"Ghostfolio, one buy",
     "2",
     "136.6",
     "0",
     "CHF",
     NULL,
     NULL,
     {{0}},
     "148.9",
     "143.9",
     "2",
     "273.2",
     "136.6",
     "297.8",
     "24.6",
     "10"},
    {"the same after fees",
     "2",
     "136.6",
     "1.55",
     "CHF",
     NULL,
     NULL,
     {{0}},
     "148.9",
     "143.9",
     "2",
     "274.75",
     "137.375",
     "297.8",
     "23.05",
     "10"},
    {"Ghostfolio, a split 2:1",
     "10",
     "100",
     "0",
     "CHF",
     NULL,
     NULL,
     {{DAY_BEFORE, 2, 1}},
     NULL,
     NULL,
     "20",
     "1000",
     "50",
     NULL,
     NULL,
     NULL},
    {"Ghostfolio, a split 1:10",
     "10",
     "100",
     "0",
     "CHF",
     NULL,
     NULL,
     {{DAY_BEFORE, 1, 10}},
     NULL,
     NULL,
     "1",
     "1000",
     "1000",
     NULL,
     NULL,
     NULL},
    /* 20/3 at 150: a quantity of 8 decimals makes of it 1000 / 6.66666667. */
    {"Ghostfolio, splits 2:1 and 1:3",
     "10",
     "100",
     "0",
     "CHF",
     NULL,
     NULL,
     {{DAY_BEFORE, 2, 1}, {DAY_BEFORE + 1, 1, 3}},
     NULL,
     NULL,
     "6.66666667",
     "1000",
     "149.99999993",
     NULL,
     NULL,
     NULL},
    {"Ghostfolio, currency",
     "1",
     "89.12",
     "0",
     "USD",
     "0.9238",
     "0.8854",
     {{0}},
     "116.45",
     NULL,
     "1",
     "89.12",
     "89.12",
     "103.10483",
     "20.775774",
     NULL},
    {"the same after fees",
     "1",
     "89.12",
     "1",
     "USD",
     "0.9238",
     "0.8854",
     {{0}},
     "116.45",
     NULL,
     "1",
     "90.12",
     "90.12",
     "103.10483",
     "19.851974",
     NULL},
    {"Wealthfolio, cost with the fee",
     "10",
     "150",
     "5",
     "CHF",
     NULL,
     NULL,
     {{0}},
     NULL,
     NULL,
     "10",
     "1505",
     "150.5",
     NULL,
     NULL,
     NULL},
};

static int64_t e8_of(const char *text) {
    int64_t e8 = 0;
    assert_int_equal(decimal_parse(text, strlen(text), &e8), STATUS_OK);
    return e8;
}

static struct symbol symbol_of(const char *text) {
    struct symbol symbol;
    assert_int_equal(symbol_parse(text, strlen(text), &symbol), STATUS_OK);
    return symbol;
}

static struct currency currency_of(const char *text) {
    struct currency currency;
    assert_int_equal(currency_parse(text, strlen(text), &currency), STATUS_OK);
    return currency;
}

static struct holdings *holdings_of(const struct published *row) {
    struct holdings *it = calloc(1, sizeof *it);
    assert_non_null(it);
    it->base_currency = currency_of("CHF");
    it->positions = calloc(1, sizeof *it->positions);
    it->lots = calloc(1, sizeof *it->lots);
    it->fx_rates = calloc(1, sizeof *it->fx_rates);
    assert_true(it->positions && it->lots && it->fx_rates);
    it->positions_n = it->lots_n = 1;
    it->positions[0] =
        (struct holdings_position){.symbol = symbol_of("X"), .currency = currency_of(row->currency), .lots_n = 1};
    it->lots[0] = (struct holdings_lot){.quantity = {e8_of(row->quantity)}, .purchase_date = DAY_BEFORE - 1};
    it->lots[0].cost_basis.e8 =
        amount_product(it->lots[0].quantity, (struct price){e8_of(row->price)}).e8 + e8_of(row->fee);
    it->fx_rates[0].e8 = row->rate_bought ? e8_of(row->rate_bought) : 0;
    size_t splits_n = 0;
    while (splits_n < COUNT_OF(row->splits) && row->splits[splits_n].numerator)
        splits_n++;
    if (splits_n > 0)
        assert_int_equal(holdings_split(it, &(struct position_splits){0, row->splits, splits_n}, 1), STATUS_OK);
    return it;
}

static void quote_stage(struct price_book *book, const char *symbol, const char *currency, const char *price,
                        const char *previous) {
    struct quote quote = {.symbol = symbol_of(symbol),
                          .currency = currency_of(currency),
                          .price = {e8_of(price)},
                          .previous_close = {previous ? e8_of(previous) : 0},
                          .session = DAY_NOW};
    assert_int_equal(price_book_stage(book, &quote, 1), STATUS_OK);
}

static void on_changed(void *context, const struct price_book_entry *entry, const struct quote *before) {
    (void)context, (void)entry, (void)before;
}

static void check(const struct published *row) {
    struct price_book *book = NULL;
    struct portfolio *portfolio = NULL;
    struct holdings *holdings = holdings_of(row);
    assert_int_equal(price_book_create(&book), STATUS_OK);
    if (row->close)
        quote_stage(book, "X", row->currency, row->close, row->previous);
    if (row->rate_now)
        quote_stage(book, "USD/CHF", "CHF", row->rate_now, NULL);
    price_book_advance(book, 1, on_changed, NULL);
    assert_int_equal(portfolio_create(holdings, book, &portfolio), STATUS_OK);
    const struct position *position = &portfolio->positions[0];
    struct position_value value = position_value_base_now(portfolio, position, book);
    assert_row(position->quantity.e8 == e8_of(row->held), row->name);
    assert_row(position->cost_basis.e8 == e8_of(row->cost), row->name);
    assert_row(position_average_cost(position).e8 == e8_of(row->average), row->name);
    assert_row(value.is_priced == (row->value_base != NULL), row->name);
    assert_row(!row->value_base || value.current_value.e8 == e8_of(row->value_base), row->name);
    assert_row(!row->gain_base || value.gain_loss.e8 == e8_of(row->gain_base), row->name);
    assert_row(value.has_day_change == (row->day_change != NULL), row->name);
    assert_row(!row->day_change || value.day_change.e8 == e8_of(row->day_change), row->name);
    portfolio_destroy(&portfolio);
    price_book_destroy(&book);
    holdings_destroy(&holdings);
}

static void test_published_cases(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++)
        check(&table[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_published_cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
