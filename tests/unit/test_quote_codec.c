/* links: pf_feed pf_protocol pf_domain pf_base */
#include "feed/quote_codec.h"
#include "feed/quote_scan.h"
#include "support/feed_samples.h"
#include "unit/test.h"

#include <stdlib.h>

#define QUOTE_FIELDS                                                                                                   \
    "\"currency\":\"USD\",\"session\":\"2026-11-20\",\"as_of\":\"2026-11-20T22:34:50.123Z\",\"source\":\"publish\","   \
    "\"stale\":false"
#define EVENT(quotes) "{\"epoch\":\"0123456789abcdef\",\"seq\":7,\"quotes\":" quotes "}"
#define QUOTE "{\"symbol\":\"AAPL\",\"price\":189.84," QUOTE_FIELDS "}"

static void test_canonical_text(void **state) {
    (void)state;
    struct quote quote = sample_quote("EUR/USD", 123456789, SAMPLE_TIME_MS);
    struct strbuf text;
    strbuf_init(&text);
    quote_write_json(&text, &quote);
    assert_string_equal(strbuf_text(&text),
                        "{\"symbol\":\"EUR/USD\",\"price\":1.23456789,\"currency\":\"USD\",\"session\":\"2026-11-18\","
                        "\"as_of\":\"2026-11-18T11:06:40.000Z\",\"source\":\"simulated\",\"stale\":false}");
    quote.previous_close.e8 = DECIMAL_MAX_E8;
    quote.stale = true;
    quote.source_time_ms = 1;
    struct numbered_quote numbered = {.quote = quote, .seq = UINT64_C(9007199254740991)}, back;
    strbuf_clear(&text);
    numbered_quote_write_json(&text, &numbered);
    assert_string_equal(strbuf_text(&text),
                        "{\"seq\":9007199254740991,\"symbol\":\"EUR/USD\",\"price\":1.23456789,"
                        "\"previous_close\":90000000000,\"currency\":\"USD\",\"session\":\"2026-11-18\","
                        "\"as_of\":\"2026-11-18T11:06:40.000Z\",\"source\":\"simulated\",\"stale\":true,"
                        "\"source_time\":\"1970-01-01T00:00:00.001Z\"}");
    assert_int_equal(numbered_quote_parse(text.data, text.len, &back), STATUS_OK);
    assert_int_equal(back.seq, numbered.seq);
    assert_true(sample_quotes_equal(&back.quote, &quote));
    strbuf_fini(&text);
}

static void test_round_trip_of_random_quotes(void **state) {
    (void)state;
    uint64_t random = 3;
    struct strbuf text;
    strbuf_init(&text);
    for (int i = 0; i < 5000; i++) {
        struct quote quote = sample_quote("BRK.B", 1 + (int64_t)(sample_random(&random) % (uint64_t)DECIMAL_MAX_E8),
                                          (int64_t)(sample_random(&random) % UINT64_C(4000000000000)));
        if (i % 2)
            quote.previous_close.e8 = 1 + (int64_t)(sample_random(&random) % (uint64_t)DECIMAL_MAX_E8);
        struct numbered_quote numbered = {.quote = quote, .seq = 1 + sample_random(&random) % (UINT64_C(1) << 53)};
        numbered.seq = numbered.seq == UINT64_C(1) << 53 ? 1 : numbered.seq;
        struct numbered_quote back;
        strbuf_clear(&text);
        numbered_quote_write_json(&text, &numbered);
        assert_int_equal(numbered_quote_parse(text.data, text.len, &back), STATUS_OK);
        assert_int_equal(back.seq, numbered.seq);
        assert_true(sample_quotes_equal(&back.quote, &quote));
        assert_true(quote_scan_stored(text.data, text.len, &back)); /* it was this that read it */
        assert_int_equal(numbered_quote_parse_any(text.data, text.len, &back), STATUS_OK);
        assert_int_equal(back.seq, numbered.seq);
        assert_true(sample_quotes_equal(&back.quote, &quote));
    }
    strbuf_fini(&text);
}

