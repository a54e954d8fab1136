/* Tells other loops, of all instances, what was taken here, and takes over what
 * was taken in all. Several times a second, a bounded number of buckets each
 * time; while nobody can be told the loop's own count holds. Thread: L. */
#ifndef PF_APP_LIMITER_SHARE_H
#define PF_APP_LIMITER_SHARE_H

#include "app/limiter.h"
#include "feed/bus.h"

struct ev_loop;
struct limiter_share;

/* Both outlive it; the bus may go before, but is not used then. */
PF_MUST_CHECK enum status limiter_share_create(struct limiter *limiter, struct ev_loop *loop, struct bus *bus,
                                               struct limiter_share **ret_share);
/* After the bus, which answers what is under way. */
void limiter_share_destroy(struct limiter_share **share);
/* Before the bus goes. */
void limiter_share_stop(struct limiter_share *share);

#endif
