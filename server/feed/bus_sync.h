/* Order rule 1 of the contract, as a pure state machine: subscribe first, then
 * read the book; events up to the book's number are dropped, later ones are
 * applied in order; a gap means reading the book again, never a guess.
 *
 * The owner feeds it what arrives (subscription confirmed, raw events, books
 * read) and obeys the answer. It calls the listener. Thread: the owner's; pure. */
#ifndef PF_FEED_BUS_SYNC_H
#define PF_FEED_BUS_SYNC_H

#include "feed/bus.h"

enum bus_sync_action {
    BUS_SYNC_NONE,
    BUS_SYNC_READ_BOOK, /* read pf:bus and pf:quotes in one MULTI and call bus_sync_book */
    BUS_SYNC_RENEW,     /* the bus is behind or without an epoch: publish an empty batch, then read the book */
};

struct bus_sync;

/* Events that may wait for the book; past it the buffer is dropped and the
 * book read again once it came. */
#define BUS_SYNC_BUFFER_MAX 4096

PF_MUST_CHECK enum status bus_sync_create(const struct bus_listener *listener, struct bus_sync **ret_sync);
void bus_sync_destroy(struct bus_sync **sync);

/* The subscription is confirmed (again): what was known before may have holes. */
PF_MUST_CHECK enum bus_sync_action bus_sync_subscribed(struct bus_sync *sync);
/* A connection was lost: events cannot be trusted until the next subscribed. */
void bus_sync_lost(struct bus_sync *sync);
PF_MUST_CHECK enum bus_sync_action bus_sync_event(struct bus_sync *sync, const struct bus_epoch *epoch, uint64_t seq,
                                                  const struct quote *quotes, size_t quotes_n);
/* A book read after the last READ_BOOK. epoch "" = pf:bus was missing. */
PF_MUST_CHECK enum bus_sync_action bus_sync_book(struct bus_sync *sync, const struct bus_epoch *epoch, uint64_t seq,
                                                 const struct numbered_quote *quotes, size_t quotes_n);
/* The heartbeat's reading of pf:bus (each second), asked for after the last
 * reading was handed in: one at a time. Another epoch or a lower number, or
 * being behind it for 2 s: something was lost. On READ_BOOK from here the owner
 * reconnects first, because the subscription itself may be dead. */
PF_MUST_CHECK enum bus_sync_action bus_sync_check(struct bus_sync *sync, const struct bus_epoch *epoch, uint64_t seq,
                                                  int64_t now_ms);
bool bus_sync_is_following(const struct bus_sync *sync);
uint64_t bus_sync_seq(const struct bus_sync *sync);

#endif
