/* One loop, the stream's. Each event ends in `settle`, which draws, decides whether
 * it is over, and when to wake. What is not the stream's wakes it through an epoll
 * set: the timer, signals, keys, the job. Thread: main. */
#include "terminal/top.h"

#include "base/clock.h"
#include "protocol/errors.h"
#include "terminal/boot_clock.h"
#include "terminal/safe_text.h"
#include "terminal/terminfo.h"
#include "terminal/top_internal.h"

#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

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
        (void)safe_text_append(&line, detail, strlen(detail), 300, top->is_utf8);
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
    follower_token(top->follower, boot_clock_ms(), token);
}

static void on_token_wanted(void *context, bool is_refused) {
    struct top *top = context;
    if (!credential_renew(top->credential, is_refused))
        give_token(top); /* else when it is renewed */
}

/* First the server's name, see take_address. */
static void on_connect_due(void *context, const char *token) {
    struct top *top = context;
    (void)token;
    if (resolver_start(top->resolver) != STATUS_OK)
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

static void wake_at(const struct top *top, int64_t at_ms) {
    struct itimerspec when = {.it_value = {.tv_sec = at_ms / 1000, .tv_nsec = at_ms % 1000 * 1000000}};
    (void)timerfd_settime(top->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static void settle(struct top *top) {
    int64_t deadline_ms = follower_deadline_ms(top->follower), draw_ms = top_draw(top), now = boot_clock_ms();
    if (now >= top->give_up_at_ms && !top->is_over) {
        bool is_refused = top->watch && top->watch->detail[0];
        top_complain(top, "no answer in time", is_refused ? top->watch->detail : follower_reason(top->follower));
        top_finish(top, EXIT_CODE_UNREACHABLE);
    }
    if (top->give_up_at_ms < deadline_ms)
        deadline_ms = top->give_up_at_ms;
    if (draw_ms < deadline_ms)
        deadline_ms = draw_ms;
    if (!top->is_over && deadline_ms != INT64_MAX)
        wake_at(top, deadline_ms > 0 ? deadline_ms : 1); /* one that is past wakes at once; 0 would never */
}

static void on_opened(void *context) {
    struct top *top = context;
    follower_opened(top->follower, boot_clock_ms());
    settle(top);
}

static void on_frame(void *context, const char *text, size_t len) {
    struct top *top = context;
    if (!top->is_over)
        follower_take_frame(top->follower, boot_clock_ms(), text, len);
    settle(top);
}

static void on_garbage(void *context, const char *why) {
    struct top *top = context;
    follower_take_garbage(top->follower, boot_clock_ms(), why);
    settle(top);
}

static void on_closed(void *context, int code, const char *why, int64_t after_ms) {
    struct top *top = context;
    follower_closed(top->follower, boot_clock_ms(), code, why, after_ms);
    settle(top);
}

void top_take_signals(struct top *top) {
    struct signalfd_siginfo info;
    while (read(top->signals_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo != SIGWINCH && info.ssi_signo != SIGCONT) {
            top_finish(top, (enum exit_code)(EXIT_CODE_SIGNAL + (int)info.ssi_signo));
        } else if (top->screen) {
            screen_resize(top->screen);
            top->is_dirty = true;
            top->drawn_at_ms = 0;
        }
    }
}

/* An attempt that was given up meanwhile, and begun again, gets the answer of the first. */
static void take_address(struct top *top) {
    char why[120];
    const char *error = NULL;
    if (!resolver_finish(top->resolver, &error) || follower_state(top->follower) != FOLLOWER_CONNECTING)
        return;
    (void)snprintf(why, sizeof why, "no connection: %s", error ? error : "");
    if (error)
        follower_closed(top->follower, boot_clock_ms(), FOLLOWER_CLOSED_ABNORMALLY, why, -1);
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
    uint64_t expirations = 0;
    (void)!read(top->timer_fd, &expirations, sizeof expirations);
    follower_advance(top->follower, boot_clock_ms());
    top_take_signals(top);
    take_address(top);
    if (job_finish(top->job)) {
        if (credential_renewed(top->credential) == STATUS_UNAVAILABLE)
            follower_token_later(top->follower, boot_clock_ms(), "the token cannot be renewed now");
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

static sigset_t all_signals(void) {
    sigset_t signals = ending_signals();
    sigaddset(&signals, SIGWINCH);
    sigaddset(&signals, SIGCONT); /* the terminal may have another size since it was stopped */
    return signals;
}

static enum status open_signals(struct top *top) {
    sigset_t signals = all_signals();
    top->signals_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    return top->signals_fd >= 0 ? STATUS_OK : STATUS_IO;
}

void top_take_over_signals(void) {
    sigset_t signals = all_signals();
    (void)sigprocmask(SIG_BLOCK, &signals, NULL);
}

static enum status watch_events(struct top *top) {
    top_take_over_signals();
    top->timer_fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    top->events_fd = epoll_create1(EPOLL_CLOEXEC);
    if (top->events_fd < 0 || !watch_fd(top->events_fd, top->signals_fd) || !watch_fd(top->events_fd, top->timer_fd) ||
        !watch_fd(top->events_fd, job_fd(top->job)) || !watch_fd(top->events_fd, resolver_fd(top->resolver)) ||
        (top->screen && !watch_fd(top->events_fd, STDIN_FILENO)))
        return STATUS_IO;
    return stream_watch_fd(top->stream, top->events_fd);
}

static enum status prepare(struct top *top) {
    struct options *options = top->options;
    struct stream_options stream_options = {&options->server_url, options->ca_file, options->is_insecure};
    struct stream_handler stream_handler = {top, on_opened, on_frame, on_garbage, on_closed, on_readable};
    struct follower_handler follower_handler = {top,         on_token_wanted,  on_connect_due,   on_message_due,
                                                on_drop_due, on_watch_changed, on_state_changed, random_below};
    enum status status = resolver_create(&options->server_url, &top->resolver);
    if (status == STATUS_OK)
        status = stream_create(&stream_options, &stream_handler, &top->stream);
    if (status == STATUS_OK)
        status = watch_events(top);
    if (status == STATUS_OK)
        status = follower_create(&follower_handler, &top->follower);
    return status;
}

static void run(struct top *top) {
    if (prepare(top) != STATUS_OK || follower_subscribe(top->follower, boot_clock_ms(), top->options->portfolio_id,
                                                        &top->options->wish) != STATUS_OK) {
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
    if (top->stream) {
        stream_leave(top->stream);
        stream_destroy(top->stream); /* closes the epoll set, too */
    }
    if (top->signals_fd >= 0)
        close(top->signals_fd);
    if (top->timer_fd >= 0)
        close(top->timer_fd);
    if (top->follower)
        follower_destroy(top->follower);
    if (top->credential)
        credential_cancel(top->credential);
    if (top->job)
        job_destroy(top->job);
    if (top->credential) {
        credential_log_out(top->credential);
        credential_destroy(top->credential);
    }
    price_moves_fini(&top->moves);
    json_decref(top->paused);
    if (top->resolver && !resolver_destroy(top->resolver)) {
        (void)fflush(NULL);
        _exit((int)top->code);
    }
}

enum exit_code top_run(struct options *options) {
    struct top top = {.options = options, .give_up_at_ms = INT64_MAX, .lag_ms = -1};
    top.events_fd = top.signals_fd = top.timer_fd = -1;
    top.is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    top.has_color = options->has_color && isatty(STDOUT_FILENO) && terminfo_has_color();
    price_moves_init(&top.moves);
    if (options->is_insecure && options->server_url.is_secure)
        top_complain(&top, "--insecure: nobody checks who the server is", NULL);
    if (rest_begin() != STATUS_OK || open_signals(&top) != STATUS_OK || job_create(&top.job) != STATUS_OK ||
        credential_create(options, top.job, &top.credential) != STATUS_OK) {
        top_complain(&top, "cannot start", NULL);
        top_finish(&top, EXIT_CODE_FAILED);
    } else if (top_start(&top)) {
        if (options->is_once)
            top.give_up_at_ms = boot_clock_ms() + (int64_t)options->timeout_s * 1000;
        run(&top);
    }
    clean_up(&top);
    rest_end();
    return top.code;
}
