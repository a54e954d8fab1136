/* links: pf_feed pf_base */
#include "feed/quota.h"
#include "unit/test.h"

static unsigned take_all(struct quota *quota, int64_t now_ms) {
    unsigned n = 0;
    while (n < 100000 && quota_take(quota, now_ms))
        n++;
    return n;
}

static void test_a_bucket_a_second(void **state) {
    (void)state;
    struct quota quota;
    quota_init(&quota, &(struct quota_limits){{[QUOTA_SECOND] = 5}}, 1000);
    assert_int_equal(take_all(&quota, 1000), 5);
    assert_int_equal(quota_next_ms(&quota, 1000), 1200);
    assert_false(quota_take(&quota, 1199));
    assert_true(quota_take(&quota, 1200));
    assert_false(quota_take(&quota, 1200));
    /* Never more than a full bucket, however long the rest. */
    assert_int_equal(take_all(&quota, 1000000), 5);
}

static void test_the_tightest_bucket_decides(void **state) {
    (void)state;
    struct quota quota;
    quota_init(&quota, &(struct quota_limits){{10, 20, 25}}, 0);
    unsigned first_minute_n = 0, day_n = 0;
    for (int64_t now_ms = 0; now_ms < 60000; now_ms += 100)
        first_minute_n += take_all(&quota, now_ms);
    assert_in_range(first_minute_n, 25, 25); /* 20 at once, 20 refill in a minute, but 25 a day */
    for (int64_t now_ms = 60000; now_ms < 86400000; now_ms += 60000)
        day_n += take_all(&quota, now_ms);
    assert_in_range(day_n, 24, 25); /* the day's bucket fills by 25 */
}

static void test_no_drift_over_many_small_steps(void **state) {
    (void)state;
    struct quota quota;
    unsigned n = 0;
    quota_init(&quota, &(struct quota_limits){{[QUOTA_MINUTE] = 7}}, 0);
    n += take_all(&quota, 0);
    for (int64_t now_ms = 1; now_ms <= 600000; now_ms++)
        n += quota_take(&quota, now_ms);
    assert_int_equal(n, 7 + 70);
}

static void test_no_limit_and_a_clock_that_steps_back(void **state) {
    (void)state;
    struct quota quota;
    quota_init(&quota, &(struct quota_limits){{0}}, 0);
    assert_int_equal(take_all(&quota, 0), 100000);
    quota_init(&quota, &(struct quota_limits){{[QUOTA_SECOND] = 1}}, 5000);
    assert_true(quota_take(&quota, 5000));
    assert_false(quota_take(&quota, 4000));
    assert_true(quota_take(&quota, 6000));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_bucket_a_second),
        cmocka_unit_test(test_the_tightest_bucket_decides),
        cmocka_unit_test(test_no_drift_over_many_small_steps),
        cmocka_unit_test(test_no_limit_and_a_clock_that_steps_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
