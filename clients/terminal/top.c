/* One loop, the stream's. Each event ends in `settle`, which decides whether it is
 * over and when to wake. Thread: main. */
#include "terminal/top.h"

#include "base/clock.h"
#include "protocol/errors.h"
#include "terminal/credential.h"
#include "terminal/follower.h"
#include "terminal/output.h"
#include "terminal/stream.h"
#include "terminal/visible.h"

#include <langinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

struct top {
    struct options *options;
    struct credential *credential;
    struct stream *stream;
    struct follower *follower;
    int64_t give_up_at_ms; /* of --once; INT64_MAX: never */
    bool has_color, is_utf8;
    bool is_over;
    enum exit_code code;
};

static int64_t now_ms(void) {
    return clock_monotonic_ms(clock_system());
}

static void finish(struct top *top, enum exit_code code) {
    if (!top->is_over)
        top->code = code;
    top->is_over = true;
}

/* For people, on standard error: what comes from the server made harmless. */
static void complain(const struct top *top, const char *text, const char *detail) {
    struct strbuf line;
    strbuf_init(&line);
    if (detail)
        (void)visible_append(&line, detail, strlen(detail), 400, top->is_utf8);
    (void)fprintf(stderr, "portfolio-top: %s%s%s\n", text, line.len ? ": " : "", strbuf_text(&line));
    strbuf_fini(&line);
}

static void check_written(struct top *top, enum status status) {
    if (status == STATUS_OK)
        return;
    if (status == STATUS_IO) {
        /* Who read has gone: end as other programs do. The library ignores the signal. */
        (void)signal(SIGPIPE, SIG_DFL);
        (void)raise(SIGPIPE);
    }
    complain(top, "cannot write", NULL);
    finish(top, EXIT_CODE_FAILED);
}

/* --- what is shown --- */

static enum exit_code code_of_end(const struct watch *watch) {
    if (strcmp(watch->code, "not_found") == 0)
        return EXIT_CODE_NOT_FOUND;
    if (strcmp(watch->code, "forbidden") == 0 || strcmp(watch->code, "unauthorized") == 0)
        return EXIT_CODE_UNAUTHORIZED;
    return EXIT_CODE_FAILED;
}

static void show_state(struct top *top, const struct watch *watch) {
    if (top->options->is_json)
        check_written(top, output_state(stdout, watch));
    else
        check_written(top, output_table(stdout, &top->options->table, watch, top->has_color, top->is_utf8));
    if (top->options->is_once)
        finish(top, EXIT_CODE_OK);
}

static void show_status(struct top *top, const struct watch *watch) {
    const char *code = watch->code[0] ? watch->code : NULL, *detail = watch->detail[0] ? watch->detail : NULL;
    if (watch->status == WATCH_DISCONNECTED && !detail && follower_reason(top->follower)[0])
        detail = follower_reason(top->follower);
    if (top->options->is_json && !top->options->is_once)
        check_written(top, output_status(stdout, watch, code, detail, -1));
}

static void on_watch_changed(void *context, struct watch *watch, enum watch_result result) {
    struct top *top = context;
    if (top->is_over)
        return;
    if (result == WATCH_STATE) {
        show_state(top, watch);
        return;
    }
    show_status(top, watch);
    if (result == WATCH_GONE) {
        complain(top, strcmp(watch->code, "not_found") == 0 ? "no such portfolio, or not yours to see" : watch->code,
                 watch->detail);
        finish(top, code_of_end(watch));
    }
}

/* --- what the follower wants --- */

static void on_state_changed(void *context) {
    struct top *top = context;
    if (!top->follower)
        return;
    int code = follower_close_code(top->follower);
    switch (follower_state(top->follower)) {
    case FOLLOWER_CLOSED:
        if (code == CLOSE_UNAUTHORIZED || code == CLOSE_FORBIDDEN) {
            complain(top, code == CLOSE_FORBIDDEN ? "not allowed" : "not authenticated",
                     follower_reason(top->follower));
            finish(top, EXIT_CODE_UNAUTHORIZED);
        } else {
            complain(top, "the server does not want this client", follower_reason(top->follower));
            finish(top, EXIT_CODE_FAILED);
        }
        break;
    case FOLLOWER_WAITING:
        if (top->options->is_once) {
            complain(top, "cannot reach the server", follower_reason(top->follower));
            finish(top, EXIT_CODE_UNREACHABLE);
        }
        break;
    default:
        break;
    }
}

