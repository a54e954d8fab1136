/* links: pf_feed pf_protocol pf_domain pf_base */
/* Coinbase answers by their body before their status. */
#include "support/provider_ask.h"

#define TICKER(price)                                                                                                  \
    "{\"trade_id\":86326522,\"price\":" price ",\"size\":\"0.00698254\",\"time\":\"2020-03-20T00:22:57.833Z\","        \
    "\"bid\":\"6265.15\",\"ask\":\"6267.71\",\"volume\":\"53602.03940154\"}"

static const struct provider_ops *const ops = &provider_coinbase_ops;

static void test_verdicts(void **state) {
    (void)state;
    static const struct ask_row rows[] = {
        {"a quote", 200, TICKER("\"6268.48\""), PROVIDER_QUOTE},
        {"not found", 404, "{\n  \"message\": \"NotFound\"\n}", PROVIDER_UNKNOWN_SYMBOL},
        {"not found with another status", 200, "{\"message\":\"NotFound\"}", PROVIDER_UNKNOWN_SYMBOL},
        {"throttled", 429, "{\"message\":\"Public rate limit exceeded\"}", PROVIDER_THROTTLED},
        {"throttled with status 200", 200, "{\"message\":\"Public rate limit exceeded\"}", PROVIDER_THROTTLED},
        {"throttled by a proxy", 429, "<html>", PROVIDER_THROTTLED},
        {"another message", 400, "{\"message\":\"Unsupported\"}", PROVIDER_FAILED},
        {"server error", 500, "oops", PROVIDER_FAILED},
        {"server error in JSON", 503, "{}", PROVIDER_FAILED},
        {"a proxy's 404", 404, "<html>", PROVIDER_MALFORMED},
        {"no JSON", 200, "<html>", PROVIDER_MALFORMED},
        {"cut off", 200, "{\"trade_id\":86326522,\"price\":\"62", PROVIDER_MALFORMED},
        {"empty", 200, "", PROVIDER_MALFORMED},
        {"an array", 200, "[]", PROVIDER_MALFORMED},
        {"no time", 200, "{\"price\":\"1\"}", PROVIDER_MALFORMED},
        {"zero", 200, TICKER("\"0.00\""), PROVIDER_REFUSED_PRICE},
        {"negative", 200, TICKER("\"-1\""), PROVIDER_REFUSED_PRICE},
        {"NaN in a string", 200, TICKER("\"NaN\""), PROVIDER_REFUSED_PRICE},
        {"null", 200, TICKER("null"), PROVIDER_REFUSED_PRICE},
        {"less than 1e-8", 200, TICKER("\"0.000000001\""), PROVIDER_REFUSED_PRICE},
        {"too large", 200, TICKER("\"90000000000.01\""), PROVIDER_REFUSED_PRICE},
    };
    ask_check_rows(ops, PROVIDER_CRYPTO, "BTC-USD", rows, COUNT_OF(rows));
}

static void test_quote_is_exact(void **state) {
    (void)state;
    struct asked asked;
    ask(&asked, ops, PROVIDER_CRYPTO, "BTC-EUR", 200, TICKER("\"6268.48000001\""));
    const struct quote *quote = &asked.answer.results[0].quote;
    assert_int_equal(ask_verdict(&asked), PROVIDER_QUOTE);
    assert_int_equal(quote->price.e8, INT64_C(626848000001));
    assert_string_equal(quote->currency.code, "EUR");
    assert_string_equal(quote->source, "coinbase");
    assert_int_equal(quote->as_of_ms, INT64_C(1584663777833));
    assert_int_equal(quote->session, timestamp_date(INT64_C(1584663777833)));
    assert_int_equal(quote->previous_close.e8, 0);
    assert_false(quote->stale);
}

