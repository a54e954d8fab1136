/* links: pf_domain pf_base */
#include "domain/currency.h"
#include "test.h"

static void test_parse(void **state) {
    static const struct {
        const char *text, *code;
    } rows[] = {{"USD", "USD"}, {"eur", "EUR"}, {"", NULL},     {"US", NULL},   {"USDT", NULL}, {"U1D", NULL},
                {"U D", NULL},  {"GBp", "GBp"}, {"GBP", "GBP"}, {"gbp", "GBP"}, {"gBp", "GBP"}, {"GBX", "GBp"},
                {"gbx", "GBp"}, {"ZAc", "ZAc"}, {"ZAC", "ZAc"}, {"zac", "ZAc"}, {"ZAR", "ZAR"}, {"ILA", "ILA"},
                {"ila", "ILA"}, {"GBPX", NULL}, {"USd", "USD"}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct currency currency = {"?"};
        enum status status = currency_parse(rows[i].text, strlen(rows[i].text), &currency);
        assert_row(status == (rows[i].code ? STATUS_OK : STATUS_INVALID), rows[i].text);
        assert_row(strcmp(currency.code, rows[i].code ? rows[i].code : "?") == 0, rows[i].text);
    }
    assert_true(currency_equal((struct currency){"USD"}, (struct currency){"USD"}));
    assert_false(currency_equal((struct currency){"USD"}, (struct currency){""}));
    assert_false(currency_equal((struct currency){"GBP"}, (struct currency){"GBp"}));
}

static void test_minor_units(void **state) {
    static const struct {
        struct currency currency, major;
        unsigned factor;
    } rows[] = {{{"GBp"}, {"GBP"}, 100}, {{"ZAc"}, {"ZAR"}, 100}, {{"ILA"}, {"ILS"}, 100},
                {{"GBP"}, {"GBP"}, 1},   {{"USD"}, {"USD"}, 1},   {{""}, {""}, 1}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_row(currency_equal(currency_major(rows[i].currency), rows[i].major), rows[i].currency.code);
        assert_row(currency_factor(rows[i].currency) == rows[i].factor, rows[i].currency.code);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_minor_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
