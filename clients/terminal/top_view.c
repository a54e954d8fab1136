/* Lines, the table of --once, the screen: which of them, and when. Thread: main. */
#include "base/clock.h"
#include "base/timestamp.h"
#include "terminal/boot_clock.h"
#include "terminal/output.h"
#include "terminal/safe_text.h"
#include "terminal/summary.h"
#include "terminal/top_internal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define DRAW_EVERY_MS 60 /* at most */
#define WHY_COLUMNS_MAX 60

void top_check_written(struct top *top, enum status status) {
    int error = errno;
    if (status == STATUS_OK)
        return;
    if (status == STATUS_IO && error == EPIPE) {
        /* Who read has gone: end as other programs do. The library ignores the signal. */
        (void)signal(SIGPIPE, SIG_DFL);
        (void)raise(SIGPIPE);
    }
    top_complain(top, "cannot write", status == STATUS_IO ? strerror(error) : "out of memory");
    top_finish(top, EXIT_CODE_FAILED);
}

/* --- frames --- */

static void note_lag(struct top *top, const struct watch *watch) {
    int64_t as_of_ms = 0;
    top->lag_ms = -1;
    if (timestamp_parse(watch->as_of, strlen(watch->as_of), &as_of_ms) == STATUS_OK)
        top->lag_ms = clock_wall_ms(clock_system()) - as_of_ms;
}

static void note_today(struct top *top) {
    date_write(top->options->table.today, timestamp_date(clock_wall_ms(clock_system())));
}

static void show_state(struct top *top, const struct watch *watch) {
    if (top->screen) {
        note_lag(top, watch);
        price_moves_take(&top->moves, watch->document.data, boot_clock_ms());
    } else if (top->options->is_json) {
        top_hold_signals(false);
        top_check_written(top, output_state(stdout, watch));
        top_hold_signals(true);
    } else {
        note_today(top);
        top_hold_signals(false);
        top_check_written(top, output_table(stdout, &top->options->table, watch, top->has_color, top->is_utf8));
        top_hold_signals(true);
    }
    if (top->options->is_once)
        top_finish(top, EXIT_CODE_OK);
}

static void show_status(struct top *top, const struct watch *watch) {
    const char *code = watch->code[0] ? watch->code : NULL, *detail = watch->detail[0] ? watch->detail : NULL;
    if (watch->status == WATCH_DISCONNECTED && !detail && follower_reason(top->follower)[0])
        detail = follower_reason(top->follower);
    if (!top->options->is_json || top->options->is_once)
        return;
    top_hold_signals(false);
    top_check_written(top, output_status(stdout, watch, code, detail));
    top_hold_signals(true);
}

static enum exit_code code_of_end(const struct watch *watch) {
    if (strcmp(watch->code, "not_found") == 0)
        return EXIT_CODE_NOT_FOUND;
    if (strcmp(watch->code, "forbidden") == 0 || strcmp(watch->code, "unauthorized") == 0)
        return EXIT_CODE_UNAUTHORIZED;
    return EXIT_CODE_FAILED;
}

void top_show(struct top *top, struct watch *watch, enum watch_result result) {
    top->is_dirty = true;
    if (result == WATCH_STATE) {
        show_state(top, watch);
        return;
    }
    show_status(top, watch);
    if (result != WATCH_GONE)
        return;
    if (strcmp(watch->code, "not_found") == 0)
        top_complain(top, "no such portfolio, or not yours to see", NULL);
    else
        top_complain(top, "the server ended the subscription", watch->detail[0] ? watch->detail : watch->code);
    top_finish(top, code_of_end(watch));
}

/* --- the screen --- */

/* Of another day with its date: a market may have been closed for long. */
static void describe_as_of(const struct top *top, struct strbuf *out) {
    const char *as_of = top->paused ? top->paused_as_of : top->watch ? top->watch->as_of : "";
    if (strlen(as_of) != TIMESTAMP_TEXT_LEN)
        return;
    bool is_today = memcmp(as_of, top->options->table.today, DATE_TEXT_LEN) == 0;
    strbuf_append_text(out, "  as of ");
    if (!is_today)
        strbuf_printf(out, "%.*s ", DATE_TEXT_LEN, as_of);
    strbuf_printf(out, "%.8s UTC", as_of + DATE_TEXT_LEN + 1);
}

static void describe_why(const struct top *top, const char *why, struct strbuf *out) {
    if (!why[0])
        return;
    strbuf_append_text(out, ": ");
    (void)safe_text_append(out, why, strlen(why), WHY_COLUMNS_MAX, top->is_utf8);
}

static bool is_silent(const struct top *top, int64_t now_ms) {
    return now_ms >= follower_overdue_at_ms(top->follower);
}

/* What is shown is what the server says now. */
static bool is_current(const struct top *top, int64_t now_ms) {
    return follower_state(top->follower) == FOLLOWER_OPEN && top->watch && top->watch->status != WATCH_DISCONNECTED &&
           !top->paused && !is_silent(top, now_ms);
}

