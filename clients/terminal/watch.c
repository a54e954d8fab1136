/* What is said: watch_next, from the phase. What is heard: watch_take. Refuses every
 * delta that does not begin at the cursor. Thread: one; pure. */
#include "terminal/watch.h"

#include "protocol/json_exact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_MS 30000 /* a server that has much to do takes its time; nobody waits for one that has forgotten */

static const char *const status_names[] = {
    [WATCH_LOADING] = "loading",
    [WATCH_LIVE] = "live",
    [WATCH_QUIET] = "quiet",
    [WATCH_STALE] = "stale",
    [WATCH_MARKET_CLOSED] = "market_closed",
    [WATCH_DISCONNECTED] = "disconnected",
    [WATCH_ENDED] = "ended",
};

const char *watch_status_name(enum watch_status status) {
    return status_names[status];
}

/* False when there is no text or it does not fit; then nothing is written. */
static bool copy(char *out, size_t size, const char *text) {
    size_t len = text ? strlen(text) : size;
    if (len >= size)
        return false;
    memcpy(out, text, len + 1);
    return true;
}

enum status watch_create(const char *portfolio_id, const struct watch_wish *wish, struct watch **ret_watch) {
    struct watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return STATUS_NO_MEMORY;
    if (!copy(watch->portfolio_id, sizeof watch->portfolio_id, portfolio_id)) {
        free(watch);
        return STATUS_INVALID;
    }
    watch->wish = *wish;
    *ret_watch = watch;
    return STATUS_OK;
}

void watch_destroy(struct watch *watch) {
    document_fini(&watch->document);
    free(watch);
}

/* --- what is said --- */

static void begin_message(const struct watch *watch, const char *type, uint64_t id, struct strbuf *out) {
    strbuf_printf(out, "{\"type\":\"%s\",\"id\":%llu,\"portfolio_id\":", type, (unsigned long long)id);
    strbuf_append_json_string(out, watch->portfolio_id, strlen(watch->portfolio_id));
}

static void append_wish(const char *max_rate, const char *fields, struct strbuf *out) {
    if (max_rate[0])
        strbuf_printf(out, ",\"max_rate\":%s", max_rate);
    if (fields[0])
        strbuf_printf(out, ",\"fields\":%s", fields);
}

static void say_subscribe(struct watch *watch, int64_t now_ms, uint64_t id, struct strbuf *out) {
    watch->phase = WATCH_SUBSCRIBING;
    watch->hold_until_ms = now_ms + ANSWER_MS;
    watch->subscribe_id = id;
    watch->asked = watch->wish;
    if (!watch->document.data)
        watch->status = WATCH_LOADING;
    begin_message(watch, "subscribe", id, out);
    append_wish(watch->asked.max_rate, watch->asked.fields, out);
    if (watch->cursor[0]) {
        strbuf_append_text(out, ",\"resume\":");
        strbuf_append_json_string(out, watch->cursor, strlen(watch->cursor));
    }
}

/* An update cannot take a selection of fields back: that needs another subscription.
 * The document stays meanwhile. */
static void say_update(struct watch *watch, const char *max_rate, uint64_t id, struct strbuf *out) {
    const struct watch_wish *wish = &watch->wish;
    bool is_same_rate = strcmp(wish->max_rate, watch->asked.max_rate) == 0;
    bool are_same_fields = strcmp(wish->fields, watch->asked.fields) == 0;
    if (!are_same_fields && !wish->fields[0]) {
        watch->phase = WATCH_IDLE;
        watch->resync = WATCH_RESYNC_NO;
        begin_message(watch, "unsubscribe", id, out);
        return;
    }
    watch->update_id = id;
    watch->asked = *wish;
    begin_message(watch, "update", id, out);
    append_wish(is_same_rate        ? ""
                : wish->max_rate[0] ? wish->max_rate
                                    : max_rate,
                are_same_fields ? "" : wish->fields, out);
}

/* The application is gone: the server is told when it knows of us. */
static bool say_goodbye(struct watch *watch, uint64_t id, struct strbuf *out) {
    bool is_known = watch->phase == WATCH_SUBSCRIBING || watch->phase == WATCH_ACTIVE;
    watch->phase = WATCH_OVER;
    watch->status = WATCH_ENDED;
    if (is_known)
        begin_message(watch, "unsubscribe", id, out);
    return is_known;
}

