/* The bus: how quotes and hints travel between processes and loops.
 *
 * Two implementations, the same behaviour: bus_redis (Redis pub/sub, numbered
 * by an atomic script) and bus_memory (this process only). A loop has one
 * `struct bus` of its own and hears of everything on its own thread, in order:
 * the listener sees exactly one book, then numbered events without a gap,
 * until the next book (a new epoch, a gap, a reconnect). */
#ifndef PF_FEED_BUS_H
#define PF_FEED_BUS_H

#include "base/rate_limit.h"
#include "base/status.h"
#include "base/uuid.h"
#include "domain/quote.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As as_of_ms of a quote to be published: the bus' clock's now, or a millisecond
 * after the stored quote when that is later; the session is that day's. So it is
 * never older than the stored one, however many publish at once. */
#define BUS_AS_OF_NOW INT64_MIN

#define BUS_EPOCH_LEN 16 /* lower-case hex digits */

struct bus_epoch {
    char text[BUS_EPOCH_LEN + 1];
};

/* A quote with the number of the event that last changed it. */
struct numbered_quote {
    struct quote quote;
    uint64_t seq;
};

/* Symbols of one question, or answers of one message, at most. */
#define BUS_ASK_MAX 1000

/* What became of a question for a fresh price (feed/ask_codec.h). */
enum ask_outcome { ASK_FRESH, ASK_UNKNOWN, ASK_THROTTLED, ASK_REFUSED, ASK_FAILED, ASK_UNAVAILABLE };
struct answered_symbol {
    struct symbol symbol;
    enum ask_outcome outcome;
};

/* Thread: L, the loop that created the bus. Arguments live for the call only.
 * None is called before bus_*_create returned. */
struct bus_listener {
    void *context;
    /* Replaces all quotes: the book as of `seq`. */
    void (*on_book)(void *context, const struct bus_epoch *epoch, uint64_t seq, const struct numbered_quote *quotes,
                    size_t quotes_n);
    /* seq is the last one + 1. */
    void (*on_event)(void *context, uint64_t seq, const struct quote *quotes, size_t quotes_n);
    void (*on_hint)(void *context, const struct uuid *portfolio_id);
    /* is_following: the book is complete and events arrive. has_leader: somebody
     * feeds the bus. Called at each change. */
    void (*on_state)(void *context, bool is_following, bool has_leader);
    /* The rest may be NULL. Somebody wants fresh prices of these: for the
     * leader's poller. In-process: on the thread and inside the call of bus_ask. */
    void (*on_ask)(void *context, const struct symbol *symbols, size_t symbols_n);
    /* The same for the end of what is known to be fresh; symbols_n 0: of all. */
    void (*on_forget)(void *context, const struct symbol *symbols, size_t symbols_n);
    /* Behind the event with the new quotes, if there are any. */
    void (*on_answered)(void *context, const struct answered_symbol *answers, size_t answers_n);
    /* The last known prices of this epoch are published; before its book when
     * that has them. */
    void (*on_restored)(void *context, const struct bus_epoch *epoch);
    /* What somebody may do has changed: see bus_access_changed. */
    void (*on_access_changed)(void *context, const struct uuid *subject);
};

/* The answer to a publication. */
struct bus_published {
    enum status status; /* OK; CONFLICT: older than stored; OUT_OF_RANGE: too far in the future;
                           INVALID: malformed; PRECONDITION: an older fencing number;
                           UNAVAILABLE: not sent; OUTCOME_UNKNOWN: sent, no answer */
    struct bus_epoch epoch;
    uint64_t seq;        /* the batch's number; when nothing changed, the highest stored one of its quotes */
    bool is_changed;     /* a number was taken */
    char detail[128];    /* which quote was refused and why; "" when OK */
    struct quote stored; /* of a batch of one that was OK, or a CONFLICT: the quote as the bus has it now */
};

typedef void (*bus_published_fn)(void *context, const struct bus_published *published);

/* What was taken of buckets that all loops share, of one table of them. */
#define BUS_RATES_MAX 512
struct bus_rates {
    const char *table; /* its name, a literal */
    struct rate rate;
    const struct rate_limit_told *told;
    size_t n;
};
/* used_units[0..n): how much is taken now, in the order of `told`; NULL: not known. */
typedef void (*bus_rates_fn)(void *context, const int64_t *used_units, size_t n);

