/* Takes a URL apart, strictly: what is not sure to be a host is refused.
 * Thread: any; pure. */
#include "terminal/target.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *text;
    bool is_secure;
} schemes[] = {{"http://", false}, {"https://", true}, {"ws://", false}, {"wss://", true}};

static int scheme_port(bool is_secure) {
    return is_secure ? 443 : 80;
}

static const char *skip_scheme(const char *url, struct target *target) {
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t len = strlen(schemes[i].text);
        if (strncasecmp(url, schemes[i].text, len) == 0) {
            target->is_secure = schemes[i].is_secure;
            target->port = scheme_port(target->is_secure);
            return url + len;
        }
    }
    return NULL;
}

/* Returns what is behind the host; NULL when it is none. */
static const char *take_host(const char *at, struct target *target) {
    target->is_ipv6 = *at == '[';
    at += target->is_ipv6;
    size_t len = strspn(at, target->is_ipv6 ? "0123456789abcdefABCDEF:."
                                            : "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-_");
    if (len == 0 || len > TARGET_HOST_MAX)
        return NULL;
    memcpy(target->host, at, len);
    target->host[len] = '\0';
    at += len;
    if (!target->is_ipv6)
        return at;
    return *at == ']' ? at + 1 : NULL;
}

static const char *take_port(const char *at, struct target *target) {
    int port = 0;
    if (*at != ':')
        return at;
    for (at++; isdigit((unsigned char)*at) && port <= 65535; at++)
        port = port * 10 + (*at - '0');
    if (port < 1 || port > 65535)
        return NULL;
    target->port = port;
    return at;
}

static bool take_prefix(const char *at, struct target *target) {
    size_t len = strlen(at);
    while (len > 0 && at[len - 1] == '/')
        len--;
    for (size_t i = 0; i < len; i++)
        if (at[i] <= ' ' || at[i] >= 0x7f || strchr("?#\"\\", at[i]))
            return false;
    if (len > TARGET_PATH_MAX || (len > 0 && *at != '/'))
        return false;
    memcpy(target->prefix, at, len);
    target->prefix[len] = '\0';
    return true;
}

enum status target_parse(const char *url, struct target *ret_target, const char **ret_error) {
    struct target target = {0};
    const char *at = skip_scheme(url, &target);
    *ret_error = "it must begin with http://, https://, ws:// or wss://";
    if (!at)
        return STATUS_INVALID;
    *ret_error = "credentials do not belong into a URL";
    if (memchr(at, '@', strcspn(at, "/?#")))
        return STATUS_INVALID;
    *ret_error = "the host is none";
    at = take_host(at, &target);
    if (!at)
        return STATUS_INVALID;
    *ret_error = "the port must be a number from 1 to 65535";
    at = take_port(at, &target);
    if (!at)
        return STATUS_INVALID;
    *ret_error = "behind the host only a path can follow";
    if (!take_prefix(at, &target))
        return STATUS_INVALID;
    *ret_error = NULL;
    *ret_target = target;
    return STATUS_OK;
}

void target_write_authority(const struct target *target, char *out, size_t size) {
    const char *open = target->is_ipv6 ? "[" : "", *close = target->is_ipv6 ? "]" : "";
    if (target->port == scheme_port(target->is_secure))
        (void)snprintf(out, size, "%s%s%s", open, target->host, close);
    else
        (void)snprintf(out, size, "%s%s%s:%d", open, target->host, close, target->port);
}
