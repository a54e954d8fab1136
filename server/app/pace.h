/* When the next of something may go that may go so often a second.
 *
 * The schedule moves on by whole intervals as long as what goes is on time or
 * up to half an interval late; then the rest of a late interval is not lost,
 * and two are never closer than about half of one. After a longer pause it
 * begins anew, a small credit ahead. Without both a source that ticks once an
 * interval would wait for ever for the latest it has ever been: a little jitter
 * or one busy moment, and all that follows is late. Over a long time there are
 * never more than the rate. Thread: the owner's; pure. */
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
    int64_t late_ms = now_ms - pace->next_ms;
    if (late_ms < 0)
        pace->next_ms = now_ms;
    else if (late_ms > pace->interval_ms / 2)
        pace->next_ms = now_ms - pace_credit_ms(pace);
    pace->next_ms += pace->interval_ms;
}

/* Another rate, which holds for what waits already too. */
static inline void pace_set_interval(struct pace *pace, uint32_t interval_ms) {
    if (pace->next_ms != 0)
        pace->next_ms += (int64_t)interval_ms - (int64_t)pace->interval_ms;
    pace->interval_ms = interval_ms;
}

#endif
