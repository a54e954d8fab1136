/* getaddrinfo on a job; what it finds is not kept. Thread: main, but the look-up itself. */
#include "terminal/resolver.h"

#include "terminal/job.h"

#include <netdb.h>
#include <stdlib.h>
#include <sys/socket.h>

struct resolver {
    const struct server_url *server_url;
    struct job *job;
    int result; /* the job's while it runs */
};

static void work(void *argument) {
    struct resolver *resolver = argument;
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    resolver->result = getaddrinfo(resolver->server_url->host, NULL, &hints, &found);
    if (resolver->result == 0)
        freeaddrinfo(found);
}

enum status resolver_create(const struct server_url *server_url, struct resolver **ret_resolver) {
    struct resolver *resolver = calloc(1, sizeof *resolver);
    if (!resolver)
        return STATUS_NO_MEMORY;
    enum status status = job_create(&resolver->job);
    if (status != STATUS_OK) {
        free(resolver);
        return status;
    }
    resolver->server_url = server_url;
    *ret_resolver = resolver;
    return STATUS_OK;
}

bool resolver_destroy(struct resolver *resolver) {
    const char *error = NULL;
    if (job_is_running(resolver->job) && !resolver_finish(resolver, &error))
        return false;
    job_destroy(resolver->job);
    free(resolver);
    return true;
}

enum status resolver_start(struct resolver *resolver) {
    return job_is_running(resolver->job) ? STATUS_OK : job_start(resolver->job, work, resolver);
}

int resolver_fd(const struct resolver *resolver) {
    return job_fd(resolver->job);
}

bool resolver_finish(struct resolver *resolver, const char **ret_error) {
    if (!job_finish(resolver->job))
        return false;
    *ret_error = resolver->result == 0 ? NULL : gai_strerror(resolver->result);
    return true;
}
