/* links: pf_domain pf_base */
/* The contract's formulas, case by case. */
#include "domain/valuation.h"
#include "test.h"

#define E8(x) ((int64_t)((x)*100000000LL))

static struct quote quote_at(int64_t price_e8, int64_t previous_close_e8, int32_t session) {
    return (struct quote){.price = {price_e8}, .previous_close = {previous_close_e8}, .session = session};
}

static void assert_amount(struct amount got, const char *expected, const char *row) {
    char text[DECIMAL_TEXT_MAX];
    size_t len = amount_write(text, got);
    if (len != strlen(expected) || memcmp(text, expected, len) != 0)
        fail_msg("row \"%s\": got %.*s, want %s", row, (int)len, text, expected);
}

static void test_positions(void **state) {
    (void)state;
    /* Two lots: 2 @ 136.6 on day 10, 1 @ 0.00000001 on day 20. */
    const struct holdings_lot lots[] = {
        {{27320000000}, {E8(2)}, 10},
        {{1}, {E8(1)}, 20},
    };
    const struct {
        const char *name;
        size_t lots_n;
        int64_t price_e8, previous_close_e8;
        int32_t session;
        const char *current_value, *gain_loss, *day_change, *day_base; /* day_change NULL: absent */
    } table[] = {
        {"bought before the session", 1, 14890000000, 14390000000, 11, "297.8", "24.6", "10", "287.8"},
        {"bought in the session", 1, 14890000000, 14390000000, 10, "297.8", "24.6", "24.6", "273.2"},
        {"bought after the session", 1, 14890000000, 14390000000, 9, "297.8", "24.6", "24.6", "273.2"},
        {"one before, one in", 2, 14890000000, 14390000000, 20, "446.7", "173.49999999", "158.89999999",
         "287.80000001"},
        {"no previous close", 2, 14890000000, 0, 20, "446.7", "173.49999999", NULL, "0"},
        {"a price of 1e-8", 1, 1, 1, 11, "0.00000002", "-273.19999998", "0", "0.00000002"},
        {"the largest price", 1, DECIMAL_MAX_E8, 1, 11, "180000000000", "179999999726.8", "179999999999.99999998",
         "0.00000002"},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct quantity quantity = {0};
        struct amount cost = {0};
        for (size_t lot = 0; lot < table[i].lots_n; lot++) {
            quantity.e8 += lots[lot].quantity.e8;
            cost.e8 += lots[lot].cost_basis.e8;
        }
        struct quote quote = quote_at(table[i].price_e8, table[i].previous_close_e8, table[i].session);
        struct position_value value = valuation_of_position(quantity, cost, lots, table[i].lots_n, &quote);
        assert_amount(value.current_value, table[i].current_value, table[i].name);
        assert_amount(value.gain_loss, table[i].gain_loss, table[i].name);
        assert_row(value.has_day_change == (table[i].day_change != NULL), table[i].name);
        if (table[i].day_change)
            assert_amount(value.day_change, table[i].day_change, table[i].name);
        assert_amount(value.day_base, table[i].day_base, table[i].name);
    }
}

/* The position is rounded once, as a whole: not the sum of its lots' rounded values. */
static void test_rounds_the_whole_position(void **state) {
    (void)state;
    const struct holdings_lot lots[] = {{{0}, {1}, 1}, {{0}, {1}, 1}};
    struct quote quote = quote_at(E8(1) / 4, 0, 5); /* each lot alone: 0.25e-8, rounded to 0 */
    struct position_value value = valuation_of_position((struct quantity){2}, (struct amount){0}, lots, 2, &quote);
    assert_amount(value.current_value, "0.00000001", "2e-8 at 0.25");
}

/* What might not fit at some price is refused before anything is computed. */
static void test_what_might_overflow_is_refused(void **state) {
    (void)state;
    const int128 largest = (int128)(~(uint128)0 >> 1);
    const int128 row_max = (int128)DECIMAL_MAX_E8 * DECIMAL_MAX_E8 / DECIMAL_ONE + 1;
    const struct {
        const char *name;
        int128 cash, cost;
        size_t positions_n;
        enum status expected;
    } table[] = {
        {"nothing at all", 0, 0, 0, STATUS_OK},
        {"the largest cash of the database", (int128)1000000000000000000 * 1000000000000000000 * 100, 0, 1000,
         STATUS_OK},
        {"just room for one row", largest - row_max, 0, 1, STATUS_OK},
        {"no room for one row", largest - row_max + 1, 0, 1, STATUS_OVERFLOW},
        {"debts count like cash", -(largest - row_max + 1), 0, 1, STATUS_OVERFLOW},
        {"the smallest number has no magnitude", -largest - 1, 0, 0, STATUS_OVERFLOW},
        {"room for the cost", largest - row_max - 7, 7, 1, STATUS_OK},
        {"no room for the cost", largest - row_max - 7, 8, 1, STATUS_OVERFLOW},
        {"more rows than fit", 0, 0, SIZE_MAX, STATUS_OVERFLOW},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct holdings_lot lot = {.cost_basis = {table[i].cost}, .quantity = {1}};
        struct holdings holdings = {
            .cash_balance = {table[i].cash}, .positions_n = table[i].positions_n, .lots_n = 1, .lots = &lot};
        assert_row(valuation_check_fits(&holdings) == table[i].expected, table[i].name);
    }
}

