/* links: pf_net pf_ops pf_base */
/* Handshakes that somebody else decides on, at once or later: what the decider
 * sees, what becomes of the socket, and of clients that cannot wait. */
#include "unit/websocket_fixture.h"

static int token; /* an address to pass */

static void on_handshake(void *context, struct http_request *request) {
    struct server *server = context;
    server->handshakes_n++;
    if (strcmp(request->query, "later") == 0)
        server->handshake = request;
    else if (strcmp(request->query, "no") == 0)
        http_respond(request, &(struct http_response){.status = 401, .body = "who?", .body_len = 4});
    else
        http_upgrade(request, &token);
}

static int setup(void **state) {
    struct server *server = calloc(1, sizeof *server);
    assert_non_null(server);
    manual_clock_init(&server->clock, 1000000);
    struct loop_config config = fixture_config(&server->clock.clock);
    config.http = (struct http_handler){.context = server, .on_request = on_request, .on_handshake = on_handshake};
    config.websocket = (struct websocket_handler){.context = server,
                                                  .on_open = on_open,
                                                  .on_message = on_message,
                                                  .on_binary = on_binary,
                                                  .on_too_large = on_too_large,
                                                  .on_writable = on_writable,
                                                  .on_dead = on_dead,
                                                  .on_closed = on_closed};
    server->loop = fixture_loop(&config);
    *state = server;
    return 0;
}

static struct raw_client ask(struct server *server, const char *query, const char *fields) {
    char request[1000];
    snprintf(request, sizeof request,
             "GET /stream?%s HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
             query, fields);
    struct raw_client client = client_connect(server->loop, 0);
    client_send_text(server->loop, &client, request);
    return client;
}

static void ask_later(struct server *server, struct raw_client *ret_client, const char *fields) {
    server->handshake = NULL;
    *ret_client = ask(server, "later", fields);
    fixture_until(server->loop, server->handshake);
}

static void test_upgraded_at_once(void **state) {
    struct server *server = *state;
    struct raw_client client = ask(server, "", "");
    fixture_until(server->loop, client_has_text(&client, "HTTP/1.1 101 "));
    assert_ptr_equal(last_session(server)->grant, &token);
    assert_int_equal(loop_connections_n(server->loop), 1);
    client_close(&client);
    fixture_until(server->loop, loop_connections_n(server->loop) == 0);
}

static void test_refused_with_an_answer(void **state) {
    struct server *server = *state;
    struct raw_client client = ask(server, "no", "");
    fixture_until(server->loop, client_is_over(&client));
    assert_int_equal(strncmp(client.data, "HTTP/1.1 401 ", 13), 0);
    assert_non_null(strstr(client.data, "connection: close\r\n"));
    assert_non_null(strstr(client.data, "\r\n\r\nwho?"));
    assert_int_equal(server->sessions_n, 0);
    client_close(&client);
    fixture_until(server->loop, loop_connections_n(server->loop) == 0);
}

static void test_only_what_passes_the_transport_is_asked_about(void **state) {
    struct server *server = *state;
    struct raw_client client = client_connect(server->loop, 0);
    client_send_text(server->loop, &client, "GET /stream HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\n\r\n");
    fixture_until(server->loop, client_has_text(&client, "HTTP/1.1 400 "));
    client_close(&client);
    client = client_connect(server->loop, 0);
    client_send_text(server->loop, &client, "GET /other HTTP/1.1\r\nHost: x\r\n\r\n");
    fixture_until(server->loop, client_has_text(&client, "HTTP/1.1 404 "));
    client_close(&client);
    assert_int_equal(server->handshakes_n, 0);
}

static void test_what_the_decider_sees(void **state) {
    struct server *server = *state;
    struct raw_client client;
    ask_later(
        server, &client,
        "Authorization: Bearer abc\r\nOrigin: http://a.example\r\nSec-WebSocket-Protocol: test.v1, bearer.xyz\r\n");
    const struct http_request *request = server->handshake;
    assert_string_equal(request->path, "/stream");
    assert_string_equal(request->query, "later");
    assert_string_equal(request->headers[HTTP_HEADER_AUTHORIZATION], "Bearer abc");
    assert_string_equal(request->headers[HTTP_HEADER_ORIGIN], "http://a.example");
    assert_string_equal(request->headers[HTTP_HEADER_HOST], "x");
    assert_string_equal(request->headers[HTTP_HEADER_SEC_WEBSOCKET_PROTOCOL], "test.v1, bearer.xyz");
    assert_string_equal(request->peer, "127.0.0.1");
    http_upgrade(server->handshake, NULL);
    fixture_until(server->loop, client_has_text(&client, "\r\n\r\n"));
    assert_int_equal(strncmp(client.data, "HTTP/1.1 101 ", 13), 0);
    /* The protocol and nothing of the token. */
    assert_non_null(strcasestr(client.data, "Sec-WebSocket-Protocol: test.v1\r\n"));
    assert_null(strstr(client.data, "xyz"));
    assert_null(last_session(server)->grant);
    client_close(&client);
    fixture_until(server->loop, loop_connections_n(server->loop) == 0);
}

