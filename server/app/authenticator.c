/* Credentials, looked up and kept. Refuses more than PENDING_MAX lookups at a time:
 * AUTH_UNAVAILABLE, as when the database is away; nothing is guessed. Thread: L, but
 * for lookup_work, which runs on W. */
#include "app/authenticator.h"

#include "app/auth_claim.h"
#include "app/token_keys.h"
#include "base/sha256.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define KNOWN_MAX 8192
#define VOID_MAX 4096
#define VOID_KEEP_MS 5000
#define PENDING_MAX 512
#define ATTEMPTS_MAX 5 /* at one lookup during which rights change; the last one is in vain */

struct authenticator {
    struct authenticator_config config;
    struct auth_cache *cache;
    struct principal *everybody, *anonymous;
    unsigned generation; /* of the keys */
    size_t single_n;     /* lookups that are for one request alone */
};

/* On its way to a worker and back. */
struct auth_lookup {
    struct store_job job;
    struct authenticator *authenticator;
    struct auth_entry *entry;     /* who waits, waits there; NULL: it is for one request */
    struct auth_request *request; /* that one; NULL: it was cancelled */
    struct auth_claim claim;
    uint64_t mark; /* of the changes before it was asked */
    unsigned attempts_n;
    struct identity identity; /* of the work */
};

static enum status principal_make(enum role role, unsigned scopes, struct principal **ret_principal) {
    return principal_create(&(struct principal){.role = role, .scopes = scopes, .expires_ms = INT64_MAX},
                            ret_principal);
}

enum status authenticator_create(const struct authenticator_config *config, struct authenticator **ret_authenticator) {
    static const struct auth_cache_config cache_config = {
        .known_max = KNOWN_MAX, .void_max = VOID_MAX, .pending_max = PENDING_MAX, .void_keep_ms = VOID_KEEP_MS};
    struct authenticator *authenticator = calloc(1, sizeof *authenticator);
    if (!authenticator)
        return STATUS_NO_MEMORY;
    authenticator->config = *config;
    if (config->keep_ms > AUTH_KEEP_MS)
        authenticator->config.keep_ms = AUTH_KEEP_MS;
    enum status status = auth_cache_create(&cache_config, &authenticator->cache);
    if (status == STATUS_OK)
        status = principal_make(ROLE_ADMIN, SCOPES_ALL, &authenticator->everybody);
    if (status == STATUS_OK)
        status = principal_make(ROLE_ANONYMOUS, 0, &authenticator->anonymous);
    if (status == STATUS_OK)
        *ret_authenticator = authenticator;
    else
        authenticator_destroy(&authenticator);
    return status;
}

void authenticator_destroy(struct authenticator **authenticator) {
    struct authenticator *dying = *authenticator;
    *authenticator = NULL;
    if (!dying)
        return;
    auth_cache_destroy(&dying->cache);
    principal_unref(&dying->everybody);
    principal_unref(&dying->anonymous);
    free(dying);
}

bool authenticator_is_off(const struct authenticator *authenticator) {
    return authenticator->config.is_off;
}

struct principal *authenticator_anonymous(const struct authenticator *authenticator) {
    return authenticator->anonymous;
}

/* --- answers --- */

static void answer(struct auth_request *request, enum auth_failure failure, struct principal *principal) {
    request->lookup = NULL;
    request->done(request->context, failure, principal);
}

static int64_t now_ms(const struct authenticator *authenticator) {
    return clock_monotonic_ms(authenticator->config.clock);
}

static unsigned keys_generation(const struct authenticator *authenticator) {
    const struct token_keys *keys = authenticator->config.keys;
    return keys ? token_keys_generation(keys) : 0;
}

/* Ends the lookup, and tells who waited for it. */
static void lookup_end(struct auth_lookup *lookup, enum auth_failure failure, struct principal *principal) {
    struct authenticator *authenticator = lookup->authenticator;
    struct auth_entry *entry = lookup->entry;
    struct auth_request *request = lookup->request;
    identity_fini(&lookup->identity);
    free(lookup);
    if (entry) {
        int64_t now = now_ms(authenticator), keep_ms = authenticator->config.keep_ms;
        if (principal && principal->expires_ms != INT64_MAX) {
            int64_t left_ms = principal->expires_ms - clock_wall_ms(authenticator->config.clock);
            keep_ms = left_ms < keep_ms ? left_ms : keep_ms;
        }
        auth_cache_end(authenticator->cache, entry, failure, principal, now + keep_ms, now);
        return;
    }
    authenticator->single_n--;
    if (request)
        answer(request, failure, failure == AUTH_OK ? principal_ref(principal) : NULL);
}

