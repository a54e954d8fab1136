/* Reads credentials. Refuses everything that is not exactly one of its forms, and
 * tokens whose signature or claims do not hold. Thread: L; auth_claim_resolve on W. */
#include "app/auth_claim.h"

#include "app/token_keys.h"
#include "identity/secret.h"

#include <stdio.h>
#include <string.h>

static enum auth_failure secret_read(enum secret_kind secret, enum auth_claim_kind kind, const char *text, size_t len,
                                     struct auth_claim *ret_claim) {
    struct auth_claim claim = {
        .kind = kind, .expires_ms = INT64_MAX, .scopes = SCOPES_ALL, .is_api_key = kind == AUTH_CLAIM_KEY};
    if (secret_hash(secret, text, len, claim.hash) != STATUS_OK)
        return AUTH_INVALID;
    *ret_claim = claim;
    return AUTH_OK;
}

static enum auth_failure verdict_failure(enum jwt_verdict verdict) {
    switch (verdict) {
    case JWT_OK:
        return AUTH_OK;
    case JWT_EXPIRED:
        return AUTH_EXPIRED;
    case JWT_KEYS_AWAY:
    case JWT_NO_MEMORY:
        return AUTH_UNAVAILABLE;
    default:
        return AUTH_INVALID;
    }
}

/* An access token: of a session of ours, or of the outside provider. */
static enum auth_failure token_read(struct token_keys *keys, const char *token, size_t len,
                                    struct auth_claim *ret_claim) {
    struct auth_claim claim = {.scopes = SCOPES_ALL};
    struct jwt_claims said;
    bool is_outside;
    enum jwt_verdict verdict = token_keys_verify(keys, token, len, &said, &is_outside);
    if (verdict != JWT_OK)
        return verdict_failure(verdict);
    claim.expires_ms = said.expires_s * 1000;
    (void)snprintf(claim.kid, sizeof claim.kid, "%s", said.kid);
    if (is_outside) {
        claim.kind = AUTH_CLAIM_OUTSIDE;
        claim.is_email_verified = said.is_email_verified;
        (void)snprintf(claim.issuer, sizeof claim.issuer, "%s", said.issuer);
        (void)snprintf(claim.subject, sizeof claim.subject, "%s", said.subject);
        (void)snprintf(claim.email, sizeof claim.email, "%s", said.email);
    } else {
        claim.kind = AUTH_CLAIM_SESSION;
        if (uuid_parse(said.subject, strlen(said.subject), &claim.user_id) != STATUS_OK ||
            uuid_parse(said.session, strlen(said.session), &claim.credential_id) != STATUS_OK)
            return AUTH_INVALID;
    }
    *ret_claim = claim;
    return AUTH_OK;
}

enum auth_failure auth_claim_read(struct token_keys *keys, int64_t wall_ms, const char *token, size_t len,
                                  struct auth_claim *ret_claim) {
    (void)wall_ms; /* the keys have their own clock */
    if (secret_is_of_kind(SECRET_API_KEY, token, len))
        return secret_read(SECRET_API_KEY, AUTH_CLAIM_KEY, token, len, ret_claim);
    return keys ? token_read(keys, token, len, ret_claim) : AUTH_INVALID;
}

enum auth_failure auth_claim_read_ticket(const char *ticket, size_t len, struct auth_claim *ret_claim) {
    return secret_read(SECRET_TICKET, AUTH_CLAIM_TICKET, ticket, len, ret_claim);
}

enum status auth_claim_resolve(struct db *db, const struct auth_claim *claim, struct identity *ret_identity) {
    switch (claim->kind) {
    case AUTH_CLAIM_SESSION:
        return identities_resolve_session(db, &claim->user_id, &claim->credential_id, ret_identity);
    case AUTH_CLAIM_KEY:
        return identities_resolve_key(db, claim->hash, ret_identity);
    case AUTH_CLAIM_OUTSIDE:
        return identities_resolve_outside(db, claim->issuer, claim->subject, claim->email[0] ? claim->email : NULL,
                                          claim->is_email_verified, ret_identity);
    case AUTH_CLAIM_TICKET:
        return identities_take_ticket(db, claim->hash, ret_identity);
    default:
        return identities_resolve_credential(db, &claim->user_id, &claim->credential_id, ret_identity);
    }
}

enum status auth_claim_principal(const struct auth_claim *claim, const struct identity *identity,
                                 struct principal **ret_principal) {
    struct principal values = {.role = identity->role,
                               .user_id = identity->user_id,
                               .credential_id = identity->credential_id,
                               .customer_id = identity->customer_id,
                               .customers = identity->customers,
                               .customers_n = identity->customers_n,
                               .scopes = identity->scopes & claim->scopes,
                               .is_api_key = claim->is_api_key,
                               .expires_ms =
                                   identity->expires_ms < claim->expires_ms ? identity->expires_ms : claim->expires_ms};
    (void)snprintf(values.name, sizeof values.name, "%s", identity->name);
    (void)snprintf(values.kid, sizeof values.kid, "%s", claim->kid[0] ? claim->kid : identity->kid);
    return principal_create(&values, ret_principal);
}

struct auth_claim auth_claim_again(const struct principal *principal) {
    struct auth_claim claim = {.kind = AUTH_CLAIM_CREDENTIAL,
                               .user_id = principal->user_id,
                               .credential_id = principal->credential_id,
                               .expires_ms = principal->expires_ms,
                               .scopes = principal->scopes,
                               .is_api_key = principal->is_api_key};
    (void)snprintf(claim.kid, sizeof claim.kid, "%s", principal->kid);
    return claim;
}
