/* links: pf_feed pf_protocol pf_domain pf_base */
/* Polygon, now Massive: zeros at night, ms and ns, plans that lack a function. */
#include "support/provider_ask.h"

#define THROTTLED                                                                                                      \
    "{\"status\":\"ERROR\",\"request_id\":\"f1\",\"error\":\"You've exceeded the maximum requests per minute, please " \
    "wait\"}"
#define NOT_AUTHORIZED "{\"status\":\"NOT_AUTHORIZED\",\"request_id\":\"f2\",\"message\":\"You are not entitled\"}"
#define PREVIOUS(close, time)                                                                                          \
    "{\"ticker\":\"AAPL\",\"resultsCount\":1,\"adjusted\":true,\"results\":[{\"T\":\"AAPL\",\"v\":95595226.0,"         \
    "\"o\":162.25,\"c\":" close ",\"h\":162.34,\"l\":156.72,\"t\":" time "}],\"status\":\"OK\"}"

static const struct provider_ops *const ops = &provider_polygon_ops;

static void test_verdicts(void **state) {
    (void)state;
    static const struct ask_row rows[] = {
        {"the last day's bar", 200, PREVIOUS("156.8", "1651003200000"), PROVIDER_QUOTE},
        {"throttled", 429, THROTTLED, PROVIDER_THROTTLED},
        {"throttled with status 200", 200, THROTTLED, PROVIDER_THROTTLED},
        {"throttled by a proxy", 429, "", PROVIDER_THROTTLED},
        {"not entitled", 403, NOT_AUTHORIZED, PROVIDER_NOT_ENTITLED},
        {"not entitled with status 200", 200, NOT_AUTHORIZED, PROVIDER_NOT_ENTITLED},
        {"not entitled, no body", 403, "", PROVIDER_NOT_ENTITLED},
        {"an invalid key", 401, "{\"status\":\"ERROR\",\"error\":\"Unknown API Key\"}", PROVIDER_INVALID_KEY},
        {"an invalid key, no body", 401, "", PROVIDER_INVALID_KEY},
        {"not found", 404, "{\"status\":\"NOT_FOUND\",\"message\":\"Ticker not found.\"}", PROVIDER_UNKNOWN_SYMBOL},
        {"no bars", 200, "{\"ticker\":\"NOPE\",\"queryCount\":0,\"resultsCount\":0,\"status\":\"OK\"}",
         PROVIDER_UNKNOWN_SYMBOL},
        {"an empty list", 200, "{\"results\":[],\"resultsCount\":0,\"status\":\"OK\"}", PROVIDER_UNKNOWN_SYMBOL},
        {"another error", 400, "{\"status\":\"ERROR\",\"error\":\"bad\"}", PROVIDER_FAILED},
        {"server error", 502, "<html>", PROVIDER_FAILED},
        {"no JSON", 200, "<html>", PROVIDER_MALFORMED},
        {"no time", 200, PREVIOUS("1", "null"), PROVIDER_MALFORMED},
        {"a time in ns", 200, PREVIOUS("1", "1651003200000000000"), PROVIDER_MALFORMED},
        {"zero", 200, PREVIOUS("0", "1651003200000"), PROVIDER_REFUSED_PRICE},
        {"null", 200, PREVIOUS("null", "1651003200000"), PROVIDER_REFUSED_PRICE},
    };
    struct asked asked;
    ask_check_rows(ops, PROVIDER_QUOTES, "AAPL", rows, COUNT_OF(rows));
    ask(&asked, ops, PROVIDER_QUOTES, "AAPL", 429, THROTTLED);
    assert_int_equal(asked.answer.pause_ms, 60000);
    ask(&asked, ops, PROVIDER_QUOTES, "AAPL", 200, PREVIOUS("156.8", "1651003200000"));
    const struct quote *quote = &asked.answer.results[0].quote;
    assert_int_equal(quote->price.e8, INT64_C(15680000000));
    assert_int_equal(quote->previous_close.e8, 0);
    assert_int_equal(quote->as_of_ms, INT64_C(1651003200000));
    assert_int_equal(quote->session, 19108); /* 2022-04-26 */
    assert_string_equal(quote->source, "polygon");
}

