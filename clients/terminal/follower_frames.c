/* What the server's frames mean for the connection; those of a portfolio are handed
 * to its watch. Unknown types and members are ignored, as the contract says; what is
 * no object with a type, or lacks what its type must have, ends the connection.
 * Thread: one; fuzzed. */
#include "protocol/errors.h"
#include "protocol/json_exact.h"
#include "terminal/follower_internal.h"

#include <stdlib.h>
#include <string.h>

#define HEARTBEAT_MS_DEFAULT 15000
#define HEARTBEAT_MS_MIN 100
#define HEARTBEAT_MS_MAX 600000

static void broken(struct follower *follower, int64_t now_ms, const char *why) {
    follower_drop(follower, now_ms, FOLLOWER_CLOSED_ABNORMALLY, why);
}

/* A whole number of the frame between bounds; `otherwise` when there is none. */
static int64_t integer(const json_t *frame, const char *name, int64_t least, int64_t most, int64_t otherwise) {
    const char *text = document_number(frame, name);
    char *end = NULL;
    if (!text)
        return otherwise;
    long long value = strtoll(text, &end, 10); /* out of range: the nearest one */
    if (*end != '\0' && *end != '.')
        return otherwise;
    return value < least ? least : value > most ? most : value;
}

static void watch_changed(struct follower *follower, int64_t now_ms, struct watch *watch, enum watch_result result) {
    if (result == WATCH_UNCHANGED)
        return;
    if (result == WATCH_BROKEN) {
        broken(follower, now_ms, "the server sent a frame that is not of this protocol");
        return;
    }
    if (result == WATCH_HELD || result == WATCH_NO_TOKEN)
        result = WATCH_STATUS;
    follower->handler.on_watch_changed(follower->handler.context, watch, result);
}

/* An error that names no portfolio is of the watch whose message it names, if it is of one. */
static struct watch *watch_of(const struct follower *follower, const char *type, const json_t *frame) {
    const char *portfolio_id = document_string(frame, "portfolio_id");
    if (portfolio_id)
        return follower_watch(follower, portfolio_id);
    if (strcmp(type, "error") != 0)
        return NULL;
    LIST_FOR_EACH (link, next, &follower->watches) {
        struct watch *watch = LIST_ENTRY(link, struct watch, link);
        if (watch_has_said(watch, frame))
            return watch;
    }
    return NULL;
}

static void take_of_watch(struct follower *follower, int64_t now_ms, const char *type, const json_t *frame,
                          size_t bytes) {
    struct watch *watch = watch_of(follower, type, frame);
    if (!watch)
        return;
    enum watch_result result = watch_take(watch, type, frame, bytes);
    if (result == WATCH_HELD || result == WATCH_NO_TOKEN) {
        int64_t after_ms = integer(frame, "retry_after_ms", 0, FOLLOWER_WAIT_MAX_MS, -1);
        watch->hold_until_ms = now_ms + follower_wait_ms(follower, watch->refusals_n++, 0, after_ms);
        if (result == WATCH_NO_TOKEN && !follower->is_token_asked && follower->auth_id == 0)
            follower_ask_for_token(follower, true);
    }
    watch_changed(follower, now_ms, watch, result);
}

static void take_welcome(struct follower *follower, int64_t now_ms, const json_t *frame) {
    if (follower->state != FOLLOWER_GREETING)
        return;
    const char *max_rate = document_number(json_object_get(frame, "limits"), "max_rate");
    follower->heartbeat_ms = integer(frame, "heartbeat_ms", HEARTBEAT_MS_MIN, HEARTBEAT_MS_MAX, HEARTBEAT_MS_DEFAULT);
    follower->window_ms = integer(frame, "reconnect_window_ms", 0, FOLLOWER_WAIT_MAX_MS, 0);
    follower->max_rate[0] = '\0';
    if (max_rate && strlen(max_rate) < sizeof follower->max_rate)
        memcpy(follower->max_rate, max_rate, strlen(max_rate) + 1);
    follower->welcomed_at_ms = now_ms;
    if (!json_is_true(json_object_get(frame, "auth_required"))) {
        follower->is_token_refused = false;
        follower_set_reason(follower, NULL);
        follower_set_state(follower, FOLLOWER_OPEN, INT64_MAX);
    } else if (follower->token) {
        follower_set_state(follower, FOLLOWER_AUTHENTICATING, INT64_MAX);
        follower_say_auth(follower);
    } else {
        follower->is_token_refused = true; /* asking for one again would give none */
        follower_drop(follower, now_ms, CLOSE_UNAUTHORIZED, "the server wants to know who you are");
    }
}