bool watch_next(struct watch *watch, int64_t now_ms, const char *max_rate, uint64_t *id, struct strbuf *out) {
    bool is_due = true;
    if (watch->phase == WATCH_OVER)
        return false;
    if (watch->is_unwatched) {
        is_due = say_goodbye(watch, *id + 1, out);
    } else if (watch->hold_until_ms > now_ms || watch->phase == WATCH_SUBSCRIBING) {
        return false;
    } else if (watch->phase == WATCH_IDLE) {
        say_subscribe(watch, now_ms, *id + 1, out);
    } else if (watch->resync == WATCH_RESYNC_WANTED) {
        watch->resync = WATCH_RESYNC_ASKED;
        watch->resync_id = *id + 1;
        watch->hold_until_ms = now_ms + ANSWER_MS;
        begin_message(watch, "resync", *id + 1, out);
    } else if (strcmp(watch->wish.max_rate, watch->asked.max_rate) != 0 ||
               strcmp(watch->wish.fields, watch->asked.fields) != 0) {
        say_update(watch, max_rate, *id + 1, out);
    } else {
        is_due = false;
    }
    if (is_due) {
        strbuf_append_char(out, '}');
        (*id)++;
    }
    return is_due;
}

void watch_want_resync(struct watch *watch) {
    if (watch->phase == WATCH_ACTIVE && watch->resync == WATCH_RESYNC_NO)
        watch->resync = WATCH_RESYNC_WANTED;
}

static void say_again(struct watch *watch) {
    if (watch->phase == WATCH_SUBSCRIBING)
        watch->phase = WATCH_IDLE;
    if (watch->resync == WATCH_RESYNC_ASKED)
        watch->resync = WATCH_RESYNC_WANTED;
}

void watch_hold_over(struct watch *watch) {
    watch->hold_until_ms = 0;
    say_again(watch);
}

/* --- what is heard --- */

/* The snapshot, or the delta of a recovery, is there or to come at once. */
static void answered(struct watch *watch) {
    if (watch->phase == WATCH_SUBSCRIBING || watch->resync == WATCH_RESYNC_ASKED)
        watch->hold_until_ms = 0;
    watch->phase = WATCH_ACTIVE;
    watch->resync = WATCH_RESYNC_NO;
}

static void note_error(struct watch *watch, const char *code, const char *detail) {
    (void)snprintf(watch->code, sizeof watch->code, "%s", code ? code : "");
    (void)snprintf(watch->detail, sizeof watch->detail, "%s", detail ? detail : "");
}

static enum watch_result end(struct watch *watch, const char *code, const char *detail) {
    watch->phase = WATCH_OVER;
    watch->status = WATCH_ENDED;
    document_clear(&watch->document);
    watch->cursor[0] = '\0';
    note_error(watch, code, detail);
    return WATCH_GONE;
}

/* A priced row that is not confirmed makes the whole stale. */
static bool has_stale_row(const struct watch *watch) {
    const char *ticker;
    json_t *position;
    json_object_foreach(json_object_get(watch->document.data, "positions"), ticker, position) {
        if (json_is_true(json_object_get(position, "stale")))
            return true;
    }
    return false;
}

static enum watch_result show(struct watch *watch, const json_t *frame, const char *cursor) {
    (void)copy(watch->cursor, sizeof watch->cursor, cursor);
    if (!copy(watch->as_of, sizeof watch->as_of, document_string(frame, "as_of")))
        watch->as_of[0] = '\0';
    watch->status = has_stale_row(watch) ? WATCH_STALE : WATCH_LIVE;
    watch->refusals_n = 0;
    watch->code[0] = watch->detail[0] = '\0';
    return WATCH_STATE;
}

static enum watch_result take_snapshot(struct watch *watch, const json_t *frame) {
    const char *cursor = document_string(frame, "cursor");
    if (!cursor || strlen(cursor) >= sizeof watch->cursor ||
        document_replace(&watch->document, json_object_get(frame, "data")) != STATUS_OK)
        return WATCH_BROKEN;
    answered(watch);
    return show(watch, frame, cursor);
}

static enum watch_result take_delta(struct watch *watch, const json_t *frame, size_t bytes) {
    const char *base = document_string(frame, "base"), *cursor = document_string(frame, "cursor");
    const json_t *patch = json_object_get(frame, "patch");
    if (!base || !cursor || strlen(cursor) >= sizeof watch->cursor || !json_is_object(patch))
        return WATCH_BROKEN;
    if (!watch->document.data || strcmp(base, watch->cursor) != 0) {
        watch_want_resync(watch);
        return WATCH_UNCHANGED;
    }
    if (document_patch(&watch->document, patch, bytes) == STATUS_OK)
        return show(watch, frame, cursor);
    document_clear(&watch->document);
    watch->cursor[0] = '\0';
    return WATCH_BROKEN;
}

/* Is the frame the answer to the message with this id of ours? */
static bool answers(const json_t *frame, uint64_t id) {
    char text[24];
    const char *echoed = document_number(frame, "id");
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)id);
    return id != 0 && echoed && strcmp(echoed, text) == 0;
}

