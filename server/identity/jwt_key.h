/* One key that signs or verifies tokens: its algorithm, its name (kid), and what
 * OpenSSL or libsodium needs. A key has one algorithm; it never serves another.
 * Immutable once made, but for its count of references, which is atomic.
 * Thread: any. */
#ifndef PF_IDENTITY_JWT_KEY_H
#define PF_IDENTITY_JWT_KEY_H

#include "base/status.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JWT_KID_MAX 255
#define JWT_THUMBPRINT_LEN 43   /* base64url of a SHA-256 */
#define JWT_SIGNATURE_MAX 512   /* of RSA with 4096 bits */
#define JWT_HS256_SECRET_MIN 32 /* bytes: as long as what it makes */
#define JWT_HS256_KID "hs256"   /* the one name of the one secret */
#define JWT_KEY_FILE_MAX 16384  /* bytes of a PEM text */

enum jwt_algorithm { JWT_ES256, JWT_ES384, JWT_RS256, JWT_HS256, JWT_ALGORITHMS_N };

const char *jwt_algorithm_text(enum jwt_algorithm algorithm); /* "ES256", … */
/* STATUS_NOT_FOUND: none that is used here; "none" least of all. */
PF_MUST_CHECK enum status jwt_algorithm_parse(const char *text, size_t len, enum jwt_algorithm *ret_algorithm);

struct jwt_key;

/* A new key for ES256, its thumbprint (RFC 7638) for a name. */
PF_MUST_CHECK enum status jwt_key_generate(struct jwt_key **ret_key);
/* A private or public key for ES256 (P-256) or RS256 (RSA, 2048 to 4096 bits).
 * STATUS_INVALID: no such key in it, or one that asks for a passphrase.
 * STATUS_OUT_OF_RANGE: a key, but not of a curve or size that is taken. */
PF_MUST_CHECK enum status jwt_key_from_pem(const char *text, size_t len, struct jwt_key **ret_key);
/* STATUS_OUT_OF_RANGE: shorter than JWT_HS256_SECRET_MIN. */
PF_MUST_CHECK enum status jwt_key_from_secret(const char *secret, size_t len, struct jwt_key **ret_key);
/* Public keys by their numbers, big-endian; kid: NUL-terminated, at most
 * JWT_KID_MAX. STATUS_INVALID: not a point of the curve, no modulus.
 * STATUS_OUT_OF_RANGE: sizes that are not taken. */
PF_MUST_CHECK enum status jwt_key_from_point(enum jwt_algorithm algorithm, const char *kid, const uint8_t *x,
                                             const uint8_t *y, size_t coordinate_len, struct jwt_key **ret_key);
PF_MUST_CHECK enum status jwt_key_from_modulus(const char *kid, const uint8_t *n, size_t n_len, const uint8_t *e,
                                               size_t e_len, struct jwt_key **ret_key);
struct jwt_key *jwt_key_ref(struct jwt_key *key);
void jwt_key_unref(struct jwt_key **key); /* NULL does nothing */

enum jwt_algorithm jwt_key_algorithm(const struct jwt_key *key);
const char *jwt_key_kid(const struct jwt_key *key);
bool jwt_key_can_sign(const struct jwt_key *key);
unsigned jwt_key_bits(const struct jwt_key *key); /* 256, 2048, …; of a secret: its length */

/* The private key as PEM (PKCS#8): STATUS_INVALID where there is none. */
PF_MUST_CHECK enum status jwt_key_write_pem(const struct jwt_key *key, struct strbuf *out);
/* {"kty":…,"use":"sig","alg":…,"kid":…,…}: the public part. Nothing of a secret. */
PF_MUST_CHECK enum status jwt_key_write_jwk(const struct jwt_key *key, struct strbuf *out);

/* signature as JWS has it: r and s side by side, or RSA's bytes, or the HMAC. */
PF_MUST_CHECK enum status jwt_key_sign(const struct jwt_key *key, const char *text, size_t len,
                                       uint8_t signature[JWT_SIGNATURE_MAX], size_t *ret_len);
bool jwt_key_verifies(const struct jwt_key *key, const char *text, size_t len, const uint8_t *signature,
                      size_t signature_len);

#endif
