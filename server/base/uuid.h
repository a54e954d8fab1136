/* RFC 4122 identifiers: 16 bytes, canonical lower-case text.
 * Thread: any. */
#ifndef PF_BASE_UUID_H
#define PF_BASE_UUID_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UUID_TEXT_LEN 36

struct uuid {
    uint8_t bytes[16];
};

/* Accepts upper and lower case hex with the four dashes, nothing else. */
PF_MUST_CHECK enum status uuid_parse(const char *text, size_t len, struct uuid *ret_uuid);
void uuid_write(char *out, const struct uuid *uuid); /* 36 bytes and a NUL */
/* A random (version 4) identifier from the kernel's random source. */
PF_MUST_CHECK enum status uuid_random(struct uuid *ret_uuid);
bool uuid_equal(const struct uuid *a, const struct uuid *b);

#endif
