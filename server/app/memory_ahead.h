/* Asks for memory ahead of its use.
 *
 * With ten thousand clients, what a pass and a flush touch of each (session,
 * subscription, portfolio) has left the caches since the last one, and each
 * piece leads to the next by a pointer: one after the other they are waited for
 * a dozen times a client. Taken a step at a time for several clients, the waits
 * of a step pass together. With 10,000 portfolios of their own that took a frame
 * from 8.0 to 7.3 us on a noisy machine (docs/performance.md).
 *
 * Changes nothing but time. Thread: L. */
#ifndef PF_APP_MEMORY_AHEAD_H
#define PF_APP_MEMORY_AHEAD_H

#include "app/hub_internal.h"

/* Of the first subscription of each portfolio that changed, before it is marked due. */
void memory_ahead_of_first_watchers(struct held_portfolio *const *held, size_t n);
/* The turn of this one has come: of those some places after it. */
void memory_ahead_of_watcher(const struct watchers *watchers, uint32_t at);
/* Of the next HUB_GATHERED_MAX ready sessions. */
void memory_ahead_of_flush(const struct hub *hub);

#endif
