/* Splits in holdings: what becomes of quantities, costs and the day's change.
 * links: pf_domain pf_base */
#include "domain/holdings_split.h"
#include "domain/valuation.h"
#include "unit/test.h"

#include <stdlib.h>
#include <string.h>

#define ONE DECIMAL_ONE

static struct holdings *holdings_of(const struct holdings_lot *lots, size_t n, size_t first_n) {
    struct holdings *it = calloc(1, sizeof *it);
    it->positions = calloc(2, sizeof *it->positions);
    it->lots = calloc(n + 1, sizeof *it->lots);
    memcpy(it->lots, lots, n * sizeof *lots);
    it->lots_n = n;
    it->positions_n = 2;
    it->positions[0].lots_n = first_n;
    it->positions[1].lots_first = first_n;
    it->positions[1].lots_n = n - first_n;
    return it;
}

static int64_t quantity_of(const struct holdings *it, size_t position) {
    int64_t sum = 0;
    for (size_t i = 0; i < it->positions[position].lots_n; i++)
        sum += it->lots[it->positions[position].lots_first + i].quantity.e8;
    return sum;
}

static void test_lots_before_a_split_step_with_it(void **state) {
    const struct holdings_lot lots[] = {
        {{1000 * ONE}, {10 * ONE}, 100}, {{400 * ONE}, {3 * ONE}, 200}, {{5 * ONE}, {1 * ONE}, 50}};
    const struct split splits[] = {{150, 4, 1}, {200, 3, 2}};
    struct holdings *it = holdings_of(lots, 3, 2);
    (void)state;
    assert_int_equal(holdings_split(it, &(struct position_splits){0, splits, 2}, 1), STATUS_OK);
    /* 10 x 4 x 3/2, and 3 as bought: the second split is of the purchase's day. */
    assert_int_equal(quantity_of(it, 0), 63 * ONE);
    assert_int_equal(quantity_of(it, 1), 1 * ONE);
    assert_int_equal(it->positions[0].lots_n, 4);
    assert_int_equal(it->positions[1].lots_first, 4);
    int32_t last = 0;
    for (size_t i = 0; i < 4; i++) {
        assert_true(it->lots[i].purchase_date >= last);
        last = it->lots[i].purchase_date;
    }
    assert_int_equal(it->lots[1].quantity.e8, 30 * ONE);
    assert_true(it->lots[1].cost_basis.e8 == 0);
    assert_int_equal(lot_split((struct quantity){10 * ONE}, 100, splits, 2).e8, 60 * ONE);
    holdings_destroy(&it);
}

/* The rate a lot was bought at goes with it; what a split adds is free at any. */
static void test_rates_stay_with_their_lots(void **state) {
    const struct holdings_lot lots[] = {
        {{1000 * ONE}, {10 * ONE}, 100}, {{400 * ONE}, {3 * ONE}, 200}, {{5 * ONE}, {1 * ONE}, 50}};
    static const int64_t expected[] = {11, ONE, 22, 33};
    struct holdings *it = holdings_of(lots, 3, 2);
    (void)state;
    it->fx_rates = calloc(3, sizeof *it->fx_rates);
    for (int64_t i = 0; i < 3; i++)
        it->fx_rates[i].e8 = 11 * (i + 1);
    assert_int_equal(holdings_split(it, &(struct position_splits){0, &(struct split){150, 4, 1}, 1}, 1), STATUS_OK);
    assert_int_equal(it->lots_n, COUNT_OF(expected));
    for (size_t i = 0; i < COUNT_OF(expected); i++)
        assert_int_equal(it->fx_rates[i].e8, expected[i]);
    holdings_destroy(&it);
}

/* Ghostfolio: 10 at 100, then 2:1 and 1:3: 20/3, rounded once; the cost stays. */
static void test_each_lot_is_rounded_once(void **state) {
    const struct holdings_lot lots[] = {{{1000 * ONE}, {10 * ONE}, 100}, {{0}, {1}, 100}};
    const struct split splits[] = {{150, 2, 1}, {160, 1, 3}};
    struct holdings *it = holdings_of(lots, 2, 1);
    (void)state;
    assert_int_equal(holdings_split(it, (struct position_splits[]){{0, splits, 2}, {1, splits, 2}}, 2), STATUS_OK);
    assert_int_equal(quantity_of(it, 0), INT64_C(666666667));
    /* 1e-8 x 2/3 is 1e-8; a position never becomes nothing. */
    assert_int_equal(quantity_of(it, 1), 1);
    holdings_destroy(&it);
    it = holdings_of((const struct holdings_lot[]){{{0}, {4}, 100}}, 1, 1);
    assert_int_equal(holdings_split(it, &(struct position_splits){0, &(struct split){150, 1, 100}, 1}, 1), STATUS_OK);
    assert_int_equal(quantity_of(it, 0), 1);
    holdings_destroy(&it);
}

static void test_past_the_bound(void **state) {
    struct holdings *it = holdings_of((const struct holdings_lot[]){{{0}, {DECIMAL_MAX_E8 / 2 + 1}, 100}}, 1, 1);
    (void)state;
    assert_int_equal(holdings_split(it, &(struct position_splits){0, &(struct split){150, 2, 1}, 1}, 1), STATUS_OK);
    assert_true((int128)it->lots[0].quantity.e8 + it->lots[1].quantity.e8 > DECIMAL_MAX_E8);
    holdings_destroy(&it);
}

/* In the split's session the close before it is of the undivided share. */
static void test_the_days_change_over_a_split(void **state) {
    const struct holdings_lot lots[] = {{{3900 * ONE}, {10 * ONE}, 100}, {{101 * ONE}, {1 * ONE}, 150}};
    struct holdings *it = holdings_of(lots, 2, 2);
    struct quote quote = {.price = {101 * ONE}, .previous_close = {400 * ONE}, .session = 150};
    (void)state;
    assert_int_equal(holdings_split(it, &(struct position_splits){0, &(struct split){150, 4, 1}, 1}, 1), STATUS_OK);
    struct position_value value =
        valuation_of_position((struct quantity){41 * ONE}, (struct amount){4001 * ONE}, it->lots, 3, &quote);
    assert_true(value.current_value.e8 == 4141 * ONE);
    assert_true(value.day_change.e8 == 40 * ONE); /* 40 x 1; what was bought in the session changed nothing */
    assert_true(value.day_base.e8 == 4101 * ONE);
    /* The session after it knows nothing of it. */
    quote = (struct quote){.price = {102 * ONE}, .previous_close = {101 * ONE}, .session = 151};
    value = valuation_of_position((struct quantity){41 * ONE}, (struct amount){4001 * ONE}, it->lots, 3, &quote);
    assert_true(value.day_change.e8 == 41 * ONE);
    holdings_destroy(&it);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lots_before_a_split_step_with_it), cmocka_unit_test(test_rates_stay_with_their_lots),
        cmocka_unit_test(test_each_lot_is_rounded_once),         cmocka_unit_test(test_past_the_bound),
        cmocka_unit_test(test_the_days_change_over_a_split),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
