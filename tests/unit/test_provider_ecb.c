/* links: pf_feed pf_protocol pf_domain pf_base */
/* The European Central Bank's rates: either quotes, crosses, the day before. */
#include "support/provider_ask.h"

#define FILE_OF(days)                                                                                                  \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><gesmes:Envelope "                                                      \
    "xmlns:gesmes=\"http://www.gesmes.org/xml/2002-08-01\">"                                                           \
    "<gesmes:subject>Reference rates</gesmes:subject><Cube>" days "</Cube></gesmes:Envelope>"
#define MONDAY                                                                                                         \
    "<Cube time='2026-04-13'>\n\t<Cube currency='USD' rate='1.1687'/>\n\t<Cube currency='CHF' rate='0.9201'/>"         \
    "<Cube currency='JPY' rate='185.5'/></Cube>"
#define FRIDAY                                                                                                         \
    "<Cube time=\"2026-04-10\"><Cube currency=\"USD\" rate=\"1.1711\"/><Cube rate = \"0.9245\" currency = \"CHF\"/>"   \
    "<Cube currency=\"BGN\" rate=\"1.9558\"/></Cube>"
#define OLDER "<Cube time=\"2026-04-09\"><Cube currency=\"USD\" rate=\"1.1\"/></Cube>"

static const struct provider_ops *const ops = &provider_ecb_ops;

static void test_verdicts(void **state) {
    (void)state;
    static const struct ask_row rows[] = {
        {"a day", 200, FILE_OF(MONDAY), PROVIDER_QUOTE},
        {"double quotes", 200, FILE_OF(FRIDAY), PROVIDER_QUOTE},
        {"another currency", 200, FILE_OF("<Cube time='2026-04-13'><Cube currency='SEK' rate='11'/></Cube>"),
         PROVIDER_UNKNOWN_SYMBOL},
        {"no rates", 200, FILE_OF("<Cube time='2026-04-13'></Cube>"), PROVIDER_MALFORMED},
        {"a rate without a day", 200, FILE_OF("<Cube currency='USD' rate='1'/>"), PROVIDER_MALFORMED},
        {"a date that is none", 200, FILE_OF("<Cube time='2026-02-30'><Cube currency='USD' rate='1'/></Cube>"),
         PROVIDER_MALFORMED},
        {"zero", 200, FILE_OF("<Cube time='2026-04-13'><Cube currency='USD' rate='0'/></Cube>"), PROVIDER_MALFORMED},
        {"not a number", 200, FILE_OF("<Cube time='2026-04-13'><Cube currency='USD' rate='N/A'/></Cube>"),
         PROVIDER_MALFORMED},
        {"cut off", 200, "<gesmes:Envelope><Cube><Cube time='2026-04-13'><Cube currency='USD' rate='1.16",
         PROVIDER_MALFORMED},
        {"a page", 200, "<html><body>Maintenance</body></html>", PROVIDER_MALFORMED},
        {"empty", 200, "", PROVIDER_MALFORMED},
        {"an error with a file", 503, FILE_OF(MONDAY), PROVIDER_FAILED},
        {"throttled", 429, "", PROVIDER_THROTTLED},
    };
    ask_check_rows(ops, PROVIDER_RATES, "EUR/USD", rows, COUNT_OF(rows));
}

