/* The subscriptions of one session, in the order they were made and by their
 * portfolio. A few are found by looking through the list; a table is made for
 * more, because it costs half a kilobyte and a system call for its seed.
 * Owns the table only. Thread: L. */
#ifndef PF_APP_SUBSCRIPTION_SET_H
#define PF_APP_SUBSCRIPTION_SET_H

#include "base/list.h"
#include "base/map.h"
#include "base/uuid.h"

struct subscription;

#define SUBSCRIPTION_SET_LISTED_MAX 8

struct subscription_set {
    struct list list; /* subscription.session_link */
    size_t n;
    struct map *table; /* NULL while there are few */
};

void subscription_set_init(struct subscription_set *set);
/* It must be empty. */
void subscription_set_fini(struct subscription_set *set);
/* NULL when there is none. */
struct subscription *subscription_set_find(const struct subscription_set *set, const struct uuid *portfolio_id);
/* Its portfolio must not be in the set. */
PF_MUST_CHECK enum status subscription_set_add(struct subscription_set *set, struct subscription *subscription);
void subscription_set_remove(struct subscription_set *set, struct subscription *subscription);

#endif
