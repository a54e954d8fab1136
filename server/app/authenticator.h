/* Who asks: turns what a request or a connection shows into a principal. A token
 * only says which session or key it is of; role, customer and rights are what the
 * database says when the loop first sees it, kept for at most AUTH_KEEP_MS, and
 * looked up anew at once when a notice says that they changed. Many questions for
 * one token at a time are one lookup. One a loop; thread: L. */
#ifndef PF_APP_AUTHENTICATOR_H
#define PF_APP_AUTHENTICATOR_H

#include "app/auth_cache.h"
#include "base/clock.h"
#include "store/store.h"
#include "thread/mailbox.h"

#define AUTH_KEEP_MS 60000

struct authenticator;
struct token_keys;

struct authenticator_config {
    bool is_off; /* AUTH=off: everybody is an administrator */
    struct store *store;
    struct mailbox *mailbox;
    struct token_keys *keys;
    const struct clock *clock;
    int64_t keep_ms; /* what was looked up is kept for at most so long, and AUTH_KEEP_MS */
};

PF_MUST_CHECK enum status authenticator_create(const struct authenticator_config *config,
                                               struct authenticator **ret_authenticator);
/* After the mailbox: nobody waits any more then. NULL there does nothing. */
void authenticator_destroy(struct authenticator **authenticator);

bool authenticator_is_off(const struct authenticator *authenticator);
/* Who shows nothing. Not a new reference. */
struct principal *authenticator_anonymous(const struct authenticator *authenticator);

/* token: what stands behind "Bearer "; NULL: nothing was shown, which is AUTH_MISSING.
 * request->done comes once, at once or later. */
void authenticator_check(struct authenticator *authenticator, const char *token, size_t len,
                         struct auth_request *request);
/* The value of an Authorization header; NULL: there is none. */
void authenticator_check_header(struct authenticator *authenticator, const char *header, struct auth_request *request);
/* A one-time ticket: good once, whatever becomes of the request. */
void authenticator_check_ticket(struct authenticator *authenticator, const char *ticket, size_t len,
                                struct auth_request *request);
/* Once more who was found before, with no more rights and time than then; past the cache. */
void authenticator_check_again(struct authenticator *authenticator, const struct principal *principal,
                               struct auth_request *request);
/* Whether the key that signed a token still verifies; kid "": none did. */
bool authenticator_knows_key(struct authenticator *authenticator, const char *kid);
/* `done` will not come. Nothing when it has come, or the request never was one. */
void authenticator_cancel(struct auth_request *request);

/* The rights of a user or credential changed in the database; nil: anybody's may have. */
void authenticator_on_access_changed(struct authenticator *authenticator, const struct uuid *subject);

#endif
