/* Owns the array of several. Thread: L. */
#include "app/watchers.h"

#include "app/subscription.h"

#include <stdlib.h>

#define CAPACITY_FIRST 4u

void watchers_fini(struct watchers *watchers) {
    if (watchers->capacity > 0)
        free(watchers->many);
    *watchers = (struct watchers){0};
}

/* Room for one more. */
static enum status grow(struct watchers *watchers) {
    uint32_t capacity = watchers->capacity ? watchers->capacity * 2 : CAPACITY_FIRST;
    if (capacity < watchers->capacity)
        return STATUS_NO_MEMORY;
    struct subscription *one = watchers->capacity == 0 ? watchers->one : NULL;
    struct subscription **many =
        realloc(watchers->capacity > 0 ? watchers->many : NULL, capacity * sizeof(struct subscription *));
    if (!many)
        return STATUS_NO_MEMORY;
    if (one)
        many[0] = one;
    watchers->many = many;
    watchers->capacity = capacity;
    return STATUS_OK;
}

enum status watchers_add(struct watchers *watchers, struct subscription *subscription) {
    uint32_t room = watchers->capacity ? watchers->capacity : 1;
    enum status status = watchers->n < room ? STATUS_OK : grow(watchers);
    if (status != STATUS_OK)
        return status;
    if (watchers->capacity == 0)
        watchers->one = subscription;
    else
        watchers->many[watchers->n] = subscription;
    subscription->watcher_at = watchers->n++;
    return STATUS_OK;
}

void watchers_remove(struct watchers *watchers, struct subscription *subscription) {
    struct subscription *last = watchers_at(watchers, --watchers->n);
    if (watchers->capacity > 0)
        watchers->many[subscription->watcher_at] = last;
    last->watcher_at = subscription->watcher_at;
    if (watchers->n == 0)
        watchers_fini(watchers);
}
