/* What bus_redis.c (following) and bus_redis_publish.c (publishing) share. Not
 * for others. Thread: L. */
#ifndef PF_FEED_BUS_REDIS_INTERNAL_H
#define PF_FEED_BUS_REDIS_INTERNAL_H

#include "base/list.h"
#include "feed/bus_redis.h"
#include "feed/bus_sync.h"
#include "feed/publish_script.h"
#include "feed/redis_link.h"

struct bus_redis {
    struct bus bus; /* first */
    struct ev_loop *loop;
    const struct clock *clock;
    struct redis_url url;
    struct bus_listener listener;
    struct bus_sync *sync;
    struct redis_link events, commands;
    struct ev_timer reconnect; /* closes the links, then opens them after the delay */
    struct ev_timer check;
    double backoff_s, delay_s;
    bool is_lost;       /* between a loss and the next opening */
    bool is_closing;    /* the reconnect timer has to close the links first */
    bool is_subscribed; /* the subscription is confirmed */
    bool is_begun;      /* both links are there, the book was asked for */
    bool is_checking;   /* a reading of pf:bus is on its way */
    bool has_leader, told_following, told_leader;
    bool was_connected, is_loss_logged, is_ignored_logged, is_rates_error_logged;
    struct bus_epoch checked_epoch;
    uint64_t checked_seq;
    /* publishing */
    char script_sha[PUBLISH_SHA_LEN + 1]; /* "" until SCRIPT LOAD was answered */
    size_t publications_n;
    struct list refused; /* struct publication: answered by the refusal timer */
    struct ev_timer refusal;
};

static inline struct bus_redis *bus_redis_of(struct bus *bus) {
    return (struct bus_redis *)(void *)bus;
}

void bus_redis_publish_init(struct bus_redis *redis);
void bus_redis_load_script(struct bus_redis *redis);
void bus_redis_answer_refused(struct bus_redis *redis);
PF_MUST_CHECK enum status bus_redis_publish(struct bus *bus, const struct quote *quotes, size_t quotes_n,
                                            bool keep_previous_close, bus_published_fn done, void *context);
/* bus_redis_rates.c */
PF_MUST_CHECK enum status bus_redis_share_rates(struct bus *bus, const struct bus_rates *rates, bus_rates_fn done,
                                                void *context);

#endif
