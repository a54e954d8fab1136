/* links: pf_net pf_ops pf_base */
/* TLS in a loop: a client of OpenSSL's on a raw socket, turned by turned with
 * the server in one thread. */
#include "unit/tls_fixture.h"

static void test_messages_come_through_however_they_are_cut(void **state) {
    struct server *server = *state;
    struct tls_client client = tls_open(server, 0);
    for (size_t pieces = 1; pieces < 20; pieces++) {
        char text[32], line[64];
        snprintf(text, sizeof text, "hello in %zu records", pieces);
        snprintf(line, sizeof line, "message %s\n", text);
        tls_send_frame(server, &client, 0x81, text, strlen(text), pieces);
        fixture_until(server->loop, log_has(last_session(server), line));
    }
    tls_send_frame(server, &client, 0x89, "ping", 4, 1);
    fixture_until(server->loop, tls_has(&client, 6));
    assert_memory_equal(client.raw.data, "\x8a\x04ping", 6);
    tls_close(&client);
    fixture_until(server->loop, last_session(server)->is_closed);
}

/* The close code reaches the peer, the peer's answer the library, and a goodbye of TLS ends it. */
static void test_closing_handshakes(void **state) {
    struct server *server = *state;
    struct tls_client client = tls_open(server, 0);
    tls_send_frame(server, &client, 0x81, "close", 5, 1);
    fixture_until(server->loop, tls_has(&client, 4));
    assert_true(has_close_frame(&client.raw, 4400));
    tls_send_frame(server, &client, 0x88, "\x11\x30", 2, 1);
    fixture_until(server->loop, tls_is_over(&client));
    assert_int_equal(SSL_get_shutdown(client.ssl) & SSL_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN);
    fixture_until(server->loop, last_session(server)->is_closed);
    tls_close(&client);
    fixture_until(server->loop, loop_connections_n(server->loop) == 0);

    client = tls_open(server, 0);
    tls_send_frame(server, &client, 0x88, "\x03\xe8", 2, 1);
    fixture_until(server->loop, tls_is_over(&client));
    assert_memory_equal(client.raw.data, "\x88\x02\x03\xe8", 4);
    tls_close(&client);
    fixture_until(server->loop, last_session(server)->is_closed && loop_connections_n(server->loop) == 0);
}

/* The peer ends its side with a goodbye of TLS, or without one, or in the middle of a record. */
static void test_ends_of_the_peer(void **state) {
    struct server *server = *state;
    for (int way = 0; way < 3; way++) {
        struct tls_client client = tls_open(server, 0);
        if (way == 0)
            SSL_shutdown(client.ssl);
        else if (way == 1)
            shutdown(client.raw.fd, SHUT_WR);
        else
            assert_int_equal(send(client.raw.fd, "\x17\x03\x03\x01\x00garbage", 12, 0), 12);
        if (way == 2)
            shutdown(client.raw.fd, SHUT_WR);
        fixture_until(server->loop, last_session(server)->is_closed);
        tls_close(&client);
        fixture_until(server->loop, loop_connections_n(server->loop) == 0);
    }
}

/* What a slow reader is sent, and has read of it. */
struct reading {
    struct server *server;
    struct tls_client client;
    struct session *session;
    size_t written_n, blocked_n, pings_n, pongs_n, frames_n;
    bool is_waiting;
};

/* Three frames in one write, each beginning with its number. */
static void write_three(struct reading *reading) {
    struct frame *frames[3];
    char payload[9000];
    for (size_t n = 0; n < 3; n++) {
        size_t len = (size_t)rand() % sizeof payload;
        len = len < 8 ? 8 : len;
        memset(payload, 'x', len);
        snprintf(payload, 8, "%07zu", reading->written_n + n);
        assert_int_equal(frame_create(payload, len, &frames[n]), STATUS_OK);
    }
    reading->session->is_writable = false;
    enum websocket_written written = websocket_write(reading->session->websocket, frames, 3);
    assert_true(written != WEBSOCKET_CLOSED);
    reading->written_n += written == WEBSOCKET_SENT ? 3 : 0;
    reading->is_waiting = written == WEBSOCKET_BLOCKED;
    reading->blocked_n += reading->is_waiting;
    for (size_t n = 0; n < 3; n++)
        frame_unref(&frames[n]);
}

