/* base64url, by a table. Refuses what is not the one text of a value, so that a
 * signed text cannot be written in two ways. Thread: any; pure. */
#include "identity/base64url.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void base64url_append(struct strbuf *out, const void *bytes, size_t len) {
    const uint8_t *from = bytes;
    char *at = strbuf_reserve(out, len / 3 * 4 + 4);
    if (!at)
        return;
    for (size_t i = 0; i < len; i += 3) {
        size_t n = len - i < 3 ? len - i : 3;
        uint32_t bits = (uint32_t)from[i] << 16;
        bits |= n > 1 ? (uint32_t)from[i + 1] << 8 : 0;
        bits |= n > 2 ? (uint32_t)from[i + 2] : 0;
        for (size_t k = 0; k <= n; k++)
            *at++ = digits[bits >> (18 - 6 * k) & 63];
    }
    strbuf_end(out, at);
}

/* 0 to 63; 64 for another character. */
static uint32_t digit_value(char c) {
    if (c >= 'A' && c <= 'Z')
        return (uint32_t)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (uint32_t)(c - 'a') + 26;
    if (c >= '0' && c <= '9')
        return (uint32_t)(c - '0') + 52;
    return c == '-' ? 62 : c == '_' ? 63 : 64;
}

enum status base64url_decode(const char *text, size_t len, uint8_t *out, size_t capacity, size_t *ret_len) {
    uint32_t bits = 0;
    unsigned bits_n = 0;
    size_t n = 0;
    if (len % 4 == 1)
        return STATUS_INVALID;
    for (size_t i = 0; i < len; i++) {
        uint32_t value = digit_value(text[i]);
        if (value > 63)
            return STATUS_INVALID;
        bits = (bits << 6 | value) & 0xffff;
        bits_n += 6;
        if (bits_n < 8)
            continue;
        if (n == capacity)
            return STATUS_LIMIT;
        bits_n -= 8;
        out[n++] = (uint8_t)(bits >> bits_n & 0xff);
    }
    if ((bits & ((1U << bits_n) - 1)) != 0)
        return STATUS_INVALID;
    *ret_len = n;
    return STATUS_OK;
}
