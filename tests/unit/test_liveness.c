/* links: pf_net pf_base */
/* When a peer counts as dead: stories, one line a check. */
#include "net/liveness.h"
#include "unit/test.h"

static const struct liveness_limits limits = {
    .ping_after_ms = 25000, .pong_within_ms = 10000, .stall_timeout_ms = 60000};

enum event { CHECK, HEARD, BLOCKED };

struct line {
    int64_t at_ms;
    enum event event;
    struct liveness_output output;
    enum liveness_verdict expected;
    int64_t next_ms; /* 0: not looked at */
};

#define FREE(acked)                                                                                                    \
    { .acked_bytes = (acked) }
#define UNSENT(acked, unsent)                                                                                          \
    { .acked_bytes = (acked), .unsent_bytes = (unsent) }
#define STUCK(acked)                                                                                                   \
    { .acked_bytes = (acked), .unsent_bytes = 90000, .is_buffered = true }

static void tell(const char *story, const struct line *lines, size_t lines_n) {
    struct liveness liveness;
    liveness_init(&liveness, 0);
    for (size_t i = 0; i < lines_n; i++) {
        int64_t next_ms = -1;
        if (lines[i].event == HEARD) {
            liveness_heard(&liveness, lines[i].at_ms);
        } else if (lines[i].event == BLOCKED) {
            next_ms = liveness_blocked(&liveness, &limits, lines[i].at_ms);
            assert_true(next_ms > lines[i].at_ms);
        } else {
            enum liveness_verdict verdict =
                liveness_check(&liveness, &limits, &lines[i].output, lines[i].at_ms, &next_ms);
            if (verdict != lines[i].expected)
                fail_msg("%s: at %lld: %d, not %d", story, (long long)lines[i].at_ms, verdict, lines[i].expected);
            if (lines[i].next_ms)
                assert_int_equal(next_ms, lines[i].next_ms);
            if (verdict == LIVENESS_FINE || verdict == LIVENESS_PING)
                assert_true(next_ms > lines[i].at_ms);
        }
    }
}

#define STORY(...)                                                                                                     \
    do {                                                                                                               \
        (void)state;                                                                                                   \
        static const struct line lines[] = {__VA_ARGS__};                                                              \
        tell(__func__, lines, COUNT_OF(lines));                                                                        \
    } while (0)

static void test_answering_peer_lives(void **state) {
    STORY({1000, CHECK, FREE(10), LIVENESS_FINE, 25000}, {25000, CHECK, FREE(10), LIVENESS_PING, 35000},
          {26000, HEARD, FREE(0), LIVENESS_FINE, 0}, {35000, CHECK, FREE(12), LIVENESS_FINE, 51000},
          {51000, CHECK, FREE(12), LIVENESS_PING, 61000});
}

static void test_talking_peer_is_not_pinged(void **state) {
    STORY({20000, HEARD, FREE(0), LIVENESS_FINE, 0}, {25000, CHECK, FREE(10), LIVENESS_FINE, 45000},
          {44000, HEARD, FREE(0), LIVENESS_FINE, 0}, {45000, CHECK, FREE(10), LIVENESS_FINE, 69000});
}

static void test_silent_peer_dies_10_s_after_the_ping(void **state) {
    STORY({25000, CHECK, FREE(10), LIVENESS_PING, 35000}, {34999, CHECK, FREE(12), LIVENESS_FINE, 35000},
          {35000, CHECK, FREE(12), LIVENESS_SILENT, 0});
}

static void test_peer_without_a_network_dies_10_s_after_the_ping(void **state) {
    STORY({25000, CHECK, FREE(10), LIVENESS_PING, 35000}, {35000, CHECK, UNSENT(10, 3), LIVENESS_SILENT, 0});
}

static void test_no_pong_is_expected_while_output_is_stuck(void **state) {
    STORY({10000, BLOCKED, FREE(0), LIVENESS_FINE, 0}, {11000, CHECK, STUCK(500), LIVENESS_FINE, 12000},
          {40000, CHECK, STUCK(500), LIVENESS_FINE, 0}, {70999, CHECK, STUCK(500), LIVENESS_FINE, 71000},
          {71000, CHECK, STUCK(500), LIVENESS_STALLED, 0});
}

static void test_progress_puts_the_stall_off(void **state) {
    STORY({10000, BLOCKED, FREE(0), LIVENESS_FINE, 0}, {11000, CHECK, STUCK(500), LIVENESS_FINE, 0},
          {70000, CHECK, STUCK(501), LIVENESS_FINE, 0}, {129999, CHECK, STUCK(501), LIVENESS_FINE, 0},
          {130000, CHECK, STUCK(501), LIVENESS_STALLED, 0});
}

/* Nothing waited for an hour; that hour is no stall. */
static void test_stall_begins_with_the_waiting(void **state) {
    STORY({1000, CHECK, FREE(500), LIVENESS_FINE, 0}, {3600000, HEARD, FREE(0), LIVENESS_FINE, 0},
          {3600000, BLOCKED, FREE(0), LIVENESS_FINE, 0}, {3601000, CHECK, STUCK(500), LIVENESS_FINE, 0},
          {3659999, CHECK, STUCK(500), LIVENESS_FINE, 0}, {3660000, CHECK, STUCK(500), LIVENESS_STALLED, 0});
}

/* The ping stands behind 5000 bytes on a slow line: its 10 s begin when it is through. */
static void test_ping_behind_output_waits_for_it(void **state) {
    STORY({25000, CHECK, UNSENT(1000, 5000), LIVENESS_PING, 26000},
          {40000, CHECK, UNSENT(3000, 3003), LIVENESS_FINE, 0}, {60000, CHECK, UNSENT(5900, 103), LIVENESS_FINE, 0},
          {80000, CHECK, FREE(6003), LIVENESS_FINE, 90000}, {90000, CHECK, FREE(6003), LIVENESS_SILENT, 0});
}

static void test_ping_behind_output_that_stops_is_a_stall(void **state) {
    STORY({25000, CHECK, UNSENT(1000, 5000), LIVENESS_PING, 26000},
          {26000, CHECK, UNSENT(1000, 5003), LIVENESS_FINE, 0}, {84999, CHECK, UNSENT(1000, 5003), LIVENESS_FINE, 0},
          {85000, CHECK, UNSENT(1000, 5003), LIVENESS_STALLED, 0});
}

static void test_pong_has_its_time_after_a_blockage(void **state) {
    STORY({25000, CHECK, FREE(10), LIVENESS_PING, 35000}, {26000, BLOCKED, FREE(0), LIVENESS_FINE, 0},
          {40000, CHECK, STUCK(500), LIVENESS_FINE, 0}, {41000, CHECK, FREE(95000), LIVENESS_FINE, 50000},
          {50000, CHECK, FREE(95000), LIVENESS_SILENT, 0});
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answering_peer_lives),
        cmocka_unit_test(test_talking_peer_is_not_pinged),
        cmocka_unit_test(test_silent_peer_dies_10_s_after_the_ping),
        cmocka_unit_test(test_peer_without_a_network_dies_10_s_after_the_ping),
        cmocka_unit_test(test_no_pong_is_expected_while_output_is_stuck),
        cmocka_unit_test(test_progress_puts_the_stall_off),
        cmocka_unit_test(test_stall_begins_with_the_waiting),
        cmocka_unit_test(test_ping_behind_output_waits_for_it),
        cmocka_unit_test(test_ping_behind_output_that_stops_is_a_stall),
        cmocka_unit_test(test_pong_has_its_time_after_a_blockage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