/* Takes whole frames from what has been read; text ones must be the next ones. */
static void take_frames(struct reading *reading) {
    struct raw_client *raw = &reading->client.raw;
    const unsigned char *at = (const unsigned char *)raw->data;
    size_t used = 0;
    while (raw->len - used >= 4) {
        size_t len = at[used + 1], header = 2;
        if (len == 126)
            len = (size_t)at[used + 2] * 256 + at[used + 3], header = 4;
        if (raw->len - used < header + len)
            break;
        if (at[used] == 0x8a) {
            reading->pongs_n++;
        } else {
            char number[8];
            snprintf(number, sizeof number, "%07zu", reading->frames_n++);
            assert_int_equal(at[used], 0x81);
            assert_memory_equal(at + used + header, number, 7);
        }
        used += header + len;
    }
    if (used)
        client_drop_input(raw, used);
}

/* Frames, pongs of the library and a client that reads in bits: nothing is lost, doubled or out of order. */
static void test_a_slow_reader_gets_everything_in_order(void **state) {
    struct server *server = *state;
    struct reading reading = {.server = server, .client = tls_open(server, 4096), .session = last_session(server)};
    const size_t wanted_n = 400;
    srand(7);
    int64_t until_ms = clock_monotonic_ms(clock_system()) + 60000;
    while (reading.frames_n < wanted_n) {
        assert_true(clock_monotonic_ms(clock_system()) < until_ms);
        if (reading.is_waiting && reading.session->is_writable)
            reading.is_waiting = false;
        for (int i = rand() % 8; i >= 0 && reading.written_n < wanted_n && !reading.is_waiting; i--)
            write_three(&reading);
        if (rand() % 3 == 0 && reading.pings_n < 100) {
            tls_send_frame(server, &reading.client, 0x89, "p", 1, 1);
            reading.pings_n++;
        }
        fixture_turn(server->loop);
        tls_read(&reading.client, (size_t)(rand() % 20000));
        take_frames(&reading);
    }
    assert_true(reading.blocked_n > 10);
    fixture_until(server->loop, reading.session->is_writable || !reading.is_waiting);
    assert_false(websocket_is_blocked(reading.session->websocket));
    assert_true(reading.pongs_n > 0 && reading.pongs_n <= reading.pings_n);
    tls_close(&reading.client);
}

/* Large frames are written one by one: those behind a pending one are the library's, and the next write waits for it.
 */
static void test_large_frames_behind_pending_ones_keep_their_order(void **state) {
    struct server *server = *state;
    const size_t len = 700000, header = 10;
    struct tls_client client = tls_open(server, 4096);
    struct session *session = last_session(server);
    struct frame *frames[3], *small;
    char *payload = malloc(len);
    assert_non_null(payload);
    for (size_t i = 0; i < COUNT_OF(frames); i++) {
        memset(payload, (int)('a' + i), len);
        assert_int_equal(frame_create(payload, len, &frames[i]), STATUS_OK);
    }
    free(payload);
    assert_int_equal(frame_create("end", 3, &small), STATUS_OK);
    assert_int_equal(websocket_write(session->websocket, frames, 3), WEBSOCKET_SENT);
    while (websocket_write(session->websocket, &small, 1) == WEBSOCKET_BLOCKED) {
        fixture_turn(server->loop);
        tls_read(&client, 100000);
    }
    fixture_until(server->loop, tls_has(&client, 3 * (header + len) + 5));
    for (size_t i = 0; i < COUNT_OF(frames); i++) {
        const char *at = client.raw.data + i * (header + len);
        assert_memory_equal(at, "\x81\x7f\0\0\0\0\0\x0a\xae\x60", header);
        assert_memory_equal(at + header, frame_payload(frames[i]), len);
        frame_unref(&frames[i]);
    }
    assert_memory_equal(client.raw.data + 3 * (header + len),
                        "\x81\x03"
                        "end",
                        5);
    frame_unref(&small);
    tls_close(&client);
}

