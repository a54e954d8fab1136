/* The poller: its life and its turns. It owns the providers, the publisher and
 * the thread; everything is done in that thread, one turn after another, with
 * curl's poll as the place where it sleeps. Thread: the poller's; create,
 * start, stop and destroy are main's. */
#include "feed/poller_internal.h"
#include "ops/metrics.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define SLEEP_MAX_MS 1000

int64_t poller_now_ms(const struct poller *poller) {
    return clock_monotonic_ms(poller->config.clock);
}

static int64_t earlier(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/* One turn; returns when the next one is due. */
static int64_t turn(struct poller *poller) {
    int64_t now_ms = poller_now_ms(poller);
    poller_lead(poller, now_ms);
    poller_look(poller, now_ms);
    poller_restore(poller, now_ms);
    poller_usage(poller, now_ms);
    poller_questions_take(poller, now_ms);
    poller_listed(poller, now_ms);
    poller_ask(poller, now_ms);
    if (poller->fence != 0)
        poller_mark_stale(poller, now_ms);
    /* A bus that is away ended the lead: the turn ends quietly. */
    (void)!poller_flush(poller, now_ms);
    int64_t due_ms = poller_replay(poller, now_ms);
    poller_questions_answer(poller, now_ms);
    poller_archive(poller, now_ms);
    poller_health_update(poller, now_ms);
    due_ms = earlier(due_ms, poller->lead_due_ms);
    if (poller->fence == 0)
        return due_ms;
    const struct heap_entry *first = heap_first(&poller->table.due);
    if (poller_usage_is_awaited(poller, now_ms))
        due_ms = earlier(due_ms, poller->usage_wait_until_ms);
    else if (first)
        due_ms = earlier(due_ms, first->deadline_ms);
    if (poller->needs_book)
        due_ms = earlier(due_ms, poller->book_due_ms);
    due_ms = earlier(due_ms, earlier(poller->position_due_ms, poller->held_due_ms));
    return earlier(due_ms, earlier(poller->stale_due_ms, poller->archive_due_ms));
}

static void *poller_run(void *context) {
    struct poller *poller = context;
    while (!atomic_load(&poller->is_stopping)) {
        pthread_mutex_lock(&poller->providers_lock);
        int64_t wait_ms = turn(poller) - poller_now_ms(poller);
        pthread_mutex_unlock(&poller->providers_lock);
        wait_ms = wait_ms < 0 ? 0 : earlier(wait_ms, SLEEP_MAX_MS);
        http_fetch_run(poller->fetch, (int)wait_ms);
    }
    atomic_store(&poller->is_leading, false);
    http_fetch_cancel_all(poller->fetch);
    /* At first, so that another may lead while the archive, which may hang, is waited for. */
    poller->publisher->ops->resign(poller->publisher);
    metrics_set(METRIC_LEADER, 0);
    poller_archive_rest(poller, poller_now_ms(poller));
    pthread_mutex_lock(&poller->providers_lock);
    poller_usage_rest(poller, poller_now_ms(poller));
    pthread_mutex_unlock(&poller->providers_lock);
    return NULL;
}

static void providers_lock_init(pthread_mutex_t *lock) {
    pthread_mutexattr_t recursive;
    /* None of these can fail on Linux with what they are given. */
    (void)pthread_mutexattr_init(&recursive);
    (void)pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    (void)pthread_mutex_init(lock, &recursive);
    (void)pthread_mutexattr_destroy(&recursive);
}

static void providers_adopt(struct poller *poller) {
    poller->providers_n = poller->list.n;
    for (size_t i = 0; i < poller->list.n; i++) {
        struct polled_provider *it = &poller->providers[i];
        it->provider = poller->list.providers[i];
        it->throttle_ms = 1000;
        breaker_init(&it->breaker);
        if (it->provider->ops->kind == PROVIDER_REMOTE)
            quota_init(&it->quota, &provider_remote_of(it->provider)->quota);
    }
}

/* Thread: the archivist's. */
static void on_archive_done(void *context) {
    http_fetch_wake(((struct poller *)context)->fetch);
}

enum status poller_create(const struct poller_config *config, struct bus_publisher *publisher,
                          const struct price_archive *archive, struct poller **ret_poller, char *error,
                          size_t error_len) {
    struct poller *poller = calloc(1, sizeof *poller);
    if (!poller) {
        publisher->ops->destroy(publisher);
        snprintf(error, error_len, "out of memory");
        return STATUS_NO_MEMORY;
    }
    poller->config = *config;
    poller->archive = archive;
    poller->publisher = publisher;
    atomic_init(&poller->is_stopping, false);
    atomic_init(&poller->is_leading, false);
    pthread_mutex_init(&poller->lock, NULL);
    providers_lock_init(&poller->providers_lock);
    strbuf_init(&poller->health);
    strbuf_init(&poller->report);
    poller_questions_init(&poller->questions);
    poll_table_init(&poller->table);
    enum status status = provider_list_create(config, &poller->list, error, error_len);
    if (status == STATUS_OK) {
        status = http_fetch_create(&poller->fetch);
        if (status != STATUS_OK)
            snprintf(error, error_len, "libcurl: %s", status_name(status));
    }
    if (status == STATUS_OK)
        status = archivist_create(archive, on_archive_done, poller, &poller->archivist);
    if (status != STATUS_OK) {
        poller_destroy(&poller);
        return status;
    }
    providers_adopt(poller);
    poller_health_update(poller, poller_now_ms(poller));
    *ret_poller = poller;
    return STATUS_OK;
}

enum status poller_start(struct poller *poller) {
    sigset_t all, before;
    /* The thread inherits the mask: signals are main's, and a lost connection
     * is an error of write(2), not a SIGPIPE. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&poller->thread, NULL, poller_run, poller);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        return STATUS_NO_MEMORY;
    (void)pthread_setname_np(poller->thread, "pf-poller");
    poller->is_started = true;
    return STATUS_OK;
}

void poller_begin_stop(struct poller *poller) {
    atomic_store(&poller->is_stopping, true);
    poller->publisher->ops->begin_stop(poller->publisher);
    http_fetch_wake(poller->fetch);
}

void poller_stop(struct poller *poller) {
    if (!poller->is_started)
        return;
    poller_begin_stop(poller);
    pthread_join(poller->thread, NULL);
    poller->is_started = false;
}

void poller_destroy(struct poller **poller) {
    struct poller *it = *poller;
    if (!it)
        return;
    poller_stop(it);
    archivist_destroy(&it->archivist);
    http_fetch_destroy(&it->fetch);
    provider_list_destroy(&it->list);
    it->publisher->ops->destroy(it->publisher);
    poll_table_fini(&it->table);
    strbuf_fini(&it->health);
    strbuf_fini(&it->report);
    poller_questions_fini(&it->questions);
    pthread_mutex_destroy(&it->lock);
    pthread_mutex_destroy(&it->providers_lock);
    free(it->batch);
    free(it);
    *poller = NULL;
}
