/* links: pf_feed pf_protocol pf_domain pf_base */
/* Alpha Vantage: everything has status 200 and everything is a string. */
#include "support/provider_ask.h"

#define QUOTE(price)                                                                                                   \
    "{\"Global Quote\":{\"01. symbol\":\"IBM\",\"05. price\":" price ",\"07. latest trading day\":\"2024-04-24\","     \
    "\"08. previous close\":\"182.1900\",\"10. change percent\":\"1.0484%\"}}"
#define RATE(zone)                                                                                                     \
    "{\"Realtime Currency Exchange Rate\":{\"1. From_Currency Code\":\"USD\",\"3. To_Currency Code\":\"JPY\","         \
    "\"5. Exchange Rate\":\"149.85000000\",\"6. Last Refreshed\":\"2024-02-28 20:30:01\",\"7. Time Zone\":" zone "}}"
#define THANKS "Thank you for using Alpha Vantage! "
#define PER_SECOND                                                                                                     \
    "{\"Information\":\"" THANKS "Please consider spreading out your free API requests more sparingly (1 request per " \
    "second). You may subscribe to any of the premium plans to lift the free key rate limit (25 requests per day), "   \
    "raise the per-second burst limit, and instantly unlock all premium endpoints\"}"
#define PER_DAY "{\"Information\":\"" THANKS "Our standard API rate limit is 25 requests per day.\"}"
#define PER_MINUTE                                                                                                     \
    "{\"Note\":\"" THANKS "Our standard API call frequency is 5 calls per minute and 500 calls per day.\"}"
#define PREMIUM "{\"Information\":\"" THANKS "This is a premium endpoint. You may subscribe\"}"

static const struct provider_ops *const ops = &provider_alphavantage_ops;

static void test_verdicts(void **state) {
    (void)state;
    static const struct ask_row rows[] = {
        {"a quote", 200, QUOTE("\"184.1000\""), PROVIDER_QUOTE},
        {"a delayed quote", 200,
         "{\"Global Quote - DATA DELAYED BY 15 MINUTES\":{\"05. price\":\"1\",\"07. latest trading day\":"
         "\"2024-04-24\"}}",
         PROVIDER_QUOTE},
        {"unknown", 200, "{\"Global Quote\":{}}", PROVIDER_UNKNOWN_SYMBOL},
        {"an invalid call", 200, "{\"Error Message\":\"Invalid API call. Please retry\"}", PROVIDER_UNKNOWN_SYMBOL},
        {"an invalid key", 200,
         "{\"Error Message\":\"the parameter apikey is invalid or missing. Please claim your free API key\"}",
         PROVIDER_INVALID_KEY},
        {"the demo key", 200, "{\"Information\":\"The **demo** API key is for demo purposes only.\"}",
         PROVIDER_INVALID_KEY},
        {"throttled per second, which also names the day and premium endpoints", 200, PER_SECOND, PROVIDER_THROTTLED},
        {"throttled per day", 200, PER_DAY, PROVIDER_THROTTLED},
        {"throttled per minute, the older form", 200, PER_MINUTE, PROVIDER_THROTTLED},
        {"premium: no throttle", 200, PREMIUM, PROVIDER_NOT_ENTITLED},
        {"throttled by a proxy", 429, "<html>", PROVIDER_THROTTLED},
        {"server error", 503, "", PROVIDER_FAILED},
        {"CSV", 200, "symbol,open,high\nIBM,1,2\n", PROVIDER_MALFORMED},
        {"another object", 200, "{\"bestMatches\":[]}", PROVIDER_MALFORMED},
        {"no trading day", 200, "{\"Global Quote\":{\"05. price\":\"1\"}}", PROVIDER_MALFORMED},
        {"zero", 200, QUOTE("\"0.0000\""), PROVIDER_REFUSED_PRICE},
        {"null", 200, QUOTE("null"), PROVIDER_REFUSED_PRICE},
        {"not a number", 200, QUOTE("\"None\""), PROVIDER_REFUSED_PRICE},
    };
    ask_check_rows(ops, PROVIDER_QUOTES, "IBM", rows, COUNT_OF(rows));
}

