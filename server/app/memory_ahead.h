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

/* So many sessions ahead: far enough for all steps, few enough to be there still when their turn comes. */
#define MEMORY_AHEAD_N 16

/* Of the subscriptions of portfolios that changed, before they are marked due. */
void memory_ahead_of_marking(struct held_portfolio *const *held, size_t n);
/* Of the next MEMORY_AHEAD_N ready sessions. */
void memory_ahead_of_flush(struct hub *hub);

#endif
