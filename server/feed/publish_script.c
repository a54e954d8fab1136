/* Calls of the publish script. It owns the order of the script's arguments and
 * refuses quotes that no bus takes. Thread: any; no I/O. */
#include "feed/publish_script.h"

#include "base/strbuf.h"
#include "base/timestamp.h"
#include "feed/bus_epoch.h"
#include "feed/quote_codec.h"
#include "feed/quote_ledger.h"
#include "publish_lua.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* EVALSHA sha 2 pf:bus pf:quotes epoch fence keep, then the quotes. */
#define FIRST_QUOTE_ARG 8
#define ARGS_PER_QUOTE 10

/* Texts are gathered in one buffer; argv is pointed into it at the end,
 * because the buffer moves while it grows. */
struct call_writer {
    struct strbuf text;
    struct publish_call *call;
    size_t begin;
};

static void argument_end(struct call_writer *writer) {
    writer->call->argv_len[writer->call->argc++] = writer->text.len - writer->begin;
    writer->begin = writer->text.len;
}

static void argument_add(struct call_writer *writer, const char *text) {
    strbuf_append_text(&writer->text, text);
    argument_end(writer);
}

static void decimal_add(struct call_writer *writer, int64_t e8) {
    strbuf_append_decimal(&writer->text, e8);
    argument_end(writer);
}

static void timestamp_add(struct call_writer *writer, int64_t ms) {
    strbuf_append_timestamp(&writer->text, ms);
    argument_end(writer);
}

static void quote_add(struct call_writer *writer, const struct quote *quote) {
    argument_add(writer, quote->symbol.text);
    decimal_add(writer, quote->price.e8);
    if (quote->previous_close.e8 != 0)
        decimal_add(writer, quote->previous_close.e8);
    else
        argument_end(writer);
    if (quote->is_currency_assumed)
        strbuf_append_char(&writer->text, '?');
    argument_add(writer, quote->currency.code);
    bool is_now = quote->as_of_ms == BUS_AS_OF_NOW;
    if (!is_now)
        strbuf_append_date(&writer->text, quote->session);
    argument_end(writer);
    if (!is_now)
        strbuf_append_timestamp(&writer->text, quote->as_of_ms);
    argument_end(writer);
    if (!is_now)
        strbuf_append_i64(&writer->text, quote->as_of_ms);
    argument_end(writer);
    argument_add(writer, quote->source);
    argument_add(writer, quote->stale ? "true" : "false");
    if (quote->source_time_ms != 0)
        timestamp_add(writer, quote->source_time_ms);
    else
        argument_end(writer);
}

static enum status call_write(struct publish_call *call, const struct quote *quotes, size_t n, bool keep,
                              uint64_t fence) {
    struct bus_epoch candidate;
    struct call_writer writer = {.call = call};
    enum status status = bus_epoch_random(&candidate);
    if (status != STATUS_OK)
        return status;
    strbuf_init(&writer.text);
    argument_add(&writer, "EVALSHA");
    argument_add(&writer, ""); /* the hash: publish_call_use_sha */
    argument_add(&writer, "2");
    argument_add(&writer, "pf:bus");
    argument_add(&writer, "pf:quotes");
    argument_add(&writer, candidate.text);
    strbuf_append_u64(&writer.text, fence);
    argument_end(&writer);
    argument_add(&writer, keep ? "1" : "0");
    for (size_t i = 0; i < n; i++)
        quote_add(&writer, &quotes[i]);
    status = strbuf_status(&writer.text);
    if (status == STATUS_OK && !(call->text = malloc(writer.text.len + 1)))
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK) {
        memcpy(call->text, writer.text.data, writer.text.len);
        const char *at = call->text;
        for (int i = 0; i < call->argc; at += call->argv_len[i++])
            call->argv[i] = at;
    }
    strbuf_fini(&writer.text);
    return status;
}

enum status publish_call_create(const struct quote *quotes, size_t n, bool keep_previous_close, uint64_t fence,
                                struct publish_call *ret_call, char *detail, size_t detail_len) {
    if (n > QUOTE_BATCH_MAX) {
        snprintf(detail, detail_len, "more than %d quotes", QUOTE_BATCH_MAX);
        return STATUS_INVALID;
    }
    enum status status = quote_batch_check(quotes, n, detail, detail_len);
    if (status != STATUS_OK)
        return status;
    struct publish_call call = {0};
    size_t args = FIRST_QUOTE_ARG + ARGS_PER_QUOTE * n;
    call.argv = calloc(args, sizeof *call.argv);
    call.argv_len = calloc(args, sizeof *call.argv_len);
    status = STATUS_NO_MEMORY;
    if (call.argv && call.argv_len)
        status = call_write(&call, quotes, n, keep_previous_close, fence);
    if (status != STATUS_OK) {
        publish_call_fini(&call);
        return status;
    }
    *ret_call = call;
    return STATUS_OK;
}

void publish_call_fini(struct publish_call *call) {
    free(call->argv);
    free(call->argv_len);
    free(call->text);
    *call = (struct publish_call){0};
}

static void call_use(struct publish_call *call, const char *command, const char *script, size_t script_len) {
    call->argv[0] = command;
    call->argv_len[0] = strlen(command);
    call->argv[1] = script;
    call->argv_len[1] = script_len;
}

void publish_call_use_sha(struct publish_call *call, const char *sha) {
    call_use(call, "EVALSHA", sha, PUBLISH_SHA_LEN);
}

void publish_call_use_text(struct publish_call *call) {
    call_use(call, "EVAL", publish_lua, publish_lua_LEN);
}

const char *publish_script_text(size_t *ret_len) {
    *ret_len = publish_lua_LEN;
    return publish_lua;
}