static void test_pauses(void **state) {
    (void)state;
    static const struct {
        const char *body;
        int64_t pause_ms;
    } rows[] = {{PER_SECOND, 1000}, {PER_MINUTE, 60000}, {PER_DAY, PROVIDER_PAUSE_DAY}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct asked asked;
        ask(&asked, ops, PROVIDER_QUOTES, "IBM", 200, rows[i].body);
        assert_row(asked.answer.pause_ms == rows[i].pause_ms, rows[i].body);
    }
}

static void test_a_quote(void **state) {
    (void)state;
    struct asked asked;
    ask(&asked, ops, PROVIDER_QUOTES, "IBM", 200, QUOTE("\"184.1000\""));
    const struct quote *quote = &asked.answer.results[0].quote;
    assert_int_equal(quote->price.e8, INT64_C(18410000000));
    assert_int_equal(quote->previous_close.e8, INT64_C(18219000000));
    assert_string_equal(quote->currency.code, "USD");
    assert_string_equal(quote->source, "alphavantage");
    assert_int_equal(quote->session, 19837);                   /* 2024-04-24 */
    assert_int_equal(quote->as_of_ms, INT64_C(1713988800000)); /* 16:00 in New York, summer time */
    /* Of today, before the close: it is of now, not of a time to come. */
    ask(&asked, ops, PROVIDER_QUOTES, "IBM", 200,
        "{\"Global Quote\":{\"05. price\":\"1\",\"07. latest trading day\":\"2026-11-18\"}}");
    assert_int_equal(asked.answer.results[0].quote.as_of_ms, ASK_NOW_MS);
    assert_int_equal(asked.answer.results[0].quote.previous_close.e8, 0);
}

static void test_bulk(void **state) {
    (void)state;
    static const char body[] =
        "{\"endpoint\":\"Realtime Bulk Quotes\",\"message\":\"success\",\"data\":["
        "{\"symbol\":\"BRK-B\",\"timestamp\":\"2024-10-30 19:59:57.644\",\"close\":\"447.31\",\"previous_close\":\"\","
        "\"extended_hours_quote\":\"1\"},"
        "{\"symbol\":\"MSTR\",\"timestamp\":\"2024-12-30 10:00:00\",\"close\":\"247.31\",\"previous_close\":"
        "\"258.24\"},{\"symbol\":\"ELSE\"}]}";
    struct asked asked;
    ask(&asked, ops, PROVIDER_BULK_QUOTES, "MSTR,AAPL,BRK.B", 200, body);
    const struct provider_result *results = asked.answer.results;
    assert_int_equal(results[0].verdict, PROVIDER_QUOTE);
    assert_int_equal(results[0].quote.price.e8, INT64_C(24731000000));
    assert_int_equal(results[0].quote.previous_close.e8, INT64_C(25824000000));
    assert_int_equal(results[0].quote.as_of_ms, INT64_C(1735570800000)); /* 15:00 UTC: winter time */
    assert_int_equal(results[1].verdict, PROVIDER_UNKNOWN_SYMBOL);
    assert_int_equal(results[2].verdict, PROVIDER_QUOTE);
    assert_string_equal(results[2].quote.symbol.text, "BRK.B");
    assert_int_equal(results[2].quote.price.e8, INT64_C(44731000000));
    assert_int_equal(results[2].quote.as_of_ms, INT64_C(1730332797644)); /* 23:59:57.644 UTC: summer time */
    assert_int_equal(results[2].quote.session, 20026);                   /* 2024-10-30 */
}

static void test_rates(void **state) {
    (void)state;
    struct asked asked;
    ask(&asked, ops, PROVIDER_RATES, "USD/JPY", 200, RATE("\"UTC\""));
    assert_int_equal(ask_verdict(&asked), PROVIDER_QUOTE);
    const struct quote *quote = &asked.answer.results[0].quote;
    assert_int_equal(quote->price.e8, INT64_C(14985000000));
    assert_string_equal(quote->currency.code, "JPY");
    assert_int_equal(quote->as_of_ms, INT64_C(1709152201000));
    ask(&asked, ops, PROVIDER_RATES, "USD/JPY", 200, RATE("\"US/Eastern\""));
    assert_int_equal(ask_verdict(&asked), PROVIDER_MALFORMED);
}

