/* links: pf_base */
/* Records of CSV: what is cut where, and what is refused. */
#include "base/csv.h"
#include "unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "a|b" for the fields of a record, "!reason" for one that is refused, each on a
 * line with its row. */
static void expect(const char *text, size_t len, const char *expected) {
    char *copy = malloc(len + 1), out[1024] = "";
    assert_non_null(copy);
    memcpy(copy, text, len);
    struct csv csv;
    csv_init(&csv, copy, len);
    for (enum status status = csv_next(&csv); status != STATUS_NOT_FOUND; status = csv_next(&csv)) {
        size_t at = strlen(out);
        (void)snprintf(out + at, sizeof out - at, "%zu:", csv.row);
        for (size_t i = 0; i < csv.fields_n && status == STATUS_OK; i++) {
            assert_int_equal(strlen(csv.fields[i]), csv.lens[i]);
            (void)snprintf(out + strlen(out), sizeof out - strlen(out), "%s%s", i ? "|" : "", csv.fields[i]);
        }
        if (status != STATUS_OK)
            (void)snprintf(out + strlen(out), sizeof out - strlen(out), "!%s", csv.reason);
        (void)snprintf(out + strlen(out), sizeof out - strlen(out), ";");
    }
    assert_int_equal(csv_next(&csv), STATUS_NOT_FOUND);
    assert_string_equal(out, expected);
    free(copy);
}

static void test_records(void **state) {
    (void)state;
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"", ""},
        {"\n\r\n\n", ""},
        {"\xef\xbb\xbf", ""},
        {"a", "1:a;"},
        {"a,b\nc,d\n", "1:a|b;2:c|d;"},
        {"a,b\r\nc,d\r\n", "1:a|b;2:c|d;"},
        {"\xef\xbb\xbf"
         "a\n",
         "1:a;"},
        {"a\n\n\r\nb", "1:a;4:b;"},
        {",\n", "1:|;"},
        {",", "1:|;"},
        {"a,\n,b", "1:a|;2:|b;"},
        {"\"a,b\",\"c\nd\"\ne", "1:a,b|c\nd;2:e;"},
        {"\"\"", "1:;"},
        {"\"\"\"\"", "1:\";"},
        {"\"a\"\"b\",c", "1:a\"b|c;"},
        {"\"a\"\r\nb", "1:a;2:b;"},
        {"\"a\"", "1:a;"},
        {" a , b ", "1: a | b ;"},
        {"\xe2\x82\xac,\xf0\x9f\x9a\x80", "1:\xe2\x82\xac|\xf0\x9f\x9a\x80;"},
        {"a\rb", "1:a\rb;"},
        {"a,b\r", "1:a|b;"},
        {"\"a\"\r", "1:a;"},
        {"a\n\r", "1:a;"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect(rows[i].text, strlen(rows[i].text), rows[i].expected);
}

static void test_what_is_refused(void **state) {
    (void)state;
    static const char inside[] = "1:!a quote stands inside a field that does not begin with one;2:b;";
    static const char bytes[] = "1:!the bytes are not UTF-8 text;2:b;";
    expect("a\"\nb", 4, inside);
    expect(" \"a\"\nb", 6, inside);
    expect("\"a\"x,\"y\"\nb", 10, "1:!something follows a closing quote;2:b;");
    expect("\"a\nb\nc", 6, "1:!a quote is not closed;");
    expect("x,\"a", 4, "1:!a quote is not closed;");
    expect("\"", 1, "1:!a quote is not closed;");
    expect("\xff\nb", 3, bytes);
    expect("\"\xc3\"\nb", 5, bytes);
    expect("a\0a\nb", 5, bytes);
}

static void test_too_many_fields(void **state) {
    (void)state;
    char text[256], most[256];
    memset(text, ',', CSV_FIELDS_MAX);
    memcpy(text + CSV_FIELDS_MAX, "\nb", 3);
    expect(text, CSV_FIELDS_MAX + 2, "1:!too many fields;2:b;");
    (void)snprintf(most, sizeof most, "1:%.*s;2:b;", CSV_FIELDS_MAX - 1,
                   "||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||");
    expect(text + 1, CSV_FIELDS_MAX + 1, most);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_records), cmocka_unit_test(test_what_is_refused),
                                       cmocka_unit_test(test_too_many_fields)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
