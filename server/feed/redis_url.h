/* REDIS_URL taken apart. Thread: any; pure. */
#ifndef PF_FEED_REDIS_URL_H
#define PF_FEED_REDIS_URL_H

#include "base/status.h"

#include <stdbool.h>

struct redis_url {
    char host[256]; /* "" for a unix socket */
    int port;
    char path[108]; /* of the unix socket; "" for TCP */
    char user[128]; /* "" = none */
    char password[512];
    int database;
};

/* redis://[[user]:password@]host[:port][/db] or unix:///path[?db=N]; user and
 * password may be percent-encoded, an IPv6 host stands in brackets.
 * STATUS_INVALID otherwise; rediss:// too: TLS is not supported. */
PF_MUST_CHECK enum status redis_url_parse(const char *text, struct redis_url *ret_url);

#endif
