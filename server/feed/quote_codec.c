/* Quotes to and from JSON. It owns the canonical text that the publish script
 * compares, and refuses whatever is not exactly of the contract's form.
 * Thread: any; pure; fuzzed. */
#include "feed/quote_codec.h"

#include "base/timestamp.h"
#include "feed/ask_codec.h"
#include "feed/quote_fields.h"
#include "feed/quote_scan.h"
#include "protocol/json_exact.h"

#include <stdlib.h>
#include <string.h>

#define SEQ_MAX ((UINT64_C(1) << 53) - 1)

static void quote_write_members(struct strbuf *out, const struct quote *quote) {
    STRBUF_LITERAL(out, "\"symbol\":");
    strbuf_append_json_string(out, quote->symbol.text, quote->symbol.len);
    STRBUF_LITERAL(out, ",\"price\":");
    strbuf_append_decimal(out, quote->price.e8);
    if (quote->previous_close.e8 != 0) {
        STRBUF_LITERAL(out, ",\"previous_close\":");
        strbuf_append_decimal(out, quote->previous_close.e8);
    }
    STRBUF_LITERAL(out, ",\"currency\":");
    strbuf_append_json_string(out, quote->currency.code, strlen(quote->currency.code));
    STRBUF_LITERAL(out, ",\"session\":\"");
    strbuf_append_date(out, quote->session);
    STRBUF_LITERAL(out, "\",\"as_of\":\"");
    strbuf_append_timestamp(out, quote->as_of_ms);
    STRBUF_LITERAL(out, "\",\"source\":");
    strbuf_append_json_string(out, quote->source, strlen(quote->source));
    STRBUF_LITERAL(out, ",\"stale\":");
    strbuf_append_text(out, quote->stale ? "true" : "false");
    if (quote->source_time_ms != 0) {
        STRBUF_LITERAL(out, ",\"source_time\":\"");
        strbuf_append_timestamp(out, quote->source_time_ms);
        strbuf_append_char(out, '"');
    }
}

void quote_write_json(struct strbuf *out, const struct quote *quote) {
    strbuf_append_char(out, '{');
    quote_write_members(out, quote);
    strbuf_append_char(out, '}');
}

void numbered_quote_write_json(struct strbuf *out, const struct numbered_quote *quote) {
    STRBUF_LITERAL(out, "{\"seq\":");
    strbuf_append_u64(out, quote->seq);
    strbuf_append_char(out, ',');
    quote_write_members(out, &quote->quote);
    strbuf_append_char(out, '}');
}

void bus_hint_write_json(struct strbuf *out, const struct uuid *portfolio_id) {
    char text[UUID_TEXT_LEN + 1];
    uuid_write(text, portfolio_id);
    STRBUF_LITERAL(out, "{\"portfolio\":\"");
    strbuf_append(out, text, UUID_TEXT_LEN);
    STRBUF_LITERAL(out, "\"}");
}

enum status bus_epoch_parse(const char *text, size_t len, struct bus_epoch *ret_epoch) {
    if (len != BUS_EPOCH_LEN)
        return STATUS_INVALID;
    for (size_t i = 0; i < len; i++) {
        bool is_hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
        if (!is_hex)
            return STATUS_INVALID;
    }
    memcpy(ret_epoch->text, text, BUS_EPOCH_LEN);
    ret_epoch->text[BUS_EPOCH_LEN] = '\0';
    return STATUS_OK;
}

enum status bus_seq_parse(const char *text, size_t len, uint64_t *ret_seq) {
    if (len == 0 || len > 16)
        return STATUS_INVALID;
    uint64_t seq = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return STATUS_INVALID;
        seq = seq * 10 + (uint64_t)(text[i] - '0');
    }
    if (seq > SEQ_MAX)
        return STATUS_OUT_OF_RANGE;
    *ret_seq = seq;
    return STATUS_OK;
}

static enum status seq_read(const json_t *object, uint64_t *ret_seq) {
    size_t len = 0;
    const json_t *value = json_object_get(object, "seq");
    const char *text = value ? json_exact_number(value, &len) : NULL;
    return text ? bus_seq_parse(text, len, ret_seq) : STATUS_INVALID;
}

static enum status event_read(const json_t *root, struct bus_message *ret_message) {
    size_t len = 0;
    struct bus_message message = {.type = BUS_MESSAGE_EVENT};
    const json_t *epoch = json_object_get(root, "epoch");
    const char *text = epoch ? json_exact_string(epoch, &len) : NULL;
    const json_t *quotes = json_object_get(root, "quotes");
    size_t n = json_array_size(quotes);
    if (!text || bus_epoch_parse(text, len, &message.epoch) != STATUS_OK)
        return STATUS_INVALID;
    if (seq_read(root, &message.seq) != STATUS_OK || message.seq == 0 || n == 0 || n > QUOTE_BATCH_MAX)
        return STATUS_INVALID;
    message.quotes = calloc(n, sizeof *message.quotes);
    if (!message.quotes)
        return STATUS_NO_MEMORY;
    message.quotes_n = n;
    for (size_t i = 0; i < n; i++) {
        enum status status = quote_fields_read(json_array_get(quotes, i), NULL, &message.quotes[i], NULL);
        if (status != STATUS_OK) {
            free(message.quotes);
            return STATUS_INVALID;
        }
    }
    *ret_message = message;
    return STATUS_OK;
}

static enum status hint_read(const json_t *portfolio, struct bus_message *ret_message) {
    size_t len = 0;
    struct bus_message message = {.type = BUS_MESSAGE_HINT};
    const char *text = json_exact_string(portfolio, &len);
    if (!text || uuid_parse(text, len, &message.portfolio_id) != STATUS_OK)
        return STATUS_INVALID;
    *ret_message = message;
    return STATUS_OK;
}

void bus_message_fini(struct bus_message *message) {
    free(message->quotes);
    free(message->symbols);
    free(message->answers);
    *message = (struct bus_message){0};
}

enum status bus_message_parse_any(const char *text, size_t len, struct bus_message *ret_message) {
    char error[8];
    json_t *root = NULL;
    enum status status = json_exact_parse(text, len, &root, error, sizeof error);
    if (status != STATUS_OK)
        return status;
    const json_t *portfolio = json_object_get(root, "portfolio");
    if (!json_is_object(root))
        status = STATUS_INVALID;
    else if (portfolio)
        status = hint_read(portfolio, ret_message);
    else if (json_object_size(root) == 1)
        status = ask_message_read(root, ret_message);
    else
        status = event_read(root, ret_message);
    json_decref(root);
    return status;
}

enum status numbered_quote_parse_any(const char *text, size_t len, struct numbered_quote *ret_quote) {
    char error[8];
    json_t *root = NULL;
    enum status status = json_exact_parse(text, len, &root, error, sizeof error);
    if (status != STATUS_OK)
        return status;
    struct numbered_quote quote;
    status = quote_fields_read(root, NULL, &quote.quote, NULL);
    if (status == STATUS_OK)
        status = seq_read(root, &quote.seq);
    json_decref(root);
    if (status == STATUS_OK)
        *ret_quote = quote;
    return status;
}

enum status bus_message_parse(const char *text, size_t len, struct bus_message *ret_message) {
    return quote_scan_event(text, len, ret_message) ? STATUS_OK : bus_message_parse_any(text, len, ret_message);
}

enum status numbered_quote_parse(const char *text, size_t len, struct numbered_quote *ret_quote) {
    return quote_scan_stored(text, len, ret_quote) ? STATUS_OK : numbered_quote_parse_any(text, len, ret_quote);
}
