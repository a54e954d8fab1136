/* Lists of entity tags. Owns nothing. Thread: any; pure. */
#include "app/etag.h"

#include <stddef.h>
#include <string.h>

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
        if ((!is_weak || is_weak_allowed) && (size_t)(end - at) == etag_len && memcmp(at, etag, etag_len) == 0)
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
