/* Escapes character by character; widths are the C library's, in the locale that
 * main has set. Thread: any; pure but for the locale. */
#include "terminal/safe_text.h"

#include "base/utf8.h"

#include <stdio.h>
#include <wchar.h>

#define ESCAPE_MAX 16

uint32_t safe_text_character(const char *bytes, size_t len) {
    static const unsigned char first_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t character = (unsigned char)bytes[0] & first_bits[len];
    for (size_t i = 1; i < len; i++)
        character = character << 6 | ((unsigned char)bytes[i] & 0x3f);
    return character;
}

bool safe_text_is_harmless(uint32_t c) {
    static const struct {
        uint32_t first, last;
    } harmful[] = {
        {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},       {0x061c, 0x061c},   {0x180e, 0x180e},
        {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},   {0xd800, 0xf8ff},   {0xfeff, 0xfeff},
        {0xfff0, 0xfffb}, {0xfffe, 0xffff}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}, {0xf0000, 0x10ffff},
    };
    for (size_t i = 0; i < sizeof harmful / sizeof harmful[0]; i++)
        if (c >= harmful[i].first && c <= harmful[i].last)
            return false;
    return true;
}

/* What stands for the character at bytes; returns how many of them it takes. */
static size_t show(char out[ESCAPE_MAX], size_t *ret_len, size_t *ret_columns, const char *bytes, size_t len,
                   bool is_utf8) {
    size_t taken = utf8_character_len(bytes, len);
    uint32_t character = taken ? safe_text_character(bytes, taken) : 0;
    int width = taken == 1 ? 1 : taken && is_utf8 ? wcwidth((wchar_t)character) : -1;
    if (taken && !safe_text_is_harmless(character)) {
        *ret_len = *ret_columns = (size_t)snprintf(out, ESCAPE_MAX, "\\u{%x}", (unsigned)character);
        return taken;
    }
    if (width < 0) {
        out[0] = '?';
        *ret_len = *ret_columns = 1;
        return taken ? taken : 1;
    }
    for (size_t i = 0; i < taken; i++)
        out[i] = bytes[i];
    *ret_len = taken;
    *ret_columns = (size_t)width;
    return taken;
}

size_t safe_text_append(struct strbuf *out, const char *bytes, size_t len, size_t columns_max, bool is_utf8) {
    size_t columns = 0, marks_n = 0, fitting_len = out->len, fitting_columns = 0;
    for (size_t at = 0; at < len;) {
        char shown[ESCAPE_MAX];
        size_t shown_len = 0, shown_columns = 0;
        at += show(shown, &shown_len, &shown_columns, bytes + at, len - at, is_utf8);
        if (shown_columns == 0 && ++marks_n > columns_max)
            continue; /* accents, but not thousands of them */
        if (columns + shown_columns > columns_max) {
            if (columns_max == 0 || out->failed)
                return 0;
            out->len = fitting_len;
            strbuf_append_char(out, '~');
            return fitting_columns + 1;
        }
        strbuf_append(out, shown, shown_len);
        columns += shown_columns;
        if (columns < columns_max) { /* there would be room for a '~' behind it */
            fitting_len = out->len;
            fitting_columns = columns;
        }
    }
    return columns;
}

size_t safe_text_width(const char *text, size_t len) {
    size_t columns = 0;
    mbstate_t state = {0};
    for (size_t at = 0; at < len;) {
        wchar_t character = 0;
        size_t taken = mbrtowc(&character, text + at, len - at, &state);
        if (taken == 0 || taken > len - at)
            return columns + len - at;
        int width = wcwidth(character);
        columns += width > 0 ? (size_t)width : 0;
        at += taken;
    }
    return columns;
}
