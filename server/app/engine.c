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
    if (status == STATUS_OK)
        status = holders_create(&engine->holders);
    if (status != STATUS_OK) {
        price_book_destroy(&engine->book);
        free(engine);
        return status;
    }
    engine->config = *config;
    engine->ports = *ports;
    engine->epoch = engine->staged_epoch = no_epoch;
    engine->created_ms = now_ms;
    engine->pace.interval_ms = (uint32_t)config->flush_ms;
    engine->sweep_at_ms = now_ms + config->sweep_ms;
    map_init(&engine->portfolios);
    heap_init(&engine->expiries);
    list_init(&engine->loaded);
    list_init(&engine->load_queue);
    list_init(&engine->newly_used);
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
    holders_destroy(&dying->holders);
    price_book_destroy(&dying->book);
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
    bool is_restored = strcmp(epoch->text, engine->restored_epoch.text) == 0;
    bool is_incomplete = is_new_epoch && !is_restored && (quotes_n == 0 || price_book_lacks_some(engine->book));
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

void engine_on_restored(struct engine *engine, const struct bus_epoch *epoch) {
    engine->restored_epoch = *epoch;
    if (strcmp(epoch->text, engine->staged_epoch.text) == 0)
        engine->restore_until_ms = 0;
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
    int64_t due_ms = engine->pace.next_ms;
    if (engine->restore_until_ms > due_ms)
        due_ms = engine->restore_until_ms;
    return due_ms > now_ms ? due_ms - now_ms : 0;
}

/* Tells that a portfolio cannot be shown, and drops it unless the listener's users still hold on to it. */
static void fail(struct engine *engine, struct held_portfolio *held, enum status status) {
    held->users_n++; /* so that a release inside the port does not expire it under our hands */
    engine->ports.on_portfolio_failed(engine->ports.context, held, status);
    held->users_n--;
    engine_forget(engine, held);
}

/* Rows that a rate takes above the bound of a value: told once, counted always. */
static void note_past_bound(struct engine *engine, size_t positions_n) {
    if (positions_n == 0)
        return;
    metrics_add(METRIC_POSITIONS_PAST_BOUND, (int64_t)positions_n);
    if (!engine->has_told_past_bound)
        log_event(LOG_WARN, "position.value_past_bound", LOG_I64("positions", positions_n));
    engine->has_told_past_bound = true;
}

/* What had this id is gone: a delta from a cursor of it would say nothing of what it had. */
static void note_replaced(struct engine *engine, struct held_portfolio *held) {
    char id[UUID_TEXT_LEN + 1];
    uuid_write(id, &held->id);
    held->cursors_from = engine->seq + 1;
    metrics_increment(METRIC_PORTFOLIOS_REPLACED);
    log_event(LOG_WARN, "portfolio.replaced", LOG_TEXT("portfolio_id", id));
    if (engine->ports.on_portfolio_replaced)
        engine->ports.on_portfolio_replaced(engine->ports.context, held);
}

