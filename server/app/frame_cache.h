/* The few frames lately encoded of one portfolio's state: watchers with the
 * same cursor and fields share one. Cleared when the state changes. While it
 * has nothing (a portfolio with one watcher never has) it is one pointer.
 * Thread: L. */
#ifndef PF_APP_FRAME_CACHE_H
#define PF_APP_FRAME_CACHE_H

#include "base/frame.h"
#include "protocol/fields.h"

#include <stdbool.h>
#include <stdint.h>

#define FRAME_CACHE_N 4

struct frame_key {
    bool is_delta;
    field_mask fields;
    uint64_t base_seq, base_version; /* of a delta */
};

struct frame_cache_entries;

struct frame_cache {
    struct frame_cache_entries *entries; /* NULL: none */
};

void frame_cache_clear(struct frame_cache *cache);
/* True when the key is known; *ret_frame is borrowed, NULL for an empty delta. */
bool frame_cache_find(const struct frame_cache *cache, const struct frame_key *key, struct frame **ret_frame);
/* Takes a reference of its own. Without memory it keeps nothing. */
void frame_cache_add(struct frame_cache *cache, const struct frame_key *key, struct frame *frame);

#endif
