/* Owns the questions that are under way. Refuses nothing by itself: what could
 * not be asked is `unavailable`. Thread: L. */
#include "app/hub_access.h"

#include "app/access.h"
#include "app/hub_internal.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <stdlib.h>

void hub_access_init(struct hub_access *access, const struct hub_access_config *config) {
    *access = (struct hub_access){.config = *config};
    access_index_init(&access->index);
    heap_init(&access->timers);
    list_init(&access->rechecks);
    list_init(&access->unasked);
}

void hub_access_fini(struct hub_access *access) {
    access_index_fini(&access->index);
    heap_fini(&access->timers);
}

/* --- whose portfolio it is --- */

void hub_access_await(struct subscription *subscription) {
    subscription->is_unchecked = true;
    list_push_back(&subscription->session->hub->access.unasked, &subscription->waiting_link);
}

static void end_right(struct hub *hub, struct subscription *subscription, enum error_code code) {
    metrics_add(METRIC_SUBSCRIPTIONS_ENDED, subscription->state == SUBSCRIPTION_LIVE);
    hub_end_subscription(hub, subscription, code);
}

/* The lookup's word counts when it is of a newer version than what is held, or of another portfolio of this id. */
static void judge_unchecked(struct hub *hub, struct subscription *subscription,
                            const struct portfolio_customer *customer) {
    struct held_portfolio *held = subscription->held;
    struct holdings_version held_is = held_which(held);
    bool is_held_newer = held->portfolio && holdings_version_follows(&held_is, &customer->version);
    const struct uuid *customer_id = is_held_newer ? &held->customer_id : &customer->customer_id;
    list_remove(&subscription->waiting_link);
    if (customer->version.version == 0 || !session_may_see(subscription->session, customer_id)) {
        hub_end_subscription(hub, subscription, ERROR_NOT_FOUND);
        return;
    }
    bool is_before_its_time =
        !is_held_newer && held->portfolio && !session_may_see(subscription->session, &held->customer_id);
    if (!is_held_newer && (held->portfolio || held_is_unasked(held)))
        engine_reload(hub->engine, held);
    if (is_before_its_time) { /* what is held is still of the customer who had it before */
        subscription->awaits_load = true;
        hub_access_await(subscription);
        return;
    }
    subscription->is_unchecked = false;
    subscription_try_answer(subscription, hub_now_ms(hub));
}

/* From the last to the first: the end of one puts the last into its place. */
static void on_customer(struct hub *hub, enum status status, const struct uuid *id,
                        const struct portfolio_customer *customer) {
    struct held_portfolio *held = NULL;
    if (engine_hold_unasked(hub->engine, id, &held) != STATUS_OK)
        return; /* no memory: there is nothing of it then, since who waits holds it */
    for (uint32_t at = held->watchers.n; at-- > 0;) {
        struct subscription *subscription = watchers_at(&held->watchers, at);
        if (!subscription->is_unchecked)
            continue;
        if (status == STATUS_OK)
            judge_unchecked(hub, subscription, customer);
        else
            hub_end_subscription(hub, subscription, ERROR_UNAVAILABLE);
    }
    engine_release(hub->engine, held, hub_now_ms(hub));
}

void hub_access_on_customers(struct hub *hub, enum status status, const struct uuid *ids,
                             const struct portfolio_customer *customers, size_t n) {
    hub->access.is_asking = false;
    for (size_t i = 0; i < n; i++)
        on_customer(hub, status, &ids[i], status == STATUS_OK ? &customers[i] : NULL);
}

/* One question at a time, for as many as it takes. */
static void ask_customers(struct hub *hub) {
    struct hub_access *access = &hub->access;
    if (access->is_asking || list_is_empty(&access->unasked))
        return;
    struct uuid *ids = calloc(HUB_ACCESS_ASKED_MAX, sizeof *ids);
    if (!ids)
        return; /* the next turn tries again */
    size_t n = 0;
    LIST_FOR_EACH (link, next, &access->unasked) {
        const struct subscription *subscription = LIST_ENTRY(link, struct subscription, waiting_link);
        if (subscription->awaits_load && held_is_behind(subscription->held))
            continue;
        ids[n++] = subscription->held->id;
        list_remove(link);
        if (n == HUB_ACCESS_ASKED_MAX)
            break;
    }
    access->is_asking = n > 0;
    if (n == 0) {
        free(ids);
        return;
    }
    enum status status = access->config.ask_customers(access->config.auth.context, ids, n);
    if (status != STATUS_OK)
        hub_access_on_customers(hub, status, ids, NULL, n);
    free(ids);
}

