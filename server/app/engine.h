/* The engine of a loop: follows the bus, holds portfolios, revalues in passes
 * and says which portfolios changed. Everything it answers is the state of the
 * last pass: one bus number n, one version a portfolio, rows and totals from
 * the same prices (order rule 2).
 *
 * It does no I/O: loads go through `engine_ports`, time is passed in, sending
 * is the hub's. Its owner calls engine_pass when engine_pass_wait_ms is 0 and
 * nothing of the pass before is left to send. Thread: L. */
#ifndef PF_APP_ENGINE_H
#define PF_APP_ENGINE_H

#include "app/held_portfolio.h"
#include "domain/price_book.h"
#include "feed/bus.h"

#include <stdbool.h>
#include <stdint.h>

struct engine;

/* What the engine needs of the world and tells it. No port may call back into
 * an engine function that changes it, except engine_release. */
struct engine_ports {
    void *context;
    /* Load one portfolio; answered later by engine_on_loaded, unless the status
     * is not STATUS_OK. */
    enum status (*load)(void *context, const struct uuid *portfolio_id);
    /* Load the versions of held portfolios; answered likewise by engine_on_versions. */
    enum status (*load_versions)(void *context, const struct uuid *ids, size_t n);
    /* Inside a pass: their seq or version moved. On the first load too. */
    void (*on_portfolios_changed)(void *context, struct held_portfolio *const *held, size_t n);
    /* Inside a pass: it is gone (NOT_FOUND), could not be loaded at all
     * (UNAVAILABLE, …) or cannot be valued (OVERFLOW). The engine forgets it. */
    void (*on_portfolio_failed)(void *context, struct held_portfolio *held, enum status status);
    /* Inside a pass, before it is told as changed: it has another customer than
     * before, also on the first load. NULL: nobody asks. */
    void (*on_customer_changed)(void *context, struct held_portfolio *held);
    /* Likewise: what has its id is another portfolio than before, or an older
     * state of it; cursors of what was are void. NULL: nobody has any. */
    void (*on_portfolio_replaced)(void *context, struct held_portfolio *held);
    /* Inside a pass: the bus is in a new epoch; all cursors are void. */
    void (*on_epoch)(void *context);
};

struct engine_config {
    int64_t flush_ms;
    int64_t portfolio_keep_ms;
    int64_t sweep_ms;        /* how often versions are compared */
    int64_t restore_wait_ms; /* how long a new epoch may wait for its last prices */
    size_t loads_max;        /* under way at once */
};

PF_MUST_CHECK enum status engine_create(const struct engine_config *config, const struct engine_ports *ports,
                                        int64_t now_ms, struct engine **ret_engine);
void engine_destroy(struct engine **engine);

/* From the bus (order rule 1 is the bus' affair): staged until the next pass. */
void engine_on_book(struct engine *engine, const struct bus_epoch *epoch, uint64_t seq,
                    const struct numbered_quote *quotes, size_t quotes_n, int64_t now_ms);
/* The leader has published this epoch's last known prices: what the book lacks now is nowhere. */
void engine_on_restored(struct engine *engine, const struct bus_epoch *epoch);
void engine_on_event(struct engine *engine, uint64_t seq, const struct quote *quotes, size_t quotes_n);
void engine_on_hint(struct engine *engine, const struct uuid *portfolio_id);

/* From the store. Takes the holdings over; NULL unless status is STATUS_OK. */
void engine_on_loaded(struct engine *engine, const struct uuid *portfolio_id, enum status status,
                      struct holdings *holdings);
void engine_on_versions(struct engine *engine, const struct uuid *ids, const struct holdings_version *versions,
                        size_t n);

/* Holds the portfolio (loading it when it is new) until the matching release
 * and PORTFOLIO_KEEP_S more. held->portfolio is NULL until it is loaded. */
PF_MUST_CHECK enum status engine_hold(struct engine *engine, const struct uuid *portfolio_id,
                                      struct held_portfolio **ret_held);
/* The same without loading it: for who may turn out not to be allowed to see it. engine_reload loads it. */
PF_MUST_CHECK enum status engine_hold_unasked(struct engine *engine, const struct uuid *portfolio_id,
                                              struct held_portfolio **ret_held);
/* One that was never asked for is forgotten by it. */
void engine_release(struct engine *engine, struct held_portfolio *held, int64_t now_ms);
/* Loads it again although no hint came (a cursor with a version above ours), or for the first time. */
void engine_reload(struct engine *engine, struct held_portfolio *held);

/* 0: a pass is due; > 0: due in so many ms; -1: nothing waits. */
int64_t engine_pass_wait_ms(const struct engine *engine, int64_t now_ms);
void engine_pass(struct engine *engine, int64_t now_ms, int64_t wall_ms);
/* Regular work that is no pass: sweep, expiry. Call at least each 500 ms. */
void engine_tick(struct engine *engine, int64_t now_ms);

/* False while a first snapshot would be premature: no book yet, or a new epoch
 * without its last prices, for at most restore_wait_ms. */
bool engine_is_settled(const struct engine *engine, int64_t now_ms);
/* The epoch and number of the last pass. */
const char *engine_epoch(const struct engine *engine);
uint64_t engine_seq(const struct engine *engine);
struct price_book *engine_book(struct engine *engine);
/* The quote as of the last pass; NULL when unpriced. */
const struct quote *engine_quote(const struct engine *engine, const struct symbol *symbol);
/* The newest quote, and the number of its event: it may wait for the next pass. NULL: unpriced. Valid until the
 * next pass or word from the bus. */
const struct quote *engine_latest_quote(const struct engine *engine, const struct symbol *symbol, uint64_t *ret_seq);
/* Whether the next pass would change any price. */
bool engine_is_current(const struct engine *engine);
/* The last number that has come from the bus; its pass may still be due. */
uint64_t engine_heard_seq(const struct engine *engine);
/* Whether this number of this epoch has come from the bus; its pass may still be due. */
bool engine_has_heard(const struct engine *engine, const struct bus_epoch *epoch, uint64_t seq);
/* Calls fn, once, for each portfolio that somebody uses since the last call, or
 * whose holdings have changed since. */
bool engine_has_newly_used(const struct engine *engine);
void engine_take_newly_used(struct engine *engine, void (*fn)(void *context, const struct portfolio *portfolio),
                            void *context);
/* Calls fn for each symbol of a portfolio that somebody uses now, and for the
 * pairs of the rates it needs, once; for none without memory. */
void engine_each_watched_symbol(const struct engine *engine, void (*fn)(void *context, const struct symbol *symbol),
                                void *context);

#endif
