/* The store: jobs on PostgreSQL, run by a pool of workers on blocking libpq.
 *
 * A job's `work` runs on a worker with that worker's connection (reconnected
 * with backoff; PostgreSQL may be down at start, or go away and come back);
 * `done` runs on the submitter's loop. When there is no connection, `work` is
 * skipped and status is STATUS_UNAVAILABLE. When the connection is cut during
 * `work` and nothing was written (it returned STATUS_UNAVAILABLE), it is run once
 * more over a new one. When another transaction holds what it needs (STATUS_TIMEOUT
 * after lock_timeout_ms), it steps aside, so that a lock never holds a worker for
 * long, and is run again and again for statement_timeout_ms: so it sets its outputs
 * anew each time. The entity files (customers.h, …)
 * hold blocking functions over `struct db` for `work` to call. */
#ifndef PF_STORE_STORE_H
#define PF_STORE_STORE_H

#include "base/status.h"
#include "base/strbuf.h"
#include "ops/metrics.h"
#include "store/stop_time.h"
#include "thread/worker.h"

struct db;
struct store;

/* Who uses it and what it counts: there are two, one for what is quick and one
 * for what takes its time, so that the second never delays the first. */
enum store_kind { STORE_MAIN, STORE_REPORTS };

struct store_config {
    enum store_kind kind;
    const char *database_url;
    size_t workers_n;
    size_t queue_capacity;
    int64_t statement_timeout_ms;
    int64_t lock_timeout_ms;  /* 0: a lock is waited for like anything else */
    const stop_time *stop_at; /* see db.h */
};

struct store_job {
    struct worker_job job;                                     /* private */
    enum status (*work)(struct store_job *job, struct db *db); /* Thread: W */
    void (*done)(struct store_job *job);                       /* Thread: L; owns the job */
    enum status status;                                        /* of work */
    /* Private: */
    enum metric queue_metric; /* where it is counted while it waits */
    bool is_waiting;
    int64_t locked_ms; /* when it first met a lock; 0: it has not */
    int64_t aside_ms;  /* how long it last stepped aside */
};

/* Without workers: until store_start jobs are refused (STATUS_UNAVAILABLE). */
PF_MUST_CHECK enum status store_create(const struct store_config *config, struct store **ret_store);
/* They connect at once, as whom the process is by then. Thread: the only one that uses the store so far. */
PF_MUST_CHECK enum status store_start(struct store *store);
/* Runs what is queued and joins the workers; completions still go to their
 * mailboxes, and what those submit is refused (STATUS_UNAVAILABLE). Thread: the
 * only one left that uses the store. */
void store_stop(struct store *store);
void store_destroy(struct store **store); /* stops it first if need be */

/* STATUS_LIMIT when the queue is full, STATUS_UNAVAILABLE when it was stopped:
 * the job stays the caller's, done does not come. */
PF_MUST_CHECK enum status store_submit(struct store *store, struct mailbox *reply_to, struct store_job *job);

/* Thread: any. What the workers last saw: for /health. */
bool store_is_available(const struct store *store);
bool store_has_waiting(const struct store *store);                      /* jobs in its queue */
void store_write_health(const struct store *store, struct strbuf *out); /* a JSON object */

#endif
