/* Secrets by libsodium. Owns nothing. Thread: any. */
#include "identity/secret.h"

#include <sodium.h>
#include <string.h>

#define SECRET_BYTES 32

static const char prefixes[][SECRET_PREFIX_LEN + 1] = {
    [SECRET_REFRESH_TOKEN] = "pfr_", [SECRET_API_KEY] = "pfk_", [SECRET_TICKET] = "pft_"};

static void hash(const char *text, uint8_t out[SECRET_HASH_LEN]) {
    crypto_hash_sha256(out, (const unsigned char *)text, SECRET_TEXT_LEN);
}

enum status secret_create(enum secret_kind kind, char out[SECRET_TEXT_LEN + 1], uint8_t ret_hash[SECRET_HASH_LEN]) {
    unsigned char bytes[SECRET_BYTES];
    if (sodium_init() < 0)
        return STATUS_IO;
    randombytes_buf(bytes, sizeof bytes);
    memcpy(out, prefixes[kind], SECRET_PREFIX_LEN);
    sodium_bin2base64(out + SECRET_PREFIX_LEN, SECRET_TEXT_LEN + 1 - SECRET_PREFIX_LEN, bytes, sizeof bytes,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
    hash(out, ret_hash);
    return STATUS_OK;
}

bool secret_is_of_kind(enum secret_kind kind, const char *text, size_t len) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    if (len != SECRET_TEXT_LEN || memcmp(text, prefixes[kind], SECRET_PREFIX_LEN) != 0)
        return false;
    for (size_t i = SECRET_PREFIX_LEN; i < len; i++) {
        if (text[i] == '\0' || !strchr(digits, text[i]))
            return false;
    }
    return true;
}

enum status secret_hash(enum secret_kind kind, const char *text, size_t len, uint8_t ret_hash[SECRET_HASH_LEN]) {
    if (!secret_is_of_kind(kind, text, len))
        return STATUS_INVALID;
    hash(text, ret_hash);
    return STATUS_OK;
}

bool secret_equal(const void *a, const void *b, size_t len) {
    return sodium_memcmp(a, b, len) == 0;
}
