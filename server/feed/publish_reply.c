/* What Redis answers about the bus: the publish script's reply, and the two
 * hashes. Refuses what has another form. Thread: any; no I/O. */
#include "feed/publish_script.h"
#include "feed/quote_codec.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool publish_reply_is_noscript(const redisReply *reply) {
    static const char prefix[] = "NOSCRIPT";
    return reply && reply->type == REDIS_REPLY_ERROR && reply->len >= sizeof prefix - 1 &&
           memcmp(reply->str, prefix, sizeof prefix - 1) == 0;
}

static bool is_text(const redisReply *reply) {
    return reply->type == REDIS_REPLY_STRING || reply->type == REDIS_REPLY_STATUS;
}

static enum status answer_status(const redisReply *reply) {
    static const struct {
        const char *name;
        enum status status;
    } names[] = {{"ok", STATUS_OK},
                 {"conflict", STATUS_CONFLICT},
                 {"out_of_range", STATUS_OUT_OF_RANGE},
                 {"invalid", STATUS_INVALID},
                 {"precondition", STATUS_PRECONDITION}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(reply->str, names[i].name) == 0)
            return names[i].status;
    }
    return STATUS_INTERNAL;
}

static enum status answer_read(const redisReply *reply, struct bus_published *published) {
    enum { STATUS_AT, EPOCH_AT, SEQ_AT, CHANGED_AT, DETAIL_AT, STORED_AT, ANSWER_N };
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != ANSWER_N)
        return STATUS_INTERNAL;
    for (size_t i = 0; i < ANSWER_N; i++) {
        if (!is_text(reply->element[i]))
            return STATUS_INTERNAL;
    }
    published->status = answer_status(reply->element[STATUS_AT]);
    const redisReply *epoch = reply->element[EPOCH_AT], *seq = reply->element[SEQ_AT];
    if (epoch->len > 0 && bus_epoch_parse(epoch->str, epoch->len, &published->epoch) != STATUS_OK)
        return STATUS_INTERNAL;
    if (bus_seq_parse(seq->str, seq->len, &published->seq) != STATUS_OK)
        return STATUS_INTERNAL;
    published->is_changed = strcmp(reply->element[CHANGED_AT]->str, "1") == 0;
    snprintf(published->detail, sizeof published->detail, "%s", reply->element[DETAIL_AT]->str);
    const redisReply *stored = reply->element[STORED_AT];
    struct numbered_quote quote;
    if (stored->len == 0)
        return STATUS_OK;
    if (numbered_quote_parse(stored->str, stored->len, &quote) != STATUS_OK)
        return STATUS_INTERNAL;
    published->stored = quote.quote;
    return STATUS_OK;
}

void publish_reply_read(const redisReply *reply, struct bus_published *ret_published) {
    struct bus_published published = {.status = STATUS_OUTCOME_UNKNOWN};
    if (!reply) {
        snprintf(published.detail, sizeof published.detail, "the connection to Redis was lost");
    } else if (reply->type == REDIS_REPLY_ERROR) {
        published.status = STATUS_UNAVAILABLE;
        snprintf(published.detail, sizeof published.detail, "%s", reply->str);
    } else if (answer_read(reply, &published) != STATUS_OK) {
        published = (struct bus_published){.status = STATUS_INTERNAL};
        snprintf(published.detail, sizeof published.detail, "the publish script answered in another form");
    }
    *ret_published = published;
}

enum status bus_reply_read_position(const redisReply *reply, struct bus_epoch *ret_epoch, uint64_t *ret_seq) {
    struct bus_epoch epoch = {""};
    uint64_t seq = 0;
    bool has_seq = false;
    if (reply->type != REDIS_REPLY_ARRAY)
        return STATUS_UNAVAILABLE;
    for (size_t i = 0; i + 1 < reply->elements; i += 2) {
        const redisReply *name = reply->element[i], *value = reply->element[i + 1];
        if (!is_text(name) || !is_text(value))
            return STATUS_INTERNAL;
        if (strcmp(name->str, "epoch") == 0 && bus_epoch_parse(value->str, value->len, &epoch) != STATUS_OK)
            epoch.text[0] = '\0';
        if (strcmp(name->str, "seq") == 0)
            has_seq = bus_seq_parse(value->str, value->len, &seq) == STATUS_OK;
    }
    if (!has_seq)
        epoch.text[0] = '\0'; /* half a position is none: the script begins a new epoch */
    *ret_epoch = epoch;
    *ret_seq = seq;
    return STATUS_OK;
}

bool bus_reply_read_restored(const redisReply *reply, struct bus_epoch *ret_epoch) {
    for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i + 1 < reply->elements; i += 2) {
        const redisReply *name = reply->element[i], *value = reply->element[i + 1];
        if (is_text(name) && is_text(value) && strcmp(name->str, "restored") == 0)
            return bus_epoch_parse(value->str, value->len, ret_epoch) == STATUS_OK;
    }
    return false;
}

enum status bus_reply_read_quotes(const redisReply *reply, struct numbered_quote **ret_quotes, size_t *ret_n) {
    if (reply->type != REDIS_REPLY_ARRAY)
        return STATUS_UNAVAILABLE;
    struct numbered_quote *quotes = calloc(reply->elements / 2 + 1, sizeof *quotes);
    if (!quotes)
        return STATUS_NO_MEMORY;
    size_t n = 0, unreadable_n = 0;
    for (size_t i = 0; i + 1 < reply->elements; i += 2) {
        const redisReply *value = reply->element[i + 1];
        if (is_text(value) && numbered_quote_parse(value->str, value->len, &quotes[n]) == STATUS_OK)
            n++;
        else
            unreadable_n++;
    }
    if (unreadable_n > 0) {
        metrics_add(METRIC_BUS_IGNORED, (int64_t)unreadable_n);
        log_event(LOG_WARN, "bus.quotes_ignored", LOG_I64("unreadable", unreadable_n));
    }
    *ret_quotes = quotes;
    *ret_n = n;
    return STATUS_OK;
}

enum status bus_reply_read_book(const redisReply *reply, struct bus_epoch *ret_epoch, uint64_t *ret_seq,
                                struct numbered_quote **ret_quotes, size_t *ret_n) {
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements < 2)
        return STATUS_UNAVAILABLE;
    struct bus_epoch epoch;
    uint64_t seq;
    enum status status = bus_reply_read_position(reply->element[0], &epoch, &seq);
    if (status == STATUS_OK)
        status = bus_reply_read_quotes(reply->element[1], ret_quotes, ret_n);
    if (status != STATUS_OK)
        return status;
    *ret_epoch = epoch;
    *ret_seq = seq;
    return STATUS_OK;
}
