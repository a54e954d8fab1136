/* The state shared by hub.c, session.c, session_flush.c and subscription.c.
 * Nobody else includes this. Thread: L. */
#ifndef PF_APP_HUB_INTERNAL_H
#define PF_APP_HUB_INTERNAL_H

#include "app/encode.h"
#include "app/hub.h"
#include "app/session.h"
#include "app/subscription.h"
#include "app/subscription_set.h"

/* The outbox: soft limit, where reading pauses; hard limit, where the session
 * is closed (only what was read before the pause can get there). */
#define OUTBOX_SOFT_BYTES ((size_t)64 * 1024)
#define OUTBOX_HARD_BYTES ((size_t)1024 * 1024)
#define BAD_MESSAGES_MAX 100

/* What went out since it was last added to the metrics: once a slice, since an
 * atomic addition for each frame costs more than all else the counting does. */
struct hub_sent {
    int64_t bytes, deltas, snapshots, heartbeats, others;
};

struct hub {
    struct hub_config config;
    struct engine *engine;
    const struct clock *clock;
    struct strbuf scratch;
    struct encode_context encode; /* book and epoch are where they are as long as the engine lives */
    struct hub_sent sent;
    struct list sessions; /* session.hub_link */
    struct list ready;    /* session.ready_link: to be flushed, first come first served */
    size_t ready_n;
    size_t pass_backlog;    /* of the ready ones, how many the last pass left */
    struct list waiting;    /* subscription.waiting_link: for the bus or a cursor */
    struct heap timers;     /* subscription.timer */
    struct heap heartbeats; /* session.heartbeat */
    bool is_feed_away;
    uint64_t random;
};

struct session {
    /* What a flush of deltas touches, together: with many clients each of them has left the caches since the last
     * flush, and what is spread out is waited for several times. */
    struct list_link ready_link;
    struct list due; /* subscription.due_link */
    struct hub *hub;
    struct peer peer;
    uint32_t outbox_first, outbox_n; /* outbox[outbox_first .. outbox_n) */
    int64_t last_sent_ms;
    bool is_blocked, is_closing, is_reading_paused, is_heartbeat_due;

    struct list_link hub_link;
    struct subscription_set subscriptions;
    struct frame **outbox;
    size_t outbox_capacity, outbox_bytes;
    struct heap_entry heartbeat;
    int64_t tokens_milli, tokens_at_ms; /* messages allowed, in 1/1000 */
    unsigned bad_in_row;
};
_Static_assert(offsetof(struct session, hub_link) <= 96, "a flush touches two cache lines of a session, three at most");

static inline int64_t hub_now_ms(const struct hub *hub) {
    return clock_monotonic_ms(hub->clock);
}

/* session.c */
/* Takes the frame's reference over; makes the session ready. */
void session_push(struct session *session, struct frame *frame);
/* Pushes hub->scratch as a frame. */
void session_push_scratch(struct session *session);
void session_push_error(struct session *session, const struct message_error *error, const char *portfolio_text,
                        int64_t retry_after_ms);
void session_make_ready(struct session *session);
/* Detaches it (subscriptions gone) and closes the peer; freed in session_on_closed. */
void session_close(struct session *session, enum close_code code, const char *reason);

/* session_flush.c */
/* Sends what is due, in one send; asks for another turn when there is more. */
void session_flush(struct session *session, int64_t now_ms);

/* hub.c */
uint64_t hub_random(struct hub *hub);

#endif
