/* links: pf_net pf_ops pf_base */
/* HTTP over real sockets: framing, refusals, deadlines, keep-alive, pipelining. */
#include "ops/metrics.h"
#include "unit/loop_fixture.h"

#define LARGE_BODY_BYTES ((size_t)5 * 1024 * 1024)
#define BODY_BYTES_MAX 1000

struct server {
    struct loop *loop;
    struct manual_clock clock;
    struct http_request *waiting[8]; /* of /later */
    size_t waiting_n;
    size_t requests_n;
    char *large_body;
};

static void respond_text(struct http_request *request, int status, const char *text) {
    const struct http_response response = {
        .status = status, .content_type = "text/plain", .body = text, .body_len = strlen(text)};
    http_respond(request, &response);
}

static const char *method_name(enum http_method method) {
    static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "OTHER"};
    return names[method];
}

/* Says back what it got. */
static void on_request(void *context, struct http_request *request) {
    struct server *server = context;
    server->requests_n++;
    static const int refusal_status[] = {0, 400, 413, 503, 408, 400, 503, 414, 431};
    static const char *const refusal_text[] = {"",        "bad request", "too large", "busy",          "timeout",
                                               "upgrade", "draining",    "too long",  "head too large"};
    if (request->refusal != HTTP_REFUSAL_NONE) {
        respond_text(request, refusal_status[request->refusal], refusal_text[request->refusal]);
        return;
    }
    if (strcmp(request->path, "/later") == 0) {
        assert_true(server->waiting_n < COUNT_OF(server->waiting));
        server->waiting[server->waiting_n++] = request;
        return;
    }
    if (strcmp(request->path, "/large") == 0) {
        const struct http_response response = {.status = 200,
                                               .content_type = "application/octet-stream",
                                               .body = server->large_body,
                                               .body_len = LARGE_BODY_BYTES};
        http_respond(request, &response);
        return;
    }
    if (strcmp(request->path, "/evil-header") == 0) {
        const struct http_response response = {
            .status = 204, .headers = {{"x-note:", "a\r\nx-made-up: 1"}, {"x-good:", "yes"}}, .headers_n = 2};
        http_respond(request, &response);
        return;
    }
    char text[2048];
    const char *content_type = request->headers[HTTP_HEADER_CONTENT_TYPE];
    snprintf(text, sizeof text, "<%s %s?%s|%s|%s|%s>", method_name(request->method), request->path, request->query,
             content_type ? content_type : "-", request->body, request->peer);
    respond_text(request, 200, text);
}

static int server_setup(void **state) {
    struct server *server = calloc(1, sizeof *server);
    assert_non_null(server);
    manual_clock_init(&server->clock, 1000000);
    server->large_body = malloc(LARGE_BODY_BYTES);
    assert_non_null(server->large_body);
    for (size_t i = 0; i < LARGE_BODY_BYTES; i++)
        server->large_body[i] = (char)('a' + (i * 7 + i / 1000) % 26);
    struct loop_config config = fixture_config(&server->clock.clock);
    config.http = (struct http_handler){.context = server, .on_request = on_request};
    config.max_body_bytes = BODY_BYTES_MAX;
    server->loop = fixture_loop(&config);
    *state = server;
    return 0;
}

static int server_teardown(void **state) {
    struct server *server = *state;
    loop_destroy(&server->loop);
    free(server->large_body);
    free(server);
    return 0;
}

static const char *ask(struct server *server, struct raw_client *client, const char *request, size_t len) {
    return client_ask(server->loop, client, request, len);
}

