/* One outgoing message: immutable bytes with room in front for the transport's
 * header, counted references. Encoded once, sent to many.
 *
 * A frame belongs to one loop: its count is not atomic, and the transport
 * writes its header into the headroom at each send (always the same bytes for
 * the same frame). Thread: L. */
#ifndef PF_BASE_FRAME_H
#define PF_BASE_FRAME_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

#define FRAME_HEADROOM 32

struct frame {
    uint32_t refs;
    size_t len;
    unsigned char bytes[]; /* FRAME_HEADROOM bytes, then the payload */
};

/* A frame with one reference and a copy of `payload`. */
PF_MUST_CHECK enum status frame_create(const void *payload, size_t len, struct frame **ret_frame);
struct frame *frame_ref(struct frame *frame);
/* Drops the reference and sets *frame to NULL; NULL is allowed. */
void frame_unref(struct frame **frame);

static inline unsigned char *frame_payload(struct frame *frame) {
    return frame->bytes + FRAME_HEADROOM;
}

#endif
