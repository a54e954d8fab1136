/* The poller's symbols. It owns the entries; it refuses more than
 * POLL_SYMBOLS_MAX. Thread: the poller's. */
#include "feed/poll_table.h"

#include <stdlib.h>
#include <string.h>

void poll_table_init(struct poll_table *table) {
    *table = (struct poll_table){0};
    map_init(&table->by_symbol);
    heap_init(&table->due);
}

void poll_table_fini(struct poll_table *table) {
    heap_fini(&table->due); /* it touches its entries */
    for (size_t i = 0; i < table->n; i++)
        free(table->all[i]);
    free(table->all);
    map_fini(&table->by_symbol);
}

struct polled_symbol *poll_table_find(const struct poll_table *table, const struct symbol *symbol) {
    return map_get(&table->by_symbol, symbol->text, symbol->len);
}

static struct polled_symbol *polled_add(struct poll_table *table, const struct symbol *symbol) {
    if (table->n >= POLL_SYMBOLS_MAX)
        return NULL;
    if (table->n == table->capacity) {
        size_t capacity = table->capacity ? table->capacity * 2 : 256;
        struct polled_symbol **all = realloc(table->all, capacity * sizeof(struct polled_symbol *));
        if (!all)
            return NULL;
        table->all = all;
        table->capacity = capacity;
    }
    struct polled_symbol *polled = calloc(1, sizeof *polled);
    if (!polled)
        return NULL;
    polled->symbol = *symbol;
    if (map_put(&table->by_symbol, polled->symbol.text, polled->symbol.len, polled, NULL) != STATUS_OK) {
        free(polled);
        return NULL;
    }
    polled->place = table->n;
    table->all[table->n++] = polled;
    return polled;
}

struct polled_symbol *poll_table_get(struct poll_table *table, const struct symbol *symbol) {
    struct polled_symbol *polled = poll_table_find(table, symbol);
    return polled ? polled : polled_add(table, symbol);
}

void poll_table_forget(struct poll_table *table, struct polled_symbol *polled) {
    if (polled->is_held || polled->is_asked || polled->is_in_flight || polled->is_in_batch || polled->is_stored ||
        polled->is_dirty || polled->is_saving)
        return;
    heap_remove(&table->due, &polled->due);
    map_remove(&table->by_symbol, polled->symbol.text, polled->symbol.len);
    struct polled_symbol *last = table->all[--table->n];
    last->place = polled->place;
    table->all[polled->place] = last;
    free(polled);
}

int64_t poll_table_place(const struct symbol *symbol, int64_t span_ms) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < symbol->len; i++)
        hash = (hash ^ (unsigned char)symbol->text[i]) * UINT64_C(0x100000001b3);
    return span_ms > 0 ? (int64_t)((hash >> 16) % (uint64_t)span_ms) : 0;
}

size_t poll_table_set_held(struct poll_table *table, const struct symbol *symbols, size_t n, int64_t now_ms,
                           int64_t spread_ms) {
    size_t refused_n = 0;
    for (size_t i = 0; i < table->n; i++)
        table->all[i]->is_named = false;
    for (size_t i = 0; i < n; i++) {
        struct polled_symbol *polled = poll_table_get(table, &symbols[i]);
        if (!polled) {
            refused_n++;
            continue;
        }
        polled->is_named = true;
        if (polled->is_held)
            continue;
        int64_t due_ms = now_ms + poll_table_place(&polled->symbol, spread_ms);
        polled->asked_ms = now_ms; /* its waiting begins now */
        /* One that is asked for has its place, or is in flight. */
        if (polled->is_asked || heap_set(&table->due, &polled->due, due_ms) == STATUS_OK)
            polled->is_held = true;
        else
            refused_n++;
    }
    table->held_n = 0;
    for (size_t i = 0; i < table->n; i++) {
        struct polled_symbol *polled = table->all[i];
        if (polled->is_held && !polled->is_named) {
            polled->is_held = false;
            if (!polled->is_asked)
                heap_remove(&table->due, &polled->due);
        }
        table->held_n += polled->is_held;
    }
    return refused_n;
}

void poll_table_set_watched(struct poll_table *table, const struct symbol *symbols, size_t n) {
    for (size_t i = 0; i < table->n; i++)
        table->all[i]->is_watched = false;
    for (size_t i = 0; i < n; i++) {
        struct polled_symbol *polled = poll_table_find(table, &symbols[i]);
        if (polled)
            polled->is_watched = true;
    }
}

void poll_table_set_stored(struct polled_symbol *polled, const struct quote *quote, uint64_t seq, int64_t now_ms) {
    polled->stored = *quote;
    polled->seq = seq;
    polled->is_stored = true;
    polled->is_dirty = true;
    polled->confirmed_ms = now_ms;
}

void poll_table_set_book(struct poll_table *table, const struct numbered_quote *quotes, size_t n, int64_t now_ms) {
    for (size_t i = 0; i < table->n; i++)
        table->all[i]->is_named = false;
    for (size_t i = 0; i < n; i++) {
        const struct quote *quote = &quotes[i].quote;
        struct polled_symbol *polled = poll_table_get(table, &quote->symbol);
        if (!polled)
            continue;
        polled->is_named = true;
        bool is_same = polled->is_stored && polled->stored.as_of_ms == quote->as_of_ms &&
                       strcmp(polled->stored.source, quote->source) == 0 && quote_is_unchanged(&polled->stored, quote);
        if (is_same)
            polled->seq = quotes[i].seq;
        else
            poll_table_set_stored(polled, quote, quotes[i].seq, now_ms);
    }
    for (size_t i = 0; i < table->n; i++)
        table->all[i]->is_stored = table->all[i]->is_named;
}

void poll_table_confirm_all(struct poll_table *table, int64_t now_ms) {
    for (size_t i = 0; i < table->n; i++)
        table->all[i]->confirmed_ms = now_ms;
}
