/* OpenSSL's two ends are ours: it reads from the socket through stream_recv and
 * writes its records into the loop's buffer, from where they go to the socket in
 * one send. So it never meets a full socket, and has nothing to be asked again.
 *
 * Refuses: a handshake of more than HANDSHAKE_BYTES_MAX, and a peer that makes us
 * answer its protocol messages without reading the answers. Thread: L. */
#include "net/tls_stream.h"

#include "net/socket_send.h"
#include "net/tls_context.h"

#include <errno.h>
#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define HANDSHAKE_BYTES_MAX ((size_t)64 * 1024) /* from the peer; a usual one is 2 KiB */
#define CONTROL_BYTES_MAX ((size_t)16 * 1024)   /* of answers to messages of the protocol, unsent */
#define STEPS_MAX 16                            /* such messages a read: then others have their turn */
#define RECORDS_KEPT_MAX ((size_t)256 * 1024)   /* of the loop's buffer, between writes */

struct tls_stream {
    SSL *ssl;
    struct tls_records *records;
    int fd;
    unsigned char *pending; /* records that the socket did not take; NULL: none */
    size_t pending_len, pending_sent;
    size_t control_len;     /* of pending: what reading made us answer */
    size_t handshake_bytes; /* read so far */
    bool is_established;
    bool is_dry;    /* the socket had nothing more when it was last read */
    bool is_over;   /* … and never will have */
    bool is_broken; /* nothing works any more: errno_kept, reason */
    bool is_ended;
    int errno_kept;
    const char *reason;
};

static void stream_break(struct tls_stream *stream, int error, const char *reason) {
    if (stream->is_broken)
        return;
    stream->is_broken = true;
    stream->errno_kept = error;
    stream->reason = reason;
}

/* OpenSSL's ends. */

static int stream_recv(BIO *bio, char *bytes, int len) {
    struct tls_stream *stream = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (!stream->is_established && stream->handshake_bytes >= HANDSHAKE_BYTES_MAX) {
        stream_break(stream, EPROTO, "handshake too large");
        return -1;
    }
    ssize_t n = recv(stream->fd, bytes, (size_t)len, MSG_DONTWAIT);
    if (n >= 0) {
        stream->is_over = n == 0;
        stream->handshake_bytes += stream->is_established ? 0 : (size_t)n;
        return (int)n;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
        stream->is_dry = true;
        BIO_set_retry_read(bio);
    } else {
        stream_break(stream, errno, strerror(errno));
    }
    return -1;
}

static bool records_reserve(struct tls_records *records, size_t more) {
    if (records->capacity - records->len >= more)
        return true;
    size_t capacity = records->capacity ? records->capacity : 32768;
    while (capacity - records->len < more)
        capacity *= 2;
    unsigned char *bytes = realloc(records->bytes, capacity);
    if (!bytes)
        return false;
    records->bytes = bytes;
    records->capacity = capacity;
    return true;
}

static int stream_put(BIO *bio, const char *bytes, int len) {
    struct tls_stream *stream = BIO_get_data(bio);
    struct tls_records *records = stream->records;
    BIO_clear_retry_flags(bio);
    if (len <= 0 || !records_reserve(records, (size_t)len)) {
        stream_break(stream, ENOMEM, "out of memory");
        return -1;
    }
    memcpy(records->bytes + records->len, bytes, (size_t)len);
    records->len += (size_t)len;
    return len;
}

static long stream_control(BIO *bio, int command, long number, void *pointer) {
    (void)number, (void)pointer;
    const struct tls_stream *stream = BIO_get_data(bio);
    if (command == BIO_CTRL_FLUSH)
        return 1;
    return command == BIO_CTRL_EOF && stream->is_over;
}

enum status tls_records_init(struct tls_records *records) {
    *records = (struct tls_records){.method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "portfoliod")};
    if (records->method && BIO_meth_set_read(records->method, stream_recv) == 1 &&
        BIO_meth_set_write(records->method, stream_put) == 1 && BIO_meth_set_ctrl(records->method, stream_control) == 1)
        return STATUS_OK;
    tls_records_fini(records);
    return STATUS_NO_MEMORY;
}