/* --- lookups --- */

static enum status lookup_work(struct store_job *job, struct db *db) {
    struct auth_lookup *lookup = (struct auth_lookup *)(void *)job;
    identity_fini(&lookup->identity); /* of an attempt before */
    lookup->identity = (struct identity){0};
    return auth_claim_resolve(db, &lookup->claim, &lookup->identity);
}

static void on_looked_up(struct store_job *job);

static void lookup_submit(struct auth_lookup *lookup) {
    struct authenticator *authenticator = lookup->authenticator;
    metrics_increment(METRIC_AUTH_LOOKUPS);
    lookup->mark = auth_cache_mark(authenticator->cache);
    lookup->attempts_n++;
    lookup->job.work = lookup_work;
    lookup->job.done = on_looked_up;
    if (store_submit(authenticator->config.store, authenticator->config.mailbox, &lookup->job) != STATUS_OK)
        lookup_end(lookup, AUTH_UNAVAILABLE, NULL);
}

bool authenticator_knows_key(struct authenticator *authenticator, const char *kid) {
    struct token_keys *keys = authenticator->config.keys;
    return !*kid || !keys || token_keys_knows(keys, kid);
}

/* What was read while rights changed may be from before: it is read again, and is never kept. */
static void lookup_judge(struct auth_lookup *lookup, struct principal *principal) {
    struct authenticator *authenticator = lookup->authenticator;
    if (principal->expires_ms <= clock_wall_ms(authenticator->config.clock)) {
        lookup_end(lookup, AUTH_EXPIRED, NULL);
    } else if (!authenticator_knows_key(authenticator, principal->kid)) { /* removed meanwhile */
        lookup_end(lookup, AUTH_INVALID, NULL);
    } else if (lookup->attempts_n >= ATTEMPTS_MAX) {
        lookup_end(lookup, AUTH_UNAVAILABLE, NULL);
    } else if (!auth_cache_has_changed(authenticator->cache, lookup->mark, principal)) {
        lookup_end(lookup, AUTH_OK, principal);
    } else {
        if (lookup->claim.kind == AUTH_CLAIM_TICKET) /* it is used up */
            lookup->claim = auth_claim_again(principal);
        lookup_submit(lookup);
    }
}

static void on_looked_up(struct store_job *job) {
    struct auth_lookup *lookup = (struct auth_lookup *)(void *)job;
    struct principal *principal = NULL;
    enum status status = atomic_load(&job->job.is_cancelled) ? STATUS_CANCELLED : job->status;
    if (status == STATUS_OK) {
        if (lookup->identity.is_newly_linked)
            log_event(LOG_INFO, "auth.outside_linked", LOG_TEXT("user", lookup->identity.name),
                      LOG_TEXT("issuer", lookup->claim.issuer));
        status = auth_claim_principal(&lookup->claim, &lookup->identity, &principal);
    }
    if (status == STATUS_OK)
        lookup_judge(lookup, principal);
    else
        lookup_end(lookup, status == STATUS_NOT_FOUND ? AUTH_INVALID : AUTH_UNAVAILABLE, NULL);
    principal_unref(&principal);
}

static struct auth_lookup *lookup_create(struct authenticator *authenticator, const struct auth_claim *claim) {
    struct auth_lookup *lookup = calloc(1, sizeof *lookup);
    if (!lookup)
        return NULL;
    lookup->authenticator = authenticator;
    lookup->claim = *claim;
    return lookup;
}

static void single_begin(struct authenticator *authenticator, const struct auth_claim *claim,
                         struct auth_request *request) {
    struct auth_lookup *lookup = authenticator->single_n < PENDING_MAX ? lookup_create(authenticator, claim) : NULL;
    if (!lookup) {
        metrics_increment(METRIC_AUTH_LOOKUPS_REFUSED);
        answer(request, AUTH_UNAVAILABLE, NULL);
        return;
    }
    authenticator->single_n++;
    lookup->request = request;
    request->lookup = lookup;
    lookup_submit(lookup);
}

