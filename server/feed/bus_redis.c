/* A loop's bus over Redis. It owns two connections (one subscribed, one for
 * commands) that live and die together, and the loop's place in the order of
 * things (bus_sync). It refuses to show a book with a hole: whatever is lost
 * ends in reading the book again.
 *
 * States: closed -> opening (both links) -> begun (subscribed, the book is
 * read) -> closed on any loss, and again after a backoff. Thread: L. */
#include "feed/bus_redis.h"

#include "feed/ask_codec.h"
#include "feed/bus_redis_internal.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define BACKOFF_FIRST_S 0.1
#define BACKOFF_MAX_S 2.0
#define CHECK_S 1.0
#define WATCH_CHUNK 256
#define OWED_MAX 4096 /* best-effort commands are dropped past this */

static void obey(struct bus_redis *redis, enum bus_sync_action action);

static void state_tell(struct bus_redis *redis) {
    bool is_following = bus_sync_is_following(redis->sync);
    bool has_leader = is_following && redis->has_leader;
    if (is_following == redis->told_following && has_leader == redis->told_leader)
        return;
    if (is_following != redis->told_following)
        metrics_add(METRIC_BUS_CONNECTED, is_following ? 1 : -1);
    redis->told_following = is_following;
    redis->told_leader = has_leader;
    redis->listener.on_state(redis->listener.context, is_following, has_leader);
}

/* ---- losing and finding Redis ---- */

/* Closing waits for a timer, because this may run inside a callback of a link. */
static void bus_lose(struct bus_redis *redis, const char *reason, bool is_at_once) {
    if (redis->is_lost)
        return;
    redis->is_lost = true;
    redis->is_begun = redis->is_subscribed = redis->is_checking = false;
    redis->is_closing = true;
    redis->delay_s = is_at_once ? 0. : redis->backoff_s;
    if (!is_at_once && !redis->is_loss_logged) {
        redis->is_loss_logged = true;
        log_event(LOG_WARN, "redis.disconnected", LOG_TEXT("reason", reason),
                  LOG_I64("after_ms", (int64_t)(redis->delay_s * 1000)));
    }
    bus_sync_lost(redis->sync);
    ev_timer_stop(redis->loop, &redis->check);
    ev_timer_stop(redis->loop, &redis->reconnect);
    ev_timer_set(&redis->reconnect, 0., 0.);
    ev_timer_start(redis->loop, &redis->reconnect);
    state_tell(redis);
}

static void on_link_lost(void *context, const char *reason) {
    bus_lose(context, reason, false);
}

/* Up to a quarter more, so that loops do not come back in step. */
static double jittered(double delay_s) {
    uint16_t random = 0;
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        random = 0;
    return delay_s * (1. + (double)random / (4. * UINT16_MAX));
}

static void links_open(struct bus_redis *redis) {
    redis->is_lost = redis->is_closing = false;
    redis->is_ignored_logged = false;
    redis_link_open(&redis->events);
    if (!redis->is_lost)
        redis_link_open(&redis->commands);
}

static void on_reconnect(struct ev_loop *loop, struct ev_timer *timer, int revents) {
    struct bus_redis *redis = timer->data;
    (void)revents;
    if (!redis->is_closing) {
        links_open(redis);
        return;
    }
    redis->is_closing = false;
    redis_link_close(&redis->events);
    redis_link_close(&redis->commands);
    if (redis->delay_s > 0.)
        redis->backoff_s = redis->backoff_s * 2 < BACKOFF_MAX_S ? redis->backoff_s * 2 : BACKOFF_MAX_S;
    ev_timer_set(&redis->reconnect, jittered(redis->delay_s), 0.);
    ev_timer_start(loop, &redis->reconnect);
}

/* ---- reading the book ---- */