static void test_snapshots(void **state) {
    (void)state;
    static const char body[] =
        "{\"status\":\"OK\",\"count\":5,\"tickers\":["
        /* a trade, in ns */
        "{\"ticker\":\"AAPL\",\"day\":{\"c\":160.315},\"lastTrade\":{\"c\":null,\"p\":159.99,\"t\":"
        "1651251948294080343},\"min\":{\"c\":160.3,\"t\":1684428600000},\"prevDay\":{\"c\":163.64},\"updated\":"
        "1651251948294080343},"
        /* no trade: the minute's, in ms */
        "{\"ticker\":\"BRK.B\",\"day\":{\"c\":20.5},\"min\":{\"c\":20.506,\"t\":1605192894630},\"prevDay\":{\"c\":"
        "20.63}},"
        /* the day's only */
        "{\"ticker\":\"DAY\",\"day\":{\"c\":5.5},\"prevDay\":{\"c\":5},\"updated\":1605192894630916600},"
        /* cleared at night: the last trade is yesterday's, as is prevDay */
        "{\"ticker\":\"NIGHT\",\"day\":{\"c\":0,\"o\":0},\"lastTrade\":{\"p\":7.25,\"t\":1651251948294080343},"
        "\"prevDay\":{\"c\":7.2},\"updated\":0},"
        /* and nothing but the day before */
        "{\"ticker\":\"OLD\",\"day\":{\"c\":0},\"min\":{\"c\":0,\"t\":0},\"prevDay\":{\"c\":9.75},\"updated\":0},"
        "{\"ticker\":\"ZERO\",\"day\":{\"c\":0},\"prevDay\":{\"c\":0}}]}";
    static const struct {
        enum provider_verdict verdict;
        int64_t price_e8, previous_e8, as_of_ms;
        int32_t session;
    } rows[] = {
        {PROVIDER_QUOTE, INT64_C(15999000000), INT64_C(16364000000), INT64_C(1651251948294), 19111},
        {PROVIDER_QUOTE, 2050600000, 2063000000, INT64_C(1605192894630), 18578},
        {PROVIDER_QUOTE, 550000000, 500000000, INT64_C(1605192894630), 18578},
        {PROVIDER_QUOTE, 725000000, 0, INT64_C(1651251948294), 19111},
        /* now is Wednesday, 2026-11-18: 16:00 in New York on Tuesday */
        {PROVIDER_QUOTE, 975000000, 0, INT64_C(1794949200000), 20774},
        {PROVIDER_REFUSED_PRICE, 0, 0, 0, 0},
        {PROVIDER_UNKNOWN_SYMBOL, 0, 0, 0, 0},
    };
    struct asked asked;
    ask(&asked, ops, PROVIDER_BULK_QUOTES, "AAPL,BRK-B,DAY,NIGHT,OLD,ZERO,NONE", 200, body);
    assert_int_equal(asked.answer.verdict, PROVIDER_QUOTE);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct provider_result *result = &asked.answer.results[i];
        assert_row(result->verdict == rows[i].verdict, asked.symbols[i].text);
        if (rows[i].verdict != PROVIDER_QUOTE)
            continue;
        assert_row(result->quote.price.e8 == rows[i].price_e8, asked.symbols[i].text);
        assert_row(result->quote.previous_close.e8 == rows[i].previous_e8, asked.symbols[i].text);
        assert_row(result->quote.as_of_ms == rows[i].as_of_ms, asked.symbols[i].text);
        assert_row(result->quote.session == rows[i].session, asked.symbols[i].text);
    }
    static const struct ask_row others[] = {
        {"not entitled", 403, NOT_AUTHORIZED, PROVIDER_NOT_ENTITLED},
        {"one day's bars", 200, PREVIOUS("1", "1651003200000"), PROVIDER_MALFORMED},
        {"none", 200, "{\"status\":\"OK\",\"tickers\":[]}", PROVIDER_UNKNOWN_SYMBOL},
    };
    ask_check_rows(ops, PROVIDER_BULK_QUOTES, "AAPL", others, COUNT_OF(others));
}

