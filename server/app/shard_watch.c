/* Tells the bus which symbols are watched here: all of them now and then, and
 * those of a portfolio at once when somebody begins to watch it; what of these
 * has no fresh price is asked for. A symbol is not told at once again within
 * TOLD_MS. Thread: L. */
#include "app/shard_internal.h"

#include <stdlib.h>

#define FIRST_S 1.0
#define EACH_S 10.0
#define TOLD_MS 5000
#define CHUNK 256

struct symbol_chunk {
    void (*send)(struct bus *bus, const struct symbol *symbols, size_t n);
    struct bus *bus;
    struct symbol symbols[CHUNK];
    size_t n;
};

static void chunk_send(struct symbol_chunk *chunk) {
    if (chunk->n > 0)
        chunk->send(chunk->bus, chunk->symbols, chunk->n);
    chunk->n = 0;
}

static void chunk_add(void *context, const struct symbol *symbol) {
    struct symbol_chunk *chunk = context;
    chunk->symbols[chunk->n++] = *symbol;
    if (chunk->n == CHUNK)
        chunk_send(chunk);
}

static void on_watch(struct ev_loop *ev, ev_timer *watcher, int events) {
    (void)ev;
    (void)events;
    struct shard *shard = watcher->data;
    struct symbol_chunk chunk = {.send = bus_watch, .bus = shard->bus};
    engine_each_watched_symbol(shard->engine, chunk_add, &chunk);
    chunk_send(&chunk);
}

/* Whether to tell of it, which is noted then. */
static bool told_note(struct shard *shard, symbol_index symbol, int64_t now_ms) {
    if (symbol >= shard->told_n) {
        size_t n = price_book_symbols_n(engine_book(shard->engine)) * 2;
        int64_t *told_ms = realloc(shard->told_ms, n * sizeof *told_ms);
        if (!told_ms)
            return false; /* the next regular telling has it */
        for (size_t i = shard->told_n; i < n; i++)
            told_ms[i] = INT64_MIN / 2;
        shard->told_ms = told_ms;
        shard->told_n = n;
    }
    if (now_ms - shard->told_ms[symbol] < TOLD_MS)
        return false;
    shard->told_ms[symbol] = now_ms;
    return true;
}

struct telling {
    struct shard *shard;
    int64_t now_ms;
    struct symbol_chunk watched, unpriced;
};

static void symbol_tell(struct telling *telling, symbol_index symbol) {
    const struct price_book_entry *entry = price_book_entry_at(engine_book(telling->shard->engine), symbol);
    if (!told_note(telling->shard, symbol, telling->now_ms))
        return;
    chunk_add(&telling->watched, &entry->symbol);
    if (!entry->is_priced || entry->quote.stale)
        chunk_add(&telling->unpriced, &entry->symbol);
}

static void portfolio_tell(void *context, const struct portfolio *portfolio) {
    for (size_t i = 0; i < portfolio->positions_n; i++) {
        symbol_tell(context, portfolio->symbols[i]);
        if (portfolio->rate_symbols && portfolio->rate_symbols[i] != portfolio->symbols[i])
            symbol_tell(context, portfolio->rate_symbols[i]);
    }
}

void shard_tell_newly_watched(struct shard *shard, int64_t now_ms) {
    if (!engine_has_newly_used(shard->engine))
        return;
    struct telling telling = {.shard = shard,
                              .now_ms = now_ms,
                              .watched = {.send = bus_watch, .bus = shard->bus},
                              .unpriced = {.send = bus_ask, .bus = shard->bus}};
    engine_take_newly_used(shard->engine, portfolio_tell, &telling);
    /* At first who watches: the poller prefers those. */
    chunk_send(&telling.watched);
    chunk_send(&telling.unpriced);
}

void shard_start_watch(struct shard *shard) {
    ev_timer_init(&shard->watch, on_watch, FIRST_S, EACH_S);
    shard->watch.data = shard;
    ev_timer_start(loop_ev(shard->loop), &shard->watch);
}

void shard_stop_watch(struct shard *shard) {
    ev_timer_stop(loop_ev(shard->loop), &shard->watch);
    free(shard->told_ms);
    shard->told_ms = NULL;
    shard->told_n = 0;
}
