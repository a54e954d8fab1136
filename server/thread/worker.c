/* The pool: one bounded queue under one lock, n threads that take from it, and
 * beside it the jobs that come again later. A job's completion goes to its reply
 * mailbox. Refuses a job past the capacity and any after destroy began.
 * Thread: any submits; W runs. */
#include "thread/worker.h"

#include "base/clock.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

struct worker_pool {
    struct worker_pool_config config;
    char name[16]; /* the kernel's bound for a thread's name */
    pthread_t *threads;
    size_t threads_n;
    pthread_mutex_t lock;
    pthread_cond_t has_work;
    struct list queue; /* {lock} of worker_job.mail.link */
    size_t queue_n;    /* {lock} */
    struct heap later; /* {lock} of worker_job.later */
    bool is_stopping;  /* {lock} */
};

static struct worker_job *job_of(struct mail *mail) {
    return LIST_ENTRY(mail, struct worker_job, mail);
}

static void on_completed(struct mail *mail) {
    struct worker_job *job = job_of(mail);
    job->done(job);
}

/* The loop is gone before the completion: done still comes, to free the job. */
static void on_discarded(struct mail *mail) {
    struct worker_job *job = job_of(mail);
    worker_cancel(job);
    job->done(job);
}

/* The job whose turn it is, out of its row; NULL when none's is. Under the lock. */
static struct worker_job *next_job(struct worker_pool *pool) {
    struct heap_entry *first = heap_first(&pool->later);
    if (first && (pool->is_stopping || first->deadline_ms <= clock_monotonic_ms(clock_system()))) {
        heap_remove(&pool->later, first);
        return HEAP_ENTRY(first, struct worker_job, later);
    }
    struct list_link *link = list_first(&pool->queue);
    if (!link)
        return NULL;
    list_remove(link);
    pool->queue_n--;
    return job_of(LIST_ENTRY(link, struct mail, link));
}

/* Under the lock. */
static void wait_for_job(struct worker_pool *pool) {
    const struct heap_entry *first = heap_first(&pool->later);
    if (!first) {
        pthread_cond_wait(&pool->has_work, &pool->lock);
        return;
    }
    struct timespec until = {.tv_sec = first->deadline_ms / 1000, .tv_nsec = first->deadline_ms % 1000 * 1000000};
    (void)pthread_cond_timedwait(&pool->has_work, &pool->lock, &until);
}

/* Waits for a job; NULL when the pool stops and nothing is left. */
static struct worker_job *take_job(struct worker_pool *pool) {
    struct worker_job *job;
    pthread_mutex_lock(&pool->lock);
    while (!(job = next_job(pool)) && !pool->is_stopping)
        wait_for_job(pool);
    pthread_mutex_unlock(&pool->lock);
    return job;
}

/* False when the job is over: it does not ask for another turn, or cannot have one. */
static bool put_off(struct worker_pool *pool, struct worker_job *job) {
    if (job->again_ms <= 0)
        return false;
    pthread_mutex_lock(&pool->lock);
    bool is_kept = !pool->is_stopping &&
                   heap_set(&pool->later, &job->later, clock_monotonic_ms(clock_system()) + job->again_ms) == STATUS_OK;
    pthread_cond_signal(&pool->has_work); /* who waits without an end must know of its time */
    pthread_mutex_unlock(&pool->lock);
    return is_kept;
}

static void complete(struct worker_job *job) {
    if (!job->reply_to) {
        job->done(job);
        return;
    }
    job->mail.dispatch = on_completed;
    job->mail.discard = on_discarded;
    /* Reserved: as many as were admitted to the queue, no more. */
    mailbox_post_reserved(job->reply_to, &job->mail);
}

static void *worker_main(void *argument) {
    struct worker_pool *pool = argument;
    struct worker_job *job;
    void *state = pool->config.state_create ? pool->config.state_create(pool->config.context) : NULL;
    while ((job = take_job(pool))) {
        job->again_ms = 0;
        if (!atomic_load(&job->is_cancelled))
            job->run(job, state);
        if (!put_off(pool, job))
            complete(job);
    }
    if (pool->config.state_destroy)
        pool->config.state_destroy(state);
    return NULL;
}

/* With every signal blocked: they are for the thread that waits for them. */
static enum status start_threads(struct worker_pool *pool) {
    sigset_t all, before;
    enum status status = STATUS_OK;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (pool->threads_n < pool->config.workers_n) {
        if (pthread_create(&pool->threads[pool->threads_n], NULL, worker_main, pool) != 0) {
            status = STATUS_IO;
            break;
        }
        (void)pthread_setname_np(pool->threads[pool->threads_n], pool->name);
        pool->threads_n++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}

static enum status pool_alloc(const struct worker_pool_config *config, struct worker_pool **ret_pool) {
    struct worker_pool *pool = calloc(1, sizeof *pool);
    pthread_t *threads = calloc(config->workers_n, sizeof *threads);
    if (!pool || !threads) {
        free(threads);
        free(pool);
        return STATUS_NO_MEMORY;
    }
    pool->config = *config;
    pool->threads = threads;
    (void)snprintf(pool->name, sizeof pool->name, "%s", config->name ? config->name : "worker");
    /* None of these can fail on Linux with what they are given. */
    pthread_condattr_t monotonic;
    (void)pthread_mutex_init(&pool->lock, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&pool->has_work, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    list_init(&pool->queue);
    heap_init(&pool->later);
    *ret_pool = pool;
    return STATUS_OK;
}

enum status worker_pool_create(const struct worker_pool_config *config, struct worker_pool **ret_pool) {
    struct worker_pool *pool;
    if (config->workers_n == 0)
        return STATUS_INVALID;
    enum status status = pool_alloc(config, &pool);
    if (status != STATUS_OK)
        return status;
    status = start_threads(pool);
    if (status != STATUS_OK) {
        worker_pool_destroy(&pool);
        return status;
    }
    *ret_pool = pool;
    return STATUS_OK;
}

void worker_pool_destroy(struct worker_pool **pool) {
    struct worker_pool *it = *pool;
    if (!it)
        return;
    *pool = NULL;
    pthread_mutex_lock(&it->lock);
    it->is_stopping = true;
    pthread_cond_broadcast(&it->has_work);
    pthread_mutex_unlock(&it->lock);
    for (size_t i = 0; i < it->threads_n; i++)
        pthread_join(it->threads[i], NULL);
    pthread_cond_destroy(&it->has_work);
    pthread_mutex_destroy(&it->lock);
    heap_fini(&it->later);
    free(it->threads);
    free(it);
}

enum status worker_submit(struct worker_pool *pool, struct worker_job *job) {
    enum status status = STATUS_OK;
    pthread_mutex_lock(&pool->lock);
    if (pool->is_stopping) {
        status = STATUS_UNAVAILABLE;
    } else if (pool->queue_n + pool->later.count >= pool->config.queue_capacity) {
        status = STATUS_LIMIT;
    } else {
        atomic_store(&job->is_cancelled, false);
        job->later = (struct heap_entry){0};
        list_push_back(&pool->queue, &job->mail.link);
        pool->queue_n++;
        pthread_cond_signal(&pool->has_work);
    }
    pthread_mutex_unlock(&pool->lock);
    return status;
}

void worker_cancel(struct worker_job *job) {
    atomic_store(&job->is_cancelled, true);
}

size_t worker_queue_length(struct worker_pool *pool) {
    pthread_mutex_lock(&pool->lock);
    size_t queue_n = pool->queue_n + pool->later.count;
    pthread_mutex_unlock(&pool->lock);
    return queue_n;
}