static void test_requests(void **state) {
    (void)state;
    static const struct {
        enum provider_function function;
        const char *names, *request;
    } rows[] = {
        {PROVIDER_BULK_QUOTES, "AAPL,BRK-B",
         "/v2/snapshot/locale/us/markets/stocks/tickers?tickers=AAPL,BRK.B\nAuthorization: Bearer K"},
        {PROVIDER_QUOTES, "AAPL", "/v2/aggs/ticker/AAPL/prev?adjusted=false\nAuthorization: Bearer K"},
        {PROVIDER_RATES, "EUR/USD", "/v2/aggs/ticker/C:EURUSD/prev?adjusted=false\nAuthorization: Bearer K"},
        {PROVIDER_CRYPTO, "BTC-USD", "/v2/aggs/ticker/X:BTCUSD/prev?adjusted=false\nAuthorization: Bearer K"},
        {PROVIDER_HISTORY, "AAPL",
         "/v2/aggs/ticker/AAPL/range/1/day/2024-01-02/2024-12-31?adjusted=false&sort=asc&limit=50000\n"
         "Authorization: Bearer K"},
        {PROVIDER_SPLITS, "BRK-B",
         "/v3/reference/splits?ticker=BRK.B&execution_date.gte=2024-01-02&sort=execution_date&order=asc&limit=1000\n"
         "Authorization: Bearer K"},
        {PROVIDER_DIVIDENDS, "AAPL",
         "/v3/reference/dividends?ticker=AAPL&ex_dividend_date.gte=2024-01-02&sort=ex_dividend_date&order=asc"
         "&limit=1000\nAuthorization: Bearer K"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_string_equal(ask_request(ops, "K", rows[i].function, rows[i].names), rows[i].request);
    assert_true(ask_knows(ops, "BRK.A"));
    assert_false(ask_knows(ops, "VOD.L"));
}

static void test_history(void **state) {
    (void)state;
    /* Midnight in New York, summer and winter, and midnight UTC: the same kind of day. */
    static const char body[] =
        "{\"ticker\":\"AAPL\",\"adjusted\":false,\"resultsCount\":3,\"next_url\":\"https://elsewhere/\",\"results\":["
        "{\"v\":9.5595226e7,\"o\":145.82,\"c\":147.47,\"h\":148.1,\"l\":145.21,\"t\":1626912000000},"
        "{\"v\":77287356,\"o\":145.82,\"c\":148.5,\"h\":148.1,\"l\":145.21,\"t\":1627012800000},"
        "{\"o\":145.82,\"c\":150,\"h\":148.1,\"l\":145.21,\"t\":1641358800000}],\"status\":\"OK\"}";
    struct asked asked;
    ask(&asked, ops, PROVIDER_HISTORY, "AAPL", 200, body);
    assert_int_equal(asked.answer.verdict, PROVIDER_QUOTE);
    assert_int_equal(asked.history.bars_n, 3);
    assert_int_equal(asked.history.bars[0].date, 18830); /* 2021-07-22 */
    assert_int_equal(asked.history.bars[0].volume_e8, INT64_C(9559522600000000));
    assert_int_equal(asked.history.bars[0].close_e8, INT64_C(14747000000));
    assert_int_equal(asked.history.bars[1].date, 18831);
    assert_int_equal(asked.history.bars[2].date, 18997); /* 2022-01-05 */
    assert_int_equal(asked.history.bars[2].volume_e8, -1);
    assert_int_equal(asked.history.next_from, 18998);
    assert_string_equal(asked.history.currency.code, "USD");
    assert_false(asked.history.has_actions);
    provider_history_fini(&asked.history);
    static const struct ask_row rows[] = {
        {"none", 200, "{\"adjusted\":false,\"resultsCount\":0,\"status\":\"OK\"}", PROVIDER_QUOTE},
        {"adjusted ones pass for no traded ones", 200, "{\"adjusted\":true,\"results\":[],\"resultsCount\":0}",
         PROVIDER_MALFORMED},
        {"a bar without a close", 200, "{\"results\":[{\"t\":1626912000000,\"o\":1,\"h\":1,\"l\":1}]}",
         PROVIDER_MALFORMED},
        {"not entitled", 403, NOT_AUTHORIZED, PROVIDER_NOT_ENTITLED},
        {"throttled", 429, THROTTLED, PROVIDER_THROTTLED},
    };
    ask_check_rows(ops, PROVIDER_HISTORY, "AAPL", rows, COUNT_OF(rows));
}

static void test_splits_and_dividends(void **state) {
    (void)state;
    static const char splits[] =
        "{\"status\":\"OK\",\"results\":["
        "{\"execution_date\":\"2020-08-31\",\"split_from\":1,\"split_to\":4,\"ticker\":\"AAPL\"},"
        "{\"execution_date\":\"2026-12-01\",\"split_from\":30,\"split_to\":1.0,\"ticker\":\"AAPL\"}]}";
    static const char dividends[] =
        "{\"status\":\"OK\",\"results\":[{\"cash_amount\":0.22,\"currency\":\"USD\",\"dividend_type\":\"CD\","
        "\"ex_dividend_date\":\"2021-11-05\",\"ticker\":\"AAPL\"},{\"cash_amount\":9,\"currency\":\"CAD\","
        "\"ex_dividend_date\":\"2021-12-05\",\"ticker\":\"AAPL\"}]}";
    struct asked asked;
    ask(&asked, ops, PROVIDER_SPLITS, "AAPL", 200, splits);
    assert_int_equal(asked.answer.verdict, PROVIDER_QUOTE);
    assert_true(asked.history.has_actions);
    assert_int_equal(asked.history.actions_n, 2);
    assert_int_equal(asked.history.actions[0].date, 18505);
    assert_int_equal(asked.history.actions[0].numerator, 4);
    assert_int_equal(asked.history.actions[0].denominator, 1);
    assert_int_equal(asked.history.actions[1].numerator, 1);
    assert_int_equal(asked.history.actions[1].denominator, 30);
    provider_history_fini(&asked.history);
    ask(&asked, ops, PROVIDER_DIVIDENDS, "AAPL", 200, dividends);
    assert_int_equal(asked.answer.verdict, PROVIDER_QUOTE);
    assert_int_equal(asked.history.actions_n, 1); /* in dollars */
    assert_int_equal(asked.history.actions[0].type, PROVIDER_DIVIDEND);
    assert_int_equal(asked.history.actions[0].value_e8, 22000000);
    provider_history_fini(&asked.history);
    static const struct ask_row rows[] = {
        {"none", 200, "{\"results\":[],\"status\":\"OK\"}", PROVIDER_QUOTE},
        {"no list", 200, "{\"status\":\"OK\"}", PROVIDER_MALFORMED},
        {"of another share", 200,
         "{\"results\":[{\"execution_date\":\"2020-08-31\",\"split_from\":1,\"split_to\":4,\"ticker\":\"MSFT\"}]}",
         PROVIDER_MALFORMED},
        {"of nothing", 200,
         "{\"results\":[{\"execution_date\":\"2020-08-31\",\"split_from\":0,\"split_to\":4,\"ticker\":\"AAPL\"}]}",
         PROVIDER_MALFORMED},
        {"without a day", 200, "{\"results\":[{\"split_from\":1,\"split_to\":4,\"ticker\":\"AAPL\"}]}",
         PROVIDER_MALFORMED},
        {"not entitled", 403, NOT_AUTHORIZED, PROVIDER_NOT_ENTITLED},
        {"throttled", 429, THROTTLED, PROVIDER_THROTTLED},
    };
    ask_check_rows(ops, PROVIDER_SPLITS, "AAPL", rows, COUNT_OF(rows));
}

static void test_samples(void **state) {
    (void)state;
    static const struct ask_sample_row rows[] = {
        {PROVIDER_BULK_QUOTES, "BCAT", 200, "polygon_snapshot_all.json", PROVIDER_QUOTE},
        {PROVIDER_BULK_QUOTES, "AAPL", 200, "polygon_snapshot_all.json", PROVIDER_UNKNOWN_SYMBOL},
        {PROVIDER_BULK_QUOTES, "AAPL", 200, "polygon_snapshot_ticker.json", PROVIDER_MALFORMED},
        {PROVIDER_QUOTES, "AAPL", 200, "polygon_prev.json", PROVIDER_QUOTE},
        {PROVIDER_QUOTES, "AAPL", 429, "polygon_429.json", PROVIDER_THROTTLED},
        {PROVIDER_BULK_QUOTES, "AAPL", 403, "polygon_403.json", PROVIDER_NOT_ENTITLED},
        {PROVIDER_HISTORY, "AAPL", 200, "polygon_aggs_range.json", PROVIDER_MALFORMED}, /* adjusted */
        {PROVIDER_QUOTES, "GIK", 200, "polygon_grouped_daily.json", PROVIDER_QUOTE},
    };
    ask_check_samples(ops, rows, COUNT_OF(rows));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_snapshots),
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_history),
        cmocka_unit_test(test_splits_and_dividends),
        cmocka_unit_test(test_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
