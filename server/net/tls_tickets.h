/* The keys of session tickets: made here, never written anywhere, so that a
 * ticket is worth something to this process only, and replaced by the hour.
 * Thread: any (a lock). */
#ifndef PF_NET_TLS_TICKETS_H
#define PF_NET_TLS_TICKETS_H

#include "base/clock.h"
#include "base/status.h"

#include <openssl/types.h>

#define TLS_TICKETS_ROTATE_MS ((int64_t)3600 * 1000)

struct tls_tickets;

PF_MUST_CHECK enum status tls_tickets_create(const struct clock *clock, struct tls_tickets **ret_tickets);
void tls_tickets_destroy(struct tls_tickets **tickets);

/* Gives the context tickets, for TLS 1.3 only: there a resumed connection
 * agrees on keys of its own, while with 1.2 whoever learnt the ticket's key
 * could read what was recorded. The context's app data is the tickets'. */
void tls_tickets_attach(struct tls_tickets *tickets, SSL_CTX *context);
/* No ticket of before opens any more. */
void tls_tickets_forget(struct tls_tickets *tickets);

#endif
