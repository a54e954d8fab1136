/* Growable text and JSON strings. links: pf_base */
#include "base/strbuf.h"
#include "unit/test.h"

static void test_appends_make_one_text(void **state) {
    struct strbuf buf;
    (void)state;
    strbuf_init(&buf);
    assert_string_equal(strbuf_text(&buf), "");
    STRBUF_LITERAL(&buf, "a");
    strbuf_append(&buf, "bcd", 2);
    strbuf_append(&buf, NULL, 0);
    strbuf_append_text(&buf, "|");
    strbuf_append_char(&buf, '!');
    strbuf_append_u64(&buf, UINT64_MAX);
    strbuf_append_char(&buf, ' ');
    strbuf_append_u64(&buf, 0);
    strbuf_append_char(&buf, ' ');
    strbuf_append_i64(&buf, INT64_MIN);
    strbuf_append_char(&buf, ' ');
    strbuf_append_i64(&buf, INT64_MAX);
    strbuf_printf(&buf, " %d-%s", 7, "x");
    assert_string_equal(strbuf_text(&buf), "abc|!18446744073709551615 0 -9223372036854775808 9223372036854775807 7-x");
    assert_int_equal(buf.len, strlen(strbuf_text(&buf)));
    assert_int_equal(strbuf_status(&buf), STATUS_OK);
    strbuf_clear(&buf);
    assert_string_equal(strbuf_text(&buf), "");
    strbuf_fini(&buf);
}

static void test_appends_of_values(void **state) {
    struct strbuf buf;
    (void)state;
    strbuf_init(&buf);
    strbuf_append_decimal(&buf, -150000000);
    strbuf_append_char(&buf, ' ');
    strbuf_append_amount(&buf, (struct amount){1});
    strbuf_append_char(&buf, ' ');
    strbuf_append_percent(&buf, (struct percent){-12500});
    strbuf_append_char(&buf, ' ');
    strbuf_append_timestamp(&buf, 1);
    strbuf_append_char(&buf, ' ');
    strbuf_append_date(&buf, 1);
    assert_string_equal(strbuf_text(&buf), "-1.5 0.00000001 -1.25 1970-01-01T00:00:00.001Z 1970-01-02");
    strbuf_fini(&buf);
}

static void test_growth_keeps_what_was_there(void **state) {
    struct strbuf buf;
    (void)state;
    strbuf_init(&buf);
    for (int i = 0; i < 100000; i++)
        strbuf_append_char(&buf, (char)('a' + i % 26));
    assert_int_equal(buf.len, 100000);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(buf.data[i], 'a' + i % 26);
    strbuf_fini(&buf);
}

static void test_failed_allocation_is_remembered(void **state) {
    struct strbuf buf;
    (void)state;
    strbuf_init(&buf);
    strbuf_append_text(&buf, "kept");
    assert_null(strbuf_reserve(&buf, SIZE_MAX / 2));
    strbuf_append_text(&buf, "more");
    strbuf_append_json_string(&buf, "more", 4);
    strbuf_append_decimal(&buf, 1);
    strbuf_append_timestamp(&buf, 1);
    strbuf_printf(&buf, "%d", 1);
    assert_int_equal(buf.len, 4);
    assert_int_equal(strbuf_status(&buf), STATUS_NO_MEMORY);
    assert_string_equal(strbuf_text(&buf), "");
    strbuf_clear(&buf);
    strbuf_append_text(&buf, "again");
    assert_string_equal(strbuf_text(&buf), "again");
    strbuf_fini(&buf);
}

struct string_row {
    const char *bytes, *json;
};

#define BAD "\xef\xbf\xbd"

static void test_json_string_escapes_and_repairs(void **state) {
    static const struct string_row rows[] = {
        {"", "\"\""},
        {"plain text", "\"plain text\""},
        {"\"\\/", "\"\\\"\\\\/\""},
        {"\b\f\n\r\t\x01\x1f\x7f", "\"\\u0008\\u000c\\n\\r\\t\\u0001\\u001f\\u007f\""},
        {"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\""},
        {"\xf4\x8f\xbf\xbf", "\"\xf4\x8f\xbf\xbf\""},    /* U+10FFFF */
        {"\x80", "\"" BAD "\""},                         /* continuation alone */
        {"\xc3", "\"" BAD "\""},                         /* cut */
        {"\xe2\x82", "\"" BAD BAD "\""},                 /* cut */
        {"\xc3(", "\"" BAD "(\""},                       /* no continuation */
        {"\xc0\xaf", "\"" BAD BAD "\""},                 /* overlong */
        {"\xc1\xbf", "\"" BAD BAD "\""},                 /* overlong */
        {"\xe0\x9f\xbf", "\"" BAD BAD BAD "\""},         /* overlong */
        {"\xf0\x8f\xbf\xbf", "\"" BAD BAD BAD BAD "\""}, /* overlong */
        {"\xed\xa0\x80", "\"" BAD BAD BAD "\""},         /* surrogate */
        {"\xf4\x90\x80\x80", "\"" BAD BAD BAD BAD "\""}, /* above U+10FFFF */
        {"\xf5\x80\x80\x80 \xff", "\"" BAD BAD BAD BAD " " BAD "\""},
        {"a\xff"
         "b",
         "\"a" BAD "b\""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct strbuf buf;
        strbuf_init(&buf);
        strbuf_append_json_string(&buf, rows[i].bytes, strlen(rows[i].bytes));
        assert_row(strcmp(strbuf_text(&buf), rows[i].json) == 0, rows[i].json);
        strbuf_fini(&buf);
    }
}

static void test_json_string_escapes_nul(void **state) {
    struct strbuf buf;
    (void)state;
    strbuf_init(&buf);
    strbuf_append_json_string(&buf, "a\0b", 3);
    assert_string_equal(strbuf_text(&buf), "\"a\\u0000b\"");
    strbuf_fini(&buf);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_appends_make_one_text),           cmocka_unit_test(test_appends_of_values),
        cmocka_unit_test(test_growth_keeps_what_was_there),     cmocka_unit_test(test_failed_allocation_is_remembered),
        cmocka_unit_test(test_json_string_escapes_and_repairs), cmocka_unit_test(test_json_string_escapes_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
