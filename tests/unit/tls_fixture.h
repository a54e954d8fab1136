/* A server of websocket_fixture.h's that speaks TLS with a certificate of its own,
 * and a client of OpenSSL's on a raw socket. */
#ifndef PF_TESTS_UNIT_TLS_FIXTURE_H
#define PF_TESTS_UNIT_TLS_FIXTURE_H

#include "net/tls_context.h"
#include "unit/websocket_fixture.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

static char directory[] = "/tmp/test-loop-tls-XXXXXX";
static char certificate_path[64], key_path[64];

static inline void write_pair(void) {
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    assert_non_null(key);
    assert_non_null(certificate);
    assert_int_equal(X509_set_version(certificate, 2), 1);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400L * 60);
    X509_set_pubkey(certificate, key);
    X509_NAME *name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"test", -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    FILE *file = fopen(certificate_path, "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_X509(file, certificate), 1);
    fclose(file);
    file = fopen(key_path, "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    fclose(file);
    assert_int_equal(chmod(key_path, 0600), 0);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static inline int files_setup(void **state) {
    (void)state;
    assert_non_null(mkdtemp(directory));
    snprintf(certificate_path, sizeof certificate_path, "%s/c.pem", directory);
    snprintf(key_path, sizeof key_path, "%s/k.pem", directory);
    write_pair();
    return 0;
}

static inline int files_teardown(void **state) {
    (void)state;
    unlink(certificate_path);
    unlink(key_path);
    return rmdir(directory);
}

struct tls_client {
    struct raw_client raw; /* data, len: decrypted */
    SSL_CTX *context;
    SSL *ssl;
};

static struct { struct tls_context *context; } tls;

static inline int setup(void **state) {
    char error[256] = "";
    if (tls_context_create(certificate_path, key_path, clock_system(), &tls.context, error, sizeof error) != STATUS_OK)
        fail_msg("%s", error);
    fixture_tls = tls.context;
    return server_setup(state);
}

static inline int teardown(void **state) {
    int result = server_teardown(state);
    fixture_tls = NULL;
    tls_context_destroy(&tls.context);
    return result;
}

/* What is there, at most `most` bytes. */
static inline void tls_read(struct tls_client *client, size_t most) {
    struct raw_client *raw = &client->raw;
    while (most > 0 && !raw->is_over) {
        if (raw->capacity - raw->len < 2) {
            raw->capacity = raw->capacity ? raw->capacity * 2 : 65536;
            raw->data = realloc(raw->data, raw->capacity);
            assert_non_null(raw->data);
        }
        size_t room = raw->capacity - raw->len - 1;
        ERR_clear_error();
        int n = SSL_read(client->ssl, raw->data + raw->len, (int)(room < most ? room : most));
        if (n > 0) {
            raw->len += (size_t)n, most -= (size_t)n;
            continue;
        }
        if (SSL_get_error(client->ssl, n) == SSL_ERROR_WANT_READ)
            break;
        raw->is_over = true;
    }
    if (raw->data)
        raw->data[raw->len] = '\0';
}

static inline bool tls_has(struct tls_client *client, size_t len) {
    tls_read(client, SIZE_MAX);
    return client->raw.len >= len;
}

static inline bool tls_has_text(struct tls_client *client, const char *text) {
    tls_read(client, SIZE_MAX);
    return client->raw.len > 0 && strstr(client->raw.data, text) != NULL;
}

static inline bool tls_is_over(struct tls_client *client) {
    tls_read(client, SIZE_MAX);
    return client->raw.is_over;
}

static inline void tls_send(struct loop *loop, struct tls_client *client, const void *bytes, size_t len) {
    for (size_t sent = 0; sent < len;) {
        ERR_clear_error();
        int n = SSL_write(client->ssl, (const char *)bytes + sent, (int)(len - sent));
        if (n > 0)
            sent += (size_t)n;
        else if (SSL_get_error(client->ssl, n) == SSL_ERROR_WANT_WRITE)
            fixture_turn(loop);
        else
            return;
    }
}

static inline struct tls_client tls_connect(struct server *server, int rcvbuf_bytes) {
    struct tls_client client = {.raw = client_connect(server->loop, rcvbuf_bytes)};
    client.context = SSL_CTX_new(TLS_client_method());
    assert_non_null(client.context);
    SSL_CTX_set_mode(client.context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    client.ssl = SSL_new(client.context);
    assert_non_null(client.ssl);
    struct timeval no_time = {0, 1};
    assert_int_equal(setsockopt(client.raw.fd, SOL_SOCKET, SO_RCVTIMEO, &no_time, sizeof no_time), 0);
    assert_int_equal(setsockopt(client.raw.fd, SOL_SOCKET, SO_SNDTIMEO, &no_time, sizeof no_time), 0);
    SSL_set_fd(client.ssl, client.raw.fd);
    fixture_until(server->loop, SSL_connect(client.ssl) == 1);
    return client;
}

static inline void tls_close(struct tls_client *client) {
    SSL_free(client->ssl);
    SSL_CTX_free(client->context);
    client_close(&client->raw);
}

static inline struct tls_client tls_open(struct server *server, int rcvbuf_bytes) {
    struct tls_client client = tls_connect(server, rcvbuf_bytes);
    tls_send(server->loop, &client, HANDSHAKE, sizeof HANDSHAKE - 1);
    fixture_until(server->loop, tls_has_text(&client, "\r\n\r\n"));
    assert_int_equal(strncmp(client.raw.data, "HTTP/1.1 101 ", 13), 0);
    client_drop_input(&client.raw, (size_t)(strstr(client.raw.data, "\r\n\r\n") + 4 - client.raw.data));
    return client;
}

/* A masked frame of the client's, in `pieces` records. */
static inline void tls_send_frame(struct server *server, struct tls_client *client, unsigned char first,
                                  const char *payload, size_t len, size_t pieces) {
    unsigned char frame[4096];
    assert_true(len + 14 < sizeof frame);
    size_t size = websocket_header_size(len);
    websocket_header_write(frame + size, len, first);
    frame[1] |= 0x80;
    memset(frame + size, 0, 4);
    memcpy(frame + size + 4, payload, len);
    size_t total = size + 4 + len, step = total / pieces + 1;
    for (size_t at = 0; at < total; at += step) {
        tls_send(server->loop, client, frame + at, total - at < step ? total - at : step);
        fixture_turn(server->loop);
    }
}

#endif
