/* links: pf_net pf_ops pf_base */
/* WebSocket connections over real sockets: handshake, messages, closing,
 * reading that is paused. */
#include "unit/websocket_fixture.h"

static void test_handshake_answers_as_the_rfc_says(void **state) {
    struct server *server = *state;
    struct raw_client client = client_connect(server->loop, 0);
    client_send_text(server->loop, &client, HANDSHAKE);
    fixture_until(server->loop, client_has_text(&client, "\r\n\r\n"));
    assert_non_null(strcasestr(client.data, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    assert_null(strcasestr(client.data, "Sec-WebSocket-Protocol"));
    assert_null(strcasestr(client.data, "Sec-WebSocket-Extensions"));
    assert_string_equal(last_session(server)->log, "open 127.0.0.1\n");
    assert_int_equal(loop_connections_n(server->loop), 1);
    client_close(&client);
    fixture_until(server->loop, loop_connections_n(server->loop) == 0);
    assert_string_equal(last_session(server)->log, "open 127.0.0.1\nclosed\n");
}

#define UPGRADE "Host: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

static const struct {
    const char *name, *request, *expected;
} handshakes[] = {
    {"ours among others",
     "GET /stream HTTP/1.1\r\n" UPGRADE VERSION KEY "Sec-WebSocket-Protocol: a, test.v1 ,b\r\n\r\n",
     "Sec-WebSocket-Protocol: test.v1\r\n"},
    {"with a query, any case",
     "GET /stream?a=b HTTP/1.1\r\nHost: x\r\nUPGRADE: WebSocket\r\nconnection: UPGRADE\r\n" VERSION KEY "\r\n",
     "HTTP/1.1 101"},
    {"extensions are not taken",
     "GET /stream HTTP/1.1\r\n" UPGRADE VERSION KEY "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
     "HTTP/1.1 101"},
    {"no version", "GET /stream HTTP/1.1\r\n" UPGRADE KEY "\r\n", NULL},
    {"another version", "GET /stream HTTP/1.1\r\n" UPGRADE KEY "Sec-WebSocket-Version: 8\r\n\r\n", NULL},
    {"no key", "GET /stream HTTP/1.1\r\n" UPGRADE VERSION "\r\n", NULL},
    {"short key", "GET /stream HTTP/1.1\r\n" UPGRADE VERSION "Sec-WebSocket-Key: dGhlIHNhbXBsZQ==\r\n\r\n", NULL},
    {"key is no base64",
     "GET /stream HTTP/1.1\r\n" UPGRADE VERSION "Sec-WebSocket-Key: dGhlIHNhbX!sZSBub25jZQ==\r\n\r\n", NULL},
    {"key of 17 bytes",
     "GET /stream HTTP/1.1\r\n" UPGRADE VERSION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZTE=\r\n\r\n", NULL},
    {"other protocols only", "GET /stream HTTP/1.1\r\n" UPGRADE VERSION KEY "Sec-WebSocket-Protocol: test.v2\r\n\r\n",
     NULL},
    {"empty protocol list", "GET /stream HTTP/1.1\r\n" UPGRADE VERSION KEY "Sec-WebSocket-Protocol:\r\n\r\n", NULL},
    {"no Connection", "GET /stream HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n" VERSION KEY "\r\n", NULL},
    {"POST", "POST /stream HTTP/1.1\r\n" UPGRADE VERSION KEY "\r\n", NULL},
    {"HTTP/1.0", "GET /stream HTTP/1.0\r\n" UPGRADE VERSION KEY "\r\n", NULL},
    {"with a body", "GET /stream HTTP/1.1\r\n" UPGRADE VERSION KEY "Content-Length: 1\r\n\r\n", NULL},
    {"another path", "GET /other HTTP/1.1\r\n" UPGRADE VERSION KEY "\r\n", NULL},
    {"bytes behind it", "GET /stream HTTP/1.1\r\n" UPGRADE VERSION KEY "\r\n\x81\x80", NULL},
};

static void test_handshakes_are_checked(void **state) {
    struct server *server = *state;
    for (size_t i = 0; i < COUNT_OF(handshakes); i++) {
        int64_t refused_n = metrics_get(METRIC_HANDSHAKES_REFUSED);
        size_t sessions_n = server->sessions_n;
        struct raw_client client = client_connect(server->loop, 0);
        client_send_text(server->loop, &client, handshakes[i].request);
        fixture_until(server->loop, client_has_text(&client, "\r\n\r\n"));
        bool is_accepted = handshakes[i].expected != NULL;
        assert_row(strcasestr(client.data, is_accepted ? handshakes[i].expected : "HTTP/1.1 400 "), handshakes[i].name);
        assert_row(!strcasestr(client.data, "Extensions"), handshakes[i].name);
        assert_row(server->sessions_n == sessions_n + is_accepted, handshakes[i].name);
        assert_row(metrics_get(METRIC_HANDSHAKES_REFUSED) == refused_n + !is_accepted, handshakes[i].name);
        if (!is_accepted)
            fixture_until(server->loop, client_is_over(&client));
        client_close(&client);
    }
    fixture_until(server->loop, loop_connections_n(server->loop) == 0);
}

static void test_open_may_refuse(void **state) {
    struct server *server = *state;
    server->refuses = true;
    struct raw_client client = open_client(server, 0);
    fixture_until(server->loop, has_close_frame(&client, 1013));
    send_frame(server, &client, 0x88, "\x03\xf5", 2);
    fixture_until(server->loop, client_is_over(&client) && loop_connections_n(server->loop) == 0);
    client_close(&client);
}

static void test_messages_are_put_together(void **state) {
    struct server *server = *state;
    struct raw_client client = open_client(server, 0);
    char large[MESSAGE_BYTES_MAX + 1] = "";
    memset(large, 'm', MESSAGE_BYTES_MAX);
    send_text(server, &client, "one");
    send_frame(server, &client, 0x81, "", 0);
    send_frame(server, &client, 0x01, "tw", 2);
    send_frame(server, &client, 0x89, "in between", 10); /* a ping inside a message */
    send_frame(server, &client, 0x00, "", 0);
    send_frame(server, &client, 0x80, "o", 1);
    send_frame(server, &client, 0x01, "\xc3", 1); /* a character cut in two */
    send_frame(server, &client, 0x80, "\xa4", 1);
    send_text(server, &client, large);
    send_frame(server, &client, 0x01, large, 999); /* as large as allowed, in parts */
    send_frame(server, &client, 0x00, large, 999);
    send_frame(server, &client, 0x00, large, 2);
    send_frame(server, &client, 0x80, "", 0);
    send_text(server, &client, "end");
    fixture_until(server->loop, log_has(last_session(server), "message end\n"));
    char expected[3 * MESSAGE_BYTES_MAX];
    snprintf(expected, sizeof expected,
             "open 127.0.0.1\nmessage one\nmessage \nmessage two\nmessage \xc3\xa4\nmessage %s\nmessage %s\n"
             "message end\n",
             large, large);
    assert_string_equal(last_session(server)->log, expected);
    fixture_until(server->loop, client_has(&client, 12));
    assert_memory_equal(client.data, "\x8a\x0ain between", 12); /* the pong */
    client_close(&client);
}

static void test_bad_messages_close_with_their_code(void **state) {
    struct server *server = *state;
    char large[MESSAGE_BYTES_MAX + 1];
    memset(large, 'm', sizeof large);
    static const struct {
        const char *name;
        unsigned char first, second; /* of the frames; second 0: only one */
        const char *payload;
        size_t len, second_len;
        int code;
        const char *log;
    } rows[] = {
        {"invalid UTF-8", 0x81, 0, "a\xff", 2, 0, 1007, NULL},
        {"overlong UTF-8", 0x81, 0, "\xc0\xaf", 2, 0, 1007, NULL},
        {"surrogate", 0x81, 0, "\xed\xa0\x80", 3, 0, 1007, NULL},
        {"cut character", 0x81, 0, "\xc3", 1, 0, 1007, NULL},
        {"cut character, empty end", 0x01, 0x80, "\xc3", 1, 0, 1007, NULL},
        {"too large", 0x81, 0, NULL, MESSAGE_BYTES_MAX + 1, 0, 1009, "too large\n"},
        {"too large in parts", 0x01, 0x80, NULL, MESSAGE_BYTES_MAX, 1, 1009, "too large\n"},
        {"reserved opcode", 0x83, 0, "a", 1, 0, 1002, NULL},
        {"reserved bit", 0xc1, 0, "a", 1, 0, 1002, NULL},
        {"continuation of nothing", 0x80, 0, "a", 1, 0, 1002, NULL},
        {"message inside a message", 0x01, 0x81, "a", 1, 1, 1002, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct raw_client client = open_client(server, 0);
        send_frame(server, &client, rows[i].first, rows[i].payload ? rows[i].payload : large, rows[i].len);
        if (rows[i].second)
            send_frame(server, &client, rows[i].second, large, rows[i].second_len);
        send_text(server, &client, "not any more");
        fixture_until(server->loop, has_close_frame(&client, rows[i].code) || client_is_over(&client));
        assert_row(has_close_frame(&client, rows[i].code), rows[i].name);
        client_close(&client);
        fixture_until(server->loop, last_session(server)->is_closed);
        assert_row(!log_has(last_session(server), "message"), rows[i].name);
        assert_row(!rows[i].log || log_has(last_session(server), rows[i].log), rows[i].name);
    }
}

static void test_binary_is_told_once(void **state) {
    struct server *server = *state;
    struct raw_client client = open_client(server, 0);
    send_frame(server, &client, 0x82, "\xff\xff", 2);
    send_frame(server, &client, 0x02, "\xff\xff", 2);
    send_frame(server, &client, 0x80, "\xff\xff", 2);
    send_text(server, &client, "text");
    fixture_until(server->loop, log_has(last_session(server), "message text\n"));
    assert_string_equal(last_session(server)->log, "open 127.0.0.1\nbinary\nmessage text\n");
    client_close(&client);
}

static void test_close_from_inside_on_message(void **state) {
    struct server *server = *state;
    struct raw_client client = open_client(server, 0);
    send_text(server, &client, "close");
    send_text(server, &client, "ignored");
    fixture_until(server->loop, has_close_frame(&client, 4400));
    assert_memory_equal(client.data + 4, "as you wish", 11);
    struct frame *frame = NULL;
    assert_int_equal(frame_create("x", 1, &frame), STATUS_OK);
    assert_int_equal(websocket_write(last_session(server)->websocket, &frame, 1), WEBSOCKET_CLOSED);
    frame_unref(&frame);
    send_frame(server, &client, 0x88, "\x11\x30", 2);
    fixture_until(server->loop, client_is_over(&client) && last_session(server)->is_closed);
    assert_string_equal(last_session(server)->log, "open 127.0.0.1\nmessage close\nclosed\n");
    client_close(&client);
}

static void test_close_that_is_not_answered_ends(void **state) {
    struct server *server = *state;
    struct raw_client client = open_client(server, 0);
    websocket_close(last_session(server)->websocket, 1000, NULL);
    fixture_until(server->loop, has_close_frame(&client, 1000));
    assert_false(last_session(server)->is_closed);
    manual_clock_advance(&server->clock, 5100);
    fixture_until(server->loop, last_session(server)->is_closed && client_is_over(&client));
    client_close(&client);
}

static void test_client_may_close(void **state) {
    struct server *server = *state;
    struct raw_client client = open_client(server, 0);
    send_frame(server, &client, 0x88,
               "\x03\xe8"
               "bye",
               5);
    fixture_until(server->loop, client_is_over(&client) && last_session(server)->is_closed);
    assert_memory_equal(client.data,
                        "\x88\x05\x03\xe8"
                        "bye",
                        7);
    client_close(&client);
}

static void test_paused_messages_wait_and_arrive(void **state) {
    struct server *server = *state;
    struct raw_client client = open_client(server, 0);
    struct session *session = last_session(server);
    char text[64];
    for (int round = 0; round < 3; round++) {
        send_text(server, &client, "pause");
        for (int i = 0; i < 300; i++) {
            snprintf(text, sizeof text, "round %d number %d", round, i);
            send_text(server, &client, text);
        }
        snprintf(text, sizeof text, "message pause\n");
        fixture_until(server->loop, strcmp(session->log + session->log_len - strlen(text), text) == 0);
        assert_true(fixture_idle_wakes(server->loop) < FIXTURE_IDLE_WAKES_MAX);
        assert_string_equal(session->log + session->log_len - strlen(text), text);
        websocket_pause_reading(session->websocket, false);
        snprintf(text, sizeof text, "round %d number 299\n", round);
        fixture_until(server->loop, log_has(session, text));
    }
    /* All of them, once each, in order. */
    const char *at = session->log;
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < 300; i++) {
            snprintf(text, sizeof text, "message round %d number %d\n", round, i);
            at = strstr(at, text);
            assert_non_null(at);
        }
    assert_int_equal(strlen(at), strlen(text));
    client_close(&client);
}

static void test_paused_client_that_leaves_does_not_spin(void **state) {
    struct server *server = *state;
    struct raw_client client = open_client(server, 0);
    struct session *session = last_session(server);
    send_text(server, &client, "pause");
    fixture_until(server->loop, log_has(session, "pause"));
    send_text(server, &client, "unread");
    const struct linger reset = {.l_onoff = 1};
    setsockopt(client.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    client_close(&client);
    assert_true(fixture_idle_wakes(server->loop) < FIXTURE_IDLE_WAKES_MAX);
    websocket_pause_reading(session->websocket, false);
    fixture_until(server->loop, session->is_closed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WEBSOCKET_TEST(test_handshake_answers_as_the_rfc_says),
        WEBSOCKET_TEST(test_handshakes_are_checked),
        WEBSOCKET_TEST(test_open_may_refuse),
        WEBSOCKET_TEST(test_messages_are_put_together),
        WEBSOCKET_TEST(test_bad_messages_close_with_their_code),
        WEBSOCKET_TEST(test_binary_is_told_once),
        WEBSOCKET_TEST(test_close_from_inside_on_message),
        WEBSOCKET_TEST(test_close_that_is_not_answered_ends),
        WEBSOCKET_TEST(test_client_may_close),
        WEBSOCKET_TEST(test_paused_messages_wait_and_arrive),
        WEBSOCKET_TEST(test_paused_client_that_leaves_does_not_spin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