static void take_authenticated(struct follower *follower) {
    follower->auth_id = 0;
    follower->is_token_refused = false;
    if (follower->state != FOLLOWER_AUTHENTICATING)
        return;
    follower_set_reason(follower, NULL);
    follower_set_state(follower, FOLLOWER_OPEN, INT64_MAX);
}

static void take_closing(struct follower *follower, const json_t *frame) {
    follower->closing_code = (int)integer(frame, "code", 1000, 4999, CLOSE_GOING_AWAY);
    follower->is_closing_for_good = json_is_false(json_object_get(frame, "reconnect"));
    follower->closing_after_ms = integer(frame, "after_ms", 0, FOLLOWER_WAIT_MAX_MS, -1);
}

/* An error that names no portfolio: of our auth, or to be shown. */
static void take_error(struct follower *follower, int64_t now_ms, const json_t *frame) {
    const char *code = document_string(frame, "code"), *detail = document_string(frame, "detail");
    bool is_retryable = json_is_true(json_object_get(frame, "retryable"));
    if (!code) {
        broken(follower, now_ms, "the server sent an error without a code");
        return;
    }
    follower_set_reason(follower, detail ? detail : code);
    if (integer(frame, "id", 0, INT64_MAX, 0) != (int64_t)follower->auth_id || follower->auth_id == 0)
        return;
    follower->auth_id = 0;
    if (follower->state != FOLLOWER_AUTHENTICATING)
        return;
    if (strcmp(code, "forbidden") == 0) {
        follower_drop(follower, now_ms, CLOSE_FORBIDDEN, detail);
    } else if (is_retryable) {
        follower_drop(follower, now_ms, CLOSE_TRY_LATER, detail);
    } else if (follower->is_token_refused) {
        follower_drop(follower, now_ms, CLOSE_UNAUTHORIZED, detail);
    } else { /* another one, on this connection, once */
        follower->is_token_refused = true;
        follower_ask_for_token(follower, true);
    }
}

static void take_heartbeat(struct follower *follower, int64_t now_ms, const json_t *frame) {
    const json_t *entries = json_object_get(frame, "subscriptions");
    LIST_FOR_EACH (link, next, &follower->watches) {
        struct watch *watch = LIST_ENTRY(link, struct watch, link);
        const json_t *entry = json_object_get(entries, watch->portfolio_id);
        enum watch_result result = entry ? watch_take_heartbeat(watch, entry) : WATCH_UNCHANGED;
        watch_changed(follower, now_ms, watch, result);
        if (result == WATCH_BROKEN)
            return;
    }
}

static void take(struct follower *follower, int64_t now_ms, const char *type, const json_t *frame, size_t bytes) {
    if (strcmp(type, "welcome") == 0)
        take_welcome(follower, now_ms, frame);
    else if (strcmp(type, "closing") == 0)
        take_closing(follower, frame);
    else if (strcmp(type, "authenticated") == 0)
        take_authenticated(follower);
    else if (strcmp(type, "auth_expiring") == 0)
        follower_ask_for_token(follower, false);
    else if (strcmp(type, "heartbeat") == 0)
        take_heartbeat(follower, now_ms, frame);
    else if (strcmp(type, "error") == 0 && !document_string(frame, "portfolio_id") && !watch_of(follower, type, frame))
        take_error(follower, now_ms, frame);
    else
        take_of_watch(follower, now_ms, type, frame, bytes);
}

/* Commas are counted before anything is kept: each is followed by another value. */
static bool has_too_many_values(const char *text, size_t len) {
    size_t commas_n = 0;
    for (const char *at = memchr(text, ',', len); at; at = memchr(at + 1, ',', len - (size_t)(at + 1 - text)))
        if (++commas_n >= FOLLOWER_VALUES_MAX)
            return true;
    return false;
}

void follower_take_garbage(struct follower *follower, int64_t now_ms, const char *why) {
    if (follower->state >= FOLLOWER_GREETING && follower->state <= FOLLOWER_OPEN)
        broken(follower, now_ms, why);
}

void follower_take_frame(struct follower *follower, int64_t now_ms, const char *text, size_t len) {
    json_t *frame = NULL;
    char error[128];
    if (follower->state < FOLLOWER_GREETING || follower->state > FOLLOWER_OPEN)
        return;
    follower->heard_at_ms = now_ms;
    follower->is_pinged = false;
    if (len > FOLLOWER_FRAME_MAX || has_too_many_values(text, len)) {
        broken(follower, now_ms, "the server sent a frame that is too large");
        return;
    }
    const char *type = NULL;
    if (json_exact_parse(text, len, &frame, error, sizeof error) == STATUS_OK)
        type = document_string(frame, "type");
    if (type)
        take(follower, now_ms, type, frame, len);
    else
        broken(follower, now_ms, "the server sent something that is not a message");
    json_decref(frame);
    follower_pump(follower, now_ms);
}
