/* Tokens that are good, and tokens that are somebody's try.
 * links: pf_identity pf_protocol pf_base */
#include "identity/jwt.h"
#include "support/tokens.h"

static struct jwt_key *ec, *rsa, *shared;

static int keys_make(void **state) {
    (void)state;
    assert_int_equal(jwt_key_generate(&ec), STATUS_OK);
    rsa = token_rsa_key(2048);
    assert_int_equal(jwt_key_from_secret("0123456789abcdef0123456789abcdef", 32, &shared), STATUS_OK);
    return 0;
}

static int keys_drop(void **state) {
    (void)state;
    jwt_key_unref(&ec);
    jwt_key_unref(&rsa);
    jwt_key_unref(&shared);
    return 0;
}

static enum jwt_verdict judge(const char *text, const struct jwt_key *key) {
    struct jwt_claims claims;
    return token_judge(text, key, &token_expectation, &claims);
}

/* Of a header and a payload under this key's signature. */
static enum jwt_verdict judge_signed(const char *header, const char *payload, const struct jwt_key *key) {
    char *text = token_make(header, payload, key);
    enum jwt_verdict verdict = judge(text, key);
    free(text);
    return verdict;
}

static enum jwt_verdict judge_payload(const char *payload) {
    char header[1024];
    token_header(ec, "", header);
    return judge_signed(header, payload, ec);
}

static void test_what_was_signed_is_read_again(void **state) {
    (void)state;
    const struct jwt_key *keys[] = {ec, rsa, shared};
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        struct jwt_claims claims = {.issuer = "portfoliod",
                                    .subject = "u-1",
                                    .session = "s-1",
                                    .token_id = "t-1",
                                    .email = "a\"b@example.com",
                                    .is_email_verified = true,
                                    .issued_s = TOKEN_NOW_S,
                                    .expires_s = TOKEN_NOW_S + 900};
        struct jwt_claims again = {0};
        struct strbuf text;
        strbuf_init(&text);
        assert_int_equal(jwt_sign(keys[i], &claims, "portfolio", &text), STATUS_OK);
        assert_int_equal(token_judge(strbuf_text(&text), keys[i], &token_expectation, &again), JWT_OK);
        assert_string_equal(again.issuer, "portfoliod");
        assert_string_equal(again.subject, "u-1");
        assert_string_equal(again.session, "s-1");
        assert_string_equal(again.token_id, "t-1");
        assert_string_equal(again.email, "a\"b@example.com");
        assert_true(again.is_email_verified);
        assert_int_equal(again.issued_s, TOKEN_NOW_S);
        assert_int_equal(again.not_before_s, 0);
        assert_int_equal(again.expires_s, TOKEN_NOW_S + 900);
        strbuf_fini(&text);
    }
}

static void test_the_algorithm_is_the_key_s(void **state) {
    (void)state;
    char header[1024];
    static const char *const others[] = {"none", "None", "NONE", "", "HS256", "RS256", "ES384", "PS256", "es256"};
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        (void)snprintf(header, sizeof header, "{\"alg\":\"%s\",\"kid\":\"%s\"}", others[i], jwt_key_kid(ec));
        enum jwt_verdict expected = others[i][0] ? JWT_WRONG_ALGORITHM : JWT_MALFORMED;
        assert_row(judge_signed(header, TOKEN_PAYLOAD, ec) == expected, others[i]);
    }
    (void)snprintf(header, sizeof header, "{\"alg\":\"none\",\"kid\":\"%s\"}", jwt_key_kid(ec));
    char *bare = token_make(header, TOKEN_PAYLOAD, NULL);
    assert_int_equal(judge(bare, ec), JWT_WRONG_ALGORITHM);
    free(bare);
}

