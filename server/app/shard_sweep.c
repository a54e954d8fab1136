/* Deletes Idempotency-Keys and what of accounts has come of age, as a job of the
 * store, from time to time and a bounded number at once. Thread: L submits and
 * completes; W works. */
#include "app/shard_internal.h"
#include "ops/metrics.h"
#include "store/account_sweep.h"
#include "store/idempotency.h"

#include <stdlib.h>

#define SWEEP_S 60
#define SWEEP_ROWS_MAX 5000

struct sweep_job {
    struct store_job job; /* first */
    struct shard *shard;
    size_t deleted_n;
    size_t accounts_n;
    bool has_more_accounts;
};

/* Thread: W. */
static enum status sweep_work(struct store_job *store_job, struct db *db) {
    struct sweep_job *job = (struct sweep_job *)(void *)store_job;
    int64_t keep_s = job->shard->instance->config->idempotency_keep_s;
    enum status status = idempotency_sweep(db, keep_s, SWEEP_ROWS_MAX, &job->deleted_n);
    return status == STATUS_OK ? account_sweep(db, SWEEP_ROWS_MAX, &job->accounts_n, &job->has_more_accounts) : status;
}

static void sweep_start(struct shard *shard);

/* Without PostgreSQL nothing is deleted; the next one comes anyway. */
static void sweep_done(struct store_job *store_job) {
    struct sweep_job *job = (struct sweep_job *)(void *)store_job;
    if (job->deleted_n > 0)
        metrics_add(METRIC_IDEMPOTENCY_SWEPT, (int64_t)job->deleted_n);
    if (job->accounts_n > 0)
        metrics_add(METRIC_ACCOUNTS_SWEPT, (int64_t)job->accounts_n);
    struct shard *shard = job->shard;
    bool has_more =
        (job->deleted_n == SWEEP_ROWS_MAX || job->has_more_accounts) && !atomic_load(&store_job->job.is_cancelled);
    shard->is_sweeping = false;
    free(job);
    if (has_more)
        sweep_start(shard);
}

static void sweep_start(struct shard *shard) {
    struct sweep_job *job = shard->is_sweeping ? NULL : calloc(1, sizeof *job);
    if (!job)
        return;
    *job = (struct sweep_job){.job = {.work = sweep_work, .done = sweep_done}, .shard = shard};
    shard->is_sweeping = store_submit(shard->instance->store, shard->mailbox, &job->job) == STATUS_OK;
    if (!shard->is_sweeping)
        free(job);
}

static void on_sweep(struct ev_loop *ev, ev_timer *watcher, int events) {
    (void)ev;
    (void)events;
    sweep_start(watcher->data);
}

void shard_start_sweep(struct shard *shard) {
    int64_t keep_s = shard->instance->config->idempotency_keep_s;
    double every_s = keep_s < SWEEP_S ? (double)keep_s : (double)SWEEP_S;
    ev_timer_init(&shard->sweep, on_sweep, every_s, every_s);
    shard->sweep.data = shard;
    ev_timer_start(loop_ev(shard->loop), &shard->sweep);
}

void shard_stop_sweep(struct shard *shard) {
    ev_timer_stop(loop_ev(shard->loop), &shard->sweep);
}
