/* The beginning of a connection to a port that speaks TLS. The first byte tells
 * what the client speaks: only for a handshake is memory taken, and plain HTTP
 * is told what it has come to.
 *
 * Handshakes have SHAKING_US of each turn of the loop, and one at least; the
 * others wait in their sockets, which are reported again. Thread: L. */
#include "net/http_connection_internal.h"
#include "ops/log.h"
#include "ops/metrics.h"

#define SHAKING_US 2000
#define TLS_RECORD_HANDSHAKE 0x16

/* May one more handshake be worked on in this turn? */
static bool turn_has_time(struct http_server *server) {
    unsigned turn = ev_iteration(server->ev);
    if (turn != server->shaking_turn) {
        server->shaking_turn = turn;
        server->shaking_us = 0;
    }
    return server->shaking_us < SHAKING_US;
}

void connection_fail_tls(struct http_connection *connection, const char *reason) {
    metrics_increment(METRIC_TLS_HANDSHAKES_FAILED);
    log_event(LOG_DEBUG, "tls.handshake_failed", LOG_TEXT("peer", connection->visitor.text),
              LOG_TEXT("reason", reason));
    connection_enter(connection, CONNECTION_CLOSED);
}

/* Looks at what has come first, without taking it. */
static bool step_first_byte(struct http_connection *connection) {
    unsigned char first = 0;
    ssize_t n = transport_peek(&connection->transport, &first, 1);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return false;
    struct http_server *server = connection->server;
    if (n <= 0) {
        connection_enter(connection, CONNECTION_CLOSED);
    } else if (first >= 'A' && first <= 'Z') {
        connection_begin_http(connection);
        connection_refuse(connection, HTTP_REFUSAL_NOT_TLS);
    } else if (first != TLS_RECORD_HANDSHAKE) {
        connection_fail_tls(connection, "not TLS");
    } else if (tls_stream_create(server->tls, server->records, connection->transport.fd, &connection->transport.tls) !=
               STATUS_OK) {
        connection_fail_tls(connection, "out of memory");
    }
    return true;
}

bool connection_step_tls(struct http_connection *connection) {
    struct http_server *server = connection->server;
    if (!connection->transport.tls)
        return step_first_byte(connection);
    if (!turn_has_time(server))
        return false;
    int64_t began_us = clock_precise_us();
    enum tls_handshake progress = tls_stream_shake_hands(connection->transport.tls);
    server->shaking_us += clock_precise_us() - began_us;
    switch (progress) {
    case TLS_HANDSHAKE_WAITING:
        connection_watch(connection, tls_stream_is_pending(connection->transport.tls) ? EV_READ | EV_WRITE : EV_READ);
        return false;
    case TLS_HANDSHAKE_FAILED:
        connection_fail_tls(connection, tls_stream_reason(connection->transport.tls));
        return true;
    case TLS_HANDSHAKE_DONE:
        metrics_increment(METRIC_TLS_HANDSHAKES);
        connection_begin_http(connection);
        /* The first request may have come with it, and is read into OpenSSL's memory then. */
        ev_feed_event(server->ev, &connection->io, EV_READ);
        return true;
    }
    return true;
}
