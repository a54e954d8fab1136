/* links: pf_feed pf_domain pf_base */
#include "feed/provider.h"
#include "support/feed_samples.h"
#include "unit/test.h"

static struct provider *simulated(uint64_t seed) {
    struct provider *provider = NULL;
    assert_int_equal(provider_simulated_create(seed, &provider), STATUS_OK);
    return provider;
}

static struct quote step(struct provider *provider, const char *name, const struct quote *known, int64_t wall_ms) {
    const struct symbol symbol = sample_symbol(name);
    struct quote quote;
    assert_true(provider->ops->knows(provider, &symbol));
    assert_int_equal(provider->ops->compute(provider, &symbol, known, wall_ms, &quote), STATUS_OK);
    return quote;
}

static void test_same_seed_same_walk(void **state) {
    (void)state;
    struct provider *a = simulated(1), *b = simulated(1), *c = simulated(2);
    bool differs = false;
    for (int i = 0; i < 1000; i++) {
        int64_t now_ms = SAMPLE_TIME_MS + i * 1000;
        /* Another symbol in between changes nothing. */
        if (i % 3 == 0)
            (void)step(b, "MSFT", NULL, now_ms);
        struct quote one = step(a, "AAPL", NULL, now_ms), two = step(b, "AAPL", NULL, now_ms);
        assert_true(sample_quotes_equal(&one, &two));
        differs |= one.price.e8 != step(c, "AAPL", NULL, now_ms).price.e8;
    }
    assert_true(differs);
    a->ops->destroy(a);
    b->ops->destroy(b);
    c->ops->destroy(c);
}

static void test_prices_stay_prices(void **state) {
    (void)state;
    static const int64_t starts[] = {1, 99, 1000000, 99999999, 100000000, 18984000000, DECIMAL_MAX_E8};
    for (size_t i = 0; i < COUNT_OF(starts); i++) {
        struct provider *provider = simulated(i);
        struct quote known = sample_quote("AAPL", starts[i], SAMPLE_TIME_MS);
        unsigned moves_n = 0;
        int64_t last_e8 = starts[i];
        for (int tick = 0; tick < 20000; tick++) {
            struct quote quote = step(provider, "AAPL", &known, SAMPLE_TIME_MS);
            assert_true(quote.price.e8 > 0 && quote.price.e8 <= DECIMAL_MAX_E8);
            assert_true(quote.price.e8 >= starts[i] / 4);
            moves_n += quote.price.e8 != last_e8;
            last_e8 = quote.price.e8;
        }
        assert_true(moves_n > 5000);
        provider->ops->destroy(provider);
    }
}

static void test_starts_in_cents_between_10_and_500(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 500; seed++) {
        struct provider *provider = simulated(seed);
        struct quote quote = step(provider, "AAPL", NULL, SAMPLE_TIME_MS);
        assert_in_range(quote.price.e8, 9 * DECIMAL_ONE, 502 * DECIMAL_ONE);
        assert_int_equal(quote.price.e8 % 1000000, 0);
        assert_string_equal(quote.source, "simulated");
        assert_int_equal(quote.as_of_ms, SAMPLE_TIME_MS);
        provider->ops->destroy(provider);
    }
}

static void test_the_day_turns(void **state) {
    (void)state;
    struct provider *provider = simulated(1);
    struct quote last = step(provider, "AAPL", NULL, SAMPLE_TIME_MS);
    int64_t close_e8 = last.previous_close.e8;
    for (int i = 0; i < 100; i++) {
        last = step(provider, "AAPL", NULL, SAMPLE_TIME_MS + i);
        assert_int_equal(last.previous_close.e8, close_e8);
    }
    struct quote next = step(provider, "AAPL", NULL, SAMPLE_TIME_MS + MS_PER_DAY);
    assert_int_equal(next.previous_close.e8, last.price.e8);
    assert_int_equal(next.session, last.session + 1);
    provider->ops->destroy(provider);
}

static void test_goes_on_from_the_last_known_price(void **state) {
    (void)state;
    struct provider *provider = simulated(1);
    struct quote known = sample_quote("AAPL", 18984000000, SAMPLE_TIME_MS);
    known.previous_close.e8 = 18800000000;
    struct quote quote = step(provider, "AAPL", &known, SAMPLE_TIME_MS);
    assert_in_range(quote.price.e8, 18984000000 - 40000000, 18984000000 + 40000000);
    assert_int_equal(quote.previous_close.e8, 18800000000);
    /* Known from an earlier day: its price is the previous close. */
    known.symbol = sample_symbol("MSFT");
    known.session -= 3;
    quote = step(provider, "MSFT", &known, SAMPLE_TIME_MS);
    assert_int_equal(quote.previous_close.e8, 18984000000);
    provider->ops->destroy(provider);
}

static void test_currency_of_pairs(void **state) {
    (void)state;
    static const struct {
        const char *symbol, *currency;
    } rows[] = {{"AAPL", "USD"}, {"BTC-EUR", "EUR"}, {"EUR/USD", "USD"}, {"BRK-B", "USD"}, {"BTC-USDT", "USD"}};
    struct provider *provider = simulated(1);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_string_equal(step(provider, rows[i].symbol, NULL, SAMPLE_TIME_MS).currency.code, rows[i].currency);
    provider->ops->destroy(provider);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_seed_same_walk),
        cmocka_unit_test(test_prices_stay_prices),
        cmocka_unit_test(test_starts_in_cents_between_10_and_500),
        cmocka_unit_test(test_the_day_turns),
        cmocka_unit_test(test_goes_on_from_the_last_known_price),
        cmocka_unit_test(test_currency_of_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
