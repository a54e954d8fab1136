/* The limit's ear on the bus. Thread: one. */
#include "limit_bus.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MARK "\"seq\":"
#define MARK_LEN (sizeof MARK - 1)

size_t limit_bus_scan(const char *bytes, size_t len, uint64_t *seq) {
    const char *end = bytes + len, *at = bytes;
    for (const char *mark; (mark = memmem(at, (size_t)(end - at), MARK, MARK_LEN)); at = mark + MARK_LEN) {
        const char *digit = mark + MARK_LEN;
        uint64_t number = 0;
        for (; digit < end && *digit >= '0' && *digit <= '9'; digit++)
            number = number * 10 + (uint64_t)(*digit - '0');
        if (digit == end)
            return (size_t)(end - mark);
        *seq = number;
    }
    size_t rest = (size_t)(end - at);
    return rest < MARK_LEN - 1 ? rest : MARK_LEN - 1;
}

bool limit_bus_connect(struct limit_bus *bus, const char *path) {
    static const char subscribe[] = "SUBSCRIBE pf:events\r\n";
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(path);
    if (len >= sizeof address.sun_path)
        return false;
    memcpy(address.sun_path, path, len + 1);
    bus->kept = 0;
    bus->seq = 0;
    bus->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return bus->fd >= 0 && connect(bus->fd, (struct sockaddr *)&address, sizeof address) == 0 &&
           send(bus->fd, subscribe, sizeof subscribe - 1, MSG_NOSIGNAL) == sizeof subscribe - 1 &&
           recv(bus->fd, bus->buffer, sizeof bus->buffer, 0) > 0 && bus->buffer[0] == '*' &&
           fcntl(bus->fd, F_SETFL, O_NONBLOCK) == 0;
}

bool limit_bus_read(struct limit_bus *bus) {
    for (;;) {
        ssize_t n = recv(bus->fd, bus->buffer + bus->kept, sizeof bus->buffer - bus->kept, 0);
        if (n < 0)
            return errno == EAGAIN || errno == EINTR;
        if (n == 0)
            return false;
        size_t len = bus->kept + (size_t)n;
        bus->kept = limit_bus_scan(bus->buffer, len, &bus->seq);
        if (bus->kept > len / 2 + MARK_LEN)
            bus->kept = 0; /* no number is that long */
        memmove(bus->buffer, bus->buffer + len - bus->kept, bus->kept);
    }
}
