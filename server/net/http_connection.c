/* One HTTP connection: reads a request, hands it on, writes its response, goes
 * on with the next. Its state is the one door everything passes through
 * (connection_enter); memory goes only at the end of connection_run.
 *
 * While a request is handled nothing is read, only looked for the client's end,
 * so one that pipelines without end only fills its own socket. Thread: L. */
#include "net/http_exchange.h"
#include "net/http_input.h"
#include "net/http_server.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <errno.h>
#include <ev.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HTTP_KEEP_ALIVE_MS 60000               /* between two requests */
#define HTTP_WRITE_MS 30000                    /* for a response … */
#define HTTP_WRITE_BYTES_PER_MS 8              /* … and its length at this rate */
#define HTTP_LINGER_MS 2000                    /* for the client to read the last response */
#define HTTP_LINGER_BYTES ((size_t)256 * 1024) /* of its unread request meanwhile */
#define HTTP_REQUESTS_PER_RUN 16               /* then the other sockets have their turn */

enum connection_state {
    CONNECTION_HEAD,      /* reading the head of a request */
    CONNECTION_BODY,      /* reading its body */
    CONNECTION_HANDLING,  /* the handler has it */
    CONNECTION_WRITING,   /* its response goes out */
    CONNECTION_LINGERING, /* all is written and shut; reading until the client closes too */
    CONNECTION_CLOSED     /* freed at the end of connection_run */
};

struct http_connection {
    struct list_link link; /* in server->connections */
    struct http_server *server;
    ev_io io;
    int io_events; /* 0 = not watched */
    struct timer_entry deadline;
    enum connection_state state;
    bool is_running;                /* inside connection_run */
    bool is_closing;                /* after the response being written */
    bool is_input_over;             /* the client has shut its side */
    struct http_exchange *exchange; /* from the end of its head until its response */
    struct http_input input;
    struct strbuf output;
    size_t output_sent;
    size_t discarded_bytes;
    struct visitor visitor;
};

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

static void connection_watch(struct http_connection *connection, int events) {
    if (connection->io_events == events)
        return;
    ev_io_stop(connection->server->ev, &connection->io);
    connection->io_events = events;
    if (!events)
        return;
    ev_io_set(&connection->io, connection->io.fd, events);
    ev_io_start(connection->server->ev, &connection->io);
}

/* The one door between states: what is watched and until when follows from the state. */
static void connection_enter(struct http_connection *connection, enum connection_state state) {
    connection->state = state;
    switch (state) {
    case CONNECTION_HEAD:
        connection->input.scanned_len = 0;
        connection_watch(connection, EV_READ);
        connection_set_deadline(connection,
                                connection->input.len ? connection->server->request_timeout_ms : HTTP_KEEP_ALIVE_MS);
        return;
    case CONNECTION_BODY: /* the deadline is the request's, from its first byte */
        connection_watch(connection, EV_READ);
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
        shutdown(connection->io.fd, SHUT_WR);
        connection_watch(connection, EV_READ);
        connection_set_deadline(connection, HTTP_LINGER_MS);
        return;
    }
}

