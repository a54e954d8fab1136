/* A chunked request body (RFC 9112, 7.1), decoded as its bytes come, however
 * they are cut: what a byte means depends on those before it only.
 *
 * It refuses what another reader might frame otherwise: bare LF or CR, a size
 * that is not hexadecimal digits, blanks after it, control characters, folded
 * trailers. Extensions are passed over and trailers dropped, together up to
 * CHUNKED_EXTRA_BYTES_MAX of a body. Owns nothing. Thread: any; pure; fuzzed. */
#ifndef PF_NET_CHUNKED_H
#define PF_NET_CHUNKED_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

#define CHUNKED_EXTRA_BYTES_MAX 4096
#define CHUNKED_DIGITS_MAX 16 /* of a size, leading zeros among them */

enum chunked_state {
    CHUNKED_SIZE, /* digits_n of it are there */
    CHUNKED_EXTENSION_BLANK,
    CHUNKED_EXTENSION,
    CHUNKED_SIZE_LF,
    CHUNKED_DATA,
    CHUNKED_DATA_CR,
    CHUNKED_DATA_LF,
    CHUNKED_TRAILER, /* at the beginning of a line */
    CHUNKED_TRAILER_NAME,
    CHUNKED_TRAILER_VALUE,
    CHUNKED_TRAILER_LF,
    CHUNKED_END_LF,
    CHUNKED_DONE
};

struct chunked {
    enum chunked_state state;
    size_t max_bytes;   /* of the body, decoded */
    size_t total_bytes; /* of the chunks announced so far */
    size_t chunk_bytes; /* of this one's announced size, then of what is missing of it */
    size_t digits_n;
    size_t extra_bytes;
};

/* What one call has read: bytes[0..len), of which the last data_len are the body's. */
struct chunked_piece {
    size_t len;
    size_t data_len;
};

void chunked_init(struct chunked *chunked, size_t max_bytes);

/* Reads up to the end of the first data among the bytes, else all of them, and
 * nothing past the end of the body. STATUS_INVALID: not well-formed;
 * STATUS_LIMIT: a size takes the body past max_bytes. Neither may be followed
 * by another call. */
PF_MUST_CHECK enum status chunked_read(struct chunked *chunked, const char *bytes, size_t len,
                                       struct chunked_piece *ret_piece);

bool chunked_is_done(const struct chunked *chunked);

#endif
