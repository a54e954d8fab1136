/* The peers' dialects read their streams wherever frames cut them, and refuse
 * what is not of the protocol. */
#include "dialect.h"
#include "unit/test.h"

#include <stdio.h>
#include <stdlib.h>

#define HEARD_MAX 512

extern const struct dialect dialect_nats, dialect_mqtt;

/* What a dialect told, in words. */
struct heard {
    char words[HEARD_MAX];
    size_t len;
};

__attribute__((format(printf, 2, 3))) static void note(struct heard *heard, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(heard->words + heard->len, sizeof heard->words - heard->len, format, arguments);
    va_end(arguments);
    assert_true(n >= 0 && (size_t)n < sizeof heard->words - heard->len);
    heard->len += (size_t)n;
}

static void on_update(void *context, const struct dialect_update *update) {
    note(context, "[%u %llu %.*s]", update->slot, (unsigned long long)update->stamp, (int)update->len, update->bytes);
}

static void on_ready(void *context, unsigned slot, uint64_t stamp) {
    note(context, "ready %u %llu;", slot, (unsigned long long)stamp);
}

static void on_again(void *context, unsigned slot, const char *bytes, size_t len) {
    (void)slot;
    (void)bytes;
    (void)len;
    note(context, "again;");
}

static void on_send(void *context, const struct dialect_message *message) {
    note(context, "send %d %.*s;", (int)message->opcode, (int)message->len, message->bytes);
}

static void on_broken(void *context, const char *why) {
    (void)why;
    note(context, "broken;");
}

static const struct dialect_job job = {.clients_n = 3, .portfolios_n = 1, .subscriptions_n = 1};

/* A copy of its own, so that AddressSanitizer sees a step past a frame's end. */
static void feed(const struct dialect *dialect, void *state, const char *bytes, size_t len, struct heard *heard) {
    const struct dialect_sink sink = {.context = heard,
                                      .update = on_update,
                                      .ready = on_ready,
                                      .again = on_again,
                                      .send = on_send,
                                      .broken = on_broken};
    char *frame = malloc(len ? len : 1);
    assert_non_null(frame);
    memcpy(frame, bytes, len);
    dialect->read(state, 1, frame, len, &sink);
    free(frame);
}

/* In three frames, cut at each two places. */
static void check_cuts(const struct dialect *dialect, const char *bytes, size_t len, const char *expected) {
    for (size_t first = 0; first <= len; first++) {
        for (size_t second = first; second <= len; second++) {
            struct heard heard = {0};
            void *state = dialect->open(&job);
            assert_non_null(state);
            feed(dialect, state, bytes, first, &heard);
            feed(dialect, state, bytes + first, second - first, &heard);
            feed(dialect, state, bytes + second, len - second, &heard);
            assert_string_equal(heard.words, expected);
            dialect->close(state);
        }
    }
}

static void check_byte_by_byte(const struct dialect *dialect, const char *bytes, size_t len, const char *expected) {
    struct heard heard = {0};
    void *state = dialect->open(&job);
    assert_non_null(state);
    for (size_t i = 0; i < len; i++)
        feed(dialect, state, bytes + i, 1, &heard);
    assert_string_equal(heard.words, expected);
    dialect->close(state);
}

static const char nats_stream[] = "INFO {\"a\":1} \r\nPONG\r\nMSG bench 1 5\r\n17 ab\r\n+OK\r\nPING\r\n"
                                  "MSG bench 1 6\r\n18\r\nx \r\nMSG bench 1 0\r\n\r\nMSG bench 1 r 2\r\n19\r\n";
static const char nats_expected[] = "ready 0 0;[0 17 17 ab]send 2 PONG\r\n;[0 18 18\r\nx ][0 0 ][0 19 19]";

static void test_nats_is_read_wherever_it_is_cut(void **unused) {
    (void)unused;
    check_cuts(&dialect_nats, nats_stream, sizeof nats_stream - 1, nats_expected);
    check_byte_by_byte(&dialect_nats, nats_stream, sizeof nats_stream - 1, nats_expected);
}

static const char mqtt_stream[] = "\x20\x02\x00\x00\x90\x03\x00\x01\x00\x30\x0c\x00\x05"
                                  "bench17 ab\x30\x07\x00\x05"
                                  "bench\x30\x09\x00\x05"
                                  "bench18";
static const char mqtt_expected[] = "ready 0 0;[0 17 17 ab][0 0 ][0 18 18]";

static void test_mqtt_is_read_wherever_it_is_cut(void **unused) {
    (void)unused;
    check_cuts(&dialect_mqtt, mqtt_stream, sizeof mqtt_stream - 1, mqtt_expected);
    check_byte_by_byte(&dialect_mqtt, mqtt_stream, sizeof mqtt_stream - 1, mqtt_expected);
}

