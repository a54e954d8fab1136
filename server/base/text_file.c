/* Reads a file through zlib, which takes what is not gzip as it stands. Refuses
 * what is larger than the caller allows. Thread: the caller's. */
#include "base/text_file.h"

#include <stdlib.h>
#include <zlib.h>

#define FIRST_BYTES ((size_t)1 << 16)
#define READ_BYTES_MAX ((size_t)1 << 24) /* zlib takes no more than an int of them */

struct text {
    char *bytes;
    size_t len, capacity;
};

/* Room for at least one more byte than there are: to see the end, too. */
static enum status text_grow(struct text *text, size_t capacity_max) {
    if (text->len < text->capacity)
        return STATUS_OK;
    if (text->capacity == capacity_max)
        return STATUS_LIMIT;
    size_t capacity = text->capacity ? text->capacity * 2 : FIRST_BYTES;
    if (capacity > capacity_max)
        capacity = capacity_max;
    char *grown = realloc(text->bytes, capacity);
    if (!grown)
        return STATUS_NO_MEMORY;
    text->bytes = grown;
    text->capacity = capacity;
    return STATUS_OK;
}

static enum status text_fill(struct text *text, gzFile file, size_t capacity_max) {
    for (;;) {
        enum status status = text_grow(text, capacity_max);
        if (status != STATUS_OK)
            return status;
        size_t room = text->capacity - text->len;
        int n = gzread(file, text->bytes + text->len, (unsigned)(room < READ_BYTES_MAX ? room : READ_BYTES_MAX));
        if (n < 0)
            return STATUS_IO;
        if (n == 0)
            return STATUS_OK;
        text->len += (size_t)n;
    }
}

enum status text_file_read(const char *path, size_t bytes_max, char **ret_text, size_t *ret_len) {
    struct text text = {0};
    gzFile file = gzopen(path, "rb");
    if (!file)
        return STATUS_NOT_FOUND;
    enum status status = text_fill(&text, file, bytes_max + 1);
    /* A gzip file that is cut off says so only here. */
    if (gzclose_r(file) != Z_OK && status == STATUS_OK)
        status = STATUS_IO;
    if (status != STATUS_OK) {
        free(text.bytes);
        return status;
    }
    *ret_text = text.bytes;
    *ret_len = text.len;
    return STATUS_OK;
}
