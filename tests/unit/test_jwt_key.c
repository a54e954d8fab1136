/* Keys and signatures: the examples of RFC 7515 and 7638, and signatures that are
 * not what the key makes. links: pf_identity pf_protocol pf_base */
#include "identity/base64url.h"
#include "identity/jwt_key.h"
#include "identity/jwt_key_internal.h"
#include "support/tokens.h"

#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

static size_t bytes(const char *text, uint8_t *out, size_t size) {
    size_t len;
    assert_int_equal(base64url_decode(text, strlen(text), out, size, &len), STATUS_OK);
    return len;
}

/* RFC 7515, A.3. */
static void test_the_example_of_es256(void **state) {
    (void)state;
    static const char text[] = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
                               "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    uint8_t x[32], y[32], signature[64];
    struct jwt_key *key;
    assert_int_equal(bytes("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", x, sizeof x), 32);
    assert_int_equal(bytes("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0", y, sizeof y), 32);
    assert_int_equal(bytes("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
                           signature, sizeof signature),
                     64);
    assert_int_equal(jwt_key_from_point(JWT_ES256, "k", x, y, 32, &key), STATUS_OK);
    assert_true(jwt_key_verifies(key, text, strlen(text), signature, 64));
    assert_false(jwt_key_verifies(key, text, strlen(text) - 1, signature, 64));
    signature[63] ^= 1;
    assert_false(jwt_key_verifies(key, text, strlen(text), signature, 64));
    jwt_key_unref(&key);
    y[31] ^= 1; /* beside the curve */
    assert_int_equal(jwt_key_from_point(JWT_ES256, "k", x, y, 32, &key), STATUS_INVALID);
    memset(x, 0, sizeof x);
    memset(y, 0, sizeof y);
    assert_int_equal(jwt_key_from_point(JWT_ES256, "k", x, y, 32, &key), STATUS_INVALID);
    assert_int_equal(jwt_key_from_point(JWT_ES256, "k", x, y, 31, &key), STATUS_OUT_OF_RANGE);
    assert_int_equal(jwt_key_from_point(JWT_ES384, "k", x, y, 32, &key), STATUS_OUT_OF_RANGE);
    assert_int_equal(jwt_key_from_point(JWT_RS256, "k", x, y, 32, &key), STATUS_OUT_OF_RANGE);
}

