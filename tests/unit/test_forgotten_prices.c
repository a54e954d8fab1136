/* links: pf_app pf_store pf_net pf_feed pf_protocol pf_domain pf_thread pf_ops pf_base */
/* Prices that were forgotten: by their number, for a while, in bounded memory. */
#include "app/forgotten_prices.h"
#include "unit/test.h"

#include <stdio.h>
#include <string.h>

static struct forgotten_prices *forgotten;

static int set_up(void **state) {
    (void)state;
    return forgotten_prices_create(&forgotten) == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    forgotten_prices_destroy(&forgotten);
    return 0;
}

static struct symbol symbol_of(const char *text) {
    struct symbol symbol;
    assert_int_equal(symbol_parse(text, strlen(text), &symbol), STATUS_OK);
    return symbol;
}

static bool has(const char *text, uint64_t seq, int64_t now_ms) {
    const struct symbol symbol = symbol_of(text);
    return forgotten_prices_has(forgotten, &symbol, seq, now_ms);
}

static void test_one(void **state) {
    (void)state;
    const struct symbol symbol = symbol_of("AAPL");
    assert_false(has("AAPL", 1, 0));
    forgotten_prices_note(forgotten, &symbol, 7, 100);
    assert_true(has("AAPL", 7, 100));
    assert_true(has("AAPL", 3, 100));
    assert_false(has("AAPL", 8, 100)); /* told since */
    assert_false(has("MSFT", 7, 100));
    assert_true(has("AAPL", 7, 99 + FORGOTTEN_MS));
    assert_false(has("AAPL", 7, 100 + FORGOTTEN_MS));
}

static void test_all(void **state) {
    (void)state;
    const struct symbol symbol = symbol_of("AAPL");
    forgotten_prices_note(forgotten, NULL, 7, 100);
    assert_true(has("AAPL", 7, 100) && has("MSFT", 1, 100));
    assert_false(has("MSFT", 8, 100));
    /* One more later keeps neither alive for longer. */
    forgotten_prices_note(forgotten, &symbol, 9, 1100);
    assert_true(has("MSFT", 7, 1100));
    assert_false(has("MSFT", 7, 100 + FORGOTTEN_MS));
    assert_true(has("AAPL", 9, 100 + FORGOTTEN_MS));
}

static void test_the_oldest_makes_room(void **state) {
    (void)state;
    for (int i = 0; i <= FORGOTTEN_MAX; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "S%d", i);
        const struct symbol symbol = symbol_of(name);
        forgotten_prices_note(forgotten, &symbol, 7, 100);
    }
    assert_false(has("S0", 7, 100));
    assert_true(has("S1", 7, 100) && has("S256", 7, 100));
}

int main(void) {
#define WITH_SETUP(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {WITH_SETUP(test_one), WITH_SETUP(test_all),
                                       WITH_SETUP(test_the_oldest_makes_room)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
