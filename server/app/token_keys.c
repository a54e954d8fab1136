/* Our ring and the provider's set, put together. A mutex guards which ring is the
 * current one, for as long as it takes to count a reference; rings and sets are
 * immutable. Thread: any. */
#include "app/token_keys.h"

#include "app/key_set_source.h"
#include "identity/key_file.h"
#include "identity/key_ring.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct token_keys {
    const struct config *config;
    const struct clock *clock;
    struct key_set_source *source; /* NULL: no outside provider */
    atomic_uint generation;
    uint64_t seen; /* of KEY_DIR, when it was last read; main's */
    pthread_mutex_t lock;
    struct key_ring *ring; /* under the lock */
};

/* --- settings --- */

static const char *settings_problem(const struct config *config) {
    bool is_outside = config->jwks_url[0] != '\0';
    if (!config->jwt_issuer[0] || strlen(config->jwt_issuer) > JWT_CLAIM_MAX)
        return "JWT_ISSUER: from 1 to 255 bytes";
    if (!config->jwt_audience[0] || strlen(config->jwt_audience) > JWT_CLAIM_MAX)
        return "JWT_AUDIENCE: from 1 to 255 bytes";
    if (config->jwt_hs256_secret[0] && strlen(config->jwt_hs256_secret) < JWT_HS256_SECRET_MIN)
        return "JWT_HS256_SECRET: at least 32 bytes";
    if (!is_outside && (config->issuer[0] || config->audience[0]))
        return "ISSUER and AUDIENCE are of the outside provider: JWKS_URL is missing";
    if (!is_outside)
        return NULL;
    if (!key_set_source_url_is_taken(config->jwks_url))
        return "JWKS_URL: https://…, or http:// to this machine";
    if (!config->issuer[0] || !config->audience[0] || strlen(config->issuer) > JWT_CLAIM_MAX ||
        strlen(config->audience) > JWT_CLAIM_MAX)
        return "JWKS_URL needs ISSUER and AUDIENCE: exactly what its tokens say in iss and aud, at most 255 bytes";
    if (strcmp(config->issuer, config->jwt_issuer) == 0)
        return "ISSUER and JWT_ISSUER must differ: they say who signed";
    return NULL;
}

enum status token_keys_check(const struct config *config, char *error, size_t error_len) {
    const char *problem = settings_problem(config);
    if (problem) {
        (void)snprintf(error, error_len, "%s", problem);
        return STATUS_INVALID;
    }
    if (config->jwt_hs256_secret[0] || !config->key_dir[0])
        return STATUS_OK;
    struct key_ring *ring = NULL;
    char reason[512];
    enum status status = key_ring_open(config->key_dir, false, &ring, reason, sizeof reason);
    key_ring_unref(&ring);
    if (status == STATUS_OK || status == STATUS_NOT_FOUND) /* the start makes the first key */
        return STATUS_OK;
    (void)snprintf(error, error_len, "KEY_DIR: %s", reason);
    return status;
}

/* --- its life --- */

static void ring_log(const struct key_ring *ring, const char *event) {
    const struct jwt_key *signer = key_ring_signer(ring);
    log_event(LOG_INFO, event, LOG_I64("keys", key_ring_size(ring)),
              LOG_TEXT("algorithm", jwt_algorithm_text(jwt_key_algorithm(signer))),
              LOG_TEXT("kid", jwt_key_kid(signer)));
}

static enum status ring_make(const struct config *config, struct key_ring **ret_ring, char *error, size_t error_len) {
    enum status status;
    char reason[512] = "";
    if (config->jwt_hs256_secret[0]) {
        status = key_ring_create_from_secret(config->jwt_hs256_secret, ret_ring);
        (void)snprintf(reason, sizeof reason, "%s", status_name(status));
    } else if (config->key_dir[0]) {
        status = key_ring_open(config->key_dir, true, ret_ring, reason, sizeof reason);
    } else {
        status = key_ring_create_in_memory(ret_ring);
        (void)snprintf(reason, sizeof reason, "%s", status_name(status));
        if (status == STATUS_OK)
            log_event(LOG_WARN, "keys.in_memory",
                      LOG_TEXT("reason", "KEY_DIR is not set: access tokens end with this process, and other "
                                         "instances do not know them"));
    }
    if (status != STATUS_OK)
        (void)snprintf(error, error_len, "%s: %s", config->jwt_hs256_secret[0] ? "JWT_HS256_SECRET" : "KEY_DIR",
                       reason);
    return status;
}

