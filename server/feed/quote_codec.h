/* Quotes as JSON: bus events, stored quotes, publish lines. Decimals keep
 * their exact text. Everything here parses bytes from outside: fuzzed.
 * Thread: any; pure. */
#ifndef PF_FEED_QUOTE_CODEC_H
#define PF_FEED_QUOTE_CODEC_H

#include "base/strbuf.h"
#include "feed/bus.h"

/* Quotes of one batch, event or line at most. */
#define QUOTE_BATCH_MAX 10000

/* {"symbol","price","previous_close"?,"currency","session","as_of","source","stale","source_time"?}:
 * canonical member order and number text (what the publish script compares). */
void quote_write_json(struct strbuf *out, const struct quote *quote);
/* A value of pf:quotes: the same with "seq" in front. */
void numbered_quote_write_json(struct strbuf *out, const struct numbered_quote *quote);
/* {"portfolio":"<uuid>"} */
void bus_hint_write_json(struct strbuf *out, const struct uuid *portfolio_id);

/* What a message on pf:events says; feed/ask_codec.h has the last five. */
struct bus_message {
    enum {
        BUS_MESSAGE_EVENT,
        BUS_MESSAGE_HINT,
        BUS_MESSAGE_ASK,
        BUS_MESSAGE_FORGET,
        BUS_MESSAGE_ANSWERED,
        BUS_MESSAGE_RESTORED,
        BUS_MESSAGE_ACCESS
    } type;
    struct bus_epoch epoch;
    uint64_t seq;
    struct quote *quotes; /* this and the next two: malloc'd, bus_message_fini frees them */
    size_t quotes_n;
    struct symbol *symbols;
    size_t symbols_n;
    struct answered_symbol *answers;
    size_t answers_n;
    struct uuid portfolio_id;
    struct uuid subject; /* of BUS_MESSAGE_ACCESS */
};
void bus_message_fini(struct bus_message *message);
/* STATUS_INVALID: none of these messages (ignored and counted by the caller). */
PF_MUST_CHECK enum status bus_message_parse(const char *text, size_t len, struct bus_message *ret_message);

/* The same by the general parser alone: for the comparison with quote_scan.h. */
PF_MUST_CHECK enum status bus_message_parse_any(const char *text, size_t len, struct bus_message *ret_message);

/* A value of pf:quotes: the quote with its "seq". */
PF_MUST_CHECK enum status numbered_quote_parse(const char *text, size_t len, struct numbered_quote *ret_quote);
PF_MUST_CHECK enum status numbered_quote_parse_any(const char *text, size_t len, struct numbered_quote *ret_quote);

/* A line of `portfoliod publish -`: a JSON array of quotes. symbol and price are
 * required; currency (the stored quote's, else USD), as_of (now), session (UTC date of as_of), source
 * ("publish"), stale (false) have defaults. The error text names element and field. */
PF_MUST_CHECK enum status publish_line_parse(const char *text, size_t len, int64_t now_ms, struct quote **ret_quotes,
                                             size_t *ret_n, char *error, size_t error_len);

/* 16 lower-case hex digits. */
PF_MUST_CHECK enum status bus_epoch_parse(const char *text, size_t len, struct bus_epoch *ret_epoch);
/* A number of the bus: digits only, below 2^53. */
PF_MUST_CHECK enum status bus_seq_parse(const char *text, size_t len, uint64_t *ret_seq);

/* SYMBOL=PRICE or SYMBOL=PRICE/PREVIOUS_CLOSE. */
PF_MUST_CHECK enum status publish_argument_parse(const char *text, int64_t now_ms, struct quote *ret_quote);

#endif
