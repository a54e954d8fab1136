/* Lines, the table of --once, the screen: which of them, and when. Thread: main. */
#include "base/clock.h"
#include "base/timestamp.h"
#include "terminal/output.h"
#include "terminal/summary.h"
#include "terminal/top_internal.h"
#include "terminal/visible.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#define DRAW_EVERY_MS 60 /* at most */
#define TEXT_MAX 400

static void check_written(struct top *top, enum status status) {
    if (status == STATUS_OK)
        return;
    if (status == STATUS_IO) {
        /* Who read has gone: end as other programs do. The library ignores the signal. */
        (void)signal(SIGPIPE, SIG_DFL);
        (void)raise(SIGPIPE);
    }
    top_complain(top, "cannot write", NULL);
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
        moves_take(&top->moves, watch->document.data, top_now_ms());
    } else if (top->options->is_json) {
        top_hold_signals(false);
        check_written(top, output_state(stdout, watch));
        top_hold_signals(true);
    } else {
        note_today(top);
        top_hold_signals(false);
        check_written(top, output_table(stdout, &top->options->table, watch, top->has_color, top->is_utf8));
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
    check_written(top, output_status(stdout, watch, code, detail));
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

static void describe_waiting(const struct top *top, struct strbuf *out) {
    const char *reason = follower_reason(top->follower);
    int64_t wait_ms = follower_retry_at_ms(top->follower) - top_now_ms();
    strbuf_append_text(out, "disconnected");
    if (reason[0]) {
        strbuf_append_text(out, ": ");
        (void)visible_append(out, reason, strlen(reason), 60, top->is_utf8);
    }
    strbuf_printf(out, "; next attempt in %lld s (n: now)", (long long)((wait_ms > 0 ? wait_ms : 0) + 999) / 1000);
}

/* In words; how well it is: 1, 0, -1. */
static int describe_connection(const struct top *top, struct strbuf *out) {
    enum watch_status status = top->watch ? top->watch->status : WATCH_LOADING;
    switch (follower_state(top->follower)) {
    case FOLLOWER_OPEN:
        break;
    case FOLLOWER_WAITING:
        describe_waiting(top, out);
        return -1;
    case FOLLOWER_AUTHENTICATING:
        strbuf_append_text(out, "authenticating");
        return 0;
    default:
        strbuf_append_text(out, "connecting");
        return -1;
    }
    strbuf_append_text(out, status == WATCH_DISCONNECTED ? "resuming" : watch_status_name(status));
    if (status == WATCH_LIVE && top->lag_ms >= 0 && top->lag_ms < 100000)
        strbuf_printf(out, "  lag %lld ms", (long long)top->lag_ms);
    if (top->watch && strlen(top->watch->as_of) == TIMESTAMP_TEXT_LEN)
        strbuf_printf(out, "  as of %.8s", top->watch->as_of + 11);
    if (top->watch && top->watch->detail[0]) {
        strbuf_append_text(out, "  ");
        (void)visible_append(out, top->watch->detail, strlen(top->watch->detail), 60, top->is_utf8);
    }
    return status == WATCH_LIVE ? 1 : status == WATCH_STALE ? -1 : 0;
}

static void draw(struct top *top, int64_t now) {
    struct strbuf title, connection;
    const json_t *data = top->paused ? top->paused : top->watch ? top->watch->document.data : NULL;
    struct screen_view view = {.data = data, .moves = &top->moves, .is_paused = top->paused != NULL, .now_ms = now};
    strbuf_init(&title);
    strbuf_init(&connection);
    if (data)
        summary_title(data, top->is_utf8, &title);
    else
        strbuf_append_text(&title, top->options->portfolio_id);
    view.connection_tone = describe_connection(top, &connection);
    view.title = strbuf_text(&title);
    view.connection = strbuf_text(&connection);
    note_today(top);
    if (table_build(&top->options->table, data) == STATUS_OK)
        screen_draw(top->screen, &top->options->table, &view);
    strbuf_fini(&title);
    strbuf_fini(&connection);
}

int64_t top_draw(struct top *top) {
    int64_t now = top_now_ms(), next_ms = INT64_MAX;
    if (!top->screen || top->is_over)
        return next_ms;
    bool is_counting_down = follower_state(top->follower) == FOLLOWER_WAITING;
    if (top->moves.last_until_ms > 0 && now >= top->moves.last_until_ms) {
        top->moves.last_until_ms = 0; /* nothing is bold any more */
        top->is_dirty = true;
    }
    if (is_counting_down && now - top->drawn_at_ms >= 1000)
        top->is_dirty = true;
    if (top->is_dirty && now - top->drawn_at_ms >= DRAW_EVERY_MS) {
        draw(top, now);
        top->is_dirty = false;
        top->drawn_at_ms = now;
    }
    if (top->is_dirty)
        next_ms = top->drawn_at_ms + DRAW_EVERY_MS;
    if (top->moves.last_until_ms > 0 && top->moves.last_until_ms < next_ms)
        next_ms = top->moves.last_until_ms;
    if (is_counting_down && top->drawn_at_ms + 1000 < next_ms)
        next_ms = top->drawn_at_ms + 1000;
    return next_ms;
}

/* What is shown while it pauses is a copy: the document goes on. */
static void pause_or_go_on(struct top *top) {
    if (top->paused) {
        json_decref(top->paused);
        top->paused = NULL;
    } else if (top->watch && top->watch->document.data) {
        top->paused = json_deep_copy(top->watch->document.data);
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
        follower_hurry(top->follower, top_now_ms());
    /* A key is answered at once. */
    top->is_dirty = true;
    top->drawn_at_ms = 0;
}
