/* The frames of a WebSocket client: what the library makes of them is put together
 * and read as messages. Whoever sends what, a message that comes out is UTF-8 and no
 * longer than it may be, and however the bytes are cut, the same ones come. The first
 * two bytes say the lengths of the pieces. */
#include "base/utf8.h"
#include "fuzz.h"
#include "net/websocket_server.h"
#include "protocol/messages.h"

#include <ev.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGE_MAX 600
#define PROTOCOL "portfolio.v1.json"
#define PIECES_MAX 64 /* then the rest at once */

/* One connection, as its handler saw it. */
struct run {
    struct strbuf seen;
    struct websocket *websocket;
    size_t events_n;
    bool is_open;
};

/* The library's context is made once: it takes longer than a thousand inputs. */
struct fixture {
    struct websocket_server server;
    struct timer_wheel wheel;
    struct manual_clock clock;
    struct run *run;
};

static void see(struct run *run, char kind, const char *bytes, size_t len) {
    FUZZ_CHECK(run->is_open);
    run->events_n++;
    strbuf_append_char(&run->seen, kind);
    strbuf_append_u64(&run->seen, len);
    strbuf_append_char(&run->seen, ':');
    strbuf_append(&run->seen, bytes, len);
}

static void check_message(const char *bytes, size_t len) {
    struct client_message message;
    struct message_error error;
    FUZZ_CHECK(len <= MESSAGE_MAX);
    for (size_t at = 0, n; at < len; at += n) {
        n = utf8_character_len(bytes + at, len - at);
        FUZZ_CHECK(n > 0);
    }
    enum status status = message_read(bytes, len, &message, &error);
    if (status == STATUS_OK)
        message_fini(&message);
    else
        FUZZ_CHECK(status == STATUS_INVALID && error.detail[0]);
}

static void *on_open(void *context, struct websocket *websocket, void *grant) {
    struct run *run = ((struct fixture *)context)->run;
    (void)grant;
    run->websocket = websocket;
    run->is_open = true;
    return run;
}

static void on_message(void *user, const char *bytes, size_t len) {
    check_message(bytes, len);
    see(user, 'M', bytes, len);
}

static void on_binary(void *user) {
    see(user, 'B', "", 0);
}

static void on_too_large(void *user) {
    see(user, 'L', "", 0);
}

static void on_writable(void *user) {
    (void)user;
}

static void on_dead(void *user, bool is_stalled) {
    (void)is_stalled; /* the clock stands still */
    FUZZ_CHECK(user == NULL);
}

static void on_closed(void *user) {
    ((struct run *)user)->is_open = false;
}

static void fixture_init(struct fixture *fixture) {
    char error[256];
    struct ev_loop *ev = ev_loop_new(EVFLAG_AUTO);
    FUZZ_CHECK(ev);
    manual_clock_init(&fixture->clock, 1000000);
    timer_wheel_init(&fixture->wheel, 50, fixture->clock.monotonic_ms);
    fixture->server = (struct websocket_server){
        .ev = ev,
        .wheel = &fixture->wheel,
        .clock = &fixture->clock.clock,
        .handler = {.context = fixture,
                    .on_open = on_open,
                    .on_message = on_message,
                    .on_binary = on_binary,
                    .on_too_large = on_too_large,
                    .on_writable = on_writable,
                    .on_dead = on_dead,
                    .on_closed = on_closed},
        .protocol = PROTOCOL,
        .max_message_bytes = MESSAGE_MAX,
        .liveness = {.ping_after_ms = 25000, .pong_within_ms = 10000, .stall_timeout_ms = 60000},
        .dead_close_code = 4410};
    FUZZ_CHECK(websocket_server_init(&fixture->server, error, sizeof error) == STATUS_OK);
}

/* Turns of the loop until nothing happens any more. ends[0] is the server's. */
static void settle(struct fixture *fixture, const int ends[2]) {
    char answer[4096];
    bool is_going = true;
    for (size_t unread_n = SIZE_MAX, events_n = 0; is_going;) {
        int waiting_n = 0;
        ev_run(fixture->server.ev, EVRUN_NOWAIT);
        is_going = ioctl(ends[0], FIONREAD, &waiting_n) == 0 && (size_t)waiting_n != unread_n;
        is_going = is_going || fixture->run->events_n != events_n;
        unread_n = (size_t)waiting_n;
        events_n = fixture->run->events_n;
        while (recv(ends[1], answer, sizeof answer, MSG_DONTWAIT) > 0)
            is_going = true;
    }
}

static void adopt(struct fixture *fixture, int ends[2]) {
    static char bytes[] = "GET /stream HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    char copy[sizeof bytes];
    struct head head;
    struct visitor visitor;
    memcpy(copy, bytes, sizeof bytes);
    FUZZ_CHECK(head_parse(copy, sizeof copy - 1, &head) == STATUS_OK);
    FUZZ_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    visitor_init(&visitor, &fixture->server.admission, "127.0.0.1");
    struct transport transport = {.fd = ends[0]};
    websocket_server_adopt(&fixture->server, &transport, &visitor, &head, NULL);
    FUZZ_CHECK(fixture->run->is_open);
}

static void run_bytes(struct fixture *fixture, struct run *run, const char *bytes, size_t len, const size_t cuts[2]) {
    *run = (struct run){.is_open = false};
    strbuf_init(&run->seen);
    fixture->run = run;
    int ends[2];
    adopt(fixture, ends);
    settle(fixture, ends);
    for (size_t at = 0, n = 0; at < len && run->is_open; n++) {
        size_t cut = n < PIECES_MAX && cuts[n % 2] < len - at ? cuts[n % 2] : len - at;
        ssize_t sent = send(ends[1], bytes + at, cut, MSG_NOSIGNAL);
        if (sent <= 0)
            break;
        at += (size_t)sent;
        settle(fixture, ends);
    }
    close(ends[1]);
    while (run->is_open) /* the library sees the end of the socket */
        ev_run(fixture->server.ev, EVRUN_ONCE);
    FUZZ_CHECK(websocket_server_connections_n(&fixture->server) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct fixture fixture;
    struct run whole, cut;
    if (size < 3)
        return 0;
    if (!fixture.server.ev)
        fixture_init(&fixture);
    const char *bytes = (const char *)data + 2;
    size_t len = size - 2;
    run_bytes(&fixture, &whole, bytes, len, (const size_t[2]){len, len});
    run_bytes(&fixture, &cut, bytes, len, (const size_t[2]){(size_t)data[0] + 1, (size_t)data[1] + 1});
    FUZZ_CHECK(whole.seen.len == cut.seen.len);
    FUZZ_CHECK(whole.seen.len == 0 || memcmp(whole.seen.data, cut.seen.data, whole.seen.len) == 0);
    strbuf_fini(&whole.seen);
    strbuf_fini(&cut.seen);
    return 0;
}
