/* base64url without padding (RFC 4648, 5), strictly: one text for each value.
 * Thread: any; pure. */
#ifndef PF_IDENTITY_BASE64URL_H
#define PF_IDENTITY_BASE64URL_H

#include "base/status.h"
#include "base/strbuf.h"

#include <stddef.h>
#include <stdint.h>

void base64url_append(struct strbuf *out, const void *bytes, size_t len);
/* STATUS_INVALID: padding, another character, a length that no value has, or bits
 * set behind the last byte. STATUS_LIMIT: more than capacity bytes. */
PF_MUST_CHECK enum status base64url_decode(const char *text, size_t len, uint8_t *out, size_t capacity,
                                           size_t *ret_len);

#endif
