/* Which web pages may use this server from a browser: the list of ORIGINS, and
 * the pages of this very server. Only browsers say where a page comes from, and
 * only they must be held back: who writes its own Origin could as well write
 * none. Thread: any; pure. */
#ifndef PF_APP_ORIGINS_H
#define PF_APP_ORIGINS_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

#define ORIGINS_MAX 64
#define ORIGIN_BYTES_MAX 255

struct origins;

/* "https://app.example.com,http://localhost:3000": schemes with hosts, perhaps
 * with ports; or `null`, which is what files and sandboxed frames send. Empty:
 * none. STATUS_INVALID with the reason in error. */
PF_MUST_CHECK enum status origins_parse(const char *text, struct origins **ret_origins, char *error, size_t error_len);
void origins_destroy(struct origins **origins);

bool origins_is_empty(const struct origins *origins);
/* Whether the list names it. */
bool origins_has(const struct origins *origins, const char *origin);
/* Whether the page came from where the request goes: the host and port of `origin` are those of the Host field. */
bool origin_is_of_host(const char *origin, const char *host);
/* Whether a Host field names this very machine: localhost, 127.0.0.0/8, ::1. */
bool host_is_loopback(const char *host);

#endif
