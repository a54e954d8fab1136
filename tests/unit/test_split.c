/* Split ratios: what vendors' factors stand for, and what they make of
 * quantities. links: pf_domain pf_base */
#include "domain/split.h"
#include "unit/test.h"

#include <stdio.h>
#include <string.h>

/* A factor as a vendor writes it, and of a second number, where it writes two. */
static const struct {
    const char *factor, *divisor;
    int32_t numerator, denominator; /* 0: no split */
} factors[] = {
    {"7.00000700001", "1", 7, 1},
    {"7", "1", 7, 1},
    {"4", "1", 4, 1},
    {"1.5", "1", 3, 2},
    {"3", "2", 3, 2},
    {"1", "15", 1, 15},
    {"21", "20", 21, 20},
    {"1195", "1000", 0, 0}, /* a spin-off in two numbers */
    {"1.3333", "1", 0, 0},
    {"1.333333", "1", 4, 3},
    {"0.1", "1", 1, 10},
    {"0.125", "1", 1, 8},
    {"0.02", "1", 1, 50},
    {"1.25", "1", 5, 4},
    {"0.666667", "1", 2, 3},
    {"0.6667", "1", 2, 3}, /* reverse splits have four decimals */
    {"0.3333", "1", 1, 3},
    {"0.0667", "1", 1, 15},
    {"0.0333", "1", 1, 30},
    {"0.3334", "1", 0, 0}, /* 1:3 would be 0.3333 */
    {"20", "1", 20, 1},
    {"50", "1", 50, 1},
    {"1.1", "1", 11, 10},
    {"1.05", "1", 21, 20},
    {"1", "1", 0, 0},
    {"0", "1", 0, 0},
    {"2", "0", 0, 0},
    {"-2", "1", 0, 0},
    {"1.195", "1", 0, 0}, /* spin-offs: FTV, PFE, VFC, HSIC, FMC, RTX */
    {"1.054", "1", 0, 0},
    {"1.062", "1", 0, 0},
    {"1.275", "1", 0, 0},
    {"1.153", "1", 0, 0},
    {"1.58901", "1", 0, 0},
    {"1.281", "1", 0, 0},
    {"1.0000001", "1", 0, 0},
    {"1.000001", "1", 0, 0},
    {"0.99999", "1", 0, 0},
    {"10000", "1", 10000, 1},
    {"10001", "1", 0, 0},
    {"0.0001", "1", 1, 10000},
    {"0.00000001", "1", 0, 0},
    {"90000000000", "1", 0, 0},
    {"90000000000", "90000000000", 0, 0},
    {"0.00000001", "90000000000", 0, 0},
    {"90000000000", "0.00000001", 0, 0},
};

/* As a provider's text is read: decimals past the eighth are cut there. */
static int64_t factor_read(const char *factor) {
    int64_t e8 = 0;
    const char *point = strchr(factor, '.');
    char text[32];
    (void)snprintf(text, sizeof text, "%.*s", point ? (int)(point - factor) + 9 : 31, factor);
    assert_int_equal(decimal_parse(text, strlen(text), &e8), STATUS_OK);
    return e8;
}

static void test_factors_stand_for_simple_ratios(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(factors); i++) {
        struct split split = {.date = 77};
        enum status status = split_from_factor(factor_read(factors[i].factor), factor_read(factors[i].divisor), &split);
        assert_row(status == (factors[i].numerator == 0 ? STATUS_NOT_FOUND : STATUS_OK), factors[i].factor);
        assert_row(split.numerator == factors[i].numerator, factors[i].factor);
        assert_row(split.denominator == factors[i].denominator, factors[i].factor);
        assert_int_equal(split.date, 77); /* stays */
    }
}

static void test_the_product_of_those_after_a_date(void **state) {
    static const struct split splits[] = {{10, 7, 1}, {20, 4, 1}, {30, 1, 2}, {40, 3, 2}};
    static const struct {
        int32_t after, upto;
        int64_t numerator, denominator;
    } cases[] = {{0, 50, 21, 1}, {0, 9, 1, 1},   {9, 10, 7, 1},  {10, 10, 1, 1}, {10, 20, 4, 1},
                 {10, 30, 2, 1}, {20, 30, 1, 2}, {20, 40, 3, 4}, {30, 99, 3, 2}, {40, 99, 1, 1}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct split_ratio ratio;
        assert_int_equal(split_ratio_between(splits, COUNT_OF(splits), cases[i].after, cases[i].upto, &ratio),
                         STATUS_OK);
        assert_int_equal(ratio.numerator, cases[i].numerator);
        assert_int_equal(ratio.denominator, cases[i].denominator);
    }
}

