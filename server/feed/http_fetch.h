/* HTTP requests of the poller thread, several at a time, on curl's multi
 * interface. Bounded: requests at a time, bytes of an answer, seconds of a
 * request. Thread: the poller's, but http_fetch_wake (any). */
#ifndef PF_FEED_HTTP_FETCH_H
#define PF_FEED_HTTP_FETCH_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

#define HTTP_FETCH_MAX 16
#define HTTP_FETCH_BODY_MAX 262144        /* of an answer with prices */
#define HTTP_FETCH_HISTORY_MAX (16 << 20) /* of one with years of them */

struct http_fetch;

struct http_answer {
    enum status status; /* OK: an HTTP answer came, whatever its status; LIMIT: too
                           large; TIMEOUT; CANCELLED; UNAVAILABLE: the network */
    long http_status;
    const char *body; /* of this call only */
    size_t len;
    int64_t retry_after_ms; /* Retry-After; 0 = not said */
    int64_t reset_s;        /* X-Ratelimit-Reset, as unix time; 0 = not said */
    const char *error;      /* "" or what the library says */
};
typedef void (*http_answer_fn)(void *context, const struct http_answer *answer);

PF_MUST_CHECK enum status http_fetch_create(struct http_fetch **ret_fetch);
/* What is under way is answered CANCELLED first. */
void http_fetch_destroy(struct http_fetch **fetch);
struct http_question {
    const char *url;
    const char *header; /* one more header line, or "" */
    size_t body_max;
};
/* STATUS_LIMIT when HTTP_FETCH_MAX are under way. `done` comes once, from
 * http_fetch_run or http_fetch_cancel_all. */
PF_MUST_CHECK enum status http_fetch_start(struct http_fetch *fetch, const struct http_question *question,
                                           http_answer_fn done, void *context);
/* Waits at most timeout_ms for something to happen and handles it. */
void http_fetch_run(struct http_fetch *fetch, int timeout_ms);
void http_fetch_cancel_all(struct http_fetch *fetch);
size_t http_fetch_active_n(const struct http_fetch *fetch);
/* Ends the waiting of http_fetch_run. Thread: any. */
void http_fetch_wake(struct http_fetch *fetch);

#endif
