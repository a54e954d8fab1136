/* Random secrets that somebody keeps and we only know again: refresh tokens, API
 * keys, tickets. 32 random bytes, so that their plain SHA-256 is what is stored.
 * Thread: any; pure but for the kernel's random source. */
#ifndef PF_IDENTITY_SECRET_H
#define PF_IDENTITY_SECRET_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SECRET_PREFIX_LEN 4                      /* "pfr_", "pfk_", "pft_" */
#define SECRET_TEXT_LEN (SECRET_PREFIX_LEN + 43) /* and base64url of 32 bytes */
#define SECRET_HASH_LEN 32

enum secret_kind { SECRET_REFRESH_TOKEN, SECRET_API_KEY, SECRET_TICKET };

/* out: SECRET_TEXT_LEN bytes and a NUL. STATUS_IO: no random bytes. */
PF_MUST_CHECK enum status secret_create(enum secret_kind kind, char out[SECRET_TEXT_LEN + 1],
                                        uint8_t ret_hash[SECRET_HASH_LEN]);
/* Whether the text has the form of this kind. */
bool secret_is_of_kind(enum secret_kind kind, const char *text, size_t len);
/* SHA-256 of the text: what is stored and looked up. STATUS_INVALID: not of this kind. */
PF_MUST_CHECK enum status secret_hash(enum secret_kind kind, const char *text, size_t len,
                                      uint8_t ret_hash[SECRET_HASH_LEN]);
/* In a time that depends on len alone. */
bool secret_equal(const void *a, const void *b, size_t len);

#endif
