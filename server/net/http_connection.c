/* One HTTP connection: reads a request, hands it on, writes its response, goes
 * on with the next. Its state is the one door everything passes through
 * (connection_enter); memory goes only at the end of connection_run.
 *
 * While a request is handled nothing is read, only looked for the client's end,
 * so one that pipelines without end only fills its own socket. Thread: L. */
#include "net/http_connection_internal.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HTTP_TLS_HANDSHAKE_MS 10000            /* from the connection's begin */
#define HTTP_KEEP_ALIVE_MS 60000               /* between two requests */
#define HTTP_WRITE_MS 30000                    /* for a response … */
#define HTTP_WRITE_BYTES_PER_MS 8              /* … and its length at this rate */
#define HTTP_LINGER_MS 2000                    /* for the client to read the last response */
#define HTTP_LINGER_BYTES ((size_t)256 * 1024) /* of its unread request meanwhile */
#define HTTP_REQUESTS_PER_RUN 16               /* then the other sockets have their turn */

static void connection_run(struct http_connection *connection);

static int64_t now_ms(const struct http_connection *connection) {
    return clock_monotonic_ms(connection->server->clock);
}

static void connection_set_deadline(struct http_connection *connection, int64_t in_ms) {
    timer_wheel_set(connection->server->wheel, &connection->deadline, now_ms(connection) + in_ms);
}

/* A request has begun: its time never grows, whatever trickles in. */
static void connection_limit_deadline(struct http_connection *connection) {
    int64_t deadline_ms = now_ms(connection) + connection->server->request_timeout_ms;
    if (connection->state == CONNECTION_HEAD && deadline_ms < connection->deadline.deadline_ms)
        timer_wheel_set(connection->server->wheel, &connection->deadline, deadline_ms);
}

void connection_watch(struct http_connection *connection, int events) {
    if (connection->io_events == events)
        return;
    ev_io_stop(connection->server->ev, &connection->io);
    connection->io_events = events;
    if (!events)
        return;
    ev_io_set(&connection->io, connection->transport.fd, events);
    ev_io_start(connection->server->ev, &connection->io);
}

/* Reads from the socket, and at once if TLS has read from it already. */
static void connection_watch_input(struct http_connection *connection) {
    connection_watch(connection, EV_READ);
    if (transport_has_input(&connection->transport))
        ev_feed_event(connection->server->ev, &connection->io, EV_READ);
}

void connection_enter(struct http_connection *connection, enum connection_state state) {
    connection->state = state;
    switch (state) {
    case CONNECTION_TLS:
        connection_watch(connection, EV_READ);
        connection_set_deadline(connection, HTTP_TLS_HANDSHAKE_MS);
        return;
    case CONNECTION_HEAD:
        connection->input.scanned_len = 0;
        connection_watch_input(connection);
        connection_set_deadline(connection,
                                connection->input.len ? connection->server->request_timeout_ms : HTTP_KEEP_ALIVE_MS);
        return;
    case CONNECTION_BODY: /* the deadline is the request's, from its first byte */
        connection_watch_input(connection);
        return;
    case CONNECTION_HANDLING:
    case CONNECTION_CLOSED:
        connection_watch(connection, state == CONNECTION_HANDLING && !connection->is_input_over ? EV_READ : 0);
        timer_entry_cancel(&connection->deadline);
        return;
    case CONNECTION_WRITING:
        connection_set_deadline(connection,
                                HTTP_WRITE_MS + (int64_t)(connection->output.len / HTTP_WRITE_BYTES_PER_MS));
        return;
    case CONNECTION_LINGERING:
        shutdown(connection->transport.fd, SHUT_WR);
        connection_watch_input(connection);
        connection_set_deadline(connection, HTTP_LINGER_MS);
        return;
    }
}

void connection_deliver(struct http_connection *connection) {
    struct http_exchange *exchange = connection->exchange;
    connection_enter(connection, CONNECTION_HANDLING);
    metrics_add(METRIC_HTTP_REQUESTS, !exchange->is_handshake);
    atomic_store(&exchange->request.has_left, connection->is_input_over);
    const struct http_handler *handler = &connection->server->handler;
    if (!exchange->is_handshake)
        handler->on_request(handler->context, &exchange->request);
    else if (handler->on_handshake)
        handler->on_handshake(handler->context, &exchange->request);
    else
        http_upgrade(&exchange->request, NULL);
}

void connection_refuse(struct http_connection *connection, enum http_refusal refusal) {
    bool is_handshake =
        refusal == HTTP_REFUSAL_UPGRADE || refusal == HTTP_REFUSAL_DRAINING || refusal == HTTP_REFUSAL_CONNECTIONS;
    metrics_increment(is_handshake ? METRIC_HANDSHAKES_REFUSED : METRIC_HTTP_REFUSED);
    log_event(LOG_DEBUG, "http.refused", LOG_TEXT("peer", connection->visitor.text), LOG_I64("refusal", refusal));
    struct http_exchange *exchange = connection->exchange;
    if (!exchange && http_exchange_create(connection, &connection->visitor, NULL, 0, &exchange) != STATUS_OK) {
        connection_enter(connection, CONNECTION_CLOSED);
        return;
    }
    connection->exchange = exchange;
    connection->is_closing = true;
    exchange->request.refusal = refusal;
    connection_deliver(connection);
}

