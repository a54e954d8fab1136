/* Hash map from bytes to a pointer: open addressing, SipHash keyed with
 * random bytes, so that keys chosen by a stranger cannot make it slow.
 *
 * The map copies no key: `key` must live as long as the entry (normally it is
 * a field of the value). Values must not be NULL. Thread: the owner's. */
#ifndef PF_BASE_MAP_H
#define PF_BASE_MAP_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

struct map_slot;
struct map {
    struct map_slot *slots;
    size_t count, capacity; /* capacity is 0 or a power of two */
    size_t used;            /* entries and tombstones */
    uint64_t seed[2];
};

void map_init(struct map *map);
void map_fini(struct map *map);                                        /* frees the table, not the values */
void *map_get(const struct map *map, const void *key, size_t key_len); /* NULL when absent */
/* Adds or replaces; *ret_old (may be NULL) gets the replaced value or NULL. */
PF_MUST_CHECK enum status map_put(struct map *map, const void *key, size_t key_len, void *value, void **ret_old);
void *map_remove(struct map *map, const void *key, size_t key_len); /* the removed value or NULL */

/* for (size_t at = 0; (value = map_next(&map, &at));) — the map must not grow
 * meanwhile; removing the value just returned is allowed. */
void *map_next(const struct map *map, size_t *at);

#endif
