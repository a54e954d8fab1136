/* Order rule 1 as a state machine. It owns the loop's bus position (epoch, n)
 * and the events that wait for a book; it refuses to guess over a gap.
 * Thread: the owner's; pure. */
#include "feed/bus_sync.h"

#include "base/list.h"

#include <stdlib.h>
#include <string.h>

/* How long pf:bus may be ahead of us before we believe that events were lost. */
#define BEHIND_MAX_MS 2000

struct waiting_event {
    struct list_link link;
    struct bus_epoch epoch;
    uint64_t seq;
    size_t quotes_n;
    struct quote quotes[];
};

struct bus_sync {
    struct bus_listener listener;
    bool is_subscribed;
    bool is_reading;   /* a book is on its way; events wait in `waiting` */
    bool is_following; /* the listener has the book at n */
    bool is_renewed;   /* the bus was asked whether it lost numbers; take the next book as it is */
    bool is_overflowed;
    struct bus_epoch epoch; /* of the last book; "" before the first */
    uint64_t n;
    struct list waiting;
    size_t waiting_n;
    /* The number we had when the reading that comes next was asked for: a
     * reading below it is a loss, one between it and n is merely old. */
    uint64_t checked_n;
    uint64_t behind_seq; /* the number we do not have yet; 0 = none */
    int64_t behind_since_ms;
};

static void waiting_clear(struct bus_sync *sync) {
    LIST_FOR_EACH (it, next, &sync->waiting) {
        list_remove(it);
        free(LIST_ENTRY(it, struct waiting_event, link));
    }
    sync->waiting_n = 0;
    sync->is_overflowed = false;
}

static bool epoch_equal(const struct bus_epoch *a, const struct bus_epoch *b) {
    return memcmp(a->text, b->text, BUS_EPOCH_LEN) == 0;
}

enum status bus_sync_create(const struct bus_listener *listener, struct bus_sync **ret_sync) {
    struct bus_sync *sync = calloc(1, sizeof *sync);
    if (!sync)
        return STATUS_NO_MEMORY;
    sync->listener = *listener;
    list_init(&sync->waiting);
    *ret_sync = sync;
    return STATUS_OK;
}

void bus_sync_destroy(struct bus_sync **sync) {
    if (!*sync)
        return;
    waiting_clear(*sync);
    free(*sync);
    *sync = NULL;
}

/* Everything received so far was published before the book that is read from
 * here on, so nothing that waits is needed. */
static enum bus_sync_action reading_start(struct bus_sync *sync, enum bus_sync_action action) {
    waiting_clear(sync);
    sync->is_following = false;
    sync->is_reading = true;
    return action;
}

enum bus_sync_action bus_sync_subscribed(struct bus_sync *sync) {
    sync->is_subscribed = true;
    sync->is_renewed = false;
    return reading_start(sync, BUS_SYNC_READ_BOOK);
}

void bus_sync_lost(struct bus_sync *sync) {
    waiting_clear(sync);
    sync->is_subscribed = sync->is_reading = sync->is_following = false;
    sync->is_renewed = false;
}

static void event_keep(struct bus_sync *sync, const struct bus_epoch *epoch, uint64_t seq, const struct quote *quotes,
                       size_t quotes_n) {
    if (sync->is_overflowed)
        return;
    struct waiting_event *event = NULL;
    if (sync->waiting_n < BUS_SYNC_BUFFER_MAX)
        event = malloc(sizeof *event + quotes_n * sizeof *quotes);
    if (!event) {
        /* No room, or no memory: the book is read once more instead. */
        waiting_clear(sync);
        sync->is_overflowed = true;
        return;
    }
    list_link_init(&event->link);
    event->epoch = *epoch;
    event->seq = seq;
    event->quotes_n = quotes_n;
    if (quotes_n > 0)
        memcpy(event->quotes, quotes, quotes_n * sizeof *quotes);
    list_push_back(&sync->waiting, &event->link);
    sync->waiting_n++;
}

