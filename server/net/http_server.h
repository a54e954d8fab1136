/* The HTTP side of a loop: connections until they close or become WebSockets.
 *
 * The library's own HTTP server is not used (docs/decisions says why): it
 * decodes the target, so that a %2F in a symbol is lost, and it takes
 * framings that must be refused. Private to net. Thread: L. */
#ifndef PF_NET_HTTP_SERVER_H
#define PF_NET_HTTP_SERVER_H

#include "base/clock.h"
#include "base/list.h"
#include "net/handshake.h"
#include "net/http.h"
#include "net/timer_wheel.h"
#include "net/transport.h"
#include "net/visitor.h"

struct ev_loop;
struct tls_context;

struct http_server {
    struct ev_loop *ev;
    struct timer_wheel *wheel;
    const struct clock *clock;
    struct http_handler handler;
    struct admission admission;
    size_t max_body_bytes;
    int64_t request_timeout_ms;
    const char *websocket_path;
    const char *websocket_protocol;
    /* A handshake that passed every check; what transport has is the callee's. */
    void (*on_upgraded)(void *context, struct transport *transport, const struct visitor *visitor,
                        const struct head *head, void *grant);
    void *context;
    struct tls_context *tls;     /* NULL: no connection is_tls */
    struct tls_records *records; /* of this loop */
    struct list connections;     /* private from here on */
    size_t connections_n;
    size_t large_bodies_n; /* requests with a body above max_body_bytes, until they are answered */
    unsigned shaking_turn; /* the loop's, in which TLS handshakes have taken … */
    int64_t shaking_us;
    bool is_draining;
};

#define HTTP_LARGE_BODIES_MAX 8 /* at once on a loop, from their head to their answer */

void http_server_init(struct http_server *server);
/* Closes everything; requests that still wait for their answer are detached.
 * Of those with a large body whose client has left none may wait any more. */
void http_server_fini(struct http_server *server);
/* Closes connections that wait for a request, the others after their answer. */
void http_server_drain(struct http_server *server);
/* fd is the server's now; whom the admission refuses it answers and closes. */
void http_server_accept(struct http_server *server, int fd, const char *peer, bool is_tls);

#endif
