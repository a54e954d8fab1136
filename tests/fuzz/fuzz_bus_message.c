/* A message or stored quote that is taken means the same after it was written
 * and read again, and obeys the bounds that the rest of the feed relies on; and
 * what the scan of canonical texts takes, the general parser takes as the same. */
#include "feed/ask_codec.h"
#include "feed/quote_ledger.h"
#include "feed/quote_scan.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

static void check_quote(const struct quote *quote, uint64_t seq) {
    struct numbered_quote numbered = {.quote = *quote, .seq = seq}, again;
    struct strbuf text, second;
    strbuf_init(&text);
    strbuf_init(&second);
    numbered_quote_write_json(&text, &numbered);
    FUZZ_CHECK(strbuf_status(&text) == STATUS_OK);
    FUZZ_CHECK(numbered_quote_parse(text.data, text.len, &again) == STATUS_OK);
    numbered_quote_write_json(&second, &again);
    FUZZ_CHECK(text.len == second.len && memcmp(text.data, second.data, text.len) == 0);
    FUZZ_CHECK(again.seq == seq && quote_is_unchanged(&again.quote, quote));
    FUZZ_CHECK(quote->price.e8 > 0 && quote->previous_close.e8 >= 0);
    char detail[128];
    FUZZ_CHECK(quote_batch_check(quote, 1, detail, sizeof detail) == STATUS_OK);
    strbuf_fini(&text);
    strbuf_fini(&second);
}

static void check_same_quote(const struct quote *scanned, const struct quote *parsed) {
    FUZZ_CHECK(symbol_equal(&scanned->symbol, &parsed->symbol) && quote_is_unchanged(scanned, parsed));
    FUZZ_CHECK(scanned->as_of_ms == parsed->as_of_ms && scanned->source_time_ms == parsed->source_time_ms);
    FUZZ_CHECK(strcmp(scanned->source, parsed->source) == 0);
}

static void check_scan(const char *text, size_t len) {
    struct bus_message scanned, parsed;
    struct numbered_quote stored, stored_parsed;
    if (quote_scan_event(text, len, &scanned)) {
        FUZZ_CHECK(bus_message_parse_any(text, len, &parsed) == STATUS_OK && parsed.type == BUS_MESSAGE_EVENT);
        FUZZ_CHECK(scanned.seq == parsed.seq && strcmp(scanned.epoch.text, parsed.epoch.text) == 0);
        FUZZ_CHECK(scanned.quotes_n == parsed.quotes_n);
        for (size_t i = 0; i < scanned.quotes_n; i++)
            check_same_quote(&scanned.quotes[i], &parsed.quotes[i]);
        free(scanned.quotes);
        free(parsed.quotes);
    }
    if (quote_scan_stored(text, len, &stored)) {
        FUZZ_CHECK(numbered_quote_parse_any(text, len, &stored_parsed) == STATUS_OK);
        FUZZ_CHECK(stored.seq == stored_parsed.seq);
        check_same_quote(&stored.quote, &stored_parsed.quote);
    }
}

/* What takes no number: written again it is the same text as after a second reading. */
static void notice_write(struct strbuf *out, const struct bus_message *message) {
    if (message->type == BUS_MESSAGE_ASK)
        bus_ask_write_json(out, message->symbols, message->symbols_n);
    else if (message->type == BUS_MESSAGE_FORGET)
        bus_forget_write_json(out, message->symbols, message->symbols_n);
    else if (message->type == BUS_MESSAGE_ANSWERED)
        bus_answered_write_json(out, message->answers, message->answers_n);
    else if (message->type == BUS_MESSAGE_RESTORED)
        bus_restored_write_json(out, &message->epoch);
    else if (message->type == BUS_MESSAGE_ACCESS)
        bus_access_write_json(out, &message->subject);
    else
        bus_hint_write_json(out, &message->portfolio_id);
}

static void check_notice(const struct bus_message *message) {
    struct bus_message again;
    struct strbuf text, second;
    strbuf_init(&text);
    strbuf_init(&second);
    FUZZ_CHECK(message->symbols_n <= BUS_ASK_MAX && message->answers_n <= BUS_ASK_MAX);
    FUZZ_CHECK(message->type != BUS_MESSAGE_ASK || message->symbols_n > 0);
    notice_write(&text, message);
    FUZZ_CHECK(strbuf_status(&text) == STATUS_OK);
    FUZZ_CHECK(bus_message_parse(text.data, text.len, &again) == STATUS_OK && again.type == message->type);
    notice_write(&second, &again);
    FUZZ_CHECK(text.len == second.len && memcmp(text.data, second.data, text.len) == 0);
    bus_message_fini(&again);
    strbuf_fini(&text);
    strbuf_fini(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct bus_message message;
    struct numbered_quote numbered;
    check_scan((const char *)data, size);
    if (bus_message_parse((const char *)data, size, &message) == STATUS_OK) {
        FUZZ_CHECK(message.type != BUS_MESSAGE_EVENT || (message.quotes_n > 0 && message.seq > 0));
        for (size_t i = 0; i < message.quotes_n; i++)
            check_quote(&message.quotes[i], message.seq);
        if (message.type != BUS_MESSAGE_EVENT)
            check_notice(&message);
        bus_message_fini(&message);
    }
    if (numbered_quote_parse((const char *)data, size, &numbered) == STATUS_OK)
        check_quote(&numbered.quote, numbered.seq);
    return 0;
}
