/* links: pf_feed pf_protocol pf_domain pf_base */
/* Yahoo's charts: nulls in arrays, floats as text, prices that were adjusted. */
#include "support/provider_ask.h"

#define CHART(inner) "{\"chart\":{\"result\":[{" inner "}],\"error\":null}}"
#define META(currency, price)                                                                                          \
    "\"meta\":{\"currency\":" currency ",\"regularMarketTime\":1726689602,\"gmtoffset\":-14400,"                       \
    "\"regularMarketPrice\":" price ",\"chartPreviousClose\":216.79}"

static const struct provider_ops *const ops = &provider_yahoo_ops;

static void test_verdicts(void **state) {
    (void)state;
    static const struct ask_row rows[] = {
        {"a quote", 200, CHART(META("\"USD\"", "220.69")), PROVIDER_QUOTE},
        {"not found", 404, "{\"chart\":{\"result\":null,\"error\":{\"code\":\"Not Found\",\"description\":\"x\"}}}",
         PROVIDER_UNKNOWN_SYMBOL},
        {"another error", 422, "{\"chart\":{\"result\":null,\"error\":{\"code\":\"Bad Request\"}}}", PROVIDER_FAILED},
        {"throttled", 429, "Too Many Requests\r\n", PROVIDER_THROTTLED},
        {"throttled, at the edge", 429, "Edge: Too Many Requests", PROVIDER_THROTTLED},
        {"throttled with status 200", 200, "Too Many Requests", PROVIDER_THROTTLED},
        {"server error", 503, "", PROVIDER_FAILED},
        {"no JSON", 200, "<html>", PROVIDER_MALFORMED},
        {"no result", 200, "{\"chart\":{\"result\":[],\"error\":null}}", PROVIDER_MALFORMED},
        {"no meta", 200, CHART("\"timestamp\":[]"), PROVIDER_MALFORMED},
        {"no currency", 200, CHART(META("null", "220.69")), PROVIDER_REFUSED_PRICE},
        {"a currency that is none", 200, CHART(META("\"usd\"", "220.69")), PROVIDER_REFUSED_PRICE},
        {"zero", 200, CHART(META("\"USD\"", "0.0")), PROVIDER_REFUSED_PRICE},
        {"null", 200, CHART(META("\"USD\"", "null")), PROVIDER_REFUSED_PRICE},
    };
    ask_check_rows(ops, PROVIDER_QUOTES, "AAPL", rows, COUNT_OF(rows));
}

static void test_a_quote(void **state) {
    (void)state;
    struct asked asked;
    ask(&asked, ops, PROVIDER_QUOTES, "AAPL", 200, CHART(META("\"USD\"", "217.5500030517578")));
    const struct quote *quote = &asked.answer.results[0].quote;
    assert_int_equal(quote->price.e8, INT64_C(21755000000));
    assert_int_equal(quote->previous_close.e8, INT64_C(21679000000));
    assert_int_equal(quote->as_of_ms, INT64_C(1726689602000));
    assert_int_equal(quote->session, 19984); /* 2024-09-18 */
    assert_string_equal(quote->source, "yahoo");
    /* previousClose where there is one; the other is from before the range. */
    ask(&asked, ops, PROVIDER_RATES, "EUR/USD", 200,
        CHART("\"meta\":{\"currency\":\"USD\",\"regularMarketTime\":1726700000,\"gmtoffset\":3600,"
              "\"regularMarketPrice\":1.0800000429153442,\"previousClose\":1.07,\"chartPreviousClose\":1.01}"));
    quote = &asked.answer.results[0].quote;
    assert_int_equal(quote->price.e8, 108000000);
    assert_int_equal(quote->previous_close.e8, 107000000);
    assert_int_equal(quote->session, 19984 + (1726700000 + 3600) / 86400 - 19984);
    assert_string_equal(quote->symbol.text, "EUR/USD");
}

