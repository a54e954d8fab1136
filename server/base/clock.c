/* The system's clocks, and one that a test moves by hand.
 * Thread: any (clock_system); a manual clock belongs to one thread. */
#include "base/clock.h"

#include <time.h>

static int64_t read_ms(clockid_t id) {
    struct timespec now = {0};
    /* Cannot fail: both clocks exist on every Linux, and `now` is ours. */
    (void)clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_precise_us(void) {
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t system_wall_ms(const struct clock *clock) {
    (void)clock;
    return read_ms(CLOCK_REALTIME);
}

static int64_t system_monotonic_ms(const struct clock *clock) {
    (void)clock;
    return read_ms(CLOCK_MONOTONIC);
}

static const struct clock system_clock = {.wall_ms = system_wall_ms, .monotonic_ms = system_monotonic_ms};

const struct clock *clock_system(void) {
    return &system_clock;
}

/* `clock` is the first member of the manual clock. */
static int64_t manual_wall_ms(const struct clock *clock) {
    return ((const struct manual_clock *)(const void *)clock)->wall_ms;
}

static int64_t manual_monotonic_ms(const struct clock *clock) {
    return ((const struct manual_clock *)(const void *)clock)->monotonic_ms;
}

void manual_clock_init(struct manual_clock *manual, int64_t wall_ms) {
    *manual = (struct manual_clock){
        .clock = {.wall_ms = manual_wall_ms, .monotonic_ms = manual_monotonic_ms},
        .wall_ms = wall_ms,
        .monotonic_ms = 0,
    };
}

void manual_clock_advance(struct manual_clock *manual, int64_t ms) {
    manual->wall_ms += ms;
    manual->monotonic_ms += ms;
}
