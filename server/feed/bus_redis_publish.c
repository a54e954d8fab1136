/* Publishing from a loop: calls the script on the command connection and gives
 * each caller exactly one answer. It refuses more than PUBLICATIONS_MAX at a
 * time. Thread: L. */
#include "feed/bus_redis_internal.h"
#include "ops/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PUBLICATIONS_MAX 1024

struct publication {
    struct bus_redis *redis;
    struct list_link link; /* on redis->refused */
    struct publish_call call;
    bus_published_fn done;
    void *context;
    bool is_by_text; /* the script's text was sent, not its hash */
    struct bus_published published;
};

static void publication_finish(struct publication *publication) {
    bool is_ok = publication->published.status == STATUS_OK;
    metrics_increment(is_ok ? METRIC_PUBLISH_BATCHES : METRIC_PUBLISH_REFUSED);
    list_remove(&publication->link);
    publication->redis->publications_n--;
    publication->done(publication->context, &publication->published);
    publish_call_fini(&publication->call);
    free(publication);
}

static void on_published(void *context, const redisReply *reply);

static enum status publication_send(struct publication *publication) {
    struct bus_redis *redis = publication->redis;
    if (publication->is_by_text)
        publish_call_use_text(&publication->call);
    else
        publish_call_use_sha(&publication->call, redis->script_sha);
    return redis_link_send(&redis->commands, on_published, publication, publication->call.argc, publication->call.argv,
                           publication->call.argv_len);
}

static void on_published(void *context, const redisReply *reply) {
    struct publication *publication = context;
    if (publish_reply_is_noscript(reply) && !publication->is_by_text) {
        /* Redis forgot its scripts; nothing was written. */
        publication->is_by_text = true;
        if (publication_send(publication) == STATUS_OK)
            return;
    }
    publish_reply_read(reply, &publication->published);
    publication_finish(publication);
}

void bus_redis_answer_refused(struct bus_redis *redis) {
    struct list taken; /* an answer may lead to the next refusal: that one waits for its own turn */
    list_init(&taken);
    ev_timer_stop(redis->loop, &redis->refusal);
    list_splice_back(&taken, &redis->refused);
    LIST_FOR_EACH (it, next, &taken) {
        publication_finish(LIST_ENTRY(it, struct publication, link));
    }
}

static void on_refusal(struct ev_loop *loop, struct ev_timer *timer, int revents) {
    (void)loop;
    (void)revents;
    bus_redis_answer_refused(timer->data);
}

void bus_redis_publish_init(struct bus_redis *redis) {
    list_init(&redis->refused);
    ev_timer_init(&redis->refusal, on_refusal, 0., 0.);
    redis->refusal.data = redis;
}

static void on_script_loaded(void *context, const redisReply *reply) {
    struct bus_redis *redis = context;
    /* Without the hash the text is sent each time, which works as well. */
    if (reply && reply->type == REDIS_REPLY_STRING && reply->len == PUBLISH_SHA_LEN)
        snprintf(redis->script_sha, sizeof redis->script_sha, "%s", reply->str);
}

void bus_redis_load_script(struct bus_redis *redis) {
    size_t len;
    const char *text = publish_script_text(&len);
    const char *argv[] = {"SCRIPT", "LOAD", text};
    const size_t lens[] = {6, 4, len};
    (void)!redis_link_send(&redis->commands, on_script_loaded, redis, 3, argv, lens);
}

enum status bus_redis_publish(struct bus *bus, const struct quote *quotes, size_t quotes_n, bool keep_previous_close,
                              bus_published_fn done, void *context) {
    struct bus_redis *redis = bus_redis_of(bus);
    if (redis->is_lost || !redis->commands.is_ready)
        return STATUS_UNAVAILABLE;
    if (redis->publications_n >= PUBLICATIONS_MAX)
        return STATUS_LIMIT;
    struct publication *publication = calloc(1, sizeof *publication);
    if (!publication)
        return STATUS_NO_MEMORY;
    struct bus_published *published = &publication->published;
    *publication = (struct publication){
        .redis = redis, .done = done, .context = context, .is_by_text = redis->script_sha[0] == '\0'};
    enum status status = publish_call_create(quotes, quotes_n, keep_previous_close, 0, &publication->call,
                                             published->detail, sizeof published->detail);
    if (status == STATUS_OK)
        status = publication_send(publication);
    if (status == STATUS_INVALID) {
        published->status = status;
        list_push_back(&redis->refused, &publication->link);
        ev_timer_set(&redis->refusal, 0., 0.);
        ev_timer_start(redis->loop, &redis->refusal);
    } else if (status != STATUS_OK) {
        publish_call_fini(&publication->call);
        free(publication);
        return status;
    }
    redis->publications_n++;
    return STATUS_OK;
}
