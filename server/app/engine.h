/* The engine of a loop: follows the bus, holds portfolios, revalues in passes
 * and says which portfolios changed. Everything it answers is the state of the
 * last pass: one bus number n, one version a portfolio, rows and totals from
 * the same prices (order rule 2).
 *
 * It does no I/O: loads go through `engine_ports`, time is passed in, sending
 * is the hub's. Thread: L. */
#ifndef PF_APP_ENGINE_H
#define PF_APP_ENGINE_H

#include "domain/holdings.h"
#include "domain/price_book.h"
#include "feed/bus.h"

#include <stdbool.h>
#include <stdint.h>

struct engine;
struct held_portfolio; /* app/held_portfolio.h */

/* What the engine needs of the world. Called from engine functions; each
 * answers later through the engine function named. */
struct engine_ports {
    void *context;
    /* Load one portfolio: engine_on_loaded. */
    void (*load)(void *context, const struct uuid *portfolio_id);
    /* Load the versions of the held portfolios: engine_on_versions. */
    void (*load_versions)(void *context, const struct uuid *ids, size_t n);
    /* The portfolio changed in the last pass (its seq or version moved). */
    void (*on_portfolio_changed)(void *context, struct held_portfolio *portfolio);
    /* The portfolio was loaded for the first time, or could not be (status), or
     * is gone (STATUS_NOT_FOUND). */
    void (*on_portfolio_ready)(void *context, struct held_portfolio *portfolio);
    void (*on_portfolio_failed)(void *context, const struct uuid *portfolio_id, enum status status);
    /* The pass is over: n is fixed, everything changed was told. */
    void (*on_pass_done)(void *context);
    /* A new epoch is complete: every subscriber gets a snapshot. */
    void (*on_epoch)(void *context);
};

struct engine_config {
    int64_t flush_ms;
    int64_t portfolio_keep_ms;
    int64_t sweep_ms;        /* 2 s */
    int64_t restore_wait_ms; /* snapshots wait this long for the last prices of a new epoch: 2 s */
};

#endif