/* RFC 7638, 3.1. */
static void test_the_example_of_a_thumbprint(void **state) {
    (void)state;
    static const char modulus[] = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tS"
                                  "oc_BJECPebWKRXjBZCiFV4n3okn"
                                  "jhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_"
                                  "FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6q"
                                  "MQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_"
                                  "xBniIqbw0Ls1jF44-csFCur-kEgU8awap"
                                  "JzKnqDKgw";
    uint8_t n[256], e[3];
    struct jwt_key *key;
    size_t n_len = bytes(modulus, n, sizeof n), e_len = bytes("AQAB", e, sizeof e);
    assert_int_equal(jwt_key_from_modulus("2011-04-29", n, n_len, e, e_len, &key), STATUS_OK);
    assert_string_equal(jwt_key_kid(key), "2011-04-29");
    assert_int_equal(jwt_key_bits(key), 2048);
    assert_int_equal(jwt_key_name(key), STATUS_OK);
    assert_string_equal(jwt_key_kid(key), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    jwt_key_unref(&key);
    e[2] = 0; /* even */
    assert_int_equal(jwt_key_from_modulus("k", n, n_len, e, e_len, &key), STATUS_INVALID);
    e[0] = 1;
    assert_int_equal(jwt_key_from_modulus("k", n, n_len, e, 1, &key), STATUS_INVALID);
    assert_int_equal(jwt_key_from_modulus("k", n, n_len, e, 0, &key), STATUS_INVALID);
    assert_int_equal(jwt_key_from_modulus("k", n, n_len - 1, e, 1, &key), STATUS_OUT_OF_RANGE);
    assert_int_equal(jwt_key_from_modulus("k", n, 0, e, 1, &key), STATUS_OUT_OF_RANGE);
}

/* RFC 7515, A.1. */
static void test_the_example_of_hs256(void **state) {
    (void)state;
    static const char text[] = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsD"
                               "QogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    uint8_t secret[64], signature[32];
    struct jwt_key *key;
    assert_int_equal(bytes("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
                           secret, sizeof secret),
                     64);
    assert_int_equal(bytes("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", signature, sizeof signature), 32);
    assert_int_equal(jwt_key_from_secret((const char *)secret, 64, &key), STATUS_OK);
    assert_true(jwt_key_verifies(key, text, strlen(text), signature, 32));
    assert_false(jwt_key_verifies(key, text, strlen(text), signature, 31));
    assert_false(jwt_key_verifies(key, text, strlen(text), signature, 0));
    signature[0] ^= 1;
    assert_false(jwt_key_verifies(key, text, strlen(text), signature, 32));
    struct strbuf out;
    strbuf_init(&out);
    assert_int_equal(jwt_key_write_jwk(key, &out), STATUS_INVALID);
    assert_int_equal(jwt_key_write_pem(key, &out), STATUS_INVALID);
    assert_int_equal(out.len, 0);
    strbuf_fini(&out);
    jwt_key_unref(&key);
    assert_int_equal(jwt_key_from_secret("0123456789abcdef0123456789abcde", 31, &key), STATUS_OUT_OF_RANGE);
}

static void test_a_key_goes_through_pem(void **state) {
    (void)state;
    struct jwt_key *key, *again;
    struct strbuf pem;
    uint8_t signature[JWT_SIGNATURE_MAX];
    size_t len;
    strbuf_init(&pem);
    assert_int_equal(jwt_key_generate(&key), STATUS_OK);
    assert_int_equal(jwt_key_write_pem(key, &pem), STATUS_OK);
    assert_int_equal(jwt_key_from_pem(pem.data, pem.len, &again), STATUS_OK);
    assert_string_equal(jwt_key_kid(key), jwt_key_kid(again));
    assert_int_equal(strlen(jwt_key_kid(key)), JWT_THUMBPRINT_LEN);
    assert_int_equal(jwt_key_sign(key, "text", 4, signature, &len), STATUS_OK);
    assert_int_equal(len, 64);
    assert_true(jwt_key_verifies(again, "text", 4, signature, len));
    strbuf_fini(&pem);
    jwt_key_unref(&key);
    jwt_key_unref(&again);
}

static void test_kinds_and_sizes(void **state) {
    (void)state;
    static const struct {
        const char *name, *type, *curve;
        size_t bits;
        bool is_private;
        enum status expected;
    } rows[] = {
        {"P-256", "EC", "P-256", 0, true, STATUS_OK},
        {"P-256, public", "EC", "P-256", 0, false, STATUS_OK},
        {"P-384", "EC", "P-384", 0, true, STATUS_OUT_OF_RANGE},
        {"P-521", "EC", "P-521", 0, true, STATUS_OUT_OF_RANGE},
        {"secp256k1", "EC", "secp256k1", 0, true, STATUS_OUT_OF_RANGE},
        {"brainpool", "EC", "brainpoolP256r1", 0, true, STATUS_OUT_OF_RANGE},
        {"RSA 1024", "RSA", NULL, 1024, true, STATUS_OUT_OF_RANGE},
        {"RSA 2047", "RSA", NULL, 2047, true, STATUS_OUT_OF_RANGE},
        {"RSA 2048", "RSA", NULL, 2048, true, STATUS_OK},
        {"RSA 2048, public", "RSA", NULL, 2048, false, STATUS_OK},
        {"RSA 4608", "RSA", NULL, 4608, true, STATUS_OUT_OF_RANGE},
        {"ed25519", "ED25519", NULL, 0, true, STATUS_OUT_OF_RANGE},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct jwt_key *key = NULL;
        char *pem = token_pem(rows[i].type, rows[i].curve, rows[i].bits, rows[i].is_private);
        assert_row(jwt_key_from_pem(pem, strlen(pem), &key) == rows[i].expected, rows[i].name);
        assert_row(!key || jwt_key_can_sign(key) == rows[i].is_private, rows[i].name);
        jwt_key_unref(&key);
        free(pem);
    }
}

/* Nobody is there to be asked. */
static const char with_passphrase[] = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,"
                                      "00112233445566778899AABBCCDDEEFF\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";

static void test_what_is_no_pem_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",
        "\n",
        "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        with_passphrase,
    };
    struct jwt_key *key;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_row(jwt_key_from_pem(texts[i], strlen(texts[i]), &key) == STATUS_INVALID, texts[i]);
    char *pem = token_pem("EC", "P-256", 0, true);
    assert_int_equal(jwt_key_from_pem(pem, strlen(pem) / 2, &key), STATUS_INVALID);
    free(pem);
}

