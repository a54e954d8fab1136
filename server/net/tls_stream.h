/* TLS on a non-blocking socket, with the manners of a socket: reads and writes
 * never wait and answer as recv() and send() do. Whole writes are taken or none,
 * and what the socket does not take is kept as ready records: never more than
 * the last write. Thread: L. */
#ifndef PF_NET_TLS_STREAM_H
#define PF_NET_TLS_STREAM_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct tls_context;
struct tls_stream;

/* What the streams of a loop share: room for the records in the making. */
struct tls_records {
    struct bio_method_st *method; /* OpenSSL's BIO_METHOD */
    unsigned char *bytes;
    size_t len, capacity;
};

PF_MUST_CHECK enum status tls_records_init(struct tls_records *records);
void tls_records_fini(struct tls_records *records); /* after its last stream */

/* The server's side of a connection. fd stays the caller's. */
PF_MUST_CHECK enum status tls_stream_create(struct tls_context *context, struct tls_records *records, int fd,
                                            struct tls_stream **ret_stream);
/* Says goodbye (close_notify) if that goes at once; fd must still be open. */
void tls_stream_destroy(struct tls_stream **stream);

enum tls_handshake { TLS_HANDSHAKE_DONE, TLS_HANDSHAKE_WAITING, TLS_HANDSHAKE_FAILED };
/* Takes the handshake as far as it gets; WAITING: for the peer, or for room while tls_stream_is_pending. */
enum tls_handshake tls_stream_shake_hands(struct tls_stream *stream);
/* Why the last call failed. */
const char *tls_stream_reason(const struct tls_stream *stream);

/* As recv(): 0 at the end of what the peer sends, -1 and errno. */
ssize_t tls_stream_read(struct tls_stream *stream, void *bytes, size_t len);
ssize_t tls_stream_peek(struct tls_stream *stream, void *bytes, size_t len);
/* After a read: there may be more that the socket will not report. */
bool tls_stream_has_input(const struct tls_stream *stream);

/* As send(), but all of it is taken, or none: EAGAIN while older bytes are pending. */
ssize_t tls_stream_write(struct tls_stream *stream, const void *bytes, size_t len);
/* Tries to get out what is pending. False: the connection is broken. */
bool tls_stream_flush(struct tls_stream *stream);
bool tls_stream_is_pending(const struct tls_stream *stream);
/* Nothing will be written any more: says so to the peer, after what is pending. */
void tls_stream_end(struct tls_stream *stream);

#endif