/* What everybody can know of a key is no secret to sign with. */
static void test_a_public_key_is_no_secret(void **state) {
    (void)state;
    const struct jwt_key *keys[] = {ec, rsa};
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        struct strbuf jwk;
        struct jwt_key *forger;
        char header[1024];
        strbuf_init(&jwk);
        assert_int_equal(jwt_key_write_jwk(keys[i], &jwk), STATUS_OK);
        assert_int_equal(jwt_key_from_secret(jwk.data, jwk.len, &forger), STATUS_OK);
        (void)snprintf(header, sizeof header, "{\"alg\":\"HS256\",\"kid\":\"%s\"}", jwt_key_kid(keys[i]));
        char *text = token_make(header, TOKEN_PAYLOAD, forger);
        assert_int_equal(judge(text, keys[i]), JWT_WRONG_ALGORITHM);
        free(text);
        /* Nor by its own algorithm's name. */
        token_header(keys[i], "", header);
        text = token_make(header, TOKEN_PAYLOAD, forger);
        assert_int_equal(judge(text, keys[i]), JWT_BAD_SIGNATURE);
        free(text);
        jwt_key_unref(&forger);
        strbuf_fini(&jwk);
    }
}

static void test_headers_that_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *more;
        enum jwt_verdict expected;
    } rows[] = {
        {"", JWT_OK},
        {",\"typ\":\"JWT\"", JWT_OK},
        {",\"typ\":\"at+jwt\"", JWT_OK},
        {",\"typ\":\"logout+jwt\"", JWT_MALFORMED},
        {",\"typ\":7", JWT_MALFORMED},
        {",\"crit\":[\"exp\"]", JWT_MALFORMED},
        {",\"crit\":[]", JWT_MALFORMED},
        {",\"crit\":null", JWT_MALFORMED},
        {",\"b64\":false,\"crit\":[\"b64\"]", JWT_MALFORMED},
        {",\"alg\":\"ES256\"", JWT_MALFORMED}, /* twice */
        {",\"\\u0061lg\":\"none\"", JWT_MALFORMED},
        {",\"x5c\":[\"MIIB\"],\"jku\":\"https://example.com/keys\",\"x5u\":\"https://example.com\"", JWT_OK},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char header[1024];
        token_header(ec, rows[i].more, header);
        assert_row(judge_signed(header, TOKEN_PAYLOAD, ec) == rows[i].expected, rows[i].more);
    }
    assert_int_equal(judge_signed("{\"alg\":\"ES256\"}", TOKEN_PAYLOAD, ec), JWT_MALFORMED);
    assert_int_equal(judge_signed("{\"alg\":\"ES256\",\"kid\":\"\"}", TOKEN_PAYLOAD, ec), JWT_MALFORMED);
    assert_int_equal(judge_signed("{\"alg\":\"ES256\",\"kid\":7}", TOKEN_PAYLOAD, ec), JWT_MALFORMED);
    assert_int_equal(judge_signed("{\"alg\":\"ES256\",\"kid\":\"another\"}", TOKEN_PAYLOAD, ec), JWT_UNKNOWN_KEY);
    assert_int_equal(judge_signed("[]", TOKEN_PAYLOAD, ec), JWT_MALFORMED);
    assert_int_equal(judge_signed("", TOKEN_PAYLOAD, ec), JWT_MALFORMED);
}

/* The key comes from us, never with the token. */
static void test_a_key_in_the_header_is_not_used(void **state) {
    (void)state;
    struct jwt_key *forger;
    struct strbuf more;
    char header[1024];
    assert_int_equal(jwt_key_generate(&forger), STATUS_OK);
    strbuf_init(&more);
    STRBUF_LITERAL(&more, ",\"jwk\":");
    assert_int_equal(jwt_key_write_jwk(forger, &more), STATUS_OK);
    token_header(ec, strbuf_text(&more), header);
    char *text = token_make(header, TOKEN_PAYLOAD, forger);
    assert_int_equal(judge(text, ec), JWT_BAD_SIGNATURE);
    free(text);
    strbuf_fini(&more);
    jwt_key_unref(&forger);
}

