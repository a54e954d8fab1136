/* A pool of threads for blocking work, completing on the submitter's loop.
 *
 * A job runs on some worker (`run`), again later if it asks for that, then comes
 * back through the submitter's mailbox (`done`, on its loop). A callback never
 * runs before the function that registered it returned. The queue is bounded,
 * those who come again included. */
#ifndef PF_THREAD_WORKER_H
#define PF_THREAD_WORKER_H

#include "base/heap.h"
#include "base/status.h"
#include "thread/mailbox.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct worker_pool;

struct worker_job {
    void (*run)(struct worker_job *job, void *worker_state); /* Thread: W */
    void (*done)(struct worker_job *job);                    /* Thread: the reply mailbox's; owns the job */
    struct mailbox *reply_to;                                /* NULL: done runs on the worker */
    atomic_bool is_cancelled;                                /* set by worker_cancel; run may look at it */
    /* run sets it to be run again so much later, others having their turn meanwhile; 0: it is done. A pool that stops
     * runs it once more at once, and never again. */
    int64_t again_ms;
    struct mail mail;        /* private */
    struct heap_entry later; /* private */
};

/* Each worker thread has a state of its own (a database connection). */
struct worker_pool_config {
    const char *name; /* of the threads */
    size_t workers_n;
    size_t queue_capacity;
    void *context;
    void *(*state_create)(void *context); /* Thread: W, at the thread's start; NULL is a state too */
    void (*state_destroy)(void *state);   /* Thread: W, at its end */
};

PF_MUST_CHECK enum status worker_pool_create(const struct worker_pool_config *config, struct worker_pool **ret_pool);
/* Runs what is queued, then joins the threads. Completions still go to the
 * mailboxes; in one that is destroyed meanwhile `done` runs at its destruction,
 * with is_cancelled set, so that the job can be freed. */
void worker_pool_destroy(struct worker_pool **pool);

/* Thread: any. STATUS_LIMIT when the queue is full, STATUS_UNAVAILABLE when the
 * pool is being destroyed: the job stays the caller's. */
PF_MUST_CHECK enum status worker_submit(struct worker_pool *pool, struct worker_job *job);
/* Marks the job: `run` is skipped when it has not begun; `done` comes all the same. */
void worker_cancel(struct worker_job *job);
size_t worker_queue_length(struct worker_pool *pool);

#endif
