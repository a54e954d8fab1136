/* links: pf_net pf_base */
/* The timer wheel: never early, at most a tick late, whatever the order. */
#include "net/timer_wheel.h"
#include "unit/test.h"

#include <stdlib.h>

#define TICK_MS 10
#define TIMERS_N 500

struct timer {
    struct timer_entry entry;
    struct timer_wheel *wheel;
    struct timer *victim;       /* cancelled when this one fires */
    int64_t again_ms, fired_ms; /* fired_ms -1: not yet */
    int fired_n;
};

static int64_t clock_ms; /* what the wheel is told */

static void on_expired(struct timer_entry *entry) {
    struct timer *timer = TIMER_ENTRY(entry, struct timer, entry);
    assert_false(timer_entry_is_set(entry));
    timer->fired_ms = clock_ms;
    timer->fired_n++;
    if (timer->victim)
        timer_entry_cancel(&timer->victim->entry);
    if (timer->again_ms)
        timer_wheel_set(timer->wheel, entry, clock_ms + timer->again_ms);
}

static void timer_start(struct timer *timer, struct timer_wheel *wheel, int64_t deadline_ms) {
    *timer = (struct timer){.wheel = wheel, .fired_ms = -1};
    timer_entry_init(&timer->entry, on_expired);
    timer_wheel_set(wheel, &timer->entry, deadline_ms);
}

static void advance(struct timer_wheel *wheel, int64_t ms) {
    clock_ms += ms;
    timer_wheel_advance(wheel, clock_ms);
}

static void test_fires_in_time(void **state) {
    (void)state;
    static struct timer timers[TIMERS_N];
    struct timer_wheel wheel;
    clock_ms = 12345;
    timer_wheel_init(&wheel, TICK_MS, clock_ms);
    srand(1);
    for (size_t i = 0; i < TIMERS_N; i++) /* some of them several turns of the wheel away */
        timer_start(&timers[i], &wheel, clock_ms + rand() % (3 * TIMER_WHEEL_SLOTS * TICK_MS));
    for (size_t i = 0; i < TIMERS_N; i += 7) /* moved */
        timer_wheel_set(&wheel, &timers[i].entry, timers[i].entry.deadline_ms + 1000);
    for (int i = 0; i < 20000; i++) {
        int64_t step_ms = rand() % 5;
        advance(&wheel, step_ms);
    }
    for (size_t i = 0; i < TIMERS_N; i++) {
        assert_int_equal(timers[i].fired_n, 1);
        assert_true(timers[i].fired_ms >= timers[i].entry.deadline_ms);
        assert_true(timers[i].fired_ms <= timers[i].entry.deadline_ms + 2 * TICK_MS + 5);
    }
}

static void test_long_pause_loses_nothing(void **state) {
    (void)state;
    static struct timer timers[TIMERS_N];
    struct timer_wheel wheel;
    clock_ms = 0;
    timer_wheel_init(&wheel, TICK_MS, clock_ms);
    for (size_t i = 0; i < TIMERS_N; i++)
        timer_start(&timers[i], &wheel, (int64_t)i * 100);
    advance(&wheel, INT64_C(100000000));
    for (size_t i = 0; i < TIMERS_N; i++)
        assert_int_equal(timers[i].fired_n, 1);
}

static void test_past_deadline_fires_at_the_next_tick(void **state) {
    (void)state;
    struct timer timer;
    struct timer_wheel wheel;
    clock_ms = 1000;
    timer_wheel_init(&wheel, TICK_MS, clock_ms);
    timer_start(&timer, &wheel, 1);
    advance(&wheel, TICK_MS);
    assert_int_equal(timer.fired_n, 1);
}

static void test_cancelled_does_not_fire(void **state) {
    (void)state;
    struct timer first, victim, cancelled;
    struct timer_wheel wheel;
    clock_ms = 0;
    timer_wheel_init(&wheel, TICK_MS, clock_ms);
    timer_start(&first, &wheel, 100);
    timer_start(&victim, &wheel, 100); /* due in the same tick */
    timer_start(&cancelled, &wheel, 50);
    first.victim = &victim;
    timer_entry_cancel(&cancelled.entry);
    timer_entry_cancel(&cancelled.entry); /* no harm */
    advance(&wheel, 1000);
    assert_int_equal(first.fired_n, 1);
    assert_int_equal(victim.fired_n, 0);
    assert_int_equal(cancelled.fired_n, 0);
}

static void test_may_set_itself_again(void **state) {
    (void)state;
    struct timer timer;
    struct timer_wheel wheel;
    clock_ms = 0;
    timer_wheel_init(&wheel, TICK_MS, clock_ms);
    timer_start(&timer, &wheel, 10);
    timer.again_ms = 20;
    for (int i = 0; i < 100; i++)
        advance(&wheel, 10);
    assert_int_equal(timer.fired_n, 50);
    timer_entry_cancel(&timer.entry);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fires_in_time),
        cmocka_unit_test(test_long_pause_loses_nothing),
        cmocka_unit_test(test_past_deadline_fires_at_the_next_tick),
        cmocka_unit_test(test_cancelled_does_not_fire),
        cmocka_unit_test(test_may_set_itself_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
