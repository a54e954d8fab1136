/* How often a provider may be asked: token buckets a second, a minute and a
 * day, all of which must have one. Thread: the poller's; pure. */
#ifndef PF_FEED_QUOTA_H
#define PF_FEED_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

enum quota_span { QUOTA_SECOND, QUOTA_MINUTE, QUOTA_DAY, QUOTA_SPANS_N };

/* Requests a span; 0 = no bound. */
struct quota_limits {
    uint32_t per[QUOTA_SPANS_N];
};

struct quota {
    struct quota_limits limits;
    /* Tokens in units of 1/span_ms: a bucket fills by `limit` of these a ms. */
    int64_t level[QUOTA_SPANS_N];
    int64_t filled_ms;
};

/* Full buckets. */
void quota_init(struct quota *quota, const struct quota_limits *limits, int64_t now_ms);
/* Takes one request; false (and nothing taken) when a bucket is empty. */
bool quota_take(struct quota *quota, int64_t now_ms);
/* When quota_take can work next: now_ms or later. */
int64_t quota_next_ms(struct quota *quota, int64_t now_ms);

#endif
