/* Prices from before splits, previous closes on their days.
 * links: pf_domain pf_base */
#include "base/timestamp.h"
#include "domain/holdings_split.h"
#include "domain/portfolio.h"
#include "unit/test.h"

#include <stdio.h>
#include <stdlib.h>

#define ONE DECIMAL_ONE
#define DAY 18505 /* 2020-08-31, Apple's 4:1 */

static const struct split apple[] = {{16230, 7, 1}, {DAY, 4, 1}};

static struct quote quote_of(int64_t price_e8, int64_t previous_e8, int32_t session) {
    return (struct quote){.symbol = {.text = "AAPL", .len = 4},
                          .currency = {"USD"},
                          .price = {price_e8},
                          .previous_close = {previous_e8},
                          .session = session,
                          .source = "yahoo"};
}

static void test_which_prices_are_divided(void **state) {
    static const struct {
        const char *name;
        int64_t price, previous;
        int32_t session;
        bool is_found;
        int64_t price_after_e8, previous_after_e8, raw_close_e8;
    } rows[] = {
        {"Friday's price", 500, 498, DAY - 3, true, 125 * ONE, INT64_C(12450000000), 498 * ONE},
        {"of years ago: 28 for 1", 700, 0, 16000, true, 25 * ONE, 0, 0},
        {"the first one after it, of a raw close", 129, 500, DAY, true, 129 * ONE, 500 * ONE, 500 * ONE},
        {"of a close that the vendor has divided", 129, 125, DAY, true, 129 * ONE, 125 * ONE, 500 * ONE},
        {"without a close", 129, 0, DAY, false, 0, 0, 0},
        {"the day after", 134, 129, DAY + 1, false, 0, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct quote quote = quote_of(rows[i].price * ONE, rows[i].previous * ONE, rows[i].session);
        struct quote_split split = {.price = {-1}};
        bool is_found = quote_split_find(apple, COUNT_OF(apple), &quote, &split);
        assert_row(is_found == rows[i].is_found, rows[i].name);
        assert_row(is_found == quote_split_is_of_effect(apple, COUNT_OF(apple), &quote), rows[i].name);
        if (!is_found)
            continue;
        assert_row(split.price.e8 == rows[i].price_after_e8, rows[i].name);
        assert_row(split.previous_close.e8 == rows[i].previous_after_e8, rows[i].name);
        assert_row(split.raw_close.e8 == rows[i].raw_close_e8, rows[i].name);
    }
    assert_false(quote_split_find(NULL, 0, &(struct quote){.session = 1}, &(struct quote_split){.price = {0}}));
}

/* Which of two closes a vendor means: 1:10, and large and small numbers. */
static void test_a_close_is_taken_for_what_it_is_nearer_to(void **state) {
    static const struct {
        struct split split;
        int64_t price_e8, previous_e8, raw_e8;
    } rows[] = {
        {{DAY, 1, 10}, 100 * ONE, 11 * ONE, 11 * ONE},
        {{DAY, 1, 10}, 100 * ONE, 105 * ONE, 1050000000},
        {{DAY, 3, 2}, 100 * ONE, 148 * ONE, 148 * ONE},
        {{DAY, 3, 2}, 100 * ONE, 101 * ONE, 15150000000},
        {{DAY, 10000, 1}, 3, 30000, 30000},
        {{DAY, 10000, 1}, DECIMAL_MAX_E8 / 10000, DECIMAL_MAX_E8, DECIMAL_MAX_E8},
        {{DAY, 10000, 1}, DECIMAL_MAX_E8, DECIMAL_MAX_E8, 0}, /* the undivided one is past the bound: absent */
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct quote quote = quote_of(rows[i].price_e8, rows[i].previous_e8, DAY);
        struct quote_split split;
        assert_true(quote_split_find(&rows[i].split, 1, &quote, &split));
        assert_int_equal(split.raw_close.e8, rows[i].raw_e8);
    }
}

/* A price by hand has the UTC date for its session: Sunday evening in New York is Monday's. */
static void test_a_price_by_hand_is_of_new_yorks_day(void **state) {
    static const struct {
        const char *source, *currency;
        int hour;
        int32_t date;
    } rows[] = {
        {"manual", "USD", 0, DAY - 1},  {"manual", "USD", 7, DAY - 1}, /* before 4:00 in summer's time */
        {"manual", "USD", 8, DAY},      {"manual", "USD", 23, DAY},
        {"publish", "USD", 1, DAY - 1}, {"manual", "JPY", 1, DAY}, /* Tokyo trades */
        {"yahoo", "USD", 1, DAY},                                  /* a provider knows its session */
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct quote quote = quote_of(500 * ONE, 0, DAY);
        struct quote_split split;
        (void)snprintf(quote.source, sizeof quote.source, "%s", rows[i].source);
        (void)snprintf(quote.currency.code, sizeof quote.currency.code, "%s", rows[i].currency);
        quote.as_of_ms = (DAY * INT64_C(24) + rows[i].hour) * 3600000;
        assert_int_equal(quote_split_date(&quote), rows[i].date);
        assert_int_equal(quote_split_find(apple, 2, &quote, &split), rows[i].date < DAY);
    }
}

/* Seen without a calendar or not: of every hour of two days with every other. */
static void test_whether_two_are_of_one_date(void **state) {
    static const char *const sources[] = {"manual", "yahoo"};
    (void)state;
    for (int i = 0; i < 2 * 2 * 48 * 48; i++) {
        struct quote a = quote_of(500 * ONE, 0, DAY), b = a;
        (void)snprintf(a.source, sizeof a.source, "%s", sources[i % 2]);
        (void)snprintf(b.source, sizeof b.source, "%s", sources[i / 2 % 2]);
        a.as_of_ms = (DAY * INT64_C(24) - 24 + i / 4 % 48) * 3600000;
        b.as_of_ms = (DAY * INT64_C(24) - 24 + i / 4 / 48) * 3600000;
        assert_int_equal(quote_split_date_is_same(&a, &b), quote_split_date(&a) == quote_split_date(&b));
    }
    struct quote a = quote_of(1, 0, DAY), b = quote_of(1, 0, DAY + 1);
    assert_false(quote_split_date_is_same(&a, &b));
}

static void test_a_product_is_rounded_once(void **state) {
    struct amount value;
    (void)state;
    /* 1 share at 100, 7:1: 7 x (100 / 7) is 100; the price rounded first, 14.28571429, would make 100.00000003. */
    assert_int_equal(quote_split_value((struct quantity){7 * ONE}, (struct price){100 * ONE},
                                       (struct split_ratio){7, 1}, (struct price){ONE}, 1, &value),
                     STATUS_OK);
    assert_true(value.e8 == 100 * ONE);
    /* 7,000,000 shares at 700.01 / 7: 700010000.00; with the price rounded it would be 3 cents off: 100.00142857 x
     * 7,000,000 is 700009999.99. */
    assert_int_equal(quote_split_value((struct quantity){7000000 * ONE}, (struct price){INT64_C(70001000000)},
                                       (struct split_ratio){7, 1}, (struct price){ONE}, 1, &value),
                     STATUS_OK);
    assert_true(value.e8 == INT64_C(70001000000000000));
    /* In pounds, of pence: 40 x 1000 p / 4 x 1.25 / 100 = 125. */
    assert_int_equal(quote_split_value((struct quantity){40 * ONE}, (struct price){1000 * ONE},
                                       (struct split_ratio){4, 1}, (struct price){125000000}, 100, &value),
                     STATUS_OK);
    assert_true(value.e8 == 125 * ONE);
    assert_int_equal(quote_split_value((struct quantity){DECIMAL_MAX_E8}, (struct price){DECIMAL_MAX_E8},
                                       (struct split_ratio){1, 10000}, (struct price){DECIMAL_MAX_E8}, 1, &value),
                     STATUS_OVERFLOW);
    assert_int_equal(quote_split_value((struct quantity){1}, (struct price){1}, (struct split_ratio){INT64_MAX, 1},
                                       (struct price){ONE}, 1, &value),
                     STATUS_OVERFLOW);
}

/* ---- in a portfolio ---- */

static struct portfolio *portfolio_of(struct price_book *book, const struct quote *quote, const char *currency) {
    struct holdings *it = calloc(1, sizeof *it);
    struct portfolio *portfolio = NULL;
    assert_non_null(it);
    it->base_currency = (struct currency){"USD"};
    it->positions = calloc(1, sizeof *it->positions);
    it->lots = calloc(2, sizeof *it->lots);
    it->fx_rates = calloc(2, sizeof *it->fx_rates);
    assert_true(it->positions && it->lots && it->fx_rates);
    it->positions_n = 1;
    it->positions[0] = (struct holdings_position){.symbol = quote->symbol, .lots_n = 2};
    (void)snprintf(it->positions[0].currency.code, 4, "%s", currency);
    /* 10 for 3900 before the split, 2 for 250 on its day. */
    it->lots_n = 2;
    it->lots[0] = (struct holdings_lot){{3900 * ONE}, {10 * ONE}, DAY - 1000};
    it->lots[1] = (struct holdings_lot){{250 * ONE}, {2 * ONE}, DAY};
    it->fx_rates[0].e8 = it->fx_rates[1].e8 = 2 * ONE;
    assert_int_equal(holdings_split(it, &(struct position_splits){0, apple, COUNT_OF(apple)}, 1), STATUS_OK);
    assert_int_equal(portfolio_create(it, book, &portfolio), STATUS_OK);
    holdings_destroy(&it);
    return portfolio;
}

/* 42 shares now. Value, and the day's change: on Friday 40 / 4 shares were held, what was bought since is worth its
 * part of the price. */
static void test_rows_are_valued_at_what_the_price_is_of(void **state) {
    static const struct {
        int64_t price, previous;
        int32_t session;
        int64_t value, day_change;
    } rows[] = {
        /* 40 x 125 + 2 x 125, less the 2's cost of 250, less 10 x 498 */
        {500, 498, DAY - 3, 5250, 20},
        {129, 500, DAY, 5418, 168}, /* 42 x 129 - 250 - 10 x 500 */
        {129, 125, DAY, 5418, 168}, /* the same of a close that was divided */
        {134, 129, DAY + 1, 5628, 210},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct quote quote = quote_of(rows[i].price * ONE, rows[i].previous * ONE, rows[i].session);
        struct price_book *book = NULL;
        assert_int_equal(price_book_create(&book), STATUS_OK);
        struct portfolio *portfolio = portfolio_of(book, &quote, "USD");
        struct position_value value = position_value(portfolio, &portfolio->positions[0], &quote);
        assert_true(portfolio->positions[0].quantity.e8 == 42 * ONE);
        assert_true(value.is_priced && value.current_value.e8 == rows[i].value * ONE);
        assert_true(value.gain_loss.e8 == (rows[i].value - 4150) * ONE);
        assert_true(value.has_day_change && value.day_change.e8 == rows[i].day_change * ONE);
        assert_int_equal(position_way_of_moves(portfolio, &portfolio->positions[0], &quote),
                         rows[i].session > DAY ? POSITION_DIRECT : POSITION_CONVERTED);
        portfolio_destroy(&portfolio);
        price_book_destroy(&book);
    }
}

static void test_through_a_rate_too(void **state) {
    struct quote quote = quote_of(500 * ONE, 0, DAY - 3), rate = quote_of(2 * ONE, 0, DAY);
    struct price_book *book = NULL;
    (void)state;
    quote.currency = (struct currency){"EUR"};
    assert_int_equal(price_book_create(&book), STATUS_OK);
    struct portfolio *portfolio = portfolio_of(book, &quote, "EUR");
    struct position_value value = position_value_base(portfolio, &portfolio->positions[0], &quote, &rate);
    assert_true(value.is_priced && value.current_value.e8 == 10500 * ONE);
    assert_true(value.gain_loss.e8 == (10500 - 8300) * ONE);
    portfolio_destroy(&portfolio);
    price_book_destroy(&book);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_which_prices_are_divided),
        cmocka_unit_test(test_a_close_is_taken_for_what_it_is_nearer_to),
        cmocka_unit_test(test_a_price_by_hand_is_of_new_yorks_day),
        cmocka_unit_test(test_whether_two_are_of_one_date),
        cmocka_unit_test(test_a_product_is_rounded_once),
        cmocka_unit_test(test_rows_are_valued_at_what_the_price_is_of),
        cmocka_unit_test(test_through_a_rate_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
