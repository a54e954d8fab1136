/* Credentials by their digests, and by whose they are. Refuses more lookups than
 * its bound. Thread: L; pure. */
#include "app/auth_cache.h"

#include "base/map.h"

#include <stdlib.h>
#include <string.h>

#define CHANGES_KEPT 256
#define STATES_N 3

/* The entries of one user, or of one credential. */
struct auth_group {
    struct uuid id;
    struct list entries;
};

struct auth_cache {
    struct auth_cache_config config;
    struct map entries;            /* by digest */
    struct list by_age[STATES_N];  /* the oldest first */
    size_t n[STATES_N];            /* of each state */
    struct map users, credentials; /* of struct auth_group, of the known ones */
    struct uuid changes[CHANGES_KEPT];
    uint64_t changes_n; /* ever */
};

enum status auth_cache_create(const struct auth_cache_config *config, struct auth_cache **ret_cache) {
    struct auth_cache *cache = calloc(1, sizeof *cache);
    if (!cache)
        return STATUS_NO_MEMORY;
    cache->config = *config;
    map_init(&cache->entries);
    map_init(&cache->users);
    map_init(&cache->credentials);
    for (size_t i = 0; i < STATES_N; i++)
        list_init(&cache->by_age[i]);
    *ret_cache = cache;
    return STATUS_OK;
}

/* --- whose they are --- */

static enum status group_join(struct map *groups, const struct uuid *id, struct list_link *link) {
    struct auth_group *group = map_get(groups, id->bytes, sizeof id->bytes);
    if (!group) {
        group = malloc(sizeof *group);
        if (!group)
            return STATUS_NO_MEMORY;
        group->id = *id;
        list_init(&group->entries);
        enum status status = map_put(groups, group->id.bytes, sizeof group->id.bytes, group, NULL);
        if (status != STATUS_OK) {
            free(group);
            return status;
        }
    }
    list_push_back(&group->entries, link);
    return STATUS_OK;
}

static void group_leave(struct map *groups, const struct uuid *id, struct list_link *link) {
    struct auth_group *group = map_get(groups, id->bytes, sizeof id->bytes);
    list_remove(link);
    if (!group || !list_is_empty(&group->entries))
        return;
    (void)map_remove(groups, id->bytes, sizeof id->bytes);
    free(group);
}

/* --- entries --- */

static void entry_leave(struct auth_cache *cache, struct auth_entry *entry) {
    list_remove(&entry->by_age);
    cache->n[entry->state]--;
    if (entry->principal) {
        group_leave(&cache->users, &entry->principal->user_id, &entry->of_user);
        group_leave(&cache->credentials, &entry->principal->credential_id, &entry->of_credential);
        principal_unref(&entry->principal);
    }
}

static void entry_drop(struct auth_cache *cache, struct auth_entry *entry) {
    entry_leave(cache, entry);
    (void)map_remove(&cache->entries, entry->digest, sizeof entry->digest);
    free(entry);
}

static void entry_join(struct auth_cache *cache, struct auth_entry *entry, enum auth_state state, int64_t until_ms) {
    entry->state = state;
    entry->until_ms = until_ms;
    cache->n[state]++;
    list_push_back(&cache->by_age[state], &entry->by_age);
}

/* Room for one more of what is not pending: the oldest goes. */
static void make_room(struct auth_cache *cache, enum auth_state state) {
    size_t max = state == AUTH_KNOWN ? cache->config.known_max : cache->config.void_max;
    if (cache->n[state] >= max)
        entry_drop(cache, LIST_ENTRY(list_first(&cache->by_age[state]), struct auth_entry, by_age));
}

static enum status entry_add(struct auth_cache *cache, const uint8_t digest[AUTH_DIGEST_LEN], enum auth_state state,
                             int64_t until_ms, struct auth_entry **ret_entry) {
    struct auth_entry *entry = calloc(1, sizeof *entry);
    if (!entry)
        return STATUS_NO_MEMORY;
    memcpy(entry->digest, digest, sizeof entry->digest);
    list_init(&entry->waiters);
    enum status status = map_put(&cache->entries, entry->digest, sizeof entry->digest, entry, NULL);
    if (status != STATUS_OK) {
        free(entry);
        return status;
    }
    entry_join(cache, entry, state, until_ms);
    *ret_entry = entry;
    return STATUS_OK;
}

void auth_cache_destroy(struct auth_cache **cache) {
    struct auth_cache *dying = *cache;
    *cache = NULL;
    if (!dying)
        return;
    for (size_t i = 0; i < STATES_N; i++) {
        while (!list_is_empty(&dying->by_age[i]))
            entry_drop(dying, LIST_ENTRY(list_first(&dying->by_age[i]), struct auth_entry, by_age));
    }
    map_fini(&dying->entries);
    map_fini(&dying->users);
    map_fini(&dying->credentials);
    free(dying);
}

