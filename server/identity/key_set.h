/* Keys of somebody else, from a JWK Set (RFC 7517): they verify, and nothing more.
 * Immutable once read; its references are counted atomically, so every thread
 * reads it without a lock while it holds one. Thread: any; pure; fuzzed. */
#ifndef PF_IDENTITY_KEY_SET_H
#define PF_IDENTITY_KEY_SET_H

#include "identity/jwt_key.h"

#define KEY_SET_BYTES_MAX 65536
#define KEY_SET_KEYS_MAX 50

struct key_set;

/* Takes keys for ES256, ES384 and RS256 that have a kid and are for signatures;
 * passes over others (secrets, encryption, unknown kinds, sizes that are not
 * taken, a kid that came before). A set without any is read, too: it verifies
 * nothing. STATUS_INVALID: no JWK Set. STATUS_LIMIT: more bytes or keys than the
 * bounds above. */
PF_MUST_CHECK enum status key_set_parse(const char *text, size_t len, struct key_set **ret_set);
struct key_set *key_set_ref(struct key_set *set);
void key_set_unref(struct key_set **set); /* NULL does nothing */

const struct jwt_key *key_set_find(const struct key_set *set, const char *kid); /* lives as long as the set */
size_t key_set_size(const struct key_set *set);
size_t key_set_ignored_n(const struct key_set *set);

#endif
