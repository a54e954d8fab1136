/* links: pf_feed pf_base */
#include "feed/provider_history.h"
#include "unit/test.h"

static void bar_add(struct provider_history *history, int32_t date, int64_t close_e8, int64_t volume_e8) {
    struct provider_bar bar = {.date = date,
                               .open_e8 = close_e8,
                               .high_e8 = close_e8,
                               .low_e8 = close_e8,
                               .close_e8 = close_e8,
                               .volume_e8 = volume_e8};
    assert_int_equal(provider_history_add_bar(history, &bar), STATUS_OK);
}

/* raw = adjusted x later factors: splits of day 10 (4:1) and 20 (7:1), a spin-off of day 15. */
static void test_unadjusted(void **state) {
    (void)state;
    struct provider_history history;
    provider_history_init(&history);
    assert_int_equal(provider_history_add_factor(&history, 20, 700000700, DECIMAL_ONE), STATUS_OK);
    assert_int_equal(provider_history_add_dividend(&history, 12, 3000000), STATUS_OK);
    assert_int_equal(provider_history_add_factor(&history, 10, 400000000, 100000000), STATUS_OK);
    assert_int_equal(provider_history_add_factor(&history, 15, 119500000, DECIMAL_ONE), STATUS_OK);
    assert_int_equal(provider_history_add_factor(&history, 17, DECIMAL_ONE, DECIMAL_ONE), STATUS_OK);
    bar_add(&history, 20, 9000000000, 100 * DECIMAL_ONE);
    bar_add(&history, 19, 9000000000, 700 * DECIMAL_ONE);
    bar_add(&history, 14, 1000000000, -1);
    bar_add(&history, 9, 1000000000, 0);
    provider_history_unadjust(&history, 0);
    provider_history_finish(&history, 0, 100);
    assert_int_equal(history.bars_n, 4);
    assert_int_equal(history.bars[3].close_e8, 9000000000);
    assert_int_equal(history.bars[3].volume_e8, 100 * DECIMAL_ONE);
    assert_int_equal(history.bars[2].close_e8, INT64_C(63000000000));
    assert_int_equal(history.bars[2].volume_e8, 100 * DECIMAL_ONE);
    assert_int_equal(history.bars[1].close_e8, INT64_C(8365000000)); /* 10 x 7 x 1.195 */
    assert_int_equal(history.bars[1].volume_e8, -1);
    assert_int_equal(history.bars[0].close_e8, INT64_C(33460000000));
    assert_int_equal(history.actions_n, 4);
    assert_int_equal(history.actions[0].numerator, 4);
    assert_int_equal(history.actions[1].type, PROVIDER_DIVIDEND);
    assert_int_equal(history.actions[1].value_e8, 25095000); /* 0.03 x 7 x 1.195 */
    assert_int_equal(history.actions[2].type, PROVIDER_SPINOFF);
    assert_int_equal(history.actions[2].value_e8, 119500000);
    assert_int_equal(history.actions[3].numerator, 7);
    provider_history_fini(&history);
}

/* Of a 32-bit float seven digits count: 23.056072 x 28 is 645.57, not 645.570016. */
static void test_digits_of_a_float(void **state) {
    (void)state;
    struct provider_history history;
    provider_history_init(&history);
    assert_int_equal(provider_history_add_factor(&history, 5, 28 * DECIMAL_ONE, DECIMAL_ONE), STATUS_OK);
    bar_add(&history, 1, 2305607200, 1);
    provider_history_unadjust(&history, 7);
    assert_int_equal(history.bars[0].close_e8, INT64_C(64557000000));
    provider_history_fini(&history);
}

/* A factor of 2.1 to 162444448 leaves 0.205 x 1.3e-8 of a dividend: nothing; one the other way makes a close larger
 * than a price may be. Neither is kept as a wrong number. */
static void test_what_absurd_factors_leave_is_dropped(void **state) {
    (void)state;
    struct provider_history history;
    for (int i = 0; i < 2; i++) {
        provider_history_init(&history);
        const int64_t small = 210000000, large = INT64_C(16244444800000000);
        assert_int_equal(provider_history_add_factor(&history, 9, i ? large : small, i ? small : large), STATUS_OK);
        assert_int_equal(provider_history_add_dividend(&history, 5, i ? DECIMAL_MAX_E8 / 10 * 9 : 20500000), STATUS_OK);
        bar_add(&history, 4, i ? DECIMAL_MAX_E8 / 10 * 9 : 20500000, i ? 5 * DECIMAL_ONE : DECIMAL_MAX_E8);
        bar_add(&history, 9, DECIMAL_ONE, 7);
        provider_history_unadjust(&history, 7);
        provider_history_finish(&history, 1, 100);
        assert_int_equal(history.bars_n, 1);
        assert_int_equal(history.bars[0].date, 9);
        assert_int_equal(history.actions_n, 1);
        assert_int_equal(history.actions[0].type, PROVIDER_SPINOFF);
        provider_history_fini(&history);
    }
}

static void test_order_and_bounds(void **state) {
    (void)state;
    static const struct provider_rate rates[] = {
        {3, {"USD"}, 110000000}, {2, {"USD"}, 120000000}, {2, {"CHF"}, 90000000}, {9, {"USD"}, 100000000}};
    struct provider_history history;
    provider_history_init(&history);
    for (int32_t date = 500; date > 0; date--)
        bar_add(&history, date / 2, date, 0);
    for (size_t i = 0; i < COUNT_OF(rates); i++)
        assert_int_equal(provider_history_add_rate(&history, &rates[i]), STATUS_OK);
    provider_history_finish(&history, 2, 4);
    assert_int_equal(history.bars_n, 3);
    for (int32_t i = 0; i < 3; i++)
        assert_int_equal(history.bars[i].date, i + 2);
    assert_int_equal(history.rates_n, 3);
    assert_string_equal(history.rates[0].currency.code, "CHF");
    assert_int_equal(history.rates[2].per_eur_e8, 110000000);
    provider_history_fini(&history);
    for (int32_t i = 0; i < PROVIDER_HISTORY_MAX; i++)
        bar_add(&history, i, 1, 0);
    /* Growth is by doubling: the bound holds where the next doubling would begin. */
    struct provider_bar bar = {.date = 1, .close_e8 = 1};
    enum status status = STATUS_OK;
    for (int32_t i = 0; i < PROVIDER_HISTORY_MAX && status == STATUS_OK; i++)
        status = provider_history_add_bar(&history, &bar);
    assert_int_equal(status, STATUS_LIMIT);
    provider_history_fini(&history);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unadjusted),
        cmocka_unit_test(test_digits_of_a_float),
        cmocka_unit_test(test_what_absurd_factors_leave_is_dropped),
        cmocka_unit_test(test_order_and_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
