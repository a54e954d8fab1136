/* Owns the price book and the passes. A pass applies all that came since the
 * last one, fixes n, revalues what that touched, and tells who changed; what
 * comes meanwhile waits for the next (order rule 2). Thread: L. */
#include "app/engine.h"

#include "app/engine_internal.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <stdlib.h>
#include <string.h>

static const struct bus_epoch no_epoch = {"0000000000000000"};

enum status engine_create(const struct engine_config *config, const struct engine_ports *ports, int64_t now_ms,
                          struct engine **ret_engine) {
    struct engine *engine = calloc(1, sizeof *engine);
    if (!engine)
        return STATUS_NO_MEMORY;
    enum status status = price_book_create(&engine->book);
    if (status != STATUS_OK) {
        free(engine);
        return status;
    }
    engine->config = *config;
    engine->ports = *ports;
    engine->epoch = engine->staged_epoch = no_epoch;
    engine->created_ms = now_ms;
    engine->last_pass_ms = now_ms - config->flush_ms;
    engine->sweep_at_ms = now_ms + config->sweep_ms;
    map_init(&engine->portfolios);
    heap_init(&engine->expiries);
    list_init(&engine->loaded);
    list_init(&engine->load_queue);
    list_init(&engine->changed);
    *ret_engine = engine;
    return STATUS_OK;
}

void engine_destroy(struct engine **engine) {
    if (!*engine)
        return;
    struct engine *dying = *engine;
    size_t at = 0;
    struct held_portfolio *held;
    while ((held = map_next(&dying->portfolios, &at)))
        engine_forget(dying, held);
    map_fini(&dying->portfolios);
    heap_fini(&dying->expiries);
    holders_fini(&dying->holders);
    price_book_destroy(&dying->book);
    free(dying->dirty);
    free(dying);
    *engine = NULL;
}

static void stage(struct engine *engine, const struct quote *quote, uint64_t seq) {
    if (price_book_stage(engine->book, quote, seq) != STATUS_OK)
        log_event(LOG_ERROR, "quote.lost", LOG_TEXT("symbol", quote->symbol.text), LOG_TEXT("reason", "no memory"));
}

void engine_on_book(struct engine *engine, const struct bus_epoch *epoch, uint64_t seq,
                    const struct numbered_quote *quotes, size_t quotes_n, int64_t now_ms) {
    price_book_stage_clear(engine->book);
    for (size_t i = 0; i < quotes_n; i++)
        stage(engine, &quotes[i].quote, quotes[i].seq);
    bool is_new_epoch = strcmp(epoch->text, engine->epoch.text) != 0;
    bool is_waiting = engine->restore_until_ms > 0 && strcmp(epoch->text, engine->staged_epoch.text) == 0;
    /* The leader publishes the last known prices again: worth waiting for, rather than showing rows without a price. */
    bool is_incomplete = is_new_epoch && (quotes_n == 0 || price_book_lacks_some(engine->book));
    if (!is_incomplete)
        engine->restore_until_ms = 0;
    else if (!is_waiting)
        engine->restore_until_ms = now_ms + engine->config.restore_wait_ms;
    engine->staged_epoch = *epoch;
    engine->staged_seq = seq;
    engine->has_staged_bus = true;
    metrics_increment(METRIC_BUS_RELOADS);
    metrics_add(METRIC_BUS_EPOCHS, is_new_epoch ? 1 : 0);
}

void engine_on_event(struct engine *engine, uint64_t seq, const struct quote *quotes, size_t quotes_n) {
    for (size_t i = 0; i < quotes_n; i++)
        stage(engine, &quotes[i], seq);
    engine->staged_seq = seq;
    engine->has_staged_bus = true;
    /* A price by hand may come before the leader's: what we knew is worth waiting for still. */
    if (engine->restore_until_ms > 0 && !price_book_lacks_some(engine->book))
        engine->restore_until_ms = 0;
    metrics_increment(METRIC_BUS_EVENTS);
    metrics_add(METRIC_BUS_QUOTES, (int64_t)quotes_n);
}

