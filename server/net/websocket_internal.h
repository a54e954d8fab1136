/* A WebSocket connection as its two files see it: websocket.c (output, closing,
 * life) and websocket_receive.c (messages). Private to net. Thread: L. */
#ifndef PF_NET_WEBSOCKET_INTERNAL_H
#define PF_NET_WEBSOCKET_INTERNAL_H

#include "net/websocket_server.h"

struct lws;

enum websocket_phase {
    WEBSOCKET_OPEN,
    WEBSOCKET_CLOSING, /* the closing handshake; on_closed is the only callback still to come */
    WEBSOCKET_KILLED   /* the socket is shut; the library notices soon */
};

/* Lives in the library's per-session memory: from ESTABLISHED to CLOSED. */
struct websocket {
    /* All that a send touches, first: see struct session. */
    struct lws *lws;
    struct websocket_server *server;
    void *user; /* NULL: refused by on_open, no callbacks */
    int fd;     /* the peer's: with TLS not the library's */
    enum websocket_phase phase;
    struct tls_relay *relay; /* NULL: no TLS */
    bool is_rest_given;      /* of the running write: the library has something of it */
    bool is_writable_wanted;
    bool is_binary_told;
    bool is_reason_given; /* the library has the close code, or the peer began to close */
    int close_code;
    char close_reason[48];
    struct liveness liveness;
    struct timer_entry check; /* liveness while open, the end of patience afterwards */
    char *message;            /* the parts of a message so far; NULL between messages */
    size_t message_len, message_capacity;
    struct visitor visitor;
    struct list_link inspected_link; /* in server->inspected; the rest is websocket_inspect.c's */
    uint64_t received_bytes;
    int64_t receive_budget, inspected_ms;
};

/* Ends the connection without ceremony. */
void websocket_kill(struct websocket *websocket);

/* websocket_inspect.c: from now on it is looked at. */
void websocket_inspect_begin(struct websocket *websocket, int64_t now_ms);

/* Some bytes of a frame came: LWS_CALLBACK_RECEIVE. */
void websocket_receive(struct websocket *websocket, const char *bytes, size_t len);

#endif
