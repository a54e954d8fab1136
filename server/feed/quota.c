/* Token buckets over integers, so that nothing is lost to rounding. Refuses
 * when any bucket is empty. Thread: the poller's; pure. */
#include "feed/quota.h"

static const int64_t span_ms[QUOTA_SPANS_N] = {1000, 60000, 86400000};

void quota_init(struct quota *quota, const struct quota_limits *limits, int64_t now_ms) {
    quota->limits = *limits;
    quota->filled_ms = now_ms;
    for (int i = 0; i < QUOTA_SPANS_N; i++)
        quota->level[i] = (int64_t)limits->per[i] * span_ms[i];
}

static void quota_fill(struct quota *quota, int64_t now_ms) {
    int64_t passed_ms = now_ms - quota->filled_ms;
    if (passed_ms <= 0)
        return;
    quota->filled_ms = now_ms;
    for (int i = 0; i < QUOTA_SPANS_N; i++) {
        int64_t limit = quota->limits.per[i];
        int64_t full = limit * span_ms[i];
        int64_t counted_ms = passed_ms < span_ms[i] ? passed_ms : span_ms[i];
        quota->level[i] += limit * counted_ms;
        if (quota->level[i] > full)
            quota->level[i] = full;
    }
}

int64_t quota_next_ms(struct quota *quota, int64_t now_ms) {
    int64_t wait_ms = 0;
    quota_fill(quota, now_ms);
    for (int i = 0; i < QUOTA_SPANS_N; i++) {
        int64_t limit = quota->limits.per[i];
        int64_t missing = span_ms[i] - quota->level[i];
        if (limit == 0 || missing <= 0)
            continue;
        int64_t this_ms = (missing + limit - 1) / limit;
        wait_ms = this_ms > wait_ms ? this_ms : wait_ms;
    }
    return now_ms + wait_ms;
}

bool quota_take(struct quota *quota, int64_t now_ms) {
    if (quota_next_ms(quota, now_ms) > now_ms)
        return false;
    for (int i = 0; i < QUOTA_SPANS_N; i++) {
        if (quota->limits.per[i] != 0)
            quota->level[i] -= span_ms[i];
    }
    return true;
}