void tls_records_fini(struct tls_records *records) {
    BIO_meth_free(records->method);
    free(records->bytes);
    *records = (struct tls_records){.method = NULL};
}

/* Output. */

static void pending_drop(struct tls_stream *stream) {
    free(stream->pending);
    stream->pending = NULL;
    stream->pending_len = stream->pending_sent = stream->control_len = 0;
}

/* How many of the bytes the socket takes. */
static size_t stream_send(struct tls_stream *stream, const unsigned char *bytes, size_t len) {
    ssize_t n;
    do
        n = socket_send(stream->fd, bytes, len);
    while (n < 0 && errno == EINTR);
    if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
        stream_break(stream, errno, strerror(errno));
    return n > 0 ? (size_t)n : 0;
}

static void pending_append(struct tls_stream *stream, const unsigned char *bytes, size_t len) {
    size_t kept = stream->pending_len - stream->pending_sent;
    unsigned char *pending = malloc(kept + len);
    if (!pending) {
        stream_break(stream, ENOMEM, "out of memory");
        return;
    }
    if (stream->pending)
        memcpy(pending, stream->pending + stream->pending_sent, kept);
    memcpy(pending + kept, bytes, len);
    free(stream->pending);
    stream->pending = pending;
    stream->pending_len = kept + len;
    stream->pending_sent = 0;
}

/* What OpenSSL has written goes to the socket, behind what is pending. is_control: nobody asked us to write. */
static void stream_take_records(struct tls_stream *stream, bool is_control) {
    struct tls_records *records = stream->records;
    size_t sent = 0;
    if (records->len == 0)
        return;
    if (!stream->pending && !stream->is_broken)
        sent = stream_send(stream, records->bytes, records->len);
    if (sent < records->len && !stream->is_broken) {
        stream->control_len += is_control ? records->len - sent : 0;
        if (stream->control_len > CONTROL_BYTES_MAX)
            stream_break(stream, EPROTO, "answers are not read");
        else
            pending_append(stream, records->bytes + sent, records->len - sent);
    }
    records->len = 0;
    if (records->capacity > RECORDS_KEPT_MAX) {
        free(records->bytes);
        records->bytes = NULL;
        records->capacity = 0;
    }
}

bool tls_stream_flush(struct tls_stream *stream) {
    if (!stream->pending || stream->is_broken)
        return !stream->is_broken;
    stream->pending_sent +=
        stream_send(stream, stream->pending + stream->pending_sent, stream->pending_len - stream->pending_sent);
    if (stream->pending_sent == stream->pending_len)
        pending_drop(stream);
    return !stream->is_broken;
}

bool tls_stream_is_pending(const struct tls_stream *stream) {
    return stream->pending != NULL;
}

/* After a call of OpenSSL's that did not do what it was called for, and was not just waiting. */
static void stream_judge(struct tls_stream *stream, int result) {
    int error = SSL_get_error(stream->ssl, result);
    if (stream->is_broken || error == SSL_ERROR_WANT_READ || error == SSL_ERROR_ZERO_RETURN)
        return;
    unsigned long code = ERR_peek_error();
    const char *reason = code ? ERR_reason_error_string(code) : NULL;
    stream_break(stream, EPROTO, reason ? reason : "connection ended");
}

static ssize_t stream_refuse(const struct tls_stream *stream) {
    errno = stream->errno_kept;
    return -1;
}

