/* Frames: one allocation each, freed with the last reference. Thread: L. */
#include "base/frame.h"

#include <stdlib.h>
#include <string.h>

enum status frame_create(const void *payload, size_t len, struct frame **ret_frame) {
    if (len > SIZE_MAX / 2)
        return STATUS_NO_MEMORY;
    struct frame *frame = malloc(sizeof *frame + FRAME_HEADROOM + len);
    if (!frame)
        return STATUS_NO_MEMORY;
    frame->refs = 1;
    frame->len = len;
    memset(frame->bytes, 0, FRAME_HEADROOM);
    if (len)
        memcpy(frame_payload(frame), payload, len);
    *ret_frame = frame;
    return STATUS_OK;
}

struct frame *frame_ref(struct frame *frame) {
    frame->refs++;
    return frame;
}

void frame_unref(struct frame **frame) {
    struct frame *it = *frame;
    if (!it)
        return;
    *frame = NULL;
    if (--it->refs == 0)
        free(it);
}
