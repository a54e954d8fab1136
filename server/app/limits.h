/* What all loops of a process share of its limits: how many connections and
 * requests are open, and which proxies are trusted. Thread: main makes it; any
 * uses it. */
#ifndef PF_APP_LIMITS_H
#define PF_APP_LIMITS_H

#include "base/address.h"
#include "ops/config.h"
#include "thread/occupancy.h"

struct limits {
    struct address_list proxies;
    struct occupancy *connections; /* by the client's address */
    struct occupancy *requests;    /* by user, or address */
};

/* error[0..error_len) names the setting that cannot be. */
PF_MUST_CHECK enum status limits_create(const struct config *config, struct limits **ret_limits, char *error,
                                        size_t error_len);
void limits_destroy(struct limits **limits);

#endif
