/* One asynchronous connection to Redis on a libev loop: connects,
 * authenticates, selects the database, and gives up when an answer takes
 * longer than REDIS_LINK_TIMEOUT_S. hiredis ends here: its contexts free
 * themselves on a loss, so nobody else keeps one. Thread: L. */
#ifndef PF_FEED_REDIS_LINK_H
#define PF_FEED_REDIS_LINK_H

#include "feed/redis_url.h"

#include <ev.h>
#include <hiredis/async.h>
#include <stddef.h>

#define REDIS_LINK_TIMEOUT_S 2.0

/* reply NULL: the connection was lost or closed before the answer. */
typedef void (*redis_reply_fn)(void *context, const redisReply *reply);

struct redis_link {
    struct ev_loop *loop;
    const struct redis_url *url;
    void *context;
    void (*on_ready)(void *context); /* may send; must not close */
    /* At most once between open and close. Must not close in here: a timer of
     * the owner's does it. */
    void (*on_lost)(void *context, const char *reason);
    redisAsyncContext *hiredis; /* NULL: not open, or freed by hiredis */
    struct ev_timer deadline;   /* runs while an answer is owed */
    size_t owed_n;              /* answers */
    bool is_ready;
    bool is_lost;
    bool is_subscribing;       /* the confirmation is owed */
    redis_reply_fn on_message; /* of the subscription */
};

void redis_link_init(struct redis_link *link, struct ev_loop *loop, const struct redis_url *url, void *context,
                     void (*on_ready)(void *context), void (*on_lost)(void *context, const char *reason));
/* A failure comes as on_lost, possibly before this returns. */
void redis_link_open(struct redis_link *link);
/* Answers what is owed with NULL. Not from within a callback of this link. */
void redis_link_close(struct redis_link *link);
/* fn may be NULL. STATUS_UNAVAILABLE unless the link is ready. */
PF_MUST_CHECK enum status redis_link_send(struct redis_link *link, redis_reply_fn fn, void *context, int argc,
                                          const char **argv, const size_t *argv_len);
/* From then on on_message gets every message of the channel, the confirmation too. */
PF_MUST_CHECK enum status redis_link_subscribe(struct redis_link *link, const char *channel, redis_reply_fn on_message);

#endif
