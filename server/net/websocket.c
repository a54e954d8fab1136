/* WebSocket connections on libwebsockets: their output, their closing, their
 * life and death. Messages are put together in websocket_receive.c.
 *
 * Every frame of ours goes out whole, with the header in front of it, through
 * websocket_send_raw, and only while the library holds nothing back: a frame
 * behind a partial one would lose its header there. What the socket does not
 * take is the library's to send (docs/decisions/0006). Memory of a connection
 * is the library's; it goes after LWS_CALLBACK_CLOSED. Thread: L. */
#include "net/websocket.h"

#include "net/route_watch.h"
#include "net/socket_output.h"
#include "net/socket_send.h"
#include "net/websocket_frame.h"
#include "net/websocket_internal.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <ev.h>
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define WEBSOCKET_CLOSE_MS 5000 /* for the closing handshake, with what is buffered */
#define WEBSOCKET_KILL_AGAIN_MS 1000
#define WEBSOCKET_RX_BYTES 256                        /* of memory a connection; a larger message comes in parts */
#define WEBSOCKET_TX_BYTES ((size_t)64 * 1024 * 1024) /* a smaller limit would cut a frame into several sends */
#define WEBSOCKET_SCRATCH_MAX ((size_t)1024 * 1024)
#define WEBSOCKET_CLOSE_TRY_LATER 1013

static int64_t now_ms(const struct websocket *websocket) {
    return clock_monotonic_ms(websocket->server->clock);
}

static void check_at(struct websocket *websocket, int64_t deadline_ms) {
    timer_wheel_set(websocket->server->wheel, &websocket->check, deadline_ms);
}

/* Ends the connection without ceremony. The library is told by its own loop
 * (end of file, failing send), whatever it is waiting for. */
void websocket_kill(struct websocket *websocket) {
    websocket->phase = WEBSOCKET_KILLED;
    if (websocket->relay)
        tls_relay_cut(websocket->relay);
    else
        shutdown(websocket->fd, SHUT_RDWR);
    lws_callback_on_writable(websocket->lws);
    check_at(websocket, now_ms(websocket) + WEBSOCKET_KILL_AGAIN_MS);
}

/* As much as the socket takes without waiting. An error is left to the library, which meets it again. */
static size_t send_directly(const struct websocket *websocket, const unsigned char *bytes, size_t len) {
    ssize_t n = socket_send(websocket->fd, bytes, len);
    return n > 0 ? (size_t)n : 0;
}

/* All of it or nothing; the library's own bytes go first. */
static size_t relay_directly(const struct websocket *websocket, const unsigned char *bytes, size_t len) {
    struct tls_relay *relay = websocket->relay;
    return tls_relay_is_clear(relay) && tls_relay_write(relay, bytes, len) ? len : 0;
}

/* The only way out for bytes: whole frames with their headers. While the library holds nothing back they go to the
 * socket directly: its own way there costs 0.3 us a send with 10,000 clients. It gets the rest, since
 * LWS_WRITE_HTTP passes bytes on as they are and appends when something is buffered; so their order is kept. */
static bool websocket_send_raw(struct websocket *websocket, unsigned char *bytes, size_t len) {
    size_t sent = 0;
    if (!lws_partial_buffered(websocket->lws))
        sent = websocket->relay ? relay_directly(websocket, bytes, len) : send_directly(websocket, bytes, len);
    if (sent == len)
        return true;
    websocket->is_rest_given = true;
    if (lws_write(websocket->lws, bytes + sent, len - sent, LWS_WRITE_HTTP) >= 0)
        return true;
    websocket_kill(websocket);
    return false;
}

static bool send_frame(struct websocket *websocket, struct frame *frame) {
    unsigned char *payload = frame_payload(frame);
    unsigned char *header = websocket_header_write(payload, frame->len, WEBSOCKET_TEXT);
    return websocket_send_raw(websocket, header, (size_t)(payload - header) + frame->len);
}

