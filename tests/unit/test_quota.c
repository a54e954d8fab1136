/* links: pf_feed pf_base */
#include "feed/quota.h"
#include "unit/test.h"

#define DAY_MS INT64_C(86400000)
#define WALL_MS (20000 * DAY_MS + 3600000) /* 01:00 of a day */

static unsigned take_all(struct quota *quota, int64_t now_ms) {
    unsigned n = 0;
    while (n < 100000 && quota_take(quota, now_ms, WALL_MS + now_ms))
        n++;
    return n;
}

static void test_no_second_has_more(void **state) {
    (void)state;
    struct quota quota;
    int64_t taken_ms[4000];
    size_t n = 0;
    quota_init(&quota, &(struct quota_limits){{[QUOTA_SECOND] = 5}});
    /* As fast as it allows, from an odd instant on. */
    for (int64_t now_ms = 1037; n < COUNT_OF(taken_ms) && now_ms < 60000; now_ms++) {
        while (quota_take(&quota, now_ms, WALL_MS))
            taken_ms[n++] = now_ms;
        int64_t next_ms = quota_next_ms(&quota, now_ms, WALL_MS);
        assert_true(next_ms > now_ms);
        now_ms = next_ms - 1;
        assert_false(quota_take(&quota, now_ms, WALL_MS));
    }
    for (size_t i = 5; i < n; i++)
        assert_true(taken_ms[i] - taken_ms[i - 5] > 1000);
    assert_in_range(n, 5 * 53, 5 * 59); /* not much fewer either */
}

/* A bucket that refills lets through nearly twice as many. */
static void test_no_minute_has_more(void **state) {
    (void)state;
    struct quota quota;
    unsigned n = 0;
    quota_init(&quota, &(struct quota_limits){{[QUOTA_MINUTE] = 5}});
    for (int64_t now_ms = 500; now_ms < 60500; now_ms += 100)
        n += take_all(&quota, now_ms);
    assert_int_equal(n, 5);
    assert_int_equal(take_all(&quota, 66000), 5);
    assert_int_equal(quota_left(&quota, QUOTA_MINUTE, 66000, WALL_MS), 0);
    assert_int_equal(quota_left(&quota, QUOTA_MINUTE, 200000, WALL_MS), 5);
}

static void test_the_tightest_decides(void **state) {
    (void)state;
    struct quota quota;
    unsigned n = 0;
    quota_init(&quota, &(struct quota_limits){{10, 20, 25}});
    assert_int_equal(take_all(&quota, 0), 10);
    for (int64_t now_ms = 0; now_ms < 60000; now_ms += 100)
        n += take_all(&quota, now_ms);
    assert_int_equal(n, 10);
    for (int64_t now_ms = 60000; now_ms < 3 * 3600000; now_ms += 1000)
        n += take_all(&quota, now_ms);
    assert_int_equal(n, 15);
    assert_int_equal(quota_left(&quota, QUOTA_DAY, 3 * 3600000, WALL_MS + 3 * 3600000), 0);
    /* The UTC date turns. */
    assert_int_equal(quota_next_ms(&quota, 3 * 3600000, WALL_MS + 3 * 3600000), DAY_MS - 3600000);
    assert_int_equal(take_all(&quota, DAY_MS - 3600000), 10);
}

static void test_no_limit_and_clocks_that_step_back(void **state) {
    (void)state;
    struct quota quota;
    quota_init(&quota, &(struct quota_limits){{0}});
    assert_int_equal(take_all(&quota, 0), 100000);
    quota_init(&quota, &(struct quota_limits){{1, 0, 2}});
    assert_true(quota_take(&quota, 5000, WALL_MS));
    assert_false(quota_take(&quota, 4000, WALL_MS));
    assert_true(quota_take(&quota, 6100, WALL_MS - DAY_MS));
    assert_false(quota_take(&quota, 9000, WALL_MS)); /* yesterday again did not empty the day */
}

static void test_the_vendor_says_the_day_is_over(void **state) {
    (void)state;
    struct quota quota;
    quota_init(&quota, &(struct quota_limits){{[QUOTA_DAY] = 25}});
    assert_true(quota_take(&quota, 0, WALL_MS));
    quota_use_up_day(&quota, WALL_MS);
    assert_false(quota_take(&quota, 0, WALL_MS));
    assert_int_equal(quota_day_end_ms(1000, WALL_MS), 1000 + DAY_MS - 3600000);
    assert_true(quota_take(&quota, DAY_MS, WALL_MS + DAY_MS));
}

/* What a process used counts for the one after it. */
static void test_over_a_restart(void **state) {
    (void)state;
    static const struct quota_limits limits = {{[QUOTA_MINUTE] = 5, [QUOTA_DAY] = 25}};
    struct quota quota;
    struct quota_usage usage;
    quota_init(&quota, &limits);
    for (int i = 0; i < 3; i++)
        assert_true(quota_take(&quota, 777000, WALL_MS));
    quota_usage_get(&quota, 777000, WALL_MS, &usage);
    usage.last_wall_ms = WALL_MS;
    assert_int_equal(usage.minute_n, 3);
    assert_int_equal(usage.day_n, 3);
    struct {
        int64_t later_ms;
        uint32_t minute_left, day_left;
    } rows[] = {{0, 2, 22}, {30000, 2, 22}, {59000, 2, 22}, {72000, 5, 22}, {DAY_MS, 5, 25}, {-5000, 2, 22}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t wall_ms = WALL_MS + rows[i].later_ms;
        quota_init(&quota, &limits);
        quota_usage_add(&quota, &usage, 1000000, wall_ms); /* another machine's clock */
        assert_int_equal(quota_left(&quota, QUOTA_MINUTE, 1000000, wall_ms), rows[i].minute_left);
        assert_int_equal(quota_left(&quota, QUOTA_DAY, 1000000, wall_ms), rows[i].day_left);
    }
}

static void test_limits(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum status status;
        struct quota_limits limits;
    } rows[] = {
        {"1/s,5/min,25/day", STATUS_OK, {{1, 5, 25}}},
        {"25/day", STATUS_OK, {{0, 0, 25}}},
        {" 60/min , 30/s ", STATUS_OK, {{30, 60, 0}}},
        {"none", STATUS_OK, {{0}}},
        {"1000000/day", STATUS_OK, {{0, 0, 1000000}}},
        {"", STATUS_INVALID, {{0}}},
        {"5", STATUS_INVALID, {{0}}},
        {"5/", STATUS_INVALID, {{0}}},
        {"0/s", STATUS_INVALID, {{0}}},
        {"5/hour", STATUS_INVALID, {{0}}},
        {"5/s,", STATUS_INVALID, {{0}}},
        {"5/s,6/s", STATUS_INVALID, {{0}}},
        {"5/s 6/min", STATUS_INVALID, {{0}}},
        {"-5/s", STATUS_INVALID, {{0}}},
        {"1000001/day", STATUS_INVALID, {{0}}},
        {"99999999999999999999/s", STATUS_INVALID, {{0}}},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct quota_limits limits = {{0}};
        assert_row(quota_limits_parse(rows[i].text, &limits) == rows[i].status, rows[i].text);
        assert_row(memcmp(&limits, &rows[i].limits, sizeof limits) == 0, rows[i].text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_second_has_more),
        cmocka_unit_test(test_no_minute_has_more),
        cmocka_unit_test(test_the_tightest_decides),
        cmocka_unit_test(test_no_limit_and_clocks_that_step_back),
        cmocka_unit_test(test_the_vendor_says_the_day_is_over),
        cmocka_unit_test(test_over_a_restart),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
