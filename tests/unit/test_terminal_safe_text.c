/* links: pf_terminal pf_protocol pf_ops pf_base */
/* Nothing of a stranger's text reaches a terminal as a command. */
#include "base/utf8.h"
#include "protocol/json_exact.h"
#include "terminal/document.h"
#include "terminal/safe_text.h"
#include "unit/test.h"

#include <locale.h>

static void check(const char *bytes, size_t len, size_t columns_max, bool is_utf8, const char *shown, size_t columns) {
    struct strbuf out;
    strbuf_init(&out);
    assert_int_equal(safe_text_append(&out, bytes, len, columns_max, is_utf8), columns);
    assert_string_equal(strbuf_text(&out), shown);
    strbuf_fini(&out);
}

static void test_harmful_characters(void **state) {
    (void)state;
    check("a\x1b[31mb", 7, 80, true, "a\\u{1b}[31mb", 12);
    check("a\0b", 3, 80, true, "a\\u{0}b", 7);
    check("\x7f", 1, 80, true, "\\u{7f}", 6);
    check("\xc2\x9b"
          "31m",
          5, 80, true, "\\u{9b}31m", 9); /* CSI as one character */
    check("\xe2\x80\xae"
          "x",
          4, 80, true, "\\u{202e}x", 9); /* right to left */
    check("\xff\xc3", 2, 80, true, "??", 2);
    check("", 0, 80, true, "", 0);
}

static void test_other_languages(void **state) {
    (void)state;
    check("Gr\xc3\xb6\xc3\x9f"
          "e",
          7, 80, true,
          "Gr\xc3\xb6\xc3\x9f"
          "e",
          5);
    check("Gr\xc3\xb6\xc3\x9f"
          "e",
          7, 80, false, "Gr??e", 5);
    check("\xe6\x97\xa5\xe6\x9c\xac", 6, 80, true, "\xe6\x97\xa5\xe6\x9c\xac", 4); /* two columns each */
}

static void test_cut_off(void **state) {
    (void)state;
    check("abcdef", 6, 6, true, "abcdef", 6);
    check("abcdef", 6, 5, true, "abcd~", 5);
    check("abcdef", 6, 1, true, "~", 1);
    check("abcdef", 6, 0, true, "", 0);
    check("\xe6\x97\xa5\xe6\x9c\xac", 6, 3, true, "\xe6\x97\xa5~", 3);
    check("\x1b\x1b", 2, 7, true, "\\u{1b}~", 7);
}

/* The same for JSON: what is written reads as the same text again, and has none of it raw. */
static void test_json(void **state) {
    static const char text[] = "{\"a\\u001b\":\"\\u0007 \xc2\x9b \xe2\x80\xae \xf3\xa0\x80\x81 \xc3\xa9 \\\"\","
                               "\"n\":1.50,\"m\":\"\\u0001#5\",\"x\":[true,false,null,{}]}";
    json_t *value = NULL, *again = NULL;
    char error[100];
    struct strbuf out;
    (void)state;
    strbuf_init(&out);
    assert_int_equal(json_exact_parse(text, sizeof text - 1, &value, error, sizeof error), STATUS_OK);
    document_write(&out, value);
    for (size_t at = 0; at < out.len;) {
        size_t taken = utf8_character_len(out.data + at, out.len - at);
        assert_true(taken > 0 && safe_text_is_harmless(safe_text_character(out.data + at, taken)));
        at += taken;
    }
    assert_non_null(strstr(strbuf_text(&out), "\"n\":1.50"));
    assert_non_null(strstr(strbuf_text(&out), "\xc3\xa9"));
    assert_int_equal(json_exact_parse(out.data, out.len, &again, error, sizeof error), STATUS_OK);
    assert_true(json_equal(value, again));
    json_decref(value);
    json_decref(again);
    strbuf_fini(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_harmful_characters),
        cmocka_unit_test(test_other_languages),
        cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_json),
    };
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