static void test_requests(void **state) {
    (void)state;
    static const struct {
        enum provider_function function;
        const char *names, *request;
    } rows[] = {
        {PROVIDER_QUOTES, "BRK.B", "/query?function=GLOBAL_QUOTE&symbol=BRK-B&apikey=K"},
        {PROVIDER_BULK_QUOTES, "AAPL,BRK-A", "/query?function=REALTIME_BULK_QUOTES&symbol=AAPL,BRK-A&apikey=K"},
        {PROVIDER_RATES, "USD/JPY",
         "/query?function=CURRENCY_EXCHANGE_RATE&from_currency=USD&to_currency=JPY&apikey=K"},
        {PROVIDER_CRYPTO, "BTC-EUR",
         "/query?function=CURRENCY_EXCHANGE_RATE&from_currency=BTC&to_currency=EUR&apikey=K"},
        {PROVIDER_HISTORY, "IBM", "/query?function=TIME_SERIES_DAILY&symbol=IBM&outputsize=compact&apikey=K"},
        {PROVIDER_FULL_HISTORY, "IBM",
         "/query?function=TIME_SERIES_DAILY_ADJUSTED&symbol=IBM&outputsize=full&apikey=K"},
        {PROVIDER_HISTORY, "EUR/USD",
         "/query?function=FX_DAILY&from_symbol=EUR&to_symbol=USD&outputsize=compact&apikey=K"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_string_equal(ask_request(ops, "K", rows[i].function, rows[i].names), rows[i].request);
    static const char *const known[] = {"AAPL", "BRK.B", "EUR/USD", "BTC-USD"};
    /* Of other exchanges, whose currency the quote does not name. */
    static const char *const unknown[] = {"VOD.L", "NESN.SW", "^GSPC", "7203.T", "TSCO.LON", "EURUSD=X"};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        assert_row(ask_knows(ops, known[i]), known[i]);
    for (size_t i = 0; i < COUNT_OF(unknown); i++)
        assert_row(!ask_knows(ops, unknown[i]), unknown[i]);
}

/* As traded, with the split and the dividends of the day. */
static void test_full_history(void **state) {
    (void)state;
    static const char body[] =
        "{\"Meta Data\":{\"1. Information\":\"Daily\"},\"Time Series (Daily)\":{"
        "\"2020-08-31\":{\"1. open\":\"127.58\",\"2. high\":\"131.0\",\"3. low\":\"126.0\",\"4. close\":\"129.04\","
        "\"5. adjusted close\":\"128.6247\",\"6. volume\":\"223505733\",\"7. dividend amount\":\"0.0000\","
        "\"8. split coefficient\":\"4.0\"},"
        "\"2020-08-07\":{\"1. open\":\"452.82\",\"2. high\":\"454.7\",\"3. low\":\"441.17\",\"4. close\":\"444.45\","
        "\"6. volume\":\"49511403\",\"7. dividend amount\":\"0.8200\",\"8. split coefficient\":\"1.0\"}}}";
    struct asked asked;
    ask(&asked, ops, PROVIDER_FULL_HISTORY, "AAPL", 200, body);
    assert_int_equal(asked.answer.verdict, PROVIDER_QUOTE);
    assert_int_equal(asked.history.bars_n, 2);
    assert_int_equal(asked.history.bars[0].close_e8, INT64_C(44445000000));
    assert_int_equal(asked.history.bars[1].close_e8, INT64_C(12904000000));
    assert_int_equal(asked.history.bars[1].volume_e8, INT64_C(22350573300000000));
    assert_true(asked.history.has_actions);
    assert_int_equal(asked.history.actions_n, 2);
    assert_int_equal(asked.history.actions[0].type, PROVIDER_DIVIDEND);
    assert_int_equal(asked.history.actions[0].value_e8, 82000000);
    assert_int_equal(asked.history.actions[1].type, PROVIDER_SPLIT);
    assert_int_equal(asked.history.actions[1].numerator, 4);
    assert_int_equal(asked.history.actions[1].denominator, 1);
    provider_history_fini(&asked.history);
}

static void test_history(void **state) {
    (void)state;
    static const char body[] = "{\"Time Series FX (Daily)\":{\"2024-01-15\":{\"1. open\":\"1.0950\",\"2. high\":"
                               "\"1.0967\",\"3. low\":\"1.0934\",\"4. close\":\"1.0951\"}}}";
    struct asked asked;
    ask(&asked, ops, PROVIDER_HISTORY, "EUR/USD", 200, body);
    assert_int_equal(asked.history.bars_n, 1);
    assert_int_equal(asked.history.bars[0].close_e8, 109510000);
    assert_int_equal(asked.history.bars[0].volume_e8, -1);
    assert_string_equal(asked.history.currency.code, "USD");
    assert_false(asked.history.has_actions);
    provider_history_fini(&asked.history);
    static const struct ask_row rows[] = {
        {"premium", 200, PREMIUM, PROVIDER_NOT_ENTITLED},
        {"throttled", 200, PER_DAY, PROVIDER_THROTTLED},
        {"unknown", 200, "{\"Error Message\":\"Invalid API call.\"}", PROVIDER_UNKNOWN_SYMBOL},
        {"a date that is none", 200, "{\"Time Series (Daily)\":{\"2024-02-30\":{\"4. close\":\"1\"}}}",
         PROVIDER_MALFORMED},
        {"a row without a close", 200, "{\"Time Series (Daily)\":{\"2024-02-28\":{\"1. open\":\"1\"}}}",
         PROVIDER_MALFORMED},
        {"no series", 200, "{\"Meta Data\":{}}", PROVIDER_MALFORMED},
    };
    ask_check_rows(ops, PROVIDER_HISTORY, "IBM", rows, COUNT_OF(rows));
}

static void test_samples(void **state) {
    (void)state;
    static const struct ask_sample_row rows[] = {
        {PROVIDER_QUOTES, "IBM", 200, "av_global_quote.json", PROVIDER_QUOTE},
        {PROVIDER_QUOTES, "NOSUCH", 200, "av_global_quote_unknown_symbol.json", PROVIDER_UNKNOWN_SYMBOL},
        {PROVIDER_BULK_QUOTES, "MSTR", 200, "av_realtime_bulk_quotes.json", PROVIDER_QUOTE},
        {PROVIDER_RATES, "USD/JPY", 200, "av_currency_exchange_rate.json", PROVIDER_QUOTE},
        {PROVIDER_QUOTES, "IBM", 200, "av_error_message.json", PROVIDER_UNKNOWN_SYMBOL},
        {PROVIDER_QUOTES, "IBM", 200, "av_premium_endpoint.json", PROVIDER_NOT_ENTITLED},
        {PROVIDER_QUOTES, "IBM", 200, "av_throttle_note_old.json", PROVIDER_THROTTLED},
        {PROVIDER_QUOTES, "IBM", 200, "av_throttle_per_day.json", PROVIDER_THROTTLED},
        {PROVIDER_QUOTES, "IBM", 200, "av_throttle_per_second.json", PROVIDER_THROTTLED},
        {PROVIDER_HISTORY, "IBM", 200, "av_time_series_daily.json", PROVIDER_QUOTE},
        {PROVIDER_FULL_HISTORY, "AAPL", 200, "av_time_series_daily_adjusted_row.json", PROVIDER_QUOTE},
        {PROVIDER_HISTORY, "EUR/USD", 200, "av_fx_daily.json", PROVIDER_QUOTE},
        {PROVIDER_HISTORY, "IBM", 200, "av_premium_endpoint.json", PROVIDER_NOT_ENTITLED},
    };
    ask_check_samples(ops, rows, COUNT_OF(rows));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts), cmocka_unit_test(test_pauses),       cmocka_unit_test(test_a_quote),
        cmocka_unit_test(test_bulk),     cmocka_unit_test(test_rates),        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_history),  cmocka_unit_test(test_full_history), cmocka_unit_test(test_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
