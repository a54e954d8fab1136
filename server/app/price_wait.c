/* Owns the waiting requests and, for each symbol, who waits for it. Refuses
 * more than its bound. Thread: L. */
#include "app/price_wait.h"

#include "base/list.h"
#include "base/map.h"
#include "ops/metrics.h"

#include <stdlib.h>

struct symbol_entry {
    struct symbol symbol;
    struct list places; /* struct place, of those who wait */
    int64_t asked_ms;
};

/* A request's place in the row of those who wait for a symbol. */
struct place {
    struct list_link link; /* entry.places; unlinked: answered */
    struct wait_call *call;
    struct symbol_entry *entry;
};

struct wait_call {
    struct list_link link; /* wait.calls by their deadlines, or wait.finished */
    price_wait_fn done;
    void *context;
    int64_t deadline_ms;
    struct price_wait_item *items;
    struct place *places;
    size_t n, open_n;
};

struct price_wait {
    void (*ask)(void *context, const struct symbol *symbols, size_t n);
    void *context;
    struct map by_symbol;
    struct list calls, finished;
    size_t symbols_n; /* items of all calls */
};

enum status price_wait_create(void (*ask)(void *context, const struct symbol *symbols, size_t n), void *context,
                              struct price_wait **ret_wait) {
    struct price_wait *wait = calloc(1, sizeof *wait);
    if (!wait)
        return STATUS_NO_MEMORY;
    wait->ask = ask;
    wait->context = context;
    map_init(&wait->by_symbol);
    list_init(&wait->calls);
    list_init(&wait->finished);
    *ret_wait = wait;
    return STATUS_OK;
}

void price_wait_destroy(struct price_wait **wait) {
    if (!*wait)
        return;
    map_fini(&(*wait)->by_symbol);
    free(*wait);
    *wait = NULL;
}

/* ---- beginning ---- */

static struct symbol_entry *entry_add(struct price_wait *wait, const struct symbol *symbol) {
    struct symbol_entry *entry = calloc(1, sizeof *entry);
    if (!entry)
        return NULL;
    entry->symbol = *symbol;
    list_init(&entry->places);
    if (map_put(&wait->by_symbol, entry->symbol.text, entry->symbol.len, entry, NULL) == STATUS_OK)
        return entry;
    free(entry);
    return NULL;
}

static void entry_drop_if_idle(struct price_wait *wait, struct symbol_entry *entry) {
    if (!list_is_empty(&entry->places))
        return;
    map_remove(&wait->by_symbol, entry->symbol.text, entry->symbol.len);
    free(entry);
}

/* Takes the call out of all rows in which it still stands. */
static void places_leave(struct price_wait *wait, struct wait_call *call) {
    for (size_t i = 0; i < call->n; i++) {
        struct place *place = &call->places[i];
        if (!list_link_is_linked(&place->link))
            continue;
        list_remove(&place->link);
        entry_drop_if_idle(wait, place->entry);
    }
    call->open_n = 0;
}

static void call_free(struct price_wait *wait, struct wait_call *call) {
    wait->symbols_n -= call->n;
    free(call->items);
    free(call->places);
    free(call);
}

static struct wait_call *call_create(struct price_wait *wait, const struct symbol *symbols, size_t n) {
    struct wait_call *call = calloc(1, sizeof *call);
    if (!call)
        return NULL;
    call->items = calloc(n + 1, sizeof *call->items);
    call->places = calloc(n + 1, sizeof *call->places);
    call->n = call->items && call->places ? n : 0;
    wait->symbols_n += call->n;
    if (call->n < n || !call->items || !call->places) {
        call_free(wait, call);
        return NULL;
    }
    for (size_t i = 0; i < n; i++)
        call->items[i].symbol = symbols[i];
    return call;
}

/* Puts the call into each symbol's row; the symbols that nobody waited for before go into unasked. */
static enum status places_take(struct price_wait *wait, struct wait_call *call, int64_t now_ms, struct symbol *unasked,
                               size_t *ret_unasked_n) {
    for (size_t i = 0; i < call->n; i++) {
        const struct symbol *symbol = &call->items[i].symbol;
        struct symbol_entry *entry = map_get(&wait->by_symbol, symbol->text, symbol->len);
        if (!entry) {
            entry = entry_add(wait, symbol);
            if (!entry)
                return STATUS_NO_MEMORY;
            entry->asked_ms = now_ms;
            unasked[(*ret_unasked_n)++] = *symbol;
        }
        call->places[i] = (struct place){.call = call, .entry = entry};
        list_push_back(&entry->places, &call->places[i].link);
        call->open_n++;
    }
    return STATUS_OK;
}

