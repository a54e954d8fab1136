/* One loop, the stream's. Each event ends in `settle`, which draws, decides whether
 * it is over, and when to wake. What is not the stream's wakes it through an epoll
 * set: signals, keys, the errand. Thread: main. */
#include "terminal/top.h"

#include "base/clock.h"
#include "protocol/errors.h"
#include "terminal/top_internal.h"
#include "terminal/visible.h"

#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <unistd.h>

int64_t top_now_ms(void) {
    return clock_monotonic_ms(clock_system());
}

void top_finish(struct top *top, enum exit_code code) {
    if (!top->is_over)
        top->code = code;
    top->is_over = true;
    if (top->stream)
        stream_interrupt(top->stream);
}

void top_complain(struct top *top, const char *text, const char *detail) {
    struct strbuf line;
    strbuf_init(&line);
    strbuf_printf(&line, "portfolio-top: %s", text);
    if (detail && *detail) {
        strbuf_append_text(&line, ": ");
        (void)visible_append(&line, detail, strlen(detail), 300, top->is_utf8);
    }
    strbuf_append_char(&line, '\n');
    if (!top->screen)
        (void)fputs(strbuf_text(&line), stderr);
    else /* the last words are those that count */
        (void)snprintf(top->farewell, sizeof top->farewell, "%s", strbuf_text(&line));
    strbuf_fini(&line);
}

/* --- what the follower wants --- */

static void on_watch_changed(void *context, struct watch *watch, enum watch_result result) {
    struct top *top = context;
    if (!top->is_over)
        top_show(top, watch, result);
}

static void on_closed_for_good(struct top *top) {
    int code = follower_close_code(top->follower);
    const char *reason = follower_reason(top->follower);
    if (code == CLOSE_UNAUTHORIZED || code == CLOSE_FORBIDDEN) {
        top_complain(top, code == CLOSE_FORBIDDEN ? "not allowed" : "not authenticated", reason);
        top_finish(top, EXIT_CODE_UNAUTHORIZED);
    } else {
        top_complain(top, "the server does not want this client", reason);
        top_finish(top, EXIT_CODE_FAILED);
    }
}

static void on_state_changed(void *context) {
    struct top *top = context;
    top->is_dirty = true;
    if (!top->follower || top->is_over)
        return;
    if (follower_state(top->follower) == FOLLOWER_CLOSED)
        on_closed_for_good(top);
    if (follower_state(top->follower) == FOLLOWER_WAITING && top->options->is_once) {
        top_complain(top, "cannot reach the server", follower_reason(top->follower));
        top_finish(top, EXIT_CODE_UNREACHABLE);
    }
}

static void give_token(struct top *top) {
    const char *error = NULL, *token = credential_token(top->credential, &error);
    if (error)
        top_complain(top, error, NULL);
    follower_token(top->follower, top_now_ms(), token);
}

static void on_token_wanted(void *context, bool is_refused) {
    struct top *top = context;
    if (!credential_renew(top->credential, is_refused))
        give_token(top); /* else when it is renewed */
}

