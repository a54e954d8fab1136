/* links: pf_app pf_store pf_net pf_feed pf_protocol pf_domain pf_thread pf_ops pf_base */
/* A new epoch waits for the last known prices, until the leader says that there
 * are no more. */
#include "app/engine.h"
#include "support/feed_samples.h"
#include "unit/test.h"

#define WAIT_MS 2000

static const struct bus_epoch first = {"1111111111111111"}, second = {"2222222222222222"};

static void on_epoch(void *context) {
    (void)context;
}

static int setup(void **state) {
    const struct engine_config config = {
        .flush_ms = 50, .portfolio_keep_ms = 1000, .sweep_ms = 1000000, .restore_wait_ms = WAIT_MS, .loads_max = 1};
    const struct engine_ports ports = {.on_epoch = on_epoch};
    struct engine *engine = NULL;
    if (engine_create(&config, &ports, 0, &engine) != STATUS_OK)
        return -1;
    *state = engine;
    return 0;
}

static int teardown(void **state) {
    struct engine *engine = *state;
    engine_destroy(&engine);
    return 0;
}

static void test_an_empty_book_waits(void **state) {
    engine_on_book(*state, &first, 0, NULL, 0, 100);
    assert_int_equal(engine_pass_wait_ms(*state, 100), WAIT_MS);
    assert_false(engine_is_settled(*state, 100));
    engine_on_restored(*state, &first);
    assert_int_equal(engine_pass_wait_ms(*state, 100), 0);
    engine_pass(*state, 100, 0);
    assert_true(engine_is_settled(*state, 100));
}

static void test_one_that_is_complete_does_not(void **state) {
    engine_on_restored(*state, &first);
    engine_on_book(*state, &first, 0, NULL, 0, 100);
    assert_int_equal(engine_pass_wait_ms(*state, 100), 0);
}

static void test_another_epochs_word_says_nothing(void **state) {
    const struct numbered_quote known = {.quote = sample_quote("AAPL", 5, SAMPLE_TIME_MS), .seq = 1};
    engine_on_restored(*state, &first);
    engine_on_book(*state, &first, 1, &known, 1, 100);
    engine_pass(*state, 100, 0);
    engine_on_book(*state, &second, 0, NULL, 0, 200);
    assert_int_equal(engine_pass_wait_ms(*state, 200), WAIT_MS);
    engine_on_restored(*state, &first); /* late */
    assert_int_equal(engine_pass_wait_ms(*state, 200), WAIT_MS);
    assert_non_null(engine_quote(*state, &known.quote.symbol));
    /* What nobody could restore is gone. */
    engine_on_restored(*state, &second);
    assert_int_equal(engine_pass_wait_ms(*state, 200), 0);
    engine_pass(*state, 200, 0);
    assert_null(engine_quote(*state, &known.quote.symbol));
}

int main(void) {
#define WITH_ENGINE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_ENGINE(test_an_empty_book_waits),
        WITH_ENGINE(test_one_that_is_complete_does_not),
        WITH_ENGINE(test_another_epochs_word_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
