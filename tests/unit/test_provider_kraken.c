/* links: pf_feed pf_protocol pf_domain pf_base */
/* Kraken: keys that are renamed, one pair that fails all, no times. */
#include "support/provider_ask.h"

#define PAIR(key, last, open) "\"" key "\":{\"a\":[\"1\",\"1\",\"1\"],\"c\":[" last ",\"0.1\"],\"o\":" open "}"
#define TICKER(pairs) "{\"error\":[],\"result\":{" pairs "}}"

static const struct provider_ops *const ops = &provider_kraken_ops;

static void test_verdicts(void **state) {
    (void)state;
    static const struct ask_row rows[] = {
        {"a quote", 200, TICKER(PAIR("XXBTZUSD", "\"30303.2\"", "\"30502.8\"")), PROVIDER_QUOTE},
        {"a warning beside it", 200, "{\"error\":[\"WGeneral:x\"],\"result\":{" PAIR("XXBTZUSD", "\"1\"", "\"1\"") "}}",
         PROVIDER_QUOTE},
        {"unknown", 200, "{\"error\":[\"EQuery:Unknown asset pair\"]}", PROVIDER_UNKNOWN_SYMBOL},
        {"throttled", 200, "{\"error\":[\"EGeneral:Too many requests\"]}", PROVIDER_THROTTLED},
        {"throttled otherwise", 200, "{\"error\":[\"EAPI:Rate limit exceeded\"]}", PROVIDER_THROTTLED},
        {"locked out", 200, "{\"error\":[\"EGeneral:Temporary lockout\"]}", PROVIDER_THROTTLED},
        {"throttled by a proxy", 429, "<html>", PROVIDER_THROTTLED},
        {"busy", 200, "{\"error\":[\"EService:Busy\"]}", PROVIDER_FAILED},
        {"server error", 520, "<html>", PROVIDER_FAILED},
        {"not in the answer", 200, TICKER(PAIR("XETHZUSD", "\"1\"", "\"1\"")), PROVIDER_UNKNOWN_SYMBOL},
        {"no last price", 200, TICKER("\"XXBTZUSD\":{}"), PROVIDER_MALFORMED},
        {"zero", 200, TICKER(PAIR("XXBTZUSD", "\"0.0\"", "\"1\"")), PROVIDER_REFUSED_PRICE},
        {"null", 200, TICKER(PAIR("XXBTZUSD", "null", "\"1\"")), PROVIDER_REFUSED_PRICE},
        {"no result", 200, "{\"error\":[]}", PROVIDER_MALFORMED},
        {"no JSON", 200, "<html>", PROVIDER_MALFORMED},
    };
    ask_check_rows(ops, PROVIDER_CRYPTO, "BTC-USD", rows, COUNT_OF(rows));
}

static void test_renamed_keys(void **state) {
    (void)state;
    static const struct {
        const char *name, *key;
    } rows[] = {{"BTC-USD", "XXBTZUSD"},  {"ETH-EUR", "XETHZEUR"}, {"SOL-USD", "SOLUSD"}, {"DOGE-USD", "XDGUSD"},
                {"USDT-USD", "USDTZUSD"}, {"EUR/USD", "ZEURZUSD"}, {"EUR/CHF", "EURCHF"}, {"USD/JPY", "ZUSDZJPY"}};
    char body[512];
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct asked asked;
        snprintf(body, sizeof body, TICKER(PAIR("%s", "\"5.25\"", "\"5\"")), rows[i].key);
        ask(&asked, ops, PROVIDER_CRYPTO, rows[i].name, 200, body);
        assert_row(ask_verdict(&asked) == PROVIDER_QUOTE, rows[i].name);
        assert_string_equal(asked.answer.results[0].quote.currency.code, rows[i].name + strlen(rows[i].name) - 3);
    }
}

/* Two of three: each has its own price, the third is unknown. */
static void test_a_batch(void **state) {
    (void)state;
    static const char body[] =
        TICKER(PAIR("XETHZUSD", "\"1800.5\"", "\"1790.25\"") "," PAIR("XXBTZUSD", "\"30303.20000\"", "null"));
    struct asked asked;
    ask(&asked, ops, PROVIDER_CRYPTO, "BTC-USD,NOPE-USD,ETH-USD", 200, body);
    assert_int_equal(asked.answer.verdict, PROVIDER_QUOTE);
    const struct provider_result *results = asked.answer.results;
    assert_int_equal(results[0].verdict, PROVIDER_QUOTE);
    assert_int_equal(results[0].quote.price.e8, INT64_C(3030320000000));
    assert_int_equal(results[0].quote.previous_close.e8, 0);
    assert_int_equal(results[0].quote.as_of_ms, ASK_NOW_MS);
    assert_int_equal(results[0].quote.session, timestamp_date(ASK_NOW_MS));
    assert_string_equal(results[0].quote.source, "kraken");
    assert_int_equal(results[1].verdict, PROVIDER_UNKNOWN_SYMBOL);
    assert_int_equal(results[2].quote.price.e8, INT64_C(180050000000));
    assert_int_equal(results[2].quote.previous_close.e8, INT64_C(179025000000));
}