/* Room for all of them in the loop's scratch buffer; false: send them one by one. */
static bool scratch_reserve(struct websocket_server *server, struct frame *const *frames, size_t frames_n,
                            size_t *ret_len) {
    size_t len = 0;
    for (size_t i = 0; i < frames_n; i++)
        len += frames[i]->len + websocket_header_size(frames[i]->len);
    if (len > WEBSOCKET_SCRATCH_MAX)
        return false;
    if (len > server->scratch_capacity) {
        size_t capacity = server->scratch_capacity ? server->scratch_capacity : 4096;
        while (capacity < len)
            capacity *= 2;
        unsigned char *scratch = realloc(server->scratch, capacity);
        if (!scratch)
            return false;
        server->scratch = scratch;
        server->scratch_capacity = capacity;
    }
    *ret_len = len;
    return true;
}

static bool send_frames(struct websocket *websocket, struct frame *const *frames, size_t frames_n) {
    struct websocket_server *server = websocket->server;
    size_t len = 0;
    if (frames_n == 1 || !scratch_reserve(server, frames, frames_n, &len)) {
        for (size_t i = 0; i < frames_n; i++)
            if (!send_frame(websocket, frames[i]))
                return false;
        return true;
    }
    unsigned char *place = server->scratch;
    for (size_t i = 0; i < frames_n; i++) {
        place += websocket_header_size(frames[i]->len);
        websocket_header_write(place, frames[i]->len, WEBSOCKET_TEXT);
        memcpy(place, frame_payload(frames[i]), frames[i]->len);
        place += frames[i]->len;
    }
    return websocket_send_raw(websocket, server->scratch, len);
}

enum websocket_written websocket_write(struct websocket *websocket, struct frame *const *frames, size_t frames_n) {
    if (websocket->phase != WEBSOCKET_OPEN)
        return WEBSOCKET_CLOSED;
    if (websocket_is_blocked(websocket)) {
        websocket_want_writable(websocket);
        return WEBSOCKET_BLOCKED;
    }
    if (frames_n == 0)
        return WEBSOCKET_SENT;
    websocket->is_rest_given = false;
    if (!send_frames(websocket, frames, frames_n))
        return WEBSOCKET_CLOSED;
    if ((websocket->is_rest_given || websocket->relay) && websocket_is_blocked(websocket)) {
        int64_t check_ms = liveness_blocked(&websocket->liveness, &websocket->server->liveness, now_ms(websocket));
        if (check_ms < websocket->check.deadline_ms)
            check_at(websocket, check_ms);
    }
    return WEBSOCKET_SENT;
}

/* The library's own part is asked for by the question that a write will ask it: where it lies only the library knows.
 */
void websocket_ask_ahead(struct websocket *websocket) {
    bool is_asked = websocket->phase == WEBSOCKET_OPEN && lws_partial_buffered(websocket->lws);
    (void)is_asked;
}

bool websocket_is_blocked(struct websocket *websocket) {
    if (websocket->relay && tls_relay_is_pending(websocket->relay))
        return true;
    return lws_partial_buffered(websocket->lws) != 0;
}

/* The library asks once the socket takes bytes again. With TLS its own end always does: the relay says when. */
static void ask_for_room(struct websocket *websocket) {
    if (websocket->relay && tls_relay_is_pending(websocket->relay))
        tls_relay_want_room(websocket->relay);
    else
        lws_callback_on_writable(websocket->lws);
}

static void on_relay_room(void *user) {
    lws_callback_on_writable(((struct websocket *)user)->lws);
}

void websocket_want_writable(struct websocket *websocket) {
    websocket->is_writable_wanted = true;
    ask_for_room(websocket);
}

void websocket_close(struct websocket *websocket, int code, const char *reason) {
    if (websocket->phase != WEBSOCKET_OPEN)
        return;
    websocket->phase = WEBSOCKET_CLOSING;
    websocket->close_code = code;
    snprintf(websocket->close_reason, sizeof websocket->close_reason, "%s", reason ? reason : "");
    lws_rx_flow_control(websocket->lws, 1); /* the peer's answer must come through */
    ask_for_room(websocket);
    check_at(websocket, now_ms(websocket) + WEBSOCKET_CLOSE_MS);
}

