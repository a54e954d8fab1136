/* Ratios of splits. Refuses factors that are near no simple ratio, and products
 * that do not fit. Thread: any. */
#include "domain/split.h"

#define SMALL_TERM_MAX 20
#define NEARNESS INT64_C(500000) /* 1 / 2e-6 */

/* The whole number nearest to a / b. */
static int64_t nearest(int128 a, int64_t b) {
    return (int64_t)((2 * a + b) / (2 * (int128)b));
}

static int64_t greatest_common_divisor(int64_t a, int64_t b) {
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* |factor x denominator - numerator| is within the nearness of the numerator. */
static bool is_near(int64_t factor_e8, int64_t numerator, int64_t denominator) {
    int128 difference = (int128)factor_e8 * denominator - (int128)numerator * DECIMAL_ONE;
    if (difference < 0)
        difference = -difference;
    return difference * NEARNESS <= (int128)numerator * DECIMAL_ONE;
}

/* The smaller term counts up: the first ratio that fits is in lowest terms. */
enum status split_from_factor(int64_t factor_e8, struct split *ret_split) {
    if (factor_e8 <= 0)
        return STATUS_INVALID;
    for (int64_t small = 1; small <= SMALL_TERM_MAX; small++) {
        bool is_reverse = factor_e8 < DECIMAL_ONE;
        int64_t large = is_reverse ? nearest((int128)small * DECIMAL_ONE, factor_e8)
                                   : nearest((int128)factor_e8 * small, DECIMAL_ONE);
        int64_t numerator = is_reverse ? small : large, denominator = is_reverse ? large : small;
        if (large > SPLIT_TERM_MAX || !is_near(factor_e8, numerator, denominator))
            continue;
        if (numerator == denominator)
            return STATUS_INVALID;
        *ret_split = (struct split){.numerator = (int32_t)numerator, .denominator = (int32_t)denominator};
        return STATUS_OK;
    }
    return STATUS_INVALID;
}

enum status split_ratio_multiply(struct split_ratio a, const struct split *split, struct split_ratio *ret_product) {
    int64_t across = greatest_common_divisor(a.numerator, split->denominator);
    int64_t along = greatest_common_divisor(split->numerator, a.denominator);
    struct split_ratio product;
    if (__builtin_mul_overflow(a.numerator / across, split->numerator / along, &product.numerator) ||
        __builtin_mul_overflow(a.denominator / along, split->denominator / across, &product.denominator))
        return STATUS_OVERFLOW;
    int64_t common = greatest_common_divisor(product.numerator, product.denominator);
    *ret_product = (struct split_ratio){product.numerator / common, product.denominator / common};
    return STATUS_OK;
}

enum status split_ratio_between(const struct split *splits, size_t n, int32_t after, int32_t upto,
                                struct split_ratio *ret_ratio) {
    struct split_ratio ratio = SPLIT_RATIO_ONE;
    for (size_t i = 0; i < n && splits[i].date <= upto; i++) {
        if (splits[i].date <= after)
            continue;
        enum status status = split_ratio_multiply(ratio, &splits[i], &ratio);
        if (status != STATUS_OK)
            return status;
    }
    *ret_ratio = ratio;
    return STATUS_OK;
}

/* round(value x numerator / denominator), all not negative. */
static int128 scaled(int64_t value, int64_t numerator, int64_t denominator) {
    int128 product = (int128)value * numerator; /* below 2^126 */
    int128 quotient = product / denominator, rest = product % denominator;
    return quotient + (rest >= denominator - rest ? 1 : 0);
}

enum status split_apply(struct quantity quantity, struct split_ratio ratio, struct quantity *ret_quantity) {
    int128 e8 = scaled(quantity.e8, ratio.numerator, ratio.denominator);
    if (e8 > DECIMAL_MAX_E8)
        return STATUS_OVERFLOW;
    ret_quantity->e8 = (int64_t)e8;
    return STATUS_OK;
}

enum status split_apply_to_price(struct price price, struct split_ratio ratio, struct price *ret_price) {
    int128 e8 = scaled(price.e8, ratio.denominator, ratio.numerator);
    if (e8 > DECIMAL_MAX_E8)
        return STATUS_OVERFLOW;
    ret_price->e8 = e8 > 0 ? (int64_t)e8 : 1;
    return STATUS_OK;
}
