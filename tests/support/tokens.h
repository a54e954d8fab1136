/* For tests of tokens: keys, and tokens of any header and payload, signed or not. */
#ifndef PF_TESTS_TOKENS_H
#define PF_TESTS_TOKENS_H

#include "identity/base64url.h"
#include "identity/jwt.h"
#include "unit/test.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>

#define TOKEN_NOW_S 1800000000
#define TOKEN_PAYLOAD                                                                                                  \
    "{\"iss\":\"portfoliod\",\"aud\":\"portfolio\",\"sub\":\"u1\",\"sid\":\"s1\",\"iat\":1800000000,"                  \
    "\"nbf\":1800000000,\"exp\":1800000900,\"jti\":\"t1\"}"

static const struct jwt_expectation token_expectation
    __attribute__((unused)) = {.issuer = "portfoliod", .audience = "portfolio", .now_s = TOKEN_NOW_S};

/* PEM of a fresh key of OpenSSL: "EC" with a curve, or "RSA" (or "RSA-PSS") with so many bits. */
__attribute__((unused)) static char *token_pem(const char *type, const char *curve, size_t bits, bool is_private) {
    EVP_PKEY *pkey = curve ? EVP_EC_gen(curve) : EVP_PKEY_Q_keygen(NULL, NULL, type, bits);
    assert_non_null(pkey);
    BIO *bio = BIO_new(BIO_s_mem());
    char *data;
    if (is_private)
        assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL), 1);
    else
        assert_int_equal(PEM_write_bio_PUBKEY(bio, pkey), 1);
    long len = BIO_get_mem_data(bio, &data);
    char *text = strndup(data, (size_t)len);
    BIO_free(bio);
    EVP_PKEY_free(pkey);
    return text;
}

__attribute__((unused)) static struct jwt_key *token_rsa_key(size_t bits) {
    struct jwt_key *key;
    char *pem = token_pem("RSA", NULL, bits, true);
    assert_int_equal(jwt_key_from_pem(pem, strlen(pem), &key), STATUS_OK);
    free(pem);
    return key;
}

/* {"alg":…,"kid":…} of the key, with more members (",…") behind. */
__attribute__((unused)) static void token_header(const struct jwt_key *key, const char *more, char out[1024]) {
    (void)snprintf(out, 1024, "{\"alg\":\"%s\",\"kid\":\"%s\"%s}", jwt_algorithm_text(jwt_key_algorithm(key)),
                   jwt_key_kid(key), more);
}

/* header.payload.signature by the key (NULL: an empty signature); free it. */
__attribute__((unused)) static char *token_make(const char *header, const char *payload, const struct jwt_key *key) {
    struct strbuf out;
    uint8_t signature[JWT_SIGNATURE_MAX];
    size_t len = 0;
    strbuf_init(&out);
    base64url_append(&out, header, strlen(header));
    strbuf_append_char(&out, '.');
    base64url_append(&out, payload, strlen(payload));
    if (key)
        assert_int_equal(jwt_key_sign(key, out.data, out.len, signature, &len), STATUS_OK);
    strbuf_append_char(&out, '.');
    base64url_append(&out, signature, len);
    char *text = strdup(strbuf_text(&out));
    strbuf_fini(&out);
    return text;
}

/* A good header, and the payload. */
__attribute__((unused)) static char *token_of(const struct jwt_key *key, const char *payload) {
    char header[1024];
    token_header(key, "", header);
    return token_make(header, payload, key);
}

__attribute__((unused)) static enum jwt_verdict token_judge(const char *text, const struct jwt_key *key,
                                                            const struct jwt_expectation *expectation,
                                                            struct jwt_claims *ret_claims) {
    struct jwt jwt;
    enum jwt_verdict verdict = jwt_read(text, strlen(text), &jwt);
    return verdict == JWT_OK ? jwt_verify(&jwt, key, expectation, ret_claims) : verdict;
}

#endif
