/* Splits: ratios of shares, and what they make of a quantity. A split of
 * numerator : denominator gives numerator shares for denominator old ones.
 * Thread: any; pure. */
#ifndef PF_DOMAIN_SPLIT_H
#define PF_DOMAIN_SPLIT_H

#include "base/decimal.h"

#include <stddef.h>
#include <stdint.h>

#define SPLIT_TERM_MAX 10000 /* of a ratio's two numbers */

struct split {
    int32_t date; /* effective from this day's opening on */
    int32_t numerator, denominator;
};

/* The simple ratio a vendor's factor, in one number or as two, stands for:
 * 7.00000700001 is 7:1, 3 / 2 is 3:2, 0.1 is 1:10. Whole numbers up to
 * SPLIT_TERM_MAX, one of them at most 20, near it by 5e-6 of it; of a reverse
 * split, which vendors write with four decimals, also what rounds to those:
 * 0.3333 is 1:3. STATUS_NOT_FOUND: 1, or none is near (1.195, 1.054): the
 * price's factor at a spin-off, which is no split of shares. The date of
 * *ret_split stays. */
PF_MUST_CHECK enum status split_from_factor(int64_t numerator_e8, int64_t denominator_e8, struct split *ret_split);

/* The product of ratios, in lowest terms. */
struct split_ratio {
    int64_t numerator, denominator;
};
#define SPLIT_RATIO_ONE ((struct split_ratio){1, 1})

/* STATUS_OVERFLOW when the product's terms do not fit 63 bits. */
PF_MUST_CHECK enum status split_ratio_multiply(struct split_ratio a, const struct split *split,
                                               struct split_ratio *ret_product);

/* The product of those of splits[0..n), ordered by date, with after < date <= upto. */
PF_MUST_CHECK enum status split_ratio_between(const struct split *splits, size_t n, int32_t after, int32_t upto,
                                              struct split_ratio *ret_ratio);

/* round(quantity x ratio), half away from zero: once, after all splits.
 * STATUS_OVERFLOW past the bound of a quantity. A quantity may round to 0. */
PF_MUST_CHECK enum status split_apply(struct quantity quantity, struct split_ratio ratio,
                                      struct quantity *ret_quantity);

/* round(price / ratio): a price from before the splits, as it counts after
 * them; at least 1e-8. STATUS_OVERFLOW past the bound of a price. */
PF_MUST_CHECK enum status split_apply_to_price(struct price price, struct split_ratio ratio, struct price *ret_price);

#endif
