/* Takes frames of RFC 6455 apart, as a server sends them: unmasked. Pure. */
#ifndef PF_BENCH_FRAME_READER_H
#define PF_BENCH_FRAME_READER_H

#include <stddef.h>
#include <stdint.h>

#define FRAME_PAYLOAD_MAX (1u << 24) /* a longer one is refused */

enum frame_result { FRAME_WHOLE, FRAME_PARTIAL, FRAME_REFUSED };

enum { FRAME_CONTINUATION = 0, FRAME_TEXT = 1, FRAME_BINARY = 2, FRAME_CLOSE = 8, FRAME_PING = 9, FRAME_PONG = 10 };

struct frame_view {
    unsigned char opcode;
    const char *payload;
    size_t payload_len;
    size_t frame_len; /* with its header */
};

/* Looks at the frame that the bytes begin with. FRAME_WHOLE: ret_view is set.
 * Refused: a masked one, one with reserved bits or with an unknown opcode, too
 * long a one. */
enum frame_result frame_read(const char *bytes, size_t len, struct frame_view *ret_view);

/* A client's frame, masked with zeros, which leaves the payload as it is.
 * Returns its length, 0 when it does not fit. */
size_t frame_write(unsigned char opcode, const char *payload, size_t len, char *out, size_t room);

#endif