/* Hands the request to the handler; its answer comes now or later. */
static void connection_deliver(struct http_connection *connection) {
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

/* The request is not acceptable: the handler writes the answer, the connection closes after it. */
static void connection_refuse(struct http_connection *connection, enum http_refusal refusal) {
    bool is_handshake = refusal == HTTP_REFUSAL_UPGRADE || refusal == HTTP_REFUSAL_DRAINING ||
                        refusal == HTTP_REFUSAL_CONNECTIONS;
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

/* A handshake: the handler decides whether the socket leaves for the WebSocket side. */
static void connection_offer(struct http_connection *connection) {
    struct http_server *server = connection->server;
    const struct head *head = &connection->exchange->head;
    /* Nothing may follow the handshake before it is answered (RFC 6455, 4.1). */
    if (strcmp(head->path, server->websocket_path) != 0 || connection->input.len > 0 ||
        handshake_check(head, server->websocket_protocol) != STATUS_OK) {
        connection_refuse(connection, HTTP_REFUSAL_UPGRADE);
        return;
    }
    /* Everybody has been told `closing`: who came now would not be. */
    if (server->is_draining) {
        connection_refuse(connection, HTTP_REFUSAL_DRAINING);
        return;
    }
    connection->is_closing = connection->exchange->is_handshake = true; /* an answer is a refusal */
    connection_deliver(connection);
}

/* The head is there and parsed: is there a body to wait for? */
static void connection_begin_body(struct http_connection *connection) {
    struct http_exchange *exchange = connection->exchange;
    if (!exchange->head.is_keep_alive)
        connection->is_closing = true;
    if (handshake_is_asked(&exchange->head)) {
        connection_offer(connection);
        return;
    }
    if (exchange->head.content_length == 0 && !exchange->head.is_chunked) {
        connection_deliver(connection);
        return;
    }
    enum http_refusal refusal = http_exchange_admit(exchange, connection->server, exchange->head.content_length);
    if (refusal != HTTP_REFUSAL_NONE) {
        connection_refuse(connection, refusal);
        return;
    }
    if (http_body_begin(&exchange->body, &exchange->head, http_exchange_body_max(exchange, connection->server)) !=
        STATUS_OK) {
        connection_enter(connection, CONNECTION_CLOSED);
        return;
    }
    /* 25 bytes into an empty socket buffer; if they do not fit, the client sends its body after a while anyway. */
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    if (exchange->head.expects_continue && connection->input.len == 0)
        (void)!send(connection->io.fd, go_on, sizeof go_on - 1, MSG_NOSIGNAL);
    connection_enter(connection, CONNECTION_BODY);
}

/* Returns whether something happened; false: more input is needed. */
static bool connection_step_head(struct http_connection *connection) {
    size_t blank_len = 0; /* empty lines before a request are allowed */
    while (connection->input.len >= blank_len + 2 && memcmp(connection->input.bytes + blank_len, "\r\n", 2) == 0)
        blank_len += 2;
    http_input_drop(&connection->input, blank_len);
    size_t head_len = head_find_end(connection->input.bytes, connection->input.len, connection->input.scanned_len);
    if (head_len == 0) {
        const struct http_input *input = &connection->input;
        enum http_refusal refusal = head_judge_begun(input->bytes, input->len, input->scanned_len);
        connection->input.scanned_len = connection->input.len;
        if (refusal != HTTP_REFUSAL_NONE)
            connection_refuse(connection, refusal);
        else if (connection->is_input_over)
            connection_enter(connection, CONNECTION_CLOSED);
        else
            return false;
        return true;
    }
    if (http_exchange_create(connection, &connection->visitor, connection->input.bytes, head_len, &connection->exchange) !=
        STATUS_OK) {
        connection_enter(connection, CONNECTION_CLOSED);
        return true;
    }
    http_input_drop(&connection->input, head_len);
    enum status status = http_exchange_parse(connection->exchange, &connection->server->admission, head_len);
    if (status == STATUS_OK)
        connection_begin_body(connection);
    else
        connection_refuse(connection, status == STATUS_LIMIT ? HTTP_REFUSAL_HEAD_TOO_LARGE : HTTP_REFUSAL_BAD_REQUEST);
    return true;
}

/* Takes what has come of the body. */
static enum http_refusal connection_take_body(struct http_connection *connection) {
    struct http_body *body = &connection->exchange->body;
    size_t taken = 0;
    enum status status = http_body_take(body, connection->input.bytes, connection->input.len, &taken);
    if (status == STATUS_INVALID)
        return HTTP_REFUSAL_BAD_REQUEST;
    if (status != STATUS_OK)
        return status == STATUS_LIMIT ? HTTP_REFUSAL_BODY_TOO_LARGE : HTTP_REFUSAL_BUSY;
    http_input_drop(&connection->input, taken);
    return http_exchange_admit(connection->exchange, connection->server, body->length);
}

static bool connection_step_body(struct http_connection *connection) {
    struct http_exchange *exchange = connection->exchange;
    enum http_refusal refusal = connection_take_body(connection);
    if (refusal != HTTP_REFUSAL_NONE) {
        connection_refuse(connection, refusal);
        return true;
    }
    if (!http_body_is_whole(&exchange->body)) {
        if (!connection->is_input_over)
            return false;
        connection_enter(connection, CONNECTION_CLOSED);
        return true;
    }
    if (exchange->body.len > 0) {
        exchange->body.bytes[exchange->body.len] = '\0';
        exchange->request.body = exchange->body.bytes;
        exchange->request.body_len = exchange->body.len;
    }
    connection_deliver(connection);
    return true;
}

static bool connection_step_writing(struct http_connection *connection) {
    while (connection->output_sent < connection->output.len) {
        ssize_t n = send(connection->io.fd, connection->output.data + connection->output_sent,
                         connection->output.len - connection->output_sent, MSG_NOSIGNAL);
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
    if (connection->io.fd >= 0) { /* it has not become a WebSocket */
        close(connection->io.fd);
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
    ssize_t n = place ? recv(connection->io.fd, place, room, 0) : -1;
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
}

/* Its request is being handled: what comes now is the next one, which waits, or its end. */
static void connection_look(struct http_connection *connection) {
    char byte;
    ssize_t n = recv(connection->io.fd, &byte, 1, MSG_PEEK);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    atomic_store(&connection->exchange->request.has_left, n <= 0);
    connection_watch(connection, 0);
}

static void on_io(struct ev_loop *ev, ev_io *io, int revents) {
    (void)ev;
    struct http_connection *connection = io->data;
    if ((revents & EV_READ) && (connection->io_events & EV_READ))
        (connection->state == CONNECTION_HANDLING ? connection_look : connection_read)(connection);
    connection_run(connection);
}

static void on_deadline(struct timer_entry *entry) {
    struct http_connection *connection = TIMER_ENTRY(entry, struct http_connection, deadline);
    bool is_in_request =
        connection->state == CONNECTION_BODY || (connection->state == CONNECTION_HEAD && connection->input.len > 0);
    if (is_in_request)
        connection_refuse(connection, HTTP_REFUSAL_TIMEOUT);
    else
        connection_enter(connection, CONNECTION_CLOSED);
    connection_run(connection);
}

void http_connection_respond(struct http_connection *connection, struct http_exchange *exchange,
                             const struct http_response *response) {
    if (response->close || connection->server->is_draining)
        connection->is_closing = true;
    http_exchange_write(exchange, response, connection->is_closing, &connection->output);
    connection->output_sent = 0;
    connection->exchange = NULL;
    http_exchange_free(&exchange);
    connection_enter(connection,
                     strbuf_status(&connection->output) == STATUS_OK ? CONNECTION_WRITING : CONNECTION_CLOSED);
    connection_run(connection);
}

void http_connection_upgrade(struct http_connection *connection, struct http_exchange *exchange, void *grant) {
    struct http_server *server = connection->server;
    int fd = connection->io.fd;
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
    connection->io.fd = -1;
    server->on_upgraded(server->context, fd, &exchange->visitor, &exchange->head, grant);
    http_exchange_free(&exchange);
    connection_run(connection);
}

void http_server_init(struct http_server *server) {
    list_init(&server->connections);
    server->connections_n = 0;
}

void http_server_accept(struct http_server *server, int fd, const char *peer) {
    struct visitor visitor;
    visitor_init(&visitor, &server->admission, peer);
    if (!admission_connect(&server->admission, &visitor)) {
        admission_refuse(fd);
        return;
    }
    struct http_connection *connection = calloc(1, sizeof *connection);
    if (!connection) {
        admission_disconnect(&server->admission, &visitor, false);
        close(fd);
        return;
    }
    connection->server = server;
    strbuf_init(&connection->output);
    connection->visitor = visitor;
    timer_entry_init(&connection->deadline, on_deadline);
    ev_io_init(&connection->io, on_io, fd, EV_READ);
    connection->io.data = connection;
    list_push_back(&server->connections, &connection->link);
    server->connections_n++;
    connection_enter(connection, CONNECTION_HEAD);
    /* A fresh connection has come to ask something: no keep-alive time for it. */
    connection_set_deadline(connection, server->request_timeout_ms);
    /* When many come at once they have asked already: then the socket need not be watched first, and a handshake is
     * answered without a second round. */
    connection_read(connection);
    connection_run(connection);
}

void http_server_drain(struct http_server *server) {
    server->is_draining = true;
    LIST_FOR_EACH (link, next, &server->connections) {
        struct http_connection *connection = LIST_ENTRY(link, struct http_connection, link);
        if (connection->state == CONNECTION_HEAD && connection->input.len == 0 && !connection->is_running) {
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
