/* Protocols whose packets do not end where WebSocket frames end: what is left of
 * one frame is carried over to the next, for each client. Costs nothing while
 * packets come in whole. Thread: one. */
#ifndef PF_BENCH_CARRY_H
#define PF_BENCH_CARRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CARRY_BROKEN SIZE_MAX

struct carry {
    char *bytes;
    size_t len, capacity;
};

/* Takes the whole packets at the beginning of the bytes; returns their length,
 * CARRY_BROKEN when they make no sense. */
typedef size_t carry_take(void *context, const char *bytes, size_t len);

/* Passes on what was carried and what came now. False: it was broken. */
bool carry_read(struct carry *carry, const char *bytes, size_t len, carry_take *take, void *context);
void carry_fini(struct carry *carry);

/* The decimal number that a payload of the publisher begins with. */
uint64_t carry_stamp(const char *bytes, size_t len);

#endif