enum bus_sync_action bus_sync_event(struct bus_sync *sync, const struct bus_epoch *epoch, uint64_t seq,
                                    const struct quote *quotes, size_t quotes_n) {
    if (!sync->is_subscribed)
        return BUS_SYNC_NONE;
    if (sync->is_reading) {
        event_keep(sync, epoch, seq, quotes, quotes_n);
        return BUS_SYNC_NONE;
    }
    bool is_same_epoch = epoch_equal(epoch, &sync->epoch);
    if (is_same_epoch && seq <= sync->n)
        return BUS_SYNC_NONE;
    if (is_same_epoch && seq == sync->n + 1) {
        sync->n = seq;
        sync->listener.on_event(sync->listener.context, seq, quotes, quotes_n);
        return BUS_SYNC_NONE;
    }
    return reading_start(sync, BUS_SYNC_READ_BOOK);
}

/* Applies what waited, after the book was told. */
static enum bus_sync_action waiting_apply(struct bus_sync *sync) {
    LIST_FOR_EACH (it, next, &sync->waiting) {
        struct waiting_event *event = LIST_ENTRY(it, struct waiting_event, link);
        if (!epoch_equal(&event->epoch, &sync->epoch) || event->seq <= sync->n)
            continue; /* from before the book */
        if (event->seq != sync->n + 1)
            return reading_start(sync, BUS_SYNC_READ_BOOK);
        sync->n = event->seq;
        sync->listener.on_event(sync->listener.context, event->seq, event->quotes, event->quotes_n);
    }
    waiting_clear(sync);
    return BUS_SYNC_NONE;
}

/* The last event that waits is of another epoch than the book: either the book
 * is older than a new epoch, or the event is a straggler of an old one. */
static bool waiting_is_of_other_epoch(const struct bus_sync *sync, const struct bus_epoch *epoch) {
    if (list_is_empty(&sync->waiting))
        return false;
    const struct waiting_event *last = LIST_ENTRY(sync->waiting.head.prev, struct waiting_event, link);
    return !epoch_equal(&last->epoch, epoch);
}

enum bus_sync_action bus_sync_book(struct bus_sync *sync, const struct bus_epoch *epoch, uint64_t seq,
                                   const struct numbered_quote *quotes, size_t quotes_n) {
    if (!sync->is_subscribed || !sync->is_reading)
        return BUS_SYNC_NONE;
    if (epoch->text[0] == '\0') {
        sync->is_renewed = true;
        return BUS_SYNC_RENEW;
    }
    if (!sync->is_renewed && epoch_equal(epoch, &sync->epoch) && seq < sync->n) {
        /* Numbers we have seen are missing: only the script can tell whether
         * that takes a new epoch. Asked once; then its word holds. */
        sync->is_renewed = true;
        return BUS_SYNC_RENEW;
    }
    if (sync->is_overflowed || waiting_is_of_other_epoch(sync, epoch))
        return reading_start(sync, BUS_SYNC_READ_BOOK);
    sync->epoch = *epoch;
    sync->n = sync->checked_n = seq;
    sync->behind_seq = 0;
    sync->is_reading = sync->is_renewed = false;
    sync->is_following = true;
    sync->listener.on_book(sync->listener.context, epoch, seq, quotes, quotes_n);
    return waiting_apply(sync);
}

static bool is_behind_too_long(struct bus_sync *sync, uint64_t seq, int64_t now_ms) {
    if (seq <= sync->n) {
        sync->behind_seq = 0;
        return false;
    }
    if (sync->behind_seq == 0 || sync->n >= sync->behind_seq) {
        sync->behind_seq = seq;
        sync->behind_since_ms = now_ms;
        return false;
    }
    return now_ms - sync->behind_since_ms >= BEHIND_MAX_MS;
}

enum bus_sync_action bus_sync_check(struct bus_sync *sync, const struct bus_epoch *epoch, uint64_t seq,
                                    int64_t now_ms) {
    if (!sync->is_following)
        return BUS_SYNC_NONE;
    uint64_t checked_n = sync->checked_n;
    sync->checked_n = sync->n;
    if (epoch->text[0] == '\0' || (epoch_equal(epoch, &sync->epoch) && seq < checked_n)) {
        enum bus_sync_action action = reading_start(sync, BUS_SYNC_RENEW);
        sync->is_renewed = true;
        return action;
    }
    if (!epoch_equal(epoch, &sync->epoch) || is_behind_too_long(sync, seq, now_ms))
        return reading_start(sync, BUS_SYNC_READ_BOOK);
    return BUS_SYNC_NONE;
}

bool bus_sync_is_following(const struct bus_sync *sync) {
    return sync->is_following;
}

uint64_t bus_sync_seq(const struct bus_sync *sync) {
    return sync->n;
}
