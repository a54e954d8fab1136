/* What one loop knows of the credentials that it was shown, by the SHA-256 of
 * their text: for whom they stand, that they are void, or that they are being
 * looked up, and who waits for that. Bounded: who comes first to its bound goes
 * first; the void ones have room of their own, so that they drive out nobody.
 *
 * What is known ends with its time, or at once when the rights of its user or
 * credential change. Thread: L; pure. */
#ifndef PF_APP_AUTH_CACHE_H
#define PF_APP_AUTH_CACHE_H

#include "app/principal.h"
#include "base/list.h"

#define AUTH_DIGEST_LEN 32

enum auth_failure {
    AUTH_OK,
    AUTH_MISSING, /* nothing was shown */
    AUTH_INVALID,
    AUTH_EXPIRED,
    AUTH_UNAVAILABLE /* it cannot be looked up now */
};

struct auth_lookup;

/* Somebody's question; the caller's memory until `done` or a cancellation. */
struct auth_request {
    void *context;
    /* Once. principal: a reference that is the caller's; NULL but with AUTH_OK. */
    void (*done)(void *context, enum auth_failure failure, struct principal *principal);
    /* Private: */
    struct list_link link;      /* among those who wait for the same token */
    struct auth_lookup *lookup; /* that is for this one alone */
};

enum auth_state { AUTH_PENDING, AUTH_KNOWN, AUTH_VOID };

struct auth_entry {
    enum auth_state state;
    enum auth_failure failure;   /* of a void one */
    struct principal *principal; /* of a known one; the entry's reference */
    struct list waiters;         /* of a pending one: struct auth_request */
    /* Private: */
    uint8_t digest[AUTH_DIGEST_LEN];
    int64_t until_ms;
    struct list_link by_age;
    struct list_link of_user, of_credential;
};

struct auth_cache;

struct auth_cache_config {
    size_t known_max, void_max, pending_max;
    int64_t void_keep_ms;
};

PF_MUST_CHECK enum status auth_cache_create(const struct auth_cache_config *config, struct auth_cache **ret_cache);
void auth_cache_destroy(struct auth_cache **cache); /* nobody waits any more */

/* Of which kind something is known at now_ms (monotonic); NULL: nothing is. */
struct auth_entry *auth_cache_find(struct auth_cache *cache, const uint8_t digest[AUTH_DIGEST_LEN], int64_t now_ms);
/* A pending one, of a token that is not in: STATUS_LIMIT when too many are. */
PF_MUST_CHECK enum status auth_cache_begin(struct auth_cache *cache, const uint8_t digest[AUTH_DIGEST_LEN],
                                           struct auth_entry **ret_entry);
/* The pending one is known until until_ms (AUTH_OK, with a principal), or void, or
 * gone (AUTH_UNAVAILABLE). Tells all who wait; the entry may be gone then. */
void auth_cache_end(struct auth_cache *cache, struct auth_entry *entry, enum auth_failure failure,
                    struct principal *principal, int64_t until_ms, int64_t now_ms);
/* A token, not in, that is void by what it says itself. */
void auth_cache_note_void(struct auth_cache *cache, const uint8_t digest[AUTH_DIGEST_LEN], enum auth_failure failure,
                          int64_t now_ms);

/* The rights of a user or credential have changed; nil: anybody's may have. */
void auth_cache_on_changed(struct auth_cache *cache, const struct uuid *subject);
/* For lookups: a mark of what has changed so far, and whether since then this has (or, when too much did, may have). */
uint64_t auth_cache_mark(const struct auth_cache *cache);
bool auth_cache_has_changed(const struct auth_cache *cache, uint64_t mark, const struct principal *principal);

size_t auth_cache_size(const struct auth_cache *cache, enum auth_state state);

#endif