/* What nobody reads is not read from the peer either; afterwards all of it comes. */
static void test_paused_reading_holds_the_peer_back(void **state) {
    struct server *server = *state;
    struct tls_client client = tls_open(server, 0);
    tls_send_frame(server, &client, 0x81, "pause", 5, 1);
    fixture_until(server->loop, log_has(last_session(server), "message pause\n"));
    char text[1000];
    memset(text, 'z', sizeof text);
    unsigned char frame[1100];
    size_t header = websocket_header_size(sizeof text);
    websocket_header_write(frame + header, sizeof text, 0x82);
    frame[1] |= 0x80;
    memset(frame + header, 0, 4);
    memcpy(frame + header + 4, text, sizeof text);
    size_t total = header + 4 + sizeof text, sent = 0;
    for (int idle = 0; idle < 20 && sent < (size_t)64 * 1024 * 1024;) {
        int n = SSL_write(client.ssl, frame, (int)total);
        sent += n > 0 ? (size_t)n : 0;
        idle = n > 0 ? 0 : idle + 1;
        if (n <= 0)
            fixture_turn(server->loop);
    }
    assert_true(sent < (size_t)16 * 1024 * 1024); /* the kernel's buffers, and no more */
    assert_true(fixture_idle_wakes(server->loop) < FIXTURE_IDLE_WAKES_MAX);
    websocket_pause_reading(last_session(server)->websocket, false);
    fixture_until(server->loop, log_has(last_session(server), "binary\n"));
    tls_close(&client);
    fixture_until(server->loop, last_session(server)->is_closed);
}

static void test_a_client_that_does_not_read_is_closed_as_stalled(void **state) {
    struct server *server = *state;
    struct tls_client client = tls_open(server, 4096);
    struct session *session = last_session(server);
    char payload[60000];
    memset(payload, 'x', sizeof payload);
    struct frame *frame;
    assert_int_equal(frame_create(payload, sizeof payload, &frame), STATUS_OK);
    int written_n = 0;
    while (websocket_write(session->websocket, &frame, 1) == WEBSOCKET_SENT)
        written_n++;
    frame_unref(&frame);
    assert_true(written_n < 100 && websocket_is_blocked(session->websocket));
    assert_true(fixture_idle_wakes(server->loop) < FIXTURE_IDLE_WAKES_MAX);
    /* The first check sees what the peer's kernel took meanwhile. */
    manual_clock_advance(&server->clock, 61000);
    fixture_turn(server->loop);
    assert_false(session->is_closed);
    manual_clock_advance(&server->clock, 61000);
    fixture_until(server->loop, log_has(session, "stalled\n"));
    fixture_until(server->loop, session->is_closed && loop_connections_n(server->loop) == 0);
    tls_close(&client);
}

/* Closing while the peer does not read: the code comes behind what was written, or the end of patience. */
static void test_close_behind_what_is_pending(void **state) {
    struct server *server = *state;
    for (int reads = 0; reads < 2; reads++) {
        struct tls_client client = tls_open(server, 4096);
        struct session *session = last_session(server);
        char payload[60000];
        memset(payload, 'x', sizeof payload);
        struct frame *frame;
        assert_int_equal(frame_create(payload, sizeof payload, &frame), STATUS_OK);
        size_t written_n = 0;
        while (websocket_write(session->websocket, &frame, 1) == WEBSOCKET_SENT)
            written_n++;
        frame_unref(&frame);
        websocket_close(session->websocket, 4400, "enough");
        if (reads) {
            fixture_until(server->loop, tls_has(&client, written_n * (sizeof payload + 4) + 4));
            client_drop_input(&client.raw, written_n * (sizeof payload + 4));
            assert_true(has_close_frame(&client.raw, 4400));
            tls_close(&client);
        } else {
            manual_clock_advance(&server->clock, 6000);
        }
        fixture_until(server->loop, session->is_closed);
        if (!reads) {
            manual_clock_advance(&server->clock, 6000);
            fixture_until(server->loop, loop_connections_n(server->loop) == 0);
            tls_close(&client);
        }
        fixture_until(server->loop, loop_connections_n(server->loop) == 0);
    }
}

