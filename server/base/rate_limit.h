/* Token buckets by key: who may do something so often, with a burst.
 *
 * All buckets of one rate_limit have the same rate. At most keys_max are kept:
 * of a new key the place is that of the bucket that is full again first, so one
 * that is not full only goes when none is. A full bucket needs no memory, and
 * goes by itself. Time is passed in and never runs back. Thread: the owner's.
 *
 * Several owners may share their fill: each tells what was taken since it last
 * told (rate_limit_tell) to whoever adds it up, and adopts the sum's state. */
#ifndef PF_BASE_RATE_LIMIT_H
#define PF_BASE_RATE_LIMIT_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RATE_LIMIT_UNITS 60000 /* of one token: so many a token, so that a rate per minute is whole units a ms */
#define RATE_LIMIT_PER_MINUTE_MAX 60000000
#define RATE_LIMIT_BURST_MAX 1000000

struct rate {
    int64_t per_minute; /* 0: no limit */
    int64_t burst;      /* how many at once after a pause */
};

/* What may be taken of a bucket at most: beyond its burst that is what several owners
 * took before they heard of each other. */
static inline int64_t rate_limit_most_units(const struct rate *rate) {
    return 2 * rate->burst * RATE_LIMIT_UNITS;
}

struct rate_limit_key {
    unsigned char bytes[16];
};

/* A bucket as its owner is told of it. */
struct rate_limit_state {
    bool is_refused;
    int64_t limit;          /* the burst; 0: there is no limit */
    int64_t remaining;      /* tokens */
    int64_t full_in_ms;     /* until `remaining` is `limit` */
    int64_t retry_after_ms; /* until there is enough; 0 unless refused */
};

struct rate_limit_told {
    struct rate_limit_key key;
    int64_t taken_units;
};

struct rate_limit;

/* is_shared: it keeps in mind what is not told yet. */
PF_MUST_CHECK enum status rate_limit_create(const struct rate *rate, size_t keys_max, bool is_shared,
                                            struct rate_limit **ret_limit);
void rate_limit_destroy(struct rate_limit **limit);

/* Takes tokens_n, or nothing when so many are not there. Without memory it
 * refuses nobody. */
struct rate_limit_state rate_limit_take(struct rate_limit *limit, const struct rate_limit_key *key, int64_t tokens_n,
                                        int64_t now_ms);
/* What taking one would say, without taking it. */
struct rate_limit_state rate_limit_look(struct rate_limit *limit, const struct rate_limit_key *key, int64_t now_ms);

/* What was taken since the last time, of max keys at most; returns how many. */
size_t rate_limit_tell(struct rate_limit *limit, struct rate_limit_told *out, size_t max);
/* So much is taken of this bucket now, by all that share it and told of it. */
void rate_limit_adopt(struct rate_limit *limit, const struct rate_limit_key *key, int64_t used_units, int64_t now_ms);
/* The other side, which adds up: so much more was taken. Returns how much is now. */
int64_t rate_limit_add(struct rate_limit *limit, const struct rate_limit_key *key, int64_t units, int64_t now_ms);
/* Forgets buckets that are full, n_max at most: those that nobody takes from any more. */
void rate_limit_sweep(struct rate_limit *limit, size_t n_max, int64_t now_ms);
const struct rate *rate_limit_rate(const struct rate_limit *limit);
size_t rate_limit_keys_n(const struct rate_limit *limit);

#endif