static void test_claims_that_are_refused(void **state) {
    (void)state;
#define BASE "\"sub\":\"u\",\"iss\":\"portfoliod\",\"aud\":\"portfolio\""
    static const struct {
        const char *payload;
        enum jwt_verdict expected;
    } rows[] = {
        {TOKEN_PAYLOAD, JWT_OK},
        {"{" BASE ",\"exp\":1800000001}", JWT_OK},
        {"{" BASE ",\"exp\":1800000001.75}", JWT_OK},
        {"{" BASE ",\"exp\":1799999996}", JWT_OK}, /* within the leeway */
        {"{" BASE ",\"exp\":1799999995}", JWT_EXPIRED},
        {"{" BASE ",\"exp\":1}", JWT_EXPIRED},
        {"{" BASE "}", JWT_MALFORMED},
        {"{" BASE ",\"exp\":0}", JWT_MALFORMED},
        {"{" BASE ",\"exp\":-1}", JWT_MALFORMED},
        {"{" BASE ",\"exp\":1e30}", JWT_MALFORMED},
        {"{" BASE ",\"exp\":18000000000000000000000}", JWT_MALFORMED},
        {"{" BASE ",\"exp\":\"1800000900\"}", JWT_MALFORMED},
        {"{" BASE ",\"exp\":null}", JWT_MALFORMED},
        {"{" BASE ",\"exp\":1800000900,\"exp\":1900000900}", JWT_MALFORMED},
        {"{" BASE ",\"exp\":1800000900,\"nbf\":1800000005}", JWT_OK},
        {"{" BASE ",\"exp\":1800000900,\"nbf\":1800000006}", JWT_NOT_YET_VALID},
        {"{" BASE ",\"exp\":1800000900,\"iat\":1800000006}", JWT_NOT_YET_VALID},
        {"{\"sub\":\"u\",\"aud\":\"portfolio\",\"exp\":1800000900}", JWT_WRONG_ISSUER},
        {"{\"sub\":\"u\",\"iss\":\"\",\"aud\":\"portfolio\",\"exp\":1800000900}", JWT_WRONG_ISSUER},
        {"{\"sub\":\"u\",\"iss\":\"portfoliod/\",\"aud\":\"portfolio\",\"exp\":1800000900}", JWT_WRONG_ISSUER},
        {"{\"sub\":\"u\",\"iss\":[\"portfoliod\"],\"aud\":\"portfolio\",\"exp\":1800000900}", JWT_MALFORMED},
        {"{\"sub\":\"u\",\"iss\":\"portfoliod\",\"exp\":1800000900}", JWT_WRONG_AUDIENCE},
        {"{\"sub\":\"u\",\"iss\":\"portfoliod\",\"aud\":\"other\",\"exp\":1800000900}", JWT_WRONG_AUDIENCE},
        {"{\"sub\":\"u\",\"iss\":\"portfoliod\",\"aud\":[],\"exp\":1800000900}", JWT_WRONG_AUDIENCE},
        {"{\"sub\":\"u\",\"iss\":\"portfoliod\",\"aud\":[\"other\",[\"portfolio\"]],\"exp\":1800000900}",
         JWT_WRONG_AUDIENCE},
        {"{\"sub\":\"u\",\"iss\":\"portfoliod\",\"aud\":[\"other\",\"portfolio\"],\"exp\":1800000900}", JWT_OK},
        {"{\"sub\":\"u\",\"iss\":\"portfoliod\",\"aud\":{\"portfolio\":1},\"exp\":1800000900}", JWT_WRONG_AUDIENCE},
        {"{\"iss\":\"portfoliod\",\"aud\":\"portfolio\",\"exp\":1800000900}", JWT_MALFORMED},
        {"{\"sub\":7,\"iss\":\"portfoliod\",\"aud\":\"portfolio\",\"exp\":1800000900}", JWT_MALFORMED},
        {"{\"sub\":\"u\\u0000\",\"iss\":\"portfoliod\",\"aud\":\"portfolio\",\"exp\":1800000900}", JWT_MALFORMED},
        {"{\"sub\":\"u\",\"sub\":\"v\",\"iss\":\"portfoliod\",\"aud\":\"portfolio\",\"exp\":1800000900}",
         JWT_MALFORMED},
        {"{" BASE ",\"exp\":1800000900,\"x\":[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]}", JWT_MALFORMED},
        {"{" BASE ",\"exp\":1800000900} ", JWT_OK},
        {"{" BASE ",\"exp\":1800000900}{}", JWT_MALFORMED},
        {"\"{}\"", JWT_MALFORMED},
        {"", JWT_MALFORMED},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_row(judge_payload(rows[i].payload) == rows[i].expected, rows[i].payload);
}

/* An unverified payload is not even parsed: a wrong signature is all that is said of it. */
static void test_the_signature_comes_first(void **state) {
    (void)state;
    struct jwt_key *other;
    char header[1024];
    assert_int_equal(jwt_key_generate(&other), STATUS_OK);
    token_header(ec, "", header);
    char *text = token_make(header, "{\"exp\":1}", other);
    assert_int_equal(judge(text, ec), JWT_BAD_SIGNATURE);
    free(text);
    jwt_key_unref(&other);
}

static void test_an_email_is_verified_by_true_alone(void **state) {
    (void)state;
    static const char *const values[] = {"false", "\"true\"", "1", "null"};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        char payload[512];
        struct jwt_claims claims = {.is_email_verified = true};
        (void)snprintf(payload, sizeof payload,
                       "{" BASE ",\"exp\":1800000900,\"email\":\"a@b.c\",\"email_verified\":%s}", values[i]);
        char *text = token_of(ec, payload);
        assert_int_equal(token_judge(text, ec, &token_expectation, &claims), JWT_OK);
        assert_row(!claims.is_email_verified, values[i]);
        free(text);
    }
}

