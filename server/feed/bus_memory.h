/* The bus inside one process, for REDIS_URL unset: the same numbering rules as
 * the Redis script (quote_ledger), the same listener. One `bus_memory` is
 * shared by all loops and the poller; it is guarded by a lock of its own and
 * hands events to each loop through its mailbox. */
#ifndef PF_FEED_BUS_MEMORY_H
#define PF_FEED_BUS_MEMORY_H

#include "base/clock.h"
#include "feed/bus.h"
#include "thread/mailbox.h"

struct bus_memory;

/* Thread: main, before the loops start and after they ended. */
PF_MUST_CHECK enum status bus_memory_create(const struct clock *clock, struct bus_memory **ret_memory);
void bus_memory_destroy(struct bus_memory **memory);

/* Thread: L. */
PF_MUST_CHECK enum status bus_memory_attach(struct bus_memory *memory, struct mailbox *mailbox,
                                            const struct bus_listener *listener, struct bus **ret_bus);
/* Thread: the poller's. */
PF_MUST_CHECK enum status bus_memory_publisher_create(struct bus_memory *memory, struct bus_publisher **ret_publisher);

#endif
