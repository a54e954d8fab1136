/* Exact arithmetic on fixed-point money. Every product and quotient is rounded
 * once, half away from zero; what does not fit is refused, never wrapped.
 * The texts are in decimal_text.c. Thread: any; pure. */
#include "base/decimal.h"

#define INT128_MAX_MAGNITUDE (((uint128)1 << 127) - 1)
#define UINT128_MAX (~(uint128)0)

static uint128 magnitude_of(int128 value) {
    return value < 0 ? (uint128)0 - (uint128)value : (uint128)value;
}

/* STATUS_OVERFLOW when the signed value does not fit. */
static enum status apply_sign(uint128 magnitude, bool is_negative, int128 *ret_value) {
    if (magnitude > INT128_MAX_MAGNITUDE + (is_negative ? 1 : 0))
        return STATUS_OVERFLOW;
    *ret_value = (int128)(is_negative ? (uint128)0 - magnitude : magnitude);
    return STATUS_OK;
}

/* The remainder is at least half of the divisor; 2 x remainder could wrap. */
static bool rounds_up(uint128 remainder, uint128 divisor) {
    return remainder >= divisor - remainder;
}

/* (high:low) / divisor by schoolbook binary division. high < divisor, so that
 * the quotient fits 128 bits; divisor <= 2^127, so that twice a remainder does.
 * Rare: only amounts above 3.4e24 or so come here. */
static uint128 divide_256(uint128 high, uint128 low, uint128 divisor, uint128 *ret_remainder) {
    uint128 remainder = high, quotient = 0;
    for (unsigned bit = 128; bit-- > 0;) {
        remainder = (remainder << 1) | ((low >> bit) & 1);
        if (remainder >= divisor) {
            remainder -= divisor;
            quotient |= (uint128)1 << bit;
        }
    }
    *ret_remainder = remainder;
    return quotient;
}

/* round(value x factor / divisor) of magnitudes, exact before the rounding. */
static enum status scale_magnitude(uint128 value, uint64_t factor, uint128 divisor, uint128 *ret_result) {
    uint128 quotient, remainder;
    if (value <= UINT128_MAX / factor) {
        uint128 product = value * factor;
        quotient = product / divisor;
        remainder = product % divisor;
    } else {
        uint128 low_part = (uint128)(uint64_t)value * factor;
        uint128 high_part = (value >> 64) * factor + (low_part >> 64);
        uint128 high = high_part >> 64;
        if (high >= divisor)
            return STATUS_OVERFLOW;
        quotient = divide_256(high, (high_part << 64) | (uint64_t)low_part, divisor, &remainder);
    }
    if (rounds_up(remainder, divisor)) {
        if (quotient == UINT128_MAX)
            return STATUS_OVERFLOW;
        quotient++;
    }
    *ret_result = quotient;
    return STATUS_OK;
}

/* A factor that is step x step, and up to where 64 bits do. */
struct factor {
    uint64_t step;
    uint64_t one_division_max;  /* of the value: value x step x step fits */
    uint64_t two_divisions_max; /* of value and divisor: either x step fits */
};
#define FACTOR(step)                                                                                                   \
    { (step), UINT64_MAX / ((step) * (step)), UINT64_MAX / (step) }

static enum status scale_large(int128 value, uint64_t factor, int128 divisor, int128 *ret_result) {
    uint128 magnitude;
    enum status status = scale_magnitude(magnitude_of(value), factor, magnitude_of(divisor), &magnitude);
    return status == STATUS_OK ? apply_sign(magnitude, (value < 0) != (divisor < 0), ret_result) : status;
}

