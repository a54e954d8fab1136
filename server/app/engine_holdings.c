/* Which portfolios the engine holds: loading, hints, the sweep, expiry (order
 * rule 3). One load at a time for a portfolio; a hint during it causes another.
 * Thread: L. */
#include "app/engine_internal.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <stdlib.h>

struct held_portfolio *engine_find(const struct engine *engine, const struct uuid *portfolio_id) {
    return map_get(&engine->portfolios, portfolio_id->bytes, sizeof portfolio_id->bytes);
}

/* What came waits for the next pass. */
static void await_pass(struct engine *engine, struct held_portfolio *held) {
    if (!list_link_is_linked(&held->loaded_link))
        list_push_back(&engine->loaded, &held->loaded_link);
}

/* A portfolio in memory outlives a database that is away: the sweep tries again. */
static void note_failed_load(struct engine *engine, struct held_portfolio *held, enum status status) {
    metrics_increment(METRIC_PORTFOLIO_LOADS_FAILED);
    held->is_loading = false;
    if (status != STATUS_NOT_FOUND && (held->portfolio || held->loaded))
        return;
    held->load_failed = status;
    await_pass(engine, held);
}

static void start_loads(struct engine *engine) {
    for (struct list_link *link;
         engine->loads_n < engine->config.loads_max && (link = list_first(&engine->load_queue));) {
        struct held_portfolio *held = LIST_ENTRY(link, struct held_portfolio, load_link);
        list_remove(link);
        metrics_increment(METRIC_PORTFOLIO_LOADS);
        if (engine->ports.load(engine->ports.context, &held->id) == STATUS_OK)
            engine->loads_n++;
        else
            note_failed_load(engine, held, STATUS_UNAVAILABLE);
    }
}

void engine_load(struct engine *engine, struct held_portfolio *held) {
    if (held->is_loading) {
        held->load_again = true;
        return;
    }
    held->is_loading = true;
    list_push_back(&engine->load_queue, &held->load_link);
    start_loads(engine);
}

void engine_reload(struct engine *engine, struct held_portfolio *held) {
    engine_load(engine, held);
}

void engine_on_hint(struct engine *engine, const struct uuid *portfolio_id) {
    struct held_portfolio *held = engine_find(engine, portfolio_id);
    if (held && !held_is_unasked(held))
        engine_load(engine, held);
}

static struct holdings_version known_version(const struct held_portfolio *held) {
    return held->loaded ? holdings_which(held->loaded) : held_which(held);
}

/* What does not follow from what is known may only be late: it counts when what is asked for now says so as well. */
static void keep_newest(struct held_portfolio *held, struct holdings *holdings, bool is_awaited) {
    struct holdings_version known = known_version(held);
    struct holdings_version next = holdings_which(holdings);
    bool is_next = known.version == 0 || next.version > known.version;
    if (known.version > 0 && !holdings_version_follows(&next, &known)) {
        is_next = is_awaited && held->is_doubted;
        held->is_doubted = is_awaited && !is_next;
        held->load_again |= held->is_doubted;
    } else {
        held->is_doubted = false;
    }
    if (!is_next) {
        holdings_destroy(&holdings);
        return;
    }
    holdings_destroy(&held->loaded);
    held->loaded = holdings;
    held->load_failed = STATUS_OK;
}

void engine_on_loaded(struct engine *engine, const struct uuid *portfolio_id, enum status status,
                      struct holdings *holdings) {
    engine->loads_n--;
    struct held_portfolio *held = engine_find(engine, portfolio_id);
    if (!held) {
        holdings_destroy(&holdings);
        start_loads(engine);
        return;
    }
    /* Of a portfolio that was forgotten and asked for again two loads may come back: whichever is newer counts. */
    bool is_awaited = held->is_loading && !list_link_is_linked(&held->load_link); /* not queued: under way */
    if (is_awaited)
        held->is_loading = false;
    if (status == STATUS_OK)
        keep_newest(held, holdings, is_awaited);
    else if (is_awaited)
        note_failed_load(engine, held, status);
    if (held->loaded)
        await_pass(engine, held);
    if (held->load_again && !held->is_loading) {
        held->load_again = false;
        engine_load(engine, held);
    }
    start_loads(engine);
}

