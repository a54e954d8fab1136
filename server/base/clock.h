/* The injectable clock: what needs the time gets a `struct clock`, so that
 * tests decide what time it is. Thread: any (clock_system); a manual clock
 * belongs to one thread. */
#ifndef PF_BASE_CLOCK_H
#define PF_BASE_CLOCK_H

#include <stdint.h>

struct clock {
    int64_t (*wall_ms)(const struct clock *clock);      /* ms since 1970, UTC; may jump */
    int64_t (*monotonic_ms)(const struct clock *clock); /* never runs back */
};

/* For tests: both readings are fields that the test sets. */
struct manual_clock {
    struct clock clock; /* first */
    int64_t wall_ms;
    int64_t monotonic_ms;
};

const struct clock *clock_system(void);
/* The system's monotonic clock, for how long something took: in tests, too. */
int64_t clock_precise_us(void);
void manual_clock_init(struct manual_clock *manual, int64_t wall_ms);
/* Moves both readings forward by the same span. */
void manual_clock_advance(struct manual_clock *manual, int64_t ms);

static inline int64_t clock_wall_ms(const struct clock *clock) {
    return clock->wall_ms(clock);
}
static inline int64_t clock_monotonic_ms(const struct clock *clock) {
    return clock->monotonic_ms(clock);
}

#endif
