/* Buckets in a map, and in a heap by when each is full again: its first is the
 * one to forget. A bucket is how much is taken of it; that much less by the
 * rate as time passes. Thread: the owner's. */
#include "base/rate_limit.h"

#include "base/heap.h"
#include "base/list.h"
#include "base/map.h"

#include <stdlib.h>

#define FORGOTTEN_PER_TAKE 2 /* full buckets: more than come anew, so that all go in the end */

struct bucket {
    struct heap_entry full;  /* deadline_ms: when nothing is taken of it any more */
    struct list_link untold; /* in limit->untold, when something is */
    struct rate_limit_key key;
    int64_t used_units, at_ms, untold_units;
};

struct rate_limit {
    struct rate rate;
    size_t keys_max;
    bool is_shared;
    struct map buckets;
    struct heap by_full;
    struct list untold;
};

enum status rate_limit_create(const struct rate *rate, size_t keys_max, bool is_shared, struct rate_limit **ret_limit) {
    if (rate->per_minute < 0 || rate->per_minute > RATE_LIMIT_PER_MINUTE_MAX || rate->burst < 1 ||
        rate->burst > RATE_LIMIT_BURST_MAX || keys_max < 1)
        return STATUS_OUT_OF_RANGE;
    struct rate_limit *limit = calloc(1, sizeof *limit);
    if (!limit)
        return STATUS_NO_MEMORY;
    limit->rate = *rate;
    limit->keys_max = keys_max;
    limit->is_shared = is_shared;
    map_init(&limit->buckets);
    heap_init(&limit->by_full);
    list_init(&limit->untold);
    *ret_limit = limit;
    return STATUS_OK;
}

static void bucket_forget(struct rate_limit *limit, struct bucket *bucket) {
    list_remove(&bucket->untold);
    heap_remove(&limit->by_full, &bucket->full);
    (void)map_remove(&limit->buckets, &bucket->key, sizeof bucket->key);
    free(bucket);
}

static struct bucket *first_full(const struct rate_limit *limit) {
    struct heap_entry *first = heap_first(&limit->by_full);
    return first ? HEAP_ENTRY(first, struct bucket, full) : NULL;
}

void rate_limit_destroy(struct rate_limit **limit) {
    struct rate_limit *it = *limit;
    if (!it)
        return;
    *limit = NULL;
    for (struct bucket *bucket; (bucket = first_full(it));)
        bucket_forget(it, bucket);
    map_fini(&it->buckets);
    heap_fini(&it->by_full);
    free(it);
}

static int64_t divide_up(int64_t a, int64_t b) {
    return (a + b - 1) / b;
}

/* As of now_ms. */
static void bucket_settle(const struct rate_limit *limit, struct bucket *bucket, int64_t now_ms) {
    int64_t passed_ms = now_ms > bucket->at_ms ? now_ms - bucket->at_ms : 0;
    bool is_full = passed_ms > bucket->used_units / limit->rate.per_minute;
    bucket->used_units = is_full ? 0 : bucket->used_units - passed_ms * limit->rate.per_minute;
    bucket->at_ms = now_ms > bucket->at_ms ? now_ms : bucket->at_ms;
}

/* After used_units or at_ms changed. Moving within the heap needs no memory. */
static enum status bucket_place(struct rate_limit *limit, struct bucket *bucket) {
    int64_t full_ms = bucket->at_ms + divide_up(bucket->used_units, limit->rate.per_minute);
    return heap_set(&limit->by_full, &bucket->full, full_ms);
}

/* What is full and told need not be kept. */
static void forget_full(struct rate_limit *limit, size_t n_max, int64_t now_ms) {
    for (size_t i = 0; i < n_max; i++) {
        struct bucket *bucket = first_full(limit);
        if (!bucket || bucket->full.deadline_ms > now_ms || bucket->untold_units > 0)
            return;
        bucket_forget(limit, bucket);
    }
}

static struct bucket *bucket_add(struct rate_limit *limit, const struct rate_limit_key *key, int64_t now_ms) {
    if (limit->by_full.count >= limit->keys_max)
        bucket_forget(limit, first_full(limit));
    struct bucket *bucket = calloc(1, sizeof *bucket);
    if (!bucket)
        return NULL;
    bucket->key = *key;
    bucket->at_ms = now_ms;
    if (bucket_place(limit, bucket) != STATUS_OK) {
        free(bucket);
        return NULL;
    }
    if (map_put(&limit->buckets, &bucket->key, sizeof bucket->key, bucket, NULL) != STATUS_OK) {
        heap_remove(&limit->by_full, &bucket->full);
        free(bucket);
        return NULL;
    }
    return bucket;
}

static int64_t capacity_units(const struct rate_limit *limit) {
    return limit->rate.burst * RATE_LIMIT_UNITS;
}

