/* Identifiers. links: pf_base */
#include "base/uuid.h"
#include "unit/test.h"

static void test_parse_and_write(void **state) {
    struct uuid uuid, again;
    char out[UUID_TEXT_LEN + 1];
    static const char text[] = "01234567-89AB-cdef-0123-456789abCDEF";
    (void)state;
    assert_int_equal(uuid_parse(text, UUID_TEXT_LEN, &uuid), STATUS_OK);
    uuid_write(out, &uuid);
    assert_string_equal(out, "01234567-89ab-cdef-0123-456789abcdef");
    assert_int_equal(uuid_parse(out, UUID_TEXT_LEN, &again), STATUS_OK);
    assert_true(uuid_equal(&uuid, &again));
    again.bytes[15] ^= 1;
    assert_false(uuid_equal(&uuid, &again));
}

static void test_parse_refuses(void **state) {
    static const char *const rows[] = {
        "",
        "01234567-89ab-cdef-0123-456789abcde",
        "01234567-89ab-cdef-0123-456789abcdef0",
        "01234567-89ab-cdef-0123-456789abcdef01",
        "01234567+89ab-cdef-0123-456789abcdef",
        "012345678-9ab-cdef-0123-456789abcdef",
        "{1234567-89ab-cdef-0123-456789abcde}",
        "01234567-89ab-cdef-0123-456789abcdeg",
        "0123456789abcdef0123456789abcdef    ",
        "01234567-89ab-cdef-0123-456789abcd f",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct uuid uuid = {{7}};
        assert_row(uuid_parse(rows[i], strlen(rows[i]), &uuid) == STATUS_INVALID, rows[i]);
        assert_row(uuid.bytes[0] == 7, rows[i]);
    }
}

static void test_random_ones_differ_and_say_their_version(void **state) {
    struct uuid a, b;
    char out[UUID_TEXT_LEN + 1];
    (void)state;
    assert_int_equal(uuid_random(&a), STATUS_OK);
    assert_int_equal(uuid_random(&b), STATUS_OK);
    assert_false(uuid_equal(&a, &b));
    uuid_write(out, &a);
    assert_int_equal(out[14], '4');
    assert_non_null(strchr("89ab", out[19]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse_and_write),
        cmocka_unit_test(test_parse_refuses),
        cmocka_unit_test(test_random_ones_differ_and_say_their_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
