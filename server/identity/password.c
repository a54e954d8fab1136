/* Argon2id by libsodium. Refuses nothing: what may be a password is password_rules.c's.
 * Thread: any. */
#include "identity/password.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

static size_t memory_bytes(const struct password_cost *cost) {
    return cost->memory_kib * 1024;
}

enum status password_hash(const char *text, size_t len, const struct password_cost *cost, char out[PASSWORD_HASH_MAX]) {
    char made[crypto_pwhash_STRBYTES];
    _Static_assert(sizeof made <= PASSWORD_HASH_MAX, "a hash fits");
    if (sodium_init() < 0)
        return STATUS_IO;
    if (crypto_pwhash_str_alg(made, text, len, cost->ops, memory_bytes(cost), crypto_pwhash_ALG_ARGON2ID13) != 0)
        return STATUS_NO_MEMORY;
    memcpy(out, made, sizeof made);
    return STATUS_OK;
}

/* The same work as comparing, with a salt that nobody has. */
static enum status nobody_verify(const char *text, size_t len, const struct password_cost *cost) {
    unsigned char salt[crypto_pwhash_SALTBYTES], key[32];
    randombytes_buf(salt, sizeof salt);
    int result =
        crypto_pwhash(key, sizeof key, text, len, salt, cost->ops, memory_bytes(cost), crypto_pwhash_ALG_ARGON2ID13);
    sodium_memzero(key, sizeof key);
    return result == 0 ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status password_verify(const char *hash, const char *text, size_t len, const struct password_cost *cost,
                            bool *ret_is_right) {
    if (sodium_init() < 0)
        return STATUS_IO;
    if (!*hash) {
        enum status status = nobody_verify(text, len, cost);
        if (status == STATUS_OK)
            *ret_is_right = false;
        return status;
    }
    errno = 0;
    bool is_right = crypto_pwhash_str_verify(hash, text, len) == 0;
    if (!is_right && errno == ENOMEM)
        return STATUS_NO_MEMORY;
    *ret_is_right = is_right;
    return STATUS_OK;
}

bool password_is_outdated(const char *hash, const struct password_cost *cost) {
    return crypto_pwhash_str_needs_rehash(hash, cost->ops, memory_bytes(cost)) != 0;
}