int64_t engine_pass_wait_ms(const struct engine *engine, int64_t now_ms) {
    if (!engine->has_staged_bus && list_is_empty(&engine->loaded))
        return -1;
    int64_t due_ms = engine->last_pass_ms + engine->config.flush_ms;
    if (engine->restore_until_ms > due_ms)
        due_ms = engine->restore_until_ms;
    return due_ms > now_ms ? due_ms - now_ms : 0;
}

static void mark_changed(struct engine *engine, struct held_portfolio *held) {
    if (held->is_changed)
        return;
    held->is_changed = true;
    list_push_back(&engine->changed, &held->changed_link);
}

/* Tells that a portfolio cannot be shown, and drops it unless the listener's users still hold on to it. */
static void fail(struct engine *engine, struct held_portfolio *held, enum status status) {
    if (held->is_changed) {
        held->is_changed = false;
        list_remove(&held->changed_link);
    }
    held->users_n++; /* so that a release inside the port does not expire it under our hands */
    engine->ports.on_portfolio_failed(engine->ports.context, held, status);
    held->users_n--;
    engine_forget(engine, held);
}

static void apply_holdings(struct engine *engine, struct held_portfolio *held, struct holdings *holdings) {
    struct portfolio *portfolio = NULL;
    enum status status = portfolio_create(holdings, engine->book, &portfolio);
    if (status == STATUS_OK) {
        holders_remove(&engine->holders, held);
        portfolio_destroy(&held->portfolio);
        held->portfolio = portfolio;
        status = holders_add(&engine->holders, held);
    }
    if (status != STATUS_OK) {
        log_event(LOG_ERROR, "portfolio.valuation_failed", LOG_TEXT("reason", status_name(status)));
        fail(engine, held, status);
        return;
    }
    for (size_t i = 0; i < portfolio->positions_n; i++)
        metrics_add(METRIC_POSITIONS_UNPRICEABLE, portfolio->positions[i].is_priceable ? 0 : 1);
    mark_changed(engine, held);
}

static void apply_loaded(struct engine *engine) {
    struct list loaded;
    list_init(&loaded);
    list_splice_back(&loaded, &engine->loaded);
    for (struct list_link *link; (link = list_first(&loaded));) {
        struct held_portfolio *held = LIST_ENTRY(link, struct held_portfolio, loaded_link);
        list_remove(link);
        struct holdings *holdings = held->loaded;
        enum status failed = held->load_failed;
        held->loaded = NULL;
        held->load_failed = STATUS_OK;
        if (failed != STATUS_OK)
            fail(engine, held, failed);
        else if (holdings)
            apply_holdings(engine, held, holdings);
        holdings_destroy(&holdings);
    }
}

static void note_dirty(void *context, symbol_index index) {
    struct engine *engine = context;
    engine->dirty[engine->dirty_n++] = index;
}

/* Room for every symbol of the book, so that note_dirty cannot fail. */
static enum status dirty_reach(struct engine *engine) {
    size_t wanted_n = price_book_symbols_n(engine->book);
    if (wanted_n <= engine->dirty_capacity)
        return STATUS_OK;
    symbol_index *dirty = realloc(engine->dirty, wanted_n * 2 * sizeof *dirty);
    if (!dirty)
        return STATUS_NO_MEMORY;
    engine->dirty = dirty;
    engine->dirty_capacity = wanted_n * 2;
    return STATUS_OK;
}

static void revalue_symbol(struct engine *engine, symbol_index symbol) {
    const struct symbol_holders *of = holders_of(&engine->holders, symbol);
    if (!of)
        return;
    const struct price_book_entry *entry = price_book_entry_at(engine->book, symbol);
    metrics_add(METRIC_POSITIONS_REVALUED, of->n);
    /* Backwards: a failing portfolio takes itself out of the list, by a move of the last. */
    for (uint32_t i = of->n; i > 0; i--) {
        if (i > of->n)
            continue;
        struct held_portfolio *held = of->items[i - 1].held;
        enum status status = portfolio_revalue(held->portfolio, of->items[i - 1].position, entry);
        if (status == STATUS_OK) {
            mark_changed(engine, held);
            continue;
        }
        log_event(LOG_ERROR, "portfolio.valuation_failed", LOG_TEXT("reason", status_name(status)));
        fail(engine, held, status);
    }
}