/* First the server's name, see take_lookup. */
static void on_connect_due(void *context, const char *token) {
    struct top *top = context;
    (void)token;
    if (lookup_start(top->lookup) != STATUS_OK)
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

/* --- what happens --- */

static void settle(struct top *top) {
    int64_t deadline_ms = follower_deadline_ms(top->follower), draw_ms = top_draw(top), now = top_now_ms();
    if (now >= top->give_up_at_ms && !top->is_over) {
        top_complain(top, "no answer in time", follower_reason(top->follower));
        top_finish(top, EXIT_CODE_UNREACHABLE);
    }
    if (top->give_up_at_ms < deadline_ms)
        deadline_ms = top->give_up_at_ms;
    if (draw_ms < deadline_ms)
        deadline_ms = draw_ms;
    if (!top->is_over && deadline_ms != INT64_MAX)
        stream_wake_in(top->stream, deadline_ms - now);
}

static void on_opened(void *context) {
    struct top *top = context;
    follower_opened(top->follower, top_now_ms());
    settle(top);
}

static void on_frame(void *context, const char *text, size_t len) {
    struct top *top = context;
    if (!top->is_over)
        follower_take_frame(top->follower, top_now_ms(), text, len);
    settle(top);
}

static void on_garbage(void *context, const char *why) {
    struct top *top = context;
    follower_take_garbage(top->follower, top_now_ms(), why);
    settle(top);
}

static void on_closed(void *context, int code, const char *why, int64_t after_ms) {
    struct top *top = context;
    follower_closed(top->follower, top_now_ms(), code, why, after_ms);
    settle(top);
}

static void on_time(void *context) {
    struct top *top = context;
    follower_advance(top->follower, top_now_ms());
    settle(top);
}

static void take_signals(struct top *top) {
    struct signalfd_siginfo info;
    while (read(top->signals_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo != SIGWINCH) {
            top_finish(top, (enum exit_code)(EXIT_CODE_SIGNAL + (int)info.ssi_signo));
        } else if (top->screen) {
            screen_resize(top->screen);
            top->is_dirty = true;
            top->drawn_at_ms = 0;
        }
    }
}

/* An attempt that was given up meanwhile, and begun again, gets the answer of the first. */
static void take_lookup(struct top *top) {
    char why[120];
    const char *error = NULL;
    if (!lookup_finish(top->lookup, &error) || follower_state(top->follower) != FOLLOWER_CONNECTING)
        return;
    (void)snprintf(why, sizeof why, "no connection: %s", error ? error : "");
    if (error)
        follower_closed(top->follower, top_now_ms(), FOLLOWER_CLOSED_ABNORMALLY, why, -1);
    else
        stream_connect(top->stream, follower_current_token(top->follower));
}

/* A terminal that is gone is always readable, and never has a key. */
static void check_terminal(struct top *top) {
    struct pollfd terminal = {.fd = STDIN_FILENO, .events = POLLIN};
    if (poll(&terminal, 1, 0) == 1 && terminal.revents & (POLLHUP | POLLERR | POLLNVAL))
        top_finish(top, (enum exit_code)(EXIT_CODE_SIGNAL + SIGHUP));
}

/* Something of the epoll set. */
static void on_readable(void *context) {
    struct top *top = context;
    take_signals(top);
    take_lookup(top);
    if (errand_finish(top->errand)) {
        if (credential_renewed(top->credential) == STATUS_UNAVAILABLE)
            follower_token_later(top->follower, top_now_ms(), "the token cannot be renewed now");
        else
            give_token(top);
    }
    if (top->screen && !top->is_over) {
        top_take_keys(top);
        check_terminal(top);
    }
    settle(top);
}

/* --- begin and end --- */

static bool watch_fd(int events_fd, int fd) {
    struct epoll_event event = {.events = EPOLLIN};
    return fd >= 0 && epoll_ctl(events_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static sigset_t ending_signals(void) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    return signals;
}

void top_hold_signals(bool are_held) {
    sigset_t signals = ending_signals();
    (void)sigprocmask(are_held ? SIG_BLOCK : SIG_UNBLOCK, &signals, NULL);
}

static enum status watch_events(struct top *top) {
    sigset_t signals = ending_signals();
    sigaddset(&signals, SIGWINCH);
    (void)sigprocmask(SIG_BLOCK, &signals, NULL);
    top->signals_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    top->events_fd = epoll_create1(EPOLL_CLOEXEC);
    if (top->events_fd < 0 || !watch_fd(top->events_fd, top->signals_fd) ||
        !watch_fd(top->events_fd, errand_fd(top->errand)) || !watch_fd(top->events_fd, lookup_fd(top->lookup)) ||
        (top->screen && !watch_fd(top->events_fd, STDIN_FILENO)))
        return STATUS_IO;
    return stream_watch_fd(top->stream, top->events_fd);
}

static enum status prepare(struct top *top) {
    struct options *options = top->options;
    struct stream_options stream_options = {&options->target, options->ca_file, options->is_insecure};
    struct stream_handler stream_handler = {top, on_opened, on_frame, on_garbage, on_closed, on_time, on_readable};
    struct follower_handler follower_handler = {top,         on_token_wanted,  on_connect_due,   on_message_due,
                                                on_drop_due, on_watch_changed, on_state_changed, random_below};
    enum status status = lookup_create(&options->target, &top->lookup);
    if (status == STATUS_OK)
        status = stream_create(&stream_options, &stream_handler, &top->stream);
    if (status == STATUS_OK)
        status = watch_events(top);
    if (status == STATUS_OK)
        status = follower_create(&follower_handler, &top->follower);
    return status;
}

static void run(struct top *top) {
    if (prepare(top) != STATUS_OK ||
        follower_subscribe(top->follower, top_now_ms(), top->options->portfolio_id, &top->options->wish) != STATUS_OK) {
        top_complain(top, "cannot start", NULL);
        top_finish(top, EXIT_CODE_FAILED);
        return;
    }
    top->watch = follower_watch(top->follower, top->options->portfolio_id);
    settle(top);
    while (!top->is_over)
        stream_turn(top->stream);
}

static void clean_up(struct top *top) {
    if (top->screen)
        screen_destroy(top->screen);
    top->screen = NULL;
    (void)fputs(top->farewell, stderr);
    if (top->stream)
        stream_destroy(top->stream); /* closes the epoll set, too */
    if (top->signals_fd >= 0)
        close(top->signals_fd);
    if (top->follower)
        follower_destroy(top->follower);
    if (top->errand)
        errand_destroy(top->errand);
    if (top->credential) {
        credential_log_out(top->credential);
        credential_destroy(top->credential);
    }
    moves_fini(&top->moves);
    json_decref(top->paused);
    if (top->lookup && !lookup_destroy(top->lookup)) {
        (void)fflush(NULL);
        _exit((int)top->code);
    }
}

enum exit_code top_run(struct options *options) {
    struct top top = {.options = options, .give_up_at_ms = INT64_MAX, .events_fd = -1, .signals_fd = -1, .lag_ms = -1};
    top.is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    top.has_color = options->has_color && isatty(STDOUT_FILENO);
    moves_init(&top.moves);
    if (options->is_insecure && options->target.is_secure)
        top_complain(&top, "--insecure: nobody checks who the server is", NULL);
    if (rest_begin() != STATUS_OK || errand_create(&top.errand) != STATUS_OK ||
        credential_create(options, top.errand, &top.credential) != STATUS_OK) {
        top_complain(&top, "cannot start", NULL);
        top_finish(&top, EXIT_CODE_FAILED);
    } else if (top_start(&top)) {
        if (options->is_once)
            top.give_up_at_ms = top_now_ms() + (int64_t)options->timeout_s * 1000;
        run(&top);
    }
    clean_up(&top);
    rest_end();
    return top.code;
}