/* Whatever one byte more, less or other makes of a canonical event: what the scan takes, the parser takes as the same.
 */
static void check_scan(const char *text, size_t len) {
    struct bus_message scanned, parsed;
    if (!quote_scan_event(text, len, &scanned))
        return;
    assert_int_equal(bus_message_parse_any(text, len, &parsed), STATUS_OK);
    assert_int_equal(scanned.seq, parsed.seq);
    assert_string_equal(scanned.epoch.text, parsed.epoch.text);
    assert_int_equal(scanned.quotes_n, parsed.quotes_n);
    for (size_t i = 0; i < scanned.quotes_n; i++)
        assert_true(sample_quotes_equal(&scanned.quotes[i], &parsed.quotes[i]));
    free(scanned.quotes);
    free(parsed.quotes);
}

static void test_the_scan_agrees_with_the_parser(void **state) {
    (void)state;
    static const char event[] =
        EVENT("[" QUOTE ",{\"symbol\":\"EUR/USD\",\"price\":1.5,\"previous_close\":1.25," QUOTE_FIELDS
              ",\"source_time\":\"2020-01-01T00:00:00.000Z\"}]");
    struct bus_message message;
    assert_true(quote_scan_event(event, sizeof event - 1, &message));
    assert_int_equal(message.quotes_n, 2);
    free(message.quotes);
    static const char bytes[] = "0159.,:\"'{}[] \\aAzZ-+eE/\x01\xff";
    char text[sizeof event + 1];
    for (size_t at = 0; at < sizeof event - 1; at++) {
        check_scan(event, at); /* cut */
        memcpy(text, event, at);
        memcpy(text + at, event + at + 1, sizeof event - 1 - at - 1);
        check_scan(text, sizeof event - 2);
        for (size_t i = 0; i < sizeof bytes - 1; i++) {
            memcpy(text, event, sizeof event - 1);
            text[at] = bytes[i];
            check_scan(text, sizeof event - 1);
            memcpy(text + at + 1, event + at, sizeof event - 1 - at);
            check_scan(text, sizeof event);
        }
    }
}

static void test_events_and_hints(void **state) {
    (void)state;
    static const char event[] =
        EVENT("[" QUOTE ",{\"symbol\":\"msft\",\"price\":\"1.5\"," QUOTE_FIELDS ",\"new\":{}}]");
    struct bus_message message;
    assert_int_equal(bus_message_parse(event, sizeof event - 1, &message), STATUS_OK);
    assert_int_equal(message.type, BUS_MESSAGE_EVENT);
    assert_string_equal(message.epoch.text, "0123456789abcdef");
    assert_int_equal(message.seq, 7);
    assert_int_equal(message.quotes_n, 2);
    assert_int_equal(message.quotes[0].price.e8, INT64_C(18984000000));
    assert_string_equal(message.quotes[1].symbol.text, "MSFT");
    free(message.quotes);
    struct uuid id;
    struct strbuf hint;
    assert_int_equal(uuid_random(&id), STATUS_OK);
    strbuf_init(&hint);
    bus_hint_write_json(&hint, &id);
    assert_int_equal(bus_message_parse(hint.data, hint.len, &message), STATUS_OK);
    assert_int_equal(message.type, BUS_MESSAGE_HINT);
    assert_true(uuid_equal(&message.portfolio_id, &id));
    strbuf_fini(&hint);
}