static void tell_changed(struct engine *engine, int64_t wall_ms) {
    for (struct list_link *link; (link = list_first(&engine->changed));) {
        struct held_portfolio *held = LIST_ENTRY(link, struct held_portfolio, changed_link);
        list_remove(link);
        held->is_changed = false;
        held->seq = engine->seq;
        held->as_of_ms = wall_ms;
        frame_cache_clear(&held->frames);
        engine->ports.on_portfolio_changed(engine->ports.context, held);
    }
}

/* In a new epoch every held portfolio is told again: its old cursors are void. */
static void enter_epoch(struct engine *engine) {
    engine->epoch = engine->staged_epoch;
    log_event(LOG_INFO, "epoch.entered", LOG_TEXT("epoch", engine->epoch.text));
    engine->ports.on_epoch(engine->ports.context);
    size_t at = 0;
    struct held_portfolio *held;
    while ((held = map_next(&engine->portfolios, &at))) {
        if (held->portfolio)
            mark_changed(engine, held);
    }
}

void engine_pass(struct engine *engine, int64_t now_ms, int64_t wall_ms) {
    if (dirty_reach(engine) != STATUS_OK) {
        log_event(LOG_ERROR, "pass.skipped", LOG_TEXT("reason", "no memory"));
        engine->last_pass_ms = now_ms; /* the staged quotes stay: tried again after FLUSH_MS */
        return;
    }
    bool is_new_epoch = strcmp(engine->epoch.text, engine->staged_epoch.text) != 0;
    engine->last_pass_ms = now_ms;
    engine->restore_until_ms = 0;
    engine->has_staged_bus = false;
    engine->seq = engine->staged_seq;
    engine->dirty_n = 0;
    if (is_new_epoch)
        enter_epoch(engine);
    price_book_advance(engine->book, engine->seq, note_dirty, engine);
    for (size_t i = 0; i < engine->dirty_n; i++)
        revalue_symbol(engine, engine->dirty[i]);
    apply_loaded(engine);
    tell_changed(engine, wall_ms);
    metrics_increment(METRIC_PASSES);
}

void engine_tick(struct engine *engine, int64_t now_ms) {
    engine_sweep(engine, now_ms);
    engine_expire(engine, now_ms);
}

bool engine_is_settled(const struct engine *engine, int64_t now_ms) {
    if (engine->restore_until_ms > now_ms)
        return false;
    bool has_book = strcmp(engine->epoch.text, no_epoch.text) != 0;
    return has_book || now_ms - engine->created_ms >= engine->config.restore_wait_ms;
}

const char *engine_epoch(const struct engine *engine) {
    return engine->epoch.text;
}

uint64_t engine_seq(const struct engine *engine) {
    return engine->seq;
}

struct price_book *engine_book(struct engine *engine) {
    return engine->book;
}

const struct quote *engine_quote(const struct engine *engine, const struct symbol *symbol) {
    symbol_index index;
    if (price_book_find(engine->book, symbol, &index) != STATUS_OK)
        return NULL;
    const struct price_book_entry *entry = price_book_entry_at(engine->book, index);
    return entry->is_priced ? &entry->quote : NULL;
}

void engine_each_watched_symbol(const struct engine *engine, void (*fn)(void *context, const struct symbol *symbol),
                                void *context) {
    size_t at = 0;
    const struct held_portfolio *held;
    while ((held = map_next(&engine->portfolios, &at))) {
        for (size_t i = 0; held->users_n && held->portfolio && i < held->portfolio->positions_n; i++)
            fn(context, &price_book_entry_at(engine->book, held->portfolio->positions[i].symbol)->symbol);
    }
}
