/* One asynchronous connection to Redis. It owns the hiredis context while it
 * lives and the deadline of its answers; it refuses to wait for ever.
 * Thread: L. */
#include "feed/redis_link.h"

#include <hiredis/adapters/libev.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct redis_command {
    struct redis_link *link;
    redis_reply_fn fn;
    void *context;
};

static void link_lose(struct redis_link *link, const char *reason) {
    if (link->is_lost)
        return;
    link->is_lost = true;
    link->is_ready = false;
    ev_timer_stop(link->loop, &link->deadline);
    link->on_lost(link->context, reason);
}

static void on_deadline(struct ev_loop *loop, struct ev_timer *timer, int revents) {
    (void)loop;
    (void)revents;
    link_lose(timer->data, "no answer in time");
}

void redis_link_init(struct redis_link *link, struct ev_loop *loop, const struct redis_url *url, void *context,
                     void (*on_ready)(void *context), void (*on_lost)(void *context, const char *reason)) {
    *link = (struct redis_link){.loop = loop, .url = url, .context = context, .on_ready = on_ready, .on_lost = on_lost};
    ev_timer_init(&link->deadline, on_deadline, 0., REDIS_LINK_TIMEOUT_S);
    link->deadline.data = link;
    /* After the sockets: an answer that came in the same turn counts. */
    ev_set_priority(&link->deadline, EV_MINPRI);
}

/* The deadline runs while something is owed and starts anew with each answer. */
static void deadline_touch(struct redis_link *link) {
    if (link->owed_n > 0 && !link->is_lost)
        ev_timer_again(link->loop, &link->deadline);
    else
        ev_timer_stop(link->loop, &link->deadline);
}

static void on_reply(redisAsyncContext *hiredis, void *raw_reply, void *data) {
    struct redis_command *command = data;
    struct redis_link *link = command->link;
    (void)hiredis;
    link->owed_n--;
    deadline_touch(link);
    if (command->fn)
        command->fn(command->context, raw_reply);
    free(command);
}

static enum status command_send(struct redis_link *link, redis_reply_fn fn, void *context, int argc, const char **argv,
                                const size_t *argv_len) {
    if (!link->hiredis || link->is_lost)
        return STATUS_UNAVAILABLE;
    struct redis_command *command = malloc(sizeof *command);
    if (!command)
        return STATUS_NO_MEMORY;
    *command = (struct redis_command){.link = link, .fn = fn, .context = context};
    if (redisAsyncCommandArgv(link->hiredis, on_reply, command, argc, argv, argv_len) != REDIS_OK) {
        free(command);
        return STATUS_UNAVAILABLE;
    }
    if (link->owed_n++ == 0)
        deadline_touch(link);
    return STATUS_OK;
}

/* ---- the handshake: AUTH, SELECT ---- */

static void handshake_step(struct redis_link *link, int step);

static void handshake_answered(struct redis_link *link, const redisReply *reply, int next_step) {
    char reason[160];
    if (!reply || link->is_lost)
        return; /* the loss is told elsewhere */
    if (reply->type != REDIS_REPLY_ERROR) {
        handshake_step(link, next_step);
        return;
    }
    snprintf(reason, sizeof reason, "refused: %s", reply->str);
    link_lose(link, reason);
}

static void on_authenticated(void *context, const redisReply *reply) {
    handshake_answered(context, reply, 1);
}

static void on_selected(void *context, const redisReply *reply) {
    handshake_answered(context, reply, 2);
}

static void handshake_step(struct redis_link *link, int step) {
    const struct redis_url *url = link->url;
    enum status status = STATUS_OK;
    if (step == 0 && url->password[0] != '\0') {
        const char *argv[3] = {"AUTH", url->user, url->password};
        if (url->user[0] == '\0')
            argv[1] = url->password;
        status = command_send(link, on_authenticated, link, url->user[0] == '\0' ? 2 : 3, argv, NULL);
    } else if (step <= 1 && url->database != 0) {
        char number[16];
        snprintf(number, sizeof number, "%d", url->database);
        const char *argv[2] = {"SELECT", number};
        status = command_send(link, on_selected, link, 2, argv, NULL);
    } else {
        link->is_ready = true;
        link->on_ready(link->context);
    }
    if (status != STATUS_OK)
        link_lose(link, status_name(status));
}