static void test_messages_refused(void **state) {
    (void)state;
    static const char *const rows[] = {
        "",
        "nonsense",
        "[]",
        "{}",
        "42",
        "{\"AAPL\":189.84}",
        "{\"portfolio\":\"not-a-uuid\"}",
        "{\"portfolio\":7}",
        EVENT("[]"),
        EVENT("{}"),
        EVENT("[1]"),
        EVENT("[" QUOTE ",{}]"),
        "{\"seq\":7,\"quotes\":[" QUOTE "]}",
        "{\"epoch\":\"0123456789ABCDEF\",\"seq\":7,\"quotes\":[" QUOTE "]}",
        "{\"epoch\":\"0123456789abcde\",\"seq\":7,\"quotes\":[" QUOTE "]}",
        "{\"epoch\":\"0123456789abcdef\",\"quotes\":[" QUOTE "]}",
        "{\"epoch\":\"0123456789abcdef\",\"seq\":0,\"quotes\":[" QUOTE "]}",
        "{\"epoch\":\"0123456789abcdef\",\"seq\":-1,\"quotes\":[" QUOTE "]}",
        "{\"epoch\":\"0123456789abcdef\",\"seq\":1.5,\"quotes\":[" QUOTE "]}",
        "{\"epoch\":\"0123456789abcdef\",\"seq\":\"7\",\"quotes\":[" QUOTE "]}",
        "{\"epoch\":\"0123456789abcdef\",\"seq\":9007199254740992,\"quotes\":[" QUOTE "]}",
        EVENT("[{\"symbol\":\"A\",\"price\":0," QUOTE_FIELDS "}]"),
        EVENT("[{\"symbol\":\"A\",\"price\":-1," QUOTE_FIELDS "}]"),
        EVENT("[{\"symbol\":\"A\",\"price\":1e2," QUOTE_FIELDS "}]"),
        EVENT("[{\"symbol\":\"A\",\"price\":90000000001," QUOTE_FIELDS "}]"),
        EVENT("[{\"symbol\":\"A\",\"price\":1,\"previous_close\":0," QUOTE_FIELDS "}]"),
        EVENT("[{\"symbol\":\"\",\"price\":1," QUOTE_FIELDS "}]"),
        EVENT("[{\"symbol\":\"A B\",\"price\":1," QUOTE_FIELDS "}]"),
        EVENT("[{\"symbol\":\"A\",\"price\":1}]"),
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bus_message message = {.seq = 99};
        assert_row(bus_message_parse(rows[i], strlen(rows[i]), &message) == STATUS_INVALID, rows[i]);
        assert_row(message.seq == 99, rows[i]);
    }
}

static void test_publish_lines(void **state) {
    (void)state;
    static const char line[] = "[{\"symbol\":\"aapl\",\"price\":12345678901.12345678},"
                               "{\"symbol\":\"BTC-EUR\",\"price\":\"5\",\"currency\":\"eur\",\"previous_close\":4.5,"
                               "\"as_of\":\"2020-01-02T03:04:05+01:00\",\"source\":\"desk\",\"stale\":true}]";
    struct quote *quotes;
    size_t n;
    char error[128];
    assert_int_equal(publish_line_parse(line, sizeof line - 1, SAMPLE_TIME_MS, &quotes, &n, error, sizeof error),
                     STATUS_OK);
    assert_int_equal(n, 2);
    assert_string_equal(quotes[0].symbol.text, "AAPL");
    assert_int_equal(quotes[0].price.e8, INT64_C(1234567890112345678));
    assert_string_equal(quotes[0].currency.code, "USD");
    assert_string_equal(quotes[0].source, "publish");
    assert_int_equal(quotes[0].as_of_ms, SAMPLE_TIME_MS);
    assert_int_equal(quotes[0].session, timestamp_date(SAMPLE_TIME_MS));
    assert_string_equal(quotes[1].currency.code, "EUR");
    assert_int_equal(quotes[1].as_of_ms, INT64_C(1577930645000));
    assert_int_equal(quotes[1].session, 18263);
    assert_int_equal(quotes[1].previous_close.e8, 450000000);
    assert_true(quotes[1].stale);
    free(quotes);
    assert_int_equal(publish_line_parse("[]", 2, 0, &quotes, &n, error, sizeof error), STATUS_OK);
    assert_int_equal(n, 0);
    free(quotes);
}