static const struct {
    const char *request, *expected;
} accepted[] = {
    {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "<GET /?|-||127.0.0.1>"},
    {"GET /a%2Fb?c=%20d&e HTTP/1.1\r\nHost: x\r\n\r\n", "<GET /a%2Fb?c=%20d&e|-||"},
    {"GET /a/../b//c HTTP/1.1\r\nHost: x\r\n\r\n", "<GET /a/../b//c?|"},
    {"GET http://x:8080/a?b HTTP/1.1\r\nHost: x\r\n\r\n", "<GET /a?b|"},
    {"GET http://x HTTP/1.1\r\nHost: x\r\n\r\n", "<GET /?|"},
    {"GET http://x?b HTTP/1.1\r\nHost: x\r\n\r\n", "<GET /?b|"},
    {"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "<OPTIONS *?|"},
    {"PATCH /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", "<PATCH /a?|-|abc|"},
    {"BREW /a HTTP/1.1\r\nHost: x\r\n\r\n", "<OTHER /a?|"},
    {"\r\n\r\nGET /blank HTTP/1.1\r\nHost: x\r\n\r\n", "<GET /blank?|"},
    {"POST /a HTTP/1.1\r\nhost:x\r\ncontent-length:2\r\ncontent-TYPE: \t application/json \t\r\n\r\n{}",
     "<POST /a?|application/json|{}|"},
    {"POST /a HTTP/1.1\r\nHost: x\r\n\r\n", "<POST /a?|-||"},
    {"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", "<POST /a?|-||"},
    {"GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody", "<GET /a?|-|body|"},
    {"GET /old HTTP/1.0\r\n\r\n", "<GET /old?|"},
    {"POST /c HTTP/1.1\r\nHost: x\r\ntransfer-encoding: Chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nA: b\r\n\r\n",
     "<POST /c?|-|abcde|"},
    {"PUT /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "<PUT /c?|-||"},
    {"GET /a HTTP/1.1\r\nHost: x\r\nAccept: a\r\nAccept: b\r\nX-Other: 1\r\nX-Other: 2\r\n\r\n", "<GET /a?|"},
    {"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n", "<GET /stream?|"},
};

static void test_requests_arrive_as_sent(void **state) {
    struct server *server = *state;
    for (size_t i = 0; i < COUNT_OF(accepted); i++) {
        struct raw_client client;
        ask(server, &client, accepted[i].request, strlen(accepted[i].request));
        fixture_until(server->loop, client_has_text(&client, ">"));
        assert_row(strncmp(client.data, "HTTP/1.1 200 OK\r\n", 17) == 0, accepted[i].request);
        assert_row(strstr(client.data, accepted[i].expected), accepted[i].request);
        client_close(&client);
    }
}

static const struct {
    const char *request, *expected;
} refused[] = {
    {"GET / HTTP/1.1\r\n\r\n", "bad request"},
    {"GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", "bad request"},
    {"GET / HTTP/1.1\r\nHost: x, y\r\n\r\n", "bad request"},
    {"GET / HTTP/1.2\r\nHost: x\r\n\r\n", "bad request"},
    {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", "bad request"},
    {"GET /\r\nHost: x\r\n\r\n", "bad request"},
    {"GET a HTTP/1.1\r\nHost: x\r\n\r\n", "bad request"},
    {"GET * HTTP/1.1\r\nHost: x\r\n\r\n", "bad request"},
    {"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", "bad request"},
    {"GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n", "bad request"},
    {"GET /\xc3\xa4 HTTP/1.1\r\nHost: x\r\n\r\n", "bad request"},
    {"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", "bad request"},
    {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: +0\r\n\r\n", "bad request"},
    {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x0\r\n\r\n", "bad request"},
    {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: \r\n\r\n", "bad request"},
    {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1 1\r\n\r\n", "bad request"},
    {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1,1\r\n\r\n", "bad request"},
    {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1234567890\r\n\r\n", "bad request"},
    {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", "bad request"},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", "bad request"},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "bad request"},
    {"POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "bad request"},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     "bad request"},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "bad request"},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", "bad request"},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "bad request"},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", "bad request"},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnone", "bad request"},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello0\r\n\r\n", "bad request"},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n", "too large"},
    {"GET /stream HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nTransfer-Encoding: chunked\r\n\r\n",
     "upgrade"},
    {"GET / HTTP/1.1\nHost: x\n\n", "bad request"},
    {"\n", "bad request"},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n", "bad request"},
    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n\r\n", "bad request"},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length : 1\r\n\r\nx", "bad request"},
    {"GET / HTTP/1.1\r\nHost: x\r\n folded: 1\r\n\r\n", "bad request"},
    {"GET / HTTP/1.1\r\nHost: x\r\nA: b\nContent-Length: 5\r\n\r\n", "bad request"},
    {"GET / HTTP/1.1\r\nHost: x\r\nA: b\rC: d\r\n\r\n", "bad request"},
    {"GET / HTTP/1.1\r\nHost: x\r\nA: \x01\r\n\r\n", "bad request"},
    {"GET / HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n", "bad request"},
    {"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", "bad request"},
    {"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: a\r\nAuthorization: b\r\n\r\n", "bad request"},
    {"GET /stream HTTP/1.1\r\nHost: x\r\nSec-WebSocket-Key: a\r\nSec-WebSocket-Key: a\r\n\r\n", "bad request"},
    {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n", "too large"},
    {"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", "upgrade"},
    {"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: foo, websocket\r\nConnection: Upgrade\r\n\r\n", "upgrade"},
};

static void test_refusals_are_answered_then_closed(void **state) {
    struct server *server = *state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        bool is_upgrade = strcmp(refused[i].expected, "upgrade") == 0;
        enum metric metric = is_upgrade ? METRIC_HANDSHAKES_REFUSED : METRIC_HTTP_REFUSED;
        int64_t before = metrics_get(metric);
        struct raw_client client;
        ask(server, &client, refused[i].request, strlen(refused[i].request));
        fixture_until(server->loop, client_is_over(&client));
        assert_row(strncmp(client.data, "HTTP/1.1 4", 10) == 0, refused[i].request);
        assert_row(strstr(client.data, "connection: close\r\n"), refused[i].request);
        assert_row(strstr(client.data, refused[i].expected), refused[i].request);
        assert_row(metrics_get(metric) == before + 1, refused[i].request);
        client_close(&client);
    }
    fixture_until(server->loop, loop_connections_n(server->loop) == 0);
}

/* client_ask sends on when the server has closed already. */
static void assert_refused(struct server *server, const char *request, size_t len, const char *expected) {
    struct raw_client client;
    ask(server, &client, request, len);
    fixture_until(server->loop, client_is_over(&client));
    assert_row(strstr(client.data, expected) && strstr(client.data, "connection: close\r\n"), expected);
    client_close(&client);
}

static void test_a_head_that_is_too_large_says_which_part(void **state) {
    struct server *server = *state;
    static char request[80000];
    static char filler[70001];
    memset(filler, 'a', sizeof filler - 1);
    int len = snprintf(request, sizeof request, "GET /%.20000s HTTP/1.1\r\nHost: x\r\n\r\n", filler);
    assert_refused(server, request, (size_t)len, "HTTP/1.1 414 URI Too Long\r\n");
    len = snprintf(request, sizeof request, "GET / HTTP/1.1\r\nHost: x\r\nA: %.70000s\r\n\r\n", filler);
    assert_refused(server, request, (size_t)len, "HTTP/1.1 431 Request Header Fields Too Large\r\n");
    len = snprintf(request, sizeof request, "GET /many HTTP/1.1\r\nHost: x\r\n");
    for (int i = 0; i < 100; i++)
        len += snprintf(request + len, sizeof request - (size_t)len, "A%d: b\r\n", i);
    len += snprintf(request + len, sizeof request - (size_t)len, "\r\n");
    assert_refused(server, request, (size_t)len, "HTTP/1.1 431 ");
    /* One field less, and a target as long as one may be. */
    struct raw_client client;
    char *last = strstr(request, "A99: b\r\n");
    memmove(last, last + 8, strlen(last + 8) + 1);
    assert_non_null(strstr(ask(server, &client, request, strlen(request)), "HTTP/1.1 200 OK\r\n"));
    client_close(&client);
    len = snprintf(request, sizeof request, "OPTIONS /%.16000s HTTP/1.1\r\nHost: x\r\n\r\n", filler);
    assert_non_null(strstr(ask(server, &client, request, (size_t)len), "HTTP/1.1 200 OK\r\n"));
    client_close(&client);
}

static void test_nul_and_endless_heads_are_refused(void **state) {
    struct server *server = *state;
    struct raw_client client;
    static const char with_nul[] = "GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n";
    ask(server, &client, with_nul, sizeof with_nul - 1);
    assert_non_null(strstr(client.data, "400"));
    client_close(&client);

    client = client_connect(server->loop, 0);
    client_send_text(server->loop, &client, "GET / HTTP/1.1\r\nHost: x\r\n");
    for (int i = 0; i < 1000 && !client_is_over(&client); i++)
        client_send_text(server->loop, &client, "X-Filler: 0123456789012345678901234567890123456789\r\n");
    fixture_until(server->loop, client_is_over(&client));
    assert_int_equal(strncmp(client.data, "HTTP/1.1 431", 12), 0);
    client_close(&client);
}

/* A refused body may still be on its way: the answer must arrive all the same. */
static void test_answer_survives_an_unread_body(void **state) {
    struct server *server = *state;
    struct raw_client client = client_connect(server->loop, 0);
    client_send_text(server->loop, &client, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
    char body[1000];
    memset(body, 'x', sizeof body);
    for (int i = 0; i < 100; i++)
        client_send(server->loop, &client, body, sizeof body);
    fixture_until(server->loop, client_is_over(&client));
    assert_non_null(strstr(client.data, "too large"));
    client_close(&client);
}

static void test_bytes_may_come_one_by_one(void **state) {
    struct server *server = *state;
    struct raw_client client = client_connect(server->loop, 0);
    static const char request[] = "POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
    for (size_t i = 0; i < sizeof request - 1; i++) {
        client_send(server->loop, &client, request + i, 1);
        fixture_turn(server->loop);
    }
    fixture_until(server->loop, client_has_text(&client, "<POST /slow?|-|hello|"));
    client_close(&client);
}

static size_t count_text(const char *text, const char *part) {
    size_t n = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        n++;
    return n;
}

static void test_pipelined_requests_keep_their_order(void **state) {
    struct server *server = *state;
    struct raw_client client = client_connect(server->loop, 0);
    char request[256], expected[64];
    for (int i = 0; i < 100; i++) {
        /* Bodies that look like requests must stay bodies. */
        snprintf(request, sizeof request,
                 "DELETE /p%d HTTP/1.1\r\nHost: x\r\nContent-Length: 32\r\n\r\nGET /q HTTP/1.1\r\nHost: x\r\n\r\n%3d!",
                 i, i);
        client_send_text(server->loop, &client, request);
    }
    client_send_text(server->loop, &client, "GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    fixture_until(server->loop, client_is_over(&client));
    assert_int_equal(count_text(client.data, "HTTP/1.1 200 OK"), 101);
    const char *at = client.data;
    for (int i = 0; i < 100; i++) {
        snprintf(expected, sizeof expected, "<DELETE /p%d?", i);
        at = strstr(at, expected);
        assert_non_null(at);
    }
    assert_non_null(strstr(at, "<GET /last?"));
    client_close(&client);
}

static void test_head_has_the_length_but_no_body(void **state) {
    struct server *server = *state;
    struct raw_client client;
    static const char requests[] = "HEAD /large HTTP/1.1\r\nHost: x\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n";
    ask(server, &client, requests, sizeof requests - 1);
    fixture_until(server->loop, client_has_text(&client, "<GET /next"));
    assert_non_null(strstr(client.data, "content-length: 5242880\r\n"));
    assert_true(client.len < 1000);
    client_close(&client);
}

static void test_no_body_with_204_and_no_made_up_headers(void **state) {
    struct server *server = *state;
    struct raw_client client;
    static const char request[] = "GET /evil-header HTTP/1.1\r\nHost: x\r\n\r\n";
    ask(server, &client, request, sizeof request - 1);
    assert_int_equal(strncmp(client.data, "HTTP/1.1 204 No Content\r\n", 25), 0);
    assert_null(strstr(client.data, "x-made-up"));
    assert_null(strstr(client.data, "content-length"));
    assert_non_null(strstr(client.data, "x-good: yes\r\n"));
    client_close(&client);
}

static void test_large_response_to_a_slow_reader(void **state) {
    struct server *server = *state;
    struct raw_client client = client_connect(server->loop, 4096);
    client_send_text(server->loop, &client, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
    for (int i = 0; i < 20; i++) {
        fixture_turn(server->loop);
        client_read(&client, 1000);
    }
    assert_true(client.len < LARGE_BODY_BYTES); /* it really came in parts */
    assert_true(fixture_idle_wakes(server->loop) < FIXTURE_IDLE_WAKES_MAX);
    fixture_until(server->loop, client_has(&client, LARGE_BODY_BYTES));
    size_t head_len = (size_t)(strstr(client.data, "\r\n\r\n") + 4 - client.data);
    fixture_until(server->loop, client_has(&client, head_len + LARGE_BODY_BYTES));
    assert_memory_equal(client.data + head_len, server->large_body, LARGE_BODY_BYTES);
    client_drop_input(&client, head_len + LARGE_BODY_BYTES);
    client_send_text(server->loop, &client, "GET /next HTTP/1.1\r\nHost: x\r\n\r\n");
    fixture_until(server->loop, client_has_text(&client, "<GET /next"));
    client_close(&client);
}

static void test_answer_may_come_later(void **state) {
    struct server *server = *state;
    struct raw_client client = client_connect(server->loop, 0);
    client_send_text(server->loop, &client,
                     "GET /later HTTP/1.1\r\nHost: x\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n");
    fixture_until(server->loop, server->waiting_n == 1);
    /* Unread input meanwhile must neither be handled nor keep the loop busy. */
    assert_true(fixture_idle_wakes(server->loop) < FIXTURE_IDLE_WAKES_MAX);
    assert_int_equal(server->requests_n, 1);
    respond_text(server->waiting[0], 200, "at last");
    fixture_until(server->loop, client_has_text(&client, "<GET /next"));
    assert_true(strstr(client.data, "at last") < strstr(client.data, "<GET /next"));
    client_close(&client);
}

static void test_client_may_leave_before_the_answer(void **state) {
    struct server *server = *state;
    struct raw_client client = client_connect(server->loop, 0);
    client_send_text(server->loop, &client, "GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
    fixture_until(server->loop, server->waiting_n == 1);
    const struct linger reset = {.l_onoff = 1};
    setsockopt(client.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    client_close(&client);
    fixture_turn(server->loop);
    respond_text(server->waiting[0], 200, "too late");
    fixture_until(server->loop, loop_connections_n(server->loop) == 0);

    client = client_connect(server->loop, 0);
    client_send_text(server->loop, &client, "GET /later?kept HTTP/1.1\r\nHost: x\r\n\r\n");
    fixture_until(server->loop, server->waiting_n == 2);
    loop_destroy(&server->loop);
    assert_string_equal(server->waiting[1]->query, "kept"); /* valid until it is answered */
    respond_text(server->waiting[1], 200, "too late");
    client_close(&client);
}

static void test_half_closed_client_gets_its_answer(void **state) {
    struct server *server = *state;
    struct raw_client client = client_connect(server->loop, 0);
    client_send_text(server->loop, &client, "GET /half HTTP/1.1\r\nHost: x\r\n\r\n");
    shutdown(client.fd, SHUT_WR);
    fixture_until(server->loop, client_is_over(&client));
    assert_non_null(strstr(client.data, "<GET /half"));
    client_close(&client);
}

static void test_expect_continue_is_answered(void **state) {
    struct server *server = *state;
    struct raw_client client = client_connect(server->loop, 0);
    client_send_text(server->loop, &client,
                     "PUT /e HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    fixture_until(server->loop, client_has_text(&client, "HTTP/1.1 100 Continue\r\n\r\n"));
    client_send_text(server->loop, &client, "ok");
    fixture_until(server->loop, client_has_text(&client, "<PUT /e?|-|ok|"));
    client_close(&client);
}

static void test_trickling_request_times_out_as_a_whole(void **state) {
    struct server *server = *state;
    static const char *const beginnings[] = {"GET / HT", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nabc"};
    for (size_t i = 0; i < COUNT_OF(beginnings); i++) {
        struct raw_client client = client_connect(server->loop, 0);
        client_send_text(server->loop, &client, beginnings[i]);
        for (int second = 0; second < 9; second++) {
            client_send_text(server->loop, &client, "x");
            for (int turn = 0; turn < 3; turn++)
                fixture_turn(server->loop);
            manual_clock_advance(&server->clock, 1000);
        }
        assert_row(!client_is_over(&client) && client.len == 0, beginnings[i]);
        manual_clock_advance(&server->clock, 1200);
        fixture_until(server->loop, client_is_over(&client));
        assert_row(strncmp(client.data, "HTTP/1.1 408 ", 13) == 0, beginnings[i]);
        client_close(&client);
    }
}

static void test_silent_connections_are_closed(void **state) {
    struct server *server = *state;
    struct raw_client fresh = client_connect(server->loop, 0), used;
    static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    ask(server, &used, request, sizeof request - 1);
    fixture_until(server->loop, client_has_text(&used, ">"));
    manual_clock_advance(&server->clock, 11000);
    fixture_until(server->loop, client_is_over(&fresh));
    assert_int_equal(fresh.len, 0);
    assert_false(client_is_over(&used)); /* keep-alive has more time */
    manual_clock_advance(&server->clock, 50000);
    fixture_until(server->loop, client_is_over(&used));
    assert_int_equal(loop_connections_n(server->loop), 0);
    client_close(&fresh);
    client_close(&used);
}

static void test_stop_listening_lets_requests_end(void **state) {
    struct server *server = *state;
    struct raw_client idle, busy = client_connect(server->loop, 0);
    static const char request[] = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
    ask(server, &idle, request, sizeof request - 1);
    client_send_text(server->loop, &busy, "GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
    fixture_until(server->loop, server->waiting_n == 1);
    int port = loop_port(server->loop);
    loop_stop_listening(server->loop);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_not_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    fixture_until(server->loop, client_is_over(&idle));
    respond_text(server->waiting[0], 200, "at last");
    fixture_until(server->loop, client_is_over(&busy));
    assert_non_null(strstr(busy.data, "connection: close\r\n"));
    assert_non_null(strstr(busy.data, "at last"));
    client_close(&idle);
    client_close(&busy);
    fixture_until(server->loop, loop_connections_n(server->loop) == 0);
}

#define HTTP_TEST(name) cmocka_unit_test_setup_teardown(name, server_setup, server_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        HTTP_TEST(test_requests_arrive_as_sent),
        HTTP_TEST(test_refusals_are_answered_then_closed),
        HTTP_TEST(test_a_head_that_is_too_large_says_which_part),
        HTTP_TEST(test_nul_and_endless_heads_are_refused),
        HTTP_TEST(test_answer_survives_an_unread_body),
        HTTP_TEST(test_bytes_may_come_one_by_one),
        HTTP_TEST(test_pipelined_requests_keep_their_order),
        HTTP_TEST(test_head_has_the_length_but_no_body),
        HTTP_TEST(test_no_body_with_204_and_no_made_up_headers),
        HTTP_TEST(test_large_response_to_a_slow_reader),
        HTTP_TEST(test_answer_may_come_later),
        HTTP_TEST(test_client_may_leave_before_the_answer),
        HTTP_TEST(test_half_closed_client_gets_its_answer),
        HTTP_TEST(test_expect_continue_is_answered),
        HTTP_TEST(test_trickling_request_times_out_as_a_whole),
        HTTP_TEST(test_silent_connections_are_closed),
        HTTP_TEST(test_stop_listening_lets_requests_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
