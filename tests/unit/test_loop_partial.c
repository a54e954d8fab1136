/* links: pf_net pf_ops pf_base */
/* Sends that the socket takes only a part of, cut at every byte: the program's
 * send() is this file's for the library's calls, socket_send() for ours. */
#include "net/socket_send.h"
#include "unit/websocket_fixture.h"

#include <sys/socket.h>

/* What the next send() of the server takes; after it the socket is full. */
static struct {
    bool is_set;       /* the next send is cut */
    size_t taken;      /* it takes so many bytes */
    bool is_full;      /* then sends take nothing … */
    size_t refusals_n; /* … so often; 0: until is_full is cleared */
    int error;         /* instead: every send fails with it */
    size_t sends_n, refused_n;
} cut;

ssize_t send(int fd, const void *buf, size_t n, int flags) {
    if (cut.error) {
        errno = cut.error;
        return -1;
    }
    if (cut.is_set) {
        cut.is_set = false;
        cut.is_full = true;
        n = n < cut.taken ? n : cut.taken;
        if (n > 0) {
            cut.sends_n++;
            return sendto(fd, buf, n, flags, NULL, 0);
        }
    }
    if (cut.is_full) {
        cut.refused_n++;
        cut.is_full = cut.refused_n != cut.refusals_n;
        errno = EAGAIN;
        return -1;
    }
    cut.sends_n++;
    return sendto(fd, buf, n, flags, NULL, 0);
}

