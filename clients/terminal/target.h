/* Where the server is: the URL that the user gave, taken apart. Refuses credentials
 * and queries in it: they would be written down by whoever passes it on.
 * Thread: any; pure. */
#ifndef PF_TERMINAL_TARGET_H
#define PF_TERMINAL_TARGET_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

#define TARGET_HOST_MAX 253
#define TARGET_PATH_MAX 512

struct target {
    bool is_secure;
    bool is_ipv6; /* host is such an address, without its brackets */
    int port;
    char host[TARGET_HOST_MAX + 1];
    char prefix[TARGET_PATH_MAX + 1]; /* "" or "/a/b", without a slash at its end */
};

/* http, https, ws or wss. INVALID: none of these, with why in error. */
PF_MUST_CHECK enum status target_parse(const char *url, struct target *ret_target, const char **ret_error);
/* The host as it stands in a URL and in a Host field: with brackets and, unless it
 * is the scheme's own, the port. size: at least TARGET_HOST_MAX + 10. */
void target_write_authority(const struct target *target, char *out, size_t size);

#endif
