/* SHA-256 by libcrypto. Refuses nothing. Thread: any. */
#include "base/sha256.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <string.h>

static bool digest_make(EVP_MD_CTX *context, const struct sha256_piece *pieces, size_t n,
                        unsigned char digest[EVP_MAX_MD_SIZE]) {
    bool is_ok = EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;
    for (size_t i = 0; i < n && is_ok; i++)
        is_ok = pieces[i].len == 0 || EVP_DigestUpdate(context, pieces[i].bytes, pieces[i].len) == 1;
    return is_ok && EVP_DigestFinal_ex(context, digest, NULL) == 1;
}

static enum status digest_of(const struct sha256_piece *pieces, size_t n, unsigned char digest[EVP_MAX_MD_SIZE]) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!context)
        return STATUS_NO_MEMORY;
    bool is_ok = digest_make(context, pieces, n, digest);
    EVP_MD_CTX_free(context);
    return is_ok ? STATUS_OK : STATUS_INTERNAL;
}

enum status sha256_digest(const void *bytes, size_t len, uint8_t ret_digest[SHA256_LEN]) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    enum status status = digest_of(&(struct sha256_piece){bytes, len}, 1, digest);
    if (status == STATUS_OK)
        memcpy(ret_digest, digest, SHA256_LEN);
    return status;
}

enum status sha256_write(const struct sha256_piece *pieces, size_t n, char ret_text[SHA256_TEXT_LEN + 1]) {
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[EVP_MAX_MD_SIZE];
    enum status status = digest_of(pieces, n, digest);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < SHA256_TEXT_LEN; i++)
        ret_text[i] = digits[(i % 2 ? digest[i / 2] : digest[i / 2] >> 4) % 16];
    ret_text[SHA256_TEXT_LEN] = '\0';
    return STATUS_OK;
}
