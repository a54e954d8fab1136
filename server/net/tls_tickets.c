/* Two keys are alive: the one that new tickets are sealed with, and the one
 * before it, which still opens. An older ticket is no harm: its connection
 * shakes hands in full. Thread: any. */
#include "net/tls_tickets.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES 16 /* OpenSSL's */
#define KEY_BYTES 32
#define IV_BYTES 16

enum { TICKET_REFUSED = 0, TICKET_TAKEN = 1, TICKET_RENEWED = 2, TICKET_ERROR = -1 }; /* what OpenSSL expects */

struct ticket_key {
    unsigned char name[NAME_BYTES], cipher[KEY_BYTES], mac[KEY_BYTES];
    int64_t made_ms; /* 0: there is none */
};

struct tls_tickets {
    const struct clock *clock;
    pthread_mutex_t lock;
    struct ticket_key keys[2]; /* the newest first */
};

static bool key_make(struct ticket_key *key, int64_t now_ms) {
    if (RAND_bytes(key->name, sizeof key->name) != 1 || RAND_priv_bytes(key->cipher, sizeof key->cipher) != 1 ||
        RAND_priv_bytes(key->mac, sizeof key->mac) != 1)
        return false;
    key->made_ms = now_ms > 0 ? now_ms : 1;
    return true;
}

/* A key seals for one period and opens for another. */
static bool keys_rotate(struct tls_tickets *tickets, int64_t now_ms) {
    struct ticket_key *newest = &tickets->keys[0], *older = &tickets->keys[1];
    if (!newest->made_ms || now_ms - newest->made_ms >= TLS_TICKETS_ROTATE_MS) {
        struct ticket_key key;
        if (!key_make(&key, now_ms))
            return false;
        *older = *newest;
        *newest = key;
        OPENSSL_cleanse(&key, sizeof key);
    }
    if (older->made_ms && now_ms - older->made_ms >= 2 * TLS_TICKETS_ROTATE_MS)
        OPENSSL_cleanse(older, sizeof *older);
    return true;
}

/* A copy of the key to seal with, or of the one with that name; false: there is none. */
static bool key_find(struct tls_tickets *tickets, const unsigned char *name, struct ticket_key *ret_key,
                     bool *ret_is_newest) {
    (void)pthread_mutex_lock(&tickets->lock);
    bool is_found = keys_rotate(tickets, clock_monotonic_ms(tickets->clock));
    size_t at = 0;
    if (is_found && name) { /* as it came over the wire */
        while (at < 2 && (!tickets->keys[at].made_ms || memcmp(tickets->keys[at].name, name, NAME_BYTES) != 0))
            at++;
        is_found = at < 2;
    }
    if (is_found) {
        *ret_key = tickets->keys[at];
        *ret_is_newest = at == 0;
    }
    (void)pthread_mutex_unlock(&tickets->lock);
    return is_found;
}

static bool key_apply(struct ticket_key *key, const unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac,
                      bool is_sealing) {
    char digest[] = "SHA256";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key->mac, sizeof key->mac),
                           OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                           OSSL_PARAM_construct_end()};
    return EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, key->cipher, iv, is_sealing) == 1 &&
           EVP_MAC_CTX_set_params(mac, params) == 1;
}

static int on_ticket(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac,
                     int is_sealing) {
    struct tls_tickets *tickets = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    struct ticket_key key;
    bool is_newest = false;
    if (!tickets || SSL_version(ssl) < TLS1_3_VERSION || !key_find(tickets, is_sealing ? NULL : name, &key, &is_newest))
        return TICKET_REFUSED;
    bool is_done = true;
    if (is_sealing) {
        memcpy(name, key.name, NAME_BYTES);
        is_done = RAND_bytes(iv, IV_BYTES) == 1;
    }
    is_done = is_done && key_apply(&key, iv, cipher, mac, is_sealing);
    OPENSSL_cleanse(&key, sizeof key);
    if (!is_done)
        return TICKET_ERROR;
    return is_sealing || is_newest ? TICKET_TAKEN : TICKET_RENEWED;
}

enum status tls_tickets_create(const struct clock *clock, struct tls_tickets **ret_tickets) {
    struct tls_tickets *tickets = calloc(1, sizeof *tickets);
    if (!tickets)
        return STATUS_NO_MEMORY;
    tickets->clock = clock;
    (void)pthread_mutex_init(&tickets->lock, NULL);
    *ret_tickets = tickets;
    return STATUS_OK;
}

void tls_tickets_destroy(struct tls_tickets **tickets) {
    struct tls_tickets *it = *tickets;
    if (!it)
        return;
    *tickets = NULL;
    (void)pthread_mutex_destroy(&it->lock);
    OPENSSL_cleanse(it, sizeof *it);
    free(it);
}

void tls_tickets_attach(struct tls_tickets *tickets, SSL_CTX *context) {
    SSL_CTX_set_app_data(context, tickets);
    (void)SSL_CTX_set_tlsext_ticket_key_evp_cb(context, on_ticket);
}

void tls_tickets_forget(struct tls_tickets *tickets) {
    (void)pthread_mutex_lock(&tickets->lock);
    OPENSSL_cleanse(tickets->keys, sizeof tickets->keys);
    (void)pthread_mutex_unlock(&tickets->lock);
}
