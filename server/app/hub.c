/* Owns the lists of whose turn it is. Thread: L. */
#include "app/hub.h"

#include "app/hub_internal.h"
#include "app/memory_ahead.h"
#include "ops/metrics.h"

#include <stdlib.h>
#include <string.h>

enum status hub_create(const struct hub_config *config, struct engine *engine, const struct clock *clock,
                       struct hub **ret_hub) {
    struct hub *hub = calloc(1, sizeof *hub);
    if (!hub)
        return STATUS_NO_MEMORY;
    hub->config = *config;
    if (config->gathered_max == 0 || config->gathered_max > HUB_GATHERED_MAX)
        hub->config.gathered_max = HUB_GATHERED_MAX;
    hub->engine = engine;
    hub->clock = clock;
    hub->random = config->random_seed;
    hub->encode = (struct encode_context){.book = engine_book(engine), .epoch = engine_epoch(engine)};
    enum status status = encode_memory_create(&hub->encode.memory);
    if (status != STATUS_OK) {
        free(hub);
        return status;
    }
    strbuf_init(&hub->scratch);
    list_init(&hub->sessions);
    fifo_init(&hub->ready);
    list_init(&hub->waiting);
    heap_init(&hub->timers);
    heap_init(&hub->heartbeats);
    hub_access_init(&hub->access, &config->access);
    *ret_hub = hub;
    return STATUS_OK;
}

void hub_destroy(struct hub **hub) {
    if (!*hub)
        return;
    strbuf_fini(&(*hub)->scratch);
    encode_memory_destroy(&(*hub)->encode.memory);
    fifo_fini(&(*hub)->ready);
    heap_fini(&(*hub)->timers);
    heap_fini(&(*hub)->heartbeats);
    hub_access_fini(&(*hub)->access);
    free(*hub);
    *hub = NULL;
}

