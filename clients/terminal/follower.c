/* The life of the connection: connecting, waiting, watching over it, giving up.
 * One door for each state: follower_set_state. Thread: one. */
#include "terminal/follower.h"

#include "protocol/errors.h"
#include "terminal/follower_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_MS 20000
#define FIRST_WAIT_MS 500
#define WAIT_CAP_MS 30000
#define BUSY_WAIT_MS 15000 /* the least, when the server has too much to do */
#define STEADY_MS 10000    /* a connection that lasted so long was a good one */
#define PING_ANSWER_MS 5000
#define SILENCE_SLACK_MS 1000
#define NEVER INT64_MAX

enum status follower_create(const struct follower_handler *handler, struct follower **ret_follower) {
    struct follower *follower = calloc(1, sizeof *follower);
    if (!follower)
        return STATUS_NO_MEMORY;
    follower->handler = *handler;
    follower->deadline_ms = NEVER;
    follower->welcomed_at_ms = -1;
    list_init(&follower->watches);
    *ret_follower = follower;
    return STATUS_OK;
}

static void forget_token(struct follower *follower) {
    if (follower->token)
        explicit_bzero(follower->token, strlen(follower->token));
    free(follower->token);
    follower->token = NULL;
}

static void remove_watch(struct follower *follower, struct watch *watch) {
    list_remove(&watch->link);
    follower->watches_n--;
    watch_destroy(watch);
}

void follower_destroy(struct follower *follower) {
    LIST_FOR_EACH (link, next, &follower->watches)
        remove_watch(follower, LIST_ENTRY(link, struct watch, link));
    forget_token(follower);
    free(follower);
}

void follower_set_state(struct follower *follower, enum follower_state state, int64_t deadline_ms) {
    follower->state = state;
    follower->deadline_ms = deadline_ms;
    follower->handler.on_state_changed(follower->handler.context);
}

void follower_set_reason(struct follower *follower, const char *reason) {
    (void)snprintf(follower->reason, sizeof follower->reason, "%s", reason ? reason : "");
}

void follower_ask_for_token(struct follower *follower, bool is_refused) {
    follower->is_token_asked = true;
    follower->handler.on_token_wanted(follower->handler.context, is_refused);
}

static void begin(struct follower *follower) {
    follower_set_state(follower, FOLLOWER_ASKING, NEVER);
    follower_ask_for_token(follower, follower->is_token_refused);
}

void follower_give_up(struct follower *follower, int code) {
    follower->close_code = code;
    LIST_FOR_EACH (link, next, &follower->watches)
        watch_disconnect(LIST_ENTRY(link, struct watch, link));
    follower_set_state(follower, FOLLOWER_CLOSED, NEVER);
}

/* --- tokens --- */

void follower_say_auth(struct follower *follower) {
    struct strbuf out;
    strbuf_init(&out);
    follower->auth_id = ++follower->last_id;
    strbuf_printf(&out, "{\"type\":\"auth\",\"id\":%llu,\"token\":", (unsigned long long)follower->auth_id);
    strbuf_append_json_string(&out, follower->token, strlen(follower->token));
    strbuf_append_char(&out, '}');
    if (strbuf_status(&out) == STATUS_OK) {
        follower->handler.on_message_due(follower->handler.context, out.data, out.len);
        explicit_bzero(out.data, out.len);
    }
    strbuf_fini(&out);
}

static bool is_connected(const struct follower *follower) {
    return follower->state == FOLLOWER_AUTHENTICATING || follower->state == FOLLOWER_OPEN;
}

void follower_token(struct follower *follower, int64_t now_ms, const char *token) {
    bool is_new = token && (!follower->token || strcmp(token, follower->token) != 0);
    if (!follower->is_token_asked)
        return;
    follower->is_token_asked = false;
    if (follower->state == FOLLOWER_ASKING && follower->is_token_refused && !is_new) {
        follower_give_up(follower, CLOSE_UNAUTHORIZED);
        return;
    }
    if (is_new || !token) {
        char *kept = token ? strdup(token) : NULL;
        if (token && !kept)
            return;
        if (token || follower->state == FOLLOWER_ASKING)
            forget_token(follower);
        if (kept)
            follower->token = kept;
    }
    if (follower->state == FOLLOWER_ASKING) {
        follower_set_state(follower, FOLLOWER_CONNECTING, now_ms + CONNECT_MS);
        follower->handler.on_connect_due(follower->handler.context, follower->token);
    } else if (is_connected(follower) && is_new) {
        follower_say_auth(follower);
    } else if (follower->state == FOLLOWER_AUTHENTICATING) {
        follower_drop(follower, now_ms, CLOSE_UNAUTHORIZED, NULL);
    }
}

/* --- watches --- */

