/* The bytes of a connection: a socket's, or those of TLS on it. As recv() and
 * send(), except where said. Thread: L. */
#ifndef PF_NET_TRANSPORT_H
#define PF_NET_TRANSPORT_H

#include "net/tls_stream.h"

#include <errno.h>
#include <sys/socket.h>

struct transport {
    int fd;                 /* -1: it has left */
    struct tls_stream *tls; /* NULL: none */
};

#define TRANSPORT_TLS_PIECE_BYTES ((size_t)64 * 1024) /* encrypted at a time: so much is kept at most */

static inline ssize_t transport_read(const struct transport *transport, void *bytes, size_t len) {
    return transport->tls ? tls_stream_read(transport->tls, bytes, len) : recv(transport->fd, bytes, len, 0);
}

/* Without taking it. */
static inline ssize_t transport_peek(const struct transport *transport, void *bytes, size_t len) {
    return transport->tls ? tls_stream_peek(transport->tls, bytes, len) : recv(transport->fd, bytes, len, MSG_PEEK);
}

static inline ssize_t transport_write(const struct transport *transport, const void *bytes, size_t len) {
    if (!transport->tls)
        return send(transport->fd, bytes, len, MSG_NOSIGNAL);
    return tls_stream_write(transport->tls, bytes, len < TRANSPORT_TLS_PIECE_BYTES ? len : TRANSPORT_TLS_PIECE_BYTES);
}

/* There is more to read than the socket will report. */
static inline bool transport_has_input(const struct transport *transport) {
    return transport->tls && tls_stream_has_input(transport->tls);
}

/* Whether all that was written is the kernel's; false with errno, EAGAIN: not yet. */
static inline bool transport_flush(const struct transport *transport) {
    if (!transport->tls)
        return true;
    bool is_well = tls_stream_flush(transport->tls);
    errno = is_well ? EAGAIN : EPIPE;
    return is_well && !tls_stream_is_pending(transport->tls);
}

/* Nothing will be written any more. */
static inline void transport_end(const struct transport *transport) {
    if (transport->tls)
        tls_stream_end(transport->tls);
}

#endif
