/* The subscriptions to one portfolio, in no order. Most portfolios have one
 * watcher, which needs no memory of its own; those of a portfolio with many lie
 * side by side, so that a pass can ask for their memory ahead. Thread: L. */
#ifndef PF_APP_WATCHERS_H
#define PF_APP_WATCHERS_H

#include "base/status.h"

#include <stdint.h>

struct subscription;

struct watchers { /* all zero: nobody */
    uint32_t n, capacity;
    union {
        struct subscription *one;   /* capacity 0 */
        struct subscription **many; /* [capacity] */
    };
};

void watchers_fini(struct watchers *watchers);
/* Sets subscription->watcher_at, where it is found again. */
PF_MUST_CHECK enum status watchers_add(struct watchers *watchers, struct subscription *subscription);
/* Another one may take its place. */
void watchers_remove(struct watchers *watchers, struct subscription *subscription);

static inline struct subscription *watchers_at(const struct watchers *watchers, uint32_t i) {
    return watchers->capacity == 0 ? watchers->one : watchers->many[i];
}

#endif