void websocket_pause_reading(struct websocket *websocket, bool is_paused) {
    if (websocket->phase == WEBSOCKET_OPEN)
        lws_rx_flow_control(websocket->lws, is_paused ? 0 : 1);
}

const char *websocket_peer(const struct websocket *websocket) {
    return websocket->visitor.text;
}

const struct address *websocket_client(const struct websocket *websocket) {
    return &websocket->visitor.client;
}

/* With a payload: the library keeps pongs without one to itself. */
static void websocket_ping(struct websocket *websocket) {
    unsigned char frame[WEBSOCKET_HEADER_MAX + 1];
    unsigned char *payload = frame + WEBSOCKET_HEADER_MAX;
    *payload = '?';
    unsigned char *header = websocket_header_write(payload, 1, WEBSOCKET_PING);
    (void)websocket_send_raw(websocket, header, (size_t)(payload - header) + 1);
}

static void websocket_die(struct websocket *websocket, bool is_stalled) {
    metrics_increment(is_stalled ? METRIC_CLOSED_STALLED : METRIC_CLOSED_NO_PONG);
    log_event(LOG_INFO, is_stalled ? "websocket.stalled" : "websocket.silent",
              LOG_TEXT("peer", websocket->visitor.text));
    websocket->server->handler.on_dead(websocket->user, is_stalled);
    if (websocket->phase != WEBSOCKET_OPEN)
        return;
    if (is_stalled) /* a close frame could not get out either */
        websocket_kill(websocket);
    else
        websocket_close(websocket, websocket->server->dead_close_code, "no pong");
}

static void on_check(struct timer_entry *entry) {
    struct websocket *websocket = TIMER_ENTRY(entry, struct websocket, check);
    if (websocket->phase != WEBSOCKET_OPEN) {
        websocket_kill(websocket);
        return;
    }
    int64_t now = now_ms(websocket), next_ms = now;
    struct liveness_output output = {.is_buffered = websocket_is_blocked(websocket)};
    socket_output_read(websocket->fd, &output);
    switch (liveness_check(&websocket->liveness, &websocket->server->liveness, &output, now, &next_ms)) {
    case LIVENESS_PING:
        check_at(websocket, next_ms);
        websocket_ping(websocket);
        return;
    case LIVENESS_FINE:
        check_at(websocket, next_ms);
        return;
    case LIVENESS_SILENT:
        websocket_die(websocket, false);
        return;
    case LIVENESS_STALLED:
        websocket_die(websocket, true);
        return;
    }
}

static void on_established(struct websocket *websocket, struct lws *lws) {
    struct websocket_server *server = lws_context_user(lws_get_context(lws));
    websocket->lws = lws;
    websocket->server = server;
    websocket->relay = server->adopting_relay;
    server->adopting_relay = NULL;
    websocket->fd = websocket->relay ? tls_relay_socket(websocket->relay) : lws_get_socket_fd(lws);
    if (websocket->relay)
        tls_relay_set_user(websocket->relay, websocket);
    websocket->visitor = *server->adopting;
    server->adopting = NULL;
    liveness_init(&websocket->liveness, clock_monotonic_ms(server->clock));
    timer_entry_init(&websocket->check, on_check);
    check_at(websocket, now_ms(websocket) + server->liveness.ping_after_ms);
    websocket_inspect_begin(websocket, now_ms(websocket));
    server->connections_n++;
    metrics_increment(METRIC_CONNECTIONS_OPENED);
    metrics_add(METRIC_CONNECTIONS, 1);
    websocket->user = server->handler.on_open(server->handler.context, websocket, server->adopting_grant);
    if (!websocket->user)
        websocket_close(websocket, WEBSOCKET_CLOSE_TRY_LATER, "try again later");
}

