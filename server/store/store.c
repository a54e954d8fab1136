/* The store: a pool of workers, each with its own connection, and what they
 * last saw of PostgreSQL. Refuses jobs when its queue is full. A worker connects
 * at its start and before a job, never between: what makes a store that nobody
 * uses notice that PostgreSQL is back is the regular jobs of the sweep and of
 * /health. Thread: any for its functions; work runs on W. */
#include "store/store.h"

#include "ops/log.h"
#include "ops/metrics.h"
#include "store/db.h"

#include <stdlib.h>

struct store {
    struct store_config config;
    struct db_monitor monitor;
    struct worker_pool *pool;
};

#define JOB_OF(worker_job) ((struct store_job *)(void *)((char *)(worker_job)-offsetof(struct store_job, job)))

/* Thread: W. NULL (no memory) makes every job of this worker UNAVAILABLE. */
static void *connection_create(void *context) {
    struct store *store = context;
    struct db_config config = {.name = "store",
                               .database_url = store->config.database_url,
                               .statement_timeout_ms = store->config.statement_timeout_ms,
                               .monitor = &store->monitor,
                               .stop_at = store->config.stop_at};
    struct db *db = NULL;
    if (db_create(&config, &db) != STATUS_OK) {
        log_event(LOG_ERROR, "store.worker_failed", LOG_TEXT("reason", "no memory"));
        return NULL;
    }
    if (db_ready(db) != STATUS_OK)
        log_event(LOG_DEBUG, "store.worker_waits", LOG_TEXT("reason", db_error(db)));
    return db;
}

/* Thread: W. */
static void connection_destroy(void *state) {
    struct db *db = state;
    db_destroy(&db);
}

/* Thread: W. */
static void job_run(struct worker_job *worker_job, void *state) {
    struct store_job *job = JOB_OF(worker_job);
    struct db *db = state;
    metrics_add(METRIC_DB_QUEUE, -1);
    job->status = STATUS_UNAVAILABLE;
    if (!db || db_ready(db) != STATUS_OK)
        return;
    metrics_increment(METRIC_DB_JOBS);
    job->status = job->work(job, db);
    /* A connection may be cut just when a job comes (a restart, a failover).
     * Nothing was written, so once more, over a new one. */
    if (job->status == STATUS_UNAVAILABLE && db_was_closed(db) && db_ready(db) == STATUS_OK)
        job->status = job->work(job, db);
    if (db_reset(db))
        log_event(LOG_ERROR, "store.transaction_left_open");
}

/* Thread: the submitter's loop. */
static void job_done(struct worker_job *worker_job) {
    struct store_job *job = JOB_OF(worker_job);
    job->done(job);
}

enum status store_create(const struct store_config *config, struct store **ret_store) {
    struct store *store = calloc(1, sizeof *store);
    if (!store)
        return STATUS_NO_MEMORY;
    store->config = *config;
    struct worker_pool_config pool_config = {.name = "store",
                                             .workers_n = config->workers_n,
                                             .queue_capacity = config->queue_capacity,
                                             .context = store,
                                             .state_create = connection_create,
                                             .state_destroy = connection_destroy};
    enum status status = worker_pool_create(&pool_config, &store->pool);
    if (status != STATUS_OK) {
        free(store);
        return status;
    }
    *ret_store = store;
    return STATUS_OK;
}

void store_stop(struct store *store) {
    worker_pool_destroy(&store->pool); /* sets it to NULL */
}

void store_destroy(struct store **store) {
    if (!*store)
        return;
    store_stop(*store);
    free(*store);
    *store = NULL;
}

enum status store_submit(struct store *store, struct mailbox *reply_to, struct store_job *job) {
    job->job.run = job_run;
    job->job.done = job_done;
    job->job.reply_to = reply_to;
    atomic_init(&job->job.is_cancelled, false);
    job->status = STATUS_CANCELLED; /* what it stays when `run` is skipped */
    if (!store->pool)
        return STATUS_UNAVAILABLE;
    metrics_add(METRIC_DB_QUEUE, 1);
    enum status status = worker_submit(store->pool, &job->job);
    if (status != STATUS_OK) {
        metrics_add(METRIC_DB_QUEUE, -1);
        metrics_increment(METRIC_DB_JOBS_REFUSED);
    }
    return status;
}

bool store_is_available(const struct store *store) {
    return atomic_load(&store->monitor.state) == DB_UP;
}

void store_write_health(const struct store *store, struct strbuf *out) {
    int connections_n = atomic_load(&store->monitor.connections_n);
    strbuf_append_text(out, "{\"state\":\"");
    strbuf_append_text(out, db_state_text((enum db_state)atomic_load(&store->monitor.state)));
    strbuf_append_text(out, "\",\"workers\":");
    strbuf_append_u64(out, store->config.workers_n);
    strbuf_append_text(out, ",\"connections\":");
    strbuf_append_i64(out, connections_n);
    strbuf_append_text(out, ",\"queue\":");
    strbuf_append_u64(out, store->pool ? worker_queue_length(store->pool) : 0);
    strbuf_append_char(out, '}');
}
