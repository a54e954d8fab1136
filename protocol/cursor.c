/* The cursor's text, both ways. There is one text for each cursor: no leading
 * zeros, lower case, no empty field part; so texts can be compared. Refuses
 * everything else. Thread: any; pure; fuzzed. */
#include "protocol/cursor.h"

#include "base/digits.h"

#include <string.h>

#define SEQ_LIMIT (UINT64_C(1) << 53)
#define VERSION_LIMIT ((uint64_t)INT64_MAX) /* a bigint of the database */
#define FIELDS_LIMIT UINT32_MAX

struct reader {
    const char *at, *end;
};

static int digit_value(char c, unsigned base) {
    int value = -1;
    if (c >= '0' && c <= '9')
        value = c - '0';
    else if (c >= 'a' && c <= 'f')
        value = c - 'a' + 10;
    return value < (int)base ? value : -1;
}

static bool read_epoch(struct reader *in, char *out) {
    if (in->end - in->at < CURSOR_EPOCH_LEN)
        return false;
    for (size_t i = 0; i < CURSOR_EPOCH_LEN; i++)
        if (digit_value(in->at[i], 16) < 0)
            return false;
    memcpy(out, in->at, CURSOR_EPOCH_LEN);
    out[CURSOR_EPOCH_LEN] = '\0';
    in->at += CURSOR_EPOCH_LEN;
    return true;
}

/* A dash, then a number in its only spelling, at most `limit`. */
static bool read_part(struct reader *in, unsigned base, uint64_t limit, uint64_t *ret_value) {
    if (in->at == in->end || *in->at != '-')
        return false;
    const char *first = ++in->at;
    uint64_t value = 0;
    for (; in->at < in->end; in->at++) {
        int digit = digit_value(*in->at, base);
        if (digit < 0)
            break;
        if (value > (limit - (unsigned)digit) / base)
            return false;
        value = value * base + (unsigned)digit;
    }
    bool has_leading_zero = in->at - first > 1 && *first == '0';
    if (in->at == first || has_leading_zero)
        return false;
    *ret_value = value;
    return true;
}

enum status cursor_parse(const char *text, size_t len, struct cursor *ret_cursor) {
    struct cursor cursor = {0};
    struct reader in = {.at = text, .end = text + len};
    uint64_t fields = 0;
    if (len >= CURSOR_TEXT_MAX)
        return STATUS_INVALID;
    if (!read_epoch(&in, cursor.epoch) || !read_part(&in, 10, SEQ_LIMIT - 1, &cursor.seq) ||
        !read_part(&in, 10, VERSION_LIMIT, &cursor.version))
        return STATUS_INVALID;
    if (in.at < in.end && (!read_part(&in, 16, FIELDS_LIMIT, &fields) || fields == 0))
        return STATUS_INVALID;
    if (in.at != in.end)
        return STATUS_INVALID;
    cursor.fields = (uint32_t)fields;
    *ret_cursor = cursor;
    return STATUS_OK;
}

/* 16 + 21 + 21 + 9 at most, and what the digits' stores touch behind it. */
size_t cursor_write(char *out, const struct cursor *cursor) {
    char *at = out;
    memcpy(at, cursor->epoch, CURSOR_EPOCH_LEN);
    at += CURSOR_EPOCH_LEN;
    *at++ = '-';
    at += digits_write_u64(at, cursor->seq);
    *at++ = '-';
    at += digits_write_u64(at, cursor->version);
    if (cursor->fields) {
        *at++ = '-';
        char hex[8];
        digits_store_hex(hex, cursor->fields);
        unsigned zeros = (unsigned)__builtin_clz(cursor->fields) / 4;
        memcpy(at, hex + zeros, sizeof hex - zeros);
        at += sizeof hex - zeros;
    }
    *at = '\0';
    return (size_t)(at - out);
}

bool cursor_equal(const struct cursor *a, const struct cursor *b) {
    return a->seq == b->seq && a->version == b->version && a->fields == b->fields && strcmp(a->epoch, b->epoch) == 0;
}
