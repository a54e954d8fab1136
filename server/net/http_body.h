/* The body of a request while it comes: of a length that is known, or chunked.
 * Of the latter no more memory is taken than has come, twice over. Private to
 * net. Thread: L. */
#ifndef PF_NET_HTTP_BODY_H
#define PF_NET_HTTP_BODY_H

#include "net/chunked.h"
#include "net/head.h"

struct http_body {
    char *bytes; /* len of them, with room for a NUL; NULL: none yet */
    size_t len, capacity;
    size_t length; /* of the whole; of a chunked one what is announced so far */
    bool is_chunked;
    struct chunked chunked;
};

/* For the body that the head announces; it has at most max_bytes. */
PF_MUST_CHECK enum status http_body_begin(struct http_body *body, const struct head *head, size_t max_bytes);
void http_body_fini(struct http_body *body);

/* Takes what is the body's of bytes[0..len). Of a chunked one STATUS_INVALID and
 * STATUS_LIMIT as chunked_read. */
PF_MUST_CHECK enum status http_body_take(struct http_body *body, const char *bytes, size_t len, size_t *ret_taken);
/* Where the socket may be read into directly, *ret_len bytes; NULL: nowhere. */
char *http_body_place(struct http_body *body, size_t *ret_len);
void http_body_placed(struct http_body *body, size_t len);

bool http_body_is_whole(const struct http_body *body);

#endif
