/* One client's view of one portfolio: the cursor it was last sent, and what is
 * owed to it. It remembers no messages: what the client needs is everything
 * stamped after its cursor. Owned by its session. Thread: L. */
#ifndef PF_APP_SUBSCRIPTION_H
#define PF_APP_SUBSCRIPTION_H

#include "app/held_portfolio.h"
#include "app/pace.h"
#include "base/heap.h"
#include "base/list.h"
#include "protocol/messages.h"

struct hub;
struct session;

enum subscription_state {
    SUBSCRIPTION_WAITING, /* asked for, not answered: for the load, the bus, the cursor's number, or the socket */
    SUBSCRIPTION_LIVE     /* answered */
};

/* Kept only while it waits. */
struct pending_subscribe {
    struct message_id id;
    bool has_resume;
    struct cursor resume;
    int64_t deadline_ms; /* for a number or version ahead of ours */
    bool is_reload_asked;
};

/* What a pass and a flush touch of it is its first two lines of a cache; a pass touches the first only. */
#define SUBSCRIPTION_ALIGNMENT 64
#define SUBSCRIPTION_HOT_BYTES 128
struct subscription {
    struct session *session;
    struct held_portfolio *held;
    struct list_link due_link;        /* session.due: something to send, perhaps */
    uint32_t watcher_at;              /* its place in held.watchers */
    uint8_t state;                    /* enum subscription_state */
    bool has_cursor;                  /* something was sent */
    bool owes_snapshot;               /* asked for, or the cursor is void */
    bool sends_delta, sends_snapshot; /* what was collected last */
    bool is_unchecked;                /* whether the session may see it is being asked */
    struct pending_subscribe *pending;
    struct cursor cursor;    /* the last one sent; .fields is what was asked for */
    struct pace pace;        /* max_rate */
    struct heap_entry timer; /* hub.timers: when max_rate allows the next delta; its place is hot */

    struct list_link session_link;  /* session.subscriptions */
    struct list_link waiting_link;  /* hub.waiting: loaded, but not to be answered yet; or hub.access.unasked */
    struct message_id *snapshot_id; /* of a resync: the next snapshot carries it */
    int64_t max_rate_e8;
    bool awaits_load; /* what was held was older than the right to it: it is asked again when it was loaded */
    uint64_t heartbeat_seq, heartbeat_version; /* the portfolio's at the last heartbeat, or when it became live */
} __attribute__((aligned(SUBSCRIPTION_ALIGNMENT)));
_Static_assert(offsetof(struct subscription, session_link) <= 144,
               "a flush touches three cache lines of a subscription at most");

/* Adds it to the portfolio's and the session's lists. */
PF_MUST_CHECK enum status subscription_create(struct session *session, const struct client_message *message,
                                              int64_t now_ms, struct subscription **ret_subscription);
/* Takes it out of all lists, releases the portfolio, frees it. */
void subscription_destroy(struct subscription *subscription, int64_t now_ms);

/* Makes it due when its subscribe can be answered now. */
void subscription_try_answer(struct subscription *subscription, int64_t now_ms);
/* New max_rate or fields (a snapshot is owed then). */
void subscription_update(struct subscription *subscription, const struct client_message *message);
/* The portfolio's state moved: something may be due. */
void subscription_mark_due(struct subscription *subscription);
/* The cursor is void (a new epoch, another portfolio under the id): a snapshot is owed. */
void subscription_void_cursor(struct subscription *subscription);

/* At most this many frames come of one subscription at once. */
#define SUBSCRIPTION_FRAMES_MAX 3
/* Encodes what is to be sent now into frames (references of the caller's): the
 * answer to the subscribe with what follows it, a snapshot that is owed, or a
 * delta; nothing when max_rate says later (then its timer is set). The answer is
 * made here, not when it became possible: `recovered` must hold for the state
 * that goes out with it, however long the socket was stuck. */
PF_MUST_CHECK enum status subscription_collect(struct subscription *subscription, int64_t now_ms,
                                               struct frame *ret_frames[SUBSCRIPTION_FRAMES_MAX], size_t *ret_n);
/* A heartbeat was sent: what changes from now on makes it live. */
void subscription_note_heartbeat(struct subscription *subscription);
bool subscription_is_changed(const struct subscription *subscription);
/* The transport took what was collected. */
void subscription_on_sent(struct subscription *subscription, int64_t now_ms);

#endif
