/* The blocking end of the bus over Redis: for the poller thread and for
 * `portfoliod publish`. It owns one connection, made when it is needed and
 * again after a loss, and the token of the leader's lock. No call takes longer
 * than a few times TIMEOUT_S. Thread: the user's, one; begin_stop any. */
#include "feed/ask_codec.h"
#include "feed/bus_epoch.h"
#include "feed/bus_redis.h"
#include "feed/publish_script.h"
#include "feed/quote_codec.h"
#include "feed/redis_url.h"
#include "lead_lua.h"
#include "ops/metrics.h"
#include "resign_lua.h"

#include <hiredis/hiredis.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_S 2
#define FORGET_CHUNK 256

struct redis_publisher {
    struct bus_publisher publisher; /* first */
    struct redis_url url;
    const struct clock *clock;
    redisContext *hiredis; /* NULL: not connected */
    char script_sha[PUBLISH_SHA_LEN + 1];
    struct bus_epoch token;
    uint64_t fence; /* the last one we had */
    atomic_bool is_stopping;
    char error[128];
};

static struct redis_publisher *publisher_of(struct bus_publisher *publisher) {
    return (struct redis_publisher *)(void *)publisher;
}

static void connection_drop(struct redis_publisher *it) {
    if (it->hiredis) {
        if (it->hiredis->err != 0)
            snprintf(it->error, sizeof it->error, "%s", it->hiredis->errstr);
        redisFree(it->hiredis);
    }
    it->hiredis = NULL;
}

/* NULL: the connection is lost (and dropped). freeReplyObject the result. */
static redisReply *command_run(struct redis_publisher *it, int argc, const char **argv, const size_t *argv_len) {
    if (!it->hiredis)
        return NULL;
    redisReply *reply = redisCommandArgv(it->hiredis, argc, argv, argv_len);
    if (!reply)
        connection_drop(it);
    return reply;
}

/* A command whose answer only has to be no error. */
static enum status command_check(struct redis_publisher *it, int argc, const char **argv) {
    redisReply *reply = command_run(it, argc, argv, NULL);
    if (!reply)
        return STATUS_UNAVAILABLE;
    enum status status = STATUS_OK;
    if (reply->type == REDIS_REPLY_ERROR) {
        snprintf(it->error, sizeof it->error, "%s", reply->str);
        status = STATUS_UNAVAILABLE;
    }
    freeReplyObject(reply);
    return status;
}

static enum status connection_greet(struct redis_publisher *it) {
    const struct redis_url *url = &it->url;
    enum status status = STATUS_OK;
    if (url->password[0] != '\0') {
        const char *with_user[] = {"AUTH", url->user, url->password};
        const char *without[] = {"AUTH", url->password};
        bool has_user = url->user[0] != '\0';
        status = command_check(it, has_user ? 3 : 2, has_user ? with_user : without);
    }
    if (atomic_load(&it->is_stopping))
        return STATUS_UNAVAILABLE;
    if (status == STATUS_OK && url->database != 0) {
        char number[16];
        snprintf(number, sizeof number, "%d", url->database);
        const char *select[] = {"SELECT", number};
        status = command_check(it, 2, select);
    }
    return status;
}

static enum status connection_ensure(struct redis_publisher *it) {
    const struct timeval timeout = {.tv_sec = TIMEOUT_S};
    if (it->hiredis)
        return STATUS_OK;
    if (atomic_load(&it->is_stopping))
        return STATUS_UNAVAILABLE;
    it->script_sha[0] = '\0';
    it->hiredis = it->url.path[0] != '\0' ? redisConnectUnixWithTimeout(it->url.path, timeout)
                                          : redisConnectWithTimeout(it->url.host, it->url.port, timeout);
    enum status status = STATUS_UNAVAILABLE;
    if (it->hiredis && it->hiredis->err == 0 && redisSetTimeout(it->hiredis, timeout) == REDIS_OK) {
        if (it->url.path[0] == '\0')
            (void)redisEnableKeepAlive(it->hiredis);
        status = connection_greet(it);
    }
    if (status != STATUS_OK)
        connection_drop(it);
    return status;
}

/* ---- publishing ---- */

static void script_load(struct redis_publisher *it) {
    size_t len;
    const char *argv[] = {"SCRIPT", "LOAD", publish_script_text(&len)};
    const size_t lens[] = {6, 4, len};
    redisReply *reply = command_run(it, 3, argv, lens);
    if (reply && reply->type == REDIS_REPLY_STRING && reply->len == PUBLISH_SHA_LEN)
        snprintf(it->script_sha, sizeof it->script_sha, "%s", reply->str);
    freeReplyObject(reply);
}