static void on_token_wanted(void *context, bool is_refused) {
    struct top *top = context;
    const char *error = NULL, *token = credential_token(top->credential, &error);
    (void)is_refused;
    if (error)
        complain(top, error, NULL);
    follower_token(top->follower, now_ms(), token);
}

static void on_connect_due(void *context, const char *token) {
    struct top *top = context;
    stream_connect(top->stream, token);
}

static void on_message_due(void *context, const char *text, size_t len) {
    struct top *top = context;
    stream_send(top->stream, text, len);
}

static void on_drop_due(void *context) {
    struct top *top = context;
    stream_drop(top->stream);
}

static uint64_t random_below(void *context, uint64_t bound) {
    uint64_t bits = 0;
    (void)context;
    /* Without randomness all wait equally long, which is only less polite. */
    if (getrandom(&bits, sizeof bits, GRND_NONBLOCK) != (ssize_t)sizeof bits)
        bits = (uint64_t)clock_precise_us();
    return bits % bound;
}

/* --- what the stream reports --- */

static void settle(struct top *top) {
    int64_t now = now_ms(), deadline = follower_deadline_ms(top->follower);
    if (now >= top->give_up_at_ms) {
        complain(top, "no answer in time", follower_reason(top->follower));
        finish(top, EXIT_CODE_UNREACHABLE);
    }
    if (top->give_up_at_ms < deadline)
        deadline = top->give_up_at_ms;
    if (!top->is_over && deadline != INT64_MAX)
        stream_wake_in(top->stream, deadline - now);
}

static void on_opened(void *context) {
    struct top *top = context;
    follower_opened(top->follower, now_ms());
    settle(top);
}

static void on_frame(void *context, const char *text, size_t len) {
    struct top *top = context;
    if (!top->is_over)
        follower_take_frame(top->follower, now_ms(), text, len);
    settle(top);
}

static void on_garbage(void *context, const char *why) {
    struct top *top = context;
    follower_take_garbage(top->follower, now_ms(), why);
    settle(top);
}

static void on_closed(void *context, int code, const char *why, int64_t after_ms) {
    struct top *top = context;
    follower_closed(top->follower, now_ms(), code, why, after_ms);
    settle(top);
}

static void on_time(void *context) {
    struct top *top = context;
    follower_advance(top->follower, now_ms());
    settle(top);
}

static void on_readable(void *context) {
    (void)context;
}

/* --- begin and end --- */

static enum status prepare(struct top *top) {
    struct options *options = top->options;
    struct stream_options stream_options = {&options->target, options->ca_file, options->is_insecure};
    struct stream_handler stream_handler = {top, on_opened, on_frame, on_garbage, on_closed, on_time, on_readable};
    struct follower_handler follower_handler = {top,         on_token_wanted,  on_connect_due,   on_message_due,
                                                on_drop_due, on_watch_changed, on_state_changed, random_below};
    enum status status = credential_create(options, &top->credential);
    if (status == STATUS_OK)
        status = stream_create(&stream_options, &stream_handler, &top->stream);
    if (status == STATUS_OK)
        status = follower_create(&follower_handler, &top->follower);
    return status;
}

static void clean_up(struct top *top) {
    if (top->follower)
        follower_destroy(top->follower);
    if (top->stream)
        stream_destroy(top->stream);
    if (top->credential)
        credential_destroy(top->credential);
}

enum exit_code top_run(struct options *options) {
    struct top top = {.options = options, .give_up_at_ms = INT64_MAX};
    top.is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    top.has_color = options->has_color && isatty(STDOUT_FILENO);
    if (options->is_once)
        top.give_up_at_ms = now_ms() + (int64_t)options->timeout_s * 1000;
    if (options->is_insecure && options->target.is_secure)
        complain(&top, "--insecure: nobody checks who the server is", NULL);
    if (prepare(&top) != STATUS_OK) {
        complain(&top, "cannot start", options->ca_file);
        finish(&top, EXIT_CODE_FAILED);
    } else if (follower_subscribe(top.follower, now_ms(), options->portfolio_id, &options->wish) != STATUS_OK) {
        complain(&top, "out of memory", NULL);
        finish(&top, EXIT_CODE_FAILED);
    } else {
        settle(&top);
    }
    while (!top.is_over)
        stream_turn(top.stream);
    clean_up(&top);
    return top.code;
}
