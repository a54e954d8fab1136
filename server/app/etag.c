/* Lists of entity tags. Owns nothing. Thread: any; pure. */
#include "app/etag.h"

#include <stddef.h>
#include <string.h>

/* The tag of what went out gzipped ends in "-gzip": it stands for the same state. */
static bool tag_equals(const char *tag, size_t tag_len, const char *etag, size_t etag_len) {
    static const char packed[] = "-gzip";
    if (tag_len == etag_len + sizeof packed - 1 && memcmp(tag + etag_len, packed, sizeof packed - 1) == 0)
        tag_len = etag_len;
    return tag_len == etag_len && memcmp(tag, etag, etag_len) == 0;
}

static bool list_has(const char *header, const char *etag, bool is_weak_allowed) {
    const char *at = header + strspn(header, " \t");
    if (*at == '*')
        return at[1 + strspn(at + 1, " \t")] == '\0';
    size_t etag_len = strlen(etag);
    while (*at) {
        at += strspn(at, " \t,");
        bool is_weak = at[0] == 'W' && at[1] == '/';
        if (is_weak)
            at += 2;
        if (*at != '"')
            return false;
        const char *end = strchr(++at, '"');
        if (!end)
            return false;
        if ((!is_weak || is_weak_allowed) && tag_equals(at, (size_t)(end - at), etag, etag_len))
            return true;
        at = end + 1;
        at += strspn(at, " \t");
        if (*at && *at != ',')
            return false;
    }
    return false;
}

bool etag_matches_strongly(const char *header, const char *etag) {
    return list_has(header, etag, false);
}

bool etag_matches_weakly(const char *header, const char *etag) {
    return list_has(header, etag, true);
}
