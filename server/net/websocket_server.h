/* The WebSocket side of a loop: one library context on the loop's libev loop.
 * Private to net. Thread: L. */
#ifndef PF_NET_WEBSOCKET_SERVER_H
#define PF_NET_WEBSOCKET_SERVER_H

#include "base/clock.h"
#include "base/list.h"
#include "net/handshake.h"
#include "net/liveness.h"
#include "net/timer_wheel.h"
#include "net/tls_relay.h"
#include "net/visitor.h"
#include "net/websocket.h"

struct ev_loop;
struct lws_context;
struct lws_log_cx;
struct lws_protocols;
struct lws_vhost;

struct websocket_server {
    struct ev_loop *ev;
    struct timer_wheel *wheel;
    const struct clock *clock;
    struct websocket_handler handler;
    struct admission admission;
    const char *protocol;
    size_t max_message_bytes;
    struct liveness_limits liveness;
    int dead_close_code;
    int64_t bytes_per_second; /* of a connection, from its peer, after a burst; 0: any number */
    struct lws_context *lws;  /* private from here on */
    struct lws_vhost *vhost;
    struct lws_protocols *protocols;
    struct lws_log_cx *library_log; /* libwebsockets 4.3 and newer; NULL before */
    const struct visitor *adopting; /* during websocket_server_adopt, until there is a websocket */
    void *adopting_grant;           /* likewise */
    struct tls_relay *adopting_relay;
    struct tls_relays relays;
    unsigned char *scratch; /* several frames become one send in it */
    size_t scratch_capacity;
    size_t connections_n;
    struct list inspected; /* struct websocket: whose turn it is */
    void *foreign_loops[1];
};

PF_MUST_CHECK enum status websocket_server_init(struct websocket_server *server, char *error, size_t error_len);
/* Every tick: cuts peers that send too much. */
void websocket_server_inspect(struct websocket_server *server, int64_t now_ms);
/* Closes everything; on_closed comes for each connection. */
void websocket_server_fini(struct websocket_server *server);
/* head passed handshake_check. What transport has is the server's now; grant is for on_open. */
void websocket_server_adopt(struct websocket_server *server, const struct transport *transport,
                            const struct visitor *visitor, const struct head *head, void *grant);
/* Those that are gone but for their last bytes, too. */
size_t websocket_server_connections_n(const struct websocket_server *server);

#endif