struct auth_entry *auth_cache_find(struct auth_cache *cache, const uint8_t digest[AUTH_DIGEST_LEN], int64_t now_ms) {
    struct auth_entry *entry = map_get(&cache->entries, digest, AUTH_DIGEST_LEN);
    if (!entry || entry->state == AUTH_PENDING || now_ms < entry->until_ms)
        return entry;
    entry_drop(cache, entry);
    return NULL;
}

enum status auth_cache_begin(struct auth_cache *cache, const uint8_t digest[AUTH_DIGEST_LEN],
                             struct auth_entry **ret_entry) {
    if (cache->n[AUTH_PENDING] >= cache->config.pending_max)
        return STATUS_LIMIT;
    return entry_add(cache, digest, AUTH_PENDING, 0, ret_entry);
}

/* False when there is no memory for it: it is used this once. */
static bool entry_keep(struct auth_cache *cache, struct auth_entry *entry, struct principal *principal,
                       int64_t until_ms) {
    if (group_join(&cache->users, &principal->user_id, &entry->of_user) != STATUS_OK)
        return false;
    if (group_join(&cache->credentials, &principal->credential_id, &entry->of_credential) != STATUS_OK) {
        group_leave(&cache->users, &principal->user_id, &entry->of_user);
        return false;
    }
    entry->principal = principal_ref(principal);
    entry_join(cache, entry, AUTH_KNOWN, until_ms);
    return true;
}

void auth_cache_end(struct auth_cache *cache, struct auth_entry *entry, enum auth_failure failure,
                    struct principal *principal, int64_t until_ms, int64_t now_ms) {
    struct list waiters;
    list_init(&waiters);
    list_splice_back(&waiters, &entry->waiters);
    entry_leave(cache, entry);
    bool is_kept = false;
    if (failure == AUTH_OK) {
        make_room(cache, AUTH_KNOWN);
        is_kept = entry_keep(cache, entry, principal, until_ms);
    } else if (failure != AUTH_UNAVAILABLE) {
        make_room(cache, AUTH_VOID);
        entry->failure = failure;
        entry_join(cache, entry, AUTH_VOID, now_ms + cache->config.void_keep_ms);
        is_kept = true;
    }
    if (!is_kept) {
        (void)map_remove(&cache->entries, entry->digest, sizeof entry->digest);
        free(entry);
    }
    while (!list_is_empty(&waiters)) {
        struct auth_request *request = LIST_ENTRY(list_first(&waiters), struct auth_request, link);
        list_remove(&request->link);
        request->done(request->context, failure, failure == AUTH_OK ? principal_ref(principal) : NULL);
    }
}

void auth_cache_note_void(struct auth_cache *cache, const uint8_t digest[AUTH_DIGEST_LEN], enum auth_failure failure,
                          int64_t now_ms) {
    struct auth_entry *entry = NULL;
    make_room(cache, AUTH_VOID);
    if (entry_add(cache, digest, AUTH_VOID, now_ms + cache->config.void_keep_ms, &entry) == STATUS_OK)
        entry->failure = failure;
}

/* --- changes --- */

static bool is_nil(const struct uuid *id) {
    static const struct uuid nil;
    return uuid_equal(id, &nil);
}

static void group_drop(struct auth_cache *cache, struct map *groups, const struct uuid *id, bool is_user) {
    struct auth_group *group = NULL;
    while ((group = map_get(groups, id->bytes, sizeof id->bytes))) {
        struct list_link *link = list_first(&group->entries); /* the last one takes the group along */
        entry_drop(cache, is_user ? LIST_ENTRY(link, struct auth_entry, of_user)
                                  : LIST_ENTRY(link, struct auth_entry, of_credential));
    }
}

void auth_cache_on_changed(struct auth_cache *cache, const struct uuid *subject) {
    cache->changes[cache->changes_n++ % CHANGES_KEPT] = *subject;
    if (is_nil(subject)) {
        while (!list_is_empty(&cache->by_age[AUTH_KNOWN]))
            entry_drop(cache, LIST_ENTRY(list_first(&cache->by_age[AUTH_KNOWN]), struct auth_entry, by_age));
        return;
    }
    group_drop(cache, &cache->users, subject, true);
    group_drop(cache, &cache->credentials, subject, false);
}

uint64_t auth_cache_mark(const struct auth_cache *cache) {
    return cache->changes_n;
}

bool auth_cache_has_changed(const struct auth_cache *cache, uint64_t mark, const struct principal *principal) {
    if (cache->changes_n - mark > CHANGES_KEPT)
        return true;
    for (uint64_t i = mark; i < cache->changes_n; i++) {
        const struct uuid *subject = &cache->changes[i % CHANGES_KEPT];
        if (is_nil(subject) || uuid_equal(subject, &principal->user_id) ||
            uuid_equal(subject, &principal->credential_id))
            return true;
    }
    return false;
}

size_t auth_cache_size(const struct auth_cache *cache, enum auth_state state) {
    return cache->n[state];
}
