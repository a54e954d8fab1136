/* The other end of a session, as the session sees it: a WebSocket, or a test's
 * model of one. Semantics as in net/websocket.h. Thread: L. */
#ifndef PF_APP_PEER_H
#define PF_APP_PEER_H

#include "net/websocket.h"

struct peer_ops {
    enum websocket_written (*write)(void *context, struct frame *const *frames, size_t frames_n);
    void (*close)(void *context, int code, const char *reason);
    void (*pause_reading)(void *context, bool is_paused);
    void (*ask_ahead)(void *context); /* for the memory that a write will touch; changes nothing */
};

struct peer {
    const struct peer_ops *ops;
    void *context;
};

#endif
