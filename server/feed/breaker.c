/* A circuit breaker: closed -> open after BREAKER_FAILURES in a row -> one
 * probe -> closed, or open for twice as long. Thread: the poller's; pure. */
#include "feed/breaker.h"

void breaker_init(struct breaker *breaker) {
    *breaker = (struct breaker){.state = BREAKER_CLOSED, .open_ms = BREAKER_OPEN_FIRST_MS};
}

bool breaker_is_shut(const struct breaker *breaker, int64_t now_ms) {
    if (breaker->state == BREAKER_PROBING)
        return true;
    return breaker->state == BREAKER_OPEN && now_ms < breaker->until_ms;
}

void breaker_on_request(struct breaker *breaker, int64_t now_ms) {
    if (breaker->state == BREAKER_OPEN && now_ms >= breaker->until_ms)
        breaker->state = BREAKER_PROBING;
}

void breaker_on_success(struct breaker *breaker) {
    breaker_init(breaker);
}

static void breaker_open(struct breaker *breaker, int64_t now_ms) {
    breaker->state = BREAKER_OPEN;
    breaker->failures = 0;
    breaker->until_ms = now_ms + breaker->open_ms;
    breaker->open_ms = breaker->open_ms * 2 < BREAKER_OPEN_MAX_MS ? breaker->open_ms * 2 : BREAKER_OPEN_MAX_MS;
}

bool breaker_on_failure(struct breaker *breaker, int64_t now_ms) {
    if (breaker->state == BREAKER_OPEN)
        return false; /* a request from before it opened */
    if (breaker->state == BREAKER_CLOSED && ++breaker->failures < BREAKER_FAILURES)
        return false;
    breaker_open(breaker, now_ms);
    return true;
}

void breaker_on_no_answer(struct breaker *breaker, int64_t now_ms) {
    if (breaker->state != BREAKER_PROBING)
        return;
    breaker->state = BREAKER_OPEN;
    breaker->until_ms = now_ms;
}
