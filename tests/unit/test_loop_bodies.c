/* links: pf_net pf_ops pf_base */
/* Bodies above the usual limit: where they may come, and how many at once; and chunked ones. */
#include "net/http_server.h"
#include "unit/loop_fixture.h"

#define BODY_BYTES_MAX 1000

struct server {
    struct loop *loop;
    struct http_request *waiting[HTTP_LARGE_BODIES_MAX + 2];
    size_t waiting_n;
};

static void respond_text(struct http_request *request, int status, const char *text) {
    const struct http_response response = {
        .status = status, .content_type = "text/plain", .body = text, .body_len = strlen(text)};
    http_respond(request, &response);
}

/* What is not refused waits for its answer. */
static void on_request(void *context, struct http_request *request) {
    struct server *server = context;
    if (request->refusal == HTTP_REFUSAL_NONE) {
        assert_true(server->waiting_n < COUNT_OF(server->waiting));
        server->waiting[server->waiting_n++] = request;
        return;
    }
    if (request->refusal == HTTP_REFUSAL_BAD_REQUEST) {
        respond_text(request, 400, "bad request");
        return;
    }
    bool is_busy = request->refusal == HTTP_REFUSAL_BUSY;
    assert_true(is_busy || request->refusal == HTTP_REFUSAL_BODY_TOO_LARGE);
    respond_text(request, is_busy ? 503 : 413, is_busy ? "busy" : "too large");
}

static size_t max_body_bytes(void *context, enum http_method method, const char *path) {
    (void)context;
    return method == HTTP_POST && strcmp(path, "/later") == 0 ? 2 * BODY_BYTES_MAX : BODY_BYTES_MAX;
}

static int server_setup(void **state) {
    struct server *server = calloc(1, sizeof *server);
    assert_non_null(server);
    struct loop_config config = fixture_config(clock_system());
    config.http = (struct http_handler){.context = server, .on_request = on_request, .max_body_bytes = max_body_bytes};
    config.max_body_bytes = BODY_BYTES_MAX;
    config.request_timeout_ms = 60000;
    server->loop = fixture_loop(&config);
    *state = server;
    return 0;
}

static int server_teardown(void **state) {
    struct server *server = *state;
    loop_destroy(&server->loop);
    free(server);
    return 0;
}

static const char *ask(struct server *server, struct raw_client *client, const char *request) {
    return client_ask(server->loop, client, request, strlen(request));
}

static const char large_head[] = "POST /later HTTP/1.1\r\nHost: x\r\nContent-Length: 1500\r\n\r\n";

/* What is above the usual limit comes in where it may, and so many at once only,
 * counted until it is answered. */
static void test_large_bodies_are_few(void **state) {
    struct server *server = *state;
    struct raw_client clients[HTTP_LARGE_BODIES_MAX], more;
    char body[1500];
    memset(body, 'x', sizeof body);
    for (size_t i = 0; i < HTTP_LARGE_BODIES_MAX; i++) {
        clients[i] = client_connect(server->loop, 0);
        client_send_text(server->loop, &clients[i], large_head);
        client_send(server->loop, &clients[i], body, i % 2 ? sizeof body : 1); /* half of them are still sending */
    }
    fixture_until(server->loop, server->waiting_n == HTTP_LARGE_BODIES_MAX / 2);
    assert_int_equal(server->waiting[0]->body_len, sizeof body);
    assert_non_null(strstr(ask(server, &more, large_head), "busy"));
    client_close(&more);
    /* One who leaves while sending makes room; one who leaves while it is worked on does not, nor is it seen. */
    client_close(&clients[0]);
    client_close(&clients[1]);
    fixture_until(server->loop, loop_connections_n(server->loop) == HTTP_LARGE_BODIES_MAX - 1);
    clients[0] = client_connect(server->loop, 0);
    client_send_text(server->loop, &clients[0], large_head);
    client_send(server->loop, &clients[0], body, sizeof body);
    fixture_until(server->loop, server->waiting_n == HTTP_LARGE_BODIES_MAX / 2 + 1);
    assert_non_null(strstr(ask(server, &more, large_head), "busy"));
    client_close(&more);
    for (size_t i = 0; i < server->waiting_n; i++)
        respond_text(server->waiting[i], 200, "done");
    clients[1] = client_connect(server->loop, 0);
    client_send_text(server->loop, &clients[1], large_head);
    client_send(server->loop, &clients[1], body, sizeof body);
    fixture_until(server->loop, server->waiting_n == HTTP_LARGE_BODIES_MAX / 2 + 2);
    respond_text(server->waiting[server->waiting_n - 1], 200, "done");
    static const char elsewhere[] = "POST /other HTTP/1.1\r\nHost: x\r\nContent-Length: 1500\r\n\r\n";
    assert_non_null(strstr(ask(server, &more, elsewhere), "too large"));
    client_close(&more);
    for (size_t i = 0; i < HTTP_LARGE_BODIES_MAX; i++)
        client_close(&clients[i]);
}

/* Answers what waits with what it got; what an answer lets begin waits for the next call. */
static void answer_all(struct server *server) {
    char text[256];
    struct http_request *waiting[COUNT_OF(server->waiting)];
    size_t waiting_n = server->waiting_n;
    memcpy(waiting, server->waiting, sizeof waiting);
    server->waiting_n = 0;
    for (size_t i = 0; i < waiting_n; i++) {
        snprintf(text, sizeof text, "<%s %zu %.100s>", waiting[i]->path, waiting[i]->body_len, waiting[i]->body);
        respond_text(waiting[i], 200, text);
    }
}

