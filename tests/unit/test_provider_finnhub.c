/* links: pf_feed pf_protocol pf_domain pf_base */
/* Finnhub: a price of 0 means that the symbol is unknown. */
#include "support/provider_ask.h"

#define QUOTE(price, time)                                                                                             \
    "{\"c\":" price ",\"d\":0.79,\"dp\":0.3027,\"h\":263.31,\"l\":260.68,\"o\":261.07,\"pc\":260.95,\"t\":" time "}"

static const struct provider_ops *const ops = &provider_finnhub_ops;

static void test_verdicts(void **state) {
    (void)state;
    static const struct ask_row rows[] = {
        {"a quote", 200, QUOTE("261.74", "1582641000"), PROVIDER_QUOTE},
        {"unknown", 200, "{\"c\":0,\"d\":null,\"dp\":null,\"h\":0,\"l\":0,\"o\":0,\"pc\":0,\"t\":0}",
         PROVIDER_UNKNOWN_SYMBOL},
        {"throttled", 429, "{\"error\":\"API limit reached. Please try again later. Remaining Limit: 0\"}",
         PROVIDER_THROTTLED},
        {"throttled with status 200", 200, "{\"error\":\"API limit reached.\"}", PROVIDER_THROTTLED},
        {"an invalid key", 401, "{\"error\":\"Invalid API key.\"}", PROVIDER_INVALID_KEY},
        {"an invalid key, no body", 401, "", PROVIDER_INVALID_KEY},
        {"not entitled", 403, "{\"error\":\"You don't have access to this resource.\"}", PROVIDER_NOT_ENTITLED},
        {"another error", 422, "{\"error\":\"Wrong symbol\"}", PROVIDER_FAILED},
        {"server error", 500, "<html>", PROVIDER_FAILED},
        {"below zero", 200, QUOTE("-1", "1582641000"), PROVIDER_REFUSED_PRICE},
        {"null", 200, QUOTE("null", "1582641000"), PROVIDER_REFUSED_PRICE},
        {"no time", 200, QUOTE("261.74", "0"), PROVIDER_MALFORMED},
        {"another object", 200, "{}", PROVIDER_MALFORMED},
        {"cut off", 200, "{\"c\":261.7", PROVIDER_MALFORMED},
    };
    struct asked asked;
    ask_check_rows(ops, PROVIDER_QUOTES, "AAPL", rows, COUNT_OF(rows));
    ask(&asked, ops, PROVIDER_QUOTES, "AAPL", 200, QUOTE("261.74", "1582590600"));
    const struct quote *quote = &asked.answer.results[0].quote;
    assert_int_equal(quote->price.e8, INT64_C(26174000000));
    assert_int_equal(quote->previous_close.e8, INT64_C(26095000000));
    assert_string_equal(quote->currency.code, "USD");
    assert_string_equal(quote->source, "finnhub");
    /* 00:30 UTC on the 25th is still the 24th's evening in New York. */
    assert_int_equal(quote->session, 18316);
}

static void test_requests(void **state) {
    (void)state;
    assert_string_equal(ask_request(ops, "K", PROVIDER_QUOTES, "BRK-B"), "/quote?symbol=BRK.B\nX-Finnhub-Token: K");
    static const char *const unknown[] = {"VOD.L", "BTC-USD", "EUR/USD", "^GSPC", "NESN.SW"};
    for (size_t i = 0; i < COUNT_OF(unknown); i++)
        assert_row(!ask_knows(ops, unknown[i]), unknown[i]);
}

static void test_samples(void **state) {
    (void)state;
    static const struct ask_sample_row rows[] = {
        {PROVIDER_QUOTES, "AAPL", 200, "finnhub_quote.json", PROVIDER_QUOTE},
        {PROVIDER_QUOTES, "NOSUCH", 200, "finnhub_quote_unknown_symbol.json", PROVIDER_UNKNOWN_SYMBOL},
        {PROVIDER_QUOTES, "AAPL", 429, "finnhub_429.json", PROVIDER_THROTTLED},
        {PROVIDER_QUOTES, "AAPL", 401, "finnhub_401.json", PROVIDER_INVALID_KEY},
        {PROVIDER_QUOTES, "AAPL", 200, "yahoo_chart_v8.json", PROVIDER_MALFORMED},
    };
    ask_check_samples(ops, rows, COUNT_OF(rows));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
