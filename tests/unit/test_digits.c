/* Digits in words, against printf. links: pf_base */
#include "base/digits.h"
#include "unit/test.h"

#include <inttypes.h>
#include <stdio.h>

static void assert_u64(uint64_t value) {
    char out[DIGITS_U64_MAX], expected[DIGITS_U64_MAX];
    int len = snprintf(expected, sizeof expected, "%" PRIu64, value);
    size_t written = digits_write_u64(out, value);
    assert_row(written == (size_t)len && memcmp(out, expected, written) == 0, expected);
}

static void test_whole_numbers(void **state) {
    (void)state;
    for (uint64_t power = 1; power != 0; power = power > UINT64_MAX / 10 ? 0 : power * 10) {
        for (uint64_t factor = 1; factor < 10 && factor <= UINT64_MAX / power; factor++) {
            assert_u64(power * factor - 1);
            assert_u64(power * factor);
            assert_u64(power * factor + 1);
        }
    }
    for (unsigned bit = 0; bit < 64; bit++) {
        assert_u64((UINT64_C(1) << bit) - 1);
        assert_u64(UINT64_C(1) << bit);
        assert_u64(UINT64_MAX >> bit);
    }
}

/* Every number of four digits on either side is every case there is: no digit depends on the other four. */
static void test_eight_digits(void **state) {
    (void)state;
    for (uint32_t four = 0; four < 10000; four++) {
        const uint32_t values[] = {four, four * 10000, four * 10000 + four, four * 10000 + 9999 - four};
        for (size_t i = 0; i < COUNT_OF(values); i++) {
            char out[8], expected[9];
            (void)snprintf(expected, sizeof expected, "%08" PRIu32, values[i]);
            digits_store(out, digits_of(values[i]));
            assert_row(memcmp(out, expected, sizeof out) == 0, expected);
        }
    }
}

static void test_zeros_are_counted(void **state) {
    static const struct {
        uint32_t value;
        unsigned leading, without_trailing;
    } rows[] = {{1, 7, 8},        {10, 6, 7},       {99999999, 0, 8}, {10000000, 0, 1},
                {12000000, 0, 2}, {12345678, 0, 8}, {10203040, 0, 7}, {1000, 4, 5}};
    (void)state;
    assert_int_equal(digits_leading_zeros(digits_of(0)), 7);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(digits_leading_zeros(digits_of(rows[i].value)), rows[i].leading);
        assert_int_equal(digits_without_trailing_zeros(digits_of(rows[i].value)), rows[i].without_trailing);
    }
}

static void test_hexadecimal(void **state) {
    static const uint32_t values[] = {0, 1, 0x9abcdef0, 0x01234567, 0x89abcdef, 0xffffffff, 0xa0f9, 0x99999999};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        char out[8], expected[9];
        (void)snprintf(expected, sizeof expected, "%08" PRIx32, values[i]);
        digits_store_hex(out, values[i]);
        assert_row(memcmp(out, expected, sizeof out) == 0, expected);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_numbers),
        cmocka_unit_test(test_eight_digits),
        cmocka_unit_test(test_zeros_are_counted),
        cmocka_unit_test(test_hexadecimal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