static void test_requests(void **state) {
    (void)state;
    assert_string_equal(ask_request(ops, NULL, PROVIDER_CRYPTO, "BTC-USD,ETH-EUR,DOGE-USD"),
                        "/0/public/Ticker?pair=XBTUSD,ETHEUR,XDGUSD");
    assert_string_equal(ask_request(ops, NULL, PROVIDER_RATES, "EUR/USD,USD/JPY"),
                        "/0/public/Ticker?pair=EURUSD,USDJPY");
    assert_string_equal(ask_request(ops, NULL, PROVIDER_HISTORY, "BTC-USD"),
                        "/0/public/OHLC?pair=XBTUSD&interval=1440&since=1704153599");
    assert_true(ask_knows(ops, "EUR/USD"));
    assert_false(ask_knows(ops, "USD/EUR"));
    assert_false(ask_knows(ops, "AAPL"));
}

/* The row behind `last` is not final. */
static void test_bars(void **state) {
    (void)state;
    static const char body[] = "{\"error\":[],\"result\":{\"XXBTZUSD\":["
                               "[1700006400,\"37000.0\",\"37500.0\",\"36800.0\",\"37200.0\",\"37100.0\",\"150.5\",320],"
                               "[1700092800,\"37200.0\",\"37300.0\",\"37100.0\",\"37250.5\",\"37200.0\",\"1.5\",3]],"
                               "\"last\":1700006400}}";
    struct asked asked;
    ask(&asked, ops, PROVIDER_HISTORY, "BTC-USD", 200, body);
    assert_int_equal(asked.answer.verdict, PROVIDER_QUOTE);
    assert_int_equal(asked.history.bars_n, 1);
    const struct provider_bar *bar = &asked.history.bars[0];
    assert_int_equal(bar->date, 19676); /* 2023-11-15 */
    assert_int_equal(bar->open_e8, INT64_C(3700000000000));
    assert_int_equal(bar->high_e8, INT64_C(3750000000000));
    assert_int_equal(bar->low_e8, INT64_C(3680000000000));
    assert_int_equal(bar->close_e8, INT64_C(3720000000000));
    assert_int_equal(bar->volume_e8, INT64_C(15050000000));
    provider_history_fini(&asked.history);
    static const struct ask_row rows[] = {
        {"unknown", 200, "{\"error\":[\"EQuery:Unknown asset pair\"]}", PROVIDER_UNKNOWN_SYMBOL},
        {"another pair's", 200, "{\"error\":[],\"result\":{\"XETHZUSD\":[],\"last\":1}}", PROVIDER_MALFORMED},
        {"a row without a close", 200, "{\"error\":[],\"result\":{\"XXBTZUSD\":[[1,\"1\"]],\"last\":1}}",
         PROVIDER_MALFORMED},
    };
    ask_check_rows(ops, PROVIDER_HISTORY, "BTC-USD", rows, COUNT_OF(rows));
}

static void test_samples(void **state) {
    (void)state;
    static const struct ask_sample_row rows[] = {
        {PROVIDER_CRYPTO, "BTC-USD", 200, "kraken_ticker.json", PROVIDER_QUOTE},
        {PROVIDER_CRYPTO, "BTC-USD", 200, "kraken_unknown_pair.json", PROVIDER_UNKNOWN_SYMBOL},
        {PROVIDER_CRYPTO, "BTC-USD", 200, "kraken_throttled.json", PROVIDER_THROTTLED},
        {PROVIDER_HISTORY, "BTC-USD", 200, "kraken_ohlc.json", PROVIDER_QUOTE},
        {PROVIDER_CRYPTO, "BTC-USD", 200, "coinbase_ticker.json", PROVIDER_MALFORMED},
    };
    struct asked asked;
    ask_check_samples(ops, rows, COUNT_OF(rows));
    ask_sample(&asked, ops, PROVIDER_CRYPTO, "BTC-USD,ETH-USD", 200, "kraken_ticker.json");
    assert_int_equal(asked.answer.results[0].quote.price.e8, INT64_C(3030320000000));
    assert_int_equal(asked.answer.results[0].quote.previous_close.e8, INT64_C(3050280000000));
    assert_int_equal(asked.answer.results[1].verdict, PROVIDER_UNKNOWN_SYMBOL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts), cmocka_unit_test(test_renamed_keys), cmocka_unit_test(test_a_batch),
        cmocka_unit_test(test_requests), cmocka_unit_test(test_bars),         cmocka_unit_test(test_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
