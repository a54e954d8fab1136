/* Owns references to encoded frames. Thread: L. */
#include "app/frame_cache.h"

#include <stddef.h>

void frame_cache_clear(struct frame_cache *cache) {
    for (unsigned i = 0; i < FRAME_CACHE_N; i++) {
        frame_unref(&cache->entries[i].frame);
        cache->entries[i].is_used = false;
    }
    cache->next = 0;
}

static bool key_equal(const struct frame_key *a, const struct frame_key *b) {
    return a->is_delta == b->is_delta && a->fields == b->fields && a->base_seq == b->base_seq &&
           a->base_version == b->base_version;
}

bool frame_cache_find(const struct frame_cache *cache, const struct frame_key *key, struct frame **ret_frame) {
    for (unsigned i = 0; i < FRAME_CACHE_N; i++) {
        if (cache->entries[i].is_used && key_equal(&cache->entries[i].key, key)) {
            *ret_frame = cache->entries[i].frame;
            return true;
        }
    }
    return false;
}

void frame_cache_add(struct frame_cache *cache, const struct frame_key *key, struct frame *frame) {
    unsigned at = cache->next++ % FRAME_CACHE_N;
    frame_unref(&cache->entries[at].frame);
    cache->entries[at].is_used = true;
    cache->entries[at].key = *key;
    cache->entries[at].frame = frame ? frame_ref(frame) : NULL;
}