static void on_book_read(void *context, const redisReply *reply) {
    struct bus_redis *redis = context;
    struct numbered_quote *quotes = NULL;
    struct bus_epoch epoch;
    uint64_t seq = 0;
    size_t n = 0;
    if (!reply || redis->is_lost)
        return;
    enum status status = bus_reply_read_book(reply, &epoch, &seq, &quotes, &n);
    if (status != STATUS_OK) {
        bus_lose(redis, reply->type == REDIS_REPLY_ERROR ? reply->str : status_name(status), false);
        return;
    }
    const redisReply *leader = reply->elements > 2 ? reply->element[2] : NULL;
    redis->has_leader = leader && leader->type == REDIS_REPLY_INTEGER && leader->integer != 0;
    struct bus_epoch restored;
    if (redis->listener.on_restored && bus_reply_read_restored(reply->element[0], &restored))
        redis->listener.on_restored(redis->listener.context, &restored);
    enum bus_sync_action action = bus_sync_book(redis->sync, &epoch, seq, quotes, n);
    free(quotes);
    if (bus_sync_is_following(redis->sync)) {
        redis->backoff_s = BACKOFF_FIRST_S;
        if (redis->is_loss_logged || !redis->was_connected)
            log_event(LOG_INFO, "redis.connected", LOG_TEXT("epoch", epoch.text), LOG_I64("seq", seq));
        redis->is_loss_logged = false;
        redis->was_connected = true;
    }
    obey(redis, action);
    state_tell(redis);
}

static void book_read(struct bus_redis *redis) {
    static const char *const commands[][2] = {
        {"MULTI", NULL}, {"HGETALL", "pf:bus"}, {"HGETALL", "pf:quotes"}, {"EXISTS", "pf:leader"}, {"EXEC", NULL}};
    enum { COMMANDS_N = sizeof commands / sizeof commands[0] };
    for (size_t i = 0; i < COMMANDS_N; i++) {
        const char *argv[2] = {commands[i][0], commands[i][1]};
        bool is_exec = i + 1 == COMMANDS_N;
        enum status status =
            redis_link_send(&redis->commands, is_exec ? on_book_read : NULL, redis, argv[1] ? 2 : 1, argv, NULL);
        if (status != STATUS_OK) {
            bus_lose(redis, status_name(status), false);
            return;
        }
    }
}

static void on_renewed(void *context, const struct bus_published *published) {
    struct bus_redis *redis = context;
    if (redis->is_lost)
        return;
    if (published->status != STATUS_OK)
        bus_lose(redis, published->detail, false);
    else
        book_read(redis);
}

static void obey(struct bus_redis *redis, enum bus_sync_action action) {
    if (action == BUS_SYNC_READ_BOOK)
        book_read(redis);
    if (action == BUS_SYNC_RENEW && bus_redis_publish(&redis->bus, NULL, 0, false, on_renewed, redis) != STATUS_OK)
        bus_lose(redis, "cannot renew the epoch", false);
}

/* ---- the heartbeat on the command connection ---- */

static void on_position_read(void *context, const redisReply *reply) {
    struct bus_redis *redis = context;
    if (!reply || redis->is_lost)
        return;
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2) {
        bus_lose(redis, reply->type == REDIS_REPLY_ERROR ? reply->str : "unexpected answer", false);
        return;
    }
    const redisReply *epoch = reply->element[0], *seq = reply->element[1];
    redis->checked_epoch.text[0] = '\0';
    if (epoch->type == REDIS_REPLY_STRING && seq->type == REDIS_REPLY_STRING &&
        bus_seq_parse(seq->str, seq->len, &redis->checked_seq) == STATUS_OK &&
        bus_epoch_parse(epoch->str, epoch->len, &redis->checked_epoch) != STATUS_OK)
        redis->checked_epoch.text[0] = '\0';
}

static void on_leader_read(void *context, const redisReply *reply) {
    struct bus_redis *redis = context;
    redis->is_checking = false;
    if (!reply || redis->is_lost)
        return;
    redis->has_leader = reply->type == REDIS_REPLY_INTEGER && reply->integer != 0;
    enum bus_sync_action action =
        bus_sync_check(redis->sync, &redis->checked_epoch, redis->checked_seq, clock_monotonic_ms(redis->clock));
    if (action == BUS_SYNC_READ_BOOK)
        bus_lose(redis, "the subscription fell behind", true);
    else
        obey(redis, action);
    state_tell(redis);
}

static void on_check(struct ev_loop *loop, struct ev_timer *timer, int revents) {
    struct bus_redis *redis = timer->data;
    const char *position[] = {"HMGET", "pf:bus", "epoch", "seq"};
    const char *leader[] = {"EXISTS", "pf:leader"};
    (void)loop;
    (void)revents;
    if (redis->is_checking || !redis->is_begun)
        return; /* one at a time: bus_sync compares it with what was known before */
    redis->is_checking = true;
    if (redis_link_send(&redis->commands, on_position_read, redis, 4, position, NULL) != STATUS_OK ||
        redis_link_send(&redis->commands, on_leader_read, redis, 2, leader, NULL) != STATUS_OK)
        bus_lose(redis, "cannot send", false);
}