static void apply_holdings(struct engine *engine, struct held_portfolio *held, struct holdings *holdings) {
    struct portfolio *portfolio = NULL;
    const struct holdings_version before = held_which(held);
    const struct holdings_version next = holdings_which(holdings);
    bool is_replaced = before.version > 0 && !holdings_version_follows(&next, &before);
    enum status status = portfolio_create(holdings, engine->book, &portfolio);
    if (status == STATUS_OK) {
        if (held->portfolio)
            holders_remove(engine->holders, held->portfolio);
        portfolio_destroy(&held->portfolio);
        status = holders_add(engine->holders, portfolio, engine->book, held);
        if (status == STATUS_OK)
            held->portfolio = portfolio;
        else
            portfolio_destroy(&portfolio);
    }
    bool is_anothers = !uuid_equal(&held->customer_id, &holdings->customer_id);
    held->customer_id = holdings->customer_id;
    held->created_us = holdings->created_us;
    if (status != STATUS_OK) {
        log_event(LOG_ERROR, "portfolio.valuation_failed", LOG_TEXT("reason", status_name(status)));
        fail(engine, held, status);
        return;
    }
    if (is_anothers && engine->ports.on_customer_changed)
        engine->ports.on_customer_changed(engine->ports.context, held);
    if (is_replaced)
        note_replaced(engine, held);
    engine_note_used(engine, held);
    for (size_t i = 0; i < portfolio->positions_n; i++)
        metrics_add(METRIC_POSITIONS_UNPRICEABLE, portfolio->positions[i].way == POSITION_UNVALUED ? 1 : 0);
    note_past_bound(engine, portfolio->past_bound_n);
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

static void on_quote_changed(void *context, const struct price_book_entry *entry, const struct quote *before) {
    struct engine *engine = context;
    engine->revalued_n += (int64_t)holders_revalue(engine->holders, engine->book, entry, before);
}

static void on_changed(void *context, void *const *owners, size_t n) {
    struct engine *engine = context;
    struct held_portfolio *held[HOLDERS_CHUNK_MAX];
    for (size_t i = 0; i < n; i++) {
        held[i] = owners[i];
        __builtin_prefetch(held[i], 1);
        __builtin_prefetch((const char *)held[i] + sizeof *held[i] / 2, 1);
    }
    for (size_t i = 0; i < n; i++) {
        held[i]->seq = engine->seq;
        held[i]->as_of_ms = engine->pass_wall_ms;
        frame_cache_clear(&held[i]->frames);
    }
    engine->ports.on_portfolios_changed(engine->ports.context, held, n);
}

/* In a new epoch every held portfolio is told again: its old cursors are void. */
static void enter_epoch(struct engine *engine) {
    engine->epoch = engine->staged_epoch;
    log_event(LOG_INFO, "epoch.entered", LOG_TEXT("epoch", engine->epoch.text));
    engine->ports.on_epoch(engine->ports.context);
    size_t at = 0;
    struct held_portfolio *held;
    while ((held = map_next(&engine->portfolios, &at))) {
        held->cursors_from = 0;
        if (held->portfolio)
            holders_mark(engine->holders, held->portfolio);
    }
}

void engine_pass(struct engine *engine, int64_t now_ms, int64_t wall_ms) {
    bool is_new_epoch = strcmp(engine->epoch.text, engine->staged_epoch.text) != 0;
    /* A pass that only brings a load is no flush of prices: counted, it would make a regular source's prices wait for
     * that moment of each interval. */
    if (engine->has_staged_bus)
        pace_note(&engine->pace, now_ms);
    engine->pass_wall_ms = wall_ms;
    engine->restore_until_ms = 0;
    engine->has_staged_bus = false;
    engine->seq = engine->staged_seq;
    engine->revalued_n = 0;
    if (is_new_epoch)
        enter_epoch(engine);
    price_book_advance(engine->book, engine->seq, on_quote_changed, engine);
    note_past_bound(engine, holders_take_past_bound(engine->holders));
    apply_loaded(engine);
    holders_tell(engine->holders, on_changed, engine);
    metrics_increment(METRIC_PASSES);
    metrics_add(METRIC_POSITIONS_REVALUED, engine->revalued_n);
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

bool engine_is_current(const struct engine *engine) {
    return !engine->has_staged_bus;
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

const struct quote *engine_latest_quote(const struct engine *engine, const struct symbol *symbol, uint64_t *ret_seq) {
    symbol_index index;
    *ret_seq = 0;
    if (price_book_find(engine->book, symbol, &index) != STATUS_OK)
        return NULL;
    return price_book_latest(engine->book, index, ret_seq);
}

uint64_t engine_heard_seq(const struct engine *engine) {
    return engine->staged_seq;
}

bool engine_has_heard(const struct engine *engine, const struct bus_epoch *epoch, uint64_t seq) {
    return engine->staged_seq >= seq && strcmp(engine->staged_epoch.text, epoch->text) == 0;
}

struct watched_symbols {
    const struct engine *engine;
    bool *is_told; /* by symbol_index */
    void (*fn)(void *context, const struct symbol *symbol);
    void *context;
};

static void watched_symbol_tell(struct watched_symbols *watched, symbol_index symbol) {
    if (watched->is_told[symbol])
        return;
    watched->is_told[symbol] = true;
    watched->fn(watched->context, &price_book_entry_at(watched->engine->book, symbol)->symbol);
}

void engine_each_watched_symbol(const struct engine *engine, void (*fn)(void *context, const struct symbol *symbol),
                                void *context) {
    struct watched_symbols watched = {engine, calloc(price_book_symbols_n(engine->book) + 1, sizeof(bool)), fn,
                                      context};
    size_t at = 0;
    const struct held_portfolio *held;
    while (watched.is_told && (held = map_next(&engine->portfolios, &at))) {
        const struct portfolio *portfolio = held->users_n > 0 ? held->portfolio : NULL;
        for (size_t i = 0; portfolio && i < portfolio->positions_n; i++) {
            watched_symbol_tell(&watched, portfolio->symbols[i]);
            if (portfolio->rate_symbols)
                watched_symbol_tell(&watched, portfolio->rate_symbols[i]);
        }
    }
    free(watched.is_told);
}