static uint64_t magnitude_64(int64_t value) {
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

/* round(value x factor / divisor). In 64 bits by one division, or by two: of value x step, then of what remained of it
 * x step. What is larger than that is rare, and takes a division of 128 bits. */
static inline enum status scale(int128 value, struct factor factor, int128 divisor, int128 *ret_result) {
    if (__builtin_expect(value != (int64_t)value || divisor != (int64_t)divisor, 0))
        return scale_large(value, factor.step * factor.step, divisor, ret_result);
    uint64_t size = magnitude_64((int64_t)value), by = magnitude_64((int64_t)divisor), remainder;
    uint128 quotient;
    if (size <= factor.one_division_max) {
        uint64_t product = size * (factor.step * factor.step);
        quotient = product / by;
        remainder = product % by;
    } else if (size <= factor.two_divisions_max && by <= factor.two_divisions_max) {
        uint64_t first = size * factor.step, second = first % by * factor.step;
        quotient = (uint128)(first / by) * factor.step + second / by;
        remainder = second % by;
    } else {
        return scale_large(value, factor.step * factor.step, divisor, ret_result);
    }
    quotient += remainder >= by - remainder ? 1 : 0;
    *ret_result = (value < 0) != (divisor < 0) ? -(int128)quotient : (int128)quotient;
    return STATUS_OK;
}

uint128 decimal_whole_wide(uint128 value) {
    return value / (uint128)DECIMAL_ONE;
}

enum status amount_add(struct amount a, struct amount b, struct amount *ret_sum) {
    int128 sum;
    if (__builtin_add_overflow(a.e8, b.e8, &sum))
        return STATUS_OVERFLOW;
    ret_sum->e8 = sum;
    return STATUS_OK;
}

enum status amount_subtract(struct amount a, struct amount b, struct amount *ret_difference) {
    int128 difference;
    if (__builtin_sub_overflow(a.e8, b.e8, &difference))
        return STATUS_OVERFLOW;
    ret_difference->e8 = difference;
    return STATUS_OK;
}

enum status quantity_add(struct quantity a, struct quantity b, struct quantity *ret_sum) {
    int64_t sum;
    if (__builtin_add_overflow(a.e8, b.e8, &sum))
        return STATUS_OVERFLOW;
    ret_sum->e8 = sum;
    return STATUS_OK;
}

/* round(value x by / divisor). With value = whole x divisor + rest that is whole x by + round(rest x by / divisor). Of
 * a rate, rest x rate is below 1e8 x 1e8 x 1e3 x 2^63 and fits. */
static enum status convert(uint128 value, bool is_negative, uint64_t by, uint128 divisor,
                           struct amount *ret_converted) {
    uint128 whole = value / divisor, rest, result;
    if (__builtin_mul_overflow(value % divisor, (uint128)by, &rest))
        return STATUS_OVERFLOW;
    uint128 part = rest / divisor;
    part += rounds_up(rest % divisor, divisor) ? 1 : 0;
    if (__builtin_mul_overflow(whole, (uint128)by, &result) || __builtin_add_overflow(result, part, &result))
        return STATUS_OVERFLOW;
    return apply_sign(result, is_negative, &ret_converted->e8);
}

static bool is_convertible(struct price rate, unsigned factor) {
    return rate.e8 > 0 && factor > 0 && factor <= DECIMAL_FACTOR_MAX;
}

enum status amount_convert(struct amount amount, struct price rate, unsigned factor, struct amount *ret_converted) {
    if (!is_convertible(rate, factor))
        return STATUS_INVALID;
    return convert(magnitude_of(amount.e8), amount.e8 < 0, (uint64_t)rate.e8, (uint128)DECIMAL_ONE * factor,
                   ret_converted);
}

enum status amount_convert_product(struct quantity quantity, struct price price, struct price rate, unsigned factor,
                                   struct amount *ret_converted) {
    if (!is_convertible(rate, factor))
        return STATUS_INVALID;
    int128 product = (int128)quantity.e8 * price.e8; /* of 1e-16 */
    return convert(magnitude_of(product), product < 0, (uint64_t)rate.e8, (uint128)DECIMAL_ONE * DECIMAL_ONE * factor,
                   ret_converted);
}

enum status amount_scale_product(struct quantity quantity, struct price price, uint64_t numerator, uint64_t denominator,
                                 struct amount *ret_scaled) {
    int128 product = (int128)quantity.e8 * price.e8;
    if (numerator == 0 || denominator == 0)
        return STATUS_INVALID;
    return convert(magnitude_of(product), product < 0, numerator, (uint128)DECIMAL_ONE * denominator, ret_scaled);
}

enum status amount_divide(struct amount amount, struct amount divisor, struct amount *ret_quotient) {
    static const struct factor one_e8 = FACTOR(UINT64_C(10000));
    if (divisor.e8 == 0)
        return STATUS_INVALID;
    return scale(amount.e8, one_e8, divisor.e8, &ret_quotient->e8);
}

enum status percent_of(struct amount part, struct amount whole, struct percent *ret_percent) {
    static const struct factor hundred_e4 = FACTOR(UINT64_C(1000));
    if (whole.e8 == 0)
        return STATUS_NOT_FOUND;
    return scale(part.e8, hundred_e4, whole.e8, &ret_percent->e4);
}
