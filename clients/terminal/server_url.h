/* Where the server is: the URL that the user gave, taken apart. Refuses credentials
 * and queries in it: they would be written down by whoever passes it on.
 * Thread: any; pure. */
#ifndef PF_TERMINAL_SERVER_URL_H
#define PF_TERMINAL_SERVER_URL_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

#define SERVER_URL_HOST_MAX 253
#define SERVER_URL_PATH_MAX 512

struct server_url {
    bool is_secure;
    bool is_ipv6; /* host is such an address, without its brackets */
    int port;
    char host[SERVER_URL_HOST_MAX + 1];
    char prefix[SERVER_URL_PATH_MAX + 1]; /* "" or "/a/b", without a slash at its end */
};

/* http, https, ws or wss. INVALID: none of these, with why in error. */
PF_MUST_CHECK enum status server_url_parse(const char *url, struct server_url *ret_server_url, const char **ret_error);
/* The host as it stands in a URL and in a Host field: with brackets and, unless it
 * is the scheme's own, the port. size: at least SERVER_URL_HOST_MAX + 10. */
void server_url_write_authority(const struct server_url *server_url, char *out, size_t size);

#endif
