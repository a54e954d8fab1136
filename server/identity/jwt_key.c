/* Keys by OpenSSL's EVP interface (3.0 and newer), the secret of HS256 by
 * libsodium. It owns the key material and wipes the secret. Refuses curves other
 * than P-256 and P-384 (the latter only as public numbers), RSA under 2048 or
 * above 4096 bits, RSA keys that are bound to PSS, PEM with a passphrase.
 * Making keys is in jwt_key_make.c. Thread: any. */
#include "identity/jwt_key.h"

#include "identity/base64url.h"
#include "identity/jwt_key_internal.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static const char *const algorithm_texts[JWT_ALGORITHMS_N] = {
    [JWT_ES256] = "ES256", [JWT_ES384] = "ES384", [JWT_RS256] = "RS256", [JWT_HS256] = "HS256"};

const char *jwt_algorithm_text(enum jwt_algorithm algorithm) {
    return algorithm_texts[algorithm];
}

enum status jwt_algorithm_parse(const char *text, size_t len, enum jwt_algorithm *ret_algorithm) {
    for (int i = 0; i < JWT_ALGORITHMS_N; i++) {
        if (len == strlen(algorithm_texts[i]) && memcmp(text, algorithm_texts[i], len) == 0) {
            *ret_algorithm = (enum jwt_algorithm)i;
            return STATUS_OK;
        }
    }
    return STATUS_NOT_FOUND;
}

struct jwt_key *jwt_key_ref(struct jwt_key *key) {
    atomic_fetch_add_explicit(&key->references_n, 1, memory_order_relaxed);
    return key;
}

void jwt_key_unref(struct jwt_key **key) {
    struct jwt_key *old = *key;
    *key = NULL;
    if (!old || atomic_fetch_sub_explicit(&old->references_n, 1, memory_order_acq_rel) != 1)
        return;
    EVP_PKEY_free(old->pkey);
    if (old->secret)
        sodium_memzero(old->secret, old->secret_len);
    free(old->secret);
    free(old);
}

enum jwt_algorithm jwt_key_algorithm(const struct jwt_key *key) {
    return key->algorithm;
}

const char *jwt_key_kid(const struct jwt_key *key) {
    return key->kid;
}

bool jwt_key_can_sign(const struct jwt_key *key) {
    return key->can_sign;
}

unsigned jwt_key_bits(const struct jwt_key *key) {
    return key->pkey ? (unsigned)EVP_PKEY_get_bits(key->pkey) : (unsigned)(key->secret_len * 8);
}

/* r and s have this many bytes each; 0: the signature is not of two numbers. */
static size_t coordinate_len(enum jwt_algorithm algorithm) {
    return algorithm == JWT_ES256 ? 32 : algorithm == JWT_ES384 ? 48 : 0;
}

static const char *digest_name(enum jwt_algorithm algorithm) {
    return algorithm == JWT_ES384 ? "SHA384" : "SHA256";
}

/* --- writing --- */

enum status jwt_key_write_pem(const struct jwt_key *key, struct strbuf *out) {
    char *text = NULL;
    if (!key->pkey || !key->can_sign)
        return STATUS_INVALID;
    BIO *bio = BIO_new(BIO_s_secmem());
    if (!bio)
        return STATUS_NO_MEMORY;
    bool is_written = PEM_write_bio_PKCS8PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL, NULL) == 1;
    long len = is_written ? BIO_get_mem_data(bio, &text) : 0;
    if (len > 0)
        strbuf_append(out, text, (size_t)len);
    BIO_free(bio);
    ERR_clear_error();
    return len > 0 ? strbuf_status(out) : STATUS_INTERNAL;
}

