/* links: pf_feed pf_base */
#include "feed/breaker.h"
#include "unit/test.h"

static int64_t open_it(struct breaker *breaker, int64_t now_ms) {
    for (int i = 1; i < BREAKER_FAILURES; i++)
        assert_false(breaker_on_failure(breaker, now_ms));
    assert_true(breaker_on_failure(breaker, now_ms));
    return breaker->until_ms;
}

static void test_opens_after_failures_in_a_row(void **state) {
    (void)state;
    struct breaker breaker;
    breaker_init(&breaker);
    for (int round = 0; round < 3; round++) {
        for (int i = 1; i < BREAKER_FAILURES; i++)
            assert_false(breaker_on_failure(&breaker, 0));
        breaker_on_success(&breaker);
    }
    assert_false(breaker_is_shut(&breaker, 0));
    assert_int_equal(open_it(&breaker, 100), 100 + BREAKER_OPEN_FIRST_MS);
    assert_true(breaker_is_shut(&breaker, 100));
    assert_false(breaker_on_failure(&breaker, 200)); /* one that was under way */
    assert_int_equal(breaker.until_ms, 100 + BREAKER_OPEN_FIRST_MS);
}

static void test_one_probe_then_twice_as_long(void **state) {
    (void)state;
    struct breaker breaker;
    breaker_init(&breaker);
    int64_t now_ms = open_it(&breaker, 0), open_ms = BREAKER_OPEN_FIRST_MS;
    for (int i = 0; i < 10; i++) {
        assert_true(breaker_is_shut(&breaker, now_ms - 1));
        assert_false(breaker_is_shut(&breaker, now_ms));
        breaker_on_request(&breaker, now_ms);
        assert_true(breaker_is_shut(&breaker, now_ms)); /* one probe only */
        assert_true(breaker_on_failure(&breaker, now_ms));
        open_ms = open_ms * 2 > BREAKER_OPEN_MAX_MS ? BREAKER_OPEN_MAX_MS : open_ms * 2;
        assert_int_equal(breaker.until_ms, now_ms + open_ms);
        now_ms = breaker.until_ms;
    }
    assert_int_equal(open_ms, BREAKER_OPEN_MAX_MS);
    breaker_on_request(&breaker, now_ms);
    breaker_on_success(&breaker);
    assert_false(breaker_is_shut(&breaker, now_ms));
    assert_int_equal(open_it(&breaker, now_ms), now_ms + BREAKER_OPEN_FIRST_MS);
}

static void test_a_probe_without_an_answer_is_repeated(void **state) {
    (void)state;
    struct breaker breaker;
    breaker_init(&breaker);
    int64_t now_ms = open_it(&breaker, 0);
    breaker_on_request(&breaker, now_ms);
    breaker_on_no_answer(&breaker, now_ms);
    assert_false(breaker_is_shut(&breaker, now_ms));
    breaker_on_request(&breaker, now_ms);
    assert_true(breaker_is_shut(&breaker, now_ms));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_opens_after_failures_in_a_row),
        cmocka_unit_test(test_one_probe_then_twice_as_long),
        cmocka_unit_test(test_a_probe_without_an_answer_is_repeated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
