/* How often a provider may be asked: so many requests in any second, in any
 * minute, and a day.
 *
 * Second and minute slide: whichever second or minute the vendor looks at has no
 * more than the limit (a bucket that refills would let twice as many into one).
 * They are counted in tenths, so a full one is free again a tenth later at most.
 * The day is the UTC date and begins anew at its midnight.
 * Thread: the poller's; pure. */
#ifndef PF_FEED_QUOTA_H
#define PF_FEED_QUOTA_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum quota_span { QUOTA_SECOND, QUOTA_MINUTE, QUOTA_DAY, QUOTA_SPANS_N };
#define QUOTA_SLOTS 11 /* ten, and the one that is ending */

/* Requests a span; 0 = no bound. */
struct quota_limits {
    uint32_t per[QUOTA_SPANS_N];
};

struct quota_window {
    int64_t newest; /* the number of the last slot that was counted in */
    uint32_t counts[QUOTA_SLOTS];
};

struct quota {
    struct quota_limits limits;
    struct quota_window windows[QUOTA_DAY]; /* second, minute */
    int32_t day;                            /* days since 1970, UTC */
    uint32_t day_n;
    uint64_t taken_n;     /* ever */
    int64_t last_wall_ms; /* when one was last taken; 0 = never */
};

/* What is kept over a restart. */
struct quota_usage {
    int32_t day;
    uint32_t day_n;
    uint32_t minute_n;    /* in the minute before the last request */
    int64_t last_wall_ms; /* the last request; 0 = none */
};

/* "1/s,5/min,25/day": each span at most once, each number 1 to 1,000,000;
 * "none": no bound. INVALID otherwise. */
PF_MUST_CHECK enum status quota_limits_parse(const char *text, struct quota_limits *ret_limits);

/* Nothing used. */
void quota_init(struct quota *quota, const struct quota_limits *limits);
/* Takes one request; false (and nothing taken) when a span is used up.
 * now_ms: monotonic; wall_ms: for the day. */
bool quota_take(struct quota *quota, int64_t now_ms, int64_t wall_ms);
/* When quota_take can work next: now_ms or later. */
int64_t quota_next_ms(struct quota *quota, int64_t now_ms, int64_t wall_ms);
/* How many are left of a span; 0 too when it has no bound. */
uint32_t quota_left(struct quota *quota, enum quota_span span, int64_t now_ms, int64_t wall_ms);
/* The vendor says that the day's are used up. */
void quota_use_up_day(struct quota *quota, int64_t wall_ms);
/* When the day ends, as a monotonic instant. */
int64_t quota_day_end_ms(int64_t now_ms, int64_t wall_ms);

void quota_usage_get(struct quota *quota, int64_t now_ms, int64_t wall_ms, struct quota_usage *ret_usage);
/* Counts what was used before, as far as it still counts. */
void quota_usage_add(struct quota *quota, const struct quota_usage *usage, int64_t now_ms, int64_t wall_ms);

#endif
