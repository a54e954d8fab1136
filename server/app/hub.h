/* The hub of a loop: all sessions and subscriptions, and whose turn it is to
 * be sent something. After a pass it flushes the sessions in slices, so that
 * other sockets are served in between. Thread: L. */
#ifndef PF_APP_HUB_H
#define PF_APP_HUB_H

#include "app/engine.h"
#include "app/hub_access.h"
#include "app/peer.h"
#include "base/clock.h"
#include "base/rate_limit.h"
#include "protocol/messages.h"

struct hub;
struct session;

/* Messages of one client over all its connections. May be NULL: no limit. */
typedef struct rate_limit_state (*hub_take_message_fn)(void *context, const struct rate_limit_key *key);

struct hub_config {
    struct message_limits limits;
    int64_t slice_ms;       /* a slice of flushing lasts about this long */
    unsigned gathered_max;  /* so many sessions are gathered before they are sent; 0: as many as is fast */
    int64_t resume_wait_ms; /* for a cursor's number ahead of ours: 1 s */
    uint64_t random_seed;   /* spreads reconnects */
    const struct market_calendar *calendar; /* NULL: no market is ever closed */
    hub_take_message_fn take_message;
    void *take_message_context;
    struct hub_access_config access; /* all zero: everybody may see everything */
};

PF_MUST_CHECK enum status hub_create(const struct hub_config *config, struct engine *engine, const struct clock *clock,
                                     struct hub **ret_hub);
/* The sessions must be gone. */
void hub_destroy(struct hub **hub);

/* The engine's ports of the same names. */
void hub_on_portfolios_changed(struct hub *hub, struct held_portfolio *const *held, size_t n);
void hub_on_portfolio_failed(struct hub *hub, struct held_portfolio *held, enum status status);
void hub_on_portfolio_replaced(struct hub *hub, struct held_portfolio *held);
void hub_on_epoch(struct hub *hub);

/* After engine_pass: what the flush of this pass will have to get through. */
void hub_on_pass_done(struct hub *hub);
/* Whether the last pass is not sent yet: the next one waits. */
bool hub_is_flushing(const struct hub *hub);
/* One slice; true when sessions are left for the next. */
bool hub_flush(struct hub *hub);
/* Subscriptions that wait, rate limits, heartbeats: does what is due by now. */
void hub_run_timers(struct hub *hub);
/* The ms until hub_run_timers has something to do; -1: nothing waits. */
int64_t hub_timer_wait_ms(const struct hub *hub);

/* The feed is away (no bus, or nobody feeds it): heartbeats say stale. */
void hub_set_feed_away(struct hub *hub, bool is_away);

/* Sends `closing` to everybody and starts closing with 1012. */
void hub_shutdown(struct hub *hub);

#endif
