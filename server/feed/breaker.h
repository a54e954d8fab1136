/* A circuit breaker: after failures in a row a provider is left alone for a
 * while, then tried with one request. Thread: the poller's; pure. */
#ifndef PF_FEED_BREAKER_H
#define PF_FEED_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#define BREAKER_FAILURES 5
#define BREAKER_OPEN_FIRST_MS 10000
#define BREAKER_OPEN_MAX_MS 300000

struct breaker {
    enum { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_PROBING } state;
    uint32_t failures; /* in a row, while closed */
    int64_t open_ms;   /* how long it opens next */
    int64_t until_ms;  /* while open */
};

void breaker_init(struct breaker *breaker);
/* May a request go out? While open: none until the time is over. */
bool breaker_is_shut(const struct breaker *breaker, int64_t now_ms);
/* A request goes out: after the time it is the one probe. */
void breaker_on_request(struct breaker *breaker, int64_t now_ms);
void breaker_on_success(struct breaker *breaker);
/* True when this failure opened it. */
bool breaker_on_failure(struct breaker *breaker, int64_t now_ms);
/* The probe came to nothing that says anything (cancelled, throttled). */
void breaker_on_no_answer(struct breaker *breaker, int64_t now_ms);

#endif
