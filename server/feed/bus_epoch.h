/* Random epochs. Thread: any. */
#ifndef PF_FEED_BUS_EPOCH_H
#define PF_FEED_BUS_EPOCH_H

#include "feed/bus.h"

/* 16 hex digits from the kernel's random source. */
PF_MUST_CHECK enum status bus_epoch_random(struct bus_epoch *ret_epoch);

#endif
