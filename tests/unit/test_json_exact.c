/* JSON with exact numbers. links: pf_protocol pf_base */
#include "protocol/json_exact.h"
#include "unit/test.h"

#include <stdio.h>
#include <stdlib.h>

static json_t *parse(const char *text, size_t len) {
    json_t *value = NULL;
    char error[128] = "";
    if (json_exact_parse(text, len, &value, error, sizeof error) != STATUS_OK)
        fail_msg("%s: %s", text, error);
    return value;
}

static void test_numbers_keep_their_text(void **state) {
    static const char *const rows[] = {
        "0",
        "-0",
        "1",
        "-1",
        "10",
        "12345678901.12345678",
        "0.10",
        "1e400",
        "1E+400",
        "-1.5e-7",
        "0e0",
        "0.0",
        "12345678901234567890",
        "-170141183460469231731687303715884105728",
        "1e5",
        "9e-999",
        "100.000",
        "1.5E2",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[128];
        size_t len;
        (void)snprintf(text, sizeof text, " [ %s ,{\"k\":%s}]\n", rows[i], rows[i]);
        json_t *value = parse(text, strlen(text));
        const json_t *in_array = json_array_get(value, 0);
        const json_t *in_object = json_object_get(json_array_get(value, 1), "k");
        assert_row(json_exact_is_number(in_array) && !json_exact_is_string(in_array), rows[i]);
        assert_row(strcmp(json_exact_number(in_array, &len), rows[i]) == 0, rows[i]);
        assert_row(len == strlen(rows[i]), rows[i]);
        assert_row(strcmp(json_exact_number(in_object, &len), rows[i]) == 0, rows[i]);
        assert_row(json_exact_string(in_array, &len) == NULL, rows[i]);
        json_decref(value);
        value = parse(rows[i], strlen(rows[i])); /* alone */
        assert_row(json_exact_is_number(value), rows[i]);
        json_decref(value);
    }
}

struct string_row {
    const char *json, *bytes;
};