/* --- rights that end --- */

void hub_on_customer_changed(struct hub *hub, struct held_portfolio *held) {
    if (hub_access_is_off(&hub->access))
        return;
    for (uint32_t at = held->watchers.n; at-- > 0;) {
        struct subscription *subscription = watchers_at(&held->watchers, at);
        if (!subscription->is_unchecked && !session_may_see(subscription->session, &held->customer_id))
            end_right(hub, subscription, ERROR_NOT_FOUND);
    }
}

void hub_access_judge(struct session *session) {
    struct hub *hub = session->hub;
    bool may_subscribe = access_judge(ACCESS_SUBSCRIBE, session->auth->principal) == ACCESS_GRANTED;
    LIST_FOR_EACH (link, next, &session->subscriptions.list) {
        struct subscription *subscription = LIST_ENTRY(link, struct subscription, session_link);
        const struct held_portfolio *held = subscription->held;
        if (!may_subscribe)
            end_right(hub, subscription, ERROR_FORBIDDEN);
        else if (!subscription->is_unchecked && held->portfolio && !session_may_see(session, &held->customer_id))
            end_right(hub, subscription, ERROR_NOT_FOUND);
        if (session->is_closing) /* it had no room for the answer: all of them are gone */
            return;
    }
}

void hub_on_access_changed(struct hub *hub, const struct uuid *subject) {
    static const struct uuid anybody = {{0}};
    if (uuid_equal(subject, &anybody)) {
        LIST_FOR_EACH (link, next, &hub->sessions) {
            struct session *session = LIST_ENTRY(link, struct session, hub_link);
            if (session->auth)
                session_auth_want_recheck(session->auth);
        }
        return;
    }
    struct list *members = access_index_find(&hub->access.index, subject);
    if (!members)
        return;
    LIST_FOR_EACH (link, next, members)
        session_auth_want_recheck(LIST_ENTRY(link, struct access_member, link)->owner);
}

void hub_on_keys_changed(struct hub *hub) {
    LIST_FOR_EACH (link, next, &hub->sessions) {
        struct session *session = LIST_ENTRY(link, struct session, hub_link);
        if (session->auth)
            session_auth_on_keys_changed(session->auth);
    }
}

void hub_access_end_unconfirmed(struct hub *hub) {
    LIST_FOR_EACH (link, next, &hub->sessions) {
        struct session *session = LIST_ENTRY(link, struct session, hub_link);
        if (session->auth && session->auth->principal)
            session_auth_end_unconfirmed(session->auth);
    }
}

/* --- the turns --- */

static void run_rechecks(struct hub *hub, int64_t now_ms) {
    struct hub_access *access = &hub->access;
    if (now_ms < access->rechecks_at_ms)
        return;
    for (struct list_link *link;
         access->rechecks_n < HUB_ACCESS_RECHECKS_MAX && (link = list_first(&access->rechecks));) {
        list_remove(link);
        session_auth_recheck(LIST_ENTRY(link, struct session_auth, recheck_link));
        if (hub_now_ms(hub) < access->rechecks_at_ms)
            return; /* it was answered at once, that the database is away */
    }
}

void hub_access_run(struct hub *hub) {
    if (hub_access_is_off(&hub->access))
        return;
    int64_t now_ms = hub_now_ms(hub);
    for (struct heap_entry *first; (first = heap_first(&hub->access.timers)) && first->deadline_ms <= now_ms;)
        session_auth_on_timer(HEAP_ENTRY(first, struct session_auth, timer));
    run_rechecks(hub, now_ms);
    ask_customers(hub);
}

int64_t hub_access_next_ms(const struct hub *hub) {
    const struct hub_access *access = &hub->access;
    const struct heap_entry *first = heap_first(&access->timers);
    int64_t next_ms = first ? first->deadline_ms : AUTH_NEVER;
    if (!list_is_empty(&access->rechecks) && access->rechecks_n < HUB_ACCESS_RECHECKS_MAX &&
        access->rechecks_at_ms < next_ms)
        next_ms = access->rechecks_at_ms;
    return next_ms;
}
