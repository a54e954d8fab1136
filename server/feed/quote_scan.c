/* Owns nothing; refuses whatever is not canonical text. Thread: any; pure. */
#include "feed/quote_scan.h"

#include "base/timestamp.h"
#include "feed/quote_fields.h"

#include <stdlib.h>
#include <string.h>

/* What is left of the text, and the times read last: a batch repeats them. */
struct scan {
    const char *at, *end;
    const char *as_of_text, *session_text;
    size_t as_of_len;
    int64_t as_of_ms;
    int32_t session;
};

static bool scan_literal(struct scan *scan, const char *literal, size_t len) {
    if ((size_t)(scan->end - scan->at) < len || memcmp(scan->at, literal, len) != 0)
        return false;
    scan->at += len;
    return true;
}
#define SCAN_LITERAL(scan, literal) scan_literal((scan), "" literal, sizeof(literal) - 1)

/* Up to the next quotation mark, which is taken too. The parsers of the fields refuse what a JSON string may not hold.
 */
static const char *scan_text(struct scan *scan, size_t *ret_len) {
    const char *text = scan->at;
    const char *mark = memchr(text, '"', (size_t)(scan->end - text));
    if (!mark)
        return NULL;
    *ret_len = (size_t)(mark - text);
    scan->at = mark + 1;
    return text;
}

static const char *scan_number(struct scan *scan, size_t *ret_len) {
    const char *text = scan->at;
    while (scan->at < scan->end && ((*scan->at >= '0' && *scan->at <= '9') || *scan->at == '.'))
        scan->at++;
    *ret_len = (size_t)(scan->at - text);
    return text;
}

static bool scan_price(struct scan *scan, struct price *ret_price) {
    size_t len = 0;
    const char *text = scan_number(scan, &len);
    return quote_price_parse(text, len, ret_price) == STATUS_OK;
}

static bool scan_seq(struct scan *scan, uint64_t *ret_seq) {
    size_t len = 0;
    const char *text = scan_number(scan, &len);
    bool is_padded = len > 1 && text[0] == '0'; /* no JSON number */
    return !is_padded && bus_seq_parse(text, len, ret_seq) == STATUS_OK;
}

static bool scan_session(struct scan *scan, int32_t *ret_session) {
    size_t len = 0;
    const char *text = scan_text(scan, &len);
    if (!text || len != DATE_TEXT_LEN)
        return false;
    if (!scan->session_text || memcmp(text, scan->session_text, len) != 0) {
        if (date_parse(text, len, &scan->session) != STATUS_OK)
            return false;
        scan->session_text = text;
    }
    *ret_session = scan->session;
    return true;
}

static bool scan_as_of(struct scan *scan, int64_t *ret_ms) {
    size_t len = 0;
    const char *text = scan_text(scan, &len);
    if (!text)
        return false;
    if (!scan->as_of_text || len != scan->as_of_len || memcmp(text, scan->as_of_text, len) != 0) {
        if (timestamp_parse(text, len, &scan->as_of_ms) != STATUS_OK)
            return false;
        scan->as_of_text = text;
        scan->as_of_len = len;
    }
    *ret_ms = scan->as_of_ms;
    return true;
}

static bool scan_stale(struct scan *scan, bool *ret_stale) {
    *ret_stale = SCAN_LITERAL(scan, "true");
    return *ret_stale || SCAN_LITERAL(scan, "false");
}

static bool scan_names(struct scan *scan, struct quote *quote) {
    size_t len = 0;
    const char *text = SCAN_LITERAL(scan, "\"symbol\":\"") ? scan_text(scan, &len) : NULL;
    if (!text || symbol_parse(text, len, &quote->symbol) != STATUS_OK)
        return false;
    if (!SCAN_LITERAL(scan, ",\"price\":") || !scan_price(scan, &quote->price))
        return false;
    if (SCAN_LITERAL(scan, ",\"previous_close\":") && !scan_price(scan, &quote->previous_close))
        return false;
    text = SCAN_LITERAL(scan, ",\"currency\":\"") ? scan_text(scan, &len) : NULL;
    return text && currency_parse(text, len, &quote->currency) == STATUS_OK;
}

/* The members of a quote, and the brace behind them. */
static bool scan_quote(struct scan *scan, struct quote *quote) {
    size_t len = 0;
    *quote = (struct quote){0};
    if (!scan_names(scan, quote) || !SCAN_LITERAL(scan, ",\"session\":\"") || !scan_session(scan, &quote->session) ||
        !SCAN_LITERAL(scan, ",\"as_of\":\"") || !scan_as_of(scan, &quote->as_of_ms))
        return false;
    const char *text = SCAN_LITERAL(scan, ",\"source\":\"") ? scan_text(scan, &len) : NULL;
    if (!text || quote_source_parse(text, len, quote->source) != STATUS_OK)
        return false;
    if (!SCAN_LITERAL(scan, ",\"stale\":") || !scan_stale(scan, &quote->stale))
        return false;
    if (SCAN_LITERAL(scan, ",\"source_time\":\"")) {
        text = scan_text(scan, &len);
        if (!text || timestamp_parse(text, len, &quote->source_time_ms) != STATUS_OK)
            return false;
    }
    return SCAN_LITERAL(scan, "}");
}

/* Each quote of an event begins with {"symbol": and no text in one can hold a brace. */
static size_t count_quotes(const struct scan *scan) {
    size_t n = 0;
    for (const char *at = scan->at; (at = memchr(at, '{', (size_t)(scan->end - at))); at++)
        n++;
    return n;
}

static bool scan_quotes(struct scan *scan, struct quote *quotes, size_t n) {
    for (size_t i = 0; i < n; i++)
        if ((i > 0 && !SCAN_LITERAL(scan, ",")) || !SCAN_LITERAL(scan, "{") || !scan_quote(scan, &quotes[i]))
            return false;
    return SCAN_LITERAL(scan, "]}") && scan->at == scan->end;
}

bool quote_scan_event(const char *text, size_t len, struct bus_message *ret_message) {
    struct scan scan = {.at = text, .end = text + len};
    struct bus_message message = {.type = BUS_MESSAGE_EVENT};
    size_t epoch_len = 0;
    const char *epoch = SCAN_LITERAL(&scan, "{\"epoch\":\"") ? scan_text(&scan, &epoch_len) : NULL;
    if (!epoch || bus_epoch_parse(epoch, epoch_len, &message.epoch) != STATUS_OK)
        return false;
    if (!SCAN_LITERAL(&scan, ",\"seq\":") || !scan_seq(&scan, &message.seq) || message.seq == 0 ||
        !SCAN_LITERAL(&scan, ",\"quotes\":["))
        return false;
    size_t n = count_quotes(&scan);
    if (n == 0 || n > QUOTE_BATCH_MAX)
        return false;
    message.quotes = malloc(n * sizeof *message.quotes);
    if (!message.quotes)
        return false;
    message.quotes_n = n;
    if (!scan_quotes(&scan, message.quotes, n)) {
        free(message.quotes);
        return false;
    }
    *ret_message = message;
    return true;
}

bool quote_scan_stored(const char *text, size_t len, struct numbered_quote *ret_quote) {
    struct scan scan = {.at = text, .end = text + len};
    struct numbered_quote quote;
    if (!SCAN_LITERAL(&scan, "{\"seq\":") || !scan_seq(&scan, &quote.seq) || !SCAN_LITERAL(&scan, ",") ||
        !scan_quote(&scan, &quote.quote) || scan.at != scan.end)
        return false;
    *ret_quote = quote;
    return true;
}
