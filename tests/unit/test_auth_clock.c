/* links: pf_app */
/* When a connection is told that its credential ends, and when it is closed. */
#include "app/auth_clock.h"
#include "unit/test.h"

#define NOW INT64_C(1000000)

static void test_nobody_has_so_long(void **state) {
    (void)state;
    struct auth_clock clock;
    auth_clock_wait(&clock, NOW, 10000);
    assert_int_equal(auth_clock_next_ms(&clock), NOW + 10000);
    assert_int_equal(auth_clock_take(&clock, NOW + 9999), AUTH_DUE_NOTHING);
    assert_int_equal(auth_clock_take(&clock, NOW + 10000), AUTH_DUE_CLOSE);
    assert_false(auth_clock_is_over(&clock, NOW + 10000));
}

static void test_a_token_is_told_of_once_then_over_then_closed(void **state) {
    (void)state;
    struct auth_clock clock;
    auth_clock_start(&clock, NOW, 900000, 10000);
    assert_int_equal(auth_clock_next_ms(&clock), NOW + 840000);
    assert_int_equal(auth_clock_take(&clock, NOW + 839999), AUTH_DUE_NOTHING);
    assert_int_equal(auth_clock_take(&clock, NOW + 840000), AUTH_DUE_TELL);
    assert_int_equal(auth_clock_take(&clock, NOW + 840000), AUTH_DUE_NOTHING);
    assert_false(auth_clock_is_over(&clock, NOW + 899999));
    assert_true(auth_clock_is_over(&clock, NOW + 900000));
    assert_int_equal(auth_clock_next_ms(&clock), NOW + 910000);
    assert_int_equal(auth_clock_take(&clock, NOW + 909999), AUTH_DUE_NOTHING);
    assert_int_equal(auth_clock_take(&clock, NOW + 910000), AUTH_DUE_CLOSE);
}

/* A client that refreshes when it is told to must not be told at once again. */
static void test_of_short_ones_at_half_their_time(void **state) {
    (void)state;
    static const struct {
        int64_t lasts_ms, told_ms;
    } rows[] = {{120000, 60000}, {119998, 59999}, {60000, 30000}, {3000, 1500}, {2, 1}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct auth_clock clock;
        auth_clock_start(&clock, NOW, rows[i].lasts_ms, 10000);
        assert_int_equal(auth_clock_next_ms(&clock), NOW + rows[i].told_ms);
    }
}

static void test_what_is_over_already_has_its_grace(void **state) {
    (void)state;
    struct auth_clock clock;
    auth_clock_start(&clock, NOW, -5000, 10000);
    assert_true(auth_clock_is_over(&clock, NOW));
    assert_int_equal(auth_clock_take(&clock, NOW), AUTH_DUE_TELL);
    assert_int_equal(auth_clock_next_ms(&clock), NOW + 10000);
    assert_int_equal(auth_clock_take(&clock, NOW + 10000), AUTH_DUE_CLOSE);
}

static void test_without_an_end_nothing_is_ever_due(void **state) {
    (void)state;
    static const int64_t rows[] = {AUTH_NEVER, AUTH_NEVER - 1, AUTH_NEVER - NOW};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct auth_clock clock;
        auth_clock_start(&clock, NOW, rows[i], 10000);
        assert_int_equal(auth_clock_next_ms(&clock), AUTH_NEVER);
        assert_int_equal(auth_clock_take(&clock, AUTH_NEVER - 1), AUTH_DUE_NOTHING);
        assert_false(auth_clock_is_over(&clock, AUTH_NEVER - 1));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody_has_so_long),
        cmocka_unit_test(test_a_token_is_told_of_once_then_over_then_closed),
        cmocka_unit_test(test_of_short_ones_at_half_their_time),
        cmocka_unit_test(test_what_is_over_already_has_its_grace),
        cmocka_unit_test(test_without_an_end_nothing_is_ever_due),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
