/* The head of an HTTP/1.x request: a strict parser, so that no proxy in front
 * can read the same bytes as other requests than we do.
 *
 * It refuses what a lenient one would guess at: bare LF or CR, folded lines,
 * blanks before a colon, control characters, a Transfer-Encoding that is not just
 * `chunked`, or stands beside a Content-Length, or in HTTP/1.0, a Content-Length
 * that is not 1 to 9 digits or comes twice, a missing or doubled Host, versions
 * other than 1.0 and 1.1. Thread: any; pure; fuzzed. */
#ifndef PF_NET_HEAD_H
#define PF_NET_HEAD_H

#include "base/status.h"
#include "net/http.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEAD_BYTES_MAX 16384
#define HEAD_FIELDS_MAX 100
#define HEAD_FORWARDED_MAX 4 /* of more X-Forwarded-For the last ones count: the nearest proxy's */

struct head {
    enum http_method method;
    const char *path; /* as sent; of an absolute target what follows its authority */
    const char *query;
    const char *headers[HTTP_HEADER_N]; /* NULL when absent */
    bool has_content_length;
    uint32_t content_length;
    bool is_chunked; /* the length is not known before; then there is no Content-Length */
    bool is_http_1_1;
    bool is_keep_alive;      /* the client allows another request after this one */
    bool expects_continue;   /* Expect: 100-continue */
    bool connection_upgrade; /* Connection names upgrade */
    const char *upgrade;     /* NULL when absent, like the next ones */
    const char *websocket_key;
    const char *websocket_version;
    const char *forwarded[HEAD_FORWARDED_MAX]; /* the last X-Forwarded-For, in their order */
    size_t forwarded_n;
};

/* The length of the head with its empty line; 0 when its end is not there yet.
 * `from`: bytes of an earlier call that had no end (0 at first). */
size_t head_find_end(const char *bytes, size_t len, size_t from);

/* bytes[0..len) is a whole head; it is cut up into the strings of *ret_head.
 * STATUS_INVALID when it is not acceptable, STATUS_LIMIT when it has more than
 * HEAD_FIELDS_MAX fields. */
PF_MUST_CHECK enum status head_parse(char *bytes, size_t len, struct head *ret_head);

/* Of which names of methods and fields are made. */
bool head_is_token_char(char c);

/* Of a head whose end is not there yet: can one still become of it? `from` as above. */
enum http_refusal head_judge_begun(const char *bytes, size_t len, size_t from);

/* Whether a comma-separated list holds the token, in any case. */
bool head_list_has(const char *list, const char *token);

#endif
