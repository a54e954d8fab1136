/* links: pf_net pf_ops pf_base */
/* What goes out of WebSocket connections: the byte stream, slow and dead peers,
 * the end of the loop. */
#include "unit/websocket_fixture.h"

static uint32_t next_random(uint32_t *seed) {
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* What must come out of the socket, byte by byte. */
struct expected_stream {
    unsigned char *bytes;
    size_t len, capacity;
};

static void expect_frame(struct expected_stream *stream, const unsigned char *payload, size_t len) {
    while (stream->capacity < stream->len + len + WEBSOCKET_HEADER_MAX) {
        stream->capacity = stream->capacity ? stream->capacity * 2 : 1024 * 1024;
        stream->bytes = realloc(stream->bytes, stream->capacity);
        assert_non_null(stream->bytes);
    }
    if (!stream->bytes)
        abort(); /* the analyzer does not know that a failed check ends the test */
    unsigned char *at = stream->bytes + stream->len;
    /* Written out once more, apart from the code under test. */
    *at++ = 0x81;
    if (len < 126) {
        *at++ = (unsigned char)len;
    } else if (len < 65536) {
        *at++ = 126, *at++ = (unsigned char)(len / 256), *at++ = (unsigned char)(len % 256);
    } else {
        *at++ = 127;
        for (int shift = 56; shift >= 0; shift -= 8)
            *at++ = (unsigned char)((uint64_t)len >> shift);
    }
    if (len)
        memcpy(at, payload, len);
    stream->len = (size_t)(at - stream->bytes) + len;
}

static struct frame *random_frame(uint32_t *seed) {
    static const size_t sizes[] = {0, 1, 100, 125, 126, 127, 2000, 65535, 65536, 300 * 1024};
    size_t len = next_random(seed) % 3 ? next_random(seed) % 5000 : sizes[next_random(seed) % COUNT_OF(sizes)];
    unsigned char *payload = malloc(len + 1);
    assert_non_null(payload);
    for (size_t i = 0; i < len; i++)
        payload[i] = (unsigned char)('a' + (i + len) % 26);
    struct frame *frame = NULL;
    assert_int_equal(frame_create(payload, len, &frame), STATUS_OK);
    free(payload);
    return frame;
}

/* Single frames and groups, of all sizes, to a client with a tiny buffer that
 * reads little by little: partial writes everywhere, not a byte wrong. */
static void test_stream_is_right_byte_for_byte(void **state) {
    struct server *server = *state;
    struct raw_client client = open_client(server, 4096);
    struct session *session = last_session(server);
    struct expected_stream stream = {NULL, 0, 0};
    uint32_t seed = 4;
    size_t blocked_n = 0, sent_n = 0, checked = 0;
    session->is_writable = true;
    while (sent_n < 400 || checked < stream.len) {
        while (session->is_writable && sent_n < 400) {
            struct frame *frames[8];
            size_t frames_n = next_random(&seed) % 2 ? 1 : 1 + next_random(&seed) % COUNT_OF(frames);
            for (size_t i = 0; i < frames_n; i++)
                frames[i] = random_frame(&seed);
            bool was_blocked = websocket_is_blocked(session->websocket);
            enum websocket_written written = websocket_write(session->websocket, frames, frames_n);
            assert_int_equal(written, was_blocked ? WEBSOCKET_BLOCKED : WEBSOCKET_SENT);
            if (written == WEBSOCKET_SENT)
                sent_n += frames_n;
            else
                session->is_writable = false, blocked_n++;
            for (size_t i = 0; i < frames_n; i++) {
                if (written == WEBSOCKET_SENT)
                    expect_frame(&stream, frame_payload(frames[i]), frames[i]->len);
                frame_unref(&frames[i]);
            }
        }
        fixture_turn(server->loop);
        client_read(&client, 1 + next_random(&seed) % 200000);
        assert_true(checked + client.len <= stream.len);
        if (client.len)
            assert_memory_equal(client.data, stream.bytes + checked, client.len);
        checked += client.len;
        client.len = 0;
        assert_false(client.is_over);
    }
    assert_true(blocked_n > 10);
    free(stream.bytes);
    client_close(&client);
}

static struct frame *large_frame(void) {
    const size_t len = (size_t)8 * 1024 * 1024;
    char *payload = malloc(len);
    assert_non_null(payload);
    for (size_t i = 0; i < len; i++)
        payload[i] = (char)('a' + i * 31 % 26);
    struct frame *frame = NULL;
    assert_int_equal(frame_create(payload, len, &frame), STATUS_OK);
    free(payload);
    return frame;
}

static void test_snapshot_of_8_mib_arrives_whole(void **state) {
    struct server *server = *state;
    struct raw_client client = open_client(server, 0);
    struct frame *frame = large_frame();
    const size_t len = frame->len;
    /* Twice the same frame: its header is written into it each time. */
    struct frame *frames[2] = {frame, frame};
    assert_int_equal(websocket_write(last_session(server)->websocket, frames, 2), WEBSOCKET_SENT);
    fixture_until(server->loop, client_has(&client, 2 * (len + 10)));
    assert_int_equal(client.len, 2 * (len + 10));
    assert_memory_equal(client.data, "\x81\x7f\0\0\0\0\0\x80\0\0", 10);
    assert_memory_equal(client.data + 10, frame_payload(frame), len);
    assert_memory_equal(client.data + len + 20, frame_payload(frame), len);
    frame_unref(&frame);
    client_close(&client);
}

/* Writes until it is blocked; returns the payload bytes that were taken. */
static size_t fill(struct server *server, struct session *session) {
    char payload[2000];
    memset(payload, 'f', sizeof payload);
    struct frame *frame = NULL;
    assert_int_equal(frame_create(payload, sizeof payload, &frame), STATUS_OK);
    size_t taken = 0;
    for (int quiet = 0; quiet < 5; quiet++) {
        while (websocket_write(session->websocket, &frame, 1) == WEBSOCKET_SENT)
            taken += sizeof payload, quiet = 0;
        fixture_turn(server->loop);
    }
    frame_unref(&frame);
    return taken;
}

static void test_client_that_never_reads_costs_little(void **state) {
    struct server *server = *state;
    struct raw_client client = open_client(server, 4096);
    struct session *session = last_session(server);
    size_t taken = fill(server, session);
    assert_true(taken < 1024 * 1024); /* both kernels' buffers and one frame */
    session->is_writable = false;
    assert_true(fixture_idle_wakes(server->loop) < FIXTURE_IDLE_WAKES_MAX);
    assert_false(session->is_writable);
    assert_true(websocket_is_blocked(session->websocket));
    fixture_until(server->loop, client_has(&client, taken));
    fixture_until(server->loop, session->is_writable); /* arranged by WEBSOCKET_BLOCKED */
    client_close(&client);
}

static void let_time_pass(struct server *server, int64_t ms) {
    for (; ms > 0; ms -= 4000) {
        manual_clock_advance(&server->clock, ms < 4000 ? ms : 4000);
        fixture_turn(server->loop);
        fixture_turn(server->loop);
    }
}

static void test_stalled_client_is_closed(void **state) {
    struct server *server = *state;
    struct raw_client client = open_client(server, 4096);
    struct session *session = last_session(server);
    (void)fill(server, session);
    int64_t stalled_n = metrics_get(METRIC_CLOSED_STALLED);
    let_time_pass(server, 58000);
    assert_false(log_has(session, "stalled"));
    let_time_pass(server, 8000);
    fixture_until(server->loop, session->is_closed);
    assert_string_equal(session->log, "open 127.0.0.1\nstalled\nclosed\n");
    assert_int_equal(metrics_get(METRIC_CLOSED_STALLED), stalled_n + 1);
    client_close(&client);
}

static void test_progress_however_slow_is_life(void **state) {
    struct server *server = *state;
    struct raw_client client = open_client(server, 4096);
    struct session *session = last_session(server);
    struct frame *frame = large_frame();
    assert_int_equal(websocket_write(session->websocket, &frame, 1), WEBSOCKET_SENT);
    frame_unref(&frame);
    for (int round = 0; round < 4; round++) {
        let_time_pass(server, 40000);
        assert_true(websocket_is_blocked(session->websocket));
        /* Little enough to stay blocked, enough for the window to open. */
        client_read(&client, 16000);
        fixture_turn(server->loop);
    }
    assert_string_equal(session->log, "open 127.0.0.1\n");
    client_close(&client);
}

static void test_silent_client_is_pinged_then_closed(void **state) {
    struct server *server = *state;
    struct raw_client client = open_client(server, 0);
    struct session *session = last_session(server);
    let_time_pass(server, 24000);
    assert_false(client_has(&client, 1));
    let_time_pass(server, 2000);
    fixture_until(server->loop, client_has(&client, 3));
    assert_memory_equal(client.data, "\x89\x01?", 3);
    client_drop_input(&client, 3);
    send_frame(server, &client, 0x8a, "?", 1);
    for (int i = 0; i < 3; i++) /* let the pong be read */
        fixture_turn(server->loop);
    let_time_pass(server, 20000);
    assert_false(session->is_closed);
    let_time_pass(server, 6000);
    fixture_until(server->loop, client_has(&client, 3)); /* the next ping, 25 s after the pong */
    client_drop_input(&client, 3);
    let_time_pass(server, 9000);
    assert_false(log_has(session, "silent"));
    let_time_pass(server, 3000);
    fixture_until(server->loop, has_close_frame(&client, 4410));
    assert_string_equal(session->log, "open 127.0.0.1\nsilent\n");
    let_time_pass(server, 6000);
    fixture_until(server->loop, session->is_closed);
    client_close(&client);
}

static void test_destroy_closes_what_is_open(void **state) {
    struct server *server = *state;
    struct raw_client clients[5];
    for (size_t i = 0; i < COUNT_OF(clients); i++)
        clients[i] = open_client(server, 4096);
    (void)fill(server, server->sessions[1]);
    send_frame(server, &clients[2], 0x01, "half a message", 14);
    websocket_close(server->sessions[3]->websocket, 1012, "restart");
    (void)fill(server, server->sessions[4]);
    websocket_close(server->sessions[4]->websocket, 1012, "restart");
    fixture_turn(server->loop);
    assert_int_equal(loop_connections_n(server->loop), COUNT_OF(clients));
    loop_destroy(&server->loop);
    assert_int_equal(metrics_get(METRIC_CONNECTIONS), 0);
    for (size_t i = 0; i < COUNT_OF(clients); i++)
        client_close(&clients[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        WEBSOCKET_TEST(test_stream_is_right_byte_for_byte),
        WEBSOCKET_TEST(test_snapshot_of_8_mib_arrives_whole),
        WEBSOCKET_TEST(test_client_that_never_reads_costs_little),
        WEBSOCKET_TEST(test_stalled_client_is_closed),
        WEBSOCKET_TEST(test_progress_however_slow_is_life),
        WEBSOCKET_TEST(test_silent_client_is_pinged_then_closed),
        WEBSOCKET_TEST(test_destroy_closes_what_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