/* The socket takes bytes and nothing is buffered. A nonzero result closes. */
static int on_writeable(struct websocket *websocket) {
    switch (websocket->phase) {
    case WEBSOCKET_OPEN:
        if (websocket->is_writable_wanted) {
            websocket->is_writable_wanted = false;
            websocket->server->handler.on_writable(websocket->user);
        }
        return 0;
    case WEBSOCKET_CLOSING:
        if (websocket->is_reason_given)
            return 0;
        websocket->is_reason_given = true;
        lws_close_reason(websocket->lws, (enum lws_close_status)websocket->close_code,
                         (unsigned char *)websocket->close_reason, strlen(websocket->close_reason));
        return -1;
    case WEBSOCKET_KILLED:
        return -1;
    }
    return 0;
}

static void on_closed(struct websocket *websocket) {
    websocket->phase = WEBSOCKET_KILLED;
    timer_entry_cancel(&websocket->check);
    free(websocket->message);
    websocket->message = NULL;
    list_remove(&websocket->inspected_link);
    websocket->server->connections_n--;
    metrics_add(METRIC_CONNECTIONS, -1);
    tls_relay_release(&websocket->relay);
    admission_disconnect(&websocket->server->admission, &websocket->visitor, true);
    if (websocket->user)
        websocket->server->handler.on_closed(websocket->user);
}

static int on_event(struct lws *lws, enum lws_callback_reasons reason, void *memory, void *in, size_t len) {
    struct websocket *websocket = memory;
    if (reason == LWS_CALLBACK_ESTABLISHED) {
        on_established(websocket, lws);
        return 0;
    }
    if (!websocket || !websocket->server) /* not established yet, or no connection at all */
        return 0;
    switch ((int)reason) {
    case LWS_CALLBACK_RECEIVE:
        liveness_heard(&websocket->liveness, now_ms(websocket));
        if (websocket->phase == WEBSOCKET_OPEN)
            websocket_receive(websocket, in, len);
        return 0;
    case LWS_CALLBACK_RECEIVE_PONG:
        liveness_heard(&websocket->liveness, now_ms(websocket));
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return on_writeable(websocket);
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE: /* the library answers it */
        websocket->phase = WEBSOCKET_CLOSING;
        websocket->is_reason_given = true;
        check_at(websocket, now_ms(websocket) + WEBSOCKET_CLOSE_MS);
        return 0;
    case LWS_CALLBACK_CLOSED:
        on_closed(websocket);
        return 0;
    default:
        return 0;
    }
}

static void on_library_log(int level, const char *line) {
    char text[512];
    const char *end_of_time = line[0] == '[' ? strchr(line, ']') : NULL; /* our lines have their own */
    snprintf(text, sizeof text, "%s", end_of_time ? end_of_time + 1 + strspn(end_of_time + 1, " ") : line);
    text[strcspn(text, "\n")] = '\0';
    log_event((level & LLL_ERR) ? LOG_ERROR : LOG_WARN, "libwebsockets.logged", LOG_TEXT("text", text));
}

/* From 4.3 on the library counts, without a lock, what is bound to a log. The default one is the process', which loops
 * on several threads must not share: each gets its own. Silent once the context is there, as the older one is. */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
static enum status library_log_create(struct websocket_server *server, struct lws_context_creation_info *info) {
    server->library_log = calloc(1, sizeof *server->library_log);
    if (!server->library_log)
        return STATUS_NO_MEMORY;
    server->library_log->u.emit = on_library_log;
    server->library_log->lll_flags = LLL_ERR | LLL_WARN;
    info->log_cx = server->library_log;
    return STATUS_OK;
}

static void library_log_silence(struct websocket_server *server) {
    server->library_log->lll_flags = 0;
}
#else
static enum status library_log_create(struct websocket_server *server, struct lws_context_creation_info *info) {
    (void)server;
    (void)info;
    return STATUS_OK;
}

