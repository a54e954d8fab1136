/* What REST sees of its loop: valuations, quotes, the bus' state; and how it
 * tells of a commit. Thread: L. */
#ifndef PF_APP_SHARD_VIEW_H
#define PF_APP_SHARD_VIEW_H

#include "base/frame.h"
#include "base/uuid.h"
#include "domain/quote.h"

struct shard;

/* frame: the `snapshot` frame, borrowed for the call; NULL unless status is
 * STATUS_OK. cursor: its token. NOT_FOUND, UNAVAILABLE (PostgreSQL away). */
typedef void (*valuation_fn)(void *context, enum status status, struct frame *frame, const char *cursor);

/* `done` is called exactly once, later, on the loop. */
PF_MUST_CHECK enum status valuation_request(struct shard *shard, const struct uuid *portfolio_id, valuation_fn done,
                                            void *context);

/* The last pass's quote of a symbol; NULL when it is unpriced. Valid until the next callback. */
const struct quote *shard_quote(struct shard *shard, const struct symbol *symbol);

/* After a commit: tells all loops of this process and, by a hint, the others. */
void shard_portfolio_changed(struct shard *shard, const struct uuid *portfolio_id);

/* For /health: does this loop's price book follow the bus, and in what state is it? */
bool shard_bus_is_following(struct shard *shard);
const char *shard_bus_state(struct shard *shard); /* "following" or "away" */
bool shard_bus_has_leader(struct shard *shard);   /* somebody feeds it */
bool shard_is_stopping(const struct shard *shard);

#endif