/* ---- what the connections say ---- */

/* Both are there: what is published from now on is heard, so read the book. */
static void begin_if_ready(struct bus_redis *redis) {
    if (redis->is_begun || redis->is_lost || !redis->is_subscribed || !redis->commands.is_ready)
        return;
    redis->is_begun = true;
    ev_timer_set(&redis->check, CHECK_S, CHECK_S);
    ev_timer_start(redis->loop, &redis->check);
    obey(redis, bus_sync_subscribed(redis->sync));
}

/* What takes no number. */
static void notice_tell(const struct bus_listener *listener, const struct bus_message *message) {
    void *context = listener->context;
    if (message->type == BUS_MESSAGE_HINT) {
        metrics_increment(METRIC_BUS_HINTS);
        listener->on_hint(context, &message->portfolio_id);
    } else if (message->type == BUS_MESSAGE_ASK && listener->on_ask) {
        listener->on_ask(context, message->symbols, message->symbols_n);
    } else if (message->type == BUS_MESSAGE_FORGET && listener->on_forget) {
        listener->on_forget(context, message->symbols, message->symbols_n);
    } else if (message->type == BUS_MESSAGE_ANSWERED && listener->on_answered) {
        listener->on_answered(context, message->answers, message->answers_n);
    } else if (message->type == BUS_MESSAGE_RESTORED && listener->on_restored) {
        listener->on_restored(context, &message->epoch);
    } else if (message->type == BUS_MESSAGE_ACCESS && listener->on_access_changed) {
        listener->on_access_changed(context, &message->subject);
    }
}

static void payload_handle(struct bus_redis *redis, const redisReply *payload) {
    struct bus_message message;
    enum status status = bus_message_parse(payload->str, payload->len, &message);
    if (status == STATUS_NO_MEMORY) {
        bus_lose(redis, "out of memory", false);
    } else if (status != STATUS_OK) {
        metrics_increment(METRIC_BUS_IGNORED);
        if (!redis->is_ignored_logged)
            log_event(LOG_WARN, "bus.message_ignored", LOG_TEXT("reason", "no number, or not readable"));
        redis->is_ignored_logged = true;
    } else if (message.type == BUS_MESSAGE_EVENT) {
        obey(redis, bus_sync_event(redis->sync, &message.epoch, message.seq, message.quotes, message.quotes_n));
        bus_message_fini(&message);
        state_tell(redis);
    } else {
        notice_tell(&redis->listener, &message);
        bus_message_fini(&message);
    }
}

static void on_message(void *context, const redisReply *reply) {
    struct bus_redis *redis = context;
    if (redis->is_lost)
        return;
    if (reply->type == REDIS_REPLY_ERROR) {
        bus_lose(redis, reply->str, false);
        return;
    }
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 3 || reply->element[0]->type != REDIS_REPLY_STRING)
        return;
    if (strcmp(reply->element[0]->str, "message") == 0 && reply->element[2]->type == REDIS_REPLY_STRING) {
        payload_handle(redis, reply->element[2]);
    } else if (strcmp(reply->element[0]->str, "subscribe") == 0) {
        redis->is_subscribed = true;
        begin_if_ready(redis);
    }
}

static void on_events_ready(void *context) {
    struct bus_redis *redis = context;
    if (redis_link_subscribe(&redis->events, "pf:events", on_message) != STATUS_OK)
        bus_lose(redis, "cannot subscribe", false);
}

static void on_commands_ready(void *context) {
    struct bus_redis *redis = context;
    bus_redis_load_script(redis);
    begin_if_ready(redis);
}

/* ---- best effort ---- */

static void notice_send(struct bus *bus, struct strbuf *text) {
    struct bus_redis *redis = bus_redis_of(bus);
    const char *argv[] = {"PUBLISH", "pf:events", strbuf_text(text)};
    const size_t lens[] = {7, 9, text->len};
    if (redis->commands.owed_n < OWED_MAX && strbuf_status(text) == STATUS_OK)
        (void)!redis_link_send(&redis->commands, NULL, NULL, 3, argv, lens);
    strbuf_fini(text);
}

static void redis_hint(struct bus *bus, const struct uuid *portfolio_id) {
    struct strbuf text;
    strbuf_init(&text);
    bus_hint_write_json(&text, portfolio_id);
    notice_send(bus, &text);
}

