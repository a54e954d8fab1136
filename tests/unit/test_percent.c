/* links: pf_base */
/* Escapes of URLs: what they stand for, and which are none. */
#include "base/percent.h"
#include "unit/test.h"

static void test_hex_values(void **state) {
    static const char digits[] = "0123456789abcdef", capitals[] = "0123456789ABCDEF";
    int found_n = 0;
    (void)state;
    for (int c = 1; c < 256; c++) {
        const char *at = strchr(digits, c);
        const char *capital = strchr(capitals, c);
        int expected = at ? (int)(at - digits) : capital ? (int)(capital - capitals) : -1;
        assert_int_equal(percent_hex_value((char)c), expected);
        found_n += expected >= 0;
    }
    assert_int_equal(found_n, 22);
    assert_int_equal(percent_hex_value('\0'), -1);
}

static void test_decoding(void **state) {
    static const struct {
        const char *text;
        bool is_form;
        const char *expected; /* NULL: refused */
    } rows[] = {
        {"", false, ""},
        {"a+b", false, "a+b"},
        {"a+b", true, "a b"},
        {"%41%5a%5A%7a", false, "AZZz"},
        {"%2B+", true, "+ "},
        {"%ff%80", false, "\xff\x80"},
        {"%", false, NULL},
        {"%4", false, NULL},
        {"a%4", false, NULL},
        {"%4g", false, NULL},
        {"%g4", false, NULL},
        {"%%41", false, NULL},
        {"a%00", false, NULL},
        {"12345678", false, "12345678"},
        {"123456789", false, NULL},
        {"%31%32%33%34%35%36%37%38", false, "12345678"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char out[9];
        enum status status = percent_decode(rows[i].text, strlen(rows[i].text), rows[i].is_form, out, sizeof out);
        assert_row(status == (rows[i].expected ? STATUS_OK : STATUS_INVALID), rows[i].text);
        if (rows[i].expected)
            assert_string_equal(out, rows[i].expected);
    }
    char out[9];
    assert_int_equal(percent_decode("%41x", 2, false, out, sizeof out), STATUS_INVALID); /* not beyond len */
    assert_int_equal(percent_decode("a\0b", 3, false, out, sizeof out), STATUS_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_hex_values), cmocka_unit_test(test_decoding)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