static void call_run(struct redis_publisher *it, struct publish_call *call, struct bus_published *published) {
    if (it->script_sha[0] == '\0')
        script_load(it);
    if (it->script_sha[0] != '\0')
        publish_call_use_sha(call, it->script_sha);
    else
        publish_call_use_text(call);
    redisReply *reply = command_run(it, call->argc, call->argv, call->argv_len);
    if (publish_reply_is_noscript(reply)) {
        freeReplyObject(reply);
        publish_call_use_text(call);
        reply = command_run(it, call->argc, call->argv, call->argv_len);
    }
    publish_reply_read(reply, published);
    freeReplyObject(reply);
}

static enum status redis_publish(struct bus_publisher *publisher, const struct quote *quotes, size_t quotes_n,
                                 bool keep_previous_close, uint64_t fence, struct bus_published *ret_published) {
    struct redis_publisher *it = publisher_of(publisher);
    struct bus_published published = {.status = STATUS_OK};
    struct publish_call call;
    enum status status = publish_call_create(quotes, quotes_n, keep_previous_close, fence, &call, published.detail,
                                             sizeof published.detail);
    if (status == STATUS_INVALID) {
        published.status = status;
    } else if (status != STATUS_OK) {
        return status;
    } else if (connection_ensure(it) != STATUS_OK) {
        published.status = STATUS_UNAVAILABLE;
        snprintf(published.detail, sizeof published.detail, "%s", it->error);
        publish_call_fini(&call);
    } else {
        call_run(it, &call, &published);
        publish_call_fini(&call);
    }
    metrics_increment(published.status == STATUS_OK ? METRIC_PUBLISH_BATCHES : METRIC_PUBLISH_REFUSED);
    *ret_published = published;
    return STATUS_OK;
}

/* ---- the leader's lock ---- */

static enum status redis_lead(struct bus_publisher *publisher, int64_t ttl_ms, uint64_t *ret_fence) {
    struct redis_publisher *it = publisher_of(publisher);
    char ttl[24], last_fence[24];
    uint64_t fence = 0;
    enum status status = connection_ensure(it);
    if (status != STATUS_OK)
        return status;
    snprintf(ttl, sizeof ttl, "%lld", (long long)ttl_ms);
    snprintf(last_fence, sizeof last_fence, "%llu", (unsigned long long)it->fence);
    const char *argv[] = {"EVAL", lead_lua, "2", "pf:leader", "pf:bus", it->token.text, ttl, last_fence};
    redisReply *reply = command_run(it, 8, argv, NULL);
    status = STATUS_UNAVAILABLE;
    if (reply && reply->type == REDIS_REPLY_STRING)
        status = bus_seq_parse(reply->str, reply->len, &fence);
    else if (reply && reply->type == REDIS_REPLY_ERROR)
        snprintf(it->error, sizeof it->error, "%s", reply->str);
    freeReplyObject(reply);
    if (status != STATUS_OK)
        return status;
    if (fence > 0)
        it->fence = fence;
    *ret_fence = fence;
    return STATUS_OK;
}

static void redis_resign(struct bus_publisher *publisher) {
    struct redis_publisher *it = publisher_of(publisher);
    const char *argv[] = {"EVAL", resign_lua, "1", "pf:leader", it->token.text};
    /* Best effort: the lock lapses by itself. */
    if (it->fence > 0 && connection_ensure(it) == STATUS_OK)
        (void)!command_check(it, 5, argv);
}

/* ---- what takes no number ---- */

static enum status event_publish(struct redis_publisher *it, struct strbuf *text) {
    enum status status = strbuf_status(text);
    if (status == STATUS_OK)
        status = connection_ensure(it);
    if (status == STATUS_OK) {
        const char *argv[] = {"PUBLISH", "pf:events", strbuf_text(text)};
        status = command_check(it, 3, argv);
    }
    strbuf_fini(text);
    return status;
}

static void redis_answer(struct bus_publisher *publisher, const struct answered_symbol *answers, size_t answers_n) {
    struct strbuf text;
    strbuf_init(&text);
    bus_answered_write_json(&text, answers, answers_n);
    /* Best effort: who waits for it has a deadline. */
    (void)!event_publish(publisher_of(publisher), &text);
}

static enum status redis_restored(struct bus_publisher *publisher, const struct bus_epoch *epoch) {
    struct redis_publisher *it = publisher_of(publisher);
    enum status status = connection_ensure(it);
    if (status == STATUS_OK) {
        /* For who reads the book from now on. It counts for its own epoch only, so it needs no fence. */
        const char *argv[] = {"HSET", "pf:bus", "restored", epoch->text};
        status = command_check(it, 4, argv);
    }
    if (status != STATUS_OK)
        return status;
    struct strbuf text;
    strbuf_init(&text);
    bus_restored_write_json(&text, epoch);
    return event_publish(it, &text);
}

static void redis_begin_stop(struct bus_publisher *publisher) {
    atomic_store(&publisher_of(publisher)->is_stopping, true);
}

