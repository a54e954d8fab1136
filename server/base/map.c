/* The hash map: linear probing, SipHash-1-3 under a random key of each map's
 * own, tombstones, growth at 70 % of used slots. The map owns its slots only.
 * Thread: the owner's. */
#include "base/map.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define MAP_CAPACITY_MIN 16

/* Empty: no value, no key. Tombstone: no value, the key is `gone`. */
struct map_slot {
    const void *key;
    size_t key_len;
    uint64_t hash;
    void *value;
};

static const char gone;

static uint64_t rotate_left(uint64_t x, unsigned n) {
    return (x << n) | (x >> (64 - n));
}

static void sip_round(uint64_t v[4]) {
    v[0] += v[1];
    v[1] = rotate_left(v[1], 13) ^ v[0];
    v[0] = rotate_left(v[0], 32);
    v[2] += v[3];
    v[3] = rotate_left(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate_left(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate_left(v[1], 17) ^ v[2];
    v[2] = rotate_left(v[2], 32);
}

/* Only ever compared with itself, so the byte order of the machine will do. */
static uint64_t hash_key(const struct map *map, const void *key, size_t key_len) {
    uint64_t v[4] = {map->seed[0] ^ UINT64_C(0x736f6d6570736575), map->seed[1] ^ UINT64_C(0x646f72616e646f6d),
                     map->seed[0] ^ UINT64_C(0x6c7967656e657261), map->seed[1] ^ UINT64_C(0x7465646279746573)};
    const unsigned char *bytes = key;
    uint64_t word;
    size_t left = key_len;
    for (; left >= sizeof word; left -= sizeof word, bytes += sizeof word) {
        memcpy(&word, bytes, sizeof word);
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    word = 0;
    if (left)
        memcpy(&word, bytes, left);
    word |= (uint64_t)key_len << 56;
    v[3] ^= word;
    sip_round(v);
    v[0] ^= word;
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void map_init(struct map *map) {
    *map = (struct map){0};
    if (getrandom(map->seed, sizeof map->seed, 0) == (ssize_t)sizeof map->seed)
        return;
    /* A kernel without getrandom: still different from run to run and map to map. */
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    map->seed[0] = (uint64_t)(uintptr_t)map;
    map->seed[1] = (uint64_t)now.tv_nsec ^ ((uint64_t)now.tv_sec << 32);
}

void map_fini(struct map *map) {
    free(map->slots);
    map->slots = NULL;
    map->count = map->capacity = map->used = 0;
}

static bool slot_matches(const struct map_slot *slot, uint64_t hash, const void *key, size_t key_len) {
    return slot->value && slot->hash == hash && slot->key_len == key_len &&
           (key_len == 0 || memcmp(slot->key, key, key_len) == 0);
}

/* The slot of the key, or NULL. Ends: a third of the slots is always empty. */
static struct map_slot *find_slot(const struct map *map, uint64_t hash, const void *key, size_t key_len) {
    if (map->capacity == 0)
        return NULL;
    size_t mask = map->capacity - 1;
    for (size_t at = (size_t)hash & mask;; at = (at + 1) & mask) {
        struct map_slot *slot = &map->slots[at];
        if (slot_matches(slot, hash, key, key_len))
            return slot;
        if (!slot->value && slot->key != &gone)
            return NULL;
    }
}

/* The first slot without a value on the way of the hash. */
static struct map_slot *free_slot(const struct map *map, uint64_t hash) {
    size_t mask = map->capacity - 1;
    size_t at = (size_t)hash & mask;
    while (map->slots[at].value)
        at = (at + 1) & mask;
    return &map->slots[at];
}

/* Room for one more: a bigger table, or the same without its tombstones. */
static enum status make_room(struct map *map) {
    if (map->capacity && (map->used + 1) * 10 <= map->capacity * 7)
        return STATUS_OK;
    size_t capacity = map->capacity ? map->capacity : MAP_CAPACITY_MIN;
    if ((map->count + 1) * 10 > capacity * 4)
        capacity *= 2;
    struct map_slot *slots = calloc(capacity, sizeof *slots);
    if (!slots)
        return STATUS_NO_MEMORY;
    struct map grown = *map;
    grown.slots = slots;
    grown.capacity = capacity;
    grown.used = map->count;
    for (size_t i = 0; i < map->capacity; i++)
        if (map->slots[i].value)
            *free_slot(&grown, map->slots[i].hash) = map->slots[i];
    free(map->slots);
    *map = grown;
    return STATUS_OK;
}

void *map_get(const struct map *map, const void *key, size_t key_len) {
    const struct map_slot *slot = find_slot(map, hash_key(map, key, key_len), key, key_len);
    return slot ? slot->value : NULL;
}

enum status map_put(struct map *map, const void *key, size_t key_len, void *value, void **ret_old) {
    uint64_t hash = hash_key(map, key, key_len);
    struct map_slot *slot = find_slot(map, hash, key, key_len);
    void *old = NULL;
    if (slot) {
        old = slot->value;
    } else {
        enum status status = make_room(map);
        if (status != STATUS_OK)
            return status;
        slot = free_slot(map, hash);
        map->count++;
        map->used += slot->key != &gone;
    }
    /* The key too: the old one may be part of the value replaced. */
    *slot = (struct map_slot){.key = key, .key_len = key_len, .hash = hash, .value = value};
    if (ret_old)
        *ret_old = old;
    return STATUS_OK;
}

void *map_remove(struct map *map, const void *key, size_t key_len) {
    struct map_slot *slot = find_slot(map, hash_key(map, key, key_len), key, key_len);
    if (!slot)
        return NULL;
    void *value = slot->value;
    *slot = (struct map_slot){.key = &gone};
    map->count--;
    return value;
}

void *map_next(const struct map *map, size_t *at) {
    while (*at < map->capacity) {
        void *value = map->slots[(*at)++].value;
        if (value)
            return value;
    }
    return NULL;
}