/* --- the form --- */

static void test_three_parts_in_one_spelling(void **state) {
    (void)state;
    char *good = token_of(ec, TOKEN_PAYLOAD);
    size_t len = strlen(good);
    struct jwt jwt;
    assert_int_equal(judge(good, ec), JWT_OK);
    char *changed = malloc(len + 64);
    assert_non_null(changed);
    const char *dot = strrchr(good, '.'), *first = strchr(good, '.');
    static const char *const behind[] = {".", "=", "==", ".e30", " ", "\n", "A"};
    for (size_t i = 0; i < COUNT_OF(behind); i++) {
        (void)snprintf(changed, len + 64, "%s%s", good, behind[i]);
        assert_row(judge(changed, ec) != JWT_OK, behind[i]);
    }
    (void)snprintf(changed, len + 64, "%.*s", (int)(dot - good), good); /* no signature, no dot */
    assert_int_equal(judge(changed, ec), JWT_MALFORMED);
    (void)snprintf(changed, len + 64, "%.*s.", (int)(dot - good), good); /* an empty one */
    assert_int_equal(judge(changed, ec), JWT_BAD_SIGNATURE);
    (void)snprintf(changed, len + 64, "%s", first + 1); /* no header */
    assert_int_equal(judge(changed, ec), JWT_MALFORMED);
    (void)snprintf(changed, len + 64, " %s", good);
    assert_int_equal(judge(changed, ec), JWT_MALFORMED);
    assert_int_equal(judge("", ec), JWT_MALFORMED);
    assert_int_equal(judge(".", ec), JWT_MALFORMED);
    assert_int_equal(judge("..", ec), JWT_MALFORMED);
    assert_int_equal(jwt_read("a\0b", 3, &jwt), JWT_MALFORMED);
    free(changed);
    free(good);
}

