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

/* The same for factor = step x step in 64 bits, by two divisions: value x step
 * first, then what remained of it x step. */
static uint128 scale_small(uint64_t value, uint64_t step, uint64_t divisor) {
    uint64_t first = value * step;
    uint64_t second = first % divisor * step, remainder = second % divisor;
    uint64_t rounding = remainder >= divisor - remainder ? 1 : 0;
    return (uint128)(first / divisor) * step + second / divisor + rounding;
}

/* round(value x step x step / divisor). `small`: below it, both dividends of scale_small fit. */
static enum status scale_signed(int128 value, uint64_t step, uint64_t small, int128 divisor, int128 *ret_result) {
    uint128 value_size = magnitude_of(value), divisor_size = magnitude_of(divisor), result;
    bool is_negative = (value < 0) != (divisor < 0);
    if (__builtin_expect((value_size | divisor_size) < small, 1)) {
        result = scale_small((uint64_t)value_size, step, (uint64_t)divisor_size);
        *ret_result = is_negative ? -(int128)result : (int128)result;
        return STATUS_OK;
    }
    enum status status = scale_magnitude(value_size, step * step, divisor_size, &result);
    return status == STATUS_OK ? apply_sign(result, is_negative, ret_result) : status;
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

enum status amount_divide(struct amount amount, struct amount divisor, struct amount *ret_quotient) {
    if (divisor.e8 == 0)
        return STATUS_INVALID;
    return scale_signed(amount.e8, 10000, UINT64_MAX / 10000, divisor.e8, &ret_quotient->e8);
}

enum status percent_of(struct amount part, struct amount whole, struct percent *ret_percent) {
    if (whole.e8 == 0)
        return STATUS_NOT_FOUND;
    /* 100 x part / whole in units of 1e-4. */
    return scale_signed(part.e8, 1000, UINT64_MAX / 1000, whole.e8, &ret_percent->e4);
}