/* A length of two bytes. */
static void test_a_long_mqtt_message_is_whole(void **unused) {
    (void)unused;
    char stream[3 + 7 + 200] = "\x30\xcf\x01\x00\x05"
                               "bench7 ";
    memset(stream + 12, 'z', sizeof stream - 12);
    struct heard heard = {0};
    void *state = dialect_mqtt.open(&job);
    assert_non_null(state);
    feed(&dialect_mqtt, state, stream, 150, &heard);
    assert_string_equal(heard.words, "");
    feed(&dialect_mqtt, state, stream + 150, sizeof stream - 150, &heard);
    assert_int_equal(heard.len, strlen("[0 7 ]") + 200);
    assert_memory_equal(heard.words, "[0 7 7 zzz", 10);
    dialect_mqtt.close(state);
}

static void test_each_client_has_its_own_stream(void **unused) {
    (void)unused;
    struct heard heard = {0};
    const struct dialect_sink sink = {.context = &heard, .update = on_update, .broken = on_broken};
    void *state = dialect_nats.open(&job);
    assert_non_null(state);
    dialect_nats.read(state, 0, "MSG bench 1 2\r\n1", 16, &sink);
    dialect_nats.read(state, 2, "MSG bench 1 2\r\n34\r\nMS", 21, &sink);
    dialect_nats.read(state, 0, "2\r\n", 3, &sink);
    assert_string_equal(heard.words, "[0 34 34][0 12 12]");
    dialect_nats.close(state); /* client 2 has a rest: nothing may leak */
}

static void test_what_is_not_of_the_protocol_is_refused(void **unused) {
    (void)unused;
    static const struct {
        const struct dialect *dialect;
        const char *bytes;
        size_t len;
    } cases[] = {
        {&dialect_nats, "-ERR 'Slow Consumer'\r\n", 22},
        {&dialect_nats, "MSG bench 1 x\r\n", 15},
        {&dialect_nats, "MSG bench 1 \r\n", 14},
        {&dialect_nats, "MSG bench 1 99999999999999999999\r\n", 34},
        {&dialect_nats, "MSG bench 1 2\r\n1234\r\n", 21},
        {&dialect_nats, "HELLO\r\n", 7},
        {&dialect_mqtt, "\x20\x02\x00\x05", 4},
        {&dialect_mqtt, "\x90\x03\x00\x01\x80", 5},
        {&dialect_mqtt, "\x30\x01\x00", 3},
        {&dialect_mqtt, "\x30\x02\x00\x05", 4},
        {&dialect_mqtt, "\x32\x02\x00\x00", 4},
        {&dialect_mqtt, "\xe0\x00", 2},
        {&dialect_mqtt, "\x30\xff\xff\xff\xff\x01", 6},
        {&dialect_mqtt, "\x30\xff\xff\xff\x7f", 5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct heard heard = {0};
        void *state = cases[i].dialect->open(&job);
        assert_non_null(state);
        feed(cases[i].dialect, state, cases[i].bytes, cases[i].len, &heard);
        assert_string_equal(heard.words, "broken;");
        cases[i].dialect->close(state);
    }
}

static void test_the_first_message_is_of_the_protocol(void **unused) {
    (void)unused;
    static const char mqtt[] = "\x10\x15\x00\x04MQTT\x04\x02\x00\x00\x00\x09"
                               "c000000ff\x82\x0a\x00\x01\x00\x05"
                               "bench\x00";
    struct dialect_message message;
    assert_true(dialect_mqtt.begin(&job, 255, 0, &message));
    assert_int_equal(message.opcode, DIALECT_BINARY);
    assert_int_equal(message.len, sizeof mqtt - 1);
    assert_memory_equal(message.bytes, mqtt, sizeof mqtt - 1);
    assert_false(dialect_mqtt.begin(&job, 255, 1, &message));
    assert_true(dialect_nats.begin(&job, 255, 0, &message));
    assert_int_equal(message.opcode, DIALECT_BINARY);
    assert_memory_equal(message.bytes + message.len - 19, "SUB bench 1\r\nPING\r\n", 19);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nats_is_read_wherever_it_is_cut),
        cmocka_unit_test(test_mqtt_is_read_wherever_it_is_cut),
        cmocka_unit_test(test_a_long_mqtt_message_is_whole),
        cmocka_unit_test(test_each_client_has_its_own_stream),
        cmocka_unit_test(test_what_is_not_of_the_protocol_is_refused),
        cmocka_unit_test(test_the_first_message_is_of_the_protocol),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
