/* Keys of an outside provider: what is taken, passed over, refused.
 * links: pf_identity pf_protocol pf_base */
#include "identity/key_set.h"
#include "support/tokens.h"

#define POINT                                                                                                          \
    "\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","                                         \
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\""

static struct key_set *parse(const char *text) {
    struct key_set *set = NULL;
    assert_int_equal(key_set_parse(text, strlen(text), &set), STATUS_OK);
    return set;
}

static void test_what_is_passed_over(void **state) {
    (void)state;
    static const struct {
        const char *jwk;
        bool is_taken;
    } rows[] = {
        {"{\"kty\":\"EC\",\"kid\":\"k\"," POINT "}", true},
        {"{\"kty\":\"EC\",\"kid\":\"k\",\"use\":\"sig\",\"alg\":\"ES256\",\"x5t\":\"…\"," POINT "}", true},
        {"{\"kty\":\"EC\",\"kid\":\"k\",\"key_ops\":[\"sign\",\"verify\"]," POINT "}", true},
        {"{\"kty\":\"EC\",\"kid\":\"k\",\"key_ops\":[\"sign\"]," POINT "}", false},
        {"{\"kty\":\"EC\",\"kid\":\"k\",\"key_ops\":\"verify\"," POINT "}", false},
        {"{\"kty\":\"EC\",\"kid\":\"k\",\"use\":\"enc\"," POINT "}", false},
        {"{\"kty\":\"EC\",\"kid\":\"k\",\"use\":7," POINT "}", false},
        {"{\"kty\":\"EC\",\"kid\":\"k\",\"alg\":\"ES384\"," POINT "}", false},
        {"{\"kty\":\"EC\",\"kid\":\"k\",\"alg\":\"HS256\"," POINT "}", false},
        {"{\"kty\":\"EC\",\"kid\":\"k\",\"alg\":\"none\"," POINT "}", false},
        {"{\"kty\":\"EC\"," POINT "}", false},
        {"{\"kty\":\"EC\",\"kid\":\"\"," POINT "}", false},
        {"{\"kty\":\"EC\",\"kid\":7," POINT "}", false},
        {"{\"kty\":\"RSA\",\"kid\":\"k\"," POINT "}", false},
        {"{\"kty\":\"OKP\",\"kid\":\"k\"," POINT "}", false},
        {"{\"kty\":\"oct\",\"kid\":\"k\",\"k\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}", false},
        {"{\"kty\":\"EC\",\"kid\":\"k\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}", false},
        {"{\"kty\":\"EC\",\"kid\":\"k\",\"crv\":\"secp256k1\",\"x\":\"AA\",\"y\":\"AA\"}", false},
        {"{\"kty\":\"RSA\",\"kid\":\"k\",\"n\":\"AQAB\",\"e\":\"AQAB\"}", false},
        {"{\"kty\":\"RSA\",\"kid\":\"k\",\"e\":\"AQAB\"}", false},
        {"{}", false},
        {"[]", false},
        {"7", false},
        {"null", false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[1024];
        (void)snprintf(text, sizeof text, "{\"keys\":[%s]}", rows[i].jwk);
        struct key_set *set = parse(text);
        assert_row(key_set_size(set) == (rows[i].is_taken ? 1 : 0), rows[i].jwk);
        assert_row(key_set_ignored_n(set) == (rows[i].is_taken ? 0 : 1), rows[i].jwk);
        assert_row((key_set_find(set, "k") != NULL) == rows[i].is_taken, rows[i].jwk);
        key_set_unref(&set);
    }
}

static void test_what_is_no_set_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"",
                                        "{}",
                                        "[]",
                                        "null",
                                        "{\"keys\":{}}",
                                        "{\"keys\":[}",
                                        "{\"keys\":[],\"keys\":[]}",
                                        "<html></html>",
                                        "{\"keys\":[{\"kid\":\"a\",\"kid\":\"b\"}]}",
                                        "{\"keys\":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]}"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct key_set *set = NULL;
        assert_row(key_set_parse(texts[i], strlen(texts[i]), &set) == STATUS_INVALID, texts[i]);
        assert_null(set);
    }
}

