/* The state shared by hub.c, hub_access.c, session.c, session_auth.c, session_flush.c and subscription.c.
 * Nobody else includes this. Thread: L. */
#ifndef PF_APP_HUB_INTERNAL_H
#define PF_APP_HUB_INTERNAL_H

#include "app/encode.h"
#include "app/hub.h"
#include "app/session.h"
#include "app/subscription.h"
#include "app/subscription_set.h"
#include "base/fifo.h"

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

#define FLUSH_FRAMES_MAX 64
#define FLUSH_BYTES_MAX ((size_t)256 * 1024)

/* What one send carries, and what it settles when it was taken. */
struct flush {
    struct session *session;
    enum status status; /* not OK: it could not be gathered */
    struct frame *frames[FLUSH_FRAMES_MAX];
    size_t frames_n, bytes;
    size_t outbox_n; /* the first of the frames are the outbox' */
    struct subscription *sent[FLUSH_FRAMES_MAX];
    size_t sent_n;
    bool has_heartbeat;
};

/* So many sessions are gathered, then sent. */
#define HUB_GATHERED_MAX 16

struct hub {
    struct hub_config config;
    struct engine *engine;
    const struct clock *clock;
    struct strbuf scratch;
    struct encode_context encode; /* book and epoch are where they are as long as the engine lives */
    struct hub_sent sent;
    struct flush flushes[HUB_GATHERED_MAX]; /* within hub_flush and session_flush only */
    struct list sessions;                   /* session.hub_link */
    uint32_t sessions_n;
    struct fifo ready;      /* session.ready: to be flushed, first come first served */
    size_t pass_backlog;    /* of the ready ones, how many the last pass left */
    struct list waiting;    /* subscription.waiting_link: for the bus or a cursor */
    struct heap timers;     /* subscription.timer */
    struct heap heartbeats; /* session.heartbeat */
    bool is_feed_away;
    uint64_t random;
    struct hub_access access;
};

/* What it may still send, and what was too much: session_limits.c. */
struct session_limits {
    struct rate_limit_key client;       /* whose messages these are, over all connections */
    int64_t tokens_milli, tokens_at_ms; /* messages of this connection, in 1/1000 */
    int64_t refused_since_ms;
    unsigned refused_n; /* since then */
};

#define SESSION_ALIGNMENT 64

struct session {
    /* What a flush of deltas touches, in one line: with many clients each of them has left the caches since the last
     * flush, and what is spread out is waited for several times. */
    struct fifo_entry ready;
    bool is_blocked, is_closing, is_reading_paused, is_heartbeat_due;
    struct list due; /* subscription.due_link */
    struct hub *hub;
    struct peer peer;
    uint32_t outbox_first, outbox_n; /* outbox[outbox_first .. outbox_n) */
    int64_t last_sent_ms;

    struct list_link hub_link;
    struct subscription_set subscriptions;
    struct frame **outbox;
    size_t outbox_capacity, outbox_bytes;
    struct heap_entry heartbeat;
    struct session_limits limits;
    unsigned bad_in_row;
    struct session_auth *auth; /* NULL: everybody may do everything */
} __attribute__((aligned(SESSION_ALIGNMENT)));
_Static_assert(offsetof(struct session, hub_link) == SESSION_ALIGNMENT, "a flush touches one cache line of a session");

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

/* session_limits.c */
void session_limits_init(struct session *session);
/* Whether another message may be; false: an error was pushed, or the connection closed. */
bool session_limits_admit(struct session *session, const struct message_id *id, const char *portfolio_text);

/* session_flush.c */
/* What is due, for one send. It is to be sent before anything else happens. */
void session_gather(struct session *session, int64_t now_ms, struct flush *ret_flush);
/* Sends what was gathered; asks for another turn when there is more. */
void session_send(struct flush *flush, int64_t now_ms);
/* Both. Not while others are gathered. */
void session_flush(struct session *session, int64_t now_ms);

/* hub.c */
uint64_t hub_random(struct hub *hub);
/* Ends it: an error for who still waits for its answer, else `unsubscribed`. */
void hub_end_subscription(struct hub *hub, struct subscription *subscription, enum error_code code);

#endif
