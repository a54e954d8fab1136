/* Lists of entity tags. Owns nothing. Thread: any; pure. */
#include "app/etag.h"

#include <stddef.h>
#include <string.h>

enum form { FORM_ANY, FORM_PLAIN, FORM_PACKED };

/* The tag of what went out gzipped ends in "-gzip": it stands for the same state. */
static bool tag_equals(const char *tag, size_t tag_len, const char *etag, enum form form) {
    static const char packed[] = "-gzip";
    size_t etag_len = strlen(etag);
    bool is_packed = tag_len == etag_len + sizeof packed - 1 && memcmp(tag + etag_len, packed, sizeof packed - 1) == 0;
    if (form != FORM_ANY && is_packed != (form == FORM_PACKED))
        return false;
    return (is_packed || tag_len == etag_len) && memcmp(tag, etag, etag_len) == 0;
}

static bool list_has(const char *header, const char *etag, bool is_weak_allowed, enum form form) {
    const char *at = header + strspn(header, " \t");
    if (*at == '*')
        return at[1 + strspn(at + 1, " \t")] == '\0';
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
        if ((!is_weak || is_weak_allowed) && tag_equals(at, (size_t)(end - at), etag, form))
            return true;
        at = end + 1;
        at += strspn(at, " \t");
        if (*at && *at != ',')
            return false;
    }
    return false;
}

bool etag_matches_strongly(const char *header, const char *etag) {
    return list_has(header, etag, false, FORM_ANY);
}

bool etag_matches_weakly(const char *header, const char *etag) {
    return list_has(header, etag, true, FORM_ANY);
}

bool etag_is_known(const char *header, const char *etag, bool takes_gzip, bool is_packed_now, bool *ret_is_packed) {
    bool is_any = header[strspn(header, " \t")] == '*' && list_has(header, etag, true, FORM_ANY);
    bool is_packed = is_any ? is_packed_now : takes_gzip && list_has(header, etag, true, FORM_PACKED);
    if (!is_packed && !list_has(header, etag, true, FORM_PLAIN))
        return false;
    *ret_is_packed = is_packed;
    return true;
}
