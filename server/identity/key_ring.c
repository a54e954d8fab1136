/* Reads a directory of keys. The files are key_file's. Thread: any. */
#include "identity/key_ring.h"

#include "identity/key_file.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ring_entry {
    struct jwt_key *key;
    char *file; /* NULL: no file */
};

struct key_ring {
    atomic_uint references_n;
    size_t n, signer;
    struct ring_entry entries[KEY_RING_MAX];
};

static enum status ring_create(struct key_ring **ret_ring) {
    struct key_ring *ring = calloc(1, sizeof *ring);
    if (!ring)
        return STATUS_NO_MEMORY;
    atomic_init(&ring->references_n, 1);
    *ret_ring = ring;
    return STATUS_OK;
}

struct key_ring *key_ring_ref(struct key_ring *ring) {
    atomic_fetch_add_explicit(&ring->references_n, 1, memory_order_relaxed);
    return ring;
}

void key_ring_unref(struct key_ring **ring) {
    struct key_ring *old = *ring;
    *ring = NULL;
    if (!old || atomic_fetch_sub_explicit(&old->references_n, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < old->n; i++) {
        jwt_key_unref(&old->entries[i].key);
        free(old->entries[i].file);
    }
    free(old);
}

/* Takes the key, also when it fails; the last one that can sign is the signer. */
static enum status ring_add(struct key_ring *ring, struct jwt_key *key, const char *file) {
    struct ring_entry *entry = &ring->entries[ring->n];
    *entry = (struct ring_entry){.key = key, .file = file ? strdup(file) : NULL};
    if (jwt_key_can_sign(key))
        ring->signer = ring->n;
    ring->n++;
    return file && !entry->file ? STATUS_NO_MEMORY : STATUS_OK;
}

/* Whether this key is there already; one that signs replaces its own public half. */
static bool is_known(struct key_ring *ring, struct jwt_key *key) {
    const struct jwt_key *known = key_ring_find(ring, jwt_key_kid(key));
    if (!known)
        return false;
    for (size_t i = 0; i < ring->n; i++) {
        if (ring->entries[i].key == known && jwt_key_can_sign(key)) {
            jwt_key_unref(&ring->entries[i].key);
            ring->entries[i].key = jwt_key_ref(key);
            ring->signer = i;
        }
    }
    return true;
}

static enum status ring_read(struct key_ring *ring, int dir_fd, const struct key_file_names *names, char *error,
                             size_t error_len) {
    for (size_t i = 0; i < names->n; i++) {
        struct jwt_key *key;
        char reason[160];
        enum status status = key_file_read(dir_fd, names->names[i], &key, reason, sizeof reason);
        if (status != STATUS_OK) {
            (void)snprintf(error, error_len, "%s: %s", names->names[i], reason);
            return status;
        }
        if (is_known(ring, key))
            jwt_key_unref(&key);
        else
            status = ring_add(ring, key, names->names[i]);
        if (status != STATUS_OK)
            return status;
    }
    if (ring->n > 0 && jwt_key_can_sign(ring->entries[ring->signer].key))
        return STATUS_OK;
    (void)snprintf(error, error_len, "there is no private key among the *.pem files");
    return STATUS_NOT_FOUND;
}

static enum status dir_read(struct key_ring *ring, int dir_fd, bool may_create, char *error, size_t error_len) {
    struct key_file_names names;
    enum status status = key_file_list(dir_fd, &names, error, error_len);
    if (status != STATUS_OK)
        return status;
    if (names.n == 0 && may_create) {
        char name[KEY_FILE_NAME_MAX + 1];
        status = key_file_create(dir_fd, false, name, error, error_len);
        if (status == STATUS_OK)
            status = key_file_list(dir_fd, &names, error, error_len);
    }
    return status == STATUS_OK ? ring_read(ring, dir_fd, &names, error, error_len) : status;
}

enum status key_ring_open(const char *dir, bool may_create, struct key_ring **ret_ring, char *error, size_t error_len) {
    struct key_ring *ring;
    int dir_fd;
    char reason[480] = "";
    enum status status = key_dir_open(dir, may_create, &dir_fd, reason, sizeof reason);
    if (status == STATUS_OK) {
        status = ring_create(&ring);
        if (status == STATUS_OK) {
            status = dir_read(ring, dir_fd, may_create, reason, sizeof reason);
            if (status == STATUS_OK)
                *ret_ring = ring;
            else
                key_ring_unref(&ring);
        }
        key_dir_close(dir_fd);
    }
    if (status != STATUS_OK)
        (void)snprintf(error, error_len, "%s: %s", dir, reason[0] ? reason : status_name(status));
    return status;
}

/* Takes the key. */
static enum status ring_of_one(struct jwt_key *key, struct key_ring **ret_ring) {
    struct key_ring *ring;
    enum status status = ring_create(&ring);
    if (status != STATUS_OK) {
        jwt_key_unref(&key);
        return status;
    }
    status = ring_add(ring, key, NULL);
    if (status == STATUS_OK)
        *ret_ring = ring;
    else
        key_ring_unref(&ring);
    return status;
}

enum status key_ring_create_in_memory(struct key_ring **ret_ring) {
    struct jwt_key *key;
    enum status status = jwt_key_generate(&key);
    return status == STATUS_OK ? ring_of_one(key, ret_ring) : status;
}

enum status key_ring_create_from_secret(const char *secret, struct key_ring **ret_ring) {
    struct jwt_key *key;
    enum status status = jwt_key_from_secret(secret, strlen(secret), &key);
    return status == STATUS_OK ? ring_of_one(key, ret_ring) : status;
}

const struct jwt_key *key_ring_find(const struct key_ring *ring, const char *kid) {
    for (size_t i = 0; i < ring->n; i++) {
        if (strcmp(jwt_key_kid(ring->entries[i].key), kid) == 0)
            return ring->entries[i].key;
    }
    return NULL;
}

const struct jwt_key *key_ring_signer(const struct key_ring *ring) {
    return ring->entries[ring->signer].key;
}

size_t key_ring_size(const struct key_ring *ring) {
    return ring->n;
}

const struct jwt_key *key_ring_at(const struct key_ring *ring, size_t at) {
    return ring->entries[at].key;
}

const char *key_ring_file(const struct key_ring *ring, size_t at) {
    return ring->entries[at].file ? ring->entries[at].file : "";
}

enum status key_ring_write_jwks(const struct key_ring *ring, struct strbuf *out) {
    bool is_first = true;
    STRBUF_LITERAL(out, "{\"keys\":[");
    for (size_t i = 0; i < ring->n; i++) {
        if (jwt_key_algorithm(ring->entries[i].key) == JWT_HS256)
            continue;
        if (!is_first)
            strbuf_append_char(out, ',');
        is_first = false;
        enum status status = jwt_key_write_jwk(ring->entries[i].key, out);
        if (status != STATUS_OK)
            return status;
    }
    STRBUF_LITERAL(out, "]}");
    return strbuf_status(out);
}
