/* Applies splits that come into effect, as a job of the store, every two seconds
 * of the first shard: with nothing due that is one look into an empty index.
 * Portfolios that it stamps are found by the sweep of versions. Thread: L submits
 * and completes; W works. */
#include "app/shard_internal.h"
#include "ops/log.h"
#include "store/corporate_actions.h"

#include <stdlib.h>

#define SPLITS_S 2.0

struct splits_job {
    struct store_job job; /* first */
    struct shard *shard;
    int64_t applied_n;
};

/* Thread: W. */
static enum status splits_work(struct store_job *store_job, struct db *db) {
    struct splits_job *job = (struct splits_job *)(void *)store_job;
    return corporate_actions_apply(db, &job->applied_n);
}

/* Without PostgreSQL nothing is applied; the next one comes anyway. */
static void splits_done(struct store_job *store_job) {
    struct splits_job *job = (struct splits_job *)(void *)store_job;
    if (job->applied_n > 0)
        log_event(LOG_INFO, "splits.applied", LOG_I64("splits", job->applied_n));
    job->shard->is_applying_splits = false;
    free(job);
}

static void on_splits(struct ev_loop *ev, ev_timer *watcher, int events) {
    struct shard *shard = watcher->data;
    (void)ev;
    (void)events;
    struct splits_job *job = shard->is_applying_splits ? NULL : calloc(1, sizeof *job);
    if (!job)
        return;
    *job = (struct splits_job){.job = {.work = splits_work, .done = splits_done}, .shard = shard};
    shard->is_applying_splits = store_submit(shard->instance->store, shard->mailbox, &job->job) == STATUS_OK;
    if (!shard->is_applying_splits)
        free(job);
}

void shard_start_splits(struct shard *shard) {
    ev_timer_init(&shard->splits, on_splits, SPLITS_S, SPLITS_S);
    shard->splits.data = shard;
    ev_timer_start(loop_ev(shard->loop), &shard->splits);
}

void shard_stop_splits(struct shard *shard) {
    ev_timer_stop(loop_ev(shard->loop), &shard->splits);
}
