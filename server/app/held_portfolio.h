/* A portfolio that a loop holds in memory: its state as of the last pass, what
 * waits for the next one, and who looks at it. Owned by the engine; the hub
 * owns the list of subscriptions. Thread: L. */
#ifndef PF_APP_HELD_PORTFOLIO_H
#define PF_APP_HELD_PORTFOLIO_H

#include "app/frame_cache.h"
#include "app/watchers.h"
#include "base/heap.h"
#include "base/list.h"
#include "domain/portfolio.h"

struct held_portfolio {
    struct uuid id;
    struct portfolio *portfolio; /* NULL until the first load was applied */
    uint64_t seq;                /* n of the last pass in which anything of it changed (order rule 4) */
    int64_t as_of_ms;            /* wall time of that pass */
    struct frame_cache frames;   /* what was encoded of this state */

    struct watchers watchers;
    size_t users_n; /* subscriptions and open requests; at 0 it expires after PORTFOLIO_KEEP_S */
    struct heap_entry expiry;
    struct list_link used_link; /* engine.newly_used */

    /* Waiting for the next pass. */
    struct holdings *loaded; /* the newest one, not applied yet */
    enum status load_failed; /* NOT_FOUND: it is gone; OK: nothing to tell */
    struct list_link loaded_link;

    bool is_loading; /* a load is under way or queued */
    bool load_again; /* a hint came during it */
    bool is_doubted; /* the last load was of another portfolio or an older state: the next one decides */
    struct list_link load_link;

    struct uuid customer_id; /* whose it was at the version that is held; nil while none is */
    int64_t created_us;      /* likewise */
    uint64_t cursors_from;   /* cursors of a smaller seq may be of what had this id before; 0: we know of none */
};

static inline uint64_t held_version(const struct held_portfolio *held) {
    return held->portfolio ? held->portfolio->version : 0;
}

/* Which one it is as well; version 0: none is held. */
static inline struct holdings_version held_which(const struct held_portfolio *held) {
    return (struct holdings_version){.created_us = held->created_us, .version = held_version(held)};
}

/* Only its id: nobody who may see it has asked for it yet. */
static inline bool held_is_unasked(const struct held_portfolio *held) {
    return !held->portfolio && !held->is_loading && !list_link_is_linked(&held->loaded_link);
}

/* Something newer may be on its way: a load, or its result. */
static inline bool held_is_behind(const struct held_portfolio *held) {
    return held->is_loading || list_link_is_linked(&held->loaded_link);
}

#endif
