/* Bytes of escapes. Refuses a NUL, which would end the text early. Thread: any. */
#include "base/percent.h"

int percent_hex_value(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

enum status percent_decode(const char *text, size_t len, bool is_form, char *out, size_t out_size) {
    size_t out_len = 0;
    for (size_t i = 0; i < len; i++) {
        int byte = (unsigned char)text[i];
        if (byte == '%') {
            int high = i + 2 < len ? percent_hex_value(text[i + 1]) : -1;
            int low = i + 2 < len ? percent_hex_value(text[i + 2]) : -1;
            if (high < 0 || low < 0)
                return STATUS_INVALID;
            byte = high * 16 + low;
            i += 2;
        } else if (is_form && byte == '+') {
            byte = ' ';
        }
        if (byte == 0 || out_len + 1 >= out_size)
            return STATUS_INVALID;
        out[out_len++] = (char)byte;
    }
    out[out_len] = '\0';
    return STATUS_OK;
}
