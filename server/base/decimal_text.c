/* Texts of exact numbers, both ways: the JSON number grammar without an
 * exponent in, the shortest exact text out. Thread: any; pure. */
#include "base/decimal.h"
#include "base/digits.h"

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

static char *put_point(char *at, uint32_t fraction_e8) {
    uint64_t digits = digits_of(fraction_e8);
    if (digits == 0)
        return at;
    *at++ = '.';
    digits_store(at, digits);
    return at + digits_without_trailing_zeros(digits);
}

/* Integer part of at most 64 bits, which is all but sums above 1.8e19. */
static char *put_small(char *at, uint64_t whole, uint32_t fraction_e8) {
    return put_point(at + digits_write_u64(at, whole), fraction_e8);
}

size_t decimal_write(char *out, int64_t e8) {
    uint64_t magnitude = e8 < 0 ? 0 - (uint64_t)e8 : (uint64_t)e8;
    *out = '-'; /* overwritten unless it stays */
    return (size_t)(put_small(out + (e8 < 0), magnitude / DIGITS_E8, (uint32_t)(magnitude % DIGITS_E8)) - out);
}

static uint128 magnitude_of(int128 value) {
    return value < 0 ? (uint128)0 - (uint128)value : (uint128)value;
}

/* What is above 1.8e19: eight digits from the end until 64 bits are left. */
__attribute__((cold, noinline)) static size_t write_large(char *out, bool is_negative, uint128 whole,
                                                          uint32_t fraction_e8) {
    uint32_t eights[3]; /* 2^128 / 1e4 < 1e35: two would do */
    unsigned eights_n = 0;
    char *at = out;
    while (whole > UINT64_MAX) {
        uint128 above = decimal_whole(whole);
        eights[eights_n++] = (uint32_t)(whole - above * DIGITS_E8);
        whole = above;
    }
    *at = '-';
    at += is_negative;
    at += digits_write_u64(at, (uint64_t)whole);
    for (; eights_n > 0; at += 8)
        digits_store(at, digits_of(eights[--eights_n]));
    return (size_t)(put_point(at, fraction_e8) - out);
}

size_t amount_write(char *out, struct amount amount) {
    if (__builtin_expect(amount.e8 == (int64_t)amount.e8, 1))
        return decimal_write(out, (int64_t)amount.e8);
    uint128 magnitude = magnitude_of(amount.e8), whole = decimal_whole(magnitude);
    return write_large(out, amount.e8 < 0, whole, (uint32_t)(magnitude - whole * DIGITS_E8));
}

/* Below 10,000 %, all digits are of one word: four before the point, four behind it. */
static char *put_small_percent(char *at, uint32_t e4) {
    uint64_t digits = digits_of(e4), whole = digits << 32, fraction = digits >> 32;
    unsigned zeros = digits_leading_zeros(whole);
    digits_store(at, whole >> 8 * zeros);
    at += 8 - zeros;
    if (fraction == 0)
        return at;
    *at++ = '.';
    digits_store(at, fraction);
    return at + digits_without_trailing_zeros(fraction);
}

/* Larger ones are written as if they had eight decimals, of which four are 0. */
size_t percent_write(char *out, struct percent percent) {
    uint128 magnitude = magnitude_of(percent.e4);
    char *at = out + (percent.e4 < 0);
    *out = '-';
    if (__builtin_expect(magnitude < DIGITS_E8, 1))
        return (size_t)(put_small_percent(at, (uint32_t)magnitude) - out);
    if (magnitude <= UINT64_MAX) {
        uint64_t small = (uint64_t)magnitude;
        return (size_t)(put_small(at, small / 10000, (uint32_t)(small % 10000) * 10000) - out);
    }
    return write_large(out, percent.e4 < 0, magnitude / 10000, (uint32_t)(magnitude % 10000) * 10000);
}
