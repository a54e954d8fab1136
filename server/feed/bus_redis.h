/* The bus over Redis: two connections a loop (one subscribed, one for
 * commands), reconnecting with backoff. Keys and script: protocol.md, 2. */
#ifndef PF_FEED_BUS_REDIS_H
#define PF_FEED_BUS_REDIS_H

#include "base/clock.h"
#include "feed/bus.h"

struct ev_loop;

/* url: redis://[[user]:password@]host[:port][/db] or unix:///path[?db=N].
 * STATUS_INVALID for another form; rediss:// too (the caller says why). A Redis
 * that is away is no error here. Thread: L. */
PF_MUST_CHECK enum status bus_redis_create(struct ev_loop *loop, const char *url, const struct clock *clock,
                                           const struct bus_listener *listener, struct bus **ret_bus);
PF_MUST_CHECK enum status bus_redis_publisher_create(const char *url, const struct clock *clock,
                                                     struct bus_publisher **ret_publisher);
#endif