static int64_t applied(const char *quantity, int64_t numerator, int64_t denominator) {
    struct quantity q, result = {-1};
    assert_int_equal(decimal_parse(quantity, strlen(quantity), &q.e8), STATUS_OK);
    assert_int_equal(split_apply(q, (struct split_ratio){numerator, denominator}, &result), STATUS_OK);
    return result.e8;
}

/* Ghostfolio's cases: 10 at 2:1, 10 at 1:10, 10 at 2:1 and 1:3. */
static void test_quantities_are_rounded_once(void **state) {
    (void)state;
    assert_int_equal(applied("10", 2, 1), 20 * DECIMAL_ONE);
    assert_int_equal(applied("10", 1, 10), DECIMAL_ONE);
    assert_int_equal(applied("10", 2, 3), INT64_C(666666667)); /* 20/3 */
    assert_int_equal(applied("0.00000001", 1, 2), 1);          /* half away from zero */
    assert_int_equal(applied("0.00000001", 1, 3), 0);
    assert_int_equal(applied("1", 3, 2), DECIMAL_ONE * 3 / 2);
    /* 1:3 then 3:1 is what it was: rounded after both, not after each. */
    struct split_ratio there, back;
    assert_int_equal(split_ratio_multiply(SPLIT_RATIO_ONE, &(struct split){1, 1, 3}, &there), STATUS_OK);
    assert_int_equal(split_ratio_multiply(there, &(struct split){2, 3, 1}, &back), STATUS_OK);
    assert_int_equal(applied("1", back.numerator, back.denominator), DECIMAL_ONE);
}

static void test_prices_are_divided(void **state) {
    struct price price;
    (void)state;
    assert_int_equal(split_apply_to_price((struct price){500 * DECIMAL_ONE}, (struct split_ratio){4, 1}, &price),
                     STATUS_OK);
    assert_int_equal(price.e8, 125 * DECIMAL_ONE);
    assert_int_equal(split_apply_to_price((struct price){100 * DECIMAL_ONE}, (struct split_ratio){3, 1}, &price),
                     STATUS_OK);
    assert_int_equal(price.e8, INT64_C(3333333333));
    /* Never 0. */
    assert_int_equal(split_apply_to_price((struct price){1}, (struct split_ratio){10, 1}, &price), STATUS_OK);
    assert_int_equal(price.e8, 1);
    assert_int_equal(split_apply_to_price((struct price){DECIMAL_MAX_E8}, (struct split_ratio){1, 2}, &price),
                     STATUS_OVERFLOW);
}

static void test_what_does_not_fit_is_refused(void **state) {
    struct split_ratio ratio = SPLIT_RATIO_ONE;
    struct quantity quantity = {-1};
    enum status status = STATUS_OK;
    int n = 0;
    (void)state;
    while (status == STATUS_OK && n < 100) {
        status = split_ratio_multiply(ratio, &(struct split){n, 10000, 1}, &ratio);
        n += status == STATUS_OK ? 1 : 0;
    }
    assert_int_equal(status, STATUS_OVERFLOW);
    assert_int_equal(n, 4); /* 1e16; 1e20 does not fit */
    assert_int_equal(split_apply((struct quantity){DECIMAL_MAX_E8}, (struct split_ratio){2, 1}, &quantity),
                     STATUS_OVERFLOW);
    assert_int_equal(quantity.e8, -1);
    assert_int_equal(split_apply((struct quantity){DECIMAL_MAX_E8}, (struct split_ratio){1, 1}, &quantity), STATUS_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_factors_stand_for_simple_ratios),
        cmocka_unit_test(test_the_product_of_those_after_a_date),
        cmocka_unit_test(test_quantities_are_rounded_once),
        cmocka_unit_test(test_prices_are_divided),
        cmocka_unit_test(test_what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