bool watch_has_said(const struct watch *watch, const json_t *frame) {
    return answers(frame, watch->subscribe_id) || answers(frame, watch->update_id) || answers(frame, watch->resync_id);
}

/* Nobody's wishes: what is wanted differs, so it is said whole. */
static void forget_asked(struct watch *watch) {
    (void)copy(watch->asked.max_rate, sizeof watch->asked.max_rate, "refused");
    (void)copy(watch->asked.fields, sizeof watch->asked.fields, "refused");
}

/* The same message again, later. */
static enum watch_result hold(struct watch *watch, const char *code, bool is_update, bool is_token_over) {
    if (strcmp(code, "not_subscribed") == 0) {
        watch->phase = WATCH_IDLE;
        watch->resync = WATCH_RESYNC_NO;
    } else if (is_update) {
        forget_asked(watch);
    } else {
        say_again(watch);
    }
    return is_token_over ? WATCH_NO_TOKEN : WATCH_HELD;
}

static enum watch_result take_error(struct watch *watch, const json_t *frame) {
    const char *code = document_string(frame, "code"), *detail = document_string(frame, "detail");
    if (!code)
        return WATCH_BROKEN;
    if (watch->phase == WATCH_IDLE)
        return WATCH_UNCHANGED;
    bool is_token_over = strcmp(code, "token_expired") == 0 || strcmp(code, "unauthorized") == 0;
    bool is_update = answers(frame, watch->update_id);
    if (strcmp(code, "already_subscribed") == 0) {
        answered(watch);
        forget_asked(watch);
        return WATCH_UNCHANGED;
    }
    if (strcmp(code, "invalid_field") == 0 && watch->phase == WATCH_SUBSCRIBING && watch->cursor[0]) {
        /* It may be the cursor, of another version of the server: without it all is sent. */
        watch->cursor[0] = '\0';
        watch_hold_over(watch);
        return WATCH_UNCHANGED;
    }
    note_error(watch, code, detail);
    if (is_token_over || json_is_true(json_object_get(frame, "retryable")) || strcmp(code, "not_subscribed") == 0)
        return hold(watch, code, is_update, is_token_over);
    return is_update ? WATCH_STATUS : end(watch, code, detail);
}

enum watch_result watch_take(struct watch *watch, const char *type, const json_t *frame, size_t bytes) {
    if (watch->phase == WATCH_OVER)
        return WATCH_UNCHANGED;
    if (strcmp(type, "error") == 0)
        return take_error(watch, frame);
    if (strcmp(type, "subscribed") == 0) {
        if (watch->phase == WATCH_SUBSCRIBING && answers(frame, watch->subscribe_id)) {
            bool is_recovered = json_is_true(json_object_get(frame, "recovered"));
            /* A snapshot follows, or the one delta from our cursor: until then nothing is asked for. */
            if (is_recovered)
                answered(watch);
            watch->phase = WATCH_ACTIVE;
            watch->resync = is_recovered ? WATCH_RESYNC_NO : WATCH_RESYNC_ASKED;
        }
        return WATCH_UNCHANGED;
    }
    if (watch->phase != WATCH_ACTIVE)
        return WATCH_UNCHANGED;
    if (strcmp(type, "snapshot") == 0)
        return take_snapshot(watch, frame);
    if (strcmp(type, "delta") == 0)
        return take_delta(watch, frame, bytes);
    if (strcmp(type, "unsubscribed") == 0 && document_string(frame, "code"))
        return end(watch, document_string(frame, "code"), "the server ended the subscription");
    return WATCH_UNCHANGED;
}

enum watch_result watch_take_heartbeat(struct watch *watch, const json_t *entry) {
    const char *cursor = document_string(entry, "cursor"), *state = document_string(entry, "state");
    if (!cursor || !state)
        return WATCH_BROKEN;
    if (watch->phase != WATCH_ACTIVE || watch->resync != WATCH_RESYNC_NO)
        return WATCH_UNCHANGED;
    if (strcmp(cursor, watch->cursor) != 0) {
        watch_want_resync(watch);
        return WATCH_UNCHANGED;
    }
    enum watch_status before = watch->status;
    for (enum watch_status known = WATCH_LIVE; known <= WATCH_MARKET_CLOSED; known++)
        if (strcmp(state, status_names[known]) == 0)
            watch->status = known;
    return watch->status == before ? WATCH_UNCHANGED : WATCH_STATUS;
}

void watch_disconnect(struct watch *watch) {
    if (watch->phase == WATCH_OVER)
        return;
    watch->phase = WATCH_IDLE;
    watch->resync = WATCH_RESYNC_NO;
    watch->hold_until_ms = 0;
    watch->status = WATCH_DISCONNECTED;
}
