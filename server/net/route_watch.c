/* Silences the netlink socket on which libwebsockets 4.3 hears of every change
 * of addresses and routes. It is built in, has no switch, and does harm: a new
 * address of any interface (a container that starts) makes it forget routes and
 * close all connections of that interface, and its numbers for routes end at
 * 255 with an assertion. A connection that the network has lost is found by our
 * own pings. Version 4.1 has no such socket. Thread: the first one, before
 * the others. Refuses nothing. */
#include "net/route_watch.h"

#include "ops/log.h"

#include <dirent.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* Subscribed to groups: what the resolver opens for a moment is not. */
static bool is_watch(int fd) {
    struct sockaddr_nl address;
    memset(&address, 0, sizeof address);
    socklen_t len = sizeof address;
    return getsockname(fd, (struct sockaddr *)&address, &len) == 0 && address.nl_family == AF_NETLINK &&
           address.nl_groups != 0;
}

/* A filter that lets nothing in, then what is there already: the routes of now. */
static bool is_silenced(int fd) {
    struct sock_filter nothing[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
    const struct sock_fprog program = {.len = 1, .filter = nothing};
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0)
        return false;
    for (;;) {
        char dropped[4096];
        ssize_t n = recv(fd, dropped, sizeof dropped, MSG_DONTWAIT);
        if (n == 0 || (n < 0 && errno != EINTR && errno != ENOBUFS))
            return n < 0 && errno == EAGAIN; /* it comes to this: nothing is added any more */
    }
}

void route_watch_silence(void) {
    DIR *descriptors = opendir("/proc/self/fd");
    bool is_done = descriptors != NULL;
    for (const struct dirent *entry = is_done ? readdir(descriptors) : NULL; entry; entry = readdir(descriptors)) {
        char *end = NULL;
        long fd = strtol(entry->d_name, &end, 10);
        if (end != entry->d_name && is_watch((int)fd))
            is_done = is_silenced((int)fd) && is_done;
    }
    if (descriptors)
        closedir(descriptors);
    if (!is_done)
        log_event(LOG_WARN, "route_watch.not_silenced",
                  LOG_TEXT("text", "changes of the network's addresses may close connections"));
}