/* Lots in another currency than the portfolio. `rate` and `previous` in 1e-8 of the portfolio's for one major. */
static void test_positions_through_a_rate(void **state) {
    (void)state;
    const struct {
        const char *name;
        int64_t price_e8, previous_close_e8, cost_e8, lot_rate_e8, rate_e8, previous_rate_e8;
        unsigned factor;
        int32_t session;
        const char *cost_base, *current_value, *gain_loss, *day_change; /* day_change NULL: absent */
    } table[] = {
        /* Published: 1 GOOGL at 89.12 with a fee of 1 USD, 0.9238 CHF a dollar then and 0.8854 now. Without the fee
         * the cost is 82.329056 and the gain 20.775774: the fee has the rate of its day too. */
        {"francs", E8(11645) / 100, 0, E8(9012) / 100, 92380000, 88540000, 0, 1, 11, "83.252856", "103.10483",
         "19.851974", NULL},
        {"a day's change", E8(11645) / 100, E8(11600) / 100, E8(9012) / 100, 92380000, 88540000, 88000000, 1, 11,
         "83.252856", "103.10483", "19.851974", "1.02483"},
        {"bought in the session", E8(11645) / 100, E8(11600) / 100, E8(9012) / 100, 92380000, 88540000, 88000000, 1, 10,
         "83.252856", "103.10483", "19.851974", "19.851974"},
        {"a rate without its previous", E8(11645) / 100, E8(11600) / 100, E8(9012) / 100, 92380000, 88540000, 0, 1, 11,
         "83.252856", "103.10483", "19.851974", NULL},
        {"pence in pounds", E8(12345) / 100, E8(12344) / 100, E8(100), DECIMAL_ONE, DECIMAL_ONE, DECIMAL_ONE, 100, 11,
         "1", "1.2345", "0.2345", "0.0001"},
        {"a half penny rounds up", 50, 49, 50, DECIMAL_ONE, DECIMAL_ONE, DECIMAL_ONE, 100, 11, "0.00000001",
         "0.00000001", "0", "0.00000001"},
        {"one rounding, not two", E8(1) / 3, 0, 1, 150000000, 150000000, 0, 1, 11, "0.00000002", "0.5", "0.49999998",
         NULL},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        const struct holdings_lot lot = {{table[i].cost_e8}, {E8(1)}, 10};
        struct quote quote = quote_at(table[i].price_e8, table[i].previous_close_e8, table[i].session);
        struct fx_rate fx = {.rate = {table[i].rate_e8},
                             .previous = {table[i].previous_rate_e8},
                             .session = table[i].session,
                             .factor = table[i].factor,
                             .is_stale = true};
        struct amount cost;
        assert_int_equal(valuation_of_lot_cost(lot.cost_basis, (struct price){table[i].lot_rate_e8}, fx.factor, &cost),
                         STATUS_OK);
        struct position_value value = valuation_through_rate(lot.quantity, cost, &lot, &cost, 1, &quote, &fx);
        assert_amount(cost, table[i].cost_base, table[i].name);
        assert_row(value.is_priced && value.is_stale && !value.is_past_bound, table[i].name);
        assert_amount(value.current_value, table[i].current_value, table[i].name);
        assert_amount(value.gain_loss, table[i].gain_loss, table[i].name);
        assert_row(value.has_day_change == (table[i].day_change != NULL), table[i].name);
        if (table[i].day_change)
            assert_amount(value.day_change, table[i].day_change, table[i].name);
    }
}

/* 10 shares; yesterday's close 100, now 110; the rate went from 0.90 to 0.92 at its last fixing: worth 10 x 110 x 0.92
 * = 1012 now. Fixed in the session, or after it began: 10 x 100 x 0.90 = 900 before it, a change of 112. Fixed in an
 * earlier session (a Monday's quote before Monday's fixing): Friday's 0.92 was in force when the session began, 920
 * before it, a change of 92; the 20 that Friday's fixing made were Friday's. */
