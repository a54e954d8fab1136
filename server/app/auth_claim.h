/* What a credential says of itself, before the database is asked: which session,
 * key or outside identity to look up. Thread: L; pure but for the clock. */
#ifndef PF_APP_AUTH_CLAIM_H
#define PF_APP_AUTH_CLAIM_H

#include "app/auth_cache.h"
#include "store/identities.h"

#define AUTH_TOKEN_MAX 8192 /* bytes of a token */
#define AUTH_CLAIM_TEXT_MAX 255

struct token_keys;

enum auth_claim_kind {
    AUTH_CLAIM_SESSION,   /* user_id, credential_id */
    AUTH_CLAIM_KEY,       /* hash */
    AUTH_CLAIM_OUTSIDE,   /* issuer, subject, email */
    AUTH_CLAIM_TICKET,    /* hash */
    AUTH_CLAIM_CREDENTIAL /* user_id, credential_id: once more */
};

struct auth_claim {
    enum auth_claim_kind kind;
    struct uuid user_id, credential_id;
    uint8_t hash[CREDENTIAL_HASH_LEN];
    int64_t expires_ms; /* wall: the token's own end; INT64_MAX: none */
    unsigned scopes;    /* it has no more than these */
    bool is_api_key;
    bool is_email_verified;
    char issuer[AUTH_CLAIM_TEXT_MAX + 1], subject[AUTH_CLAIM_TEXT_MAX + 1];
    char email[PRINCIPAL_NAME_MAX + 1];
    char kid[PRINCIPAL_KID_MAX + 1]; /* of the key that signed it; "": none did, or (a ticket) the database knows */
};

/* An access token or an API key, as it came behind "Bearer ". AUTH_UNAVAILABLE: its
 * key is not to be had for now. */
PF_MUST_CHECK enum auth_failure auth_claim_read(struct token_keys *keys, int64_t wall_ms, const char *token, size_t len,
                                                struct auth_claim *ret_claim);
PF_MUST_CHECK enum auth_failure auth_claim_read_ticket(const char *ticket, size_t len, struct auth_claim *ret_claim);

/* What the database says of it. STATUS_NOT_FOUND: it is void. Thread: W. */
PF_MUST_CHECK enum status auth_claim_resolve(struct db *db, const struct auth_claim *claim,
                                             struct identity *ret_identity);
/* The caller that a claim and its identity make; customers are copied. */
PF_MUST_CHECK enum status auth_claim_principal(const struct auth_claim *claim, const struct identity *identity,
                                               struct principal **ret_principal);
/* A claim by which who was found is looked up once more. */
struct auth_claim auth_claim_again(const struct principal *principal);

#endif
