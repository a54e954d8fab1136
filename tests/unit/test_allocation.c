/* links: pf_domain pf_base */
/* Weights: always exactly 1 together, each less than a millionth off. */
#include "domain/allocation.h"
#include "unit/test.h"

#include <stdlib.h>

#define VALUES_MAX 12
#define UNIT (DECIMAL_ONE / 1000000)

struct row {
    size_t n;
    int64_t values[4], weights[4]; /* millionths */
};

static void test_weights(void **state) {
    (void)state;
    static const struct row rows[] = {
        {1, {5}, {1000000}},
        {2, {1, 1}, {500000, 500000}},
        {3, {1, 1, 1}, {333334, 333333, 333333}},
        {3, {2, 1, 0}, {666667, 333333, 0}},
        {3, {1, 2, 0}, {333333, 666667, 0}},
        {4, {1, 1, 1, 3}, {166667, 166667, 166666, 500000}}, /* the first of equal remainders first */
        {2, {-100, 300}, {-500000, 1500000}},
        {3, {-1, 2, 2}, {-333333, 666667, 666666}},
        {2, {1, 9999999}, {0, 1000000}},
        {2, {6, 9999994}, {1, 999999}},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct amount values[4], weights[4];
        for (size_t j = 0; j < rows[i].n; j++)
            values[j].e8 = rows[i].values[j];
        assert_int_equal(allocation_weigh(values, rows[i].n, weights), STATUS_OK);
        for (size_t j = 0; j < rows[i].n; j++)
            assert_true(weights[j].e8 == rows[i].weights[j] * UNIT);
    }
}

static void test_no_shares_of_nothing(void **state) {
    (void)state;
    static const int64_t rows[][2] = {{0, 0}, {1, -1}, {1, -2}, {-1, -1}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct amount values[2] = {{rows[i][0]}, {rows[i][1]}}, weights[2];
        assert_int_equal(allocation_weigh(values, 2, weights), STATUS_NOT_FOUND);
    }
    assert_int_equal(allocation_weigh(NULL, 0, NULL), STATUS_NOT_FOUND);
}

/* Up to the ends of 128 bits: no overflow (the sanitizers watch), the sum exact. */
static void test_random_values_add_up(void **state) {
    (void)state;
    srand(7);
    size_t weighed = 0;
    for (size_t round = 0; round < 20000; round++) {
        struct amount values[VALUES_MAX], weights[VALUES_MAX];
        size_t n = 1 + (size_t)rand() % VALUES_MAX;
        unsigned bits = (unsigned)rand() % 120;
        for (size_t i = 0; i < n; i++) {
            uint128 random = 0;
            for (int part = 0; part < 6; part++)
                random = random << 31 ^ (unsigned)rand();
            values[i].e8 = (int128)(random >> (128 - 1 - bits % 127) >> 1);
            if (rand() % 8 == 0)
                values[i].e8 = -values[i].e8;
        }
        if (allocation_weigh(values, n, weights) != STATUS_OK)
            continue;
        weighed++;
        int128 sum = 0;
        for (size_t i = 0; i < n; i++) {
            assert_true(weights[i].e8 % UNIT == 0);
            sum += weights[i].e8;
        }
        assert_true(sum == DECIMAL_ONE);
        long double total = 0;
        for (size_t i = 0; i < n; i++)
            total += (long double)values[i].e8;
        for (size_t i = 0; i < n; i++) {
            long double exact = (long double)values[i].e8 / total, got = (long double)weights[i].e8 / 1e8L;
            long double size = exact < 0 ? -exact : exact;
            long double off = got > exact ? got - exact : exact - got;
            assert_true(off < 1.001e-6L + size * 1e-9L);
        }
    }
    assert_true(weighed > 10000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_weights), cmocka_unit_test(test_no_shares_of_nothing),
                                       cmocka_unit_test(test_random_values_add_up)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