static void library_log_silence(struct websocket_server *server) {
    (void)server;
}
#endif

static enum status protocols_create(struct websocket_server *server) {
    server->protocols = calloc(2, sizeof *server->protocols);
    if (!server->protocols)
        return STATUS_NO_MEMORY;
    server->protocols[0] = (struct lws_protocols){.name = server->protocol,
                                                  .callback = on_event,
                                                  .per_session_data_size = sizeof(struct websocket),
                                                  .rx_buffer_size = WEBSOCKET_RX_BYTES,
                                                  .tx_packet_size = WEBSOCKET_TX_BYTES};
    return STATUS_OK;
}

enum status websocket_server_init(struct websocket_server *server, char *error, size_t error_len) {
    /* All zero: no pings, no validity timers of the library's own. */
    static const lws_retry_bo_t no_retry_policy;
    server->foreign_loops[0] = server->ev;
    list_init(&server->inspected);
    server->relays =
        (struct tls_relays){.ev = server->ev, .wheel = server->wheel, .clock = server->clock, .on_room = on_relay_room};
    tls_relays_init(&server->relays);
    enum status status = protocols_create(server);
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN_SERVER,
        .protocols = server->protocols,
        .options = LWS_SERVER_OPTION_LIBEV,
        .foreign_loops = server->foreign_loops,
        .retry_and_idle_policy = &no_retry_policy,
        .user = server,
    };
    if (status == STATUS_OK)
        status = library_log_create(server, &info);
    if (status != STATUS_OK) {
        snprintf(error, error_len, "out of memory");
        websocket_server_fini(server);
        return status;
    }
    /* Only while there is one thread: the library (4.1) writes its lines into one buffer for all, and it has one for
     * each adoption that brings its bytes along. */
    lws_set_log_level(LLL_ERR | LLL_WARN, on_library_log);
    server->lws = lws_create_context(&info);
    lws_set_log_level(0, NULL);
    library_log_silence(server);
    route_watch_silence();
    server->vhost = server->lws ? lws_get_vhost_by_name(server->lws, "default") : NULL;
    if (server->vhost)
        return STATUS_OK;
    snprintf(error, error_len, "libwebsockets cannot start; is its libev plugin (libwebsockets-evlib-ev) installed?");
    websocket_server_fini(server);
    return STATUS_INTERNAL;
}

void websocket_server_fini(struct websocket_server *server) {
    if (server->lws)
        lws_context_destroy(server->lws);
    server->lws = NULL;
    tls_relays_fini(&server->relays);
    free(server->library_log); /* the context pointed to it */
    server->library_log = NULL;
    free(server->protocols);
    server->protocols = NULL;
    free(server->scratch);
    server->scratch = NULL;
}

size_t websocket_server_connections_n(const struct websocket_server *server) {
    return server->connections_n + server->relays.ending_n;
}

void websocket_server_adopt(struct websocket_server *server, const struct transport *transport,
                            const struct visitor *visitor, const struct head *head, void *grant) {
    char request[HANDSHAKE_BYTES_MAX];
    size_t len = handshake_write(request, head, server->protocol);
    int fd = transport->fd;
    if (transport->tls && tls_relay_create(&server->relays, transport, &server->adopting_relay, &fd) != STATUS_OK) {
        metrics_increment(METRIC_HANDSHAKES_REFUSED);
        admission_disconnect(&server->admission, visitor, true);
        return;
    }
    server->adopting = visitor;
    server->adopting_grant = grant;
    /* It answers with 101 and calls back ESTABLISHED before it returns; when it cannot, it closes fd. */
    if (!lws_adopt_socket_vhost_readbuf(server->vhost, fd, request, len))
        metrics_increment(METRIC_HANDSHAKES_REFUSED);
    server->adopting_grant = NULL;
    tls_relay_release(&server->adopting_relay); /* when nobody has taken it */
    if (server->adopting) {                     /* there is none */
        server->adopting = NULL;
        admission_disconnect(&server->admission, visitor, true);
    }
}
