/* What REST sees of its loop: valuations, quotes, the bus' state; and how it
 * tells of a commit. Thread: L. */
#ifndef PF_APP_SHARD_VIEW_H
#define PF_APP_SHARD_VIEW_H

#include "app/price_wait.h"
#include "base/frame.h"
#include "base/list.h"
#include "base/uuid.h"
#include "domain/portfolio.h"

struct shard;

struct valuation {
    struct frame *frame;     /* the `snapshot` frame, borrowed */
    const char *cursor;      /* its token */
    struct uuid customer_id; /* whose the portfolio is in that state: it may be another one than when it was asked */
    bool is_cursor_doubtful; /* what had the id before may have had the same */
};

/* valuation: for the call; NULL unless status is STATUS_OK. NOT_FOUND, UNAVAILABLE (PostgreSQL away). */
typedef void (*valuation_fn)(void *context, enum status status, const struct valuation *valuation);

/* `done` is called exactly once, later, on the loop. */
PF_MUST_CHECK enum status valuation_request(struct shard *shard, const struct uuid *portfolio_id, valuation_fn done,
                                            void *context);

/* What the loop knows of a portfolio as of its last pass. */
struct portfolio_state {
    enum status status;                /* NOT_FOUND, OVERFLOW, UNAVAILABLE: then nothing else is set */
    const struct portfolio *portfolio; /* borrowed for the call */
    struct uuid customer_id;           /* whose it is in that state */
    struct totals totals;
    int64_t as_of_ms; /* of the last pass in which anything of it changed */
};

/* states: n of them in the order of the ids, all as of one pass; none unless
 * status is STATUS_OK. UNAVAILABLE: some are still not loaded. */
typedef void (*states_fn)(void *context, enum status status, const struct price_book *book,
                          const struct portfolio_state *states, size_t n);

/* Holds the portfolios meanwhile. `done` is called exactly once, later, on the loop. */
PF_MUST_CHECK enum status states_request(struct shard *shard, const struct uuid *ids, size_t n, states_fn done,
                                         void *context);

/* The last pass's quote of a symbol; NULL when it is unpriced. Valid until the next callback. */
const struct quote *shard_quote(struct shard *shard, const struct symbol *symbol);

/* The newest quote, which the next pass may still have to show elsewhere, and the number of the event that last changed
 * it; NULL: unpriced. Valid until the next callback. */
const struct quote *shard_latest_quote(struct shard *shard, const struct symbol *symbol, uint64_t *ret_seq);

/* Who waits until the loop has heard of a number that was published; the caller's memory, zeroed. */
struct arrival {
    struct list_link link; /* private, as the deadline */
    int64_t deadline_ms;
    struct bus_epoch epoch;
    uint64_t seq;
    void (*done)(void *context);
    void *context;
};
/* `done` comes once, at once or later, on the loop: when the number has come, which no pass is waited for, or when a
 * second is over. */
void shard_await_arrival(struct shard *shard, struct arrival *arrival);

/* Asks the leader for fresh prices of these, fresh as they may be; `done` comes
 * once, later, on the loop, after the pass that shows them (app/price_wait.h). */
PF_MUST_CHECK enum status shard_price_wait(struct shard *shard, const struct symbol *symbols, size_t n,
                                           price_wait_fn done, void *context);

/* A part of some long work; the caller's memory. */
struct shard_step {
    struct list_link link; /* private */
    void (*take)(void *context);
    void *context;
};
/* `take` comes once, in a later turn of the loop: one step a turn, in their order, so that what is long keeps nobody
 * waiting. Also while the loop ends, so that what was begun comes to its end. */
void shard_take_later(struct shard *shard, struct shard_step *step);

/* Tells the leader to forget that providers confirmed these; n 0: all. In this process they count as forgotten at
 * once. */
void shard_prices_forget(struct shard *shard, const struct symbol *symbols, size_t n);

/* Was the quote with this number forgotten, and is the leader still to say so? */
bool shard_price_is_forgotten(struct shard *shard, const struct quote *quote, uint64_t seq);

/* The totals of holdings at the last pass's quotes, as the stream has them, and
 * how many positions there are. STATUS_OVERFLOW when a sum might not fit. */
PF_MUST_CHECK enum status shard_value_holdings(struct shard *shard, const struct holdings *holdings,
                                               struct totals *ret_totals, size_t *ret_positions_n);

/* After a commit: tells all loops of this process and, by a hint, the others. */
void shard_portfolio_changed(struct shard *shard, const struct uuid *portfolio_id);

/* For /health: does this loop's price book follow the bus, and in what state is it? */
bool shard_bus_is_following(struct shard *shard);
const char *shard_bus_state(struct shard *shard); /* "following" or "away" */
bool shard_bus_has_leader(struct shard *shard);   /* somebody feeds it */
bool shard_is_stopping(const struct shard *shard);

#endif
