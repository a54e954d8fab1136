/* Our own keys: what signs our access tokens and what verifies them.
 *
 * A ring is immutable once made and counts its references atomically, so every
 * thread reads it without a lock for as long as it holds a reference. Keys change
 * by a new ring: SIGHUP reads the directory again and app/token_keys.h hands the
 * new ring to who asks next; who still holds the old one finishes with it.
 *
 * The directory has *.pem files, read in the order of their names: the last one
 * with a private key signs, all verify. Rotation is two live keys: add one, wait
 * until the tokens of the old one have expired, remove the old one.
 * Thread: any; making one reads files. */
#ifndef PF_IDENTITY_KEY_RING_H
#define PF_IDENTITY_KEY_RING_H

#include "identity/jwt_key.h"

#define KEY_RING_MAX 16 /* keys */
#define KEY_FILE_NAME_MAX 255

struct key_ring;

/* Reads the directory; one that is not there or has no *.pem is begun with a new
 * ES256 key when may_create (several processes may do so at once: one does).
 * Anything else but STATUS_OK comes with a text in error[0..error_len): a private key
 * that group or others can read, one that is not taken (see jwt_key_from_pem), a
 * directory that others can write to, no private key, more than KEY_RING_MAX. */
PF_MUST_CHECK enum status key_ring_open(const char *dir, bool may_create, struct key_ring **ret_ring, char *error,
                                        size_t error_len);
/* One new ES256 key that ends with the process. */
PF_MUST_CHECK enum status key_ring_create_in_memory(struct key_ring **ret_ring);
/* HS256. STATUS_OUT_OF_RANGE: the secret is too short. */
PF_MUST_CHECK enum status key_ring_create_from_secret(const char *secret, struct key_ring **ret_ring);
struct key_ring *key_ring_ref(struct key_ring *ring);
void key_ring_unref(struct key_ring **ring); /* NULL does nothing */

/* Lives as long as the ring; NULL: none of that name. */
const struct jwt_key *key_ring_find(const struct key_ring *ring, const char *kid);
const struct jwt_key *key_ring_signer(const struct key_ring *ring);
size_t key_ring_size(const struct key_ring *ring);
const struct jwt_key *key_ring_at(const struct key_ring *ring, size_t at);
const char *key_ring_file(const struct key_ring *ring, size_t at); /* its file's name; "": none */

/* The JWK Set (RFC 7517) of the public parts; a secret has none. */
PF_MUST_CHECK enum status key_ring_write_jwks(const struct key_ring *ring, struct strbuf *out);

#endif