static void shared_begin(struct authenticator *authenticator, const uint8_t digest[AUTH_DIGEST_LEN],
                         const struct auth_claim *claim, struct auth_request *request) {
    struct auth_entry *entry = NULL;
    struct auth_lookup *lookup = lookup_create(authenticator, claim);
    if (!lookup || auth_cache_begin(authenticator->cache, digest, &entry) != STATUS_OK) {
        free(lookup);
        metrics_increment(METRIC_AUTH_LOOKUPS_REFUSED);
        answer(request, AUTH_UNAVAILABLE, NULL);
        return;
    }
    lookup->entry = entry;
    list_push_back(&entry->waiters, &request->link);
    lookup_submit(lookup);
}

/* --- questions --- */

/* Tokens that a key verified which is no longer one of ours are void. */
static void keys_notice(struct authenticator *authenticator) {
    static const struct uuid anybody;
    unsigned generation = keys_generation(authenticator);
    if (generation == authenticator->generation)
        return;
    authenticator->generation = generation;
    auth_cache_on_changed(authenticator->cache, &anybody);
}

static void entry_answer(struct auth_entry *entry, struct auth_request *request) {
    if (entry->state == AUTH_PENDING)
        list_push_back(&entry->waiters, &request->link);
    else if (entry->state == AUTH_KNOWN)
        answer(request, AUTH_OK, principal_ref(entry->principal));
    else
        answer(request, entry->failure, NULL);
}

static void request_init(struct auth_request *request) {
    list_link_init(&request->link);
    request->lookup = NULL;
}

void authenticator_check(struct authenticator *authenticator, const char *token, size_t len,
                         struct auth_request *request) {
    uint8_t digest[AUTH_DIGEST_LEN];
    struct auth_claim claim;
    request_init(request);
    if (authenticator->config.is_off) {
        answer(request, AUTH_OK, principal_ref(authenticator->everybody));
        return;
    }
    if (!token || len > AUTH_TOKEN_MAX) {
        answer(request, token ? AUTH_INVALID : AUTH_MISSING, NULL);
        return;
    }
    if (sha256_digest(token, len, digest) != STATUS_OK) {
        answer(request, AUTH_UNAVAILABLE, NULL);
        return;
    }
    keys_notice(authenticator);
    struct auth_entry *entry = auth_cache_find(authenticator->cache, digest, now_ms(authenticator));
    if (entry) {
        entry_answer(entry, request);
        return;
    }
    enum auth_failure failure =
        auth_claim_read(authenticator->config.keys, clock_wall_ms(authenticator->config.clock), token, len, &claim);
    if (failure == AUTH_OK) {
        shared_begin(authenticator, digest, &claim, request);
        return;
    }
    if (failure != AUTH_UNAVAILABLE)
        auth_cache_note_void(authenticator->cache, digest, failure, now_ms(authenticator));
    answer(request, failure, NULL);
}

void authenticator_check_header(struct authenticator *authenticator, const char *header, struct auth_request *request) {
    static const char scheme[] = "Bearer";
    const char *token = NULL;
    if (header && strncasecmp(header, scheme, sizeof scheme - 1) == 0 && header[sizeof scheme - 1] == ' ')
        token = header + sizeof scheme - 1 + strspn(header + sizeof scheme - 1, " ");
    /* Another scheme is one that we know nothing of: the answer names ours. */
    authenticator_check(authenticator, token, token ? strlen(token) : 0, request);
}

void authenticator_check_ticket(struct authenticator *authenticator, const char *ticket, size_t len,
                                struct auth_request *request) {
    struct auth_claim claim;
    request_init(request);
    if (authenticator->config.is_off)
        answer(request, AUTH_OK, principal_ref(authenticator->everybody));
    else if (auth_claim_read_ticket(ticket, len, &claim) != AUTH_OK)
        answer(request, AUTH_INVALID, NULL);
    else
        single_begin(authenticator, &claim, request);
}

void authenticator_check_again(struct authenticator *authenticator, const struct principal *principal,
                               struct auth_request *request) {
    struct auth_claim claim = auth_claim_again(principal);
    request_init(request);
    if (authenticator->config.is_off)
        answer(request, AUTH_OK, principal_ref(authenticator->everybody));
    else
        single_begin(authenticator, &claim, request);
}

void authenticator_cancel(struct auth_request *request) {
    list_remove(&request->link);
    if (request->lookup)
        request->lookup->request = NULL;
    request->lookup = NULL;
}

void authenticator_on_access_changed(struct authenticator *authenticator, const struct uuid *subject) {
    auth_cache_on_changed(authenticator->cache, subject);
}
