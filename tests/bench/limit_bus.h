/* The limit's ear on the bus: a bare connection to Redis, subscribed to pf:events.
 * Of what comes it only takes the newest number. Thread: one. */
#ifndef PF_BENCH_LIMIT_BUS_H
#define PF_BENCH_LIMIT_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIMIT_BUS_BUFFER_BYTES (64 * 1024)

struct limit_bus {
    int fd;
    uint64_t seq; /* of the newest event; 0: none came */
    size_t kept;  /* bytes at the buffer's beginning that may be a number's beginning */
    char buffer[LIMIT_BUS_BUFFER_BYTES];
};

/* path: of Redis' unix socket. Returns when it is subscribed. */
bool limit_bus_connect(struct limit_bus *bus, const char *path);
/* Takes what came, without waiting; false: Redis is gone. */
bool limit_bus_read(struct limit_bus *bus);

/* The last whole number after `"seq":` goes to *seq, if there is one; returns how
 * many bytes at the end must be kept, since a number may go on after them. Pure. */
size_t limit_bus_scan(const char *bytes, size_t len, uint64_t *seq);

#endif
