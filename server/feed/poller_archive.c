/* Last prices: kept in the archive, published again when the bus has lost them.
 * The archive is asked, never waited for, but at the end. Thread: the poller's. */
#include "feed/poller_internal.h"
#include "feed/quote_codec.h"
#include "ops/log.h"

#include <stdlib.h>

#define RETRY_MS 1000
#define ARCHIVE_MS 1000
#define ARCHIVE_CHUNK 1000

static void archive_note(struct poller *poller, enum status status) {
    bool is_away = status != STATUS_OK;
    if (is_away != poller->is_archive_away)
        log_event(is_away ? LOG_WARN : LOG_INFO, is_away ? "archive.lost" : "archive.found",
                  LOG_TEXT("status", status_name(status)));
    poller->is_archive_away = is_away;
}

/* ---- keeping ---- */

/* What was being saved is saved, or dirty again. */
static void save_take(struct poller *poller, int64_t now_ms) {
    enum status status;
    if (!archivist_take_save(poller->archivist, &status))
        return;
    archive_note(poller, status);
    for (size_t i = 0; i < poller->table.n; i++) {
        struct polled_symbol *polled = poller->table.all[i];
        polled->is_dirty |= polled->is_saving && status != STATUS_OK;
        polled->is_saving = false;
    }
    poller->archive_due_ms = now_ms + (status == STATUS_OK && poller->has_more_dirty ? 0 : ARCHIVE_MS);
}

/* Hands over up to a chunk of what is dirty; false when there is nothing. */
static bool save_ask(struct poller *poller) {
    struct quote *quotes = calloc(ARCHIVE_CHUNK, sizeof *quotes);
    size_t n = 0;
    size_t at = 0;
    if (!quotes)
        return false; /* still dirty: next time */
    for (; at < poller->table.n && n < ARCHIVE_CHUNK; at++) {
        if (poller->table.all[at]->is_dirty)
            quotes[n++] = poller->table.all[at]->stored;
    }
    bool is_asked = n > 0 && archivist_ask_save(poller->archivist, quotes, n);
    for (size_t i = 0; is_asked && i < at; i++) {
        poller->table.all[i]->is_saving = poller->table.all[i]->is_dirty;
        poller->table.all[i]->is_dirty = false;
    }
    poller->has_more_dirty = at < poller->table.n;
    free(quotes);
    return is_asked;
}

void poller_archive(struct poller *poller, int64_t now_ms) {
    save_take(poller, now_ms);
    if (now_ms < poller->archive_due_ms || !archivist_can_save(poller->archivist))
        return;
    poller->archive_due_ms = now_ms + ARCHIVE_MS;
    (void)save_ask(poller);
}

void poller_archive_rest(struct poller *poller, int64_t now_ms) {
    bool is_asked = true;
    while (is_asked) {
        archivist_wait(poller->archivist);
        poller->is_archive_away = false; /* whether this try fails is what counts now */
        save_take(poller, now_ms);
        is_asked = !poller->is_archive_away && save_ask(poller);
    }
}

/* ---- restoring ---- */

/* Of the archive's prices those that the bus does not have, stale until a
 * provider confirms them. Returns how many stand at the front. */
static size_t missing_select(struct poller *poller, struct quote *quotes, size_t n) {
    size_t missing_n = 0;
    for (size_t i = 0; i < n; i++) {
        struct polled_symbol *polled = poll_table_get(&poller->table, &quotes[i].symbol);
        if (!polled || polled->is_stored)
            continue;
        /* What we heard last may not have reached the archive yet. */
        bool is_newer = (polled->is_dirty || polled->is_saving) && polled->stored.as_of_ms > quotes[i].as_of_ms;
        struct quote quote = is_newer ? polled->stored : quotes[i];
        quote.stale = !quote_is_by_hand(&quote);
        quotes[missing_n++] = quote;
    }
    return missing_n;
}

static void restore_publish(struct poller *poller, struct quote *quotes, size_t n, int64_t now_ms) {
    n = missing_select(poller, quotes, n);
    poller->needs_restore = false; /* a new epoch meanwhile sets it again */
    if (poller_publish(poller, quotes, n, QUOTE_BATCH_MAX, now_ms) != STATUS_OK)
        poller->needs_restore = true;
    /* Said of the epoch that has them, once all are there: not of one that began meanwhile. */
    if (!poller->needs_restore && poller->publisher->ops->restored(poller->publisher, &poller->epoch) != STATUS_OK)
        poller->needs_restore = true;
    if (!poller->needs_restore && n > 0)
        log_event(LOG_INFO, "prices.restored", LOG_I64("symbols", n), LOG_TEXT("epoch", poller->epoch.text));
}

void poller_restore(struct poller *poller, int64_t now_ms) {
    struct quote *quotes = NULL;
    enum status status;
    size_t n = 0;
    bool is_due = poller->fence != 0 && poller->needs_restore && !poller->needs_book;
    if (archivist_take_prices(poller->archivist, &status, &quotes, &n)) {
        archive_note(poller, status);
        if (status == STATUS_OK && is_due)
            restore_publish(poller, quotes, n, now_ms);
        if (status == STATUS_OK)
            free(quotes);
        return;
    }
    if (!is_due || now_ms < poller->restore_due_ms)
        return;
    poller->restore_due_ms = now_ms + RETRY_MS;
    /* What we heard last is worked off first. */
    if (archivist_can_save(poller->archivist))
        (void)save_ask(poller);
    (void)archivist_ask_prices(poller->archivist);
}
