/* When the next of something may go that may go so often a second.
 *
 * The schedule moves on by whole intervals, with a small credit: what comes up
 * to the credit early goes at once, and does not move the schedule. Without it
 * a source that ticks once an interval, now a little late and now a little
 * early, would wait each time for the latest it has ever been. Over a long time
 * there are never more than the rate. Thread: the owner's; pure. */
#ifndef PF_APP_PACE_H
#define PF_APP_PACE_H

#include <stdbool.h>
#include <stdint.h>

#define PACE_CREDIT_MS 5        /* the most … */
#define PACE_CREDIT_INTERVALS 8 /* … and the most as a part of the interval */

struct pace {
    int64_t next_ms; /* 0 at first: at once */
    uint32_t interval_ms;
};

static inline int64_t pace_credit_ms(const struct pace *pace) {
    int64_t part_ms = pace->interval_ms / PACE_CREDIT_INTERVALS;
    return part_ms < PACE_CREDIT_MS ? part_ms : PACE_CREDIT_MS;
}

static inline bool pace_allows(const struct pace *pace, int64_t now_ms) {
    return now_ms >= pace->next_ms;
}

/* One went at now_ms, allowed or not. */
static inline void pace_note(struct pace *pace, int64_t now_ms) {
    int64_t from_ms = pace->next_ms > now_ms ? now_ms : pace->next_ms;
    int64_t earliest_ms = now_ms - pace_credit_ms(pace);
    pace->next_ms = (from_ms > earliest_ms ? from_ms : earliest_ms) + pace->interval_ms;
}

/* Another rate, which holds for what waits already too. */
static inline void pace_set_interval(struct pace *pace, uint32_t interval_ms) {
    if (pace->next_ms != 0)
        pace->next_ms += (int64_t)interval_ms - (int64_t)pace->interval_ms;
    pace->interval_ms = interval_ms;
}

#endif