static void redis_access_changed(struct bus *bus, const struct uuid *subject) {
    struct strbuf text;
    strbuf_init(&text);
    bus_access_write_json(&text, subject);
    notice_send(bus, &text);
}

static void redis_ask(struct bus *bus, const struct symbol *symbols, size_t symbols_n) {
    for (size_t done = 0; done < symbols_n; done += BUS_ASK_MAX) {
        struct strbuf text;
        strbuf_init(&text);
        bus_ask_write_json(&text, symbols + done, symbols_n - done < BUS_ASK_MAX ? symbols_n - done : BUS_ASK_MAX);
        notice_send(bus, &text);
    }
}

static void redis_forget(struct bus *bus, const struct symbol *symbols, size_t symbols_n) {
    size_t done = 0;
    do { /* once for none, which means all */
        struct strbuf text;
        strbuf_init(&text);
        bus_forget_write_json(&text, symbols + done, symbols_n - done < BUS_ASK_MAX ? symbols_n - done : BUS_ASK_MAX);
        notice_send(bus, &text);
        done += BUS_ASK_MAX;
    } while (done < symbols_n);
}

static void redis_watch(struct bus *bus, const struct symbol *symbols, size_t symbols_n) {
    struct bus_redis *redis = bus_redis_of(bus);
    const char *argv[2 + 2 * WATCH_CHUNK] = {"HSET", "pf:watched"};
    char now[24];
    snprintf(now, sizeof now, "%lld", (long long)clock_wall_ms(redis->clock));
    for (size_t done = 0; done < symbols_n && redis->commands.owed_n < OWED_MAX;) {
        int argc = 2;
        while (done < symbols_n && argc < 2 + 2 * WATCH_CHUNK) {
            argv[argc++] = symbols[done++].text;
            argv[argc++] = now;
        }
        if (redis_link_send(&redis->commands, NULL, NULL, argc, argv, NULL) != STATUS_OK)
            return;
    }
}

/* ---- life ---- */

static void redis_destroy(struct bus *bus) {
    struct bus_redis *redis = bus_redis_of(bus);
    redis->is_lost = true;
    ev_timer_stop(redis->loop, &redis->check);
    ev_timer_stop(redis->loop, &redis->reconnect);
    redis_link_close(&redis->events);
    redis_link_close(&redis->commands); /* pending publications: OUTCOME_UNKNOWN */
    bus_redis_answer_refused(redis);
    if (redis->told_following)
        metrics_add(METRIC_BUS_CONNECTED, -1);
    bus_sync_destroy(&redis->sync);
    free(redis);
}

enum status bus_redis_create(struct ev_loop *loop, const char *url, const struct clock *clock,
                             const struct bus_listener *listener, struct bus **ret_bus) {
    static const struct bus_ops ops = {.publish = bus_redis_publish,
                                       .hint = redis_hint,
                                       .access_changed = redis_access_changed,
                                       .watch = redis_watch,
                                       .ask = redis_ask,
                                       .forget = redis_forget,
                                       .share_rates = bus_redis_share_rates,
                                       .destroy = redis_destroy};
    struct bus_redis *redis = calloc(1, sizeof *redis);
    if (!redis)
        return STATUS_NO_MEMORY;
    enum status status = redis_url_parse(url, &redis->url);
    if (status == STATUS_OK)
        status = bus_sync_create(listener, &redis->sync);
    if (status != STATUS_OK) {
        free(redis);
        return status;
    }
    redis->bus.ops = &ops;
    redis->loop = loop;
    redis->clock = clock;
    redis->listener = *listener;
    redis->backoff_s = BACKOFF_FIRST_S;
    redis_link_init(&redis->events, loop, &redis->url, redis, on_events_ready, on_link_lost);
    redis_link_init(&redis->commands, loop, &redis->url, redis, on_commands_ready, on_link_lost);
    ev_timer_init(&redis->check, on_check, CHECK_S, CHECK_S);
    /* At once, but from the loop: nothing is told before this returned. */
    ev_timer_init(&redis->reconnect, on_reconnect, 0., 0.);
    redis->check.data = redis->reconnect.data = redis;
    bus_redis_publish_init(redis);
    ev_timer_start(loop, &redis->reconnect);
    *ret_bus = &redis->bus;
    return STATUS_OK;
}
