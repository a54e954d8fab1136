/* links: pf_base */
/* The schedule of what may go so often a second. */
#include "app/pace.h"
#include "test.h"

static void test_the_first_goes_at_once(void **state) {
    (void)state;
    struct pace pace = {.interval_ms = 1000};
    assert_true(pace_allows(&pace, 1));
    pace_note(&pace, 1000000);
    assert_false(pace_allows(&pace, 1000000));
    assert_int_equal(pace.next_ms, 1000995); /* with the credit of 5 */
}

/* A source that ticks once an interval, up to the credit early or late, never waits. */
static void test_jitter_within_the_credit_costs_nothing(void **state) {
    (void)state;
    struct pace pace = {.interval_ms = 50};
    uint64_t random = 88172645463325252u;
    pace_note(&pace, 100000);
    for (int64_t i = 1; i <= 10000; i++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        int64_t at_ms = 100000 + i * 50 + (int64_t)(random % 6);
        assert_true(pace_allows(&pace, at_ms));
        pace_note(&pace, at_ms);
    }
}

/* However fast the source, in the long run there is one an interval and not more. */
static void test_never_more_than_the_rate(void **state) {
    (void)state;
    for (uint32_t interval_ms = 1; interval_ms <= 1000; interval_ms += 37) {
        struct pace pace = {.interval_ms = interval_ms};
        int64_t sent_n = 0, last_ms = -1000000, now_ms = 1;
        for (; now_ms <= 100 * (int64_t)interval_ms; now_ms++) {
            if (!pace_allows(&pace, now_ms))
                continue;
            assert_true(now_ms - last_ms >= (int64_t)interval_ms - pace_credit_ms(&pace));
            pace_note(&pace, now_ms);
            last_ms = now_ms;
            sent_n++;
        }
        assert_true(sent_n <= 101);
        assert_true(sent_n >= 99);
    }
}

/* One busy moment does not make all that follows late. */
static void test_what_was_held_up_once_is_on_time_again(void **state) {
    (void)state;
    struct pace pace = {.interval_ms = 50};
    pace_note(&pace, 1000);
    for (int64_t held_up_ms = 0; held_up_ms <= 20; held_up_ms++) {
        for (int64_t i = 0; i < 3; i++) {
            int64_t at_ms = 1050 + 150 * held_up_ms + 50 * i;
            assert_true(pace_allows(&pace, at_ms));
            pace_note(&pace, i == 1 ? at_ms + held_up_ms : at_ms);
        }
    }
}

/* Whatever the source does, whenever it is looked at: never more than one an interval, counted from any of them. */
static void test_no_irregular_source_gets_more(void **state) {
    (void)state;
    uint64_t random = 88172645463325252u;
    for (int round = 0; round < 200; round++) {
        struct pace pace = {.interval_ms = 40};
        int64_t now_ms = 1000, sent_n = 0;
        int64_t first_ms = 0, last_ms = 0;
        for (int i = 0; i < 500; i++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            now_ms += (int64_t)(random % (uint64_t)(1 + round));
            if (!pace_allows(&pace, now_ms))
                continue;
            assert_true(sent_n == 0 || now_ms - last_ms >= 40 / 2);
            pace_note(&pace, now_ms);
            first_ms = sent_n++ ? first_ms : now_ms;
            last_ms = now_ms;
            assert_true((sent_n - 1) * 40 <= last_ms - first_ms + 40 / 2 + PACE_CREDIT_MS);
        }
    }
}

/* After a pause there is one at once, and no burst behind it. */
static void test_quiet_saves_nothing_up(void **state) {
    (void)state;
    struct pace pace = {.interval_ms = 50};
    pace_note(&pace, 1000);
    pace_note(&pace, 900000);
    assert_false(pace_allows(&pace, 900000 + 50 - PACE_CREDIT_MS - 1));
    assert_true(pace_allows(&pace, 900000 + 50 - PACE_CREDIT_MS));
}

static void test_another_rate_holds_for_what_waits(void **state) {
    (void)state;
    struct pace pace = {.interval_ms = 1000};
    pace_note(&pace, 5000);
    pace_set_interval(&pace, 100);
    assert_int_equal(pace.next_ms, 5095);
    pace = (struct pace){.interval_ms = 1000};
    pace_set_interval(&pace, 100);
    assert_true(pace_allows(&pace, 1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_goes_at_once),
        cmocka_unit_test(test_jitter_within_the_credit_costs_nothing),
        cmocka_unit_test(test_never_more_than_the_rate),
        cmocka_unit_test(test_what_was_held_up_once_is_on_time_again),
        cmocka_unit_test(test_no_irregular_source_gets_more),
        cmocka_unit_test(test_quiet_saves_nothing_up),
        cmocka_unit_test(test_another_rate_holds_for_what_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