static void test_the_bounds(void **state) {
    (void)state;
    struct strbuf text;
    struct key_set *set = NULL;
    for (int n = KEY_SET_KEYS_MAX; n <= KEY_SET_KEYS_MAX + 1; n++) {
        strbuf_init(&text);
        STRBUF_LITERAL(&text, "{\"keys\":[");
        for (int i = 0; i < n; i++)
            strbuf_printf(&text, "%s{\"kty\":\"EC\",\"kid\":\"k%d\"," POINT "}", i ? "," : "", i);
        STRBUF_LITERAL(&text, "]}");
        enum status expected = n <= KEY_SET_KEYS_MAX ? STATUS_OK : STATUS_LIMIT;
        assert_int_equal(key_set_parse(text.data, text.len, &set), expected);
        if (expected == STATUS_OK)
            assert_int_equal(key_set_size(set), KEY_SET_KEYS_MAX);
        key_set_unref(&set);
        strbuf_fini(&text);
    }
    strbuf_init(&text);
    STRBUF_LITERAL(&text, "{\"keys\":[]");
    while (text.len < KEY_SET_BYTES_MAX)
        strbuf_append_char(&text, ' ');
    strbuf_append_char(&text, '}');
    assert_int_equal(key_set_parse(text.data, text.len, &set), STATUS_LIMIT);
    strbuf_fini(&text);
}

/* The first of a name stays: a later one cannot take its place. */
static void test_a_name_is_taken_once(void **state) {
    (void)state;
    struct key_set *set = parse("{\"keys\":[{\"kty\":\"EC\",\"kid\":\"k\"," POINT "},"
                                "{\"kty\":\"EC\",\"kid\":\"k\"," POINT "}]}");
    assert_int_equal(key_set_size(set), 1);
    assert_int_equal(key_set_ignored_n(set), 1);
    struct key_set *second = key_set_ref(set);
    key_set_unref(&set);
    assert_non_null(key_set_find(second, "k"));
    key_set_unref(&second);
}

static void test_its_keys_verify_tokens(void **state) {
    (void)state;
    struct jwt_key *keys[2];
    struct strbuf text;
    assert_int_equal(jwt_key_generate(&keys[0]), STATUS_OK);
    keys[1] = token_rsa_key(3072);
    strbuf_init(&text);
    STRBUF_LITERAL(&text, "{\"keys\":[");
    assert_int_equal(jwt_key_write_jwk(keys[0], &text), STATUS_OK);
    strbuf_append_char(&text, ',');
    assert_int_equal(jwt_key_write_jwk(keys[1], &text), STATUS_OK);
    STRBUF_LITERAL(&text, "]}");
    struct key_set *set = parse(strbuf_text(&text));
    for (size_t i = 0; i < 2; i++) {
        struct jwt_claims claims;
        char *token = token_of(keys[i], TOKEN_PAYLOAD);
        const struct jwt_key *found = key_set_find(set, jwt_key_kid(keys[i])),
                             *other = key_set_find(set, jwt_key_kid(keys[1 - i]));
        assert_non_null(found);
        assert_false(jwt_key_can_sign(found));
        assert_int_equal(token_judge(token, found, &token_expectation, &claims), JWT_OK);
        assert_int_equal(token_judge(token, other, &token_expectation, &claims), JWT_UNKNOWN_KEY);
        free(token);
    }
    key_set_unref(&set);
    strbuf_fini(&text);
    jwt_key_unref(&keys[0]);
    jwt_key_unref(&keys[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_passed_over),
        cmocka_unit_test(test_what_is_no_set_is_refused),
        cmocka_unit_test(test_the_bounds),
        cmocka_unit_test(test_a_name_is_taken_once),
        cmocka_unit_test(test_its_keys_verify_tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
