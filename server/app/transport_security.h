/* How the process talks to whoever connects: TLS by the settings, and the
 * headers that every response has. Thread: main; read by every loop. */
#ifndef PF_APP_TRANSPORT_SECURITY_H
#define PF_APP_TRANSPORT_SECURITY_H

#include "net/loop.h"
#include "ops/config.h"

struct tls_context;

struct transport_security {
    struct tls_context *tls; /* NULL without TLS_CERT */
    int tls_port;            /* 0: PORT itself */
    char tls_headers[96];
};

PF_MUST_CHECK enum status transport_security_init(struct transport_security *security, const struct config *config,
                                                  const struct clock *clock, char *error, size_t error_len);
void transport_security_fini(struct transport_security *security);
/* Reads certificate and key again: for connections that begin from now on. */
PF_MUST_CHECK enum status transport_security_reload(struct transport_security *security, char *error, size_t error_len);
/* Fills in a loop's part of it, which lives as long as `security`. */
void transport_security_apply(const struct transport_security *security, struct loop_config *config);

#endif
