/* The gzip content coding (RFC 9110, 8.4.1 and 12.5.3). Thread: any; pure. */
#ifndef PF_APP_GZIP_H
#define PF_APP_GZIP_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether an Accept-Encoding takes gzip, and not rather nothing. NULL: no. A
 * header of another form does not. */
bool gzip_is_accepted(const char *accept_encoding);

/* Appends bytes[0..len), gzipped: fast rather than small, 4 to 5 ms a megabyte
 * where a small level takes 11. */
PF_MUST_CHECK enum status gzip_append(struct strbuf *out, const char *bytes, size_t len);

/* Whether packed[0..packed_len) is gzip, in one piece, of exactly bytes[0..len). */
bool gzip_holds(const char *packed, size_t packed_len, const char *bytes, size_t len);

#endif