/* splitmix64: spreads reconnects, nothing secret. */
uint64_t hub_random(struct hub *hub) {
    uint64_t z = (hub->random += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

void hub_on_portfolios_changed(struct hub *hub, struct held_portfolio *const *held, size_t n) {
    int64_t now_ms = hub_now_ms(hub);
    memory_ahead_of_first_watchers(held, n);
    for (size_t i = 0; i < n; i++) {
        const struct watchers *watchers = &held[i]->watchers;
        for (uint32_t at = 0; at < watchers->n; at++) {
            memory_ahead_of_watcher(watchers, at);
            struct subscription *subscription = watchers_at(watchers, at);
            if (subscription->state == SUBSCRIPTION_WAITING)
                subscription_try_answer(subscription, now_ms);
            else
                subscription_mark_due(subscription);
        }
    }
}

static enum error_code failure_code(enum status status) {
    if (status == STATUS_NOT_FOUND)
        return ERROR_NOT_FOUND;
    return status == STATUS_OVERFLOW || status == STATUS_INTERNAL ? ERROR_INTERNAL : ERROR_UNAVAILABLE;
}

/* `id`: of the message that is refused. */
static void refuse(struct subscription *subscription, const struct message_id *id, enum error_code code) {
    struct message_error error = {.code = code, .id = *id};
    const char *detail = "the portfolio cannot be loaded now";
    if (code == ERROR_NOT_FOUND)
        detail = "no such portfolio";
    else if (code == ERROR_INTERNAL)
        detail = "the portfolio cannot be valued";
    else if (code == ERROR_FORBIDDEN)
        detail = "the credential is not for the stream";
    strncpy(error.detail, detail, sizeof error.detail - 1);
    char portfolio_text[UUID_TEXT_LEN + 1];
    uuid_write(portfolio_text, &subscription->held->id);
    session_push_error(subscription->session, &error, portfolio_text, code == ERROR_UNAVAILABLE ? 1000 : -1);
}

/* Every message has its answer: also a resync that this overtakes. A session that had no room for one was closed, its
 * subscriptions with it. */
void hub_end_subscription(struct hub *hub, struct subscription *subscription, enum error_code code) {
    struct session *session = subscription->session;
    if (subscription->pending) {
        refuse(subscription, &subscription->pending->id, code);
        if (!session->is_closing && subscription->snapshot_id)
            refuse(subscription, subscription->snapshot_id, code);
    } else {
        strbuf_clear(&hub->scratch);
        message_write_unsubscribed(&hub->scratch, subscription->snapshot_id, &subscription->held->id, code);
        session_push_scratch(session);
    }
    if (!session->is_closing)
        subscription_destroy(subscription, hub_now_ms(hub));
}

void hub_on_portfolio_failed(struct hub *hub, struct held_portfolio *held, enum status status) {
    enum error_code code = failure_code(status);
    while (held->watchers.n > 0) {
        struct subscription *subscription = watchers_at(&held->watchers, held->watchers.n - 1);
        /* Why it cannot be valued is for who may see it. */
        bool is_hidden = subscription->is_unchecked && code != ERROR_NOT_FOUND;
        hub_end_subscription(hub, subscription, is_hidden ? ERROR_UNAVAILABLE : code);
    }
}

void hub_on_portfolio_replaced(struct hub *hub, struct held_portfolio *held) {
    (void)hub;
    for (uint32_t at = 0; at < held->watchers.n; at++) {
        struct subscription *subscription = watchers_at(&held->watchers, at);
        if (subscription->state == SUBSCRIPTION_LIVE)
            subscription_void_cursor(subscription);
    }
}

void hub_on_epoch(struct hub *hub) {
    LIST_FOR_EACH (session_link, next_session, &hub->sessions) {
        struct session *session = LIST_ENTRY(session_link, struct session, hub_link);
        LIST_FOR_EACH (link, next, &session->subscriptions.list) {
            struct subscription *subscription = LIST_ENTRY(link, struct subscription, session_link);
            if (subscription->state == SUBSCRIPTION_LIVE)
                subscription_void_cursor(subscription);
        }
    }
}

static void try_waiting(struct hub *hub) {
    int64_t now_ms = hub_now_ms(hub);
    LIST_FOR_EACH (link, next, &hub->waiting)
        subscription_try_answer(LIST_ENTRY(link, struct subscription, waiting_link), now_ms);
}

void hub_on_pass_done(struct hub *hub) {
    try_waiting(hub);
    hub->pass_backlog = hub->ready.n;
}

bool hub_is_flushing(const struct hub *hub) {
    return hub->pass_backlog > 0;
}

static void add_to_metrics(struct hub_sent *sent) {
    metrics_add(METRIC_BYTES_SENT, sent->bytes);
    metrics_add(METRIC_FRAMES_DELTA, sent->deltas);
    metrics_add(METRIC_FRAMES_SNAPSHOT, sent->snapshots);
    metrics_add(METRIC_FRAMES_HEARTBEAT, sent->heartbeats);
    metrics_add(METRIC_FRAMES_OTHER, sent->others);
    *sent = (struct hub_sent){0};
}

/* The next in turn, until their frames are as much as one session may send. First everything is gathered, then sent:
 * each step finds its own code and memory in the caches, instead of what the other left of them. */
static void flush_some(struct hub *hub, int64_t now_ms) {
    size_t n = 0, bytes = 0;
    memory_ahead_of_flush(hub);
    while (n < hub->config.gathered_max && hub->ready.n > 0 && bytes < FLUSH_BYTES_MAX) {
        struct session *session = FIFO_ENTRY(fifo_pop(&hub->ready), struct session, ready);
        hub->pass_backlog -= hub->pass_backlog > 0 ? 1 : 0;
        session_gather(session, now_ms, &hub->flushes[n]);
        bytes += hub->flushes[n++].bytes;
    }
    for (size_t i = 0; i < n; i++)
        session_send(&hub->flushes[i], now_ms);
}

bool hub_flush(struct hub *hub) {
    int64_t now_ms = hub_now_ms(hub);
    int64_t until_ms = now_ms + hub->config.slice_ms;
    do {
        flush_some(hub, now_ms);
        now_ms = hub_now_ms(hub);
    } while (hub->ready.n > 0 && now_ms < until_ms);
    add_to_metrics(&hub->sent);
    return hub->ready.n > 0;
}

static void run_heartbeats(struct hub *hub, int64_t now_ms) {
    for (struct heap_entry *first; (first = heap_first(&hub->heartbeats)) && first->deadline_ms <= now_ms;) {
        struct session *session = HEAP_ENTRY(first, struct session, heartbeat);
        int64_t due_ms = session->last_sent_ms + hub->config.limits.heartbeat_ms;
        bool is_due = due_ms <= now_ms;
        /* Moving an entry that is in the heap needs no memory. */
        if (heap_set(&hub->heartbeats, first, is_due ? now_ms + hub->config.limits.heartbeat_ms : due_ms) != STATUS_OK)
            return;
        if (is_due) {
            session->is_heartbeat_due = true;
            session_make_ready(session);
        }
    }
}

static void run_rate_limits(struct hub *hub, int64_t now_ms) {
    for (struct heap_entry *first; (first = heap_first(&hub->timers)) && first->deadline_ms <= now_ms;) {
        heap_remove(&hub->timers, first);
        subscription_mark_due(HEAP_ENTRY(first, struct subscription, timer));
    }
}

static int64_t earlier_by_ms(int64_t wait_ms, int64_t deadline_ms, int64_t now_ms) {
    int64_t until_ms = deadline_ms > now_ms ? deadline_ms - now_ms : 0;
    return wait_ms < 0 || until_ms < wait_ms ? until_ms : wait_ms;
}

static int64_t earlier_ms(int64_t wait_ms, const struct heap *heap, int64_t now_ms) {
    const struct heap_entry *first = heap_first(heap);
    return first ? earlier_by_ms(wait_ms, first->deadline_ms, now_ms) : wait_ms;
}

void hub_run_timers(struct hub *hub) {
    int64_t now_ms = hub_now_ms(hub);
    hub_access_run(hub);
    run_rate_limits(hub, now_ms);
    run_heartbeats(hub, now_ms);
    try_waiting(hub);
}

int64_t hub_timer_wait_ms(const struct hub *hub) {
    const int64_t waiting_retry_ms = 20;
    int64_t now_ms = hub_now_ms(hub);
    bool is_waiting = !list_is_empty(&hub->waiting) || !list_is_empty(&hub->access.unasked);
    int64_t wait_ms = is_waiting ? waiting_retry_ms : -1;
    wait_ms = earlier_ms(wait_ms, &hub->timers, now_ms);
    int64_t access_ms = hub_access_is_off(&hub->access) ? AUTH_NEVER : hub_access_next_ms(hub);
    if (access_ms != AUTH_NEVER)
        wait_ms = earlier_by_ms(wait_ms, access_ms, now_ms);
    return earlier_ms(wait_ms, &hub->heartbeats, now_ms);
}

void hub_set_feed_away(struct hub *hub, bool is_away) {
    hub->is_feed_away = is_away;
}

void hub_shutdown(struct hub *hub) {
    int64_t window_ms = hub->config.limits.reconnect_window_ms;
    LIST_FOR_EACH (link, next, &hub->sessions) {
        struct session *session = LIST_ENTRY(link, struct session, hub_link);
        if (session->is_closing)
            continue;
        int64_t after_ms = window_ms > 0 ? (int64_t)(hub_random(hub) % (uint64_t)window_ms) : 0;
        strbuf_clear(&hub->scratch);
        message_write_closing(&hub->scratch, CLOSE_RESTART, true, after_ms);
        session_push_scratch(session);
        session_flush(session, hub_now_ms(hub));
        metrics_increment(METRIC_CLOSED_SHUTDOWN);
        session_close(session, CLOSE_RESTART, "the server stops");
    }
    add_to_metrics(&hub->sent);
}
