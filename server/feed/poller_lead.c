/* Leading: the lock, the bus' position, the held symbols. It owns what the
 * leader must know before it may speak: the book, the held symbols. Losing the
 * lock stops everything at once. Thread: the poller's. */
#include "feed/poller_internal.h"
#include "feed/quote_codec.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <stdlib.h>
#include <string.h>

#define LOOK_MS 2000
#define RETRY_MS 1000
#define RELEAD_MS 250 /* soon: snapshots of a new epoch wait for the leader's last prices */
#define BOOK_MS 500   /* while others publish a lot, the book is read this often at most */
#define WATCHED_MAX_AGE_MS 120000

void poller_lead_end(struct poller *poller, const char *reason) {
    if (poller->fence == 0)
        return;
    poller->fence = 0;
    atomic_store(&poller->is_leading, false);
    poller->health_due_ms = 0; /* /health says so at the end of this turn */
    metrics_set(METRIC_LEADER, 0);
    log_event(LOG_WARN, "leader.lost", LOG_TEXT("reason", reason));
    http_fetch_cancel_all(poller->fetch);
    for (size_t i = 0; i < poller->table.n; i++)
        poller->table.all[i]->is_in_batch = false;
    poller->batch_n = 0;
    poller_questions_drop(poller);
    poller->lead_due_ms = poller_now_ms(poller) + RELEAD_MS;
}

static void lead_begin(struct poller *poller, uint64_t fence, int64_t now_ms) {
    poller->fence = fence;
    atomic_store(&poller->is_leading, true);
    poller->health_due_ms = 0;
    metrics_set(METRIC_LEADER, 1);
    log_event(LOG_INFO, "leader.gained", LOG_I64("fence", fence));
    poll_table_confirm_all(&poller->table, now_ms);
    poller_usage_lead(poller, now_ms);
    poller->needs_book = poller->needs_restore = true;
    poller->position_due_ms = poller->held_due_ms = poller->book_due_ms = poller->restore_due_ms = now_ms;
}

void poller_lead(struct poller *poller, int64_t now_ms) {
    uint64_t fence = 0;
    if (now_ms < poller->lead_due_ms)
        return;
    poller->lead_due_ms = now_ms + poller->config.leader_ttl_ms / 3;
    enum status status = poller->publisher->ops->lead(poller->publisher, poller->config.leader_ttl_ms, &fence);
    poller->is_bus_away = status != STATUS_OK;
    if (status != STATUS_OK) {
        poller_lead_end(poller, "the bus is away");
        poller->lead_due_ms = now_ms + RELEAD_MS;
    } else if (fence == 0) {
        poller_lead_end(poller, "another process leads");
    } else if (poller->fence != fence) {
        lead_begin(poller, fence, now_ms);
    }
}

void poller_note(struct poller *poller, const struct bus_published *published) {
    if (strcmp(published->epoch.text, poller->epoch.text) != 0) {
        /* All quotes are gone with the old epoch, but for what this answer is about. */
        poller->epoch = published->epoch;
        poller->seq = published->seq;
        poller->needs_book = poller->needs_restore = true;
        poller->book_due_ms = poller->restore_due_ms = 0;
        return;
    }
    bool is_ours = published->is_changed && published->seq == poller->seq + 1;
    if (published->seq > poller->seq) {
        if (!is_ours)
            poller->needs_book = true; /* somebody else published */
        poller->seq = published->seq;
    }
}

/* An empty batch: tells the number, begins a new epoch if one is due. */
static void position_ask(struct poller *poller) {
    struct bus_published published;
    enum status status = poller->publisher->ops->publish(poller->publisher, NULL, 0, false, poller->fence, &published);
    if (status != STATUS_OK)
        return;
    if (published.status == STATUS_OK) {
        poller_note(poller, &published);
    } else {
        poller->is_bus_away = published.status != STATUS_PRECONDITION;
        poller_lead_end(poller, published.detail);
    }
}

static void book_read(struct poller *poller, int64_t now_ms) {
    struct numbered_quote *quotes = NULL;
    struct bus_epoch epoch;
    uint64_t seq;
    size_t n;
    enum status status = poller->publisher->ops->read_book(poller->publisher, &epoch, &seq, &quotes, &n);
    if (status == STATUS_NO_MEMORY)
        return;
    if (status != STATUS_OK) {
        poller->is_bus_away = true;
        poller_lead_end(poller, "the bus is away");
        return;
    }
    if (strcmp(epoch.text, poller->epoch.text) != 0)
        poller->needs_restore = true;
    poller->epoch = epoch;
    poller->seq = seq;
    poller->needs_book = false;
    poller->book_due_ms = now_ms + BOOK_MS;
    poll_table_set_book(&poller->table, quotes, n, now_ms);
    free(quotes);
}

static void watched_read(struct poller *poller) {
    struct symbol *symbols = NULL;
    size_t n = 0;
    if (poller->publisher->ops->read_watched(poller->publisher, WATCHED_MAX_AGE_MS, &symbols, &n) == STATUS_OK) {
        poll_table_set_watched(&poller->table, symbols, n);
        free(symbols);
    }
}

static void held_take(struct poller *poller, int64_t now_ms) {
    struct symbol *symbols = NULL;
    enum status status;
    size_t n = 0;
    if (!archivist_take_held(poller->archivist, &status, &symbols, &n))
        return;
    poller->held_due_ms = now_ms + (status == STATUS_OK ? LOOK_MS : RETRY_MS);
    if (status == STATUS_OK) {
        size_t refused_n = poll_table_set_held(&poller->table, symbols, n, now_ms, poller->config.simulated_tick_ms);
        if (refused_n > 0 && !poller->is_full_logged)
            log_event(LOG_WARN, "poller.symbols_refused", LOG_I64("symbols", refused_n));
        poller->is_full_logged = refused_n > 0;
        poller->has_held = true;
        free(symbols);
    }
    /* Behind the held ones, so that each is known when it is marked. */
    watched_read(poller);
}

static void held_ask(struct poller *poller, int64_t now_ms) {
    poller->held_due_ms = now_ms + LOOK_MS;
    if (!archivist_ask_held(poller->archivist))
        watched_read(poller); /* the archive hangs: who is watched may change all the same */
}

void poller_look(struct poller *poller, int64_t now_ms) {
    if (poller->fence != 0 && now_ms >= poller->position_due_ms) {
        poller->position_due_ms = now_ms + LOOK_MS;
        position_ask(poller);
    }
    if (poller->fence != 0 && poller->needs_book && now_ms >= poller->book_due_ms)
        book_read(poller, now_ms);
    held_take(poller, now_ms);
    if (poller->fence != 0 && now_ms >= poller->held_due_ms)
        held_ask(poller, now_ms);
}
