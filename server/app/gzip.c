/* gzip on zlib. Refuses nothing. Thread: any; pure. */
#include "app/gzip.h"

#include <string.h>
#include <strings.h>
#include <zlib.h>

#define LEVEL 1
#define WINDOW_BITS (15 + 16) /* the gzip format */
#define MEMORY_LEVEL 8
#define WEIGHT_NONE (-1)

static const char *skip_blanks(const char *at) {
    return at + strspn(at, " \t");
}

/* "0", "1", "0.5", "1.000" in thousandths; WEIGHT_NONE when it is none. */
static int weight_parse(const char *at, size_t len) {
    if (len == 0 || len > 5 || (at[0] != '0' && at[0] != '1') || (len > 1 && at[1] != '.'))
        return WEIGHT_NONE;
    int weight = (at[0] - '0') * 1000;
    int unit = 100;
    for (size_t i = 2; i < len; i++, unit /= 10) {
        if (at[i] < '0' || at[i] > '9')
            return WEIGHT_NONE;
        weight += (at[i] - '0') * unit;
    }
    return weight <= 1000 ? weight : WEIGHT_NONE;
}

/* One member of the list, "gzip;q=0.5": its name, its weight, and where it ends. */
static int member_read(const char *at, size_t *ret_name_len, const char **ret_end) {
    size_t len = strcspn(at, ",");
    size_t name_len = strcspn(at, " \t;,");
    const char *rest = skip_blanks(at + name_len);
    *ret_name_len = name_len;
    *ret_end = at + len;
    if (rest == at + len)
        return 1000;
    if (*rest != ';')
        return WEIGHT_NONE;
    rest = skip_blanks(rest + 1);
    if ((rest[0] != 'q' && rest[0] != 'Q') || rest[1] != '=')
        return WEIGHT_NONE;
    size_t weight_len = strcspn(rest + 2, " \t,");
    return skip_blanks(rest + 2 + weight_len) == at + len ? weight_parse(rest + 2, weight_len) : WEIGHT_NONE;
}

static bool is_name(const char *at, size_t len, const char *name) {
    return strlen(name) == len && strncasecmp(at, name, len) == 0;
}

bool gzip_is_accepted(const char *accept_encoding) {
    int gzip = WEIGHT_NONE, identity = WEIGHT_NONE, any = WEIGHT_NONE;
    for (const char *at = accept_encoding ? accept_encoding : ""; *at;) {
        at += strspn(at, " \t,");
        if (!*at)
            break;
        size_t name_len = 0;
        const char *end = at;
        int weight = member_read(at, &name_len, &end);
        if (weight == WEIGHT_NONE)
            return false;
        if (is_name(at, name_len, "gzip") || is_name(at, name_len, "x-gzip"))
            gzip = weight;
        else if (is_name(at, name_len, "identity"))
            identity = weight;
        else if (is_name(at, name_len, "*"))
            any = weight;
        at = end;
    }
    if (gzip == WEIGHT_NONE)
        gzip = any;
    return gzip > 0 && gzip >= identity;
}

enum status gzip_append(struct strbuf *out, const char *bytes, size_t len) {
    z_stream stream;
    memset(&stream, 0, sizeof stream);
    if (len > UINT32_MAX / 2)
        return STATUS_LIMIT;
    if (deflateInit2(&stream, LEVEL, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        return STATUS_NO_MEMORY;
    size_t bound = deflateBound(&stream, (uLong)len);
    char *at = strbuf_reserve(out, bound);
    enum status status = STATUS_NO_MEMORY;
    if (at) {
        stream.next_in = (Bytef *)(uintptr_t)bytes;
        stream.avail_in = (uInt)len;
        stream.next_out = (Bytef *)at;
        stream.avail_out = (uInt)bound;
        status = deflate(&stream, Z_FINISH) == Z_STREAM_END ? STATUS_OK : STATUS_INTERNAL;
    }
    if (status == STATUS_OK)
        strbuf_end(out, at + stream.total_out);
    (void)deflateEnd(&stream);
    return status;
}

bool gzip_holds(const char *packed, size_t packed_len, const char *bytes, size_t len) {
    char piece[16384];
    z_stream stream;
    memset(&stream, 0, sizeof stream);
    if (packed_len > UINT32_MAX || inflateInit2(&stream, WINDOW_BITS) != Z_OK)
        return false;
    stream.next_in = (Bytef *)(uintptr_t)packed;
    stream.avail_in = (uInt)packed_len;
    size_t done = 0;
    bool is_same = true;
    int result = Z_OK;
    while (is_same && result == Z_OK) {
        stream.next_out = (Bytef *)piece;
        stream.avail_out = sizeof piece;
        result = inflate(&stream, Z_NO_FLUSH);
        size_t n = sizeof piece - stream.avail_out;
        /* No further than the bytes go: what unpacks to more than they are is not worth unpacking. */
        is_same = n <= len - done && (n == 0 || memcmp(piece, bytes + done, n) == 0);
        done += n;
    }
    bool is_whole = result == Z_STREAM_END && stream.avail_in == 0;
    (void)inflateEnd(&stream);
    return is_same && is_whole && done == len;
}
