/* What a connection has read and not used yet. Owns its memory, HEAD_BYTES_MAX
 * at most. Private to net. Thread: L. */
#ifndef PF_NET_HTTP_INPUT_H
#define PF_NET_HTTP_INPUT_H

#include <stdbool.h>
#include <stddef.h>

struct http_input {
    char *bytes;
    size_t len, capacity;
    size_t scanned_len; /* of a head: there is no end in them */
};

/* Room for one more byte at least, wanted_bytes in all; false: it is full, or there is no memory. */
bool http_input_reserve(struct http_input *input, size_t wanted_bytes);
void http_input_drop(struct http_input *input, size_t len);
/* Keeps no memory when it is empty: idle connections are many. */
void http_input_rest(struct http_input *input);

#endif
