/* A histogram of durations in microseconds, about 3 % wide a bucket.
 * Thread: one. */
#ifndef PF_BENCH_HISTOGRAM_H
#define PF_BENCH_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_STEPS 32 /* a power of two, in each doubling */
#define HISTOGRAM_BUCKETS (40 * HISTOGRAM_STEPS)

struct histogram {
    uint64_t counts[HISTOGRAM_BUCKETS];
    uint64_t n;
    int64_t max_us;
};

static inline unsigned histogram_bucket(int64_t us) {
    if (us < HISTOGRAM_STEPS)
        return us < 0 ? 0 : (unsigned)us;
    unsigned doubling = 63 - (unsigned)__builtin_clzll((uint64_t)us); /* at least 5 */
    unsigned step = (unsigned)(us >> (doubling - 5)) & (HISTOGRAM_STEPS - 1);
    unsigned bucket = (doubling - 4) * HISTOGRAM_STEPS + step;
    return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

static inline void histogram_add(struct histogram *histogram, int64_t us) {
    histogram->counts[histogram_bucket(us)]++;
    histogram->n++;
    if (us > histogram->max_us)
        histogram->max_us = us;
}

/* The upper end of the bucket that holds the quantile (0 to 1). */
static inline int64_t histogram_quantile(const struct histogram *histogram, double quantile) {
    uint64_t wanted = (uint64_t)(quantile * (double)histogram->n), seen = 0;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += histogram->counts[i];
        if (seen <= wanted)
            continue;
        if (i < HISTOGRAM_STEPS)
            return i;
        unsigned doubling = i / HISTOGRAM_STEPS + 4, step = i % HISTOGRAM_STEPS;
        int64_t end_us = ((int64_t)(HISTOGRAM_STEPS + step + 1) << (doubling - 5)) - 1;
        return end_us < histogram->max_us ? end_us : histogram->max_us;
    }
    return histogram->max_us;
}

#endif