/* The last digit of 64 bytes has four bits that mean nothing: 16 spellings, one is taken. */
static void test_stray_bits_are_refused(void **state) {
    (void)state;
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char *text = token_of(ec, TOKEN_PAYLOAD);
    char *last = text + strlen(text) - 1, own = *last;
    unsigned taken_n = 0;
    for (const char *digit = digits; *digit; digit++) {
        *last = *digit;
        bool is_taken = judge(text, ec) == JWT_OK;
        taken_n += is_taken;
        assert_true(!is_taken || *digit == own);
    }
    assert_int_equal(taken_n, 1);
    free(text);
}

/* No byte of a good token can be another one. */
static void test_every_byte_counts(void **state) {
    (void)state;
    char *text = token_of(ec, TOKEN_PAYLOAD);
    for (char *at = text; *at; at++) {
        char own = *at;
        *at = own == 'A' ? 'B' : 'A';
        assert_true(judge(text, ec) != JWT_OK);
        *at = own;
    }
    assert_int_equal(judge(text, ec), JWT_OK);
    free(text);
}

static void test_what_is_huge_is_refused(void **state) {
    (void)state;
    char payload[JWT_TEXT_MAX];
    int len = snprintf(payload, sizeof payload, "{" BASE ",\"exp\":1800000900,\"x\":\"");
    memset(payload + len, 'x', 5500);
    memcpy(payload + len + 5500, "\"}", 3);
    char *text = token_of(ec, payload);
    assert_true(strlen(text) <= JWT_TEXT_MAX);
    assert_int_equal(judge(text, ec), JWT_OK);
    free(text);
    memset(payload + len, 'x', 6200);
    memcpy(payload + len + 6200, "\"}", 3);
    text = token_of(ec, payload);
    assert_true(strlen(text) > JWT_TEXT_MAX);
    assert_int_equal(judge(text, ec), JWT_MALFORMED);
    free(text);
    /* Two parts that are long, but neither too long for itself. */
    char header[JWT_TEXT_MAX];
    len = snprintf(header, sizeof header, "{\"alg\":\"ES256\",\"kid\":\"%s\",\"x\":\"", jwt_key_kid(ec));
    memset(header + len, 'x', 5500);
    memcpy(header + len + 5500, "\"}", 3);
    assert_int_equal(judge_signed(header, TOKEN_PAYLOAD, ec), JWT_OK);
    len = snprintf(payload, sizeof payload, "{" BASE ",\"exp\":1800000900,\"x\":\"");
    memset(payload + len, 'x', 5500);
    memcpy(payload + len + 5500, "\"}", 3);
    assert_int_equal(judge_signed(header, payload, ec), JWT_MALFORMED);
    char subject[JWT_CLAIM_MAX + 2];
    memset(subject, 'x', sizeof subject - 1);
    subject[sizeof subject - 1] = '\0';
    (void)snprintf(payload, sizeof payload,
                   "{\"sub\":\"%s\",\"iss\":\"portfoliod\",\"aud\":\"portfolio\",\"exp\":1800000900}", subject + 1);
    assert_int_equal(judge_payload(payload), JWT_OK);
    (void)snprintf(payload, sizeof payload,
                   "{\"sub\":\"%s\",\"iss\":\"portfoliod\",\"aud\":\"portfolio\",\"exp\":1800000900}", subject);
    assert_int_equal(judge_payload(payload), JWT_MALFORMED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_signed_is_read_again),
        cmocka_unit_test(test_the_algorithm_is_the_key_s),
        cmocka_unit_test(test_a_public_key_is_no_secret),
        cmocka_unit_test(test_headers_that_are_refused),
        cmocka_unit_test(test_a_key_in_the_header_is_not_used),
        cmocka_unit_test(test_claims_that_are_refused),
        cmocka_unit_test(test_the_signature_comes_first),
        cmocka_unit_test(test_an_email_is_verified_by_true_alone),
        cmocka_unit_test(test_three_parts_in_one_spelling),
        cmocka_unit_test(test_stray_bits_are_refused),
        cmocka_unit_test(test_every_byte_counts),
        cmocka_unit_test(test_what_is_huge_is_refused),
    };
    return cmocka_run_group_tests(tests, keys_make, keys_drop);
}