static bool connection_step_writing(struct http_connection *connection) {
    while (connection->output_sent < connection->output.len) {
        ssize_t n = transport_write(&connection->transport, connection->output.data + connection->output_sent,
                                    connection->output.len - connection->output_sent);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            connection_watch(connection, EV_WRITE);
            return false;
        }
        if (n < 0) {
            connection_enter(connection, CONNECTION_CLOSED);
            return true;
        }
        connection->output_sent += (size_t)n;
    }
    if (connection->is_closing)
        transport_end(&connection->transport);
    if (!transport_flush(&connection->transport)) {
        if (errno != EAGAIN)
            connection_enter(connection, CONNECTION_CLOSED);
        else
            connection_watch(connection, EV_WRITE);
        return errno != EAGAIN;
    }
    strbuf_fini(&connection->output);
    strbuf_init(&connection->output);
    http_input_rest(&connection->input);
    connection_enter(connection, connection->is_closing ? CONNECTION_LINGERING : CONNECTION_HEAD);
    return true;
}

static void connection_free(struct http_connection *connection) {
    struct http_server *server = connection->server;
    list_remove(&connection->link);
    server->connections_n--;
    timer_entry_cancel(&connection->deadline);
    ev_clear_pending(server->ev, &connection->io);
    connection_watch(connection, 0);
    tls_stream_destroy(&connection->transport.tls);
    if (connection->transport.fd >= 0) { /* it has not become a WebSocket */
        close(connection->transport.fd);
        admission_disconnect(&server->admission, &connection->visitor, false);
    }
    /* A request that the handler still has stays valid, without a connection. */
    if (connection->exchange && connection->state == CONNECTION_HANDLING)
        connection->exchange->connection = NULL;
    else
        http_exchange_free(&connection->exchange);
    strbuf_fini(&connection->output);
    free(connection->input.bytes);
    free(connection);
}

/* Takes the connection as far as it gets. */
static void connection_run(struct http_connection *connection) {
    if (connection->is_running)
        return;
    connection->is_running = true;
    bool is_going = true;
    for (int requests_n = 0; is_going;) {
        switch (connection->state) {
        case CONNECTION_TLS:
            is_going = connection_step_tls(connection);
            break;
        case CONNECTION_HEAD:
            is_going = connection_step_head(connection);
            if (is_going && ++requests_n == HTTP_REQUESTS_PER_RUN && connection->state == CONNECTION_WRITING) {
                ev_feed_event(connection->server->ev, &connection->io, EV_CUSTOM);
                is_going = false;
            }
            break;
        case CONNECTION_BODY:
            is_going = connection_step_body(connection);
            break;
        case CONNECTION_WRITING:
            is_going = connection_step_writing(connection);
            break;
        case CONNECTION_HANDLING:
        case CONNECTION_LINGERING:
        case CONNECTION_CLOSED:
            is_going = false;
            break;
        }
    }
    connection->is_running = false;
    if (connection->state == CONNECTION_CLOSED)
        connection_free(connection);
}

/* Where the next bytes go: the body directly, everything else into the input. */
static char *read_place(struct http_connection *connection, size_t *ret_len) {
    char *place = NULL;
    if (connection->state == CONNECTION_BODY && connection->input.len == 0)
        place = http_body_place(&connection->exchange->body, ret_len);
    if (place)
        return place;
    if (connection->state == CONNECTION_LINGERING)
        connection->input.len = 0;
    /* Of a body whose length is not known much may come. */
    if (!http_input_reserve(&connection->input, connection->state == CONNECTION_BODY ? HEAD_BYTES_MAX : 0))
        return NULL;
    *ret_len = connection->input.capacity - connection->input.len;
    return connection->input.bytes + connection->input.len;
}

static void connection_read(struct http_connection *connection) {
    size_t room = 0;
    char *place = read_place(connection, &room);
    ssize_t n = place ? transport_read(&connection->transport, place, room) : -1;
    if (!place || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
        connection_enter(connection, CONNECTION_CLOSED);
        return;
    }
    if (n < 0) {
        http_input_rest(&connection->input);
        return;
    }
    if (n == 0)
        connection->is_input_over = true;
    if (connection->state == CONNECTION_LINGERING) {
        connection->discarded_bytes += (size_t)n;
        if (n == 0 || connection->discarded_bytes > HTTP_LINGER_BYTES)
            connection_enter(connection, CONNECTION_CLOSED);
    } else if (place == connection->input.bytes + connection->input.len) {
        if (n > 0)
            connection_limit_deadline(connection);
        connection->input.len += (size_t)n;
    } else {
        http_body_placed(&connection->exchange->body, (size_t)n);
    }
    if (n > 0 && transport_has_input(&connection->transport))
        ev_feed_event(connection->server->ev, &connection->io, EV_READ);
}