struct bus;
struct bus_ops {
    /* Publishes a batch (all or nothing). `done` is called exactly once, later,
     * on the loop. A quote with previous_close 0 keeps the stored one when
     * keep_previous_close is set and that is in its currency. */
    enum status (*publish)(struct bus *bus, const struct quote *quotes, size_t quotes_n, bool keep_previous_close,
                           bus_published_fn done, void *context);
    void (*hint)(struct bus *bus, const struct uuid *portfolio_id);      /* best effort */
    void (*access_changed)(struct bus *bus, const struct uuid *subject); /* best effort */
    /* Says that these symbols are being watched now (pf:watched); best effort. */
    void (*watch)(struct bus *bus, const struct symbol *symbols, size_t symbols_n);
    /* Asks the leader for fresh prices, tells it to forget; best effort. */
    void (*ask)(struct bus *bus, const struct symbol *symbols, size_t symbols_n);
    void (*forget)(struct bus *bus, const struct symbol *symbols, size_t symbols_n);
    /* Adds what was taken; `done` is called exactly once, also within the call, unless a failure is returned. */
    enum status (*share_rates)(struct bus *bus, const struct bus_rates *rates, bus_rates_fn done, void *context);
    void (*destroy)(struct bus *bus); /* pending publications are answered UNAVAILABLE or OUTCOME_UNKNOWN first */
};
struct bus {
    const struct bus_ops *ops;
};

PF_MUST_CHECK static inline enum status bus_publish(struct bus *bus, const struct quote *quotes, size_t quotes_n,
                                                    bool keep_previous_close, bus_published_fn done, void *context) {
    return bus->ops->publish(bus, quotes, quotes_n, keep_previous_close, done, context);
}
static inline void bus_hint(struct bus *bus, const struct uuid *portfolio_id) {
    bus->ops->hint(bus, portfolio_id);
}
/* After a commit: what this user, credential or portfolio (whose customer is
 * another now) may do or who may see it is to be looked up anew. */
static inline void bus_access_changed(struct bus *bus, const struct uuid *subject) {
    bus->ops->access_changed(bus, subject);
}
static inline void bus_watch(struct bus *bus, const struct symbol *symbols, size_t symbols_n) {
    bus->ops->watch(bus, symbols, symbols_n);
}
static inline void bus_ask(struct bus *bus, const struct symbol *symbols, size_t symbols_n) {
    bus->ops->ask(bus, symbols, symbols_n);
}
/* symbols_n 0: everything. */
static inline void bus_forget(struct bus *bus, const struct symbol *symbols, size_t symbols_n) {
    bus->ops->forget(bus, symbols, symbols_n);
}
PF_MUST_CHECK static inline enum status bus_share_rates(struct bus *bus, const struct bus_rates *rates,
                                                        bus_rates_fn done, void *context) {
    return bus->ops->share_rates(bus, rates, done, context);
}
static inline void bus_destroy(struct bus **bus) {
    if (*bus)
        (*bus)->ops->destroy(*bus);
    *bus = NULL;
}

/* The blocking side, for the poller thread and `portfoliod publish`. One
 * object is used by one thread. */
struct bus_publisher;
struct bus_publisher_ops {
    /* fence 0: by hand, without leadership. */
    enum status (*publish)(struct bus_publisher *publisher, const struct quote *quotes, size_t quotes_n,
                           bool keep_previous_close, uint64_t fence, struct bus_published *ret_published);
    /* Takes or renews the leader's lock for ttl_ms. *ret_fence: our fencing
     * number, 0 while another leads. */
    enum status (*lead)(struct bus_publisher *publisher, int64_t ttl_ms, uint64_t *ret_fence);
    void (*resign)(struct bus_publisher *publisher);
    /* Thread: any. From now on no new connection is made: what is under way
     * ends, and a bus that hangs is waited for once, not once a call. */
    void (*begin_stop)(struct bus_publisher *publisher);
    /* The whole book; *ret_quotes is malloc'd and the caller's to free. */
    enum status (*read_book)(struct bus_publisher *publisher, struct bus_epoch *ret_epoch, uint64_t *ret_seq,
                             struct numbered_quote **ret_quotes, size_t *ret_n);
    /* The symbols asked for at most max_age_ms ago; malloc'd. */
    enum status (*read_watched)(struct bus_publisher *publisher, int64_t max_age_ms, struct symbol **ret_symbols,
                                size_t *ret_n);
    /* Tells every loop what became of questions; at most BUS_ASK_MAX; best effort. */
    void (*answer)(struct bus_publisher *publisher, const struct answered_symbol *answers, size_t answers_n);
    /* Tells every loop, and who comes later, that this epoch has its last known
     * prices. UNAVAILABLE: say it again. */
    enum status (*restored)(struct bus_publisher *publisher, const struct bus_epoch *epoch);
    void (*destroy)(struct bus_publisher *publisher);
};
struct bus_publisher {
    const struct bus_publisher_ops *ops;
};

#endif
