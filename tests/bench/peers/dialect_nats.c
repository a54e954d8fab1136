/* NATS over WebSocket: its text protocol in binary frames that say nothing about
 * where a message ends. Each client subscribes to "bench" and is live when the
 * PING that it sends after that is answered. Thread: one. */
#include "carry.h"
#include "dialect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 8192 /* INFO is the longest */
#define PAYLOAD_MAX 1048576

extern const struct dialect dialect_nats;

struct nats {
    unsigned clients_n;
    struct carry carries[]; /* of each client */
};

static bool begin(const struct dialect_job *job, unsigned client, unsigned slot, struct dialect_message *ret_message) {
    static const char hello[] = "CONNECT {\"verbose\":false,\"pedantic\":false,\"echo\":false,\"protocol\":1}\r\n"
                                "SUB bench 1\r\nPING\r\n";
    (void)job;
    (void)client;
    if (slot != 0)
        return false;
    ret_message->opcode = DIALECT_BINARY;
    ret_message->len = sizeof hello - 1;
    memcpy(ret_message->bytes, hello, sizeof hello - 1);
    return true;
}

static bool begins_with(const char *bytes, size_t len, const char *text) {
    return len >= strlen(text) && memcmp(bytes, text, strlen(text)) == 0;
}

/* The number that the line of a MSG ends in; CARRY_BROKEN: there is none. */
static size_t payload_len(const char *line, size_t len) {
    const char *blank = memrchr(line, ' ', len);
    size_t number = 0;
    if (!blank || blank + 1 == line + len)
        return CARRY_BROKEN;
    for (const char *at = blank + 1; at < line + len; at++) {
        if (*at < '0' || *at > '9' || number > PAYLOAD_MAX)
            return CARRY_BROKEN;
        number = number * 10 + (size_t)(*at - '0');
    }
    return number;
}

/* What has no payload. False: it is not of the protocol, or an error. */
static bool take_line(const struct dialect_sink *sink, const char *line, size_t len) {
    static const struct dialect_message pong = {.opcode = DIALECT_BINARY, .len = 6, .bytes = "PONG\r\n"};
    if (begins_with(line, len, "PONG"))
        sink->ready(sink->context, 0, 0);
    else if (begins_with(line, len, "PING"))
        sink->send(sink->context, &pong);
    else
        return begins_with(line, len, "INFO ") || begins_with(line, len, "+OK");
    return true;
}

/* One packet; 0: it is not whole. */
static size_t take_packet(const struct dialect_sink *sink, const char *bytes, size_t len) {
    const char *end = memmem(bytes, len < LINE_MAX_BYTES ? len : LINE_MAX_BYTES, "\r\n", 2);
    if (!end)
        return len < LINE_MAX_BYTES ? 0 : CARRY_BROKEN;
    size_t line_len = (size_t)(end - bytes), whole = line_len + 2;
    if (!begins_with(bytes, line_len, "MSG "))
        return take_line(sink, bytes, line_len) ? whole : CARRY_BROKEN;
    size_t payload = payload_len(bytes, line_len);
    if (payload == CARRY_BROKEN)
        return CARRY_BROKEN;
    if (len - whole < payload + 2)
        return 0;
    if (memcmp(bytes + whole + payload, "\r\n", 2) != 0)
        return CARRY_BROKEN;
    const struct dialect_update update = {
        .stamp = carry_stamp(bytes + whole, payload), .bytes = bytes + whole, .len = payload};
    sink->update(sink->context, &update);
    return whole + payload + 2;
}

static size_t take(void *context, const char *bytes, size_t len) {
    const struct dialect_sink *sink = context;
    size_t taken = 0;
    for (size_t packet; taken < len; taken += packet) {
        packet = take_packet(sink, bytes + taken, len - taken);
        if (packet == CARRY_BROKEN)
            return CARRY_BROKEN;
        if (packet == 0)
            break;
    }
    return taken;
}

static void read_frame(void *state, unsigned client, const char *bytes, size_t len, const struct dialect_sink *sink) {
    struct nats *nats = state;
    struct dialect_sink passed = *sink;
    if (!carry_read(&nats->carries[client], bytes, len, take, &passed))
        sink->broken(sink->context, "not NATS, or an error");
}

static void *nats_open(const struct dialect_job *job) {
    struct nats *nats = calloc(1, sizeof *nats + job->clients_n * sizeof nats->carries[0]);
    if (nats)
        nats->clients_n = job->clients_n;
    return nats;
}

static void nats_close(void *state) {
    struct nats *nats = state;
    for (unsigned i = 0; i < nats->clients_n; i++)
        carry_fini(&nats->carries[i]);
    free(nats);
}

const struct dialect dialect_nats = {
    .name = "nats", .path = "/", .begin = begin, .read = read_frame, .open = nats_open, .close = nats_close};
