/* Who a connection is: nobody at first, then the user of a credential, until
 * that ends, is refreshed by another one of the same user, or becomes void.
 * Decides which messages are taken and whose portfolios may be seen.
 *
 * A session without one (AUTH=off) may do everything. Thread: L. */
#ifndef PF_APP_SESSION_AUTH_H
#define PF_APP_SESSION_AUTH_H

#include "app/access_index.h"
#include "app/auth_cache.h"
#include "app/auth_clock.h"
#include "app/principal.h"
#include "base/heap.h"
#include "base/rate_limit.h"
#include "protocol/messages.h"

struct hub;
struct session;

/* What the sessions need of the authenticator; as there. check is NULL with AUTH=off. */
struct session_auth_ports {
    void *context;
    void (*check)(void *context, const char *token, size_t len, struct auth_request *request);
    void (*check_again)(void *context, const struct principal *principal, struct auth_request *request);
    void (*cancel)(struct auth_request *request);
    bool (*knows_key)(void *context, const char *kid);
    /* A token was none. */
    void (*charge_guess)(void *context, const struct rate_limit_key *address);
};

struct session_auth_limits {
    int64_t timeout_ms; /* for the first `auth` */
    int64_t grace_ms;   /* after the end of a credential */
};

enum session_auth_work { SESSION_AUTH_IDLE, SESSION_AUTH_CHECKING, SESSION_AUTH_RECHECKING };

struct session_auth {
    struct session *session;
    struct principal *principal; /* NULL: nobody yet */
    struct auth_request request; /* of the work under way */
    enum session_auth_work work;
    struct message_id *id;         /* of the `auth` being checked */
    bool is_recheck_wanted;        /* its rights have changed since they were last looked up */
    bool is_reading_paused;        /* what follows an `auth` waits for its answer */
    unsigned failures_n;           /* wrong credentials */
    struct rate_limit_key address; /* that they are charged to, whoever it is by now */
    struct auth_clock clock;
    struct heap_entry timer;       /* hub.access.timers */
    struct list_link recheck_link; /* hub.access.rechecks */
    struct access_member of_user, of_credential;
};

/* Ends the connection of whose token was signed by a key that is one no more. */
void session_auth_on_keys_changed(struct session_auth *auth);
/* Ends the connection of who was known: whether it still may is not to be had. */
void session_auth_end_unconfirmed(struct session_auth *auth);
/* principal: of the handshake, a reference is taken; NULL: it has shown nothing. */
PF_MUST_CHECK enum status session_auth_create(struct session *session, struct principal *principal,
                                              struct session_auth **ret_auth);
/* Out of everything; nothing comes any more. Also twice. */
void session_auth_stop(struct session_auth *auth);
void session_auth_destroy(struct session_auth **auth);

/* Whether a message may be acted on; else it was answered. Takes an `auth`. */
bool session_auth_admits(struct session *session, const struct client_message *message);
/* Whether the session may see every portfolio. */
bool session_sees_all(const struct session *session);
/* Whether it may see those of this customer. */
bool session_may_see(const struct session *session, const struct uuid *customer_id);

/* Its rights have changed: they will be looked up. */
void session_auth_want_recheck(struct session_auth *auth);
/* Asks; the answer comes at once or later. */
void session_auth_recheck(struct session_auth *auth);
/* Its deadline has come. */
void session_auth_on_timer(struct session_auth *auth);

#endif
