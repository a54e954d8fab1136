/* The engine's own state, shared by its files: engine.c (bus, passes) and
 * engine_holdings.c (which portfolios are held, loading, sweep, expiry).
 * Nobody else includes this. Thread: L. */
#ifndef PF_APP_ENGINE_INTERNAL_H
#define PF_APP_ENGINE_INTERNAL_H

#include "app/engine.h"
#include "app/pace.h"
#include "base/map.h"
#include "domain/holders.h"

struct engine {
    struct engine_config config;
    struct engine_ports ports;

    /* As of the last pass. */
    struct bus_epoch epoch;
    uint64_t seq;
    struct price_book *book;
    struct holders *holders;

    /* Waiting for the next pass. */
    struct bus_epoch staged_epoch;
    uint64_t staged_seq;
    bool has_staged_bus;             /* a book or an event came */
    struct bus_epoch restored_epoch; /* has its last known prices; "" = not heard of one */
    int64_t restore_until_ms;        /* a new epoch waits for its last prices; 0 = no */
    struct list loaded;              /* held.loaded_link: holdings or failures to apply */

    struct map portfolios;  /* id -> held */
    struct list load_queue; /* held.load_link: to be loaded when there is room */
    size_t loads_n;         /* under way */
    struct heap expiries;   /* held.expiry: nobody uses it */
    int64_t sweep_at_ms;
    bool is_sweeping;

    struct list newly_used; /* held.used_link: loaded, and the owner has not been told */

    int64_t created_ms;
    struct pace pace;     /* of passes: one each FLUSH_MS */
    int64_t pass_wall_ms; /* during a pass */
    int64_t revalued_n;   /* positions, in the running pass */
    bool has_told_past_bound;
};

struct held_portfolio *engine_find(const struct engine *engine, const struct uuid *portfolio_id);
/* Starts or queues a load; one at a time for a portfolio. */
void engine_load(struct engine *engine, struct held_portfolio *held);
/* The owner is to be told of its symbols. */
void engine_note_used(struct engine *engine, struct held_portfolio *held);
/* Frees it; it must have no users. */
void engine_forget(struct engine *engine, struct held_portfolio *held);
void engine_sweep(struct engine *engine, int64_t now_ms);
void engine_expire(struct engine *engine, int64_t now_ms);

#endif
