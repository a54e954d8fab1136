/* Identifiers: parse, write, draw. Thread: any. */
#include "base/uuid.h"

#include "base/digits.h"
#include "base/percent.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

static bool is_dash_place(size_t at) {
    return at == 8 || at == 13 || at == 18 || at == 23;
}

enum status uuid_parse(const char *text, size_t len, struct uuid *ret_uuid) {
    struct uuid uuid;
    size_t byte = 0;
    if (len != UUID_TEXT_LEN)
        return STATUS_INVALID;
    for (size_t at = 0; at < len;) {
        if (is_dash_place(at)) {
            if (text[at++] != '-')
                return STATUS_INVALID;
            continue;
        }
        int high = percent_hex_value(text[at]), low = percent_hex_value(text[at + 1]);
        if (high < 0 || low < 0)
            return STATUS_INVALID;
        uuid.bytes[byte++] = (uint8_t)(high << 4 | low);
        at += 2;
    }
    *ret_uuid = uuid;
    return STATUS_OK;
}

void uuid_write(char *out, const struct uuid *uuid) {
    char hex[32];
    for (size_t i = 0; i < sizeof uuid->bytes; i += 4) {
        uint32_t word;
        memcpy(&word, uuid->bytes + i, sizeof word);
        digits_store_hex(hex + 2 * i, be32toh(word));
    }
    memcpy(out, hex, 8);
    out[8] = '-';
    memcpy(out + 9, hex + 8, 4);
    out[13] = '-';
    memcpy(out + 14, hex + 12, 4);
    out[18] = '-';
    memcpy(out + 19, hex + 16, 4);
    out[23] = '-';
    memcpy(out + 24, hex + 20, 12);
    out[UUID_TEXT_LEN] = '\0';
}

enum status uuid_random(struct uuid *ret_uuid) {
    struct uuid uuid;
    ssize_t got;
    do
        got = getrandom(uuid.bytes, sizeof uuid.bytes, 0);
    while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof uuid.bytes)
        return STATUS_IO;
    uuid.bytes[6] = (uint8_t)((uuid.bytes[6] & 0x0f) | 0x40);
    uuid.bytes[8] = (uint8_t)((uuid.bytes[8] & 0x3f) | 0x80);
    *ret_uuid = uuid;
    return STATUS_OK;
}

bool uuid_equal(const struct uuid *a, const struct uuid *b) {
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}
