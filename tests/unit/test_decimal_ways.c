/* Each fast way of exact arithmetic against the slow one it replaces: at the
 * edges where the ways part, and for random operands. links: pf_base */
#include "base/decimal.h"
#include "unit/test.h"

/* xorshift64*: the same numbers in each run. */
static uint64_t random_bits(uint64_t *seed) {
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return *seed * UINT64_C(2685821657736338717);
}

/* The definition, by 128-bit division. */
static int128 product_by_division(int64_t a, int64_t b) {
    uint128 a_size = a < 0 ? 0 - (uint128)a : (uint128)a, b_size = b < 0 ? 0 - (uint128)b : (uint128)b;
    uint128 rounded = (a_size * b_size + 50000000) / 100000000;
    return (a < 0) != (b < 0) ? -(int128)rounded : (int128)rounded;
}

static void assert_product(uint64_t a, uint64_t b) {
    for (unsigned signs = 0; signs < 4; signs++) {
        int64_t quantity = (int64_t)(signs & 1 ? 0 - a : a), price = (int64_t)(signs & 2 ? 0 - b : b);
        struct amount product = amount_product((struct quantity){quantity}, (struct price){price});
        if (product.e8 != product_by_division(quantity, price))
            fail_msg("%lld x %lld", (long long)quantity, (long long)price);
    }
}

/* Both sides of where the product takes another way (2^72, 2^118), of halves and of the operands' ends. */
static void test_product_is_exact_at_its_edges(void **state) {
    static const unsigned bits[] = {0, 25, 26, 27, 62, 63, 64, 69, 70, 71, 72, 73, 100, 117, 118, 119, 125};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bits); i++) {
        for (unsigned a_bits = bits[i] > 62 ? bits[i] - 62 : 0; a_bits <= 62 && a_bits <= bits[i]; a_bits++) {
            uint64_t a = UINT64_C(1) << a_bits, b = UINT64_C(1) << (bits[i] - a_bits);
            for (uint64_t around = 0; around < 9; around++) {
                assert_product(a + around % 3 - 1, b + around / 3 - 1);
                /* a product that is near the power only after the half was added */
                uint128 target = ((uint128)1 << bits[i]) - 50000000 + around - 4;
                if (target / a <= (uint64_t)INT64_MAX)
                    assert_product(a, (uint64_t)(target / a));
            }
        }
    }
    for (uint64_t odd = 1; odd < 200; odd += 2) {
        for (uint64_t around = 0; around < 3; around++)
            assert_product(odd * 50000000 + around - 1, 1);
    }
    static const uint64_t ends[] = {(uint64_t)DECIMAL_MAX_E8, (uint64_t)DECIMAL_MAX_E8 - 1, INT64_MAX,
                                    UINT64_C(1) << 63};
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        for (size_t j = 0; j < COUNT_OF(ends); j++)
            assert_product(ends[i], ends[j]);
    }
}

static void test_product_is_exact_for_random_operands(void **state) {
    uint64_t seed = 1;
    (void)state;
    for (int i = 0; i < 300000; i++) {
        uint64_t a = random_bits(&seed), b = random_bits(&seed);
        assert_product(a >> (random_bits(&seed) % 63 + 1), b >> (random_bits(&seed) % 63 + 1));
    }
}

/* The text as a school child writes it: digit by digit, then the zeros at the end struck out. */
static void write_slowly(char *out, int128 value, unsigned decimals) {
    char reversed[DECIMAL_TEXT_MAX];
    uint128 rest = value < 0 ? 0 - (uint128)value : (uint128)value;
    unsigned n = 0, at = 0;
    do {
        reversed[n++] = (char)('0' + (int)(rest % 10));
        rest /= 10;
    } while (rest != 0 || n <= decimals);
    if (value < 0)
        out[at++] = '-';
    while (n > decimals)
        out[at++] = reversed[--n];
    out[at++] = '.';
    while (n > 0)
        out[at++] = reversed[--n];
    while (out[at - 1] == '0')
        at--;
    out[out[at - 1] == '.' ? at - 1 : at] = '\0';
}

