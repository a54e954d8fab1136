/* Reads the files into an SSL_CTX and exchanges it under a lock; each SSL keeps
 * a reference to the one it was made from. Thread: any. */
#include "net/tls_context.h"

#include "net/tls_tickets.h"
#include "ops/log.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Of TLS 1.2; 1.3 has good ones only. */
#define CIPHERS "ECDHE+AESGCM:ECDHE+CHACHA20"
/* No others: with ffdhe8192 a stranger's handshake would take a tenth of a second of ours. */
#define GROUPS "X25519:P-256"
#define SECURITY_LEVEL 2 /* 112 bits: RSA from 2048 on, SHA-256 */
#define TICKETS_N 1
#define WARN_DAYS 14

struct tls_context {
    char *certificate, *key;
    struct tls_tickets *tickets;
    pthread_mutex_t lock; /* of current */
    SSL_CTX *current;
};

/* `library`: OpenSSL has the reason. */
/* What the system said, if it was the system; else what was said last. */
static enum status fail(char *error, size_t error_len, const char *what, const char *path) {
    const char *reason = NULL;
    bool is_systems = false;
    for (unsigned long code; (code = ERR_get_error()) != 0 && !is_systems;) {
        is_systems = ERR_SYSTEM_ERROR(code);
        reason = is_systems ? strerror(ERR_GET_REASON(code)) : ERR_reason_error_string(code);
    }
    (void)snprintf(error, error_len, "%s: %s%s%s", path, what, reason ? ": " : "", reason ? reason : "");
    ERR_clear_error();
    return STATUS_INVALID;
}

/* Nobody is at the terminal of a server. */
static int on_passphrase(char *buffer, int size, int is_writing, void *context) {
    (void)buffer, (void)size, (void)is_writing, (void)context;
    return -1;
}

