/* The few frames lately encoded of one portfolio's state: watchers with the
 * same cursor and fields share one. Cleared when the state changes.
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

struct frame_cache {
    struct {
        bool is_used;
        struct frame_key key;
        struct frame *frame; /* NULL: this delta says nothing */
    } entries[FRAME_CACHE_N];
    unsigned next; /* the entry replaced next */
};

void frame_cache_clear(struct frame_cache *cache);
/* True when the key is known; *ret_frame is borrowed, NULL for an empty delta. */
bool frame_cache_find(const struct frame_cache *cache, const struct frame_key *key, struct frame **ret_frame);
/* Takes a reference of its own. */
void frame_cache_add(struct frame_cache *cache, const struct frame_key *key, struct frame *frame);

#endif
