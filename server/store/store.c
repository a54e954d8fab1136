/* The store: a pool of workers, each with its own connection, and what they
 * last saw of PostgreSQL. Refuses jobs when its queue is full. A worker connects
 * at its start and before a job, never between: what makes a store that nobody
 * uses notice that PostgreSQL is back is the regular jobs of the sweep and of
 * /health. Thread: any for its functions; work runs on W. */
#include "store/store.h"

#include "base/clock.h"
#include "ops/log.h"
#include "ops/metrics.h"
#include "store/db.h"

#include <stdlib.h>

#define ASIDE_MIN_MS 20
#define ASIDE_MAX_MS 500

struct store {
    struct store_config config;
    struct db_monitor monitor;
    struct worker_pool *pool;
};

/* What tells the stores apart to people. */
struct store_traits {
    const char *name; /* of threads, and in the log */
    enum metric jobs, jobs_refused, queue;
    /* What is left at the stop is not worth its time: nobody waits for it any
     * more, and it may be long. */
    bool is_left_at_stop;
};

static const struct store_traits traits_of[] = {
    [STORE_MAIN] = {"store", METRIC_DB_JOBS, METRIC_DB_JOBS_REFUSED, METRIC_DB_QUEUE, false},
    [STORE_REPORTS] = {"reports", METRIC_REPORT_JOBS, METRIC_REPORT_JOBS_REFUSED, METRIC_REPORT_QUEUE, true},
};

static const struct store_traits *traits(const struct store *store) {
    return &traits_of[store->config.kind];
}

#define JOB_OF(worker_job) ((struct store_job *)(void *)((char *)(worker_job)-offsetof(struct store_job, job)))

/* A worker's own. */
struct worker {
    struct store *store;
    struct db *db;
};

/* Thread: W. NULL (no memory) makes every job of this worker UNAVAILABLE. */
static void *worker_create(void *context) {
    struct store *store = context;
    struct worker *worker = calloc(1, sizeof *worker);
    struct db_config config = {.name = traits(store)->name,
                               .database_url = store->config.database_url,
                               .statement_timeout_ms = store->config.statement_timeout_ms,
                               .lock_timeout_ms = store->config.lock_timeout_ms,
                               .monitor = &store->monitor,
                               .stop_at = store->config.stop_at};
    struct db *db = NULL;
    if (!worker || db_create(&config, &db) != STATUS_OK) {
        free(worker);
        log_event(LOG_ERROR, "store.worker_failed", LOG_TEXT("store", traits(store)->name),
                  LOG_TEXT("reason", "no memory"));
        return NULL;
    }
    worker->store = store;
    worker->db = db;
    if (db_ready(db) != STATUS_OK)
        log_event(LOG_DEBUG, "store.worker_waits", LOG_TEXT("store", traits(store)->name),
                  LOG_TEXT("reason", db_error(db)));
    return worker;
}

/* Thread: W. */
static void worker_destroy(void *state) {
    struct worker *worker = state;
    if (!worker)
        return;
    db_destroy(&worker->db);
    free(worker);
}

static bool is_left(const struct store *store) {
    return traits(store)->is_left_at_stop && store->config.stop_at && atomic_load(store->config.stop_at) != 0;
}

static void waiting_set(struct store_job *job, bool is_waiting) {
    if (job->is_waiting != is_waiting)
        metrics_add(job->queue_metric, is_waiting ? 1 : -1);
    job->is_waiting = is_waiting;
}

/* Another transaction holds what the job needs: others have their turn first, and it comes again, for as long as a
 * statement may take. Thread: W. */
static void step_aside(const struct store *store, struct store_job *job) {
    int64_t now_ms = clock_monotonic_ms(clock_system());
    if (job->locked_ms == 0)
        job->locked_ms = now_ms;
    job->aside_ms = job->aside_ms == 0 ? ASIDE_MIN_MS : job->aside_ms * 2;
    if (job->aside_ms > ASIDE_MAX_MS)
        job->aside_ms = ASIDE_MAX_MS;
    if (now_ms + job->aside_ms - job->locked_ms >= store->config.statement_timeout_ms)
        return;
    metrics_increment(METRIC_DB_JOBS_LOCKED);
    waiting_set(job, true);
    job->job.again_ms = job->aside_ms;
}

/* Thread: W. */
static void job_run(struct worker_job *worker_job, void *state) {
    struct store_job *job = JOB_OF(worker_job);
    struct worker *worker = state;
    waiting_set(job, false);
    job->status = STATUS_UNAVAILABLE;
    if (!worker)
        return;
    struct db *db = worker->db;
    if (is_left(worker->store) || db_ready(db) != STATUS_OK)
        return;
    metrics_increment(traits(worker->store)->jobs);
    job->status = job->work(job, db);
    /* A connection may be cut just when a job comes (a restart, a failover).
     * Nothing was written, so once more, over a new one. */
    if (job->status == STATUS_UNAVAILABLE && db_was_closed(db) && db_ready(db) == STATUS_OK)
        job->status = job->work(job, db);
    if (job->status == STATUS_TIMEOUT && db_was_locked(db))
        step_aside(worker->store, job);
    db_set_actor(db, NULL); /* it was the job's */
    if (db_reset(db))
        log_event(LOG_ERROR, "store.transaction_left_open");
}

/* Thread: the submitter's loop. */
static void job_done(struct worker_job *worker_job) {
    struct store_job *job = JOB_OF(worker_job);
    waiting_set(job, false); /* it was to be run again, or was cancelled before it was */
    job->done(job);
}

enum status store_create(const struct store_config *config, struct store **ret_store) {
    struct store *store = calloc(1, sizeof *store);
    if (!store)
        return STATUS_NO_MEMORY;
    store->config = *config;
    *ret_store = store;
    return STATUS_OK;
}

enum status store_start(struct store *store) {
    const struct store_config *config = &store->config;
    struct worker_pool_config pool_config = {.name = traits(store)->name,
                                             .workers_n = config->workers_n,
                                             .queue_capacity = config->queue_capacity,
                                             .context = store,
                                             .state_create = worker_create,
                                             .state_destroy = worker_destroy};
    return worker_pool_create(&pool_config, &store->pool);
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
    job->queue_metric = traits(store)->queue;
    job->is_waiting = false;
    job->locked_ms = job->aside_ms = 0;
    waiting_set(job, true);
    enum status status = worker_submit(store->pool, &job->job);
    if (status != STATUS_OK) {
        waiting_set(job, false);
        metrics_increment(traits(store)->jobs_refused);
    }
    return status;
}

bool store_is_available(const struct store *store) {
    return atomic_load(&store->monitor.state) == DB_UP;
}

bool store_has_waiting(const struct store *store) {
    return store->pool && worker_queue_length(store->pool) > 0;
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
