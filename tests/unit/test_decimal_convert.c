/* Conversions through a rate against an oracle of 256 bits: what it would be
 * with one exact product and one rounded division. links: pf_base */
#include "base/decimal.h"
#include "unit/test.h"

#define LIMBS 8 /* of 32 bits, the lowest first */

struct wide {
    uint32_t limbs[LIMBS];
};

static struct wide wide_of(uint128 value) {
    struct wide wide = {{0}};
    for (size_t i = 0; i < 4; i++)
        wide.limbs[i] = (uint32_t)(value >> (32 * i));
    return wide;
}

static struct wide wide_times(struct wide a, uint64_t by) {
    struct wide product = {{0}};
    for (size_t part = 0; part < 2; part++) {
        uint64_t factor = (uint32_t)(by >> (32 * part)), carry = 0;
        for (size_t i = 0; i + part < LIMBS; i++) {
            uint64_t sum = factor * a.limbs[i] + product.limbs[i + part] + carry;
            product.limbs[i + part] = (uint32_t)sum;
            carry = sum >> 32;
        }
        assert_int_equal(carry, 0);
    }
    return product;
}

/* round(a / by), half up, by long division bit by bit; false when it takes more than 127 bits. */
static bool wide_divide(struct wide a, uint128 by, uint128 *ret_quotient) {
    uint128 rest = 0, quotient = 0;
    for (size_t bit = LIMBS * 32; bit-- > 0;) {
        rest = rest << 1 | (a.limbs[bit / 32] >> bit % 32 & 1);
        if (quotient >> 126 != 0)
            return false;
        quotient <<= 1;
        if (rest >= by) {
            rest -= by;
            quotient |= 1;
        }
    }
    if (rest * 2 >= by)
        quotient++;
    *ret_quotient = quotient;
    return quotient >> 127 == 0;
}

static void check(enum status status, struct amount got, uint128 magnitude, bool is_negative, int64_t rate,
                  uint128 divisor) {
    uint128 expected;
    bool fits = wide_divide(wide_times(wide_of(magnitude), (uint64_t)rate), divisor, &expected);
    assert_int_equal(status, fits ? STATUS_OK : STATUS_OVERFLOW);
    if (fits)
        assert_true(got.e8 == (is_negative ? -(int128)expected : (int128)expected));
    else
        assert_true(got.e8 == 77); /* untouched */
}

static void check_amount(int128 amount, int64_t rate, unsigned factor) {
    struct amount got = {77};
    enum status status = amount_convert((struct amount){amount}, (struct price){rate}, factor, &got);
    uint128 magnitude = amount < 0 ? 0 - (uint128)amount : (uint128)amount;
    check(status, got, magnitude, amount < 0, rate, (uint128)DECIMAL_ONE * factor);
}

static void check_product(int64_t quantity, int64_t price, int64_t rate, unsigned factor) {
    struct amount got = {77};
    enum status status =
        amount_convert_product((struct quantity){quantity}, (struct price){price}, (struct price){rate}, factor, &got);
    int128 product = (int128)quantity * price;
    uint128 magnitude = product < 0 ? 0 - (uint128)product : (uint128)product;
    check(status, got, magnitude, product < 0, rate, (uint128)DECIMAL_ONE * DECIMAL_ONE * factor);
}

static const unsigned factors[] = {1, 100, DECIMAL_FACTOR_MAX};

/* The ends, and what lies around the halves and the ones of every size. */
static void test_edges(void **state) {
    static const int64_t some[] = {1,           2,        49999999, 50000000,           50000001,       DECIMAL_ONE - 1,
                                   DECIMAL_ONE, 92380000, 88540000, DECIMAL_MAX_E8 - 1, DECIMAL_MAX_E8, INT64_MAX};
    (void)state;
    for (size_t a = 0; a < COUNT_OF(some); a++)
        for (size_t b = 0; b < COUNT_OF(some); b++)
            for (size_t rate = 0; rate < COUNT_OF(some); rate++)
                for (size_t factor = 0; factor < COUNT_OF(factors); factor++) {
                    check_product(some[a], some[b], some[rate], factors[factor]);
                    check_product(-some[a], some[b], some[rate], factors[factor]);
                    check_amount((int128)some[a] * some[b], some[rate], factors[factor]);
                    check_amount(-(int128)some[a] * some[b], some[rate], factors[factor]);
                }
    const int128 largest = (int128)(~(uint128)0 >> 1);
    for (size_t rate = 0; rate < COUNT_OF(some); rate++)
        for (size_t factor = 0; factor < COUNT_OF(factors); factor++) {
            check_amount(largest, some[rate], factors[factor]);
            check_amount(-largest, some[rate], factors[factor]);
            check_amount(0, some[rate], factors[factor]);
            check_product(INT64_MIN, INT64_MIN, some[rate], factors[factor]);
        }
}

static uint64_t random_bits(uint64_t *seed) {
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return *seed * UINT64_C(2685821657736338717);
}

/* As likely small as large. */
static int64_t random_e8(uint64_t *seed) {
    unsigned bits = 1 + (unsigned)(random_bits(seed) % 63);
    int64_t value = (int64_t)(random_bits(seed) >> (64 - bits));
    return value > 0 ? value : 1;
}

static void test_random_operands(void **state) {
    uint64_t seed = 4711;
    (void)state;
    for (int i = 0; i < 200000; i++) {
        unsigned factor = factors[random_bits(&seed) % COUNT_OF(factors)];
        int64_t sign = random_bits(&seed) % 2 ? 1 : -1;
        check_product(sign * random_e8(&seed), random_e8(&seed), random_e8(&seed), factor);
        check_amount((int128)sign * random_e8(&seed) * random_e8(&seed), random_e8(&seed), factor);
    }
}

static void test_what_is_no_rate_is_refused(void **state) {
    struct amount got = {77};
    (void)state;
    assert_int_equal(amount_convert((struct amount){1}, (struct price){0}, 1, &got), STATUS_INVALID);
    assert_int_equal(amount_convert((struct amount){1}, (struct price){-1}, 1, &got), STATUS_INVALID);
    assert_int_equal(amount_convert((struct amount){1}, (struct price){1}, 0, &got), STATUS_INVALID);
    assert_int_equal(amount_convert((struct amount){1}, (struct price){1}, DECIMAL_FACTOR_MAX + 1, &got),
                     STATUS_INVALID);
    assert_int_equal(amount_convert_product((struct quantity){1}, (struct price){1}, (struct price){0}, 1, &got),
                     STATUS_INVALID);
    assert_true(got.e8 == 77);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_random_operands),
        cmocka_unit_test(test_what_is_no_rate_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