enum status price_wait_start(struct price_wait *wait, const struct symbol *symbols, size_t n, int64_t now_ms,
                             price_wait_fn done, void *context) {
    if (n > PRICE_WAIT_SYMBOLS_MAX - wait->symbols_n) {
        metrics_increment(METRIC_PRICE_WAITS_REFUSED);
        return STATUS_LIMIT;
    }
    struct symbol *unasked = calloc(n + 1, sizeof *unasked);
    struct wait_call *call = unasked ? call_create(wait, symbols, n) : NULL;
    size_t unasked_n = 0;
    enum status status = call ? places_take(wait, call, now_ms, unasked, &unasked_n) : STATUS_NO_MEMORY;
    if (status == STATUS_OK) {
        call->done = done;
        call->context = context;
        call->deadline_ms = now_ms + PRICE_WAIT_MS;
        list_push_back(n > 0 ? &wait->calls : &wait->finished, &call->link);
        if (unasked_n > 0)
            wait->ask(wait->context, unasked, unasked_n);
    } else if (call) {
        places_leave(wait, call);
        call_free(wait, call);
    }
    free(unasked);
    return status;
}

/* ---- answers ---- */

static void entry_answer(struct price_wait *wait, struct symbol_entry *entry, enum ask_outcome outcome) {
    LIST_FOR_EACH (link, next, &entry->places) {
        struct place *place = LIST_ENTRY(link, struct place, link);
        struct wait_call *call = place->call;
        struct price_wait_item *item = &call->items[place - call->places];
        item->is_answered = true;
        item->outcome = outcome;
        list_remove(&place->link);
        if (--call->open_n > 0)
            continue;
        list_remove(&call->link);
        list_push_back(&wait->finished, &call->link);
    }
    entry_drop_if_idle(wait, entry);
}

void price_wait_on_answered(struct price_wait *wait, const struct answered_symbol *answers, size_t n) {
    for (size_t i = 0; i < n && wait->by_symbol.count > 0; i++) {
        struct symbol_entry *entry = map_get(&wait->by_symbol, answers[i].symbol.text, answers[i].symbol.len);
        if (entry)
            entry_answer(wait, entry, answers[i].outcome);
    }
}

/* Of who began later than the question was asked; its answer may be lost. */
static void ask_older(struct price_wait *wait, int64_t asked_by_ms, int64_t now_ms) {
    struct symbol *symbols = calloc(wait->by_symbol.count + 1, sizeof *symbols);
    size_t n = 0;
    struct symbol_entry *entry;
    for (size_t at = 0; symbols && (entry = map_next(&wait->by_symbol, &at));) {
        if (entry->asked_ms > asked_by_ms)
            continue;
        entry->asked_ms = now_ms;
        symbols[n++] = entry->symbol;
    }
    if (n > 0)
        wait->ask(wait->context, symbols, n);
    free(symbols);
}

void price_wait_ask_again(struct price_wait *wait, int64_t now_ms) {
    ask_older(wait, now_ms, now_ms);
}

/* ---- ends ---- */

static void finish_all(struct price_wait *wait) {
    struct list finished; /* what a `done` starts, and is answered at once, waits for the next run */
    list_init(&finished);
    list_splice_back(&finished, &wait->finished);
    LIST_FOR_EACH (link, next, &finished) {
        struct wait_call *call = LIST_ENTRY(link, struct wait_call, link);
        call->done(call->context, call->items, call->n);
        call_free(wait, call);
    }
}

void price_wait_run(struct price_wait *wait, int64_t now_ms, bool is_book_current) {
    bool is_overdue = false;
    for (struct list_link *link; (link = list_first(&wait->calls));) {
        struct wait_call *call = LIST_ENTRY(link, struct wait_call, link);
        if (call->deadline_ms > now_ms)
            break;
        metrics_increment(METRIC_PRICE_WAITS_TIMED_OUT);
        places_leave(wait, call);
        list_remove(link);
        list_push_back(&wait->finished, link);
        is_overdue = true;
    }
    if (is_overdue)
        ask_older(wait, now_ms - PRICE_WAIT_MS, now_ms);
    const struct list_link *first = list_first(&wait->finished);
    bool is_late = first && LIST_ENTRY(wait->finished.head.next, struct wait_call, link)->deadline_ms <= now_ms;
    if (first && (is_book_current || is_overdue || is_late))
        finish_all(wait);
}

int64_t price_wait_left_ms(const struct price_wait *wait, int64_t now_ms) {
    int64_t deadline_ms = INT64_MAX;
    if (!list_is_empty(&wait->calls))
        deadline_ms = LIST_ENTRY(wait->calls.head.next, struct wait_call, link)->deadline_ms;
    if (!list_is_empty(&wait->finished)) {
        int64_t first_ms = LIST_ENTRY(wait->finished.head.next, struct wait_call, link)->deadline_ms;
        deadline_ms = first_ms < deadline_ms ? first_ms : deadline_ms;
    }
    if (deadline_ms == INT64_MAX)
        return -1;
    return deadline_ms > now_ms ? deadline_ms - now_ms : 0;
}

void price_wait_cancel(struct price_wait *wait) {
    for (struct list_link *link; (link = list_first(&wait->calls));) {
        places_leave(wait, LIST_ENTRY(link, struct wait_call, link));
        list_remove(link);
        list_push_back(&wait->finished, link);
    }
    finish_all(wait);
}
