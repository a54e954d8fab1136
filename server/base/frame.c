/* Frames and the memory of those that were sent. Refuses nothing but memory it
 * cannot have. Thread: L. */
#include "base/frame.h"

#include <stdlib.h>
#include <string.h>

#define FRAME_HEAD_BYTES (offsetof(struct frame, bytes) + FRAME_HEADROOM)
#define FRAME_FIRST_BYTES ((size_t)4 * 1024) /* of a frame written in place: most need no more */

struct frame_pool {
    struct frame *spares[FRAME_POOL_N];
    size_t spares_n;
    size_t frames_n;   /* its frames that are in use */
    bool is_destroyed; /* goes with the last of them */
};

enum status frame_create(const void *payload, size_t len, struct frame **ret_frame) {
    if (len > SIZE_MAX / 2)
        return STATUS_NO_MEMORY;
    struct frame *frame = malloc(FRAME_HEAD_BYTES + len);
    if (!frame)
        return STATUS_NO_MEMORY;
    *frame = (struct frame){.refs = 1, .len = len, .allocated_bytes = FRAME_HEAD_BYTES + len};
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

/* Keeps the memory when it may. */
static void memory_release(struct frame_pool *pool, struct frame *memory, size_t bytes) {
    if (!pool || pool->is_destroyed || pool->spares_n == FRAME_POOL_N || bytes > FRAME_POOL_BYTES_MAX) {
        free(memory);
        return;
    }
    memory->allocated_bytes = bytes;
    pool->spares[pool->spares_n++] = memory;
}

void frame_unref(struct frame **frame) {
    struct frame *it = *frame;
    if (!it)
        return;
    *frame = NULL;
    if (--it->refs > 0)
        return;
    struct frame_pool *pool = it->pool;
    memory_release(pool, it, it->allocated_bytes);
    if (pool && --pool->frames_n == 0 && pool->is_destroyed)
        free(pool);
}

enum status frame_pool_create(struct frame_pool **ret_pool) {
    struct frame_pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return STATUS_NO_MEMORY;
    *ret_pool = pool;
    return STATUS_OK;
}

void frame_pool_destroy(struct frame_pool **pool) {
    struct frame_pool *it = *pool;
    if (!it)
        return;
    *pool = NULL;
    while (it->spares_n > 0)
        free(it->spares[--it->spares_n]);
    it->is_destroyed = true;
    if (it->frames_n == 0)
        free(it);
}

void frame_begin(struct frame_pool *pool, struct strbuf *text) {
    strbuf_init(text);
    if (pool && pool->spares_n > 0) {
        struct frame *memory = pool->spares[--pool->spares_n];
        *text = (struct strbuf){.data = (char *)memory, .capacity = memory->allocated_bytes};
    }
    if (strbuf_reserve(text, FRAME_FIRST_BYTES))
        text->len = FRAME_HEAD_BYTES;
}

enum status frame_end(struct frame_pool *pool, struct strbuf *text, struct frame **ret_frame) {
    enum status status = strbuf_status(text);
    if (status != STATUS_OK) {
        frame_cancel(pool, text);
        return status;
    }
    struct frame *frame = (struct frame *)(void *)text->data;
    *frame =
        (struct frame){.refs = 1, .len = text->len - FRAME_HEAD_BYTES, .allocated_bytes = text->capacity, .pool = pool};
    memset(frame->bytes, 0, FRAME_HEADROOM);
    if (pool)
        pool->frames_n++;
    strbuf_init(text);
    *ret_frame = frame;
    return STATUS_OK;
}

void frame_cancel(struct frame_pool *pool, struct strbuf *text) {
    if (text->data)
        memory_release(pool, (struct frame *)(void *)text->data, text->capacity);
    strbuf_init(text);
}
