/* Seals the audit log's new rows, as a job of the store, each second of the first
 * shard and a bounded number at once; says now and then where the chain ends, so
 * that a log that is shorter later is found. Thread: L submits and completes; W works. */
#include "app/shard_internal.h"
#include "ops/log.h"
#include "ops/metrics.h"
#include "store/audit.h"

#include <stdlib.h>

#define SEAL_S 1.0
#define SEAL_ROWS_MAX 2000

struct seal_job {
    struct store_job job; /* first */
    struct shard *shard;
    int64_t sealed_n;
    struct audit_head head;
};

/* Thread: W. */
static enum status seal_work(struct store_job *store_job, struct db *db) {
    struct seal_job *job = (struct seal_job *)(void *)store_job;
    return audit_seal(db, SEAL_ROWS_MAX, &job->sealed_n, &job->head);
}

static void head_log(struct shard *shard) {
    const struct audit_head *head = &shard->audit_head;
    if (head->position > shard->audit_logged_position)
        log_event(LOG_INFO, "audit.head", LOG_I64("position", head->position), LOG_TEXT("hash", head->hash));
    shard->audit_logged_position = head->position;
    shard->audit_logged_ms = clock_monotonic_ms(shard->instance->clock);
}

static void head_take(struct shard *shard, const struct seal_job *job) {
    bool is_first = shard->audit_logged_ms == 0;
    /* It never gets shorter by itself. */
    if (job->head.position < shard->audit_head.position)
        log_event(LOG_ERROR, "audit.cut", LOG_I64("position", job->head.position),
                  LOG_I64("position_before", shard->audit_head.position),
                  LOG_TEXT("hash_before", shard->audit_head.hash));
    int64_t every_ms = shard->instance->config->audit_head_s * 1000;
    shard->audit_head = job->head;
    metrics_add(METRIC_AUDIT_SEALED, job->sealed_n);
    metrics_set(METRIC_AUDIT_WAIT_MS, job->head.waits_us / 1000);
    metrics_set(METRIC_AUDIT_POSITION, job->head.position);
    if (is_first || clock_monotonic_ms(shard->instance->clock) - shard->audit_logged_ms >= every_ms)
        head_log(shard);
}

static void seal_start(struct shard *shard);

/* Other than that PostgreSQL is away: what is sealed was tampered with, or rights are missing. */
static void failure_note(struct shard *shard, enum status status) {
    bool is_failing = status != STATUS_OK && status != STATUS_UNAVAILABLE && status != STATUS_CANCELLED &&
                      status != STATUS_TIMEOUT && status != STATUS_OUTCOME_UNKNOWN;
    if (is_failing)
        metrics_increment(METRIC_AUDIT_SEALS_FAILED);
    if (is_failing && !shard->is_seal_failing)
        log_event(LOG_ERROR, "audit.seal_failed", LOG_TEXT("status", status_name(status)));
    if (is_failing || status == STATUS_OK)
        shard->is_seal_failing = is_failing;
}

/* Without PostgreSQL nothing is sealed; the next one comes anyway. */
static void seal_done(struct store_job *store_job) {
    struct seal_job *job = (struct seal_job *)(void *)store_job;
    struct shard *shard = job->shard;
    bool is_done = store_job->status == STATUS_OK;
    failure_note(shard, store_job->status);
    bool has_more = is_done && job->sealed_n == SEAL_ROWS_MAX && !atomic_load(&store_job->job.is_cancelled);
    if (is_done)
        head_take(shard, job);
    shard->is_sealing = false;
    free(job);
    if (has_more)
        seal_start(shard);
}

static void seal_start(struct shard *shard) {
    struct seal_job *job = shard->is_sealing ? NULL : calloc(1, sizeof *job);
    if (!job)
        return;
    *job = (struct seal_job){.job = {.work = seal_work, .done = seal_done}, .shard = shard};
    shard->is_sealing = store_submit(shard->instance->store, shard->mailbox, &job->job) == STATUS_OK;
    if (!shard->is_sealing)
        free(job);
}

static void on_seal(struct ev_loop *ev, ev_timer *watcher, int events) {
    (void)ev;
    (void)events;
    seal_start(watcher->data);
}

void shard_start_audit(struct shard *shard) {
    ev_timer_init(&shard->seal, on_seal, SEAL_S, SEAL_S);
    shard->seal.data = shard;
    ev_timer_start(loop_ev(shard->loop), &shard->seal);
}

void shard_stop_audit(struct shard *shard) {
    ev_timer_stop(loop_ev(shard->loop), &shard->seal);
    if (shard->index == 0)
        head_log(shard);
}
