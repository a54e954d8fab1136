/* Who a credential stands for, as the database has it now: the one place where
 * that is looked up. A credential that was revoked or has expired, and one of a user
 * who is disabled, is STATUS_NOT_FOUND like one that never was, so that nobody who
 * asks here can forget to look. Thread: W (blocking). */
#ifndef PF_STORE_IDENTITIES_H
#define PF_STORE_IDENTITIES_H

#include "base/uuid.h"
#include "domain/role.h"
#include "store/credential_hash.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IDENTITY_NAME_MAX 320
#define IDENTITY_CUSTOMERS_MAX 10000
#define IDENTITY_KID_MAX 255

struct identity {
    struct uuid user_id;
    /* The session or the API key; with a token of an outside provider there is none of ours: the user_id again. */
    struct uuid credential_id;
    struct uuid customer_id; /* of ROLE_USER, else nil */
    enum role role;
    unsigned scopes;        /* of enum scope; a session's: SCOPES_ALL */
    int64_t expires_ms;     /* of the credential, wall; INT64_MAX: no end. An access token's own end may be sooner. */
    struct uuid *customers; /* of ROLE_ADVISOR, the first IDENTITY_CUSTOMERS_MAX assigned; malloc'd, not sorted */
    size_t customers_n;
    bool is_newly_linked;             /* by identities_resolve_outside: worth a line in the log */
    char name[IDENTITY_NAME_MAX + 1]; /* the e-mail */
    char kid[IDENTITY_KID_MAX + 1];   /* of a ticket: of the key that signed the token it was made with; else "" */
};

void identity_fini(struct identity *identity); /* frees what it holds; of zeroes too */

/* Of an access token's `sub` and `sid`. */
PF_MUST_CHECK enum status identities_resolve_session(struct db *db, const struct uuid *user_id,
                                                     const struct uuid *session_id, struct identity *ret_identity);
/* Of an API key's SHA-256. Notes, to the minute, that the key was used. */
PF_MUST_CHECK enum status identities_resolve_key(struct db *db, const uint8_t hash[CREDENTIAL_HASH_LEN],
                                                 struct identity *ret_identity);
/* Of a token of the outside provider that has been verified. By (issuer, subject);
 * else, when the provider says that the address is verified, the user with that
 * e-mail who has no outside identity yet is linked. From then on the provider is
 * where it logs in: its password, sessions and API keys end, because whoever made
 * them never had to show that the address was theirs. email may be NULL. */
PF_MUST_CHECK enum status identities_resolve_outside(struct db *db, const char *issuer, const char *subject,
                                                     const char *email, bool is_email_verified,
                                                     struct identity *ret_identity);
/* Of a ticket's SHA-256: deleted by this, so the second use finds nothing. Its
 * scopes are those of the ticket that the credential still has, its end the sooner one. */
PF_MUST_CHECK enum status identities_take_ticket(struct db *db, const uint8_t hash[CREDENTIAL_HASH_LEN],
                                                 struct identity *ret_identity);
/* Again, by what a struct identity said: for who holds on to one. */
PF_MUST_CHECK enum status identities_resolve_credential(struct db *db, const struct uuid *user_id,
                                                        const struct uuid *credential_id,
                                                        struct identity *ret_identity);

#endif
