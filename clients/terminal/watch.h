/* One portfolio that a connection follows: its document, its cursor, and what has
 * to be said to the server next. The client's whole rule is here: a snapshot
 * replaces the document, a delta whose base is our cursor changes it, and after
 * anything else a snapshot is asked for. Thread: one; pure: no socket, no clock. */
#ifndef PF_TERMINAL_WATCH_H
#define PF_TERMINAL_WATCH_H

#include "base/list.h"
#include "base/timestamp.h"
#include "protocol/cursor.h"
#include "terminal/document.h"

#include <stdint.h>

#define WATCH_ID_MAX 64
#define WATCH_NUMBER_MAX 32
#define WATCH_FIELDS_MAX 1024
#define WATCH_CODE_MAX 32
#define WATCH_DETAIL_MAX 200

enum watch_status {
    WATCH_LOADING,
    WATCH_LIVE,
    WATCH_QUIET,
    WATCH_STALE,
    WATCH_MARKET_CLOSED,
    WATCH_DISCONNECTED,
    WATCH_ENDED
};
enum watch_phase { WATCH_IDLE, WATCH_SUBSCRIBING, WATCH_ACTIVE, WATCH_OVER };
enum watch_resync { WATCH_RESYNC_NO, WATCH_RESYNC_WANTED, WATCH_RESYNC_ASKED };

struct watch_wish {
    char max_rate[WATCH_NUMBER_MAX + 1]; /* a number's text; "": the server's own */
    char fields[WATCH_FIELDS_MAX + 1];   /* a JSON array; "": all */
};

struct watch {
    struct list_link link; /* of the follower's */
    char portfolio_id[WATCH_ID_MAX + 1];
    struct watch_wish wish, asked;
    struct document document;
    char cursor[CURSOR_TEXT_MAX]; /* "": none */
    char as_of[TIMESTAMP_TEXT_LEN + 1];
    enum watch_status status;
    enum watch_phase phase;
    enum watch_resync resync;
    bool is_unwatched; /* the application has left it */
    uint64_t subscribe_id, update_id, resync_id;
    int64_t hold_until_ms; /* nothing is said before: an answer is due, or it was refused; 0: now */
    unsigned refusals_n;
    char code[WATCH_CODE_MAX + 1]; /* of the last error, or of the end; "": none */
    char detail[WATCH_DETAIL_MAX + 1];
};

/* What a frame did. */
enum watch_result {
    WATCH_UNCHANGED,
    WATCH_STATUS,   /* the status is another */
    WATCH_STATE,    /* the document is another */
    WATCH_HELD,     /* refused for now: watch_hold is due */
    WATCH_NO_TOKEN, /* the same, and the token is over */
    WATCH_GONE,     /* ended, with a code */
    WATCH_BROKEN    /* no frame of this protocol, or more than fits */
};

PF_MUST_CHECK enum status watch_create(const char *portfolio_id, const struct watch_wish *wish,
                                       struct watch **ret_watch);
void watch_destroy(struct watch *watch);

/* Appends the message that is due, with the id *id + 1, and counts *id; false: none
 * is. max_rate: the server's own, for an update that goes back to it. Asked again
 * until it is false. */
bool watch_next(struct watch *watch, int64_t now_ms, const char *max_rate, uint64_t *id, struct strbuf *out);
/* The application asks for the whole document. */
void watch_want_resync(struct watch *watch);
/* The time until which nothing was to be said is over: what nobody answered is due again. */
void watch_hold_over(struct watch *watch);
/* Is it the id of what was said last here? */
bool watch_has_said(const struct watch *watch, const json_t *frame);

/* A frame with our portfolio_id; bytes: its length. */
enum watch_result watch_take(struct watch *watch, const char *type, const json_t *frame, size_t bytes);
/* What a heartbeat says of us. */
enum watch_result watch_take_heartbeat(struct watch *watch, const json_t *entry);
/* The connection is gone; the document stays. */
void watch_disconnect(struct watch *watch);

/* "live", "market_closed", … */
const char *watch_status_name(enum watch_status status);

#endif