static void test_publish_line_errors_name_the_field(void **state) {
    (void)state;
    static const struct {
        const char *line, *error;
    } rows[] = {
        {"{}", "must be a JSON array of quotes"},
        {"[7]", "[0]: must be an object"},
        {"[{\"price\":1}]", "[0].symbol: is missing"},
        {"[{\"symbol\":7,\"price\":1}]", "[0].symbol: must be a string"},
        {"[{\"symbol\":\"A\",\"price\":1},{\"symbol\":\"B\"}]", "[1].price: is missing"},
        {"[{\"symbol\":\"A\",\"price\":true}]", "[0].price: must be a decimal number"},
        {"[{\"symbol\":\"A\",\"price\":0}]",
         "[0].price: must be above 0, at most 90000000000, with at most 8 decimals"},
        {"[{\"symbol\":\"A\",\"price\":1,\"as_of\":\"now\"}]", "[0].as_of: must be an RFC 3339 time"},
        {"[{\"symbol\":\"A\",\"price\":1,\"session\":\"2026-02-30\"}]", "[0].session: must be a date YYYY-MM-DD"},
        {"[{\"symbol\":\"A\",\"price\":1,\"source\":\"A B\"}]",
         "[0].source: must be 1 to 15 characters of a-z 0-9 . _ -"},
        {"[{\"symbol\":\"A\",\"price\":1,\"currency\":\"EURO\"}]", "[0].currency: must be three letters"},
        {"[{\"symbol\":\"A\",\"price\":1,\"stale\":\"no\"}]", "[0].stale: must be true or false"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct quote *quotes;
        size_t n;
        char error[128] = "";
        assert_row(publish_line_parse(rows[i].line, strlen(rows[i].line), 0, &quotes, &n, error, sizeof error) ==
                       STATUS_INVALID,
                   rows[i].line);
        assert_string_equal(error, rows[i].error);
    }
}

static void test_publish_arguments(void **state) {
    (void)state;
    static const struct {
        const char *text, *symbol;
        int64_t price_e8, previous_close_e8;
    } good[] = {
        {"AAPL=189.84", "AAPL", 18984000000, 0},
        {"aapl=189.84/188.10", "AAPL", 18984000000, 18810000000},
        {"EURUSD=X=1.1", "EURUSD=X", 110000000, 0},
        {"EUR/USD=1.1/1.2", "EUR/USD", 110000000, 120000000},
    };
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        struct quote quote;
        assert_row(publish_argument_parse(good[i].text, SAMPLE_TIME_MS, &quote) == STATUS_OK, good[i].text);
        assert_string_equal(quote.symbol.text, good[i].symbol);
        assert_row(quote.price.e8 == good[i].price_e8, good[i].text);
        assert_row(quote.previous_close.e8 == good[i].previous_close_e8, good[i].text);
        assert_string_equal(quote.source, "publish");
        assert_row(quote_is_by_hand(&quote), good[i].text);
    }
    static const char *const bad[] = {"",         "AAPL",    "AAPL=",    "=1",      "AAPL=0",
                                      "AAPL=-1",  "AAPL=1/", "AAPL=1/0", "AAPL=x",  "AAPL=1/2/3",
                                      "AAPL=1e2", "A B=1",   "AAPL=1 ",  "AAPL=+1", "AAPL=01"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct quote quote;
        assert_row(publish_argument_parse(bad[i], 0, &quote) != STATUS_OK, bad[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_canonical_text),    cmocka_unit_test(test_round_trip_of_random_quotes),
        cmocka_unit_test(test_events_and_hints),  cmocka_unit_test(test_messages_refused),
        cmocka_unit_test(test_publish_lines),     cmocka_unit_test(test_publish_line_errors_name_the_field),
        cmocka_unit_test(test_publish_arguments), cmocka_unit_test(test_the_scan_agrees_with_the_parser),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