/* r and s as DER, of another length, as zeros. */
static void test_signatures_of_another_form(void **state) {
    (void)state;
    struct jwt_key *key;
    uint8_t raw[JWT_SIGNATURE_MAX], other[JWT_SIGNATURE_MAX] = {0}, *der = other;
    size_t len;
    assert_int_equal(jwt_key_generate(&key), STATUS_OK);
    assert_int_equal(jwt_key_sign(key, "text", 4, raw, &len), STATUS_OK);
    assert_true(jwt_key_verifies(key, "text", 4, raw, len));
    ECDSA_SIG *pair = ECDSA_SIG_new();
    assert_int_equal(ECDSA_SIG_set0(pair, BN_bin2bn(raw, 32, NULL), BN_bin2bn(raw + 32, 32, NULL)), 1);
    int der_len = i2d_ECDSA_SIG(pair, &der);
    ECDSA_SIG_free(pair);
    assert_true(der_len > 64);
    assert_false(jwt_key_verifies(key, "text", 4, other, (size_t)der_len));
    assert_false(jwt_key_verifies(key, "text", 4, raw, 63));
    assert_false(jwt_key_verifies(key, "text", 4, raw, 65));
    assert_false(jwt_key_verifies(key, "text", 4, raw, 0));
    memset(other, 0, sizeof other);
    assert_false(jwt_key_verifies(key, "text", 4, other, 64)); /* r = s = 0 */
    memcpy(other, raw, 32);
    assert_false(jwt_key_verifies(key, "text", 4, other, 64)); /* s = 0 */
    memset(other, 0, 32);
    memcpy(other + 32, raw + 32, 32);
    assert_false(jwt_key_verifies(key, "text", 4, other, 64)); /* r = 0 */
    memset(other, 0xff, 64);
    assert_false(jwt_key_verifies(key, "text", 4, other, 64)); /* above the order */
    jwt_key_unref(&key);
}

/* The same RSA key with the other padding. */
static void test_pss_is_not_rs256(void **state) {
    (void)state;
    char *pem = token_pem("RSA", NULL, 2048, true);
    struct jwt_key *key;
    uint8_t signature[JWT_SIGNATURE_MAX];
    size_t len = sizeof signature;
    assert_int_equal(jwt_key_from_pem(pem, strlen(pem), &key), STATUS_OK);
    BIO *bio = BIO_new_mem_buf(pem, -1);
    EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters;
    assert_int_equal(EVP_DigestSignInit_ex(context, &parameters, "SHA256", NULL, NULL, pkey, NULL), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING), 1);
    assert_int_equal(EVP_DigestSign(context, signature, &len, (const unsigned char *)"text", 4), 1);
    assert_false(jwt_key_verifies(key, "text", 4, signature, len));
    assert_int_equal(jwt_key_sign(key, "text", 4, signature, &len), STATUS_OK);
    assert_true(jwt_key_verifies(key, "text", 4, signature, len));
    assert_false(jwt_key_verifies(key, "text", 4, signature, len - 1));
    assert_false(jwt_key_verifies(key, "text", 4, signature, 0));
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(pkey);
    BIO_free(bio);
    free(pem);
    jwt_key_unref(&key);
}

static void test_a_public_key_signs_nothing(void **state) {
    (void)state;
    char *pem = token_pem("EC", "P-256", 0, false);
    struct jwt_key *key;
    struct strbuf out;
    uint8_t signature[JWT_SIGNATURE_MAX];
    size_t len;
    strbuf_init(&out);
    assert_int_equal(jwt_key_from_pem(pem, strlen(pem), &key), STATUS_OK);
    assert_int_equal(jwt_key_sign(key, "text", 4, signature, &len), STATUS_INVALID);
    assert_int_equal(jwt_key_write_pem(key, &out), STATUS_INVALID);
    strbuf_fini(&out);
    free(pem);
    jwt_key_unref(&key);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_example_of_es256),
        cmocka_unit_test(test_the_example_of_a_thumbprint),
        cmocka_unit_test(test_the_example_of_hs256),
        cmocka_unit_test(test_a_key_goes_through_pem),
        cmocka_unit_test(test_kinds_and_sizes),
        cmocka_unit_test(test_what_is_no_pem_is_refused),
        cmocka_unit_test(test_signatures_of_another_form),
        cmocka_unit_test(test_pss_is_not_rs256),
        cmocka_unit_test(test_a_public_key_signs_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
