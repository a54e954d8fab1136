/* links: pf_net pf_ops pf_base Threads::Threads */
/* Two loops, a thread each, on one port; and what happens when descriptors run
 * out. */
#include "ops/metrics.h"
#include "unit/loop_fixture.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>

#define CLIENTS_N 200
#define HANDSHAKE                                                                                                      \
    "GET /stream HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"                                 \
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

struct shard {
    struct loop *loop;
    pthread_t thread;
    ev_async stop;
    size_t opened_n, closed_n;
};

struct echo {
    struct shard *shard;
    struct websocket *websocket;
};

static void *on_open(void *context, struct websocket *websocket, void *grant) {
    (void)grant;
    struct shard *shard = context;
    struct echo *echo = calloc(1, sizeof *echo);
    assert_non_null(echo);
    echo->shard = shard;
    echo->websocket = websocket;
    shard->opened_n++;
    return echo;
}

static void on_message(void *user, const char *bytes, size_t len) {
    struct echo *echo = user;
    struct frame *frame = NULL;
    assert_int_equal(frame_create(bytes, len, &frame), STATUS_OK);
    assert_int_equal(websocket_write(echo->websocket, &frame, 1), WEBSOCKET_SENT);
    frame_unref(&frame);
}

static void on_closed(void *user) {
    struct echo *echo = user;
    echo->shard->closed_n++;
    free(echo);
}

static void on_nothing(void *user) {
    (void)user;
}
static void on_dead(void *user, bool is_stalled) {
    (void)user, (void)is_stalled;
}

static void on_request(void *context, struct http_request *request) {
    (void)context;
    const struct http_response response = {.status = 200, .content_type = "text/plain", .body = "ok", .body_len = 2};
    http_respond(request, &response);
}

static void on_stop(struct ev_loop *ev, ev_async *async, int revents) {
    (void)ev, (void)revents;
    loop_break(((struct shard *)async->data)->loop);
}

static void shard_create(struct shard *shard, int port) {
    struct loop_config config = fixture_config(clock_system());
    config.port = port;
    config.http = (struct http_handler){.on_request = on_request};
    config.websocket = (struct websocket_handler){.context = shard,
                                                  .on_open = on_open,
                                                  .on_message = on_message,
                                                  .on_binary = on_nothing,
                                                  .on_too_large = on_nothing,
                                                  .on_writable = on_nothing,
                                                  .on_dead = on_dead,
                                                  .on_closed = on_closed};
    shard->loop = fixture_loop(&config);
    ev_async_init(&shard->stop, on_stop);
    shard->stop.data = shard;
    ev_async_start(loop_ev(shard->loop), &shard->stop);
}

static void *shard_run(void *argument) {
    struct shard *shard = argument;
    loop_run(shard->loop);
    return NULL;
}

/* Blocking: the loops have threads of their own here. */
static void read_exactly(int fd, char *bytes, size_t len) {
    for (size_t n = 0; n < len;) {
        ssize_t got = recv(fd, bytes + n, len - n, 0);
        assert_true(got > 0);
        n += (size_t)got;
    }
}

static void test_two_loops_share_a_port(void **state) {
    (void)state;
    struct shard shards[2] = {{.opened_n = 0}};
    shard_create(&shards[0], 0);
    shard_create(&shards[1], loop_port(shards[0].loop));
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&shards[i].thread, NULL, shard_run, &shards[i]), 0);
    static struct raw_client clients[CLIENTS_N];
    for (int i = 0; i < CLIENTS_N; i++) {
        char answer[4096] = "";
        clients[i] = client_connect(shards[0].loop, 0);
        assert_int_equal(send(clients[i].fd, HANDSHAKE, sizeof HANDSHAKE - 1, MSG_NOSIGNAL), sizeof HANDSHAKE - 1);
        for (size_t n = 0; !strstr(answer, "\r\n\r\n"); n++)
            read_exactly(clients[i].fd, answer + n, 1);
    }
    for (int round = 0; round < 20; round++)
        for (int i = 0; i < CLIENTS_N; i++) {
            static const char message[] = "\x81\x85\0\0\0\0hello"; /* masked with zeros */
            char answer[7];
            assert_int_equal(send(clients[i].fd, message, sizeof message - 1, MSG_NOSIGNAL), sizeof message - 1);
            read_exactly(clients[i].fd, answer, sizeof answer);
            assert_memory_equal(answer, "\x81\x05hello", 7);
        }
    for (int i = 0; i < 2; i++) {
        ev_async_send(loop_ev(shards[i].loop), &shards[i].stop);
        assert_int_equal(pthread_join(shards[i].thread, NULL), 0);
        assert_true(shards[i].opened_n > CLIENTS_N / 10); /* the kernel spreads them */
        loop_destroy(&shards[i].loop);
        assert_int_equal(shards[i].closed_n, shards[i].opened_n);
    }
    assert_int_equal(shards[0].opened_n + shards[1].opened_n, CLIENTS_N);
    for (int i = 0; i < CLIENTS_N; i++)
        client_close(&clients[i]);
}

static void test_out_of_descriptors_pauses_and_recovers(void **state) {
    (void)state;
    struct shard shard = {.opened_n = 0};
    shard_create(&shard, 0);
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    struct raw_client client = client_connect(shard.loop, 0); /* waits in the backlog */
    struct rlimit none = {.rlim_cur = (rlim_t)client.fd + 1, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    int64_t failed_n = metrics_get(METRIC_ACCEPTS_FAILED);
    fixture_until(shard.loop, metrics_get(METRIC_ACCEPTS_FAILED) > failed_n);
    assert_true(fixture_idle_wakes(shard.loop) < FIXTURE_IDLE_WAKES_MAX);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    client_send(shard.loop, &client, request, sizeof request - 1);
    fixture_until(shard.loop, client_has_text(&client, "200 OK"));
    client_close(&client);
    loop_destroy(&shard.loop);
}

static void test_errors_say_what_failed(void **state) {
    (void)state;
    struct shard shard = {.opened_n = 0};
    shard_create(&shard, 0);
    char error[256] = "";
    assert_int_equal(loop_probe("127.0.0.1", loop_port(shard.loop), error, sizeof error), STATUS_CONFLICT);
    assert_non_null(strstr(error, "in use"));
    struct loop *loop = NULL;
    const struct loop_config config = {.host = "192.0.2.1", /* nobody's */
                                       .clock = clock_system(),
                                       .websocket_path = "/",
                                       .websocket_protocol = "x"};
    assert_int_not_equal(loop_create(&config, &loop, error, sizeof error), STATUS_OK);
    assert_null(loop);
    assert_non_null(strstr(error, "192.0.2.1"));
    int port = loop_port(shard.loop);
    loop_destroy(&shard.loop);
    assert_int_equal(loop_probe("127.0.0.1", port, error, sizeof error), STATUS_OK);
    loop_destroy(&loop); /* NULL: no harm */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_loops_share_a_port),
        cmocka_unit_test(test_out_of_descriptors_pauses_and_recovers),
        cmocka_unit_test(test_errors_say_what_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