/* How it is, in a few words; how well: 1, 0, -1. */
static int describe_state(const struct top *top, int64_t now_ms, struct strbuf *out) {
    enum follower_state state = follower_state(top->follower);
    enum watch_status status = top->watch ? top->watch->status : WATCH_LOADING;
    if (state == FOLLOWER_WAITING) {
        int64_t wait_ms = follower_retry_at_ms(top->follower) - now_ms;
        strbuf_printf(out, "disconnected, next attempt in %lld s (n: now)",
                      (long long)((wait_ms > 0 ? wait_ms : 0) + 999) / 1000);
        return -1;
    }
    if (is_silent(top, now_ms)) {
        strbuf_printf(out, "silent for %lld s", (long long)(now_ms - follower_heard_at_ms(top->follower)) / 1000);
        return -1;
    }
    if (state != FOLLOWER_OPEN) {
        strbuf_append_text(out, state == FOLLOWER_AUTHENTICATING ? "authenticating" : "connecting");
        return state == FOLLOWER_AUTHENTICATING ? 0 : -1;
    }
    strbuf_append_text(out, status == WATCH_DISCONNECTED    ? "resuming"
                            : status == WATCH_MARKET_CLOSED ? "market closed"
                                                            : watch_status_name(status));
    if (status == WATCH_LIVE && top->lag_ms >= 0 && top->lag_ms < 100000 && !top->paused)
        strbuf_printf(out, "  lag %lld ms", (long long)top->lag_ms);
    return status == WATCH_LIVE ? 1 : status == WATCH_STALE ? -1 : 0;
}

/* What matters most comes first: the line may end before the reason does. */
static int describe_connection(const struct top *top, int64_t now_ms, struct strbuf *out) {
    int tone = 0;
    if (top->paused) {
        strbuf_append_text(out, "PAUSED");
        describe_as_of(top, out);
        strbuf_append_text(out, "  ");
    }
    tone = describe_state(top, now_ms, out);
    if (!top->paused)
        describe_as_of(top, out);
    if (follower_state(top->follower) != FOLLOWER_OPEN)
        describe_why(top, follower_reason(top->follower), out);
    else if (top->watch)
        describe_why(top, top->watch->detail, out);
    return tone;
}

static void draw(struct top *top, int64_t now) {
    struct strbuf title, connection;
    const json_t *data = top->paused ? top->paused : top->watch ? top->watch->document.data : NULL;
    struct screen_view view = {.data = data, .moves = &top->moves, .is_current = is_current(top, now), .now_ms = now};
    strbuf_init(&title);
    strbuf_init(&connection);
    if (data)
        summary_title(data, top->is_utf8, &title);
    else
        strbuf_append_text(&title, top->options->portfolio_id);
    note_today(top);
    view.connection_tone = describe_connection(top, now, &connection);
    view.title = strbuf_text(&title);
    view.connection = strbuf_text(&connection);
    if (table_build(&top->options->table, data) == STATUS_OK)
        screen_draw(top->screen, &top->options->table, &view);
    strbuf_fini(&title);
    strbuf_fini(&connection);
}

int64_t top_draw(struct top *top) {
    int64_t now = boot_clock_ms(), next_ms = INT64_MAX;
    if (!top->screen || top->is_over)
        return next_ms;
    int64_t overdue_at_ms = follower_overdue_at_ms(top->follower);
    bool is_counting = follower_state(top->follower) == FOLLOWER_WAITING || now >= overdue_at_ms;
    if (top->moves.last_until_ms > 0 && now >= top->moves.last_until_ms) {
        top->moves.last_until_ms = 0; /* nothing is bold any more */
        top->is_dirty = true;
    }
    if (is_counting != top->is_counting || (is_counting && now - top->drawn_at_ms >= 1000))
        top->is_dirty = true;
    top->is_counting = is_counting;
    if (top->is_dirty && now - top->drawn_at_ms >= DRAW_EVERY_MS) {
        draw(top, now);
        top->is_dirty = false;
        top->drawn_at_ms = now;
    }
    if (top->is_dirty)
        next_ms = top->drawn_at_ms + DRAW_EVERY_MS;
    if (top->moves.last_until_ms > 0 && top->moves.last_until_ms < next_ms)
        next_ms = top->moves.last_until_ms;
    if (is_counting && top->drawn_at_ms + 1000 < next_ms)
        next_ms = top->drawn_at_ms + 1000;
    if (!is_counting && overdue_at_ms < next_ms)
        next_ms = overdue_at_ms;
    return next_ms;
}

/* What is shown while it pauses is a copy: the document goes on. */
static void pause_or_go_on(struct top *top) {
    if (top->paused) {
        json_decref(top->paused);
        top->paused = NULL;
    } else if (top->watch && top->watch->document.data) {
        top->paused = json_deep_copy(top->watch->document.data);
        memcpy(top->paused_as_of, top->watch->as_of, sizeof top->paused_as_of);
    }
}

void top_take_keys(struct top *top) {
    enum screen_wish wish = screen_take_keys(top->screen, &top->options->table);
    if (wish == SCREEN_NOTHING)
        return;
    if (wish == SCREEN_QUIT)
        top_finish(top, EXIT_CODE_OK);
    else if (wish == SCREEN_PAUSE)
        pause_or_go_on(top);
    else if (wish == SCREEN_CONNECT)
        follower_hurry(top->follower, boot_clock_ms());
    /* A key is answered at once. */
    top->is_dirty = true;
    top->drawn_at_ms = 0;
}
