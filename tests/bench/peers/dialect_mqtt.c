/* MQTT 3.1.1 over WebSocket: binary frames whose ends mean nothing. Each client
 * subscribes to "bench" at QoS 0 and is live when that is acknowledged; it asks
 * for no keep-alive, so that it never has to ping. Thread: one. */
#include "carry.h"
#include "dialect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH_BYTES_MAX 4
#define PAYLOAD_MAX 1048576

enum mqtt_packet { MQTT_CONNECT = 1, MQTT_CONNACK = 2, MQTT_PUBLISH = 3, MQTT_SUBSCRIBE = 8, MQTT_SUBACK = 9 };

extern const struct dialect dialect_mqtt;

struct mqtt {
    unsigned clients_n;
    struct carry carries[]; /* of each client */
};

/* CONNECT and SUBSCRIBE in one: a client need not wait for the first answer. */
static bool begin(const struct dialect_job *job, unsigned client, unsigned slot, struct dialect_message *ret_message) {
    static const char connect[] =
        "\x10\x15\x00\x04MQTT\x04\x02\x00\x00\x00\x09"; /* clean session; 9 bytes of id follow */
    static const char subscribe[] = "\x82\x0a\x00\x01\x00\x05"
                                    "bench\x00";
    (void)job;
    if (slot != 0)
        return false;
    ret_message->opcode = DIALECT_BINARY;
    memcpy(ret_message->bytes, connect, sizeof connect - 1);
    size_t len = sizeof connect - 1;
    len += (size_t)snprintf(ret_message->bytes + len, 10, "c%08x", client);
    memcpy(ret_message->bytes + len, subscribe, sizeof subscribe - 1);
    ret_message->len = len + sizeof subscribe - 1;
    return true;
}

/* The length after the first byte, seven bits a byte. Returns how many bytes it
 * took; 0: it is not whole; CARRY_BROKEN: it has no end. */
static size_t read_length(const unsigned char *bytes, size_t len, size_t *ret_length) {
    size_t length = 0;
    for (size_t i = 0; i < LENGTH_BYTES_MAX && i < len; i++) {
        length |= (size_t)(bytes[i] & 0x7f) << (7 * i);
        if (!(bytes[i] & 0x80)) {
            *ret_length = length;
            return i + 1;
        }
    }
    return len < LENGTH_BYTES_MAX ? 0 : CARRY_BROKEN;
}

/* QoS 0: a topic, then the payload. */
static bool take_publish(const struct dialect_sink *sink, const unsigned char *body, size_t len) {
    size_t head = len < 2 ? SIZE_MAX : 2 + ((size_t)body[0] << 8 | body[1]);
    if (head > len)
        return false;
    const char *payload = (const char *)body + head;
    const struct dialect_update update = {
        .stamp = carry_stamp(payload, len - head), .bytes = payload, .len = len - head};
    sink->update(sink->context, &update);
    return true;
}

static bool take_body(const struct dialect_sink *sink, unsigned char first, const unsigned char *body, size_t len) {
    switch (first >> 4) {
    case MQTT_CONNACK:
        return len == 2 && body[1] == 0;
    case MQTT_SUBACK:
        if (len != 3 || body[2] != 0)
            return false;
        sink->ready(sink->context, 0, 0);
        return true;
    case MQTT_PUBLISH:
        return (first & 0x06) == 0 && take_publish(sink, body, len);
    default:
        return false;
    }
}

static size_t take(void *context, const char *bytes, size_t len) {
    const struct dialect_sink *sink = context;
    const unsigned char *at = (const unsigned char *)bytes;
    size_t taken = 0, length = 0;
    while (len - taken >= 2) {
        size_t head = read_length(at + taken + 1, len - taken - 1, &length);
        if (head == CARRY_BROKEN || length > PAYLOAD_MAX)
            return CARRY_BROKEN;
        if (head == 0 || len - taken - 1 - head < length)
            break;
        if (!take_body(sink, at[taken], at + taken + 1 + head, length))
            return CARRY_BROKEN;
        taken += 1 + head + length;
    }
    return taken;
}

static void read_frame(void *state, unsigned client, const char *bytes, size_t len, const struct dialect_sink *sink) {
    struct mqtt *mqtt = state;
    struct dialect_sink passed = *sink;
    if (!carry_read(&mqtt->carries[client], bytes, len, take, &passed))
        sink->broken(sink->context, "not MQTT, or a refusal");
}

static void *mqtt_open(const struct dialect_job *job) {
    struct mqtt *mqtt = calloc(1, sizeof *mqtt + job->clients_n * sizeof mqtt->carries[0]);
    if (mqtt)
        mqtt->clients_n = job->clients_n;
    return mqtt;
}

static void mqtt_close(void *state) {
    struct mqtt *mqtt = state;
    for (unsigned i = 0; i < mqtt->clients_n; i++)
        carry_fini(&mqtt->carries[i]);
    free(mqtt);
}

const struct dialect dialect_mqtt = {.name = "mqtt",
                                     .path = "/mqtt",
                                     .subprotocol = "mqtt",
                                     .begin = begin,
                                     .read = read_frame,
                                     .open = mqtt_open,
                                     .close = mqtt_close};
