/* links: pf_feed pf_protocol pf_domain pf_base */
/* Coinbase answers by their body before their status. The sample bodies are in
 * ../shared/data/provider_samples; the same forms stand here so that the test
 * does not depend on them. */
#include "feed/provider_parse.h"
#include "support/feed_samples.h"
#include "unit/test.h"

#define TICKER(price)                                                                                                  \
    "{\"trade_id\":86326522,\"price\":" price ",\"size\":\"0.00698254\",\"time\":\"2020-03-20T00:22:57.833Z\","        \
    "\"bid\":\"6265.15\",\"ask\":\"6267.71\",\"volume\":\"53602.03940154\"}"

static void test_verdicts(void **state) {
    (void)state;
    static const struct {
        const char *name;
        long http_status;
        const char *body;
        enum provider_verdict verdict;
    } rows[] = {
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
        {"too many decimals", 200, TICKER("\"0.000000001\""), PROVIDER_REFUSED_PRICE},
    };
    const struct symbol symbol = sample_symbol("BTC-USD");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct provider_answer answer;
        provider_parse_coinbase_ticker(&symbol, rows[i].http_status, rows[i].body, strlen(rows[i].body), &answer);
        assert_row(answer.verdict == rows[i].verdict, rows[i].name);
        assert_row(answer.reason != NULL, rows[i].name);
    }
}

static void test_quote_is_exact(void **state) {
    (void)state;
    static const char body[] = TICKER("\"6268.48000001\"");
    const struct symbol symbol = sample_symbol("BTC-EUR");
    struct provider_answer answer;
    provider_parse_coinbase_ticker(&symbol, 200, body, sizeof body - 1, &answer);
    assert_int_equal(answer.verdict, PROVIDER_QUOTE);
    assert_int_equal(answer.quote.price.e8, INT64_C(626848000001));
    assert_string_equal(answer.quote.currency.code, "EUR");
    assert_string_equal(answer.quote.source, "coinbase");
    assert_int_equal(answer.quote.as_of_ms, INT64_C(1584663777833));
    assert_int_equal(answer.quote.session, timestamp_date(INT64_C(1584663777833)));
    assert_int_equal(answer.quote.previous_close.e8, 0);
    assert_false(answer.quote.stale);
}

static void test_symbols_coinbase_knows(void **state) {
    (void)state;
    static const char *const known[] = {"BTC-USD", "ETH-EUR", "1INCH-USD"};
    static const char *const unknown[] = {"AAPL",  "BRK.B", "BRK-B", "EUR/USD",  "EURUSD=X",
                                          "^GSPC", "-USD",  "BTC-",  "BTC-USDT", "A-B-USD"};
    struct provider *provider;
    assert_int_equal(provider_coinbase_create("ftp://x", &provider), STATUS_INVALID);
    assert_int_equal(provider_coinbase_create("http://127.0.0.1:1//", &provider), STATUS_OK);
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        const struct symbol symbol = sample_symbol(known[i]);
        assert_row(provider->ops->knows(provider, &symbol), known[i]);
    }
    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        const struct symbol symbol = sample_symbol(unknown[i]);
        assert_row(!provider->ops->knows(provider, &symbol), unknown[i]);
    }
    struct strbuf url;
    strbuf_init(&url);
    const struct symbol symbol = sample_symbol("BTC-USD");
    provider->ops->write_url(provider, &symbol, &url);
    assert_string_equal(strbuf_text(&url), "http://127.0.0.1:1/products/BTC-USD/ticker");
    strbuf_fini(&url);
    provider->ops->destroy(provider);
}

/* The published samples, where they are at hand. */
static void test_samples(void **state) {
    (void)state;
    static const struct {
        const char *file;
        long http_status;
        enum provider_verdict verdict;
    } rows[] = {{"coinbase_ticker.json", 200, PROVIDER_QUOTE},
                {"coinbase_404.json", 404, PROVIDER_UNKNOWN_SYMBOL},
                {"coinbase_429.json", 429, PROVIDER_THROTTLED},
                {"coinbase_candles.json", 200, PROVIDER_MALFORMED},
                {"kraken_ticker.json", 200, PROVIDER_MALFORMED}};
    const struct symbol symbol = sample_symbol("BTC-USD");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char path[128], body[65536];
        snprintf(path, sizeof path, "../shared/data/provider_samples/%s", rows[i].file);
        FILE *file = fopen(path, "r");
        if (!file) {
            print_message("skipped: %s is not there\n", path);
            skip();
        }
        size_t len = fread(body, 1, sizeof body, file);
        fclose(file);
        struct provider_answer answer;
        provider_parse_coinbase_ticker(&symbol, rows[i].http_status, body, len, &answer);
        assert_row(answer.verdict == rows[i].verdict, rows[i].file);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_quote_is_exact),
        cmocka_unit_test(test_symbols_coinbase_knows),
        cmocka_unit_test(test_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
