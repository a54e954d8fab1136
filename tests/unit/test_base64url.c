/* One text for each value. links: pf_identity pf_base */
#include "identity/base64url.h"
#include "unit/test.h"

static const struct {
    const char *text;
    const char *bytes;
    size_t len;
} rows[] = {
    {"", "", 0},        {"Zg", "f", 1},        {"Zm8", "fo", 2},
    {"Zm9v", "foo", 3}, {"Zm9vYg", "foob", 4}, {"-_-_", "\xfb\xff\xbf", 3},
    {"AAA", "\0\0", 2},
};

static void test_there_and_back(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t out[16];
        size_t len;
        assert_int_equal(base64url_decode(rows[i].text, strlen(rows[i].text), out, sizeof out, &len), STATUS_OK);
        assert_row(len == rows[i].len && memcmp(out, rows[i].bytes, len) == 0, rows[i].text);
        struct strbuf text;
        strbuf_init(&text);
        base64url_append(&text, rows[i].bytes, rows[i].len);
        assert_string_equal(strbuf_text(&text), rows[i].text);
        strbuf_fini(&text);
    }
}

static void test_another_spelling_is_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {"Zg==", "Zg=",    "Z",   "Zm9vY", "Zm9vA", "A",    "Zh",
                                        "Zm9",  "Zm9w\n", " Zg", "Zm+v",  "Zm/v",  "Zm9v."};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        uint8_t out[16];
        size_t len;
        assert_row(base64url_decode(wrong[i], strlen(wrong[i]), out, sizeof out, &len) == STATUS_INVALID, wrong[i]);
    }
}

static void test_what_does_not_fit_is_refused(void **state) {
    (void)state;
    uint8_t out[3];
    size_t len;
    assert_int_equal(base64url_decode("Zm9v", 4, out, 3, &len), STATUS_OK);
    assert_int_equal(base64url_decode("Zm9v", 4, out, 2, &len), STATUS_LIMIT);
    assert_int_equal(base64url_decode("Zg", 2, out, 0, &len), STATUS_LIMIT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_another_spelling_is_refused),
        cmocka_unit_test(test_what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