enum status token_keys_create(const struct config *config, const struct clock *clock, struct token_keys **ret_keys,
                              char *error, size_t error_len) {
    enum status status = token_keys_check(config, error, error_len);
    if (status != STATUS_OK)
        return status;
    struct token_keys *keys = calloc(1, sizeof *keys);
    if (!keys)
        return STATUS_NO_MEMORY;
    keys->config = config;
    keys->clock = clock;
    atomic_init(&keys->generation, 0);
    if (pthread_mutex_init(&keys->lock, NULL) != 0) {
        free(keys);
        return STATUS_NO_MEMORY;
    }
    /* Before the files are read, so that a change meanwhile is seen; but that of a first key is our own. */
    keys->seen = key_dir_fingerprint(config->key_dir);
    status = ring_make(config, &keys->ring, error, error_len);
    if (keys->seen == 0)
        keys->seen = key_dir_fingerprint(config->key_dir);
    if (status == STATUS_OK && config->jwks_url[0]) {
        struct key_set_source_config source = {.url = config->jwks_url,
                                               .refresh_ms = config->jwks_refresh_s * 1000,
                                               .refetch_ms = KEY_SET_REFETCH_MS,
                                               .clock = clock};
        status = key_set_source_create(&source, &keys->source);
    }
    if (status != STATUS_OK) {
        token_keys_destroy(&keys);
        return status;
    }
    ring_log(keys->ring, "keys.read");
    *ret_keys = keys;
    return STATUS_OK;
}

enum status token_keys_start(struct token_keys *keys) {
    return keys->source ? key_set_source_start(keys->source) : STATUS_OK;
}

void token_keys_begin_stop(struct token_keys *keys) {
    if (keys->source)
        key_set_source_begin_stop(keys->source);
}

void token_keys_destroy(struct token_keys **keys) {
    struct token_keys *old = *keys;
    if (!old)
        return;
    *keys = NULL;
    key_set_source_destroy(&old->source);
    key_ring_unref(&old->ring);
    (void)pthread_mutex_destroy(&old->lock);
    free(old);
}

static bool is_of_files(const struct token_keys *keys) {
    return !keys->config->jwt_hs256_secret[0] && keys->config->key_dir[0];
}

bool token_keys_reload(struct token_keys *keys) {
    struct key_ring *ring;
    char reason[512];
    if (!is_of_files(keys))
        return false; /* nothing that could have changed */
    keys->seen = key_dir_fingerprint(keys->config->key_dir);
    if (key_ring_open(keys->config->key_dir, false, &ring, reason, sizeof reason) != STATUS_OK) {
        metrics_increment(METRIC_KEY_RELOADS_FAILED);
        log_event(LOG_ERROR, "keys.reload_failed", LOG_TEXT("reason", reason),
                  LOG_TEXT("serving", "the keys from before"));
        return false;
    }
    (void)pthread_mutex_lock(&keys->lock);
    struct key_ring *old = keys->ring;
    keys->ring = ring;
    atomic_fetch_add(&keys->generation, 1); /* before anybody sees the new ring */
    (void)pthread_mutex_unlock(&keys->lock);
    ring_log(ring, "keys.reloaded");
    key_ring_unref(&old);
    return true;
}

bool token_keys_look(struct token_keys *keys) {
    if (!is_of_files(keys))
        return false;
    uint64_t now = key_dir_fingerprint(keys->config->key_dir);
    if (now == keys->seen)
        return false;
    if (now != 0)
        return token_keys_reload(keys);
    keys->seen = 0;
    log_event(LOG_WARN, "keys.watch_failed",
              LOG_TEXT("reason", "KEY_DIR cannot be read any more, or is empty: keys that go are not noticed"),
              LOG_TEXT("serving", "the keys from before"));
    return false;
}

unsigned token_keys_generation(const struct token_keys *keys) {
    return atomic_load(&keys->generation);
}

static struct key_ring *ring_current(struct token_keys *keys) {
    (void)pthread_mutex_lock(&keys->lock);
    struct key_ring *ring = key_ring_ref(keys->ring);
    (void)pthread_mutex_unlock(&keys->lock);
    return ring;
}

/* --- verifying --- */

static const enum metric refusals[JWT_VERDICTS_N] = {
    [JWT_MALFORMED] = METRIC_TOKENS_MALFORMED,
    [JWT_UNKNOWN_KEY] = METRIC_TOKENS_UNKNOWN_KEY,
    [JWT_WRONG_ALGORITHM] = METRIC_TOKENS_WRONG_ALGORITHM,
    [JWT_BAD_SIGNATURE] = METRIC_TOKENS_BAD_SIGNATURE,
    [JWT_WRONG_ISSUER] = METRIC_TOKENS_WRONG_ISSUER,
    [JWT_WRONG_AUDIENCE] = METRIC_TOKENS_WRONG_AUDIENCE,
    [JWT_NOT_YET_VALID] = METRIC_TOKENS_NOT_YET_VALID,
    [JWT_EXPIRED] = METRIC_TOKENS_EXPIRED,
    [JWT_KEYS_AWAY] = METRIC_TOKENS_KEYS_AWAY,
    [JWT_NO_MEMORY] = METRIC_TOKENS_NO_MEMORY,
};

