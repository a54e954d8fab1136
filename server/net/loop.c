/* Puts a loop together: the libev loop, the listener, the timer wheel, the HTTP
 * and the WebSocket side. Counts its long turns: from the end of a wait for events
 * to the beginning of the next one nobody else is served. Thread: L. */
#include "net/loop.h"

#include "net/http_server.h"
#include "net/listener.h"
#include "net/tls_stream.h"
#include "net/websocket_server.h"
#include "ops/metrics.h"

#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define LOOP_TICK_MS 50

struct loop {
    struct ev_loop *ev;
    struct listener *listener, *tls_listener; /* the latter when TLS has a port of its own */
    struct tls_records records;
    struct timer_wheel wheel;
    const struct clock *clock;
    ev_timer tick;
    ev_check turn_begin;
    ev_prepare turn_end;
    int64_t turn_began_us; /* 0: the loop has not waited yet */
    struct http_server http;
    struct websocket_server websockets;
    char *websocket_path, *websocket_protocol;
    int port;
    bool is_tls_only; /* the one port speaks TLS */
    bool is_broken;   /* loop_break was called */
};

/* The library takes memory for every descriptor that the process might open:
 * with the limit of some containers (a billion) it could not start. With the
 * usual 1024 there is no room for clients. */
static void limit_descriptors(void) {
    const rlim_t most = 1048576, least = 65536;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    rlim_t wanted = limit.rlim_cur > most ? most : limit.rlim_cur < least ? least : limit.rlim_cur;
    if (wanted > limit.rlim_max)
        wanted = limit.rlim_max;
    if (wanted == limit.rlim_cur)
        return;
    limit.rlim_cur = wanted;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

static void on_tick(struct ev_loop *ev, ev_timer *timer, int revents) {
    (void)ev, (void)revents;
    struct loop *loop = timer->data;
    timer_wheel_advance(&loop->wheel, clock_monotonic_ms(loop->clock));
    websocket_server_inspect(&loop->websockets, clock_monotonic_ms(loop->clock));
}

/* The first callback after a wait. */
static void on_turn_begin(struct ev_loop *ev, ev_check *watcher, int revents) {
    (void)ev, (void)revents;
    ((struct loop *)watcher->data)->turn_began_us = clock_precise_us();
}

/* The last one before the next wait. */
static void on_turn_end(struct ev_loop *ev, ev_prepare *watcher, int revents) {
    (void)ev, (void)revents;
    const struct loop *loop = watcher->data;
    int64_t turn_us = loop->turn_began_us > 0 ? clock_precise_us() - loop->turn_began_us : 0;
    if (turn_us <= 1000)
        return;
    metrics_increment(METRIC_TURNS_OVER_1);
    metrics_add(METRIC_TURNS_OVER_5, turn_us > 5000);
    metrics_add(METRIC_TURNS_OVER_20, turn_us > 20000);
}

static void start_turns(struct loop *loop) {
    ev_check_init(&loop->turn_begin, on_turn_begin);
    ev_prepare_init(&loop->turn_end, on_turn_end);
    ev_set_priority(&loop->turn_begin, EV_MAXPRI);
    ev_set_priority(&loop->turn_end, EV_MINPRI);
    loop->turn_begin.data = loop->turn_end.data = loop;
    ev_check_start(loop->ev, &loop->turn_begin);
    ev_prepare_start(loop->ev, &loop->turn_end);
}

static void on_accepted(void *context, int fd, const char *peer) {
    struct loop *loop = context;
    http_server_accept(&loop->http, fd, peer, loop->is_tls_only);
}

static void on_tls_accepted(void *context, int fd, const char *peer) {
    struct loop *loop = context;
    http_server_accept(&loop->http, fd, peer, true);
}

static void on_upgraded(void *context, struct transport *transport, const struct visitor *visitor,
                        const struct head *head, void *grant) {
    struct loop *loop = context;
    websocket_server_adopt(&loop->websockets, transport, visitor, head, grant);
}

static void loop_configure(struct loop *loop, const struct loop_config *config) {
    loop->clock = config->clock;
    loop->is_tls_only = config->tls && !config->tls_port;
    timer_wheel_init(&loop->wheel, LOOP_TICK_MS, clock_monotonic_ms(config->clock));
    loop->http = (struct http_server){.ev = loop->ev,
                                      .wheel = &loop->wheel,
                                      .clock = config->clock,
                                      .handler = config->http,
                                      .admission = config->admission,
                                      .max_body_bytes = config->max_body_bytes,
                                      .request_timeout_ms = config->request_timeout_ms,
                                      .websocket_path = loop->websocket_path,
                                      .websocket_protocol = loop->websocket_protocol,
                                      .on_upgraded = on_upgraded,
                                      .tls = config->tls,
                                      .records = &loop->records,
                                      .context = loop};
    http_server_init(&loop->http);
    loop->websockets = (struct websocket_server){.ev = loop->ev,
                                                 .wheel = &loop->wheel,
                                                 .clock = config->clock,
                                                 .handler = config->websocket,
                                                 .admission = config->admission,
                                                 .protocol = loop->websocket_protocol,
                                                 .max_message_bytes = config->max_message_bytes,
                                                 .liveness = {.ping_after_ms = config->ping_after_ms,
                                                              .pong_within_ms = config->pong_within_ms,
                                                              .stall_timeout_ms = config->stall_timeout_ms},
                                                 .dead_close_code = config->dead_close_code,
                                                 .bytes_per_second = config->stream_bytes_per_second};
    ev_timer_init(&loop->tick, on_tick, LOOP_TICK_MS / 1e3, LOOP_TICK_MS / 1e3);
    loop->tick.data = loop;
    ev_timer_start(loop->ev, &loop->tick);
    start_turns(loop);
}

static enum status loop_listen(struct loop *loop, const struct loop_config *config, char *error, size_t error_len) {
    enum status status =
        listener_create(loop->ev, config->host, config->port, on_accepted, loop, &loop->listener, error, error_len);
    if (status != STATUS_OK)
        return status;
    loop->port = listener_port(loop->listener);
    if (!config->tls || !config->tls_port)
        return STATUS_OK;
    return listener_create(loop->ev, config->host, config->tls_port, on_tls_accepted, loop, &loop->tls_listener, error,
                           error_len);
}

enum status loop_create(const struct loop_config *config, struct loop **ret_loop, char *error, size_t error_len) {
    limit_descriptors();
    struct loop *loop = calloc(1, sizeof *loop);
    if (loop) {
        loop->ev = ev_loop_new(EVFLAG_AUTO);
        loop->websocket_path = strdup(config->websocket_path);
        loop->websocket_protocol = strdup(config->websocket_protocol);
    }
    if (!loop || !loop->ev || !loop->websocket_path || !loop->websocket_protocol ||
        (config->tls && tls_records_init(&loop->records) != STATUS_OK)) {
        snprintf(error, error_len, "out of memory");
        loop_destroy(&loop);
        return STATUS_NO_MEMORY;
    }
    loop_configure(loop, config);
    enum status status = websocket_server_init(&loop->websockets, error, error_len);
    if (status == STATUS_OK)
        status = loop_listen(loop, config, error, error_len);
    if (status != STATUS_OK) {
        loop_destroy(&loop);
        return status;
    }
    *ret_loop = loop;
    return STATUS_OK;
}

enum status loop_probe(const char *host, int port, char *error, size_t error_len) {
    return listener_probe(host, port, error, error_len);
}

void loop_destroy(struct loop **loop) {
    struct loop *it = *loop;
    if (!it)
        return;
    *loop = NULL;
    listener_destroy(&it->listener);
    listener_destroy(&it->tls_listener);
    if (it->clock) { /* configured */
        http_server_fini(&it->http);
        websocket_server_fini(&it->websockets);
        ev_timer_stop(it->ev, &it->tick);
        ev_check_stop(it->ev, &it->turn_begin);
        ev_prepare_stop(it->ev, &it->turn_end);
    }
    tls_records_fini(&it->records);
    if (it->ev)
        ev_loop_destroy(it->ev);
    free(it->websocket_path);
    free(it->websocket_protocol);
    free(it);
}

struct ev_loop *loop_ev(struct loop *loop) {
    return loop->ev;
}

int loop_port(const struct loop *loop) {
    return loop->port;
}

void loop_run(struct loop *loop) {
    /* The tick keeps ev_run from returning by itself. */
    while (!loop->is_broken)
        ev_run(loop->ev, 0);
    loop->is_broken = false;
}

void loop_break(struct loop *loop) {
    loop->is_broken = true;
    ev_break(loop->ev, EVBREAK_ALL);
}

void loop_stop_listening(struct loop *loop) {
    listener_destroy(&loop->listener);
    listener_destroy(&loop->tls_listener);
    http_server_drain(&loop->http);
}

size_t loop_connections_n(const struct loop *loop) {
    return loop->http.connections_n + websocket_server_connections_n(&loop->websockets);
}
