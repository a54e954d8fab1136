/* Makes keys: a new one, from PEM, from a secret, from the numbers of a JWK.
 * What is not of an algorithm that is used here is refused before it becomes a
 * key. Thread: any. */
#include "identity/jwt_key_internal.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define RSA_BITS_MIN 2048
#define RSA_BITS_MAX 4096
#define RSA_EXPONENT_BYTES_MAX 8 /* what verifying costs grows with it */
#define COORDINATE_MAX 48

/* Takes the pkey, also when it fails. */
static enum status key_create(EVP_PKEY *pkey, enum jwt_algorithm algorithm, bool can_sign, struct jwt_key **ret_key) {
    struct jwt_key *key = calloc(1, sizeof *key);
    if (!key) {
        EVP_PKEY_free(pkey);
        return STATUS_NO_MEMORY;
    }
    atomic_init(&key->references_n, 1);
    key->algorithm = algorithm;
    key->can_sign = can_sign;
    key->pkey = pkey;
    *ret_key = key;
    return STATUS_OK;
}

/* Likewise, and the key is called by its thumbprint. */
static enum status named_key_create(EVP_PKEY *pkey, enum jwt_algorithm algorithm, bool can_sign,
                                    struct jwt_key **ret_key) {
    struct jwt_key *key;
    enum status status = sodium_init() < 0 ? STATUS_INTERNAL : STATUS_OK;
    if (status != STATUS_OK) {
        EVP_PKEY_free(pkey);
        return status;
    }
    status = key_create(pkey, algorithm, can_sign, &key);
    if (status == STATUS_OK && (status = jwt_key_name(key)) != STATUS_OK)
        jwt_key_unref(&key);
    if (status == STATUS_OK)
        *ret_key = key;
    ERR_clear_error();
    return status;
}

enum status jwt_key_generate(struct jwt_key **ret_key) {
    EVP_PKEY *pkey = EVP_EC_gen("P-256");
    if (!pkey) {
        ERR_clear_error();
        return STATUS_IO;
    }
    return named_key_create(pkey, JWT_ES256, true, ret_key);
}

enum status jwt_key_from_secret(const char *secret, size_t len, struct jwt_key **ret_key) {
    struct jwt_key *key;
    if (len < JWT_HS256_SECRET_MIN)
        return STATUS_OUT_OF_RANGE;
    if (sodium_init() < 0)
        return STATUS_INTERNAL;
    enum status status = key_create(NULL, JWT_HS256, true, &key);
    if (status != STATUS_OK)
        return status;
    key->secret = malloc(len);
    if (!key->secret) {
        jwt_key_unref(&key);
        return STATUS_NO_MEMORY;
    }
    memcpy(key->secret, secret, len);
    key->secret_len = len;
    memcpy(key->kid, JWT_HS256_KID, sizeof JWT_HS256_KID);
    *ret_key = key;
    return STATUS_OK;
}

/* --- PEM --- */

/* A server has nobody to ask. */
static int passphrase_refuse(char *buffer, int size, int is_writing, void *context) {
    (void)buffer, (void)size, (void)is_writing, (void)context;
    return -1;
}

static EVP_PKEY *pem_read(const char *text, size_t len, bool is_private) {
    BIO *bio = BIO_new_mem_buf(text, (int)len);
    if (!bio)
        return NULL;
    EVP_PKEY *pkey = is_private ? PEM_read_bio_PrivateKey(bio, NULL, passphrase_refuse, NULL)
                                : PEM_read_bio_PUBKEY(bio, NULL, passphrase_refuse, NULL);
    BIO_free(bio);
    return pkey;
}

/* Whether the two halves of a key belong together, and the public one is good. */
static bool pkey_is_sound(EVP_PKEY *pkey, bool is_private) {
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    bool is_sound =
        context && EVP_PKEY_public_check(context) == 1 && (!is_private || EVP_PKEY_pairwise_check(context) == 1);
    EVP_PKEY_CTX_free(context);
    return is_sound;
}

static enum status pkey_algorithm(const EVP_PKEY *pkey, enum jwt_algorithm *ret_algorithm) {
    char group[64];
    size_t len;
    int bits = EVP_PKEY_get_bits(pkey);
    if (EVP_PKEY_is_a(pkey, "RSA")) {
        *ret_algorithm = JWT_RS256;
        return bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX ? STATUS_OK : STATUS_OUT_OF_RANGE;
    }
    if (!EVP_PKEY_is_a(pkey, "EC") || EVP_PKEY_get_group_name(pkey, group, sizeof group, &len) != 1 ||
        strcmp(group, "prime256v1") != 0)
        return STATUS_OUT_OF_RANGE;
    *ret_algorithm = JWT_ES256;
    return STATUS_OK;
}