/* By the provider's keys. */
static enum jwt_verdict verify_outside(struct token_keys *keys, const struct jwt *jwt, int64_t now_s,
                                       struct jwt_claims *ret_claims) {
    const struct jwt_expectation expectation = {
        .issuer = keys->config->issuer, .audience = keys->config->audience, .now_s = now_s};
    if (!keys->source)
        return JWT_UNKNOWN_KEY;
    struct key_set *set = key_set_source_current(keys->source);
    if (!set)
        return JWT_KEYS_AWAY;
    const struct jwt_key *key = key_set_find(set, jwt->kid);
    enum jwt_verdict verdict;
    if (key)
        verdict = jwt_verify(jwt, key, &expectation, ret_claims);
    else
        verdict = key_set_source_want(keys->source) ? JWT_KEYS_AWAY : JWT_UNKNOWN_KEY;
    key_set_unref(&set);
    return verdict;
}

static enum jwt_verdict verify(struct token_keys *keys, const char *text, size_t len, struct jwt_claims *ret_claims,
                               bool *ret_is_outside) {
    struct jwt jwt;
    int64_t now_s = clock_wall_ms(keys->clock) / 1000;
    enum jwt_verdict verdict = jwt_read(text, len, &jwt);
    if (verdict != JWT_OK)
        return verdict;
    struct key_ring *ring = ring_current(keys);
    const struct jwt_key *own = key_ring_find(ring, jwt.kid);
    if (own) {
        const struct jwt_expectation expectation = {
            .issuer = keys->config->jwt_issuer, .audience = keys->config->jwt_audience, .now_s = now_s};
        verdict = jwt_verify(&jwt, own, &expectation, ret_claims);
    }
    bool is_outside = own == NULL;
    key_ring_unref(&ring);
    if (is_outside)
        verdict = verify_outside(keys, &jwt, now_s, ret_claims);
    if (verdict == JWT_OK) {
        *ret_is_outside = is_outside;
        memcpy(ret_claims->kid, jwt.kid, sizeof ret_claims->kid);
    }
    return verdict;
}

enum jwt_verdict token_keys_verify(struct token_keys *keys, const char *text, size_t len, struct jwt_claims *ret_claims,
                                   bool *ret_is_outside) {
    enum jwt_verdict verdict = verify(keys, text, len, ret_claims, ret_is_outside);
    if (verdict != JWT_OK)
        metrics_increment(refusals[verdict]);
    return verdict;
}

bool token_keys_knows(struct token_keys *keys, const char *kid) {
    struct key_ring *ring = ring_current(keys);
    bool is_known = key_ring_find(ring, kid) != NULL;
    key_ring_unref(&ring);
    struct key_set *set = !is_known && keys->source ? key_set_source_current(keys->source) : NULL;
    is_known = is_known || (set && key_set_find(set, kid));
    key_set_unref(&set);
    return is_known;
}

/* --- issuing --- */

enum status token_keys_issue(struct token_keys *keys, const struct uuid *user_id, const struct uuid *session_id,
                             struct strbuf *out, int64_t *ret_expires_ms) {
    struct jwt_claims claims = {.issued_s = clock_wall_ms(keys->clock) / 1000};
    struct uuid token_id;
    enum status status = uuid_random(&token_id);
    if (status != STATUS_OK)
        return status;
    (void)snprintf(claims.issuer, sizeof claims.issuer, "%s", keys->config->jwt_issuer);
    uuid_write(claims.subject, user_id);
    uuid_write(claims.session, session_id);
    uuid_write(claims.token_id, &token_id);
    claims.not_before_s = claims.issued_s;
    claims.expires_s = claims.issued_s + keys->config->access_token_s;
    struct key_ring *ring = ring_current(keys);
    status = jwt_sign(key_ring_signer(ring), &claims, keys->config->jwt_audience, out);
    key_ring_unref(&ring);
    if (status == STATUS_OK)
        *ret_expires_ms = claims.expires_s * 1000;
    return status;
}

enum status token_keys_write_jwks(struct token_keys *keys, struct strbuf *out) {
    struct key_ring *ring = ring_current(keys);
    enum status status = key_ring_write_jwks(ring, out);
    key_ring_unref(&ring);
    return status;
}
