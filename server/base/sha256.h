/* SHA-256 of what lies in pieces, by libcrypto: the fingerprint of what may be
 * as large as a request's body. Thread: any. */
#ifndef PF_BASE_SHA256_H
#define PF_BASE_SHA256_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

#define SHA256_LEN 32
#define SHA256_TEXT_LEN 64

struct sha256_piece {
    const void *bytes; /* may be NULL when len is 0 */
    size_t len;
};

/* Of the pieces one behind the other: 64 lower-case hex digits and a NUL.
 * NO_MEMORY; INTERNAL: the library has no SHA-256 to give. */
PF_MUST_CHECK enum status sha256_write(const struct sha256_piece *pieces, size_t n, char ret_text[SHA256_TEXT_LEN + 1]);
/* Of one piece, the bytes themselves. */
PF_MUST_CHECK enum status sha256_digest(const void *bytes, size_t len, uint8_t ret_digest[SHA256_LEN]);

#endif
