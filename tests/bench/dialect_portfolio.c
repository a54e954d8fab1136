/* Our own protocol, portfolio.v1.json: subscribe, a snapshot, deltas. Messages
 * are not parsed: what is needed stands near their beginning. Refuses nothing;
 * an error answer has the subscribe sent again. Thread: one. */
#include "dialect.h"

#include <stdio.h>
#include <string.h>

#define HEAD_BYTES 400 /* of a frame: type, portfolio_id, base, cursor */

extern const struct dialect dialect_portfolio;

static bool begins_with(const char *bytes, size_t len, const char *text) {
    return len >= strlen(text) && memcmp(bytes, text, strlen(text)) == 0;
}

/* What follows the text in the bytes; NULL: it is not there. */
static const char *find_after(const char *bytes, size_t len, const char *text) {
    const char *at = memmem(bytes, len, text, strlen(text));
    return at ? at + strlen(text) : NULL;
}

/* The seq in `"<member>":"<epoch>-<seq>-<version>"`; 0 when it is not there. */
static uint64_t seq_of(const char *bytes, size_t len, const char *member) {
    const char *at = find_after(bytes, len, member);
    const char *end = bytes + len;
    const char *dash = at ? memchr(at, '-', (size_t)(end - at)) : NULL;
    uint64_t seq = 0;
    for (at = dash ? dash + 1 : end; at < end && *at >= '0' && *at <= '9'; at++)
        seq = seq * 10 + (uint64_t)(*at - '0');
    return seq;
}

/* The number that a portfolio_id ends in; false: there is none. */
static bool read_portfolio(const char *bytes, size_t len, unsigned *ret_portfolio) {
    const char *id = find_after(bytes, len, "\"portfolio_id\":\"");
    unsigned portfolio = 0;
    if (!id || (size_t)(bytes + len - id) < 36)
        return false;
    for (unsigned i = 24; i < 36; i++) {
        char c = id[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
        portfolio = portfolio << 4 | (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    *ret_portfolio = portfolio;
    return true;
}

static bool begin(const struct dialect_job *job, unsigned client, unsigned slot, struct dialect_message *ret_message) {
    int n = snprintf(ret_message->bytes, sizeof ret_message->bytes,
                     "{\"type\":\"subscribe\",\"portfolio_id\":\"" DIALECT_PORTFOLIO_FORMAT "\"}",
                     dialect_portfolio_of(job, client, slot));
    ret_message->opcode = DIALECT_TEXT;
    ret_message->len = (size_t)n;
    return true;
}

static void *open_job(const struct dialect_job *job) {
    return (void *)(uintptr_t)job;
}

/* A client's portfolios have numbers in a row: the slot is the last digit. */
static bool read_slot(const struct dialect_job *job, const char *bytes, size_t len, unsigned *ret_slot) {
    unsigned portfolio;
    *ret_slot = 0;
    if (job->subscriptions_n == 1)
        return true;
    if (!read_portfolio(bytes, len, &portfolio))
        return false;
    *ret_slot = portfolio % job->subscriptions_n;
    return true;
}

static void read_frame(void *state, unsigned client, const char *bytes, size_t len, const struct dialect_sink *sink) {
    const struct dialect_job *job = state;
    size_t head_len = len < HEAD_BYTES ? len : HEAD_BYTES;
    unsigned slot;
    (void)client;
    if (begins_with(bytes, len, "{\"type\":\"delta\"")) {
        if (!read_slot(job, bytes, head_len, &slot))
            sink->broken(sink->context, "a delta without a portfolio_id");
        else
            sink->update(sink->context, &(struct dialect_update){.slot = slot,
                                                                 .stamp = seq_of(bytes, head_len, "\"cursor\":\""),
                                                                 .base = seq_of(bytes, head_len, "\"base\":\""),
                                                                 .bytes = bytes,
                                                                 .len = len});
    } else if (begins_with(bytes, len, "{\"type\":\"snapshot\"")) {
        if (!read_slot(job, bytes, head_len, &slot))
            sink->broken(sink->context, "a snapshot without a portfolio_id");
        else
            sink->ready(sink->context, slot, seq_of(bytes, head_len, "\"cursor\":\""));
    } else if (begins_with(bytes, len, "{\"type\":\"error\"")) {
        if (read_slot(job, bytes, len, &slot))
            sink->again(sink->context, slot, bytes, len);
        else
            sink->broken(sink->context, "an error without a portfolio_id");
    }
}

const struct dialect dialect_portfolio = {.name = "portfolio",
                                          .path = "/stream",
                                          .subprotocol = "portfolio.v1.json",
                                          .row_mark = "\"current_price\":",
                                          .begin = begin,
                                          .read = read_frame,
                                          .open = open_job};
