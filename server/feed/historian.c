/* Works off history jobs: its life and its turns; historian_task.c has the work
 * on one symbol. It owns its thread, and the HTTP request under way. Thread:
 * its own; create, start, stop and destroy are main's. */
#include "feed/historian_internal.h"
#include "ops/log.h"

#include <signal.h>
#include <stdlib.h>

#define IDLE_MS 1000
#define RETRY_MS 5000
#define ADOPT_MS 10000

int64_t historian_now_ms(const struct historian *historian) {
    return clock_monotonic_ms(historian->config.clock);
}

bool historian_is_stopping(struct historian *historian) {
    return atomic_load(&historian->is_stopping);
}

/* True when it may work: this process leads, and what others left was taken over. That is done again now and then:
 * who led before may have claimed something at the very end, and a lead that was lost in between goes unseen. */
static bool lead(struct historian *historian) {
    int64_t n = 0, now_ms = historian_now_ms(historian);
    if (!poller_is_leading(historian->config.poller)) {
        historian->adopt_due_ms = 0;
        return false;
    }
    if (now_ms < historian->adopt_due_ms)
        return true;
    if (historian->config.archive->adopt(historian->config.archive->context, &n) != STATUS_OK)
        return false;
    if (n > 0)
        log_event(LOG_INFO, "history.adopted", LOG_I64("symbols", n));
    historian->adopt_due_ms = now_ms + ADOPT_MS;
    return true;
}

/* Once a session: its job is made, by us or by somebody before us. */
static void session_close(struct historian *historian, int64_t now_ms) {
    int32_t session =
        market_calendar_closed_session(historian->config.calendar, clock_wall_ms(historian->config.clock));
    if (session <= historian->closed_session || now_ms < historian->close_due_ms)
        return;
    enum status status = historian->config.archive->close_session(historian->config.archive->context, session);
    if (status == STATUS_OK)
        log_event(LOG_INFO, "session.closing", LOG_I64("session", session));
    if (status == STATUS_OK || status == STATUS_CONFLICT || status == STATUS_NOT_FOUND)
        historian->closed_session = session;
    else
        historian->close_due_ms = now_ms + RETRY_MS;
}

/* Once a day, before New York's trade begins: so a split meets the first price of its day. */
static void splits_ask(struct historian *historian, int64_t now_ms) {
    const struct history_archive *archive = historian->config.archive;
    int32_t day = market_calendar_day_begun(historian->config.calendar, clock_wall_ms(historian->config.clock));
    if (day <= historian->splits_day || now_ms < historian->splits_due_ms)
        return;
    enum status status = archive->ask_for_splits(archive->context, day);
    if (status == STATUS_OK || status == STATUS_CONFLICT || status == STATUS_NOT_FOUND)
        historian->splits_day = day;
    else
        historian->splits_due_ms = now_ms + RETRY_MS;
}

/* Returns how long there is nothing to do. */
static int64_t turn(struct historian *historian) {
    const struct history_archive *archive = historian->config.archive;
    struct history_task task;
    if (!lead(historian))
        return IDLE_MS;
    int64_t now_ms = historian_now_ms(historian);
    session_close(historian, now_ms);
    splits_ask(historian, now_ms);
    historian_keep_rates(historian, now_ms);
    if (!poller_is_leading(historian->config.poller))
        return IDLE_MS;
    enum status status = archive->claim(archive->context, &task);
    if (status == STATUS_OK) {
        return historian_work(historian, &task);
    }
    if (status == STATUS_NOT_FOUND)
        status = archive->write_values(archive->context);
    return status == STATUS_OK ? 0 : IDLE_MS;
}

static void *historian_run(void *context) {
    struct historian *historian = context;
    while (!historian_is_stopping(historian)) {
        int64_t wait_ms = turn(historian);
        if (wait_ms > 0 && !historian_is_stopping(historian))
            http_fetch_run(historian->fetch, (int)wait_ms);
    }
    return NULL;
}

enum status historian_create(const struct historian_config *config, struct historian **ret_historian) {
    struct historian *historian = calloc(1, sizeof *historian);
    if (!historian)
        return STATUS_NO_MEMORY;
    historian->config = *config;
    historian->closed_session = historian->splits_day = INT32_MIN;
    atomic_init(&historian->is_stopping, false);
    enum status status = http_fetch_create(&historian->fetch);
    if (status != STATUS_OK) {
        free(historian);
        return status;
    }
    *ret_historian = historian;
    return STATUS_OK;
}

enum status historian_start(struct historian *historian) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&historian->thread, NULL, historian_run, historian);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        return STATUS_NO_MEMORY;
    (void)pthread_setname_np(historian->thread, "pf-history");
    historian->is_started = true;
    return STATUS_OK;
}

void historian_wake(struct historian *historian) {
    http_fetch_wake(historian->fetch);
}

void historian_begin_stop(struct historian *historian) {
    atomic_store(&historian->is_stopping, true);
    historian_wake(historian);
}

void historian_stop(struct historian *historian) {
    if (!historian->is_started)
        return;
    historian_begin_stop(historian);
    pthread_join(historian->thread, NULL);
    historian->is_started = false;
}

void historian_destroy(struct historian **historian) {
    struct historian *it = *historian;
    if (!it)
        return;
    historian_stop(it);
    http_fetch_destroy(&it->fetch);
    free(it);
    *historian = NULL;
}