static void test_requests(void **state) {
    (void)state;
    static const char *const known[] = {"BTC-USD", "ETH-EUR", "1INCH-USD"};
    static const char *const unknown[] = {"AAPL",  "BRK.B", "BRK-B", "EUR/USD",  "EURUSD=X",
                                          "^GSPC", "-USD",  "BTC-",  "BTC-USDT", "A-B-USD"};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        assert_row(ask_knows(ops, known[i]), known[i]);
    for (size_t i = 0; i < COUNT_OF(unknown); i++)
        assert_row(!ask_knows(ops, unknown[i]), unknown[i]);
    assert_string_equal(ask_request(ops, NULL, PROVIDER_CRYPTO, "BTC-USD"), "/products/BTC-USD/ticker");
    assert_string_equal(ask_request(ops, NULL, PROVIDER_HISTORY, "BTC-USD"),
                        "/products/BTC-USD/candles?granularity=86400&start=2024-01-02T00:00:00Z"
                        "&end=2024-10-27T00:00:00Z");
}

/* LOW stands before HIGH, the newest candle first, 300 a page. */
static void test_candles(void **state) {
    (void)state;
    static const char body[] = "[[1522972800, 6500.5, 7075, 6773.94, 6611, 26.84379253],"
                               " [1522886400, 6575, 6933.82, 6815.96, 6773.94, 12499.65]]";
    struct asked asked;
    ask(&asked, ops, PROVIDER_HISTORY, "BTC-USD", 200, body);
    assert_int_equal(asked.answer.verdict, PROVIDER_QUOTE);
    assert_int_equal(asked.history.bars_n, 2);
    const struct provider_bar *bar = &asked.history.bars[1];
    assert_int_equal(asked.history.bars[0].date + 1, bar->date);
    assert_int_equal(bar->date, 17627); /* 2018-04-06 */
    assert_int_equal(bar->low_e8, INT64_C(650050000000));
    assert_int_equal(bar->high_e8, INT64_C(707500000000));
    assert_int_equal(bar->open_e8, INT64_C(677394000000));
    assert_int_equal(bar->close_e8, INT64_C(661100000000));
    assert_int_equal(bar->volume_e8, INT64_C(2684379253));
    assert_string_equal(asked.history.currency.code, "USD");
    assert_false(asked.history.has_actions);
    assert_int_equal(asked.history.next_from, asked.query.from + 300);
    provider_history_fini(&asked.history);
    /* A volume below 0 is none. */
    ask(&asked, ops, PROVIDER_HISTORY, "BTC-USD", 200, "[[1522972800, 1, 2, 1, 2, -40]]");
    assert_int_equal(asked.history.bars_n, 1);
    assert_int_equal(asked.history.bars[0].volume_e8, -1);
    provider_history_fini(&asked.history);
    static const struct ask_row rows[] = {
        {"none", 200, "[]", PROVIDER_QUOTE},
        {"not found", 404, "{\"message\":\"NotFound\"}", PROVIDER_UNKNOWN_SYMBOL},
        {"a short row", 200, "[[1522972740, 6778.01, 6791.68]]", PROVIDER_MALFORMED},
        {"null", 200, "[[1522972740, 1, 1, 1, null, 1]]", PROVIDER_MALFORMED},
        {"a ticker", 200, "{}", PROVIDER_MALFORMED},
        {"an error", 502, "<html>", PROVIDER_FAILED},
    };
    ask_check_rows(ops, PROVIDER_HISTORY, "BTC-USD", rows, COUNT_OF(rows));
}

static void test_samples(void **state) {
    (void)state;
    static const struct ask_sample_row rows[] = {
        {PROVIDER_CRYPTO, "BTC-USD", 200, "coinbase_ticker.json", PROVIDER_QUOTE},
        {PROVIDER_CRYPTO, "BTC-USD", 404, "coinbase_404.json", PROVIDER_UNKNOWN_SYMBOL},
        {PROVIDER_CRYPTO, "BTC-USD", 429, "coinbase_429.json", PROVIDER_THROTTLED},
        {PROVIDER_CRYPTO, "BTC-USD", 200, "coinbase_candles.json", PROVIDER_MALFORMED},
        {PROVIDER_HISTORY, "BTC-USD", 200, "coinbase_candles.json", PROVIDER_QUOTE},
        {PROVIDER_HISTORY, "BTC-USD", 200, "coinbase_ticker.json", PROVIDER_MALFORMED},
    };
    ask_check_samples(ops, rows, COUNT_OF(rows));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts), cmocka_unit_test(test_quote_is_exact), cmocka_unit_test(test_requests),
        cmocka_unit_test(test_candles),  cmocka_unit_test(test_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