/* ---- reading ---- */

static enum status redis_read_book(struct bus_publisher *publisher, struct bus_epoch *ret_epoch, uint64_t *ret_seq,
                                   struct numbered_quote **ret_quotes, size_t *ret_n) {
    struct redis_publisher *it = publisher_of(publisher);
    enum status status = connection_ensure(it);
    if (status != STATUS_OK)
        return status;
    static const char *const commands[] = {"MULTI", "HGETALL pf:bus", "HGETALL pf:quotes", "EXEC"};
    enum { COMMANDS_N = sizeof commands / sizeof commands[0] };
    redisReply *book = NULL;
    for (size_t i = 0; i < COMMANDS_N; i++) {
        if (redisAppendCommand(it->hiredis, commands[i]) != REDIS_OK) {
            connection_drop(it);
            return STATUS_UNAVAILABLE;
        }
    }
    for (size_t i = 0; i < COMMANDS_N; i++) {
        void *reply = NULL;
        if (redisGetReply(it->hiredis, &reply) != REDIS_OK) {
            connection_drop(it);
            return STATUS_UNAVAILABLE;
        }
        if (i + 1 == COMMANDS_N)
            book = reply;
        else
            freeReplyObject(reply);
    }
    status = bus_reply_read_book(book, ret_epoch, ret_seq, ret_quotes, ret_n);
    freeReplyObject(book);
    return status;
}

/* Forgets symbols nobody asked for lately, so that pf:watched stays small. */
static void watched_forget(struct redis_publisher *it, const redisReply *watched, int64_t oldest_ms) {
    const char *argv[2 + FORGET_CHUNK] = {"HDEL", "pf:watched"};
    int argc = 2;
    for (size_t i = 0; i + 1 < watched->elements && argc < 2 + FORGET_CHUNK; i += 2) {
        if (strtoll(watched->element[i + 1]->str, NULL, 10) < oldest_ms)
            argv[argc++] = watched->element[i]->str;
    }
    if (argc > 2)
        (void)!command_check(it, argc, argv);
}

static enum status watched_read(const redisReply *watched, int64_t oldest_ms, struct symbol **ret_symbols,
                                size_t *ret_n) {
    struct symbol *symbols = calloc(watched->elements / 2 + 1, sizeof *symbols);
    size_t n = 0;
    if (!symbols)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i + 1 < watched->elements; i += 2) {
        const redisReply *name = watched->element[i];
        bool is_recent = strtoll(watched->element[i + 1]->str, NULL, 10) >= oldest_ms;
        if (is_recent && symbol_parse(name->str, name->len, &symbols[n]) == STATUS_OK)
            n++;
    }
    *ret_symbols = symbols;
    *ret_n = n;
    return STATUS_OK;
}

static enum status redis_read_watched(struct bus_publisher *publisher, int64_t max_age_ms, struct symbol **ret_symbols,
                                      size_t *ret_n) {
    struct redis_publisher *it = publisher_of(publisher);
    const char *argv[] = {"HGETALL", "pf:watched"};
    enum status status = connection_ensure(it);
    if (status != STATUS_OK)
        return status;
    redisReply *reply = command_run(it, 2, argv, NULL);
    status = STATUS_UNAVAILABLE;
    if (reply && reply->type == REDIS_REPLY_ARRAY) {
        int64_t oldest_ms = clock_wall_ms(it->clock) - max_age_ms;
        status = watched_read(reply, oldest_ms, ret_symbols, ret_n);
        watched_forget(it, reply, oldest_ms);
    }
    freeReplyObject(reply);
    return status;
}

static void redis_publisher_destroy(struct bus_publisher *publisher) {
    struct redis_publisher *it = publisher_of(publisher);
    connection_drop(it);
    free(it);
}

enum status bus_redis_publisher_create(const char *url, const struct clock *clock,
                                       struct bus_publisher **ret_publisher) {
    static const struct bus_publisher_ops ops = {.publish = redis_publish,
                                                 .lead = redis_lead,
                                                 .resign = redis_resign,
                                                 .begin_stop = redis_begin_stop,
                                                 .read_book = redis_read_book,
                                                 .read_watched = redis_read_watched,
                                                 .answer = redis_answer,
                                                 .restored = redis_restored,
                                                 .destroy = redis_publisher_destroy};
    struct redis_publisher *it = calloc(1, sizeof *it);
    if (!it)
        return STATUS_NO_MEMORY;
    it->publisher.ops = &ops;
    it->clock = clock;
    enum status status = redis_url_parse(url, &it->url);
    if (status == STATUS_OK)
        status = bus_epoch_random(&it->token);
    if (status != STATUS_OK) {
        free(it);
        return status;
    }
    *ret_publisher = &it->publisher;
    return STATUS_OK;
}
