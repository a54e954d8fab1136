/* A loop and raw sockets as its clients, in one thread: the test gives the loop
 * its turns until a condition holds. No sleeps; a condition that does not come
 * true fails the test after a minute. */
#ifndef PF_TESTS_UNIT_LOOP_FIXTURE_H
#define PF_TESTS_UNIT_LOOP_FIXTURE_H

#include "base/clock.h"
#include "net/loop.h"
#include "unit/test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIXTURE_PATIENCE_MS 60000

struct raw_client {
    int fd;
    char *data; /* what came, with a NUL behind it */
    size_t len, capacity;
    bool is_over; /* end of file or reset */
};

static inline void *fixture_refuse_websocket(void *context, struct websocket *websocket, void *grant) {
    (void)context, (void)websocket, (void)grant;
    return NULL;
}

/* What most tests want; each changes what it is about. */
static inline struct loop_config fixture_config(const struct clock *clock) {
    return (struct loop_config){.host = "127.0.0.1",
                                .clock = clock,
                                .websocket = {.on_open = fixture_refuse_websocket},
                                .websocket_path = "/stream",
                                .websocket_protocol = "test.v1",
                                .max_body_bytes = 1000,
                                .request_timeout_ms = 10000,
                                .max_message_bytes = 1000,
                                .ping_after_ms = 25000,
                                .pong_within_ms = 10000,
                                .stall_timeout_ms = 60000,
                                .dead_close_code = 4410};
}

static inline struct loop *fixture_loop(const struct loop_config *config) {
    struct loop *loop = NULL;
    char error[256] = "";
    if (loop_create(config, &loop, error, sizeof error) != STATUS_OK)
        fail_msg("loop_create: %s", error);
    return loop;
}

static inline void fixture_turn(struct loop *loop) {
    ev_run(loop_ev(loop), EVRUN_ONCE); /* the tick bounds it */
}

#define fixture_until(loop, condition)                                                                                 \
    do {                                                                                                               \
        int64_t until_ms_ = clock_monotonic_ms(clock_system()) + FIXTURE_PATIENCE_MS;                                  \
        while (!(condition)) {                                                                                         \
            if (clock_monotonic_ms(clock_system()) > until_ms_)                                                        \
                fail_msg("%s:%d: waited in vain for: %s", __FILE__, __LINE__, #condition);                             \
            fixture_turn(loop);                                                                                        \
        }                                                                                                              \
    } while (0)

/* rcvbuf_bytes 0: the system's default. */
static inline struct raw_client client_connect(struct loop *loop, int rcvbuf_bytes) {
    struct raw_client client = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    assert_true(client.fd >= 0);
    if (rcvbuf_bytes)
        assert_int_equal(setsockopt(client.fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf_bytes, sizeof rcvbuf_bytes), 0);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)loop_port(loop)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(connect(client.fd, (struct sockaddr *)&address, sizeof address), 0);
    return client;
}

static inline void client_close(struct raw_client *client) {
    if (client->fd >= 0)
        close(client->fd);
    free(client->data);
    *client = (struct raw_client){.fd = -1};
}

/* Sends all of it, giving the loop its turns when the socket is full. */
static inline void client_send(struct loop *loop, struct raw_client *client, const void *bytes, size_t len) {
    for (size_t sent = 0; sent < len;) {
        ssize_t n = send(client->fd, (const char *)bytes + sent, len - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN)
            fixture_turn(loop);
        else if (n < 0)
            return; /* the server has closed: the test sees it when it reads */
        else
            sent += (size_t)n;
    }
}

static inline void client_send_text(struct loop *loop, struct raw_client *client, const char *text) {
    client_send(loop, client, text, strlen(text));
}

/* Takes what is there, at most `most` bytes. */
static inline void client_read(struct raw_client *client, size_t most) {
    while (most > 0 && !client->is_over) {
        if (client->capacity - client->len < 2) {
            client->capacity = client->capacity ? client->capacity * 2 : 65536;
            client->data = realloc(client->data, client->capacity);
            assert_non_null(client->data);
        }
        size_t room = client->capacity - client->len - 1;
        ssize_t n = recv(client->fd, client->data + client->len, room < most ? room : most, MSG_DONTWAIT);
        if (n < 0 && errno == EAGAIN)
            break;
        if (n <= 0)
            client->is_over = true;
        else
            client->len += (size_t)n, most -= (size_t)n;
    }
    if (client->data)
        client->data[client->len] = '\0';
}

static inline bool client_has(struct raw_client *client, size_t len) {
    client_read(client, SIZE_MAX);
    return client->len >= len;
}

static inline bool client_has_text(struct raw_client *client, const char *text) {
    client_read(client, SIZE_MAX);
    return client->len > 0 && strstr(client->data, text) != NULL;
}

static inline bool client_is_over(struct raw_client *client) {
    client_read(client, SIZE_MAX);
    return client->is_over;
}

/* One request on a connection of its own; what came when the response's head was there. */
static inline const char *client_ask(struct loop *loop, struct raw_client *client, const char *request, size_t len) {
    *client = client_connect(loop, 0);
    client_send(loop, client, request, len);
    fixture_until(loop, client_has_text(client, "\r\n\r\n"));
    return client->data;
}

static inline void client_drop_input(struct raw_client *client, size_t len) {
    assert_true(len <= client->len);
    client->len -= len;
    memmove(client->data, client->data + len, client->len + 1);
}

/* How often the loop wakes in half a second in which nothing should happen:
 * its tick is all it has to do. */
static inline unsigned fixture_idle_wakes(struct loop *loop) {
    unsigned before = ev_iteration(loop_ev(loop));
    int64_t until_ms = clock_monotonic_ms(clock_system()) + 500;
    while (clock_monotonic_ms(clock_system()) < until_ms)
        fixture_turn(loop);
    return ev_iteration(loop_ev(loop)) - before;
}
#define FIXTURE_IDLE_WAKES_MAX 200 /* a spinning loop makes many thousands */

#endif
