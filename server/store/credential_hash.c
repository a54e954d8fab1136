/* Hashes as text for PostgreSQL. Thread: any; pure. */
#include "store/credential_hash.h"

#include <stddef.h>

void credential_hash_write(struct credential_hash_text *out, const uint8_t hash[CREDENTIAL_HASH_LEN]) {
    static const char digits[] = "0123456789abcdef";
    char *at = out->text;
    *at++ = '\\';
    *at++ = 'x';
    for (size_t i = 0; i < CREDENTIAL_HASH_LEN; i++) {
        *at++ = digits[hash[i] >> 4];
        *at++ = digits[hash[i] & 15];
    }
    *at = '\0';
}