/* HTTP/1.1 or, with a client that does not ask, nothing. */
static int on_protocols(SSL *ssl, const unsigned char **ret_chosen, unsigned char *ret_chosen_len,
                        const unsigned char *offered, unsigned offered_len, void *context) {
    (void)ssl, (void)context;
    static const unsigned char ours[] = "\x08http/1.1";
    unsigned char *chosen = NULL;
    if (SSL_select_next_proto(&chosen, ret_chosen_len, ours, sizeof ours - 1, offered, offered_len) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *ret_chosen = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static bool context_configure(const struct tls_context *context, SSL_CTX *it) {
    static const unsigned char id[] = "portfoliod";
    char groups[] = GROUPS; /* the macro's cast takes a const away */
    SSL_CTX_set_security_level(it, SECURITY_LEVEL);
    (void)SSL_CTX_set_options(it, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                      SSL_OP_PRIORITIZE_CHACHA | SSL_OP_IGNORE_UNEXPECTED_EOF);
    (void)SSL_CTX_set_mode(it, SSL_MODE_RELEASE_BUFFERS);
    /* One record or message a call: whoever sends many of the protocol's own waits for its turn between them. */
    (void)SSL_CTX_clear_mode(it, SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_read_ahead(it, 1);
    (void)SSL_CTX_set_session_cache_mode(it, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(it, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_alpn_select_cb(it, on_protocols, NULL);
    SSL_CTX_set_default_passwd_cb(it, on_passphrase);
    tls_tickets_attach(context->tickets, it);
    return SSL_CTX_set_min_proto_version(it, TLS1_2_VERSION) == 1 && SSL_CTX_set_max_proto_version(it, 0) == 1 &&
           SSL_CTX_set_cipher_list(it, CIPHERS) == 1 && SSL_CTX_set1_groups_list(it, groups) == 1 &&
           SSL_CTX_set_num_tickets(it, TICKETS_N) == 1 && SSL_CTX_set_session_id_context(it, id, sizeof id - 1) == 1;
}

static enum status context_read_files(const struct tls_context *context, SSL_CTX *it, char *error, size_t error_len) {
    if (SSL_CTX_use_certificate_chain_file(it, context->certificate) != 1)
        return fail(error, error_len, "TLS_CERT is not a readable certificate in PEM", context->certificate);
    if (SSL_CTX_use_PrivateKey_file(it, context->key, SSL_FILETYPE_PEM) != 1) {
        bool is_mismatch = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
        return fail(error, error_len,
                    is_mismatch ? "TLS_KEY is not the key of TLS_CERT"
                                : "TLS_KEY is not a readable private key in PEM without a passphrase",
                    context->key);
    }
    if (SSL_CTX_check_private_key(it) != 1)
        return fail(error, error_len, "TLS_KEY is not the key of TLS_CERT", context->key);
    return STATUS_OK;
}

/* What does not stop the server, but somebody should know. */
static void warn(const struct tls_context *context, SSL_CTX *it) {
    struct stat about;
    if (stat(context->key, &about) == 0 && (about.st_mode & S_IROTH))
        log_event(LOG_WARN, "tls.key_readable_by_all", LOG_TEXT("path", context->key));
    const X509 *certificate = SSL_CTX_get0_certificate(it);
    int days = 0, seconds = 0;
    if (!certificate || !ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(certificate)))
        return;
    bool is_ending = days < WARN_DAYS;
    log_event(is_ending ? LOG_WARN : LOG_INFO, is_ending ? "tls.certificate_ends" : "tls.certificate",
              LOG_TEXT("path", context->certificate), LOG_I64("days_left", days));
}

static enum status context_read(const struct tls_context *context, SSL_CTX **ret_it, char *error, size_t error_len) {
    ERR_clear_error();
    SSL_CTX *it = SSL_CTX_new(TLS_server_method());
    if (!it || !context_configure(context, it)) {
        SSL_CTX_free(it);
        (void)fail(error, error_len, "TLS cannot be set up", context->certificate);
        return STATUS_INTERNAL;
    }
    enum status status = context_read_files(context, it, error, error_len);
    if (status != STATUS_OK) {
        SSL_CTX_free(it);
        return status;
    }
    warn(context, it);
    *ret_it = it;
    return STATUS_OK;
}

enum status tls_context_create(const char *certificate, const char *key, const struct clock *clock,
                               struct tls_context **ret_context, char *error, size_t error_len) {
    struct tls_context *context = calloc(1, sizeof *context);
    enum status status = context ? STATUS_OK : STATUS_NO_MEMORY;
    if (context) {
        (void)pthread_mutex_init(&context->lock, NULL);
        context->certificate = strdup(certificate);
        context->key = strdup(key);
        status = context->certificate && context->key ? tls_tickets_create(clock, &context->tickets) : STATUS_NO_MEMORY;
    }
    if (status == STATUS_OK)
        status = context_read(context, &context->current, error, error_len);
    else
        (void)snprintf(error, error_len, "out of memory");
    if (status != STATUS_OK) {
        tls_context_destroy(&context);
        return status;
    }
    *ret_context = context;
    return STATUS_OK;
}

void tls_context_destroy(struct tls_context **context) {
    struct tls_context *it = *context;
    if (!it)
        return;
    *context = NULL;
    SSL_CTX_free(it->current);
    tls_tickets_destroy(&it->tickets);
    (void)pthread_mutex_destroy(&it->lock);
    free(it->certificate);
    free(it->key);
    free(it);
}

enum status tls_context_reload(struct tls_context *context, char *error, size_t error_len) {
    SSL_CTX *fresh = NULL;
    enum status status = context_read(context, &fresh, error, error_len);
    if (status != STATUS_OK)
        return status;
    (void)pthread_mutex_lock(&context->lock);
    SSL_CTX *old = context->current;
    context->current = fresh;
    (void)pthread_mutex_unlock(&context->lock);
    SSL_CTX_free(old);
    /* A resumed connection shows no certificate: who has seen the old one must see the new. */
    tls_tickets_forget(context->tickets);
    return STATUS_OK;
}

SSL *tls_context_begin(struct tls_context *context) {
    (void)pthread_mutex_lock(&context->lock);
    SSL *ssl = SSL_new(context->current);
    (void)pthread_mutex_unlock(&context->lock);
    return ssl;
}
