/* What the server shows over TLS: its certificate, its key, what it agrees to.
 * TLS 1.2 and newer, ephemeral keys and authenticated ciphers only, HTTP/1.1
 * only. Read anew on demand: connections keep what they began with.
 * Thread: any (a lock); no file is read on a loop. */
#ifndef PF_NET_TLS_CONTEXT_H
#define PF_NET_TLS_CONTEXT_H

#include "base/clock.h"
#include "base/status.h"

#include <openssl/types.h>
#include <stddef.h>

struct tls_context;

/* certificate: a PEM file, the chain behind the certificate; key: a PEM file
 * without a passphrase. error[0..error_len) says what is wrong with them. */
PF_MUST_CHECK enum status tls_context_create(const char *certificate, const char *key, const struct clock *clock,
                                             struct tls_context **ret_context, char *error, size_t error_len);
/* After the last stream made from it. */
void tls_context_destroy(struct tls_context **context);

/* Reads the files again; when they are not good everything stays as it is. */
PF_MUST_CHECK enum status tls_context_reload(struct tls_context *context, char *error, size_t error_len);

/* For a connection that begins now; NULL: no memory. */
SSL *tls_context_begin(struct tls_context *context);

#endif
