/* A batch a class, one at a time. What a batch that failed has told is not told
 * again: the others hear less of it, nobody is charged twice. Thread: L. */
#include "app/limiter_share.h"

#include "ops/metrics.h"

#include <ev.h>
#include <stdlib.h>

#define SHARE_S 0.25

struct batch {
    struct limiter_share *share;
    enum limiter_class class;
    bool is_under_way;
    size_t n;
    struct rate_limit_told told[BUS_RATES_MAX];
};

struct limiter_share {
    struct limiter *limiter;
    struct ev_loop *loop;
    struct bus *bus;
    struct ev_timer timer;
    struct batch batches[LIMITER_CLASSES_N];
};

static void on_shared(void *context, const int64_t *used_units, size_t n) {
    struct batch *batch = context;
    struct limiter *limiter = batch->share->limiter;
    batch->is_under_way = false;
    if (!used_units)
        metrics_increment(METRIC_LIMITS_UNSHARED);
    for (size_t i = 0; used_units && i < n; i++)
        limiter_adopt(limiter, batch->class, &batch->told[i].key, used_units[i]);
}

static void batch_send(struct batch *batch) {
    struct rate_limit *rates = limiter_rates(batch->share->limiter, batch->class);
    if (batch->is_under_way)
        return;
    batch->n = rate_limit_tell(rates, batch->told, BUS_RATES_MAX);
    if (batch->n == 0)
        return;
    struct bus_rates message = {
        .table = limiter_class_name(batch->class), .rate = *rate_limit_rate(rates), .told = batch->told, .n = batch->n};
    batch->is_under_way = true;
    if (bus_share_rates(batch->share->bus, &message, on_shared, batch) != STATUS_OK)
        on_shared(batch, NULL, batch->n);
}

static void on_time(struct ev_loop *loop, struct ev_timer *timer, int revents) {
    (void)loop;
    (void)revents;
    struct limiter_share *share = timer->data;
    for (enum limiter_class class = 0; class < LIMITER_CLASSES_N; class ++)
        batch_send(&share->batches[class]);
}

enum status limiter_share_create(struct limiter *limiter, struct ev_loop *loop, struct bus *bus,
                                 struct limiter_share **ret_share) {
    struct limiter_share *share = calloc(1, sizeof *share);
    if (!share)
        return STATUS_NO_MEMORY;
    share->limiter = limiter;
    share->loop = loop;
    share->bus = bus;
    for (enum limiter_class class = 0; class < LIMITER_CLASSES_N; class ++) {
        share->batches[class].share = share;
        share->batches[class].class = class;
    }
    ev_timer_init(&share->timer, on_time, SHARE_S, SHARE_S);
    share->timer.data = share;
    ev_timer_start(loop, &share->timer);
    *ret_share = share;
    return STATUS_OK;
}

void limiter_share_stop(struct limiter_share *share) {
    if (share)
        ev_timer_stop(share->loop, &share->timer);
}

void limiter_share_destroy(struct limiter_share **share) {
    free(*share);
    *share = NULL;
}
