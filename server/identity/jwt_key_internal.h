/* What makes keys and what uses them share. Nobody else includes this. */
#ifndef PF_IDENTITY_JWT_KEY_INTERNAL_H
#define PF_IDENTITY_JWT_KEY_INTERNAL_H

#include "identity/jwt_key.h"

#include <openssl/evp.h>
#include <stdatomic.h>

struct jwt_key {
    atomic_uint references_n;
    enum jwt_algorithm algorithm;
    bool can_sign;
    EVP_PKEY *pkey;  /* NULL: a secret */
    uint8_t *secret; /* of HS256 */
    size_t secret_len;
    char kid[JWT_KID_MAX + 1];
};

/* Gives the key its thumbprint (RFC 7638) for a name. */
PF_MUST_CHECK enum status jwt_key_name(struct jwt_key *key);

#endif