/* A handshake that does not come on is cut; a plain request is told; garbage is cut at once. */
static void test_what_is_not_a_handshake(void **state) {
    struct server *server = *state;
    int64_t failed = metrics_get(METRIC_TLS_HANDSHAKES_FAILED);
    struct raw_client half = client_connect(server->loop, 0);
    client_send(server->loop, &half, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
    struct raw_client idle = client_connect(server->loop, 0);
    fixture_until(server->loop, loop_connections_n(server->loop) == 2);
    assert_true(fixture_idle_wakes(server->loop) < FIXTURE_IDLE_WAKES_MAX);

    struct raw_client plain = client_connect(server->loop, 0);
    client_send_text(server->loop, &plain, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    fixture_until(server->loop, client_is_over(&plain));
    assert_int_equal(strncmp(plain.data, "HTTP/1.1 404 ", 13), 0); /* the fixture's answer to any refusal */
    assert_non_null(strstr(plain.data, "connection: close\r\n"));
    struct raw_client garbage = client_connect(server->loop, 0);
    client_send(server->loop, &garbage, "\x80\x00\xff\r\n\r\n", 7);
    fixture_until(server->loop, client_is_over(&garbage));
    assert_int_equal(garbage.len, 0);

    manual_clock_advance(&server->clock, 9000);
    fixture_turn(server->loop);
    assert_false(client_is_over(&half));
    manual_clock_advance(&server->clock, 1500);
    fixture_until(server->loop, client_is_over(&half) && client_is_over(&idle));
    assert_int_equal(metrics_get(METRIC_TLS_HANDSHAKES_FAILED), failed + 3);
    client_close(&half), client_close(&idle), client_close(&plain), client_close(&garbage);
}

/* A client that lets us answer key updates for ever without reading is cut. */
static void test_answers_that_nobody_reads(void **state) {
    struct server *server = *state;
    struct tls_client client = tls_open(server, 4096);
    int64_t until_ms = clock_monotonic_ms(clock_system()) + FIXTURE_PATIENCE_MS;
    /* Our part of the socket is filled first. */
    char payload[60000];
    memset(payload, 'x', sizeof payload);
    struct frame *frame;
    assert_int_equal(frame_create(payload, sizeof payload, &frame), STATUS_OK);
    while (websocket_write(last_session(server)->websocket, &frame, 1) == WEBSOCKET_SENT)
        continue;
    frame_unref(&frame);
    while (!last_session(server)->is_closed) {
        assert_true(clock_monotonic_ms(clock_system()) < until_ms);
        if (SSL_key_update(client.ssl, SSL_KEY_UPDATE_REQUESTED) == 1)
            (void)SSL_do_handshake(client.ssl);
        fixture_turn(server->loop);
    }
    tls_close(&client);
}

#define TLS_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TLS_TEST(test_messages_come_through_however_they_are_cut),
        TLS_TEST(test_closing_handshakes),
        TLS_TEST(test_ends_of_the_peer),
        TLS_TEST(test_a_slow_reader_gets_everything_in_order),
        TLS_TEST(test_large_frames_behind_pending_ones_keep_their_order),
        TLS_TEST(test_paused_reading_holds_the_peer_back),
        TLS_TEST(test_a_client_that_does_not_read_is_closed_as_stalled),
        TLS_TEST(test_close_behind_what_is_pending),
        TLS_TEST(test_what_is_not_a_handshake),
        TLS_TEST(test_answers_that_nobody_reads),
    };
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