static struct rate_limit_state state_of(const struct rate_limit *limit, int64_t used_units, int64_t wanted_units) {
    int64_t capacity = capacity_units(limit), missing = used_units + wanted_units - capacity;
    struct rate_limit_state state = {.limit = limit->rate.burst, .is_refused = missing > 0};
    if (state.is_refused)
        state.retry_after_ms = divide_up(missing, limit->rate.per_minute);
    else
        used_units += wanted_units;
    state.remaining = used_units < capacity ? (capacity - used_units) / RATE_LIMIT_UNITS : 0;
    state.full_in_ms = divide_up(used_units, limit->rate.per_minute);
    return state;
}

struct rate_limit_state rate_limit_take(struct rate_limit *limit, const struct rate_limit_key *key, int64_t tokens_n,
                                        int64_t now_ms) {
    if (limit->rate.per_minute == 0)
        return (struct rate_limit_state){.limit = 0};
    int64_t wanted = (tokens_n < limit->rate.burst ? tokens_n : limit->rate.burst) * RATE_LIMIT_UNITS;
    forget_full(limit, FORGOTTEN_PER_TAKE, now_ms);
    struct bucket *bucket = map_get(&limit->buckets, key, sizeof *key);
    if (!bucket && !(bucket = bucket_add(limit, key, now_ms)))
        return (struct rate_limit_state){.limit = 0};
    bucket_settle(limit, bucket, now_ms);
    struct rate_limit_state state = state_of(limit, bucket->used_units, wanted);
    if (!state.is_refused) {
        bucket->used_units += wanted;
        if (limit->is_shared) {
            bucket->untold_units += wanted;
            if (!list_link_is_linked(&bucket->untold))
                list_push_back(&limit->untold, &bucket->untold);
        }
    }
    (void)!bucket_place(limit, bucket);
    return state;
}

struct rate_limit_state rate_limit_look(struct rate_limit *limit, const struct rate_limit_key *key, int64_t now_ms) {
    if (limit->rate.per_minute == 0)
        return (struct rate_limit_state){.limit = 0};
    struct bucket *bucket = map_get(&limit->buckets, key, sizeof *key);
    if (bucket)
        bucket_settle(limit, bucket, now_ms);
    return state_of(limit, bucket ? bucket->used_units : 0, RATE_LIMIT_UNITS);
}

size_t rate_limit_tell(struct rate_limit *limit, struct rate_limit_told *out, size_t max) {
    size_t n = 0;
    for (struct list_link *link; n < max && (link = list_first(&limit->untold)); n++) {
        struct bucket *bucket = LIST_ENTRY(link, struct bucket, untold);
        out[n] = (struct rate_limit_told){.key = bucket->key, .taken_units = bucket->untold_units};
        bucket->untold_units = 0;
        list_remove(link);
    }
    return n;
}

void rate_limit_adopt(struct rate_limit *limit, const struct rate_limit_key *key, int64_t used_units, int64_t now_ms) {
    struct bucket *bucket = limit->rate.per_minute ? map_get(&limit->buckets, key, sizeof *key) : NULL;
    if (!bucket || used_units < 0)
        return;
    int64_t most = rate_limit_most_units(&limit->rate);
    bucket->used_units = used_units < most ? used_units : most;
    bucket->used_units += bucket->untold_units;
    bucket->at_ms = now_ms > bucket->at_ms ? now_ms : bucket->at_ms;
    (void)!bucket_place(limit, bucket);
}

int64_t rate_limit_add(struct rate_limit *limit, const struct rate_limit_key *key, int64_t units, int64_t now_ms) {
    if (limit->rate.per_minute == 0 || units <= 0)
        return 0;
    struct bucket *bucket = map_get(&limit->buckets, key, sizeof *key);
    if (!bucket && !(bucket = bucket_add(limit, key, now_ms)))
        return units;
    bucket_settle(limit, bucket, now_ms);
    int64_t most = rate_limit_most_units(&limit->rate);
    bucket->used_units = units < most - bucket->used_units ? bucket->used_units + units : most;
    (void)!bucket_place(limit, bucket);
    return bucket->used_units;
}

void rate_limit_sweep(struct rate_limit *limit, size_t n_max, int64_t now_ms) {
    forget_full(limit, n_max, now_ms);
    if (limit->by_full.count > 0 || limit->by_full.capacity == 0)
        return;
    /* The tables of what was a flood of keys go too. */
    map_fini(&limit->buckets);
    map_init(&limit->buckets);
    heap_fini(&limit->by_full);
}

const struct rate *rate_limit_rate(const struct rate_limit *limit) {
    return &limit->rate;
}

size_t rate_limit_keys_n(const struct rate_limit *limit) {
    return limit->by_full.count;
}
