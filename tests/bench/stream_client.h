/* One WebSocket connection of the load client: connects, shakes hands, hands on
 * what its frames hold, answers pings. It keeps no buffer while frames come in
 * whole. Thread: one. */
#ifndef PF_BENCH_STREAM_CLIENT_H
#define PF_BENCH_STREAM_CLIENT_H

#include "dialect.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stream_state { STREAM_CONNECTING, STREAM_SHAKING_HANDS, STREAM_OPEN, STREAM_CLOSED };

struct stream_client {
    int fd;
    unsigned index;
    enum stream_state state;
    unsigned live_slots_n;
    char *rest; /* the beginning of a frame */
    size_t rest_len, rest_capacity;
    int64_t retry_at_us; /* when to ask again for slots that were refused; 0: never */
};

struct stream_handler {
    void *context;
    const struct dialect *dialect;
    const struct dialect_job *job;
    /* Hands are shaken. */
    void (*on_open)(void *context, struct stream_client *client);
    void (*on_data)(void *context, struct stream_client *client, const char *bytes, size_t len);
    void (*on_closed)(void *context, struct stream_client *client);
};

/* Starts to connect and joins the epoll set with data.ptr = client. Addresses
 * 127.0.0.1, .2, … are taken in turn, so that local ports do not run out. */
bool stream_client_connect(struct stream_client *client, unsigned index, int port, int epoll_fd);
/* The socket is ready for something. */
void stream_client_continue(struct stream_client *client, int epoll_fd, const struct stream_handler *handler);
/* Whole frames, made with frame_write(). */
void stream_client_send(struct stream_client *client, const char *frames, size_t len);
/* Resets the connection: no port waits after it. */
void stream_client_close(struct stream_client *client);

#endif
