/* Leading: the lock, the bus' position, the last prices. It owns what the
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
#define ARCHIVE_MS 1000
#define ARCHIVE_CHUNK 1000
#define WATCHED_MAX_AGE_MS 120000

void poller_lead_end(struct poller *poller, const char *reason) {
    if (poller->fence == 0)
        return;
    poller->fence = 0;
    poller->health_due_ms = 0; /* /health says so at the end of this turn */
    metrics_set(METRIC_LEADER, 0);
    log_event(LOG_WARN, "leader.lost", LOG_TEXT("reason", reason));
    http_fetch_cancel_all(poller->fetch);
    for (size_t i = 0; i < poller->table.n; i++)
        poller->table.all[i]->is_in_batch = false;
    poller->batch_n = 0;
    poller->lead_due_ms = poller_now_ms(poller) + RELEAD_MS;
}

static void lead_begin(struct poller *poller, uint64_t fence, int64_t now_ms) {
    poller->fence = fence;
    poller->health_due_ms = 0;
    metrics_set(METRIC_LEADER, 1);
    log_event(LOG_INFO, "leader.gained", LOG_I64("fence", fence));
    poll_table_confirm_all(&poller->table, now_ms);
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

static void held_load(struct poller *poller, int64_t now_ms) {
    struct symbol *symbols = NULL;
    size_t n = 0;
    enum status status = poller->archive->load_held_symbols(poller->archive->context, &symbols, &n);
    poller->held_due_ms = now_ms + (status == STATUS_OK ? LOOK_MS : RETRY_MS);
    if (status == STATUS_OK) {
        size_t refused_n = poll_table_set_held(&poller->table, symbols, n, now_ms, poller->config.simulated_tick_ms);
        if (refused_n > 0 && !poller->is_full_logged)
            log_event(LOG_WARN, "poller.symbols_refused", LOG_I64("symbols", refused_n));
        poller->is_full_logged = refused_n > 0;
        poller->has_held = true;
        free(symbols);
    }
    symbols = NULL;
    if (poller->publisher->ops->read_watched(poller->publisher, WATCHED_MAX_AGE_MS, &symbols, &n) == STATUS_OK) {
        poll_table_set_watched(&poller->table, symbols, n);
        free(symbols);
    }
}

void poller_look(struct poller *poller, int64_t now_ms) {
    if (poller->fence != 0 && now_ms >= poller->position_due_ms) {
        poller->position_due_ms = now_ms + LOOK_MS;
        position_ask(poller);
    }
    if (poller->fence != 0 && poller->needs_book && now_ms >= poller->book_due_ms)
        book_read(poller, now_ms);
    if (poller->fence != 0 && now_ms >= poller->held_due_ms)
        held_load(poller, now_ms);
}

/* ---- last prices ---- */

static void archive_note(struct poller *poller, enum status status) {
    bool is_away = status != STATUS_OK;
    if (is_away != poller->is_archive_away)
        log_event(is_away ? LOG_WARN : LOG_INFO, is_away ? "archive.lost" : "archive.found",
                  LOG_TEXT("status", status_name(status)));
    poller->is_archive_away = is_away;
}

/* Of the archive's prices those that the bus does not have, stale until a
 * provider confirms them. Returns how many stand at the front. */
static size_t missing_select(struct poller *poller, struct quote *quotes, size_t n) {
    size_t missing_n = 0;
    for (size_t i = 0; i < n; i++) {
        struct polled_symbol *polled = poll_table_get(&poller->table, &quotes[i].symbol);
        if (!polled || polled->is_stored)
            continue;
        quotes[missing_n] = quotes[i];
        quotes[missing_n].stale = !quote_is_by_hand(&quotes[i]);
        missing_n++;
    }
    return missing_n;
}

void poller_restore(struct poller *poller, int64_t now_ms) {
    struct quote *quotes = NULL;
    size_t n = 0;
    if (poller->fence == 0 || !poller->needs_restore || poller->needs_book || now_ms < poller->restore_due_ms)
        return;
    poller->restore_due_ms = now_ms + RETRY_MS;
    poller_archive(poller, now_ms, true); /* what we heard last is newer than what is kept */
    enum status status = poller->archive->load_prices(poller->archive->context, &quotes, &n);
    archive_note(poller, status);
    if (status != STATUS_OK)
        return;
    n = missing_select(poller, quotes, n);
    poller->needs_restore = false; /* a new epoch meanwhile sets it again */
    if (poller_publish(poller, quotes, n, QUOTE_BATCH_MAX, now_ms) != STATUS_OK)
        poller->needs_restore = true;
    else if (n > 0)
        log_event(LOG_INFO, "prices.restored", LOG_I64("symbols", n), LOG_TEXT("epoch", poller->epoch.text));
    free(quotes);
}

static size_t dirty_collect(const struct poller *poller, struct quote *quotes, size_t *at) {
    size_t n = 0;
    for (; *at < poller->table.n && n < ARCHIVE_CHUNK; (*at)++) {
        if (poller->table.all[*at]->is_dirty)
            quotes[n++] = poller->table.all[*at]->stored;
    }
    return n;
}

void poller_archive(struct poller *poller, int64_t now_ms, bool is_last) {
    if (!is_last && now_ms < poller->archive_due_ms)
        return;
    poller->archive_due_ms = now_ms + ARCHIVE_MS;
    struct quote *quotes = calloc(ARCHIVE_CHUNK, sizeof *quotes);
    if (!quotes)
        return;
    for (size_t at = 0, first = 0; at < poller->table.n; first = at) {
        size_t n = dirty_collect(poller, quotes, &at);
        if (n == 0)
            continue;
        enum status status = poller->archive->save_prices(poller->archive->context, quotes, n);
        archive_note(poller, status);
        if (status != STATUS_OK)
            break; /* still dirty: next time */
        for (size_t i = first; i < at; i++)
            poller->table.all[i]->is_dirty = false;
    }
    free(quotes);
}