static void socket_tune(const struct redis_link *link) {
    int on = 1, idle_s = 15, interval_s = 5, probes = 3;
    int fd = link->hiredis->c.fd;
    if (link->url->path[0] != '\0')
        return;
    /* Best effort: a dead peer is found by the checks of the bus as well. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval_s, sizeof interval_s);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
}

static void on_connect(const redisAsyncContext *hiredis, int status) {
    struct redis_link *link = hiredis->data;
    if (!link->hiredis)
        return;
    if (status != REDIS_OK) {
        /* hiredis frees the context when this returns. */
        link->hiredis = NULL;
        link->owed_n--;
        link_lose(link, hiredis->errstr && hiredis->errstr[0] ? hiredis->errstr : "cannot connect");
        return;
    }
    link->owed_n--; /* the connection itself was owed */
    deadline_touch(link);
    socket_tune(link);
    handshake_step(link, 0);
}

static void on_disconnect(const redisAsyncContext *hiredis, int status) {
    struct redis_link *link = hiredis->data;
    (void)status;
    if (!link->hiredis)
        return; /* redis_link_close did it */
    link->hiredis = NULL;
    link_lose(link, hiredis->errstr && hiredis->errstr[0] ? hiredis->errstr : "connection closed");
}

void redis_link_open(struct redis_link *link) {
    const struct redis_url *url = link->url;
    link->is_ready = link->is_lost = link->is_subscribing = false;
    link->owed_n = 0;
    redisAsyncContext *hiredis =
        url->path[0] != '\0' ? redisAsyncConnectUnix(url->path) : redisAsyncConnect(url->host, url->port);
    if (!hiredis) {
        link_lose(link, "out of memory");
        return;
    }
    if (hiredis->err != 0) {
        char reason[128];
        snprintf(reason, sizeof reason, "%s", hiredis->errstr);
        redisAsyncFree(hiredis);
        link_lose(link, reason);
        return;
    }
    hiredis->data = link;
    link->hiredis = hiredis;
    if (redisLibevAttach(link->loop, hiredis) != REDIS_OK) {
        redis_link_close(link);
        link_lose(link, "out of memory");
        return;
    }
    link->owed_n = 1;
    deadline_touch(link);
    redisAsyncSetConnectCallback(hiredis, on_connect);
    redisAsyncSetDisconnectCallback(hiredis, on_disconnect);
}

void redis_link_close(struct redis_link *link) {
    redisAsyncContext *hiredis = link->hiredis;
    link->hiredis = NULL;
    link->is_ready = false;
    link->is_lost = true; /* nothing more is told */
    link->on_message = NULL;
    ev_timer_stop(link->loop, &link->deadline);
    if (hiredis)
        redisAsyncFree(hiredis);
    ev_timer_stop(link->loop, &link->deadline);
    link->owed_n = 0;
}

enum status redis_link_send(struct redis_link *link, redis_reply_fn fn, void *context, int argc, const char **argv,
                            const size_t *argv_len) {
    if (!link->is_ready)
        return STATUS_UNAVAILABLE;
    return command_send(link, fn, context, argc, argv, argv_len);
}

static void on_subscription_reply(redisAsyncContext *hiredis, void *raw_reply, void *data) {
    struct redis_link *link = data;
    (void)hiredis;
    if (link->is_subscribing) {
        link->is_subscribing = false;
        link->owed_n--;
        deadline_touch(link);
    }
    if (raw_reply && !link->is_lost && link->on_message)
        link->on_message(link->context, raw_reply);
}

enum status redis_link_subscribe(struct redis_link *link, const char *channel, redis_reply_fn on_message) {
    if (!link->is_ready || !link->hiredis)
        return STATUS_UNAVAILABLE;
    link->on_message = on_message;
    if (redisAsyncCommand(link->hiredis, on_subscription_reply, link, "SUBSCRIBE %s", channel) != REDIS_OK)
        return STATUS_UNAVAILABLE;
    link->is_subscribing = true;
    link->owed_n++;
    deadline_touch(link);
    return STATUS_OK;
}
