/* Decimal and hexadecimal digits of whole numbers, eight at a time: the digits
 * of a number lie side by side in one 64-bit word, are computed there by a few
 * multiplications, and are stored at once. No loop, no division, no table.
 * Thread: any; pure. */
#ifndef PF_BASE_DIGITS_H
#define PF_BASE_DIGITS_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define DIGITS_U64_MAX 24 /* bytes that digits_write_u64 may touch; the text has at most 20 */
#define DIGITS_E8 UINT32_C(100000000)
#define DIGITS_ZEROS UINT64_C(0x3030303030303030)

/* The eight digits of a number below 1e8, one a byte, the first in the lowest. */
static inline uint64_t digits_of(uint32_t below_e8) {
    uint64_t fours = below_e8 / 10000 | (uint64_t)(below_e8 % 10000) << 32;
    uint64_t hundreds = (fours * 5243 >> 19) & UINT64_C(0x0000007f0000007f); /* of each four digits */
    uint64_t twos = hundreds | (fours - 100 * hundreds) << 16;
    uint64_t tens = (twos * 103 >> 10) & UINT64_C(0x000f000f000f000f);
    return tens | (twos - 10 * tens) << 8;
}

static inline void digits_store(char *out, uint64_t digits) {
    uint64_t text = htole64(digits | DIGITS_ZEROS);
    memcpy(out, &text, sizeof text);
}

/* Zeros before the first other digit; the last digit is never counted. */
static inline unsigned digits_leading_zeros(uint64_t digits) {
    return (unsigned)__builtin_ctzll(digits | UINT64_C(1) << 56) / 8;
}

/* Digits up to the last that is not 0; not all of them may be. */
static inline unsigned digits_without_trailing_zeros(uint64_t digits) {
    return 8 - (unsigned)__builtin_clzll(digits) / 8;
}

/* A number below 1e8 without leading zeros. Returns its length; touches 8 bytes. */
static inline size_t digits_write_below_e8(char *out, uint32_t value) {
    uint64_t digits = digits_of(value);
    unsigned zeros = digits_leading_zeros(digits);
    digits_store(out, digits >> 8 * zeros);
    return 8 - zeros;
}

/* Returns the length; touches up to DIGITS_U64_MAX bytes, writes no NUL. */
static inline size_t digits_write_u64(char *out, uint64_t value) {
    if (value < DIGITS_E8)
        return digits_write_below_e8(out, (uint32_t)value);
    uint64_t above = value / DIGITS_E8;
    size_t len = 0;
    if (above >= DIGITS_E8) {
        len = digits_write_below_e8(out, (uint32_t)(above / DIGITS_E8));
        digits_store(out + len, digits_of((uint32_t)(above % DIGITS_E8)));
        len += 8;
    } else {
        len = digits_write_below_e8(out, (uint32_t)above);
    }
    digits_store(out + len, digits_of((uint32_t)(value % DIGITS_E8)));
    return len + 8;
}

/* The eight hexadecimal digits of a number, lower case, as digits_store's text. */
static inline void digits_store_hex(char *out, uint32_t value) {
    uint64_t nibbles = __builtin_bswap32(value);
    nibbles = (nibbles | nibbles << 16) & UINT64_C(0x0000ffff0000ffff);
    nibbles = (nibbles | nibbles << 8) & UINT64_C(0x00ff00ff00ff00ff);
    nibbles = (nibbles >> 4 | nibbles << 8) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    uint64_t letters = (nibbles + UINT64_C(0x0606060606060606)) >> 4 & UINT64_C(0x0101010101010101);
    uint64_t text = htole64(nibbles + DIGITS_ZEROS + letters * ('a' - '0' - 10));
    memcpy(out, &text, sizeof text);
}

#endif