enum status follower_subscribe(struct follower *follower, int64_t now_ms, const char *portfolio_id,
                               const struct watch_wish *wish) {
    struct watch *watch = NULL;
    if (follower->watches_n >= FOLLOWER_WATCHES_MAX)
        return STATUS_LIMIT;
    enum status status = watch_create(portfolio_id, wish, &watch);
    if (status != STATUS_OK)
        return status;
    list_push_back(&follower->watches, &watch->link);
    follower->watches_n++;
    if (follower->state == FOLLOWER_IDLE)
        begin(follower);
    follower_pump(follower, now_ms);
    return STATUS_OK;
}

struct watch *follower_watch(const struct follower *follower, const char *portfolio_id) {
    LIST_FOR_EACH (link, next, &follower->watches) {
        struct watch *watch = LIST_ENTRY(link, struct watch, link);
        if (strcmp(watch->portfolio_id, portfolio_id) == 0)
            return watch;
    }
    return NULL;
}

void follower_pump(struct follower *follower, int64_t now_ms) {
    struct strbuf out;
    if (follower->state != FOLLOWER_OPEN)
        return;
    strbuf_init(&out);
    LIST_FOR_EACH (link, next, &follower->watches) {
        struct watch *watch = LIST_ENTRY(link, struct watch, link);
        while (watch_next(watch, now_ms, follower->max_rate, &follower->last_id, &out)) {
            if (strbuf_status(&out) == STATUS_OK)
                follower->handler.on_message_due(follower->handler.context, out.data, out.len);
            strbuf_clear(&out);
        }
        if (watch->is_unwatched)
            remove_watch(follower, watch);
    }
    strbuf_fini(&out);
}

void follower_update(struct follower *follower, int64_t now_ms) {
    follower_pump(follower, now_ms);
}

void follower_unsubscribe(struct follower *follower, int64_t now_ms, struct watch *watch) {
    watch->is_unwatched = true;
    if (follower->state == FOLLOWER_OPEN)
        follower_pump(follower, now_ms);
    else
        remove_watch(follower, watch);
}

/* --- the end of a connection, and the next one --- */

static int64_t random_below(const struct follower *follower, int64_t bound) {
    return bound > 0 ? (int64_t)follower->handler.random(follower->handler.context, (uint64_t)bound) : 0;
}

int64_t follower_wait_ms(const struct follower *follower, unsigned attempt, int code, int64_t after_ms) {
    int64_t range = (int64_t)FIRST_WAIT_MS << (attempt < 6 ? attempt : 6), least = after_ms < 0 ? 0 : after_ms;
    if (range > WAIT_CAP_MS)
        range = WAIT_CAP_MS;
    if (after_ms < 0 && (code == CLOSE_GOING_AWAY || code == CLOSE_RESTART) && range < follower->window_ms)
        range = follower->window_ms;
    if (after_ms < 0 && (code == CLOSE_TRY_LATER || code == CLOSE_TOO_MANY)) {
        least = BUSY_WAIT_MS;
        range = WAIT_CAP_MS - BUSY_WAIT_MS;
    }
    if (least > FOLLOWER_WAIT_MAX_MS)
        least = FOLLOWER_WAIT_MAX_MS;
    return least + random_below(follower, range);
}

static bool is_final(int code) {
    return code == CLOSE_PROTOCOL || code == CLOSE_FORBIDDEN;
}

/* What closing said counts: the library tells some close codes wrongly, and a cut connection none. */
static void go_on(struct follower *follower, int64_t now_ms, int code, int64_t after_ms) {
    bool is_for_good = is_final(code);
    if (follower->closing_code != 0) {
        code = follower->closing_code;
        after_ms = follower->closing_after_ms;
        is_for_good = follower->is_closing_for_good || is_final(code);
    }
    if (follower->welcomed_at_ms >= 0 && now_ms - follower->welcomed_at_ms >= STEADY_MS)
        follower->attempts_n = 0;
    follower->welcomed_at_ms = -1;
    follower->closing_code = 0;
    follower->auth_id = 0;
    follower->close_code = code;
    /* With another token it may go on, whatever closing says: once. */
    if (code == CLOSE_UNAUTHORIZED && !follower->is_token_refused) {
        follower->is_token_refused = true;
        begin(follower);
    } else if (code == CLOSE_UNAUTHORIZED || is_for_good) {
        follower_give_up(follower, code);
    } else {
        int64_t wait_ms = follower_wait_ms(follower, follower->attempts_n++, code, after_ms);
        follower_set_state(follower, FOLLOWER_WAITING, now_ms + wait_ms);
    }
}

void follower_token_later(struct follower *follower, int64_t now_ms, const char *why) {
    if (!follower->is_token_asked)
        return;
    follower->is_token_asked = false;
    if (follower->state == FOLLOWER_AUTHENTICATING) {
        follower_drop(follower, now_ms, CLOSE_TRY_LATER, why);
    } else if (follower->state == FOLLOWER_ASKING) {
        follower_set_reason(follower, why);
        int64_t wait_ms = follower_wait_ms(follower, follower->attempts_n++, 0, -1);
        follower_set_state(follower, FOLLOWER_WAITING, now_ms + wait_ms);
    }
}

