/* One outgoing message: immutable bytes with room in front for the transport's
 * header, counted references. Encoded once, sent to many.
 *
 * A frame belongs to one loop: its count is not atomic, and the transport
 * writes its header into the headroom at each send (always the same bytes for
 * the same frame). Thread: L. */
#ifndef PF_BASE_FRAME_H
#define PF_BASE_FRAME_H

#include "base/strbuf.h"

#include <stddef.h>
#include <stdint.h>

#define FRAME_HEADROOM 32
/* A pool keeps at most so many frames' memory, none larger than this. */
#define FRAME_POOL_N 16
#define FRAME_POOL_BYTES_MAX ((size_t)32 * 1024)

struct frame_pool;

struct frame {
    uint32_t refs;
    size_t len;
    size_t allocated_bytes;
    struct frame_pool *pool; /* where the memory goes; NULL: it is freed */
    unsigned char bytes[];   /* FRAME_HEADROOM bytes, then the payload */
};

/* A frame with one reference and a copy of `payload`, in just the memory it needs. */
PF_MUST_CHECK enum status frame_create(const void *payload, size_t len, struct frame **ret_frame);
struct frame *frame_ref(struct frame *frame);
/* Drops the reference and sets *frame to NULL; NULL is allowed. */
void frame_unref(struct frame **frame);

static inline unsigned char *frame_payload(struct frame *frame) {
    return frame->bytes + FRAME_HEADROOM;
}

/* Memory of frames that were sent, for the next ones: what is encoded, sent to
 * one and forgotten needs no allocation. */
PF_MUST_CHECK enum status frame_pool_create(struct frame_pool **ret_pool);
/* Frames may outlive it. */
void frame_pool_destroy(struct frame_pool **pool);

/* Writing a frame in place: `text` begins with room for the frame's head, the
 * payload is appended, and frame_end makes the text's memory the frame, without
 * a copy; or frame_cancel gives it back. `text` is in nobody's use before and
 * after. `pool` may be NULL. */
void frame_begin(struct frame_pool *pool, struct strbuf *text);
PF_MUST_CHECK enum status frame_end(struct frame_pool *pool, struct strbuf *text, struct frame **ret_frame);
void frame_cancel(struct frame_pool *pool, struct strbuf *text);

#endif
