/* Symbols, currencies, quotes' comparison, holdings' end. links: pf_domain pf_base */
#include "domain/holdings.h"
#include "domain/quote.h"
#include "domain/symbol.h"
#include "unit/test.h"

#include <stdlib.h>

static void test_symbol_parse(void **state) {
    static const struct {
        const char *text, *symbol; /* NULL: STATUS_INVALID */
    } rows[] = {
        {"AAPL", "AAPL"},
        {"aapl", "AAPL"},
        {"brk.b", "BRK.B"},
        {"BTC-USD", "BTC-USD"},
        {"^GSPC", "^GSPC"},
        {"eurusd=x", "EURUSD=X"},
        {"BINANCE:BTC/USDT", "BINANCE:BTC/USDT"},
        {"a_1", "A_1"},
        {"0123456789ABCDEF0123456789abcdef", "0123456789ABCDEF0123456789ABCDEF"},
        {"0123456789ABCDEF0123456789abcdef0", NULL},
        {"", NULL},
        {" AAPL", NULL},
        {"AAPL ", NULL},
        {"AA PL", NULL},
        {"AAPL\n", NULL},
        {"A*", NULL},
        {"A@B", NULL},
        {"A[B", NULL},
        {"A`B", NULL},
        {"A{B", NULL},
        {"\xc3\xa4", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct symbol symbol = {.len = 1, .text = "?"};
        enum status status = symbol_parse(rows[i].text, strlen(rows[i].text), &symbol);
        assert_row(status == (rows[i].symbol ? STATUS_OK : STATUS_INVALID), rows[i].text);
        assert_row(strcmp(symbol.text, rows[i].symbol ? rows[i].symbol : "?") == 0, rows[i].text);
        assert_row(symbol.len == strlen(symbol.text), rows[i].text);
    }
    struct symbol symbol;
    assert_int_equal(symbol_parse("A\0B", 3, &symbol), STATUS_INVALID);
}

static void test_symbol_equal_compares_all_of_it(void **state) {
    struct symbol a, b;
    (void)state;
    assert_int_equal(symbol_parse("AAPL", 4, &a), STATUS_OK);
    assert_int_equal(symbol_parse("aapl", 4, &b), STATUS_OK);
    assert_true(symbol_equal(&a, &b));
    assert_int_equal(symbol_parse("AAP", 3, &b), STATUS_OK);
    assert_false(symbol_equal(&a, &b));
    assert_int_equal(symbol_parse("AAPX", 4, &b), STATUS_OK);
    assert_false(symbol_equal(&a, &b));
}

static void test_symbol_of_pair(void **state) {
    static const struct {
        struct currency from, to;
        const char *symbol;
    } rows[] = {{{"USD"}, {"CHF"}, "USD/CHF"}, {{"GBp"}, {"USD"}, "GBP/USD"}, {{"ILA"}, {"ZAc"}, "ILS/ZAR"}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct symbol pair, parsed;
        symbol_of_pair(rows[i].from, rows[i].to, &pair);
        assert_int_equal(symbol_parse(rows[i].symbol, strlen(rows[i].symbol), &parsed), STATUS_OK);
        assert_true(symbol_equal(&pair, &parsed));
        assert_string_equal(pair.text, rows[i].symbol);
    }
}

static void test_quote_is_unchanged_but_for_time_and_source(void **state) {
    const struct quote stored = {.symbol = {.len = 1, .text = "A"},
                                 .currency = {"USD"},
                                 .price = {5},
                                 .previous_close = {4},
                                 .session = 9,
                                 .as_of_ms = 1,
                                 .source = "replay"};
    struct quote next = stored;
    (void)state;
    next.as_of_ms = 2;
    next.source_time_ms = 3;
    next.source[0] = 'x';
    assert_true(quote_is_unchanged(&stored, &next));
    for (int what = 0; what < 5; what++) {
        next = stored;
        next.price.e8 += what == 0;
        next.previous_close.e8 -= what == 1 ? 4 : 0;
        next.currency.code[0] = what == 2 ? 'C' : 'U';
        next.session += what == 3;
        next.stale = what == 4;
        assert_false(quote_is_unchanged(&stored, &next));
    }
}

static void test_quote_is_by_hand(void **state) {
    static const struct {
        const char *source;
        bool is_by_hand;
    } rows[] = {{"manual", true}, {"publish", true}, {"simulated", false}, {"replay", false}, {"", false}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct quote quote = {0};
        memcpy(quote.source, rows[i].source, strlen(rows[i].source));
        assert_row(quote_is_by_hand(&quote) == rows[i].is_by_hand, rows[i].source);
    }
}

/* The sanitizer counts what is left. */
static void test_holdings_destroy_frees_all(void **state) {
    struct holdings *holdings = calloc(1, sizeof *holdings);
    (void)state;
    assert_non_null(holdings);
    holdings->positions = calloc(3, sizeof *holdings->positions);
    holdings->lots = calloc(3, sizeof *holdings->lots);
    holdings_destroy(&holdings);
    assert_null(holdings);
    holdings_destroy(&holdings);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_symbol_parse),     cmocka_unit_test(test_symbol_equal_compares_all_of_it),
        cmocka_unit_test(test_symbol_of_pair),   cmocka_unit_test(test_quote_is_unchanged_but_for_time_and_source),
        cmocka_unit_test(test_quote_is_by_hand), cmocka_unit_test(test_holdings_destroy_frees_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