ssize_t socket_send(int fd, const void *bytes, size_t len) {
    return send(fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void cut_at(size_t taken) {
    cut.is_set = true;
    cut.is_full = false;
    cut.refusals_n = 0;
    cut.taken = taken;
    cut.sends_n = cut.refused_n = 0;
}

static int setup(void **state) {
    memset(&cut, 0, sizeof cut);
    return server_setup(state);
}

#define GROUP_N 4
static const size_t group_sizes[GROUP_N] = {0, 3, 125, 126};
#define GROUP_BYTES ((size_t)(2 + (2 + 3) + (2 + 125) + (4 + 126)))

/* A group of frames of all short header sizes, whose bytes tell `round` and place. */
static void make_group(struct frame *frames[GROUP_N], size_t round) {
    for (size_t i = 0; i < GROUP_N; i++) {
        char payload[126];
        for (size_t at = 0; at < sizeof payload; at++)
            payload[at] = (char)('a' + (round + i * 7 + at) % 26);
        assert_int_equal(frame_create(payload, group_sizes[i], &frames[i]), STATUS_OK);
    }
}

static void drop_group(struct frame *frames[GROUP_N]) {
    for (size_t i = 0; i < GROUP_N; i++)
        frame_unref(&frames[i]);
}

/* Takes the group from the client's input; headers written out once more, apart from the code under test. */
static void take_group(struct raw_client *client, size_t round) {
    struct frame *frames[GROUP_N];
    make_group(frames, round);
    const unsigned char *at = (const unsigned char *)client->data;
    assert_true(client->len >= GROUP_BYTES);
    for (size_t i = 0; i < GROUP_N; i++) {
        size_t len = group_sizes[i];
        assert_int_equal(*at++, 0x81);
        assert_int_equal(*at++, len < 126 ? len : 126);
        if (len >= 126) {
            assert_int_equal(at[0] * 256 + at[1], len);
            at += 2;
        }
        assert_memory_equal(at, frame_payload(frames[i]), len);
        at += len;
    }
    client_drop_input(client, GROUP_BYTES);
    drop_group(frames);
}

/* Everything the socket did not take comes later, in order, and what is written meanwhile is refused. */
static void test_a_send_cut_at_any_byte_goes_on_where_it_stopped(void **state) {
    struct server *server = *state;
    struct raw_client client = open_client(server, 0);
    struct session *session = last_session(server);
    for (size_t offset = 0; offset <= GROUP_BYTES; offset++) {
        struct frame *frames[GROUP_N];
        make_group(frames, offset);
        session->is_writable = false;
        cut_at(offset);
        assert_int_equal(websocket_write(session->websocket, frames, GROUP_N), WEBSOCKET_SENT);
        bool is_whole = offset == GROUP_BYTES;
        assert_int_equal(websocket_is_blocked(session->websocket), !is_whole);
        assert_int_equal(cut.sends_n, offset > 0); /* one send, and not one more for the library's part */
        if (!is_whole)
            assert_int_equal(websocket_write(session->websocket, frames, GROUP_N), WEBSOCKET_BLOCKED);
        drop_group(frames);
        if (!is_whole) { /* the library tries and gets nothing away */
            fixture_turn(server->loop);
            assert_false(session->is_writable);
        }
        cut.is_full = false;
        fixture_until(server->loop, client_has(&client, GROUP_BYTES));
        take_group(&client, offset);
        if (!is_whole)
            fixture_until(server->loop, session->is_writable);
    }
    assert_int_equal(client.len, 0);
    assert_false(websocket_is_blocked(session->websocket));
    client_close(&client);
}

/* Frames too large to be put together are written one after the other: behind a cut one they are the library's. */
static void test_large_frames_behind_a_cut_one_keep_their_order(void **state) {
    struct server *server = *state;
    const size_t len = 700000, header = 10;
    char *payload = malloc(len);
    assert_non_null(payload);
    static const size_t offsets[] = {0, 1, 9, 10, 11, 65536, 700009, 700010};
    for (size_t round = 0; round < 2 * COUNT_OF(offsets); round++) {
        struct raw_client client = open_client(server, 0);
        struct frame *frames[3];
        for (size_t i = 0; i < COUNT_OF(frames); i++) {
            memset(payload, (int)('a' + i), len);
            assert_int_equal(frame_create(payload, len, &frames[i]), STATUS_OK);
        }
        cut_at(offsets[round / 2]);
        cut.refusals_n = round % 2; /* once: there is room again for the second frame, which must not use it */
        assert_int_equal(websocket_write(last_session(server)->websocket, frames, 3), WEBSOCKET_SENT);
        assert_true(websocket_is_blocked(last_session(server)->websocket));
        cut.is_full = false;
        fixture_until(server->loop, client_has(&client, 3 * (header + len)));
        assert_int_equal(client.len, 3 * (header + len));
        for (size_t i = 0; i < COUNT_OF(frames); i++) {
            const char *at = client.data + i * (header + len);
            assert_memory_equal(at, "\x81\x7f\0\0\0\0\0\x0a\xae\x60", header);
            assert_memory_equal(at + header, frame_payload(frames[i]), len);
            frame_unref(&frames[i]);
        }
        client_close(&client);
        fixture_until(server->loop, last_session(server)->is_closed);
    }
    free(payload);
}

static void test_close_behind_a_cut_frame_comes_after_it(void **state) {
    struct server *server = *state;
    for (size_t offset = 0; offset <= GROUP_BYTES; offset += 13) {
        struct raw_client client = open_client(server, 0);
        struct session *session = last_session(server);
        struct frame *frames[GROUP_N];
        make_group(frames, offset);
        cut_at(offset);
        assert_int_equal(websocket_write(session->websocket, frames, GROUP_N), WEBSOCKET_SENT);
        websocket_close(session->websocket, 4400, "enough");
        assert_int_equal(websocket_write(session->websocket, frames, GROUP_N), WEBSOCKET_CLOSED);
        drop_group(frames);
        fixture_turn(server->loop);
        cut.is_full = false;
        fixture_until(server->loop, client_has(&client, GROUP_BYTES + 4));
        take_group(&client, offset);
        fixture_until(server->loop, has_close_frame(&client, 4400));
        client_close(&client);
        fixture_until(server->loop, session->is_closed);
    }
}

/* The library's own frames, here a pong, wait their turn behind ours and hold ours back. */
static void test_pong_that_does_not_fit_holds_frames_back(void **state) {
    struct server *server = *state;
    struct raw_client client = open_client(server, 0);
    struct session *session = last_session(server);
    for (size_t offset = 0; offset < 7; offset++) {
        send_frame(server, &client, 0x89, "hello", 5); /* before the cut: the client's sends are this file's too */
        cut_at(offset);
        fixture_until(server->loop, cut.is_full);
        assert_true(websocket_is_blocked(session->websocket));
        struct frame *frames[GROUP_N];
        make_group(frames, offset);
        session->is_writable = false;
        assert_int_equal(websocket_write(session->websocket, frames, GROUP_N), WEBSOCKET_BLOCKED);
        cut.is_full = false;
        fixture_until(server->loop, session->is_writable);
        assert_int_equal(websocket_write(session->websocket, frames, GROUP_N), WEBSOCKET_SENT);
        drop_group(frames);
        fixture_until(server->loop, client_has(&client, 7 + GROUP_BYTES));
        assert_memory_equal(client.data, "\x8a\x05hello", 7);
        client_drop_input(&client, 7);
        take_group(&client, offset);
    }
    client_close(&client);
}

static void test_a_failing_send_ends_the_connection(void **state) {
    struct server *server = *state;
    struct raw_client client = open_client(server, 0);
    struct session *session = last_session(server);
    struct frame *frames[GROUP_N];
    make_group(frames, 0);
    cut.error = ECONNRESET;
    assert_int_equal(websocket_write(session->websocket, frames, GROUP_N), WEBSOCKET_CLOSED);
    assert_int_equal(websocket_write(session->websocket, frames, GROUP_N), WEBSOCKET_CLOSED);
    drop_group(frames);
    fixture_until(server->loop, session->is_closed);
    cut.error = 0;
    assert_true(client_is_over(&client));
    assert_int_equal(client.len, 0);
    client_close(&client);
}

#define PARTIAL_TEST(name) cmocka_unit_test_setup_teardown(name, setup, server_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        PARTIAL_TEST(test_a_send_cut_at_any_byte_goes_on_where_it_stopped),
        PARTIAL_TEST(test_large_frames_behind_a_cut_one_keep_their_order),
        PARTIAL_TEST(test_close_behind_a_cut_frame_comes_after_it),
        PARTIAL_TEST(test_pong_that_does_not_fit_holds_frames_back),
        PARTIAL_TEST(test_a_failing_send_ends_the_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