/* "name":"base64url of the number", in pad bytes, or in as few as it takes (0). */
static enum status number_write(const struct jwt_key *key, const char *parameter, const char *name, size_t pad,
                                struct strbuf *out) {
    BIGNUM *number = NULL;
    uint8_t bytes[JWT_SIGNATURE_MAX];
    if (EVP_PKEY_get_bn_param(key->pkey, parameter, &number) != 1)
        return STATUS_INTERNAL;
    int len = BN_num_bytes(number);
    if (pad > 0)
        len = BN_bn2binpad(number, bytes, (int)pad);
    else
        len = len <= (int)sizeof bytes ? BN_bn2bin(number, bytes) : -1;
    BN_free(number);
    if (len <= 0)
        return STATUS_INTERNAL;
    strbuf_printf(out, "\"%s\":\"", name);
    base64url_append(out, bytes, (size_t)len);
    strbuf_append_char(out, '"');
    return strbuf_status(out);
}

/* The members of RFC 7638, in its order, between braces. */
static enum status required_members_write(const struct jwt_key *key, struct strbuf *out) {
    enum status status;
    if (key->algorithm == JWT_RS256) {
        status = number_write(key, OSSL_PKEY_PARAM_RSA_E, "e", 0, out);
        STRBUF_LITERAL(out, ",\"kty\":\"RSA\",");
        return status == STATUS_OK ? number_write(key, OSSL_PKEY_PARAM_RSA_N, "n", 0, out) : status;
    }
    size_t pad = coordinate_len(key->algorithm);
    strbuf_printf(out, "\"crv\":\"%s\",\"kty\":\"EC\",", key->algorithm == JWT_ES384 ? "P-384" : "P-256");
    status = number_write(key, OSSL_PKEY_PARAM_EC_PUB_X, "x", pad, out);
    strbuf_append_char(out, ',');
    return status == STATUS_OK ? number_write(key, OSSL_PKEY_PARAM_EC_PUB_Y, "y", pad, out) : status;
}

enum status jwt_key_write_jwk(const struct jwt_key *key, struct strbuf *out) {
    if (!key->pkey)
        return STATUS_INVALID;
    strbuf_printf(out, "{\"use\":\"sig\",\"alg\":\"%s\",\"kid\":", jwt_algorithm_text(key->algorithm));
    strbuf_append_json_string(out, key->kid, strlen(key->kid));
    strbuf_append_char(out, ',');
    enum status status = required_members_write(key, out);
    strbuf_append_char(out, '}');
    return status == STATUS_OK ? strbuf_status(out) : status;
}

enum status jwt_key_name(struct jwt_key *key) {
    struct strbuf text, kid;
    uint8_t hash[crypto_hash_sha256_BYTES];
    strbuf_init(&text);
    strbuf_init(&kid);
    strbuf_append_char(&text, '{');
    enum status status = required_members_write(key, &text);
    strbuf_append_char(&text, '}');
    if (status == STATUS_OK)
        status = strbuf_status(&text);
    if (status == STATUS_OK) {
        crypto_hash_sha256(hash, (const unsigned char *)text.data, text.len);
        base64url_append(&kid, hash, sizeof hash);
        status = strbuf_status(&kid);
    }
    if (status == STATUS_OK)
        memcpy(key->kid, strbuf_text(&kid), kid.len + 1);
    strbuf_fini(&text);
    strbuf_fini(&kid);
    return status;
}

/* --- HS256 --- */

static void hmac(const struct jwt_key *key, const char *text, size_t len, uint8_t out[crypto_auth_hmacsha256_BYTES]) {
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key->secret, key->secret_len);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)text, len);
    crypto_auth_hmacsha256_final(&state, out);
    sodium_memzero(&state, sizeof state);
}

/* --- signatures --- */

/* ECDSA as OpenSSL has it (DER) from what JWS has, and back. */
static size_t der_from_raw(const uint8_t *raw, size_t half, uint8_t *der, size_t capacity) {
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, (int)half, NULL), *s = BN_bin2bn(raw + half, (int)half, NULL);
    int len = -1;
    if (pair && r && s && ECDSA_SIG_set0(pair, r, s) == 1) {
        r = s = NULL; /* the pair's */
        len = i2d_ECDSA_SIG(pair, NULL);
        len = len > 0 && (size_t)len <= capacity ? i2d_ECDSA_SIG(pair, &der) : -1;
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(pair);
    return len > 0 ? (size_t)len : 0;
}

