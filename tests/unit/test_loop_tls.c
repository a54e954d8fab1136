/* links: pf_net pf_ops pf_base */
/* TLS in a loop: a client of OpenSSL's on a raw socket, turned by turned with
 * the server in one thread. */
#include "net/tls_context.h"
#include "unit/websocket_fixture.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

static char directory[] = "/tmp/test-loop-tls-XXXXXX";
static char certificate_path[64], key_path[64];

static void write_pair(void) {
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    assert_non_null(key);
    assert_non_null(certificate);
    assert_int_equal(X509_set_version(certificate, 2), 1);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400L * 60);
    X509_set_pubkey(certificate, key);
    X509_NAME *name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"test", -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    FILE *file = fopen(certificate_path, "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_X509(file, certificate), 1);
    fclose(file);
    file = fopen(key_path, "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    fclose(file);
    assert_int_equal(chmod(key_path, 0600), 0);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static int files_setup(void **state) {
    (void)state;
    assert_non_null(mkdtemp(directory));
    snprintf(certificate_path, sizeof certificate_path, "%s/c.pem", directory);
    snprintf(key_path, sizeof key_path, "%s/k.pem", directory);
    write_pair();
    return 0;
}

static int files_teardown(void **state) {
    (void)state;
    unlink(certificate_path);
    unlink(key_path);
    return rmdir(directory);
}

struct tls_client {
    struct raw_client raw; /* data, len: decrypted */
    SSL_CTX *context;
    SSL *ssl;
};

static struct { struct tls_context *context; } tls;

static int setup(void **state) {
    char error[256] = "";
    if (tls_context_create(certificate_path, key_path, clock_system(), &tls.context, error, sizeof error) != STATUS_OK)
        fail_msg("%s", error);
    fixture_tls = tls.context;
    return server_setup(state);
}

static int teardown(void **state) {
    int result = server_teardown(state);
    fixture_tls = NULL;
    tls_context_destroy(&tls.context);
    return result;
}

/* What is there, at most `most` bytes. */
static void tls_read(struct tls_client *client, size_t most) {
    struct raw_client *raw = &client->raw;
    while (most > 0 && !raw->is_over) {
        if (raw->capacity - raw->len < 2) {
            raw->capacity = raw->capacity ? raw->capacity * 2 : 65536;
            raw->data = realloc(raw->data, raw->capacity);
            assert_non_null(raw->data);
        }
        size_t room = raw->capacity - raw->len - 1;
        ERR_clear_error();
        int n = SSL_read(client->ssl, raw->data + raw->len, (int)(room < most ? room : most));
        if (n > 0) {
            raw->len += (size_t)n, most -= (size_t)n;
            continue;
        }
        if (SSL_get_error(client->ssl, n) == SSL_ERROR_WANT_READ)
            break;
        raw->is_over = true;
    }
    if (raw->data)
        raw->data[raw->len] = '\0';
}

static bool tls_has(struct tls_client *client, size_t len) {
    tls_read(client, SIZE_MAX);
    return client->raw.len >= len;
}

static bool tls_has_text(struct tls_client *client, const char *text) {
    tls_read(client, SIZE_MAX);
    return client->raw.len > 0 && strstr(client->raw.data, text) != NULL;
}

static bool tls_is_over(struct tls_client *client) {
    tls_read(client, SIZE_MAX);
    return client->raw.is_over;
}

static void tls_send(struct loop *loop, struct tls_client *client, const void *bytes, size_t len) {
    for (size_t sent = 0; sent < len;) {
        ERR_clear_error();
        int n = SSL_write(client->ssl, (const char *)bytes + sent, (int)(len - sent));
        if (n > 0)
            sent += (size_t)n;
        else if (SSL_get_error(client->ssl, n) == SSL_ERROR_WANT_WRITE)
            fixture_turn(loop);
        else
            return;
    }
}

static struct tls_client tls_connect(struct server *server, int rcvbuf_bytes) {
    struct tls_client client = {.raw = client_connect(server->loop, rcvbuf_bytes)};
    client.context = SSL_CTX_new(TLS_client_method());
    assert_non_null(client.context);
    SSL_CTX_set_mode(client.context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    client.ssl = SSL_new(client.context);
    assert_non_null(client.ssl);
    struct timeval no_time = {0, 1};
    assert_int_equal(setsockopt(client.raw.fd, SOL_SOCKET, SO_RCVTIMEO, &no_time, sizeof no_time), 0);
    assert_int_equal(setsockopt(client.raw.fd, SOL_SOCKET, SO_SNDTIMEO, &no_time, sizeof no_time), 0);
    SSL_set_fd(client.ssl, client.raw.fd);
    fixture_until(server->loop, SSL_connect(client.ssl) == 1);
    return client;
}

static void tls_close(struct tls_client *client) {
    SSL_free(client->ssl);
    SSL_CTX_free(client->context);
    client_close(&client->raw);
}

static struct tls_client tls_open(struct server *server, int rcvbuf_bytes) {
    struct tls_client client = tls_connect(server, rcvbuf_bytes);
    tls_send(server->loop, &client, HANDSHAKE, sizeof HANDSHAKE - 1);
    fixture_until(server->loop, tls_has_text(&client, "\r\n\r\n"));
    assert_int_equal(strncmp(client.raw.data, "HTTP/1.1 101 ", 13), 0);
    client_drop_input(&client.raw, (size_t)(strstr(client.raw.data, "\r\n\r\n") + 4 - client.raw.data));
    return client;
}

/* A masked frame of the client's, in `pieces` records. */
static void tls_send_frame(struct server *server, struct tls_client *client, unsigned char first, const char *payload,
                           size_t len, size_t pieces) {
    unsigned char frame[4096];
    assert_true(len + 14 < sizeof frame);
    size_t size = websocket_header_size(len);
    websocket_header_write(frame + size, len, first);
    frame[1] |= 0x80;
    memset(frame + size, 0, 4);
    memcpy(frame + size + 4, payload, len);
    size_t total = size + 4 + len, step = total / pieces + 1;
    for (size_t at = 0; at < total; at += step) {
        tls_send(server->loop, client, frame + at, total - at < step ? total - at : step);
        fixture_turn(server->loop);
    }
}

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
        TLS_TEST(test_paused_reading_holds_the_peer_back),
        TLS_TEST(test_a_client_that_does_not_read_is_closed_as_stalled),
        TLS_TEST(test_close_behind_what_is_pending),
        TLS_TEST(test_what_is_not_a_handshake),
        TLS_TEST(test_answers_that_nobody_reads),
    };
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