/* What comes before the verdict waits in the socket; afterwards it is the first message. */
static void test_upgraded_later(void **state) {
    struct server *server = *state;
    struct raw_client client;
    ask_later(server, &client, "");
    send_text(server, &client, "early");
    assert_true(fixture_idle_wakes(server->loop) < FIXTURE_IDLE_WAKES_MAX);
    assert_int_equal(server->sessions_n, 0);
    http_upgrade(server->handshake, &token);
    fixture_until(server->loop, server->sessions_n == 1 && log_has(last_session(server), "message early"));
    assert_ptr_equal(last_session(server)->grant, &token);
    assert_true(client_has_text(&client, "HTTP/1.1 101 "));
    send_text(server, &client, "late");
    fixture_until(server->loop, log_has(last_session(server), "message late"));
    client_close(&client);
    fixture_until(server->loop, last_session(server)->is_closed);
}

static void test_refused_later(void **state) {
    struct server *server = *state;
    struct raw_client client;
    ask_later(server, &client, "");
    http_respond(server->handshake, &(struct http_response){.status = 401});
    fixture_until(server->loop, client_is_over(&client));
    assert_int_equal(strncmp(client.data, "HTTP/1.1 401 ", 13), 0);
    client_close(&client);
    fixture_until(server->loop, loop_connections_n(server->loop) == 0);
    assert_int_equal(server->sessions_n, 0);
}

/* A verdict for nobody: no session may come of it, and nothing may be lost. */
static void test_client_that_leaves_meanwhile(void **state) {
    struct server *server = *state;
    for (int is_refused = 0; is_refused < 2; is_refused++) {
        struct raw_client client;
        ask_later(server, &client, "");
        const struct linger reset = {.l_onoff = 1};
        setsockopt(client.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        client_close(&client);
        fixture_until(server->loop, atomic_load(&server->handshake->has_left));
        assert_true(fixture_idle_wakes(server->loop) < FIXTURE_IDLE_WAKES_MAX);
        if (is_refused)
            http_respond(server->handshake, &(struct http_response){.status = 401});
        else
            http_upgrade(server->handshake, &token);
        fixture_until(server->loop, loop_connections_n(server->loop) == 0);
    }
    for (size_t i = 0; i < server->sessions_n; i++)
        fixture_until(server->loop, server->sessions[i]->is_closed);
}

static void test_server_that_stops_meanwhile(void **state) {
    struct server *server = *state;
    struct raw_client client;
    ask_later(server, &client, "");
    loop_stop_listening(server->loop);
    http_upgrade(server->handshake, &token);
    fixture_until(server->loop, client_is_over(&client));
    assert_int_equal(strncmp(client.data, "HTTP/1.1 404 ", 13),
                     0); /* the fixture's answer to any refusal of this kind */
    assert_int_equal(server->sessions_n, 0);
    client_close(&client);
}

static void test_loop_that_ends_meanwhile(void **state) {
    struct server *server = *state;
    struct raw_client client;
    ask_later(server, &client, "");
    loop_destroy(&server->loop);
    http_upgrade(server->handshake, &token);
    assert_int_equal(server->sessions_n, 0);
    client_close(&client);
}

#define HANDSHAKE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, server_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        HANDSHAKE_TEST(test_upgraded_at_once),
        HANDSHAKE_TEST(test_refused_with_an_answer),
        HANDSHAKE_TEST(test_only_what_passes_the_transport_is_asked_about),
        HANDSHAKE_TEST(test_what_the_decider_sees),
        HANDSHAKE_TEST(test_upgraded_later),
        HANDSHAKE_TEST(test_refused_later),
        HANDSHAKE_TEST(test_client_that_leaves_meanwhile),
        HANDSHAKE_TEST(test_server_that_stops_meanwhile),
        HANDSHAKE_TEST(test_loop_that_ends_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
