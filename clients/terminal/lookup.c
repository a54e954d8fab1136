/* getaddrinfo on an errand; what it finds is not kept. Thread: main, but the lookup itself. */
#include "terminal/lookup.h"

#include "terminal/errand.h"

#include <netdb.h>
#include <stdlib.h>
#include <sys/socket.h>

struct lookup {
    const struct target *target;
    struct errand *errand;
    int result; /* the errand's while it runs */
};

static void work(void *argument) {
    struct lookup *lookup = argument;
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    lookup->result = getaddrinfo(lookup->target->host, NULL, &hints, &found);
    if (lookup->result == 0)
        freeaddrinfo(found);
}

enum status lookup_create(const struct target *target, struct lookup **ret_lookup) {
    struct lookup *lookup = calloc(1, sizeof *lookup);
    if (!lookup)
        return STATUS_NO_MEMORY;
    enum status status = errand_create(&lookup->errand);
    if (status != STATUS_OK) {
        free(lookup);
        return status;
    }
    lookup->target = target;
    *ret_lookup = lookup;
    return STATUS_OK;
}

bool lookup_destroy(struct lookup *lookup) {
    const char *error = NULL;
    if (errand_is_running(lookup->errand) && !lookup_finish(lookup, &error))
        return false;
    errand_destroy(lookup->errand);
    free(lookup);
    return true;
}

enum status lookup_start(struct lookup *lookup) {
    return errand_is_running(lookup->errand) ? STATUS_OK : errand_start(lookup->errand, work, lookup);
}

int lookup_fd(const struct lookup *lookup) {
    return errand_fd(lookup->errand);
}

bool lookup_finish(struct lookup *lookup, const char **ret_error) {
    if (!errand_finish(lookup->errand))
        return false;
    *ret_error = lookup->result == 0 ? NULL : gai_strerror(lookup->result);
    return true;
}
