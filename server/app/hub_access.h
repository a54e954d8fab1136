/* The hub's part in who may see what: deadlines of credentials, rights that are
 * looked up again, subscriptions that wait for whose portfolio they are about,
 * and the end of those that may not be seen any more.
 *
 * For who does not see everything nothing of a portfolio is loaded before it is
 * known to be theirs, and the answer for somebody else's is the one for what
 * does not exist, on the same way and after the same time. Thread: L. */
#ifndef PF_APP_HUB_ACCESS_H
#define PF_APP_HUB_ACCESS_H

#include "app/access_index.h"
#include "app/held_portfolio.h"
#include "app/session_auth.h"
#include "store/holdings.h"

struct hub;
struct session;
struct subscription;

/* Portfolios in one question for their customers. */
#define HUB_ACCESS_ASKED_MAX 1000
#define HUB_ACCESS_RECHECKS_MAX 64 /* under way at once */
#define HUB_ACCESS_RETRY_MS 1000   /* when the database is away */

/* Asks whose portfolios these are; answered once, later, by hub_access_on_customers, unless the status is not OK. */
typedef enum status (*hub_access_ask_fn)(void *context, const struct uuid *ids, size_t n);

struct hub_access_config {
    struct session_auth_ports auth;
    struct session_auth_limits limits;
    hub_access_ask_fn ask_customers; /* with auth.context */
};

struct hub_access {
    struct hub_access_config config;
    struct access_index index; /* of users and credentials */
    struct heap timers;        /* session_auth.timer */
    struct list rechecks;      /* session_auth.recheck_link: first come first served */
    size_t rechecks_n;         /* under way */
    int64_t rechecks_at_ms;    /* not before */
    struct list unasked;       /* subscription.waiting_link: whose portfolio it is was not asked yet */
    bool is_asking;
};

void hub_access_init(struct hub_access *access, const struct hub_access_config *config);
void hub_access_fini(struct hub_access *access);

static inline bool hub_access_is_off(const struct hub_access *access) {
    return !access->config.auth.check;
}

/* The engine's port. */
void hub_on_customer_changed(struct hub *hub, struct held_portfolio *held);
/* The answer to a question: customers[i] is of ids[i]; not read unless status is STATUS_OK. */
void hub_access_on_customers(struct hub *hub, enum status status, const struct uuid *ids,
                             const struct portfolio_customer *customers, size_t n);
/* The rights of a user or credential have changed; nil: anybody's may have. */
void hub_on_access_changed(struct hub *hub, const struct uuid *subject);

/* The keys that sign tokens are others now. */
void hub_on_keys_changed(struct hub *hub);
/* What is known of rights is too old to be acted on, and cannot be looked up: ends everybody's connection. */
void hub_access_end_unconfirmed(struct hub *hub);

/* Does what is due by now. */
void hub_access_run(struct hub *hub);
/* When it has something to do; AUTH_NEVER: nothing is known of. */
int64_t hub_access_next_ms(const struct hub *hub);

/* --- for sessions and subscriptions --- */

/* The subscription is to a portfolio that the session may not be allowed to see. */
void hub_access_await(struct subscription *subscription);
/* What the session may see has changed: ends what it may not. */
void hub_access_judge(struct session *session);

#endif