enum status jwt_key_from_pem(const char *text, size_t len, struct jwt_key **ret_key) {
    enum jwt_algorithm algorithm;
    if (len > JWT_KEY_FILE_MAX)
        return STATUS_INVALID;
    EVP_PKEY *pkey = pem_read(text, len, true);
    bool is_private = pkey != NULL;
    if (!pkey)
        pkey = pem_read(text, len, false);
    enum status status = pkey ? pkey_algorithm(pkey, &algorithm) : STATUS_INVALID;
    if (status == STATUS_OK && !pkey_is_sound(pkey, is_private))
        status = STATUS_INVALID;
    ERR_clear_error();
    if (status != STATUS_OK) {
        EVP_PKEY_free(pkey);
        return status;
    }
    return named_key_create(pkey, algorithm, is_private, ret_key);
}

/* --- the numbers of a JWK --- */

/* A public key of those parameters; NULL: it is none. */
static EVP_PKEY *public_from_parameters(const char *type, OSSL_PARAM_BLD *builder) {
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *pkey = NULL;
    if (!parameters || !context || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        pkey = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    if (pkey && !pkey_is_sound(pkey, false)) {
        EVP_PKEY_free(pkey);
        pkey = NULL;
    }
    ERR_clear_error();
    return pkey;
}

/* Takes the pkey (NULL: STATUS_INVALID). */
static enum status public_key_create(EVP_PKEY *pkey, enum jwt_algorithm algorithm, const char *kid,
                                     struct jwt_key **ret_key) {
    struct jwt_key *key;
    size_t kid_len = strlen(kid);
    if (!pkey || kid_len > JWT_KID_MAX) {
        EVP_PKEY_free(pkey);
        return STATUS_INVALID;
    }
    enum status status = key_create(pkey, algorithm, false, &key);
    if (status != STATUS_OK)
        return status;
    memcpy(key->kid, kid, kid_len + 1);
    *ret_key = key;
    return STATUS_OK;
}

enum status jwt_key_from_point(enum jwt_algorithm algorithm, const char *kid, const uint8_t *x, const uint8_t *y,
                               size_t coordinate_len, struct jwt_key **ret_key) {
    uint8_t point[1 + 2 * COORDINATE_MAX] = {POINT_CONVERSION_UNCOMPRESSED};
    size_t expected_len = algorithm == JWT_ES256 ? 32 : algorithm == JWT_ES384 ? COORDINATE_MAX : 0;
    if (expected_len == 0 || coordinate_len != expected_len)
        return STATUS_OUT_OF_RANGE;
    memcpy(point + 1, x, coordinate_len);
    memcpy(point + 1 + coordinate_len, y, coordinate_len);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY *pkey = NULL;
    if (builder &&
        OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, algorithm == JWT_ES256 ? "P-256" : "P-384",
                                        0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * coordinate_len) == 1)
        pkey = public_from_parameters("EC", builder);
    OSSL_PARAM_BLD_free(builder);
    return public_key_create(pkey, algorithm, kid, ret_key);
}

enum status jwt_key_from_modulus(const char *kid, const uint8_t *n, size_t n_len, const uint8_t *e, size_t e_len,
                                 struct jwt_key **ret_key) {
    if (n_len > RSA_BITS_MAX / 8 || e_len > RSA_EXPONENT_BYTES_MAX)
        return STATUS_OUT_OF_RANGE;
    BIGNUM *modulus = BN_bin2bn(n, (int)n_len, NULL), *exponent = BN_bin2bn(e, (int)e_len, NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY *pkey = NULL;
    enum status status = STATUS_INVALID;
    if (modulus && exponent && builder && BN_num_bits(modulus) < RSA_BITS_MIN)
        status = STATUS_OUT_OF_RANGE;
    else if (modulus && exponent && builder && BN_is_odd(modulus) && BN_is_odd(exponent) && !BN_is_one(exponent) &&
             OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
             OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent) == 1)
        pkey = public_from_parameters("RSA", builder);
    OSSL_PARAM_BLD_free(builder);
    BN_free(modulus);
    BN_free(exponent);
    return pkey ? public_key_create(pkey, JWT_RS256, kid, ret_key) : status;
}