/* Its request is being handled: what comes now is the next one, which waits, or its end. */
static void connection_look(struct http_connection *connection) {
    char byte;
    ssize_t n = transport_peek(&connection->transport, &byte, 1);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    atomic_store(&connection->exchange->request.has_left, n <= 0);
    connection_watch(connection, 0);
}

static void on_io(struct ev_loop *ev, ev_io *io, int revents) {
    (void)ev;
    struct http_connection *connection = io->data;
    if ((revents & EV_READ) && (connection->io_events & EV_READ) && connection->state != CONNECTION_TLS)
        (connection->state == CONNECTION_HANDLING ? connection_look : connection_read)(connection);
    connection_run(connection);
}

static void on_deadline(struct timer_entry *entry) {
    struct http_connection *connection = TIMER_ENTRY(entry, struct http_connection, deadline);
    bool is_in_request =
        connection->state == CONNECTION_BODY || (connection->state == CONNECTION_HEAD && connection->input.len > 0);
    if (connection->state == CONNECTION_TLS)
        connection_fail_tls(connection, "too slow");
    else if (is_in_request)
        connection_refuse(connection, HTTP_REFUSAL_TIMEOUT);
    else
        connection_enter(connection, CONNECTION_CLOSED);
    connection_run(connection);
}

void connection_begin_http(struct http_connection *connection) {
    connection_enter(connection, CONNECTION_HEAD);
    connection_set_deadline(connection, connection->server->request_timeout_ms);
}

void http_connection_respond(struct http_connection *connection, struct http_exchange *exchange,
                             const struct http_response *response) {
    if (response->close || connection->server->is_draining)
        connection->is_closing = true;
    struct http_exchange_manner manner = {.handler = &connection->server->handler,
                                          .is_closing = connection->is_closing,
                                          .is_tls = connection->transport.tls != NULL};
    http_exchange_write(exchange, response, &manner, &connection->output);
    connection->output_sent = 0;
    connection->exchange = NULL;
    http_exchange_free(&exchange);
    connection_enter(connection,
                     strbuf_status(&connection->output) == STATUS_OK ? CONNECTION_WRITING : CONNECTION_CLOSED);
    connection_run(connection);
}

void http_connection_upgrade(struct http_connection *connection, struct http_exchange *exchange, void *grant) {
    struct http_server *server = connection->server;
    struct transport transport = connection->transport;
    exchange->is_handshake = false;
    if (server->is_draining) { /* since it was asked */
        connection_refuse(connection, HTTP_REFUSAL_DRAINING);
        return;
    }
    if (!admission_upgrade(&server->admission, &exchange->visitor)) {
        connection_refuse(connection, HTTP_REFUSAL_CONNECTIONS);
        return;
    }
    connection_enter(connection, CONNECTION_CLOSED); /* unwatched, before others watch it */
    connection->exchange = NULL;
    connection->transport = (struct transport){.fd = -1};
    server->on_upgraded(server->context, &transport, &exchange->visitor, &exchange->head, grant);
    http_exchange_free(&exchange);
    connection_run(connection);
}

void http_server_init(struct http_server *server) {
    list_init(&server->connections);
    server->connections_n = 0;
}

void http_server_accept(struct http_server *server, int fd, const char *peer, bool is_tls) {
    struct visitor visitor;
    visitor_init(&visitor, &server->admission, peer);
    if (!admission_connect(&server->admission, &visitor)) {
        if (is_tls) /* nothing short can be said */
            close(fd);
        else
            admission_refuse(fd, server->handler.headers);
        return;
    }
    struct http_connection *connection = calloc(1, sizeof *connection);
    if (!connection) {
        admission_disconnect(&server->admission, &visitor, false);
        close(fd);
        return;
    }
    connection->server = server;
    connection->transport.fd = fd;
    connection->is_tls = is_tls;
    strbuf_init(&connection->output);
    connection->visitor = visitor;
    timer_entry_init(&connection->deadline, on_deadline);
    ev_io_init(&connection->io, on_io, fd, EV_READ);
    connection->io.data = connection;
    list_push_back(&server->connections, &connection->link);
    server->connections_n++;
    if (is_tls)
        connection_enter(connection, CONNECTION_TLS);
    else
        connection_begin_http(connection);
    /* When many come at once they have asked already: then the socket need not be watched first, and a handshake is
     * answered without a second round. */
    if (!is_tls)
        connection_read(connection);
    connection_run(connection);
}

void http_server_drain(struct http_server *server) {
    server->is_draining = true;
    LIST_FOR_EACH (link, next, &server->connections) {
        struct http_connection *connection = LIST_ENTRY(link, struct http_connection, link);
        bool is_idle = connection->state == CONNECTION_HEAD && connection->input.len == 0;
        if ((is_idle || connection->state == CONNECTION_TLS) && !connection->is_running) {
            connection_enter(connection, CONNECTION_CLOSED);
            connection_run(connection);
        }
    }
}

void http_server_fini(struct http_server *server) {
    LIST_FOR_EACH (link, next, &server->connections) {
        struct http_connection *connection = LIST_ENTRY(link, struct http_connection, link);
        if (connection->exchange)
            connection->exchange->large_bodies_n = NULL; /* it may be answered after the server */
        connection_free(connection);
    }
}