enum status engine_hold_unasked(struct engine *engine, const struct uuid *portfolio_id,
                                struct held_portfolio **ret_held) {
    struct held_portfolio *held = engine_find(engine, portfolio_id);
    if (!held) {
        held = calloc(1, sizeof *held);
        if (!held)
            return STATUS_NO_MEMORY;
        held->id = *portfolio_id;
        enum status status = map_put(&engine->portfolios, held->id.bytes, sizeof held->id.bytes, held, NULL);
        if (status != STATUS_OK) {
            free(held);
            return status;
        }
        metrics_add(METRIC_PORTFOLIOS_HELD, 1);
    }
    heap_remove(&engine->expiries, &held->expiry);
    if (held->users_n++ == 0)
        engine_note_used(engine, held);
    *ret_held = held;
    return STATUS_OK;
}

enum status engine_hold(struct engine *engine, const struct uuid *portfolio_id, struct held_portfolio **ret_held) {
    enum status status = engine_hold_unasked(engine, portfolio_id, ret_held);
    if (status == STATUS_OK && held_is_unasked(*ret_held))
        engine_load(engine, *ret_held);
    return status;
}

void engine_release(struct engine *engine, struct held_portfolio *held, int64_t now_ms) {
    if (--held->users_n > 0)
        return;
    if (held_is_unasked(held)) {
        engine_forget(engine, held);
        return;
    }
    /* Without memory for the heap's entry it is kept for ever, which is safe; the next release tries again. */
    if (heap_set(&engine->expiries, &held->expiry, now_ms + engine->config.portfolio_keep_ms) != STATUS_OK)
        log_event(LOG_WARN, "portfolio.expiry_not_set", LOG_TEXT("reason", "no memory"));
}

void engine_note_used(struct engine *engine, struct held_portfolio *held) {
    if (held->users_n > 0 && held->portfolio && !list_link_is_linked(&held->used_link))
        list_push_back(&engine->newly_used, &held->used_link);
}

bool engine_has_newly_used(const struct engine *engine) {
    return !list_is_empty(&engine->newly_used);
}

void engine_take_newly_used(struct engine *engine, void (*fn)(void *context, const struct portfolio *portfolio),
                            void *context) {
    for (struct list_link *link; (link = list_first(&engine->newly_used));) {
        const struct held_portfolio *held = LIST_ENTRY(link, struct held_portfolio, used_link);
        list_remove(link);
        if (held->users_n > 0 && held->portfolio)
            fn(context, held->portfolio);
    }
}

void engine_forget(struct engine *engine, struct held_portfolio *held) {
    (void)map_remove(&engine->portfolios, held->id.bytes, sizeof held->id.bytes);
    metrics_add(METRIC_PORTFOLIOS_HELD, -1);
    heap_remove(&engine->expiries, &held->expiry);
    list_remove(&held->loaded_link);
    list_remove(&held->load_link);
    list_remove(&held->used_link);
    if (held->portfolio)
        holders_remove(engine->holders, held->portfolio);
    portfolio_destroy(&held->portfolio);
    holdings_destroy(&held->loaded);
    frame_cache_clear(&held->frames);
    watchers_fini(&held->watchers);
    free(held);
}

void engine_expire(struct engine *engine, int64_t now_ms) {
    for (struct heap_entry *first; (first = heap_first(&engine->expiries)) && first->deadline_ms <= now_ms;)
        engine_forget(engine, HEAP_ENTRY(first, struct held_portfolio, expiry));
}

/* A lost hint costs one sweep, not correctness. */
void engine_sweep(struct engine *engine, int64_t now_ms) {
    if (now_ms < engine->sweep_at_ms || engine->is_sweeping)
        return;
    engine->sweep_at_ms = now_ms + engine->config.sweep_ms;
    if (engine->portfolios.count == 0)
        return;
    struct uuid *ids = calloc(engine->portfolios.count, sizeof *ids);
    if (!ids)
        return; /* the next sweep tries again */
    size_t n = 0;
    size_t at = 0;
    const struct held_portfolio *held;
    while ((held = map_next(&engine->portfolios, &at))) {
        if (!held_is_unasked(held))
            ids[n++] = held->id;
    }
    engine->is_sweeping = n > 0 && engine->ports.load_versions(engine->ports.context, ids, n) == STATUS_OK;
    free(ids);
}

void engine_on_versions(struct engine *engine, const struct uuid *ids, const struct holdings_version *versions,
                        size_t n) {
    engine->is_sweeping = false;
    for (size_t i = 0; i < n; i++) {
        struct held_portfolio *held = engine_find(engine, &ids[i]);
        if (!held || held->is_loading || held_is_unasked(held))
            continue;
        struct holdings_version known = known_version(held);
        /* 0: gone; the load will say so. It also says what is another's, or older: this may be late. */
        if (versions[i].version != known.version || versions[i].created_us != known.created_us)
            engine_load(engine, held);
    }
}
