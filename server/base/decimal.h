/* Exact money: fixed-point numbers with eight decimals.
 *
 * Prices and quantities are 64-bit integers of 1e-8, amounts 128-bit integers
 * of 1e-8, percents 128-bit integers of 1e-4. Each is a struct of its own, so
 * that the compiler refuses to add a price to a quantity. No `double` touches
 * money. A product is rounded once, half away from zero; sums are exact and
 * checked: an overflow is STATUS_OVERFLOW, never a wrap.
 * Thread: any; pure. */
#ifndef PF_BASE_DECIMAL_H
#define PF_BASE_DECIMAL_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

#define DECIMAL_ONE INT64_C(100000000)              /* 1 in units of 1e-8 */
#define DECIMAL_MAX_E8 INT64_C(9000000000000000000) /* 90,000,000,000: the largest price or quantity */
#define DECIMAL_TEXT_MAX 64                         /* bytes that hold any text of this header, with the NUL */

struct price {
    int64_t e8;
};
struct quantity {
    int64_t e8;
};
struct amount {
    int128 e8;
};
struct percent {
    int128 e4;
};

/* Reads a number of the JSON grammar without exponent, with at most 8 decimals
 * (further zeros are free), in -90,000,000,000 … 90,000,000,000.
 * STATUS_INVALID: not of that form. STATUS_OUT_OF_RANGE: too large, or more
 * than 8 decimals that count. "-0" reads as 0. `text` needs no NUL. */
PF_MUST_CHECK enum status decimal_parse(const char *text, size_t len, int64_t *ret_e8);

/* The same grammar for an amount; bound: |amount| < 1e30 (numeric(38,8)). */
PF_MUST_CHECK enum status amount_parse(const char *text, size_t len, struct amount *ret_amount);

/* Writes the shortest exact text: no exponent, no trailing zeros, never "-0".
 * Returns the length; writes no NUL. `out` must hold DECIMAL_TEXT_MAX bytes. */
size_t decimal_write(char *out, int64_t e8);
size_t amount_write(char *out, struct amount amount);
size_t percent_write(char *out, struct percent percent);

/* round(quantity x price), half away from zero. Any two int64 fit: never fails. */
static inline struct amount amount_product(struct quantity quantity, struct price price);

/* Checked sums; *ret may be one of the operands. */
PF_MUST_CHECK enum status amount_add(struct amount a, struct amount b, struct amount *ret_sum);
PF_MUST_CHECK enum status amount_subtract(struct amount a, struct amount b, struct amount *ret_difference);
PF_MUST_CHECK enum status quantity_add(struct quantity a, struct quantity b, struct quantity *ret_sum);

/* round(amount x rate / factor) and round(quantity x price x rate / factor), each rounded once: what is in one currency
 * in another, where factor units of the first make one that the rate is of (100 pence a pound; at most
 * DECIMAL_FACTOR_MAX). STATUS_INVALID for a rate or a factor that is not above 0, STATUS_OVERFLOW when it does not fit.
 */
#define DECIMAL_FACTOR_MAX 1000u
PF_MUST_CHECK enum status amount_convert(struct amount amount, struct price rate, unsigned factor,
                                         struct amount *ret_converted);
PF_MUST_CHECK enum status amount_convert_product(struct quantity quantity, struct price price, struct price rate,
                                                 unsigned factor, struct amount *ret_converted);
/* round(quantity x price x numerator / denominator), rounded once. STATUS_INVALID for a ratio with a 0,
 * STATUS_OVERFLOW when it, or a step to it, does not fit: none does below 1e20 for numerator x denominator. */
PF_MUST_CHECK enum status amount_scale_product(struct quantity quantity, struct price price, uint64_t numerator,
                                               uint64_t denominator, struct amount *ret_scaled);

/* round(amount / divisor), the divisor in units of 1e-8 too: an average cost is
 * cost / quantity, where a sum of quantities may be wider than one may be.
 * STATUS_INVALID for a divisor of 0, STATUS_OVERFLOW when it does not fit. */
PF_MUST_CHECK enum status amount_divide(struct amount amount, struct amount divisor, struct amount *ret_quotient);

/* 100 x part / whole with 4 decimals, exact in 256 bits before the one rounding.
 * STATUS_NOT_FOUND when whole is 0 (the percent is absent), STATUS_OVERFLOW
 * when the result does not fit. */
PF_MUST_CHECK enum status percent_of(struct amount part, struct amount whole, struct percent *ret_percent);

/* value / 1e8 where decimal_whole does not reach. */
uint128 decimal_whole_wide(uint128 value);

/* value / 1e8 without a division: 1e8 = 2^8 x D with D = 5^8, so x = value / 2^8
 * is divided by D. With x = high x 2^62 + low and 2^62 = Q x D + R, x / D is
 * high x Q + (high x R + low) / D; that last sum fits 64 bits for high < 2^48,
 * which is for values below 2^118: 3e19 in units of 1e-16. */
static inline uint128 decimal_whole(uint128 value) {
    const uint64_t divisor = 390625, limb = UINT64_C(1) << 62;
    uint64_t high = (uint64_t)(value >> 70), low = (uint64_t)(value >> 8) & (limb - 1);
    if (__builtin_expect(high >> 48 != 0, 0))
        return decimal_whole_wide(value);
    return (uint128)high * (limb / divisor) + (high * (limb % divisor) + low) / divisor;
}

/* Inline, because each tick comes here once for each position that holds its symbol. */
static inline struct amount amount_product(struct quantity quantity, struct price price) {
    int64_t sign = (quantity.e8 ^ price.e8) >> 63; /* 0 or -1; (x ^ sign) - sign is x with that sign */
    uint64_t quantity_size = (uint64_t)(quantity.e8 < 0 ? 0 - (uint64_t)quantity.e8 : (uint64_t)quantity.e8);
    uint64_t price_size = (uint64_t)(price.e8 < 0 ? 0 - (uint64_t)price.e8 : (uint64_t)price.e8);
    uint128 raised = (uint128)quantity_size * price_size + DECIMAL_ONE / 2; /* below 2^127 */
    if (__builtin_expect((uint64_t)(raised >> 72) == 0, 1))                 /* below 472,236: most positions */
        return (struct amount){((int64_t)((uint64_t)(raised >> 8) / 390625) ^ sign) - sign};
    return (struct amount){((int128)decimal_whole(raised) ^ sign) - sign};
}

#endif
