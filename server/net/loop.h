/* An event loop: one libev loop that we own, with one libwebsockets context on
 * it and one listening socket (SO_REUSEPORT). Share-nothing: a loop belongs to
 * the thread that runs it. Reads nothing of what it carries. Thread: L. */
#ifndef PF_NET_LOOP_H
#define PF_NET_LOOP_H

#include "base/clock.h"
#include "net/http.h"
#include "net/visitor.h"
#include "net/websocket.h"

struct ev_loop;
struct loop;
struct tls_context;

struct loop_config {
    const char *host;        /* address to listen on */
    int port;                /* 0 = any free one, see loop_port */
    struct tls_context *tls; /* NULL: none; it outlives the loop */
    int tls_port;            /* a second port, which speaks TLS; 0: `port` does, if there is tls */
    const struct clock *clock;
    struct http_handler http;
    struct websocket_handler websocket;
    struct admission admission;     /* all zero: everybody may come, no proxy is trusted */
    const char *websocket_path;     /* "/stream" */
    const char *websocket_protocol; /* "portfolio.v1.json" */
    size_t max_body_bytes;          /* of a request */
    int64_t request_timeout_ms;     /* for the whole request, headers and body */
    size_t max_message_bytes;       /* of a WebSocket message; above: close code 1009 */
    int64_t ping_after_ms;          /* silence before a ping */
    int64_t pong_within_ms;
    int64_t stall_timeout_ms;        /* output without progress: closed with dead_close_code */
    int dead_close_code;             /* 4410 */
    int64_t stream_bytes_per_second; /* that a WebSocket peer may send, after a burst; 0: any number */
};

/* error[0..error_len) says what failed (an address in use, …). */
PF_MUST_CHECK enum status loop_create(const struct loop_config *config, struct loop **ret_loop, char *error,
                                      size_t error_len);
/* Whether the address is free: SO_REUSEPORT would let a second server of the
 * same user share it in silence. Ask once, before the first loop_create.
 * STATUS_CONFLICT: in use. */
PF_MUST_CHECK enum status loop_probe(const char *host, int port, char *error, size_t error_len);
/* Closes everything that is open (on_closed comes for each connection). */
void loop_destroy(struct loop **loop);

/* The libev loop, for watchers of the owner (bus, mailbox, timers). */
struct ev_loop *loop_ev(struct loop *loop);
int loop_port(const struct loop *loop);

/* Runs until loop_break. */
void loop_run(struct loop *loop);
void loop_break(struct loop *loop);
/* Stops accepting connections; what is open goes on, but HTTP connections close
 * after the request they are in. */
void loop_stop_listening(struct loop *loop);
size_t loop_connections_n(const struct loop *loop); /* sockets of any kind */

#endif
