/* A client of the stream without a socket: frames and time come in, messages and
 * wishes (connect, drop, a token) go out. What protocol/conformance runs.
 *
 * Reconnects with exponential backoff and full jitter, spread over what the server
 * asks for; resumes with the cursors; answers auth_expiring; looks whether a silent
 * connection is alive; gives up where another attempt would end the same way.
 * Refuses frames that are not of this protocol, or larger than FOLLOWER_FRAME_MAX: it
 * drops the connection and connects anew. Thread: one; pure; fuzzed. */
#ifndef PF_TERMINAL_FOLLOWER_H
#define PF_TERMINAL_FOLLOWER_H

#include "terminal/watch.h"

#define FOLLOWER_FRAME_MAX DOCUMENT_BYTES_MAX
#define FOLLOWER_VALUES_MAX 1000000 /* of a frame: a tree takes many times the text's memory */
#define FOLLOWER_WATCHES_MAX 100
#define FOLLOWER_CLOSED_ABNORMALLY 1006

enum follower_state {
    FOLLOWER_IDLE,
    FOLLOWER_ASKING,     /* for a token, to connect with */
    FOLLOWER_CONNECTING, /* until the socket is open */
    FOLLOWER_GREETING,   /* until the welcome */
    FOLLOWER_AUTHENTICATING,
    FOLLOWER_OPEN,
    FOLLOWER_WAITING, /* until follower_retry_at_ms */
    FOLLOWER_CLOSED   /* for good */
};

struct follower_handler {
    void *context;
    /* Answer with follower_token, now or later. is_refused: the last one was not taken. */
    void (*on_token_wanted)(void *context, bool is_refused);
    /* token: NULL for none. Report with follower_opened or follower_closed. */
    void (*on_connect_due)(void *context, const char *token);
    void (*on_message_due)(void *context, const char *text, size_t len);
    /* End the connection, without a report. */
    void (*on_drop_due)(void *context);
    /* result: WATCH_STATE, WATCH_STATUS or WATCH_GONE. */
    void (*on_watch_changed)(void *context, struct watch *watch, enum watch_result result);
    /* The state is another, or why it is. */
    void (*on_state_changed)(void *context);
    /* A number in [0, bound). */
    uint64_t (*random)(void *context, uint64_t bound);
};

struct follower;

PF_MUST_CHECK enum status follower_create(const struct follower_handler *handler, struct follower **ret_follower);
void follower_destroy(struct follower *follower);

/* --- what the application does --- */

/* The first one connects. LIMIT: too many. INVALID: the id is too long. */
PF_MUST_CHECK enum status follower_subscribe(struct follower *follower, int64_t now_ms, const char *portfolio_id,
                                             const struct watch_wish *wish);
struct watch *follower_watch(const struct follower *follower, const char *portfolio_id); /* NULL: there is none */
/* After a change of watch->wish, or watch_want_resync. */
void follower_update(struct follower *follower, int64_t now_ms);
void follower_unsubscribe(struct follower *follower, int64_t now_ms, struct watch *watch); /* the watch is gone */
void follower_token(struct follower *follower, int64_t now_ms, const char *token);         /* NULL: there is none */
/* There will be one, but not now: what needs one is tried again later. */
void follower_token_later(struct follower *follower, int64_t now_ms, const char *why);
/* Does not wait longer for the next attempt. */
void follower_hurry(struct follower *follower, int64_t now_ms);

/* --- what the connection does --- */

void follower_opened(struct follower *follower, int64_t now_ms);
void follower_take_frame(struct follower *follower, int64_t now_ms, const char *text, size_t len);
/* What is no text, or too large. */
void follower_take_garbage(struct follower *follower, int64_t now_ms, const char *why);
/* code: of the close frame, 1006 without one; a handshake that was refused with an
 * HTTP status has the code that says the same (401: 4401). why: for people; after_ms:
 * what Retry-After said, -1 without. */
void follower_closed(struct follower *follower, int64_t now_ms, int code, const char *why, int64_t after_ms);

/* --- time --- */

/* Does what is due. */
void follower_advance(struct follower *follower, int64_t now_ms);
int64_t follower_deadline_ms(const struct follower *follower); /* INT64_MAX: nothing */

/* --- what it shows --- */

enum follower_state follower_state(const struct follower *follower);
int64_t follower_retry_at_ms(const struct follower *follower);
int follower_close_code(const struct follower *follower); /* the last one; 0: none */
/* When the server should have said something, if only a heartbeat; INT64_MAX: nothing is due. */
int64_t follower_overdue_at_ms(const struct follower *follower);
int64_t follower_heard_at_ms(const struct follower *follower); /* the last frame */
const char *follower_reason(const struct follower *follower);  /* for people, from the server: not fit for a terminal */
const char *follower_current_token(const struct follower *follower); /* the connection's; NULL: none */

#endif
