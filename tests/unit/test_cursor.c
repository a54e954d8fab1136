/* The cursor's texts. links: pf_protocol pf_base */
#include "protocol/cursor.h"
#include "unit/test.h"

#define EPOCH "0123456789abcdef"

static void test_parse_reads_what_write_writes(void **state) {
    static const struct {
        const char *text;
        uint64_t seq, version;
        uint32_t fields;
    } rows[] = {
        {EPOCH "-0-0", 0, 0, 0},
        {EPOCH "-17-4", 17, 4, 0},
        {EPOCH "-9007199254740991-9223372036854775807", UINT64_C(9007199254740991), INT64_MAX, 0},
        {EPOCH "-9007199254740991-9223372036854775807-ffffffff", UINT64_C(9007199254740991), INT64_MAX, UINT32_MAX},
        {EPOCH "-1-2-a", 1, 2, 10},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct cursor cursor;
        char out[CURSOR_TEXT_MAX];
        size_t len = strlen(rows[i].text);
        assert_row(cursor_parse(rows[i].text, len, &cursor) == STATUS_OK, rows[i].text);
        assert_row(strcmp(cursor.epoch, EPOCH) == 0, rows[i].text);
        assert_row(cursor.seq == rows[i].seq && cursor.version == rows[i].version, rows[i].text);
        assert_row(cursor.fields == rows[i].fields, rows[i].text);
        assert_row(cursor_write(out, &cursor) == len && strcmp(out, rows[i].text) == 0, rows[i].text);
    }
}

static void test_parse_refuses(void **state) {
    static const char *const rows[] = {
        "",
        "-",
        EPOCH,
        EPOCH "-",
        EPOCH "-1",
        EPOCH "-1-",
        EPOCH "--1",
        EPOCH "-1-1-",
        EPOCH "-1-1-0",
        EPOCH "-1-1-1-1",
        EPOCH "-1-1-A",
        EPOCH "-1-1-0a",
        EPOCH "-1-1-100000000",
        EPOCH "-01-1",
        EPOCH "-1-01",
        EPOCH "-1-+1",
        EPOCH "- 1-1",
        EPOCH "-1-1 ",
        EPOCH "-9007199254740992-1",
        EPOCH "-1-9223372036854775808",
        EPOCH "-18446744073709551617-1",
        EPOCH "-1-1x",
        "0123456789abcde-1-1",
        "0123456789abcdef0-1-1",
        "0123456789ABCDEF-1-1",
        "0123456789abcdeg-1-1",
        EPOCH "-00000000000000000000000000000000000000000000000000000000000000000000000000001-1",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct cursor cursor = {.seq = 77};
        assert_row(cursor_parse(rows[i], strlen(rows[i]), &cursor) == STATUS_INVALID, rows[i]);
        assert_row(cursor.seq == 77, rows[i]);
    }
}

static void test_parse_sees_a_nul(void **state) {
    struct cursor cursor;
    (void)state;
    assert_int_equal(cursor_parse(EPOCH "-1-1\0", sizeof(EPOCH "-1-1"), &cursor), STATUS_INVALID);
}

static void test_equal_compares_each_part(void **state) {
    const struct cursor cursor = {.epoch = EPOCH, .seq = 1, .version = 2, .fields = 3};
    struct cursor other = cursor;
    (void)state;
    assert_true(cursor_equal(&cursor, &other));
    for (int part = 0; part < 4; part++) {
        other = cursor;
        other.epoch[15] = part == 0 ? '0' : 'f';
        other.seq += part == 1;
        other.version += part == 2;
        other.fields += part == 3;
        assert_false(cursor_equal(&cursor, &other));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse_reads_what_write_writes),
        cmocka_unit_test(test_parse_refuses),
        cmocka_unit_test(test_parse_sees_a_nul),
        cmocka_unit_test(test_equal_compares_each_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