static void expect_answer(struct server *server, struct raw_client *client, const char *text) {
    fixture_until(server->loop, server->waiting_n == 1);
    answer_all(server);
    fixture_until(server->loop, client_has_text(client, text));
}

#define CHUNKED_HEAD(path) "POST " path " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"

/* However the bytes come, the bodies are the same, and the next request begins where the body ends. */
static void test_a_chunked_body_may_be_cut_anywhere(void **state) {
    struct server *server = *state;
    static const char request[] = CHUNKED_HEAD(
        "/c") "5;a=b\r\nGET /\r\nd\r\n x HTTP/1.1\r\n\r\n0\r\nA: b\r\n\r\n"
              "GET /next HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok" CHUNKED_HEAD("/d") "0\r\n\r\n";
    for (size_t cut = 1; cut < sizeof request - 1; cut++) {
        struct raw_client client = client_connect(server->loop, 0);
        client_send(server->loop, &client, request, cut);
        for (int turn = 0; turn < 2; turn++)
            ev_run(loop_ev(server->loop), EVRUN_NOWAIT);
        client_send(server->loop, &client, request + cut, sizeof request - 1 - cut);
        expect_answer(server, &client, "</c 18 GET / x HTTP/1.1\r\n>");
        expect_answer(server, &client, "</next 2 ok>");
        expect_answer(server, &client, "</d 0 >");
        client_close(&client);
    }
    fixture_until(server->loop, loop_connections_n(server->loop) == 0);
}

static void test_a_chunked_body_waits_for_its_continue(void **state) {
    struct server *server = *state;
    struct raw_client client = client_connect(server->loop, 0);
    client_send_text(server->loop, &client,
                     "PUT /e HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n");
    fixture_until(server->loop, client_has_text(&client, "HTTP/1.1 100 Continue\r\n\r\n"));
    client_send_text(server->loop, &client, "2\r\nok\r\n0\r\n\r\n");
    expect_answer(server, &client, "</e 2 ok>");
    /* One that ends before its last chunk is nobody's request. */
    client_send_text(server->loop, &client, CHUNKED_HEAD("/half") "2\r\nok\r\n0\r\n");
    shutdown(client.fd, SHUT_WR);
    fixture_until(server->loop, client_is_over(&client));
    assert_int_equal(server->waiting_n, 0);
    client_close(&client);
}

/* The limits are those of a body with a length, counted as decoded, and at the chunk that takes it past them. */
static void test_chunked_bodies_have_the_same_limits(void **state) {
    struct server *server = *state;
    struct raw_client clients[HTTP_LARGE_BODIES_MAX], client;
    char chunk[8 + 1000 + 2 + 1];
    int len = snprintf(chunk, sizeof chunk, "3e8\r\n%01000d\r\n", 0);
    assert_int_equal(len, 1007);
    client = client_connect(server->loop, 0);
    client_send_text(server->loop, &client, CHUNKED_HEAD("/other"));
    client_send_text(server->loop, &client, chunk);
    client_send_text(server->loop, &client, "0\r\n\r\n");
    expect_answer(server, &client, "</other 1000 0000");
    client_send_text(server->loop, &client, CHUNKED_HEAD("/other"));
    client_send_text(server->loop, &client, chunk);
    client_send_text(server->loop, &client, "1\r\n"); /* its byte need not come */
    fixture_until(server->loop, client_has_text(&client, "too large"));
    client_close(&client);
    for (size_t i = 0; i < HTTP_LARGE_BODIES_MAX; i++) {
        clients[i] = client_connect(server->loop, 0);
        client_send_text(server->loop, &clients[i], CHUNKED_HEAD("/later"));
        client_send_text(server->loop, &clients[i], chunk);
        client_send_text(server->loop, &clients[i], chunk);
        client_send_text(server->loop, &clients[i], "0\r\n\r\n");
    }
    fixture_until(server->loop, server->waiting_n == HTTP_LARGE_BODIES_MAX);
    assert_int_equal(server->waiting[0]->body_len, 2000);
    client = client_connect(server->loop, 0);
    client_send_text(server->loop, &client, CHUNKED_HEAD("/later"));
    client_send_text(server->loop, &client, chunk);
    client_send_text(server->loop, &client, "1\r\n");
    fixture_until(server->loop, client_has_text(&client, "busy"));
    client_close(&client);
    answer_all(server);
    for (size_t i = 0; i < HTTP_LARGE_BODIES_MAX; i++)
        client_close(&clients[i]);
    client = client_connect(server->loop, 0);
    client_send_text(server->loop, &client, CHUNKED_HEAD("/later"));
    client_send_text(server->loop, &client, chunk);
    client_send_text(server->loop, &client, chunk);
    client_send_text(server->loop, &client, "1\r\n");
    fixture_until(server->loop, client_has_text(&client, "too large"));
    client_close(&client);
}

#define BODY_TEST(name) cmocka_unit_test_setup_teardown(name, server_setup, server_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        BODY_TEST(test_large_bodies_are_few),
        BODY_TEST(test_a_chunked_body_may_be_cut_anywhere),
        BODY_TEST(test_a_chunked_body_waits_for_its_continue),
        BODY_TEST(test_chunked_bodies_have_the_same_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