static void assert_texts(int128 value) {
    char out[DECIMAL_TEXT_MAX], expected[DECIMAL_TEXT_MAX];
    write_slowly(expected, value, 8);
    size_t len = amount_write(out, (struct amount){value});
    assert_row(len == strlen(expected) && memcmp(out, expected, len) == 0, expected);
    if (value == (int64_t)value) {
        len = decimal_write(out, (int64_t)value);
        assert_row(len == strlen(expected) && memcmp(out, expected, len) == 0, expected);
    }
    write_slowly(expected, value, 4);
    len = percent_write(out, (struct percent){value});
    assert_row(len == strlen(expected) && memcmp(out, expected, len) == 0, expected);
}

/* Powers of ten and of two, their neighbours and opposites; then any. */
static void test_texts_are_those_of_long_division(void **state) {
    uint64_t seed = 2;
    uint128 power = 1;
    (void)state;
    for (int digits = 0; digits < 39; digits++, power *= 10) {
        for (int factor = 1; factor < 10; factor += 4) {
            for (int around = -1; around <= 1; around++) {
                assert_texts((int128)(power * (unsigned)factor) + around);
                assert_texts(-(int128)(power * (unsigned)factor) + around);
            }
        }
    }
    for (unsigned bit = 0; bit < 127; bit++) {
        for (int around = -1; around <= 1; around++) {
            assert_texts(((int128)1 << bit) + around);
            assert_texts(-((int128)1 << bit) + around);
        }
    }
    for (int i = 0; i < 100000; i++) {
        uint128 bits = (uint128)random_bits(&seed) << 64 | random_bits(&seed);
        assert_texts((int128)bits >> (random_bits(&seed) % 127));
    }
}

/* round(part x factor / whole) by the plain operators; the product must fit. */
static int128 scaled_by_division(int128 part, int128 factor, int128 whole) {
    uint128 product = (uint128)(part < 0 ? -part : part) * (uint128)factor;
    uint128 divisor = (uint128)(whole < 0 ? -whole : whole);
    int128 size = (int128)(product / divisor + (product % divisor * 2 >= divisor ? 1 : 0));
    return (part < 0) != (whole < 0) ? -size : size;
}

static void assert_quotients(int128 part, int128 whole) {
    struct percent percent;
    struct amount quotient;
    if (whole == 0)
        return;
    assert_int_equal(percent_of((struct amount){part}, (struct amount){whole}, &percent), STATUS_OK);
    assert_true(percent.e4 == scaled_by_division(part, 1000000, whole));
    assert_int_equal(amount_divide((struct amount){part}, (struct amount){whole}, &quotient), STATUS_OK);
    assert_true(quotient.e8 == scaled_by_division(part, DECIMAL_ONE, whole));
}

/* Both sides of where 64 bits cease to do, and halves. */
static void test_quotients_are_those_of_128_bits(void **state) {
    static const uint64_t limits[] = {UINT64_MAX / 10000,     UINT64_MAX / 1000, UINT64_MAX / 1000000,
                                      UINT64_MAX / 100000000, UINT64_C(1) << 50, UINT64_C(1) << 54};
    uint64_t seed = 3;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(limits); i++) {
        for (size_t j = 0; j < COUNT_OF(limits); j++) {
            for (int around = 0; around < 25; around++) {
                int128 part = (int128)limits[i] + around % 5 - 2, whole = (int128)limits[j] + around / 5 - 2;
                assert_quotients(part, whole);
                assert_quotients(-part, whole);
                assert_quotients(part, around + 1);
                assert_quotients(around + 1, -whole);
            }
        }
    }
    for (int part = -2000; part < 2000; part++) {
        assert_quotients(part, 2000000);
        assert_quotients(part, -200000000);
        assert_quotients(part, 3);
        assert_quotients(part, 64);
    }
    for (int i = 0; i < 200000; i++) {
        int128 part = (int128)(random_bits(&seed) >> (random_bits(&seed) % 64)) * (i % 3 == 0 ? -1 : 1);
        int128 whole = (int128)(random_bits(&seed) >> (random_bits(&seed) % 64)) * (i % 5 == 0 ? -1 : 1);
        assert_quotients(part, whole);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_product_is_exact_at_its_edges),
        cmocka_unit_test(test_product_is_exact_for_random_operands),
        cmocka_unit_test(test_texts_are_those_of_long_division),
        cmocka_unit_test(test_quotients_are_those_of_128_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
