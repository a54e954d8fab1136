/* Growable text: doubles when full, remembers a failed allocation instead of
 * making each caller check. Thread: the owner's. */
#include "base/strbuf.h"

#include "base/digits.h"
#include "base/timestamp.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define CAPACITY_MIN 128

void strbuf_init(struct strbuf *buf) {
    *buf = (struct strbuf){0};
}

void strbuf_fini(struct strbuf *buf) {
    free(buf->data);
    strbuf_init(buf);
}

void strbuf_clear(struct strbuf *buf) {
    buf->len = 0;
    buf->failed = false;
}

char *strbuf_grow(struct strbuf *buf, size_t n) {
    if (buf->failed)
        return NULL;
    if (n > SIZE_MAX / 4 || buf->len > SIZE_MAX / 4) {
        buf->failed = true;
        return NULL;
    }
    size_t capacity = buf->capacity ? buf->capacity * 2 : CAPACITY_MIN;
    if (capacity < buf->len + n)
        capacity = buf->len + n;
    char *data = realloc(buf->data, capacity);
    if (!data) {
        buf->failed = true;
        return NULL;
    }
    buf->data = data;
    buf->capacity = capacity;
    return data + buf->len;
}

void strbuf_append_text(struct strbuf *buf, const char *text) {
    strbuf_append(buf, text, strlen(text));
}

void strbuf_append_u64(struct strbuf *buf, uint64_t value) {
    char *at = strbuf_reserve(buf, DIGITS_U64_MAX);
    if (at)
        buf->len += digits_write_u64(at, value);
}

void strbuf_append_i64(struct strbuf *buf, int64_t value) {
    if (value < 0)
        strbuf_append_char(buf, '-');
    strbuf_append_u64(buf, value < 0 ? UINT64_C(0) - (uint64_t)value : (uint64_t)value);
}

void strbuf_append_decimal(struct strbuf *buf, int64_t e8) {
    char *at = strbuf_reserve(buf, DECIMAL_TEXT_MAX);
    if (at)
        buf->len += decimal_write(at, e8);
}

void strbuf_append_amount(struct strbuf *buf, struct amount amount) {
    char *at = strbuf_reserve(buf, DECIMAL_TEXT_MAX);
    if (at)
        buf->len += amount_write(at, amount);
}

void strbuf_append_percent(struct strbuf *buf, struct percent percent) {
    char *at = strbuf_reserve(buf, DECIMAL_TEXT_MAX);
    if (at)
        buf->len += percent_write(at, percent);
}

void strbuf_append_timestamp(struct strbuf *buf, int64_t ms) {
    char *at = strbuf_reserve(buf, TIMESTAMP_TEXT_LEN + 1);
    if (!at)
        return;
    timestamp_write(at, ms);
    buf->len += TIMESTAMP_TEXT_LEN;
}

void strbuf_append_date(struct strbuf *buf, int32_t days) {
    char *at = strbuf_reserve(buf, DATE_TEXT_LEN + 1);
    if (!at)
        return;
    date_write(at, days);
    buf->len += DATE_TEXT_LEN;
}

static bool is_plain(char c) {
    unsigned char byte = (unsigned char)c;
    return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

void strbuf_append_json_string(struct strbuf *buf, const char *bytes, size_t len) {
    strbuf_append_char(buf, '"');
    for (size_t at = 0; at < len;) {
        size_t run = at;
        while (run < len && is_plain(bytes[run]))
            run++;
        strbuf_append(buf, bytes + at, run - at);
        at = run;
        if (at == len)
            break;
        char *out = strbuf_reserve(buf, JSON_ESCAPE_MAX);
        if (!out)
            return;
        size_t taken;
        buf->len += utf8_escape_json(out, bytes + at, len - at, &taken);
        at += taken;
    }
    strbuf_append_char(buf, '"');
}

void strbuf_printf(struct strbuf *buf, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int needed = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *at = needed < 0 ? NULL : strbuf_reserve(buf, (size_t)needed + 1);
    if (!at) {
        buf->failed = true;
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(at, (size_t)needed + 1, format, arguments);
    va_end(arguments);
    buf->len += (size_t)needed;
}

const char *strbuf_text(struct strbuf *buf) {
    char *at = strbuf_reserve(buf, 1);
    if (!at)
        return "";
    *at = '\0';
    return buf->data;
}

enum status strbuf_status(const struct strbuf *buf) {
    return buf->failed ? STATUS_NO_MEMORY : STATUS_OK;
}
