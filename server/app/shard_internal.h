/* A shard's inside, shared by its files:
 *   shard.c         life, thread, turns
 *   shard_loads.c   the jobs by which the engine loads portfolios and versions
 *   shard_sweep.c   Idempotency-Keys that have come of age, by the first shard
 *   shard_splits.c  splits that take effect, by the first shard
 *   shard_audit.c   the audit log's new rows are sealed, by the first shard
 *   shard_stream.c  the stream's connections
 *   shard_view.c    what a request may ask of the engine: valuations, quotes
 *   shard_states.c  the states of many portfolios for a request
 *   shard_arrivals.c  published prices that requests wait to hear of
 *   shard_access.c  rights that changed, and what the hub needs to know of rights
 *   shard_watch.c   which symbols somebody watches, told to the bus
 * Not for others. Thread: L. */
#ifndef PF_APP_SHARD_INTERNAL_H
#define PF_APP_SHARD_INTERNAL_H

#include "app/api.h"
#include "app/authenticator.h"
#include "app/engine.h"
#include "app/hub.h"
#include "app/limiter_share.h"
#include "app/price_wait.h"
#include "app/shard.h"
#include "net/loop.h"
#include "store/audit.h"
#include "thread/mailbox.h"

#include <ev.h>
#include <pthread.h>

struct shard {
    struct instance *instance;
    size_t index;
    pthread_t thread;
    bool is_started;
    struct loop *loop;
    struct mailbox *mailbox;
    struct limiter *limiter;
    struct limiter_share *limiter_share;
    struct engine *engine;
    struct hub *hub;
    struct bus *bus;
    struct authenticator *authenticator;
    struct api_context api;
    bool is_bus_following, has_bus_leader; /* as the bus last said */
    struct list valuations;                /* shard_view.c: requests that wait */
    struct list states;                    /* shard_states.c: likewise */
    struct list steps;                     /* shard_view.c: parts of long work, one a turn */
    struct list arrivals;                  /* shard_arrivals.c: likewise, by their deadlines */
    ev_prepare turn;                       /* one turn before each wait for events */
    ev_timer wake;                         /* the next turn, when nothing else causes one */
    ev_timer tick;                         /* sweep, expiry */
    ev_timer watch;                        /* shard_watch.c: tells the bus what is watched */
    int64_t *told_ms;                      /* shard_watch.c: when the bus was told, by symbol_index */
    size_t told_n;
    struct price_wait *prices;
    ev_timer sweep; /* shard_sweep.c: of the first shard only */
    bool is_sweeping;
    ev_timer splits; /* shard_splits.c: of the first shard only */
    bool is_applying_splits;
    ev_timer seal; /* shard_audit.c: of the first shard only, as the next lines */
    bool is_sealing, is_seal_failing;
    struct audit_head audit_head; /* as last seen */
    int64_t audit_logged_position, audit_logged_ms;
    struct list handshakes; /* stream_handshake.c: that wait for who asks */
    size_t handshakes_n;
    struct access_reader *access_reader; /* of the first shard only */
    ev_timer stopping;
    int64_t stop_by_ms; /* 0 = not stopping */
    struct mail stop_mail;
};

/* shard_loads.c: the engine's loads, and the hub's question for customers, as jobs of the store. */
PF_MUST_CHECK enum status shard_load(void *context, const struct uuid *portfolio_id);
PF_MUST_CHECK enum status shard_load_versions(void *context, const struct uuid *ids, size_t n);
PF_MUST_CHECK enum status shard_load_customers(void *context, const struct uuid *ids, size_t n);

/* shard_sweep.c: old Idempotency-Keys go. */
void shard_start_sweep(struct shard *shard);
void shard_stop_sweep(struct shard *shard);

/* shard_watch.c */
void shard_start_watch(struct shard *shard);
void shard_stop_watch(struct shard *shard);
void shard_tell_newly_watched(struct shard *shard, int64_t now_ms);

/* shard_splits.c: splits come into effect. */
void shard_start_splits(struct shard *shard);
void shard_stop_splits(struct shard *shard);

/* shard_access.c: what somebody may do has changed; see app/access_notice.h. */
void shard_on_access_changed(struct shard *shard, const struct uuid *subject);
struct hub_access_config shard_hub_access(struct shard *shard); /* all zero with AUTH=off */
void shard_tick_access(struct shard *shard, int64_t now_ms);
PF_MUST_CHECK enum status shard_start_access(struct shard *shard);
void shard_stop_access(struct shard *shard);

/* shard_audit.c: the audit log is sealed. */
void shard_start_audit(struct shard *shard);
void shard_stop_audit(struct shard *shard);

/* shard_stream.c: WebSocket connections as sessions of the hub. */
struct websocket_handler shard_websocket_handler(struct shard *shard);
struct rate_limit_state shard_take_message(void *context, const struct rate_limit_key *key);

/* shard_view.c */
bool shard_take_step(struct shard *shard); /* false: there was none */
void shard_answer_valuations(struct shard *shard);
void shard_fail_valuations(struct shard *shard, const struct held_portfolio *held, enum status status);
void shard_cancel_valuations(struct shard *shard);

/* shard_states.c */
void shard_answer_states(struct shard *shard);
void shard_fail_states(struct shard *shard, const struct held_portfolio *held, enum status status);
void shard_cancel_states(struct shard *shard);

/* shard_arrivals.c */
void shard_tell_arrivals(struct shard *shard);
int64_t shard_arrival_wait_ms(const struct shard *shard); /* -1: nobody waits */
void shard_cancel_arrivals(struct shard *shard);

#endif
