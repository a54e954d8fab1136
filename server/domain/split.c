/* Ratios of splits. Refuses factors that are near no simple ratio, and products
 * that do not fit. Thread: any. */
#include "domain/split.h"

#include <stdbool.h>

#define SMALL_TERM_MAX 20
#define NEARNESS INT64_C(200000)    /* 1 / 5e-6 */
#define WRITTEN_SMALL_TERM_MAX 10   /* of a ratio that was rounded to four decimals */
#define WRITTEN_PARTS 20000         /* half of the last of those decimals is a part of so many of 1 */
#define WRITTEN_DENOMINATOR_MAX 100 /* 1:101 would be rounded to the same as 1:100 */

static int64_t greatest_common_divisor(int64_t a, int64_t b) {
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* The whole number nearest to a / b. */
static int128 nearest(int128 a, int64_t b) {
    return (2 * a + b) / (2 * (int128)b);
}

/* A factor, the larger number first: a forward split's, or the inverse of a reverse one's. */
struct factor {
    int64_t large_e8, small_e8;
    bool is_reverse;
};

/* The ratio with this smaller term, when the factor is near it. */
static bool large_term(const struct factor *factor, int64_t small, int64_t *ret_large) {
    int128 large = nearest((int128)small * factor->large_e8, factor->small_e8);
    if (large > SPLIT_TERM_MAX)
        return false;
    int128 off = large * factor->small_e8 - (int128)small * factor->large_e8;
    *ret_large = (int64_t)large;
    return (off < 0 ? -off : off) * NEARNESS <= large * factor->small_e8;
}

/* The same for what may have been rounded to four decimals. */
static bool written_large_term(const struct factor *factor, int64_t small, int64_t *ret_large) {
    int128 large = nearest((int128)small * factor->large_e8, factor->small_e8);
    if (!factor->is_reverse || small > WRITTEN_SMALL_TERM_MAX || large > WRITTEN_DENOMINATOR_MAX)
        return false;
    int128 off = large * factor->small_e8 - (int128)small * factor->large_e8;
    *ret_large = (int64_t)large;
    return (off < 0 ? -off : off) * WRITTEN_PARTS <= large * factor->large_e8;
}

/* The smaller term counts up: the first ratio that fits is in lowest terms. */
enum status split_from_factor(int64_t numerator_e8, int64_t denominator_e8, struct split *ret_split) {
    if (numerator_e8 <= 0 || denominator_e8 <= 0)
        return STATUS_NOT_FOUND;
    bool is_reverse = numerator_e8 < denominator_e8;
    const struct factor factor = {is_reverse ? denominator_e8 : numerator_e8,
                                  is_reverse ? numerator_e8 : denominator_e8, is_reverse};
    for (int64_t i = 1; i <= SMALL_TERM_MAX + WRITTEN_SMALL_TERM_MAX; i++) {
        bool is_written = i > SMALL_TERM_MAX;
        int64_t small = is_written ? i - SMALL_TERM_MAX : i, large = 0;
        if (!(is_written ? written_large_term(&factor, small, &large) : large_term(&factor, small, &large)))
            continue;
        if (small == large)
            return STATUS_NOT_FOUND;
        ret_split->numerator = (int32_t)(is_reverse ? small : large);
        ret_split->denominator = (int32_t)(is_reverse ? large : small);
        return STATUS_OK;
    }
    return STATUS_NOT_FOUND;
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
