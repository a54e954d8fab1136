/* A loop whose WebSocket handler writes down what it is told, and a raw client
 * that can send any frame. */
#ifndef PF_TESTS_UNIT_WEBSOCKET_FIXTURE_H
#define PF_TESTS_UNIT_WEBSOCKET_FIXTURE_H

#include "net/websocket_frame.h"
#include "ops/metrics.h"
#include "unit/loop_fixture.h"

#define MESSAGE_BYTES_MAX 2000
#define SESSIONS_MAX 64
#define HANDSHAKE                                                                                                      \
    "GET /stream HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"                     \
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

struct server;

/* What the handler saw of one connection. */
struct session {
    struct server *server;
    struct websocket *websocket; /* NULL after on_closed */
    char log[65536];             /* "open", "message:<text>", … one a line */
    size_t log_len;
    bool is_writable;
    void *grant; /* what the handshake was decided with */
    bool is_closed;
};

struct server {
    struct loop *loop;
    struct manual_clock clock;
    struct session *sessions[SESSIONS_MAX];
    size_t sessions_n;
    bool refuses;
    struct http_request *handshake; /* that waits for its verdict, of a handler that takes its time */
    size_t handshakes_n;
};

static inline void note(struct session *session, const char *what, const char *bytes, size_t len) {
    assert_false(session->is_closed);
    assert_true(session->log_len + strlen(what) + len + 3 < sizeof session->log);
    session->log_len += (size_t)sprintf(session->log + session->log_len, "%s%.*s\n", what, (int)len, bytes);
}

static inline void *on_open(void *context, struct websocket *websocket, void *grant) {
    struct server *server = context;
    if (server->refuses)
        return NULL;
    assert_true(server->sessions_n < SESSIONS_MAX);
    struct session *session = calloc(1, sizeof *session);
    assert_non_null(session);
    session->server = server;
    session->websocket = websocket;
    session->grant = grant;
    server->sessions[server->sessions_n++] = session;
    note(session, "open ", websocket_peer(websocket), strlen(websocket_peer(websocket)));
    return session;
}

static inline void on_message(void *user, const char *bytes, size_t len) {
    struct session *session = user;
    note(session, "message ", bytes, len);
    if (len == 5 && memcmp(bytes, "close", 5) == 0)
        websocket_close(session->websocket, 4400, "as you wish");
    if (len == 5 && memcmp(bytes, "pause", 5) == 0)
        websocket_pause_reading(session->websocket, true);
}

static inline void on_binary(void *user) {
    note(user, "binary", "", 0);
}
static inline void on_too_large(void *user) {
    note(user, "too large", "", 0);
}
static inline void on_writable(void *user) {
    struct session *session = user;
    assert_false(session->is_closed);
    session->is_writable = true;
}
static inline void on_dead(void *user, bool is_stalled) {
    note(user, is_stalled ? "stalled" : "silent", "", 0);
}
static inline void on_closed(void *user) {
    struct session *session = user;
    note(session, "closed", "", 0);
    session->websocket = NULL;
    session->is_closed = true;
}

static inline void on_request(void *context, struct http_request *request) {
    (void)context;
    const struct http_response response = {.status = request->refusal == HTTP_REFUSAL_UPGRADE ? 400 : 404};
    http_respond(request, &response);
}

/* What the servers that are set up from now on speak; NULL: plain. */
static struct tls_context *fixture_tls;

static inline int server_setup(void **state) {
    struct server *server = calloc(1, sizeof *server);
    assert_non_null(server);
    manual_clock_init(&server->clock, 1000000);
    struct loop_config config = fixture_config(&server->clock.clock);
    config.tls = fixture_tls;
    config.http = (struct http_handler){.on_request = on_request};
    config.websocket = (struct websocket_handler){.context = server,
                                                  .on_open = on_open,
                                                  .on_message = on_message,
                                                  .on_binary = on_binary,
                                                  .on_too_large = on_too_large,
                                                  .on_writable = on_writable,
                                                  .on_dead = on_dead,
                                                  .on_closed = on_closed};
    config.max_message_bytes = MESSAGE_BYTES_MAX;
    server->loop = fixture_loop(&config);
    *state = server;
    return 0;
}

static inline int server_teardown(void **state) {
    struct server *server = *state;
    loop_destroy(&server->loop);
    for (size_t i = 0; i < server->sessions_n; i++) {
        assert_true(server->sessions[i]->is_closed); /* on_closed came for each */
        free(server->sessions[i]);
    }
    free(server);
    return 0;
}

/* Connects, shakes hands, and drops the server's answer from the input. */
static inline struct raw_client open_client(struct server *server, int rcvbuf_bytes) {
    struct raw_client client = client_connect(server->loop, rcvbuf_bytes);
    client_send_text(server->loop, &client, HANDSHAKE);
    fixture_until(server->loop, client_has_text(&client, "\r\n\r\n"));
    assert_int_equal(strncmp(client.data, "HTTP/1.1 101 ", 13), 0);
    client_drop_input(&client, (size_t)(strstr(client.data, "\r\n\r\n") + 4 - client.data));
    return client;
}

static inline struct session *last_session(struct server *server) {
    return server->sessions[server->sessions_n - 1];
}

/* A masked frame of the client's. first: FIN and opcode. */
static inline void send_frame(struct server *server, struct raw_client *client, unsigned char first,
                              const char *payload, size_t len) {
    unsigned char *frame = malloc(len + 14);
    assert_non_null(frame);
    size_t size = websocket_header_size(len);
    websocket_header_write(frame + size, len, first);
    frame[1] |= 0x80;
    static const unsigned char mask[4] = {0x12, 0x00, 0xab, 0x7f};
    memcpy(frame + size, mask, 4);
    for (size_t i = 0; i < len; i++)
        frame[size + 4 + i] = (unsigned char)payload[i] ^ mask[i % 4];
    client_send(server->loop, client, frame, size + 4 + len);
    free(frame);
}

static inline void send_text(struct server *server, struct raw_client *client, const char *text) {
    send_frame(server, client, 0x81, text, strlen(text));
}

/* Whether a close frame with this code is all that is left to read. */
static inline bool has_close_frame(struct raw_client *client, int code) {
    if (!client_has(client, 4))
        return false;
    const unsigned char *bytes = (const unsigned char *)client->data;
    return bytes[0] == 0x88 && (size_t)bytes[1] + 2 <= client->len && bytes[2] * 256 + bytes[3] == code;
}

static inline bool log_has(const struct session *session, const char *text) {
    return strstr(session->log, text) != NULL;
}

#define WEBSOCKET_TEST(name) cmocka_unit_test_setup_teardown(name, server_setup, server_teardown)

#endif
