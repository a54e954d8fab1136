/* How many of something are open now, in all and for each key, with a bound on
 * both: connections, requests. One for the whole process, since a client's
 * connections come to any of its loops. Memory for as many keys as have
 * something open. Thread: any (a lock, held for a look into a map). */
#ifndef PF_THREAD_OCCUPANCY_H
#define PF_THREAD_OCCUPANCY_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

struct occupancy_key {
    unsigned char bytes[16];
};

enum occupancy_answer { OCCUPANCY_OK, OCCUPANCY_FULL, OCCUPANCY_KEY_FULL };

struct occupancy;

/* 0: no bound. */
PF_MUST_CHECK enum status occupancy_create(size_t max, size_t max_per_key, struct occupancy **ret_occupancy);
void occupancy_destroy(struct occupancy **occupancy);

/* OCCUPANCY_OK is to be followed by occupancy_leave with the same key. NULL: of nobody, counts in all only. */
PF_MUST_CHECK enum occupancy_answer occupancy_enter(struct occupancy *occupancy, const struct occupancy_key *key);
void occupancy_leave(struct occupancy *occupancy, const struct occupancy_key *key);
/* One that is in already under no key comes under this one, too; and leaves it. */
PF_MUST_CHECK enum occupancy_answer occupancy_claim(struct occupancy *occupancy, const struct occupancy_key *key);
void occupancy_unclaim(struct occupancy *occupancy, const struct occupancy_key *key);

size_t occupancy_n(struct occupancy *occupancy);
size_t occupancy_keys_n(struct occupancy *occupancy);

#endif
