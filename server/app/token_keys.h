/* The access tokens of a process: signs ours, verifies ours and those of the
 * outside provider. What verifies is fixed by the token's kid: one of our keys
 * stands for JWT_ISSUER and JWT_AUDIENCE alone, one of the provider's for ISSUER
 * and AUDIENCE alone; a kid that both have is ours.
 *
 * What a token says is not what its user may do: see store/identities.h.
 * Every refusal is counted. Thread: any, but create, start, stop, destroy, reload and
 * look (main). Verifying takes about a tenth of a millisecond, signing with RSA some. */
#ifndef PF_APP_TOKEN_KEYS_H
#define PF_APP_TOKEN_KEYS_H

#include "base/clock.h"
#include "base/uuid.h"
#include "identity/jwt.h"
#include "ops/config.h"

struct token_keys;

/* Whether the settings fit together; error says what does not. Nothing is made. */
PF_MUST_CHECK enum status token_keys_check(const struct config *config, char *error, size_t error_len);
/* JWT_HS256_SECRET, else the keys of KEY_DIR (begun with one when it is empty),
 * else one that ends with the process. config outlives it. */
PF_MUST_CHECK enum status token_keys_create(const struct config *config, const struct clock *clock,
                                            struct token_keys **ret_keys, char *error, size_t error_len);
/* Begins to fetch the outside provider's keys, if there is one. */
PF_MUST_CHECK enum status token_keys_start(struct token_keys *keys);
void token_keys_begin_stop(struct token_keys *keys);
void token_keys_destroy(struct token_keys **keys); /* NULL does nothing */

/* Reads KEY_DIR again; what cannot be read changes nothing, and is logged. True: the keys are others now. */
bool token_keys_reload(struct token_keys *keys);
/* The same if the directory has changed since it was last read. A look costs some stat() calls. */
bool token_keys_look(struct token_keys *keys);
/* Grows with each reload: what was verified under another number may be void. */
unsigned token_keys_generation(const struct token_keys *keys);

/* JWT_OK: *ret_claims is what the token says, *ret_is_outside whether the provider
 * says it (then issuer and subject name the user; else session and subject are the
 * uuids of token_keys_issue). JWT_KEYS_AWAY: try again in a second. */
PF_MUST_CHECK enum jwt_verdict token_keys_verify(struct token_keys *keys, const char *text, size_t len,
                                                 struct jwt_claims *ret_claims, bool *ret_is_outside);
/* Whether a key of that name verifies now, ours or the provider's. */
bool token_keys_knows(struct token_keys *keys, const char *kid);
/* Appends a token of ACCESS_TOKEN_S seconds; when it ends, in ms of wall time. */
PF_MUST_CHECK enum status token_keys_issue(struct token_keys *keys, const struct uuid *user_id,
                                           const struct uuid *session_id, struct strbuf *out, int64_t *ret_expires_ms);
/* Our public keys as a JWK Set. */
PF_MUST_CHECK enum status token_keys_write_jwks(struct token_keys *keys, struct strbuf *out);

#endif
