/* WebSocket connections: text messages in, frames out, no knowledge of either.
 *
 * Dead peers: a ping after ping_after_ms of silence, closed pong_within_ms
 * later; no pong is expected while output is stuck, there stall_timeout_ms
 * without progress holds. Thread: L. */
#ifndef PF_NET_WEBSOCKET_H
#define PF_NET_WEBSOCKET_H

#include "base/address.h"
#include "base/frame.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct websocket;

/* Callbacks are called one at a time; websocket_write and websocket_close may
 * be called from within them. After on_closed the websocket is gone. No
 * callback comes from inside websocket_write or websocket_close. */
struct websocket_handler {
    void *context;
    /* A new connection; the answer is its user pointer, NULL refuses it (closed with 1013).
     * grant: what http_upgrade was given, borrowed for the call. */
    void *(*on_open)(void *context, struct websocket *websocket, void *grant);
    void (*on_message)(void *user, const char *bytes, size_t len); /* a whole text message, UTF-8 */
    void (*on_binary)(void *user);                /* a binary message came: told once, its bytes are dropped */
    void (*on_too_large)(void *user);             /* told; the transport closes with 1009 */
    void (*on_writable)(void *user);              /* after websocket_want_writable */
    void (*on_dead)(void *user, bool is_stalled); /* told; the transport closes with dead_close_code */
    void (*on_closed)(void *user);
};

enum websocket_written {
    WEBSOCKET_SENT,    /* all of it is the transport's now */
    WEBSOCKET_BLOCKED, /* nothing was taken: something is still buffered; on_writable is arranged */
    WEBSOCKET_CLOSED   /* closing; on_closed will come */
};

/* Sends the frames, all or none, in one send. Keeps no reference. */
PF_MUST_CHECK enum websocket_written websocket_write(struct websocket *websocket, struct frame *const *frames,
                                                     size_t frames_n);
/* Asks for the memory that a write will touch. For several in a row, some time
 * before their writes: then they are waited for together. */
void websocket_ask_ahead(struct websocket *websocket);
bool websocket_is_blocked(struct websocket *websocket);
void websocket_want_writable(struct websocket *websocket);
/* Starts the closing handshake after what is buffered; on_closed comes later.
 * No other callback but on_closed follows. */
void websocket_close(struct websocket *websocket, int code, const char *reason);
/* Stops or goes on reading from the socket. */
void websocket_pause_reading(struct websocket *websocket, bool is_paused);
/* The client's address (net/visitor.h), as text and as such. */
const char *websocket_peer(const struct websocket *websocket);
const struct address *websocket_client(const struct websocket *websocket);

#endif
