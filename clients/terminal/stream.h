/* The WebSocket of libwebsockets' client, one at a time, and the loop it runs in:
 * the library's own, with the file descriptors of the rest of the program. stream.c
 * tells of the library's traps.
 * Bounds: a message of STREAM_MESSAGE_MAX in, STREAM_QUEUE_MAX bytes out. Thread: main. */
#ifndef PF_TERMINAL_STREAM_H
#define PF_TERMINAL_STREAM_H

#include "base/status.h"
#include "terminal/server_url.h"

#include <stddef.h>
#include <stdint.h>

#define STREAM_MESSAGE_MAX ((size_t)16 * 1024 * 1024)
#define STREAM_QUEUE_MAX ((size_t)64 * 1024)
#define STREAM_CLOSED_ABNORMALLY 1006

struct stream_options {
    const struct server_url *server_url;
    const char *ca_file; /* NULL: the system's */
    bool is_insecure;
};

struct stream_handler {
    void *context;
    void (*on_opened)(void *context);
    void (*on_frame)(void *context, const char *text, size_t len);
    /* A binary message, or one that is too large; drop the connection. */
    void (*on_garbage)(void *context, const char *why);
    /* Also when it never opened. code, after_ms: as follower_closed wants them. */
    void (*on_closed)(void *context, int code, const char *why, int64_t after_ms);
    /* The descriptor of stream_watch_fd is readable. */
    void (*on_readable)(void *context);
};

struct stream;

PF_MUST_CHECK enum status stream_create(const struct stream_options *options, const struct stream_handler *handler,
                                        struct stream **ret_stream);
void stream_destroy(struct stream *stream);

/* One descriptor, whose O_NONBLOCK the library sets: of an epoll set, say, never of a
 * terminal. It is closed with the stream. */
PF_MUST_CHECK enum status stream_watch_fd(struct stream *stream, int fd);

/* Ends the connection that there is, and begins another. token: NULL for none. */
void stream_connect(struct stream *stream, const char *token);
void stream_send(struct stream *stream, const char *text, size_t len);
/* Ends the connection in order, with 1000, if there is one: waits until that is
 * written, though not for long. Nothing is heard after it, of watched descriptors either. */
void stream_leave(struct stream *stream);
/* Nothing is heard of the connection after it. */
void stream_drop(struct stream *stream);
/* Waits for something to happen, and tells it. */
void stream_turn(struct stream *stream);
/* Lets stream_turn return. */
void stream_interrupt(struct stream *stream);

#endif
