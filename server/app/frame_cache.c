/* Owns references to encoded frames. Thread: L. */
#include "app/frame_cache.h"

#include <stddef.h>
#include <stdlib.h>

struct frame_cache_entries {
    struct {
        bool is_used;
        struct frame_key key;
        struct frame *frame; /* NULL: this delta says nothing */
    } at[FRAME_CACHE_N];
    unsigned next; /* the one replaced next */
};

void frame_cache_clear(struct frame_cache *cache) {
    if (!cache->entries)
        return;
    for (unsigned i = 0; i < FRAME_CACHE_N; i++)
        frame_unref(&cache->entries->at[i].frame);
    free(cache->entries);
    cache->entries = NULL;
}

static bool key_equal(const struct frame_key *a, const struct frame_key *b) {
    return a->is_delta == b->is_delta && a->fields == b->fields && a->base_seq == b->base_seq &&
           a->base_version == b->base_version;
}

bool frame_cache_find(const struct frame_cache *cache, const struct frame_key *key, struct frame **ret_frame) {
    for (unsigned i = 0; cache->entries && i < FRAME_CACHE_N; i++) {
        if (cache->entries->at[i].is_used && key_equal(&cache->entries->at[i].key, key)) {
            *ret_frame = cache->entries->at[i].frame;
            return true;
        }
    }
    return false;
}

void frame_cache_add(struct frame_cache *cache, const struct frame_key *key, struct frame *frame) {
    if (!cache->entries)
        cache->entries = calloc(1, sizeof *cache->entries);
    if (!cache->entries)
        return;
    unsigned at = cache->entries->next++ % FRAME_CACHE_N;
    frame_unref(&cache->entries->at[at].frame);
    cache->entries->at[at].is_used = true;
    cache->entries->at[at].key = *key;
    cache->entries->at[at].frame = frame ? frame_ref(frame) : NULL;
}
