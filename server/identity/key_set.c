/* Reads JWK Sets. It owns the keys that it made. Thread: any; pure; fuzzed. */
#include "identity/key_set.h"

#include "identity/base64url.h"
#include "protocol/json_exact.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define COORDINATE_MAX 48
#define NUMBER_MAX (JWT_SIGNATURE_MAX + 1) /* some write a zero in front */

struct key_set {
    atomic_uint references_n;
    size_t n, ignored_n;
    struct jwt_key *keys[KEY_SET_KEYS_MAX];
};

struct key_set *key_set_ref(struct key_set *set) {
    atomic_fetch_add_explicit(&set->references_n, 1, memory_order_relaxed);
    return set;
}

void key_set_unref(struct key_set **set) {
    struct key_set *old = *set;
    *set = NULL;
    if (!old || atomic_fetch_sub_explicit(&old->references_n, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < old->n; i++)
        jwt_key_unref(&old->keys[i]);
    free(old);
}

/* NULL: not there, or no string. */
static const char *text_member(const json_t *object, const char *name, size_t *ret_len) {
    const json_t *value = json_object_get(object, name);
    return value ? json_exact_string(value, ret_len) : NULL;
}

static bool member_is(const json_t *object, const char *name, const char *expected) {
    size_t len;
    const char *text = text_member(object, name, &len);
    return text && len == strlen(expected) && memcmp(text, expected, len) == 0;
}

/* A member that is not there says nothing against it. */
static bool member_allows(const json_t *object, const char *name, const char *expected) {
    return !json_object_get(object, name) || member_is(object, name, expected);
}

static bool operations_allow(const json_t *jwk) {
    const json_t *operations = json_object_get(jwk, "key_ops");
    if (!operations)
        return true;
    for (size_t i = 0; i < json_array_size(operations); i++) {
        size_t len;
        const char *text = json_exact_string(json_array_get(operations, i), &len);
        if (text && strcmp(text, "verify") == 0)
            return true;
    }
    return false;
}

static bool number_member(const json_t *jwk, const char *name, uint8_t *out, size_t capacity, size_t *ret_len) {
    size_t len;
    const char *text = text_member(jwk, name, &len);
    return text && base64url_decode(text, len, out, capacity, ret_len) == STATUS_OK;
}

static enum status point_read(const json_t *jwk, const char *kid, struct jwt_key **ret_key) {
    uint8_t x[COORDINATE_MAX], y[COORDINATE_MAX];
    size_t x_len, y_len;
    bool is_384 = member_is(jwk, "crv", "P-384");
    enum jwt_algorithm algorithm = is_384 ? JWT_ES384 : JWT_ES256;
    if ((!is_384 && !member_is(jwk, "crv", "P-256")) || !member_allows(jwk, "alg", jwt_algorithm_text(algorithm)))
        return STATUS_NOT_FOUND;
    if (!number_member(jwk, "x", x, sizeof x, &x_len) || !number_member(jwk, "y", y, sizeof y, &y_len) ||
        x_len != y_len)
        return STATUS_INVALID;
    return jwt_key_from_point(algorithm, kid, x, y, x_len, ret_key);
}

static enum status modulus_read(const json_t *jwk, const char *kid, struct jwt_key **ret_key) {
    uint8_t n[NUMBER_MAX], e[NUMBER_MAX];
    size_t n_len, e_len;
    if (!member_allows(jwk, "alg", jwt_algorithm_text(JWT_RS256)))
        return STATUS_NOT_FOUND;
    if (!number_member(jwk, "n", n, sizeof n, &n_len) || !number_member(jwk, "e", e, sizeof e, &e_len))
        return STATUS_INVALID;
    size_t skip = n_len > 0 && n[0] == 0 ? 1 : 0;
    return jwt_key_from_modulus(kid, n + skip, n_len - skip, e, e_len, ret_key);
}

static enum status jwk_read(const json_t *jwk, struct jwt_key **ret_key) {
    size_t kid_len;
    const char *kid = text_member(jwk, "kid", &kid_len);
    if (!kid || kid_len == 0 || kid_len > JWT_KID_MAX || !member_allows(jwk, "use", "sig") || !operations_allow(jwk))
        return STATUS_NOT_FOUND;
    if (member_is(jwk, "kty", "EC"))
        return point_read(jwk, kid, ret_key);
    return member_is(jwk, "kty", "RSA") ? modulus_read(jwk, kid, ret_key) : STATUS_NOT_FOUND;
}

static enum status keys_read(struct key_set *set, const json_t *keys) {
    for (size_t i = 0; i < json_array_size(keys); i++) {
        struct jwt_key *key = NULL;
        enum status status = jwk_read(json_array_get(keys, i), &key);
        if (status == STATUS_NO_MEMORY)
            return status;
        if (status == STATUS_OK && !key_set_find(set, jwt_key_kid(key))) {
            set->keys[set->n++] = key;
            continue;
        }
        jwt_key_unref(&key);
        set->ignored_n++;
    }
    return STATUS_OK;
}

enum status key_set_parse(const char *text, size_t len, struct key_set **ret_set) {
    json_t *root;
    char error[128];
    if (len > KEY_SET_BYTES_MAX)
        return STATUS_LIMIT;
    enum status status = json_exact_parse(text, len, &root, error, sizeof error);
    if (status != STATUS_OK)
        return status;
    const json_t *keys = json_object_get(root, "keys");
    struct key_set *set = NULL;
    if (!json_is_array(keys))
        status = STATUS_INVALID;
    else if (json_array_size(keys) > KEY_SET_KEYS_MAX)
        status = STATUS_LIMIT;
    else if (!(set = calloc(1, sizeof *set)))
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK) {
        atomic_init(&set->references_n, 1);
        status = keys_read(set, keys);
        if (status == STATUS_OK)
            *ret_set = set;
        else
            key_set_unref(&set);
    }
    json_decref(root);
    return status;
}

const struct jwt_key *key_set_find(const struct key_set *set, const char *kid) {
    for (size_t i = 0; i < set->n; i++) {
        if (strcmp(jwt_key_kid(set->keys[i]), kid) == 0)
            return set->keys[i];
    }
    return NULL;
}

size_t key_set_size(const struct key_set *set) {
    return set->n;
}

size_t key_set_ignored_n(const struct key_set *set) {
    return set->ignored_n;
}
