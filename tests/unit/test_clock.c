/* The clocks. links: pf_base */
#include "base/clock.h"
#include "unit/test.h"

#include <time.h>

static void test_manual_clock_says_what_it_is_told(void **state) {
    struct manual_clock manual;
    const struct clock *clock = &manual.clock;
    (void)state;
    manual_clock_init(&manual, 1000);
    assert_int_equal(clock_wall_ms(clock), 1000);
    assert_int_equal(clock_monotonic_ms(clock), 0);
    manual_clock_advance(&manual, 50);
    assert_int_equal(clock_wall_ms(clock), 1050);
    assert_int_equal(clock_monotonic_ms(clock), 50);
    manual.wall_ms -= 700; /* somebody sets the clock back */
    assert_int_equal(clock_wall_ms(clock), 350);
    assert_int_equal(clock_monotonic_ms(clock), 50);
}

static void test_system_clock_is_the_system_s(void **state) {
    int64_t before = (int64_t)time(NULL) * 1000, wall = clock_wall_ms(clock_system());
    int64_t after = ((int64_t)time(NULL) + 1) * 1000, first = clock_monotonic_ms(clock_system());
    (void)state;
    assert_true(wall >= before - 1000 && wall <= after + 1000); /* time() may read a coarser clock */
    assert_true(clock_monotonic_ms(clock_system()) >= first);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_manual_clock_says_what_it_is_told),
        cmocka_unit_test(test_system_clock_is_the_system_s),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