/* However it begins, a string is a string. */
static void test_strings_cannot_pose_as_numbers(void **state) {
    static const struct string_row rows[] = {
        {"\"\"", ""},
        {"\"1\"", "1"},
        {"\"\\u0001\"", "\x01"},
        {"\"\\u0001#1\"", "\x01#1"},
        {"\"\\u0001s\"", "\x01s"},
        {"\"\\u0001s\\u0001#1\"", "\x01s\x01#1"},
        {"\"\\u0001\\u0001#1\"", "\x01\x01#1"},
        {"\"#1\"", "#1"},
        {"\"s\"", "s"},
        {"\"a\\u0001#1\"", "a\x01#1"},
        {"\"\\u0002#1\"", "\x02#1"},
        {"\"\\\\u0001#1\"", "\\u0001#1"},
        {"\"\\\"1\\\\\"", "\"1\\"},
        {"\"[{1:2}]\"", "[{1:2}]"},
        {"\"\\u00e9\\ud83d\\ude00\"", "\xc3\xa9\xf0\x9f\x98\x80"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t len;
        json_t *value = parse(rows[i].json, strlen(rows[i].json));
        assert_row(json_exact_is_string(value) && !json_exact_is_number(value), rows[i].json);
        assert_row(json_exact_number(value, &len) == NULL, rows[i].json);
        assert_row(strcmp(json_exact_string(value, &len), rows[i].bytes) == 0, rows[i].json);
        assert_row(len == strlen(rows[i].bytes), rows[i].json);
        json_decref(value);
    }
}

static void test_keys_come_out_as_they_are(void **state) {
    static const char text[] = "{\"a\":1,\"\\u0001#1\" \t\r\n: 2,\"\\u0001s\":\"x\",\"\":3,\"5\":4}";
    json_t *value = parse(text, sizeof text - 1);
    size_t len;
    (void)state;
    assert_int_equal(json_object_size(value), 5);
    assert_string_equal(json_exact_number(json_object_get(value, "a"), &len), "1");
    assert_string_equal(json_exact_number(json_object_get(value, "\x01#1"), &len), "2");
    assert_string_equal(json_exact_string(json_object_get(value, "\x01s"), &len), "x");
    assert_string_equal(json_exact_number(json_object_get(value, ""), &len), "3");
    assert_string_equal(json_exact_number(json_object_get(value, "5"), &len), "4");
    json_decref(value);
}

static void test_other_values_are_neither(void **state) {
    static const char *const rows[] = {"true", "false", "null", "[]", "{}", "[[]]"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        json_t *value = parse(rows[i], strlen(rows[i]));
        assert_row(!json_exact_is_number(value) && !json_exact_is_string(value), rows[i]);
        json_decref(value);
    }
    assert_false(json_exact_is_number(NULL));
    assert_false(json_exact_is_string(NULL));
}

/* The rows without an error text: jansson says where. */
static const struct {
    const char *text, *error;
} refused[] = {
    {"", "near byte 0: the text ends too early"},
    {"   ", "near byte 3: the text ends too early"},
    {"{\"a\":1", "near byte 6: the text ends too early"},
    {"[1,2", "near byte 4: the text ends too early"},
    {"\"abc", "near byte 4: the text ends too early"},
    {"\"abc\\", "near byte 5: not JSON"},
    {"[NaN]", "near byte 4: not JSON"},
    {"[Infinity]", NULL},
    {"[-Infinity]", "near byte 1: not a number of the JSON grammar"},
    {"[01]", "near byte 1: not a number of the JSON grammar"},
    {"[-01]", "near byte 1: not a number of the JSON grammar"},
    {"[1.]", "near byte 1: not a number of the JSON grammar"},
    {"[1.e5]", "near byte 1: not a number of the JSON grammar"},
    {"[1e]", "near byte 1: not a number of the JSON grammar"},
    {"[1e+]", "near byte 1: not a number of the JSON grammar"},
    {"[1.5.2]", "near byte 1: not a number of the JSON grammar"},
    {"[1-2]", "near byte 1: not a number of the JSON grammar"},
    {"[-]", "near byte 1: not a number of the JSON grammar"},
    {"[--1]", "near byte 1: not a number of the JSON grammar"},
    {"[.5]", NULL},
    {"[+1]", NULL},
    {"[0x10]", NULL},
    {"[1_000]", NULL},
    {"[1 2]", NULL},
    {"[1\"2\"]", NULL},
    {"[\"2\"1]", NULL},
    {"[1,]", NULL},
    {"{\"a\":1,}", NULL},
    {"{1:2}", "near byte 1: a key must be a string"},
    {"{1 \n:2}", "near byte 1: a key must be a string"},
    {"{\"a\" 1}", NULL},
    {"{'a':1}", NULL},
    {"{\"a\":1}x", "near byte 8: something follows the value"},
    {"1 2", NULL},
    {"{} []", NULL},
    {"{\"a\":1,\"b\":{\"c\":1,\"c\":2}}", NULL},
    {"{\"a\":1,\"\\u0061\":2}", NULL},
    {"\"\\u0000\"", NULL},
    {"{\"a\\u0000b\":1}", NULL},
    {"\"\\ud800\"", NULL},
    {"\"a\nb\"", NULL},
    {"\"\x01#1\"", NULL}, /* a raw mark */
    {"\"\xff\"", NULL},
    {"\"\xed\xa0\x80\"", NULL},
    {"\xef\xbb\xbf{}", NULL},
    {"]", NULL},
    {"[}", NULL},
    {"/* */ 1", NULL},
};

static void test_parse_refuses_and_says_where(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        json_t *value = NULL;
        char error[128] = "";
        enum status status = json_exact_parse(refused[i].text, strlen(refused[i].text), &value, error, sizeof error);
        assert_row(status == STATUS_INVALID && !value, refused[i].text);
        assert_row(strncmp(error, "near byte ", 10) == 0, refused[i].text);
        assert_null(strchr(error, '\x01'));
        if (refused[i].error)
            assert_string_equal(error, refused[i].error);
    }
}