ssize_t tls_stream_write(struct tls_stream *stream, const void *bytes, size_t len) {
    if (!tls_stream_flush(stream))
        return stream_refuse(stream);
    if (stream->pending) {
        errno = EAGAIN;
        return -1;
    }
    ERR_clear_error();
    for (size_t done = 0; done < len && !stream->is_broken;) {
        size_t piece = len - done < INT_MAX / 2 ? len - done : INT_MAX / 2;
        int n = SSL_write(stream->ssl, (const char *)bytes + done, (int)piece);
        if (n <= 0) {
            stream_judge(stream, n);
            stream_break(stream, EPROTO, "write refused"); /* it has no reason to want anything first */
            break;
        }
        done += (size_t)n;
    }
    stream_take_records(stream, false);
    return stream->is_broken ? stream_refuse(stream) : (ssize_t)len;
}

void tls_stream_end(struct tls_stream *stream) {
    if (stream->is_broken || stream->is_ended || !stream->is_established)
        return;
    stream->is_ended = true;
    ERR_clear_error();
    (void)SSL_shutdown(stream->ssl);
    stream_take_records(stream, false);
}

/* Input. */

static ssize_t stream_read(struct tls_stream *stream, void *bytes, size_t len, bool is_peek) {
    if (stream->is_broken)
        return stream_refuse(stream);
    int size = len < INT_MAX ? (int)len : INT_MAX;
    for (int step = 0; step < STEPS_MAX; step++) {
        stream->is_dry = false;
        ERR_clear_error();
        int n = is_peek ? SSL_peek(stream->ssl, bytes, size) : SSL_read(stream->ssl, bytes, size);
        stream_take_records(stream, true); /* an alert, too */
        if (n <= 0)
            stream_judge(stream, n);
        if (stream->is_broken)
            return stream_refuse(stream);
        if (n > 0)
            return n;
        if (SSL_get_shutdown(stream->ssl) & SSL_RECEIVED_SHUTDOWN)
            return 0;
        if (stream->is_dry)
            break;
    }
    errno = EAGAIN;
    return -1;
}

ssize_t tls_stream_read(struct tls_stream *stream, void *bytes, size_t len) {
    return stream_read(stream, bytes, len, false);
}

ssize_t tls_stream_peek(struct tls_stream *stream, void *bytes, size_t len) {
    return stream_read(stream, bytes, len, true);
}

bool tls_stream_has_input(const struct tls_stream *stream) {
    return !stream->is_broken && !stream->is_dry && SSL_has_pending(stream->ssl);
}

/* Life. */

enum tls_handshake tls_stream_shake_hands(struct tls_stream *stream) {
    if (!tls_stream_flush(stream))
        return TLS_HANDSHAKE_FAILED;
    ERR_clear_error();
    int result = SSL_do_handshake(stream->ssl);
    stream_take_records(stream, true);
    if (result != 1)
        stream_judge(stream, result);
    if (stream->is_broken)
        return TLS_HANDSHAKE_FAILED;
    if (result != 1)
        return stream->is_over ? TLS_HANDSHAKE_FAILED : TLS_HANDSHAKE_WAITING;
    stream->is_established = true;
    return TLS_HANDSHAKE_DONE;
}

const char *tls_stream_reason(const struct tls_stream *stream) {
    return stream->reason ? stream->reason : "connection ended";
}

enum status tls_stream_create(struct tls_context *context, struct tls_records *records, int fd,
                              struct tls_stream **ret_stream) {
    struct tls_stream *stream = calloc(1, sizeof *stream);
    BIO *bio = stream ? BIO_new(records->method) : NULL;
    if (bio)
        stream->ssl = tls_context_begin(context);
    if (!bio || !stream->ssl) {
        BIO_free(bio);
        free(stream);
        return STATUS_NO_MEMORY;
    }
    stream->records = records;
    stream->fd = fd;
    BIO_set_data(bio, stream);
    BIO_set_init(bio, 1);
    SSL_set_bio(stream->ssl, bio, bio);
    SSL_set_accept_state(stream->ssl);
    *ret_stream = stream;
    return STATUS_OK;
}

void tls_stream_destroy(struct tls_stream **stream) {
    struct tls_stream *it = *stream;
    if (!it)
        return;
    *stream = NULL;
    tls_stream_end(it);
    pending_drop(it);
    SSL_free(it->ssl);
    free(it);
}
