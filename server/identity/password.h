/* Passwords by libsodium's Argon2id: hashing takes long and much memory by design,
 * so never on a loop. Thread: any; pure but for the kernel's random source. */
#ifndef PF_IDENTITY_PASSWORD_H
#define PF_IDENTITY_PASSWORD_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

#define PASSWORD_CHARS_MIN 10
#define PASSWORD_CHARS_MAX 128
#define PASSWORD_BYTES_MAX 256
#define PASSWORD_HASH_MAX 128 /* bytes of a hash's text, with its NUL */

struct password_cost {
    unsigned ops;      /* passes, at least 1 */
    size_t memory_kib; /* at least 8 */
};

/* The text of a hash, with its salt and cost. NO_MEMORY: less than the cost asks for is left. */
PF_MUST_CHECK enum status password_hash(const char *text, size_t len, const struct password_cost *cost,
                                        char out[PASSWORD_HASH_MAX]);
/* hash "": of an account that does not exist or has none, which takes as long as one of this cost, and is wrong. */
PF_MUST_CHECK enum status password_verify(const char *hash, const char *text, size_t len,
                                          const struct password_cost *cost, bool *ret_is_right);
/* Whether the hash was made with another cost than this: then make it anew from the password that was right. */
bool password_is_outdated(const char *hash, const struct password_cost *cost);

/* What is against taking this as a new password; NULL: nothing. email: whose it is, "" when that is not known. */
const char *password_reason_against(const char *text, size_t len, const char *email);

#endif
