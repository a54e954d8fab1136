/* Reads TRUSTED_PROXIES, and bounds connections by the descriptors that there
 * are. Thread: main. */
#include "app/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

/* For stores, providers, files, listeners: a full server still reaches its database. */
#define DESCRIPTORS_KEPT 256
/* What net/loop.c raises a lower limit to, where it may. */
#define DESCRIPTORS_WANTED 65536

/* 0: not known. */
static size_t descriptors_for_connections(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return 0;
    rlim_t n = limit.rlim_cur;
    if (n < DESCRIPTORS_WANTED)
        n = limit.rlim_max < DESCRIPTORS_WANTED ? limit.rlim_max : DESCRIPTORS_WANTED;
    return n > (rlim_t)2 * DESCRIPTORS_KEPT ? (size_t)n - DESCRIPTORS_KEPT : (size_t)n / 2;
}

static size_t connections_max(const struct config *config) {
    size_t most = descriptors_for_connections(), wanted = (size_t)config->connections_max;
    return wanted == 0 || (most > 0 && most < wanted) ? most : wanted;
}

enum status limits_create(const struct config *config, struct limits **ret_limits, char *error, size_t error_len) {
    char reason[160];
    struct limits *limits = calloc(1, sizeof *limits);
    if (!limits)
        return STATUS_NO_MEMORY;
    enum status status = address_list_parse(config->trusted_proxies, &limits->proxies, reason, sizeof reason);
    if (status != STATUS_OK)
        (void)snprintf(error, error_len, "TRUSTED_PROXIES: %s", reason);
    if (status == STATUS_OK)
        status =
            occupancy_create(connections_max(config), (size_t)config->connections_per_address, &limits->connections);
    if (status == STATUS_OK)
        status = occupancy_create(0, (size_t)config->open_requests_per_user, &limits->requests);
    if (status != STATUS_OK) {
        limits_destroy(&limits);
        return status;
    }
    *ret_limits = limits;
    return STATUS_OK;
}

void limits_destroy(struct limits **limits) {
    struct limits *it = *limits;
    if (!it)
        return;
    *limits = NULL;
    occupancy_destroy(&it->connections);
    occupancy_destroy(&it->requests);
    free(it);
}
