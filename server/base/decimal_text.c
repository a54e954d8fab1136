/* Texts of exact numbers, both ways: the JSON number grammar without an
 * exponent in, the shortest exact text out. Thread: any; pure. */
#include "base/decimal.h"

#include <string.h>

#define DECIMALS 8
#define TEN_19 UINT64_C(10000000000000000000)

/* |amount| < 1e30 in units of 1e-8: below 1e38, inside 127 bits. */
static uint128 amount_bound_e8(void) {
    return (uint128)TEN_19 * TEN_19;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* A number's digits, before its bounds are known. */
struct scan {
    bool is_negative;
    bool is_too_large; /* integer part past 1e30, or more decimals than count */
    uint128 e8;
};

static size_t scan_integer(struct scan *scan, const char *text, size_t len, size_t at) {
    static const uint64_t enough = UINT64_C(1000000000000000);
    uint128 value = 0;
    for (; at < len && is_digit(text[at]); at++) {
        if (value >= (uint128)enough * enough)
            scan->is_too_large = true; /* however many digits follow, nothing wraps */
        else
            value = value * 10 + (unsigned)(text[at] - '0');
    }
    if (value > (uint128)enough * enough)
        scan->is_too_large = true;
    if (!scan->is_too_large)
        scan->e8 = value * (uint128)DECIMAL_ONE;
    return at;
}

static size_t scan_fraction(struct scan *scan, const char *text, size_t len, size_t at) {
    uint64_t weight = (uint64_t)DECIMAL_ONE / 10;
    for (; at < len && is_digit(text[at]); at++) {
        scan->e8 += (uint128)weight * (unsigned)(text[at] - '0');
        if (weight == 0 && text[at] != '0')
            scan->is_too_large = true;
        weight /= 10;
    }
    return at;
}

static enum status scan_number(const char *text, size_t len, struct scan *ret_scan) {
    struct scan scan = {0};
    size_t at = 0;
    if (at < len && text[at] == '-') {
        scan.is_negative = true;
        at++;
    }
    if (at == len || !is_digit(text[at]))
        return STATUS_INVALID;
    if (text[at] == '0' && at + 1 < len && is_digit(text[at + 1]))
        return STATUS_INVALID;
    at = scan_integer(&scan, text, len, at);
    if (at < len && text[at] == '.') {
        size_t first = at + 1;
        at = scan_fraction(&scan, text, len, first);
        if (at == first)
            return STATUS_INVALID;
    }
    if (at != len)
        return STATUS_INVALID;
    *ret_scan = scan;
    return STATUS_OK;
}

enum status decimal_parse(const char *text, size_t len, int64_t *ret_e8) {
    struct scan scan;
    enum status status = scan_number(text, len, &scan);
    if (status != STATUS_OK)
        return status;
    if (scan.is_too_large || scan.e8 > (uint128)DECIMAL_MAX_E8)
        return STATUS_OUT_OF_RANGE;
    *ret_e8 = scan.is_negative ? -(int64_t)scan.e8 : (int64_t)scan.e8;
    return STATUS_OK;
}

enum status amount_parse(const char *text, size_t len, struct amount *ret_amount) {
    struct scan scan;
    enum status status = scan_number(text, len, &scan);
    if (status != STATUS_OK)
        return status;
    if (scan.is_too_large || scan.e8 >= amount_bound_e8())
        return STATUS_OUT_OF_RANGE;
    ret_amount->e8 = scan.is_negative ? -(int128)scan.e8 : (int128)scan.e8;
    return STATUS_OK;
}

static const char digit_pairs[] = "00010203040506070809101112131415161718192021222324"
                                  "25262728293031323334353637383940414243444546474849"
                                  "50515253545556575859606162636465666768697071727374"
                                  "75767778798081828384858687888990919293949596979899";

/* Writes exactly `digits` digits of value, zeros in front. */
static void write_padded(char *out, uint64_t value, unsigned digits) {
    while (digits >= 2) {
        digits -= 2;
        memcpy(out + digits, digit_pairs + 2 * (value % 100), 2);
        value /= 100;
    }
    if (digits)
        out[0] = (char)('0' + value % 10);
}

static unsigned count_digits(uint64_t value) {
    unsigned digits = 1;
    while (value >= 10000) {
        value /= 10000;
        digits += 4;
    }
    if (value >= 1000)
        return digits + 3;
    if (value >= 100)
        return digits + 2;
    return digits + (value >= 10);
}

static size_t write_u64(char *out, uint64_t value) {
    unsigned digits = count_digits(value);
    write_padded(out, value, digits);
    return digits;
}

/* value < 1e38 x 3.4: two pieces of at most 19 digits and a carry digit. */
static size_t write_u128(char *out, uint128 value) {
    if (value <= UINT64_MAX)
        return write_u64(out, (uint64_t)value);
    size_t len = write_u128(out, value / TEN_19); /* at most twice: 2^128 < 1e19 x 1e19 x 10 */
    write_padded(out + len, (uint64_t)(value % TEN_19), 19);
    return len + 19;
}

/* `decimals` digits after the point, zeros at the end cut off. */
static size_t write_fixed(char *out, bool is_negative, uint128 magnitude, uint32_t one, unsigned decimals) {
    size_t len = 0;
    uint64_t fraction;
    if (is_negative)
        out[len++] = '-';
    if (magnitude <= UINT64_MAX) {
        uint64_t small = (uint64_t)magnitude;
        len += write_u64(out + len, small / one);
        fraction = small % one;
    } else {
        len += write_u128(out + len, magnitude / one);
        fraction = (uint64_t)(magnitude % one);
    }
    if (fraction == 0)
        return len;
    out[len++] = '.';
    write_padded(out + len, fraction, decimals);
    len += decimals;
    while (out[len - 1] == '0')
        len--;
    return len;
}

static size_t write_signed(char *out, int128 value, uint32_t one, unsigned decimals) {
    uint128 magnitude = value < 0 ? (uint128)0 - (uint128)value : (uint128)value;
    return write_fixed(out, value < 0, magnitude, one, decimals);
}

size_t decimal_write(char *out, int64_t e8) {
    return write_signed(out, e8, (uint32_t)DECIMAL_ONE, DECIMALS);
}

size_t amount_write(char *out, struct amount amount) {
    return write_signed(out, amount.e8, (uint32_t)DECIMAL_ONE, DECIMALS);
}

size_t percent_write(char *out, struct percent percent) {
    return write_signed(out, percent.e4, 10000, 4);
}