static void test_reasons_are_told(void **state) {
    static const struct {
        const char *text, *reason;
    } rows[] = {
        {"{\"a\":1,\"a\":2}", "a key occurs twice in an object"},
        {"\"\\u0000\"", "a NUL in a string"},
        {"{\"a\\u0000\":1}", "a NUL in a string"},
        {"\"\xff\"", "not UTF-8"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        json_t *value;
        char error[128] = "";
        assert_int_equal(json_exact_parse(rows[i].text, strlen(rows[i].text), &value, error, sizeof error),
                         STATUS_INVALID);
        assert_row(strstr(error, rows[i].reason) != NULL, rows[i].text);
    }
}

static void test_nul_byte_is_refused(void **state) {
    static const char text[] = "[1]\0";
    json_t *value = NULL;
    char error[128];
    (void)state;
    assert_int_equal(json_exact_parse(text, 4, &value, error, sizeof error), STATUS_INVALID);
    assert_int_equal(json_exact_parse("\"a\0b\"", 5, &value, error, sizeof error), STATUS_INVALID);
    assert_null(value);
}

static void test_depth_is_bounded(void **state) {
    static char text[400000];
    json_t *value = NULL;
    char error[128];
    (void)state;
    for (size_t depth = JSON_EXACT_DEPTH_MAX; depth <= JSON_EXACT_DEPTH_MAX + 1; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        enum status expected = depth > JSON_EXACT_DEPTH_MAX ? STATUS_INVALID : STATUS_OK;
        assert_int_equal(json_exact_parse(text, 2 * depth, &value, error, sizeof error), expected);
    }
    json_decref(value);
    assert_string_equal(error, "near byte 16: nested too deep");
    memset(text, '[', sizeof text);
    assert_int_equal(json_exact_parse(text, sizeof text, &value, error, sizeof error), STATUS_INVALID);
    /* Side by side is not deep; brackets in strings are none. */
    static const char wide[] = "[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],{},\"[[[[[[[[[[[[[[[[[[[[\"]";
    value = parse(wide, sizeof wide - 1);
    json_decref(value);
}

static void test_values_of_a_request_are_bounded(void **state) {
    static char text[2 * JSON_EXACT_VALUES_MAX + 4];
    json_t *value = NULL;
    char error[128];
    (void)state;
    for (size_t n = JSON_EXACT_VALUES_MAX; n <= JSON_EXACT_VALUES_MAX + 1; n++) {
        text[0] = '[';
        for (size_t i = 0; i < n; i++) {
            text[2 * i + 1] = '1';
            text[2 * i + 2] = i + 1 == n ? ']' : ',';
        }
        enum status expected = n > JSON_EXACT_VALUES_MAX ? STATUS_INVALID : STATUS_OK;
        assert_int_equal(json_exact_parse_request(text, 2 * n + 1, &value, error, sizeof error), expected);
        if (expected == STATUS_OK)
            json_decref(value);
        assert_int_equal(json_exact_parse(text, 2 * n + 1, &value, error, sizeof error), STATUS_OK);
        json_decref(value);
    }
    assert_int_equal(json_exact_parse_request(text, 2 * JSON_EXACT_VALUES_MAX + 1, &value, error, sizeof error),
                     STATUS_INVALID);
    assert_string_equal(error, "near byte 20000: too many values");
}

static void test_short_error_buffer_is_not_overrun(void **state) {
    json_t *value;
    char error[8] = "";
    (void)state;
    assert_int_equal(json_exact_parse("[", 1, &value, error, sizeof error), STATUS_INVALID);
    assert_string_equal(error, "near by");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_keep_their_text),
        cmocka_unit_test(test_strings_cannot_pose_as_numbers),
        cmocka_unit_test(test_keys_come_out_as_they_are),
        cmocka_unit_test(test_other_values_are_neither),
        cmocka_unit_test(test_parse_refuses_and_says_where),
        cmocka_unit_test(test_reasons_are_told),
        cmocka_unit_test(test_nul_byte_is_refused),
        cmocka_unit_test(test_depth_is_bounded),
        cmocka_unit_test(test_values_of_a_request_are_bounded),
        cmocka_unit_test(test_short_error_buffer_is_not_overrun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
