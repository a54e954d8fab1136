/* Collects a body. Thread: L. */
#include "net/http_body.h"

#include <stdlib.h>
#include <string.h>

#define CHUNKED_CAPACITY_BYTES 1024 /* at first; doubled */

enum status http_body_begin(struct http_body *body, const struct head *head, size_t max_bytes) {
    *body = (struct http_body){.is_chunked = head->is_chunked, .length = head->content_length};
    if (body->is_chunked) {
        chunked_init(&body->chunked, max_bytes);
        return STATUS_OK;
    }
    if (body->length > max_bytes)
        return STATUS_LIMIT;
    body->bytes = malloc(body->length + 1);
    body->capacity = body->length;
    return body->bytes ? STATUS_OK : STATUS_NO_MEMORY;
}

void http_body_fini(struct http_body *body) {
    free(body->bytes);
    body->bytes = NULL;
}

/* chunked_read keeps the whole under max_bytes, so the doubling ends. */
static enum status append(struct http_body *body, const char *bytes, size_t len) {
    size_t capacity = body->capacity ? body->capacity : CHUNKED_CAPACITY_BYTES;
    while (capacity < body->len + len)
        capacity *= 2;
    if (capacity != body->capacity) {
        char *larger = realloc(body->bytes, capacity + 1);
        if (!larger)
            return STATUS_NO_MEMORY;
        body->bytes = larger;
        body->capacity = capacity;
    }
    memcpy(body->bytes + body->len, bytes, len);
    body->len += len;
    return STATUS_OK;
}

static enum status take_chunked(struct http_body *body, const char *bytes, size_t len, size_t *ret_taken) {
    size_t taken = 0;
    while (taken < len && !chunked_is_done(&body->chunked)) {
        struct chunked_piece piece;
        enum status status = chunked_read(&body->chunked, bytes + taken, len - taken, &piece);
        if (status != STATUS_OK)
            return status;
        taken += piece.len;
        if (piece.data_len > 0 && append(body, bytes + taken - piece.data_len, piece.data_len) != STATUS_OK)
            return STATUS_NO_MEMORY;
    }
    body->length = body->chunked.total_bytes;
    *ret_taken = taken;
    return STATUS_OK;
}

enum status http_body_take(struct http_body *body, const char *bytes, size_t len, size_t *ret_taken) {
    if (body->is_chunked)
        return take_chunked(body, bytes, len, ret_taken);
    size_t missing = body->length - body->len;
    size_t taken = len < missing ? len : missing;
    if (taken)
        memcpy(body->bytes + body->len, bytes, taken);
    body->len += taken;
    *ret_taken = taken;
    return STATUS_OK;
}

char *http_body_place(struct http_body *body, size_t *ret_len) {
    if (body->is_chunked)
        return NULL;
    *ret_len = body->length - body->len;
    return body->bytes + body->len;
}

void http_body_placed(struct http_body *body, size_t len) {
    body->len += len;
}

bool http_body_is_whole(const struct http_body *body) {
    return body->is_chunked ? chunked_is_done(&body->chunked) : body->len == body->length;
}