/* Pence are not pounds: the code is kept as it is, or refused. */
static void test_pence(void **state) {
    (void)state;
    struct asked asked;
    ask(&asked, ops, PROVIDER_QUOTES, "VOD.L", 200, CHART(META("\"GBp\"", "70.5")));
    if (ask_verdict(&asked) == PROVIDER_QUOTE)
        assert_string_equal(asked.answer.results[0].quote.currency.code, "GBp");
    else
        assert_int_equal(ask_verdict(&asked), PROVIDER_REFUSED_PRICE);
}

static void test_requests(void **state) {
    (void)state;
    static const struct {
        const char *name, *path;
    } rows[] = {{"AAPL", "AAPL"},       {"BRK.B", "BRK-B"},   {"VOD.L", "VOD.L"},    {"EUR/USD", "EURUSD%3DX"},
                {"BTC-USD", "BTC-USD"}, {"^GSPC", "%5EGSPC"}, {"NESN.SW", "NESN.SW"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char wanted[160];
        snprintf(wanted, sizeof wanted, "/v8/finance/chart/%s?interval=1d&range=1d&includePrePost=false", rows[i].path);
        assert_string_equal(ask_request(ops, NULL, PROVIDER_QUOTES, rows[i].name), wanted);
    }
    /* Until now, though less is wanted. */
    assert_string_equal(ask_request(ops, NULL, PROVIDER_HISTORY, "AAPL"),
                        "/v8/finance/chart/AAPL?interval=1d&period1=1704153600&period2=1795000000&events=div,splits"
                        "&includePrePost=false");
}

/* AAPL around its split of 2020-08-31: divided prices become the traded ones. */
static void test_history(void **state) {
    (void)state;
    static const char body[] =
        CHART("\"meta\":{\"currency\":\"USD\",\"gmtoffset\":-18000,\"regularMarketTime\":1598990400},"
              "\"timestamp\":[1596807000,1598621400,1598707800,1598880600,1598990400],"
              "\"events\":{\"dividends\":{\"1596807000\":{\"amount\":0.205,\"date\":1596807000}},"
              "\"splits\":{\"1598880600\":{\"date\":1598880600,\"numerator\":4.0,\"denominator\":1.0}}},"
              "\"indicators\":{\"quote\":[{"
              "\"open\":[113.20500183105469,126.01249694824219,null,127.58000183105469,132.75],"
              "\"high\":[113.67500305175781,126.44249725341797,null,131,134.80],"
              "\"low\":[110.29250335693359,124.57749938964844,null,126,130.53],"
              "\"close\":[111.11250305175781,124.80750274658203,null,129.03999328613281,134.18],"
              "\"volume\":[198045600,187630000,null,225702700,null]}],"
              "\"adjclose\":[{\"adjclose\":[1,1,1,1,1]}]}");
    struct asked asked;
    ask(&asked, ops, PROVIDER_HISTORY, "AAPL", 200, body);
    assert_int_equal(asked.answer.verdict, PROVIDER_QUOTE);
    assert_int_equal(asked.history.bars_n, 4); /* a day without trades is none */
    const struct provider_bar *bars = asked.history.bars;
    assert_int_equal(bars[0].date, 18481); /* 2020-08-07 */
    assert_int_equal(bars[0].close_e8, INT64_C(44445000000));
    assert_int_equal(bars[0].open_e8, INT64_C(45282000000));
    assert_int_equal(bars[0].volume_e8, INT64_C(4951140000000000));
    assert_int_equal(bars[1].close_e8, INT64_C(49923000000));
    assert_int_equal(bars[2].close_e8, INT64_C(12904000000));
    assert_int_equal(bars[2].volume_e8, INT64_C(22570270000000000));
    assert_int_equal(bars[3].date, 18506); /* of now: 2020-09-01 20:00 UTC */
    assert_int_equal(bars[3].volume_e8, -1);
    assert_true(asked.history.has_actions);
    assert_int_equal(asked.history.actions_n, 2);
    assert_int_equal(asked.history.actions[0].value_e8, 82000000);
    assert_int_equal(asked.history.actions[1].numerator, 4);
    assert_int_equal(asked.history.actions[1].date, 18505);
    provider_history_fini(&asked.history);
    static const struct ask_row rows[] = {
        {"not found", 404, "{\"chart\":{\"result\":null,\"error\":{\"code\":\"Not Found\"}}}", PROVIDER_UNKNOWN_SYMBOL},
        {"nothing in that time", 200, CHART("\"meta\":{\"currency\":\"USD\"},\"indicators\":{\"quote\":[{}]}"),
         PROVIDER_QUOTE},
        {"a split that cannot be read", 200,
         CHART("\"meta\":{\"currency\":\"USD\"},\"events\":{\"splits\":{\"1\":{\"date\":1,\"numerator\":null}}}"),
         PROVIDER_MALFORMED},
        {"throttled", 429, "Too Many Requests", PROVIDER_THROTTLED},
    };
    ask_check_rows(ops, PROVIDER_HISTORY, "AAPL", rows, COUNT_OF(rows));
}

/* A rate's bars begin at midnight in London: in summer an hour before UTC's, and
 * the offset that is named is today's, of winter. */
static void test_dates_of_summer_in_winter(void **state) {
    (void)state;
    static const char body[] = CHART("\"meta\":{\"currency\":\"USD\",\"gmtoffset\":0,\"regularMarketTime\":1},"
                                     "\"timestamp\":[1720047600,1704844800],\"indicators\":{\"quote\":[{\"open\":[1,1],"
                                     "\"high\":[1,1],\"low\":[1,1],\"close\":[1.25,1.5]}]}");
    struct asked asked;
    ask(&asked, ops, PROVIDER_HISTORY, "EUR/USD", 200, body);
    assert_int_equal(asked.history.bars_n, 2);
    assert_int_equal(asked.history.bars[0].date, 19732); /* 2024-01-10 */
    assert_int_equal(asked.history.bars[1].date, 19908); /* 2024-07-04, from 23:00 UTC on the 3rd */
    provider_history_fini(&asked.history);
}

static void test_samples(void **state) {
    (void)state;
    static const struct ask_sample_row rows[] = {
        {PROVIDER_QUOTES, "AAPL", 200, "yahoo_chart_v8.json", PROVIDER_QUOTE},
        {PROVIDER_QUOTES, "NOSUCH", 404, "yahoo_chart_not_found.json", PROVIDER_UNKNOWN_SYMBOL},
        {PROVIDER_QUOTES, "AAPL", 429, "yahoo_429.txt", PROVIDER_THROTTLED},
        {PROVIDER_QUOTES, "AAPL", 200, "yahoo_429.txt", PROVIDER_THROTTLED},
        {PROVIDER_HISTORY, "AAPL", 200, "yahoo_chart_v8.json", PROVIDER_QUOTE},
        {PROVIDER_HISTORY, "AAPL", 200, "yahoo_chart_v8_events.json", PROVIDER_QUOTE},
        {PROVIDER_QUOTES, "AAPL", 200, "stooq_daily.csv", PROVIDER_MALFORMED},
        {PROVIDER_QUOTES, "AAPL", 200, "finnhub_quote.json", PROVIDER_MALFORMED},
    };
    struct asked asked;
    ask_check_samples(ops, rows, COUNT_OF(rows));
    ask_sample(&asked, ops, PROVIDER_HISTORY, "AAPL", 200, "yahoo_chart_v8_events.json");
    assert_int_equal(asked.history.bars_n, 1);
    assert_int_equal(asked.history.actions_n, 2);
    assert_int_equal(asked.history.actions[0].value_e8, 82000000); /* paid before the split: 0.205 x 4 */
    provider_history_fini(&asked.history);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts), cmocka_unit_test(test_a_quote),
        cmocka_unit_test(test_pence),    cmocka_unit_test(test_requests),
        cmocka_unit_test(test_history),  cmocka_unit_test(test_dates_of_summer_in_winter),
        cmocka_unit_test(test_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