static bool raw_from_der(const uint8_t *der, size_t der_len, size_t half, uint8_t *raw) {
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)der_len);
    bool is_done = pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, (int)half) == (int)half &&
                   BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + half, (int)half) == (int)half;
    ECDSA_SIG_free(pair);
    return is_done;
}

/* RSA is told its padding: what the key or the library would choose is not asked. */
static bool padding_set(const struct jwt_key *key, EVP_PKEY_CTX *parameters) {
    return key->algorithm != JWT_RS256 || EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PADDING) == 1;
}

static bool pkey_sign(const struct jwt_key *key, const char *text, size_t len, uint8_t *out, size_t *in_out_len) {
    EVP_PKEY_CTX *parameters = NULL; /* the context's */
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool is_signed =
        context &&
        EVP_DigestSignInit_ex(context, &parameters, digest_name(key->algorithm), NULL, NULL, key->pkey, NULL) == 1 &&
        padding_set(key, parameters) && EVP_DigestSign(context, out, in_out_len, (const unsigned char *)text, len) == 1;
    EVP_MD_CTX_free(context);
    return is_signed;
}

static bool pkey_verifies(const struct jwt_key *key, const char *text, size_t len, const uint8_t *signature,
                          size_t signature_len) {
    EVP_PKEY_CTX *parameters = NULL;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool is_good =
        context &&
        EVP_DigestVerifyInit_ex(context, &parameters, digest_name(key->algorithm), NULL, NULL, key->pkey, NULL) == 1 &&
        padding_set(key, parameters) &&
        EVP_DigestVerify(context, signature, signature_len, (const unsigned char *)text, len) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error(); /* a wrong signature leaves entries in the thread's queue */
    return is_good;
}

enum status jwt_key_sign(const struct jwt_key *key, const char *text, size_t len, uint8_t signature[JWT_SIGNATURE_MAX],
                         size_t *ret_len) {
    uint8_t made[JWT_SIGNATURE_MAX];
    size_t made_len = sizeof made, half = coordinate_len(key->algorithm);
    if (!key->can_sign)
        return STATUS_INVALID;
    if (key->algorithm == JWT_HS256) {
        hmac(key, text, len, signature);
        *ret_len = crypto_auth_hmacsha256_BYTES;
        return STATUS_OK;
    }
    if (!pkey_sign(key, text, len, made, &made_len)) {
        ERR_clear_error();
        return STATUS_INTERNAL;
    }
    if (half == 0) {
        memcpy(signature, made, made_len);
        *ret_len = made_len;
        return STATUS_OK;
    }
    if (!raw_from_der(made, made_len, half, signature))
        return STATUS_INTERNAL;
    *ret_len = 2 * half;
    return STATUS_OK;
}

bool jwt_key_verifies(const struct jwt_key *key, const char *text, size_t len, const uint8_t *signature,
                      size_t signature_len) {
    size_t half = coordinate_len(key->algorithm);
    if (key->algorithm == JWT_HS256) {
        uint8_t expected[crypto_auth_hmacsha256_BYTES];
        if (signature_len != sizeof expected)
            return false;
        hmac(key, text, len, expected);
        return sodium_memcmp(expected, signature, sizeof expected) == 0;
    }
    if (half == 0)
        return signature_len == (size_t)EVP_PKEY_get_size(key->pkey) &&
               pkey_verifies(key, text, len, signature, signature_len);
    if (signature_len != 2 * half || sodium_is_zero(signature, half) || sodium_is_zero(signature + half, half))
        return false;
    uint8_t der[2 * 48 + 16];
    size_t der_len = der_from_raw(signature, half, der, sizeof der);
    return der_len > 0 && pkey_verifies(key, text, len, der, der_len);
}
