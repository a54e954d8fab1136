/* Takes a URL apart, strictly: what is not sure to be a host is refused.
 * Thread: any; pure. */
#include "terminal/server_url.h"

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

static const char *skip_scheme(const char *url, struct server_url *server_url) {
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t len = strlen(schemes[i].text);
        if (strncasecmp(url, schemes[i].text, len) == 0) {
            server_url->is_secure = schemes[i].is_secure;
            server_url->port = scheme_port(server_url->is_secure);
            return url + len;
        }
    }
    return NULL;
}

/* Returns what is behind the host; NULL when it is none. */
static const char *take_host(const char *at, struct server_url *server_url) {
    server_url->is_ipv6 = *at == '[';
    at += server_url->is_ipv6;
    size_t len = strspn(at, server_url->is_ipv6 ? "0123456789abcdefABCDEF:."
                                                : "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-_");
    if (len == 0 || len > SERVER_URL_HOST_MAX)
        return NULL;
    memcpy(server_url->host, at, len);
    server_url->host[len] = '\0';
    at += len;
    if (!server_url->is_ipv6)
        return at;
    return *at == ']' ? at + 1 : NULL;
}

static const char *take_port(const char *at, struct server_url *server_url) {
    int port = 0;
    if (*at != ':')
        return at;
    for (at++; isdigit((unsigned char)*at) && port <= 65535; at++)
        port = port * 10 + (*at - '0');
    if (port < 1 || port > 65535)
        return NULL;
    server_url->port = port;
    return at;
}

static bool take_prefix(const char *at, struct server_url *server_url) {
    size_t len = strlen(at);
    while (len > 0 && at[len - 1] == '/')
        len--;
    for (size_t i = 0; i < len; i++)
        if (at[i] <= ' ' || at[i] >= 0x7f || strchr("?#\"\\", at[i]))
            return false;
    if (len > SERVER_URL_PATH_MAX || (len > 0 && *at != '/'))
        return false;
    memcpy(server_url->prefix, at, len);
    server_url->prefix[len] = '\0';
    return true;
}

enum status server_url_parse(const char *url, struct server_url *ret_server_url, const char **ret_error) {
    struct server_url server_url = {0};
    const char *at = skip_scheme(url, &server_url);
    *ret_error = "it must begin with http://, https://, ws:// or wss://";
    if (!at)
        return STATUS_INVALID;
    *ret_error = "credentials do not belong into a URL";
    if (memchr(at, '@', strcspn(at, "/?#")))
        return STATUS_INVALID;
    *ret_error = "the host is none";
    at = take_host(at, &server_url);
    if (!at)
        return STATUS_INVALID;
    *ret_error = "the port must be a number from 1 to 65535";
    at = take_port(at, &server_url);
    if (!at)
        return STATUS_INVALID;
    *ret_error = "behind the host only a path can follow";
    if (!take_prefix(at, &server_url))
        return STATUS_INVALID;
    *ret_error = NULL;
    *ret_server_url = server_url;
    return STATUS_OK;
}

void server_url_write_authority(const struct server_url *server_url, char *out, size_t size) {
    const char *open = server_url->is_ipv6 ? "[" : "", *close = server_url->is_ipv6 ? "]" : "";
    if (server_url->port == scheme_port(server_url->is_secure))
        (void)snprintf(out, size, "%s%s%s", open, server_url->host, close);
    else
        (void)snprintf(out, size, "%s%s%s:%d", open, server_url->host, close, server_url->port);
}