static void test_a_rates_move_counts_in_one_session_only(void **state) {
    (void)state;
    const struct {
        const char *name;
        int32_t rate_session;
        int64_t previous_e8;
        const char *day_change, *day_base; /* NULL: absent */
    } table[] = {
        {"fixed in the session", 20, 90000000, "112", "900"},
        {"fixed in a later one", 21, 90000000, "112", "900"},
        {"fixed in the one before", 17, 90000000, "92", "920"},
        {"fixed long before, nothing known before that", 1, 0, "92", "920"},
        {"fixed in the session, nothing known before that", 20, 0, NULL, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        const struct holdings_lot lot = {{E8(900)}, {E8(10)}, 10};
        struct amount cost = {E8(800)};
        struct quote quote = quote_at(E8(110), E8(100), 20);
        struct fx_rate fx = {
            .rate = {92000000}, .previous = {table[i].previous_e8}, .session = table[i].rate_session, .factor = 1};
        struct position_value value = valuation_through_rate(lot.quantity, cost, &lot, &cost, 1, &quote, &fx);
        assert_amount(value.current_value, "1012", table[i].name);
        assert_row(value.has_day_change == (table[i].day_change != NULL), table[i].name);
        if (!table[i].day_change)
            continue;
        assert_amount(value.day_change, table[i].day_change, table[i].name);
        assert_amount(value.day_base, table[i].day_base, table[i].name);
    }
}

/* The largest value of a row is the bound that sums rely on; what a rate takes above it has none. */
static void test_what_is_above_the_bound_is_unpriced(void **state) {
    (void)state;
    const struct quantity most = {DECIMAL_MAX_E8};
    const struct holdings_lot lot = {{E8(1)}, most, 10};
    struct amount cost = {E8(1)};
    struct quote quote = quote_at(DECIMAL_MAX_E8, DECIMAL_MAX_E8, 11);
    struct fx_rate fx = {.rate = {DECIMAL_ONE}, .previous = {DECIMAL_ONE + 1}, .session = 11, .factor = 1};
    struct position_value value = valuation_through_rate(most, cost, &lot, &cost, 1, &quote, &fx);
    assert_amount(value.current_value, "8100000000000000000000", "just at the bound");
    assert_true(value.is_priced && !value.has_day_change && value.is_day_past_bound); /* the day's base is above it */
    fx.rate.e8++;
    value = valuation_through_rate(most, cost, &lot, &cost, 1, &quote, &fx);
    assert_true(!value.is_priced && value.is_past_bound && value.current_value.e8 == 0);
    fx.rate.e8 = DECIMAL_MAX_E8;
    value = valuation_through_rate(most, cost, &lot, &cost, 1, &quote, &fx);
    assert_true(value.is_past_bound);
    const struct amount largest = {VALUATION_ROW_MAX_E8};
    assert_int_equal(valuation_of_lot_cost(largest, (struct price){DECIMAL_ONE}, 1, &cost), STATUS_OK);
    assert_int_equal(valuation_of_lot_cost(largest, (struct price){DECIMAL_ONE + 1}, 1, &cost), STATUS_OVERFLOW);
    assert_int_equal(valuation_of_lot_cost(largest, (struct price){0}, 1, &cost), STATUS_NOT_FOUND);
}

/* Costs in the portfolio's currency count too. */
static void test_converted_costs_have_to_fit(void **state) {
    (void)state;
    const int128 largest = (int128)(~(uint128)0 >> 1);
    struct holdings_lot lot = {.cost_basis = {VALUATION_ROW_MAX_E8 / 4}, .quantity = {1}};
    struct price fx_rate = {3 * DECIMAL_ONE};
    struct holdings_position position = {.currency = {"USD"}, .lots_n = 1};
    struct holdings holdings = {.base_currency = {"CHF"},
                                .positions_n = 1,
                                .positions = &position,
                                .lots_n = 1,
                                .lots = &lot,
                                .fx_rates = &fx_rate};
    const int128 room = VALUATION_ROW_MAX_E8 + 1 + VALUATION_ROW_MAX_E8 / 4 + VALUATION_ROW_MAX_E8 / 4 * 3;
    holdings.cash_balance.e8 = largest - room;
    assert_int_equal(valuation_check_fits(&holdings), STATUS_OK);
    holdings.cash_balance.e8++;
    assert_int_equal(valuation_check_fits(&holdings), STATUS_OVERFLOW);
    fx_rate.e8 = 0;
    assert_int_equal(valuation_check_fits(&holdings), STATUS_OK);
}

static void test_totals_add_and_remove(void **state) {
    (void)state;
    struct totals totals, empty;
    totals_init(&totals, (struct amount){E8(5)});
    empty = totals;
    struct position_value priced = {.is_priced = true,
                                    .has_day_change = true,
                                    .is_stale = true,
                                    .current_value = {E8(10)},
                                    .gain_loss = {E8(3)},
                                    .day_change = {E8(-1)},
                                    .day_base = {E8(11)}};
    struct position_value unpriced = {0};
    totals_add(&totals, (struct amount){E8(7)}, &priced);
    totals_add(&totals, (struct amount){E8(2)}, &unpriced);
    assert_amount(totals.total_value, "15", "with the cash");
    assert_amount(totals.cost_basis, "9", "all rows");
    assert_amount(totals.priced_cost, "7", "priced rows");
    assert_int_equal(totals.unpriced_n, 1);
    totals_remove(&totals, (struct amount){E8(7)}, &priced);
    totals_remove(&totals, (struct amount){E8(2)}, &unpriced);
    assert_memory_equal(&totals, &empty, sizeof totals);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_positions),
        cmocka_unit_test(test_rounds_the_whole_position),
        cmocka_unit_test(test_what_might_overflow_is_refused),
        cmocka_unit_test(test_positions_through_a_rate),
        cmocka_unit_test(test_a_rates_move_counts_in_one_session_only),
        cmocka_unit_test(test_what_is_above_the_bound_is_unpriced),
        cmocka_unit_test(test_converted_costs_have_to_fit),
        cmocka_unit_test(test_totals_add_and_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
