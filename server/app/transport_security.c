/* TLS_CERT, TLS_KEY, TLS_PORT, HSTS_S. Refuses halves of a pair and two listeners
 * on one port. Thread: main. */
#include "app/transport_security.h"

#include "net/tls_context.h"

#include <stdio.h>

/* An answer is data: no page may run, frame or sniff it, and nothing of it is told to others. */
#define HEADERS                                                                                                        \
    "x-content-type-options: nosniff\r\n"                                                                              \
    "referrer-policy: no-referrer\r\n"                                                                                 \
    "cross-origin-resource-policy: same-origin\r\n"                                                                    \
    "cross-origin-opener-policy: same-origin\r\n"                                                                      \
    "permissions-policy: camera=(), geolocation=(), microphone=(), payment=()\r\n"
#define POLICY "default-src 'none'; frame-ancestors 'none'"

static enum status fail(char *error, size_t error_len, const char *text) {
    (void)snprintf(error, error_len, "%s", text);
    return STATUS_INVALID;
}

enum status transport_security_init(struct transport_security *security, const struct config *config,
                                    const struct clock *clock, char *error, size_t error_len) {
    *security = (struct transport_security){.tls_port = (int)config->tls_port};
    bool has_certificate = config->tls_cert[0] != '\0', has_key = config->tls_key[0] != '\0';
    if (has_certificate != has_key)
        return fail(error, error_len, "TLS_CERT and TLS_KEY: one without the other");
    if (!has_certificate)
        return config->tls_port ? fail(error, error_len, "TLS_PORT: without TLS_CERT and TLS_KEY") : STATUS_OK;
    if (config->tls_port && config->tls_port == config->port)
        return fail(error, error_len, "TLS_PORT: the same as PORT; leave it at 0 for TLS on PORT itself");
    if (config->hsts_s)
        (void)snprintf(security->tls_headers, sizeof security->tls_headers,
                       "strict-transport-security: max-age=%lld\r\n", (long long)config->hsts_s);
    return tls_context_create(config->tls_cert, config->tls_key, clock, &security->tls, error, error_len);
}

void transport_security_fini(struct transport_security *security) {
    tls_context_destroy(&security->tls);
}

enum status transport_security_reload(struct transport_security *security, char *error, size_t error_len) {
    return security->tls ? tls_context_reload(security->tls, error, error_len) : STATUS_OK;
}

void transport_security_apply(const struct transport_security *security, struct loop_config *config) {
    config->tls = security->tls;
    config->tls_port = security->tls_port;
    config->http.headers = HEADERS;
    config->http.tls_headers = security->tls_headers;
    config->http.policy = POLICY;
}
