/* A buffer that grows by doubling. Thread: L. */
#include "net/http_input.h"

#include "net/head.h"

#include <stdlib.h>
#include <string.h>

#define HTTP_INPUT_BYTES 1024 /* at first; doubled up to HEAD_BYTES_MAX */

bool http_input_reserve(struct http_input *input, size_t wanted_bytes) {
    size_t capacity = input->capacity ? input->capacity : HTTP_INPUT_BYTES;
    while (capacity <= input->len || (capacity < wanted_bytes && capacity < HEAD_BYTES_MAX))
        capacity *= 2;
    if (capacity == input->capacity)
        return true;
    char *bytes = capacity <= HEAD_BYTES_MAX ? realloc(input->bytes, capacity) : NULL;
    if (!bytes)
        return false;
    input->bytes = bytes;
    input->capacity = capacity;
    return true;
}

void http_input_drop(struct http_input *input, size_t len) {
    if (len == 0)
        return;
    input->len -= len;
    memmove(input->bytes, input->bytes + len, input->len);
}

void http_input_rest(struct http_input *input) {
    if (input->len > 0)
        return;
    free(input->bytes);
    *input = (struct http_input){.bytes = NULL};
}