static void disconnect_watches(struct follower *follower) {
    LIST_FOR_EACH (link, next, &follower->watches) {
        struct watch *watch = LIST_ENTRY(link, struct watch, link);
        enum watch_status before = watch->status;
        watch_disconnect(watch);
        if (watch->status != before)
            follower->handler.on_watch_changed(follower->handler.context, watch, WATCH_STATUS);
    }
}

void follower_closed(struct follower *follower, int64_t now_ms, int code, const char *why, int64_t after_ms) {
    if (follower->state < FOLLOWER_CONNECTING || follower->state > FOLLOWER_OPEN)
        return;
    follower->is_token_asked = false;
    if (why)
        follower_set_reason(follower, why);
    disconnect_watches(follower);
    go_on(follower, now_ms, code, after_ms);
}

void follower_drop(struct follower *follower, int64_t now_ms, int code, const char *why) {
    follower->handler.on_drop_due(follower->handler.context);
    follower_closed(follower, now_ms, code, why, -1);
}

void follower_opened(struct follower *follower, int64_t now_ms) {
    if (follower->state != FOLLOWER_CONNECTING)
        return;
    follower->heard_at_ms = now_ms;
    follower->is_pinged = false;
    follower_set_state(follower, FOLLOWER_GREETING, now_ms + CONNECT_MS);
}

void follower_hurry(struct follower *follower, int64_t now_ms) {
    if (follower->state == FOLLOWER_WAITING) {
        follower->deadline_ms = now_ms;
        follower_advance(follower, now_ms);
    }
}

/* --- time --- */

/* When the connection is pinged, or, pinged, given up. */
static int64_t watchdog_ms(const struct follower *follower) {
    if (!is_connected(follower))
        return NEVER;
    int64_t silent_ms = follower->heard_at_ms + 2 * follower->heartbeat_ms + SILENCE_SLACK_MS;
    return follower->is_pinged ? silent_ms + PING_ANSWER_MS : silent_ms;
}

int64_t follower_deadline_ms(const struct follower *follower) {
    int64_t deadline_ms = follower->deadline_ms, watchdog = watchdog_ms(follower);
    if (watchdog < deadline_ms)
        deadline_ms = watchdog;
    if (follower->state != FOLLOWER_OPEN)
        return deadline_ms;
    LIST_FOR_EACH (link, next, &follower->watches) {
        const struct watch *watch = LIST_ENTRY(link, struct watch, link);
        if (watch->hold_until_ms > 0 && watch->hold_until_ms < deadline_ms && watch->phase != WATCH_OVER)
            deadline_ms = watch->hold_until_ms;
    }
    return deadline_ms;
}

static void bark(struct follower *follower, int64_t now_ms) {
    static const char ping[] = "{\"type\":\"ping\"}";
    if (now_ms < watchdog_ms(follower))
        return;
    if (follower->is_pinged) {
        follower_drop(follower, now_ms, FOLLOWER_CLOSED_ABNORMALLY, "the server is silent");
        return;
    }
    follower->is_pinged = true;
    follower->handler.on_message_due(follower->handler.context, ping, sizeof ping - 1);
}

void follower_advance(struct follower *follower, int64_t now_ms) {
    LIST_FOR_EACH (link, next, &follower->watches) {
        struct watch *watch = LIST_ENTRY(link, struct watch, link);
        if (watch->hold_until_ms > 0 && watch->hold_until_ms <= now_ms)
            watch_hold_over(watch);
    }
    if (is_connected(follower))
        bark(follower, now_ms);
    else if (follower->deadline_ms <= now_ms && follower->state == FOLLOWER_WAITING)
        begin(follower);
    else if (follower->deadline_ms <= now_ms)
        follower_drop(follower, now_ms, FOLLOWER_CLOSED_ABNORMALLY, "the server does not answer");
    follower_pump(follower, now_ms);
}

/* --- what it shows --- */

enum follower_state follower_state(const struct follower *follower) {
    return follower->state;
}

int64_t follower_retry_at_ms(const struct follower *follower) {
    return follower->state == FOLLOWER_WAITING ? follower->deadline_ms : 0;
}

int64_t follower_overdue_at_ms(const struct follower *follower) {
    return is_connected(follower) ? follower->heard_at_ms + follower->heartbeat_ms + SILENCE_SLACK_MS : NEVER;
}

int64_t follower_heard_at_ms(const struct follower *follower) {
    return follower->heard_at_ms;
}

int follower_close_code(const struct follower *follower) {
    return follower->close_code;
}

const char *follower_reason(const struct follower *follower) {
    return follower->reason;
}

const char *follower_current_token(const struct follower *follower) {
    return follower->token;
}
