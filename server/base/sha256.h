/* SHA-256 (FIPS 180-4): the fingerprint of what may be as large as a request's
 * body. Thread: any; a value type. */
#ifndef PF_BASE_SHA256_H
#define PF_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_TEXT_LEN 64

struct sha256 {
    uint32_t state[8];
    uint64_t bytes_n;
    uint8_t block[64];
};

void sha256_init(struct sha256 *sha);
void sha256_add(struct sha256 *sha, const void *bytes, size_t len);
/* Ends it: 64 lower-case hex digits and a NUL. */
void sha256_write(struct sha256 *sha, char out[SHA256_TEXT_LEN + 1]);

#endif
