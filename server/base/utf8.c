/* One character of UTF-8 at a time. Thread: any; pure. */
#include "base/utf8.h"

#include <stdbool.h>
#include <string.h>

static bool is_continuation(unsigned char byte) {
    return (byte & 0xc0) == 0x80;
}

size_t utf8_character_len(const char *bytes, size_t len) {
    const unsigned char *b = (const unsigned char *)bytes;
    if (b[0] < 0x80)
        return 1;
    if (b[0] < 0xc2 || b[0] > 0xf4)
        return 0;
    size_t n = b[0] < 0xe0 ? 2 : b[0] < 0xf0 ? 3 : 4;
    if (len < n)
        return 0;
    for (size_t i = 1; i < n; i++)
        if (!is_continuation(b[i]))
            return 0;
    bool is_overlong = (b[0] == 0xe0 && b[1] < 0xa0) || (b[0] == 0xf0 && b[1] < 0x90);
    bool is_surrogate = b[0] == 0xed && b[1] >= 0xa0;
    bool is_too_high = b[0] == 0xf4 && b[1] >= 0x90;
    return is_overlong || is_surrogate || is_too_high ? 0 : n;
}

static size_t escape_control(char *out, unsigned char byte) {
    static const char digits[] = "0123456789abcdef";
    char letter = byte == '\n' ? 'n' : byte == '\r' ? 'r' : byte == '\t' ? 't' : '\0';
    out[0] = '\\';
    if (letter) {
        out[1] = letter;
        return 2;
    }
    out[1] = 'u';
    out[2] = out[3] = '0';
    out[4] = digits[byte >> 4];
    out[5] = digits[byte & 15];
    return 6;
}

size_t utf8_escape_json(char *out, const char *bytes, size_t len, size_t *ret_taken) {
    static const char replacement[] = {'\xef', '\xbf', '\xbd'}; /* U+FFFD */
    unsigned char first = (unsigned char)bytes[0];
    size_t n = utf8_character_len(bytes, len);
    *ret_taken = n ? n : 1;
    if (n == 0) {
        memcpy(out, replacement, sizeof replacement);
        return sizeof replacement;
    }
    if (first == '"' || first == '\\') {
        out[0] = '\\';
        out[1] = (char)first;
        return 2;
    }
    if (first < 0x20 || first == 0x7f)
        return escape_control(out, first);
    memcpy(out, bytes, n);
    return n;
}

bool utf8_is_valid(const char *bytes, size_t len) {
    for (size_t at = 0; at < len;) {
        size_t character_len = utf8_character_len(bytes + at, len - at);
        if (character_len == 0)
            return false;
        at += character_len;
    }
    return true;
}
