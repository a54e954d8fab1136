/* What libpq cannot read is refused without its words, and so is what it would
 * read otherwise than it was meant. Thread: any. */
#include "store/database_url.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool is_url(const char *text) {
    return strncmp(text, "postgresql://", 13) == 0 || strncmp(text, "postgres://", 11) == 0;
}

/* user:pa/ss@host: to libpq the host is "user", and its error would say "pa". */
static bool is_cut_by_slash(const char *url) {
    const char *authority = strstr(url, "://") + 3;
    const char *path = strchr(authority, '/');
    return path && memchr(path, '@', strcspn(path, "?"));
}

/* What libpq took for a port may be a part of a password with a ? in it; its error would quote that. */
static bool has_ports(const PQconninfoOption *options) {
    for (; options->keyword; options++)
        if (strcmp(options->keyword, "port") == 0 && options->val)
            return options->val[strspn(options->val, "0123456789,")] == '\0';
    return true;
}

enum status database_url_check(const char *url, char *error, size_t error_len) {
    const char *why = NULL;
    if (!url[0])
        return STATUS_OK;
    if (!is_url(url) && !strchr(url, '=')) { /* the name of a database */
        why = strpbrk(url, ":@/") ? "not postgresql://…, key=value pairs or the name of a database" : NULL;
    } else if (is_url(url) && is_cut_by_slash(url)) {
        why = "a / in user or password must be written %2F";
    } else {
        PQconninfoOption *options = PQconninfoParse(url, NULL);
        why = options && has_ports(options)
                  ? NULL
                  : "not a URL or connection string that libpq can read (is the password percent-encoded?)";
        PQconninfoFree(options);
    }
    if (!why)
        return STATUS_OK;
    (void)snprintf(error, error_len, "DATABASE_URL: %s", why);
    return STATUS_INVALID;
}
