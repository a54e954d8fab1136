/* Requests that have published a price and answer when their loop has heard of
 * it, so that who asks for the price next, here, finds it. Bounded by the
 * requests and ARRIVAL_WAIT_MS. Thread: L. */
#include "app/shard_internal.h"
#include "app/shard_view.h"

#define ARRIVAL_WAIT_MS 1000

static int64_t now_ms(const struct shard *shard) {
    return clock_monotonic_ms(shard->instance->clock);
}

void shard_await_arrival(struct shard *shard, struct arrival *arrival) {
    if (engine_has_heard(shard->engine, &arrival->epoch, arrival->seq)) {
        arrival->done(arrival->context);
        return;
    }
    arrival->deadline_ms = now_ms(shard) + ARRIVAL_WAIT_MS;
    list_push_back(&shard->arrivals, &arrival->link);
}

/* `done` frees what it belongs to. */
static void finish(struct arrival *arrival) {
    list_remove(&arrival->link);
    arrival->done(arrival->context);
}

void shard_tell_arrivals(struct shard *shard) {
    LIST_FOR_EACH (link, next, &shard->arrivals) {
        struct arrival *arrival = LIST_ENTRY(link, struct arrival, link);
        if (engine_has_heard(shard->engine, &arrival->epoch, arrival->seq) || arrival->deadline_ms <= now_ms(shard))
            finish(arrival);
    }
}

int64_t shard_arrival_wait_ms(const struct shard *shard) {
    if (list_is_empty(&shard->arrivals))
        return -1;
    int64_t left_ms = LIST_ENTRY(shard->arrivals.head.next, struct arrival, link)->deadline_ms - now_ms(shard);
    return left_ms > 0 ? left_ms : 0;
}

void shard_cancel_arrivals(struct shard *shard) {
    LIST_FOR_EACH (link, next, &shard->arrivals)
        finish(LIST_ENTRY(link, struct arrival, link));
}
