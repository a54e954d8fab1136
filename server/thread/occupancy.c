/* Counts by key in a map, under a lock. Thread: any. */
#include "thread/occupancy.h"

#include "base/map.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct occupant {
    struct occupancy_key key;
    size_t n;
};

struct occupancy {
    pthread_mutex_t lock;
    size_t max, max_per_key;
    size_t n;
    struct map occupants;
};

enum status occupancy_create(size_t max, size_t max_per_key, struct occupancy **ret_occupancy) {
    struct occupancy *occupancy = calloc(1, sizeof *occupancy);
    if (!occupancy)
        return STATUS_NO_MEMORY;
    if (pthread_mutex_init(&occupancy->lock, NULL) != 0) {
        free(occupancy);
        return STATUS_NO_MEMORY;
    }
    occupancy->max = max;
    occupancy->max_per_key = max_per_key;
    map_init(&occupancy->occupants);
    *ret_occupancy = occupancy;
    return STATUS_OK;
}

void occupancy_destroy(struct occupancy **occupancy) {
    struct occupancy *it = *occupancy;
    if (!it)
        return;
    *occupancy = NULL;
    struct occupant *occupant;
    for (size_t at = 0; (occupant = map_next(&it->occupants, &at));)
        free(occupant);
    map_fini(&it->occupants);
    (void)pthread_mutex_destroy(&it->lock);
    free(it);
}

/* Locked. Without memory nobody is refused: then it is not counted either. */
static enum occupancy_answer claim(struct occupancy *occupancy, const struct occupancy_key *key) {
    if (occupancy->max_per_key == 0)
        return OCCUPANCY_OK;
    struct occupant *occupant = map_get(&occupancy->occupants, key, sizeof *key);
    if (occupant && occupant->n >= occupancy->max_per_key)
        return OCCUPANCY_KEY_FULL;
    if (!occupant && (occupant = calloc(1, sizeof *occupant))) {
        occupant->key = *key;
        if (map_put(&occupancy->occupants, &occupant->key, sizeof occupant->key, occupant, NULL) != STATUS_OK) {
            free(occupant);
            occupant = NULL;
        }
    }
    if (occupant)
        occupant->n++;
    return OCCUPANCY_OK;
}

/* Locked. */
static void unclaim(struct occupancy *occupancy, const struct occupancy_key *key) {
    struct occupant *occupant = map_get(&occupancy->occupants, key, sizeof *key);
    if (!occupant || --occupant->n > 0)
        return;
    (void)map_remove(&occupancy->occupants, key, sizeof *key);
    free(occupant);
    if (occupancy->occupants.count == 0) { /* the table of what was a flood goes too */
        map_fini(&occupancy->occupants);
        map_init(&occupancy->occupants);
    }
}

enum occupancy_answer occupancy_enter(struct occupancy *occupancy, const struct occupancy_key *key) {
    pthread_mutex_lock(&occupancy->lock);
    bool is_full = occupancy->max > 0 && occupancy->n >= occupancy->max;
    enum occupancy_answer answer = is_full ? OCCUPANCY_FULL : key ? claim(occupancy, key) : OCCUPANCY_OK;
    occupancy->n += answer == OCCUPANCY_OK ? 1 : 0;
    pthread_mutex_unlock(&occupancy->lock);
    return answer;
}

void occupancy_leave(struct occupancy *occupancy, const struct occupancy_key *key) {
    pthread_mutex_lock(&occupancy->lock);
    occupancy->n--;
    if (key)
        unclaim(occupancy, key);
    pthread_mutex_unlock(&occupancy->lock);
}

enum occupancy_answer occupancy_claim(struct occupancy *occupancy, const struct occupancy_key *key) {
    pthread_mutex_lock(&occupancy->lock);
    enum occupancy_answer answer = claim(occupancy, key);
    pthread_mutex_unlock(&occupancy->lock);
    return answer;
}

void occupancy_unclaim(struct occupancy *occupancy, const struct occupancy_key *key) {
    pthread_mutex_lock(&occupancy->lock);
    unclaim(occupancy, key);
    pthread_mutex_unlock(&occupancy->lock);
}

size_t occupancy_n(struct occupancy *occupancy) {
    pthread_mutex_lock(&occupancy->lock);
    size_t n = occupancy->n;
    pthread_mutex_unlock(&occupancy->lock);
    return n;
}

size_t occupancy_keys_n(struct occupancy *occupancy) {
    pthread_mutex_lock(&occupancy->lock);
    size_t n = occupancy->occupants.count;
    pthread_mutex_unlock(&occupancy->lock);
    return n;
}
