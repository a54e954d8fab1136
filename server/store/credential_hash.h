/* A SHA-256 hash as a parameter and a column of type bytea: what is kept of a
 * secret. Thread: any; pure. */
#ifndef PF_STORE_CREDENTIAL_HASH_H
#define PF_STORE_CREDENTIAL_HASH_H

#include <stdint.h>

#define CREDENTIAL_HASH_LEN 32

struct credential_hash_text {
    char text[2 + 2 * CREDENTIAL_HASH_LEN + 1];
};

/* PostgreSQL's text form of the bytes. */
void credential_hash_write(struct credential_hash_text *out, const uint8_t hash[CREDENTIAL_HASH_LEN]);

#endif