/* Newest first, as the ECB has it, and the other way round. */
static void test_pairs(void **state) {
    (void)state;
    static const char *const bodies[] = {FILE_OF(MONDAY FRIDAY OLDER), FILE_OF(OLDER FRIDAY MONDAY),
                                         FILE_OF(FRIDAY MONDAY OLDER)};
    static const struct {
        int64_t price_e8, previous_e8;
        const char *currency;
    } rows[] = {
        {116870000, 117110000, "USD"},
        {85565158, 85389804, "EUR"},      /* 1 / 1.1687, 1 / 1.1711 */
        {78728502, 78942874, "CHF"},      /* 0.9201 / 1.1687, 0.9245 / 1.1711 */
        {INT64_C(20160852081), 0, "JPY"}, /* 185.5 / 0.9201; no yen on Friday */
    };
    for (size_t body = 0; body < COUNT_OF(bodies); body++) {
        struct asked asked;
        ask(&asked, ops, PROVIDER_RATES, "EUR/USD,USD/EUR,USD/CHF,CHF/JPY,EUR/BGN,RUB/USD", 200, bodies[body]);
        assert_int_equal(asked.answer.verdict, PROVIDER_QUOTE);
        for (size_t i = 0; i < COUNT_OF(rows); i++) {
            const struct quote *quote = &asked.answer.results[i].quote;
            assert_row(asked.answer.results[i].verdict == PROVIDER_QUOTE, quote->symbol.text);
            assert_int_equal(quote->price.e8, rows[i].price_e8);
            assert_int_equal(quote->previous_close.e8, rows[i].previous_e8);
            assert_string_equal(quote->currency.code, rows[i].currency);
            assert_int_equal(quote->session, 20556); /* 2026-04-13 */
            assert_int_equal(quote->as_of_ms, INT64_C(1776086100000));
        }
        assert_int_equal(asked.answer.results[4].verdict, PROVIDER_UNKNOWN_SYMBOL); /* it ended */
        assert_int_equal(asked.answer.results[5].verdict, PROVIDER_UNKNOWN_SYMBOL);
    }
}

static void test_requests(void **state) {
    (void)state;
    assert_string_equal(ask_request(ops, NULL, PROVIDER_RATES, "EUR/USD,USD/CHF"),
                        "/stats/eurofxref/eurofxref-hist-90d.xml");
    assert_string_equal(ask_request(ops, NULL, PROVIDER_HISTORY, "EUR/USD"), "/stats/eurofxref/eurofxref-hist.xml");
    assert_true(ask_knows(ops, "USD/CHF"));
    assert_false(ask_knows(ops, "BTC-USD"));
    assert_false(ask_knows(ops, "AAPL"));
}

static void test_history(void **state) {
    (void)state;
    struct asked asked;
    ask(&asked, ops, PROVIDER_HISTORY, "EUR/USD", 200, FILE_OF(MONDAY FRIDAY OLDER));
    assert_int_equal(asked.answer.verdict, PROVIDER_QUOTE);
    assert_int_equal(asked.history.bars_n, 0);
    assert_int_equal(asked.history.rates_n, 7);
    assert_int_equal(asked.history.rates[0].per_eur_e8, 110000000);
    assert_string_equal(asked.history.rates[1].currency.code, "BGN");
    assert_int_equal(asked.history.rates[6].date, 20556);
    provider_history_fini(&asked.history);
    ask(&asked, ops, PROVIDER_HISTORY, "EUR/USD", 200, "<html>");
    assert_int_equal(asked.answer.verdict, PROVIDER_MALFORMED);
}

/* The published files: a day in single quotes, a month in double ones. */
static void test_files(void **state) {
    (void)state;
    struct asked asked;
    ask_sample(&asked, ops, PROVIDER_RATES, "EUR/USD", 200, "../fx/eurofxref-daily.xml");
    assert_int_equal(ask_verdict(&asked), PROVIDER_QUOTE);
    assert_int_equal(asked.answer.results[0].quote.previous_close.e8, 0);
    ask_sample(&asked, ops, PROVIDER_RATES, "USD/CHF", 200, "../fx/eurofxref-hist-202012.xml");
    assert_int_equal(ask_verdict(&asked), PROVIDER_QUOTE);
    assert_true(asked.answer.results[0].quote.previous_close.e8 > 0);
    ask_sample(&asked, ops, PROVIDER_HISTORY, "EUR/USD", 200, "../fx/eurofxref-hist-202012.xml");
    assert_int_equal(asked.answer.verdict, PROVIDER_QUOTE);
    assert_true(asked.history.rates_n > 22 * 30);
    provider_history_fini(&asked.history);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts), cmocka_unit_test(test_pairs), cmocka_unit_test(test_requests),
        cmocka_unit_test(test_history),  cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
