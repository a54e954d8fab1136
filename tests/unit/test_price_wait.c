/* links: pf_app pf_store pf_net pf_feed pf_protocol pf_domain pf_thread pf_ops pf_base */
/* Waiting for fresh prices: asked once, ended once, by the answers or by time. */
#include "app/price_wait.h"
#include "ops/metrics.h"
#include "support/feed_samples.h"
#include "unit/test.h"

#include <stdlib.h>

struct world {
    struct price_wait *wait;
    unsigned asks_n;
    size_t asked_n; /* symbols */
    struct symbol asked;
};
struct caller {
    struct world *world;
    unsigned dones_n;
    size_t n, answered_n;
    enum ask_outcome last;
    bool starts_again;
};

static void on_ask(void *context, const struct symbol *symbols, size_t n) {
    struct world *world = context;
    world->asks_n++;
    world->asked_n += n;
    world->asked = symbols[n - 1];
}

static void on_done(void *context, const struct price_wait_item *items, size_t n) {
    struct caller *caller = context;
    caller->dones_n++;
    caller->n = n;
    caller->answered_n = 0;
    for (size_t i = 0; i < n; i++) {
        caller->answered_n += items[i].is_answered;
        if (items[i].is_answered)
            caller->last = items[i].outcome;
    }
    if (caller->starts_again) {
        caller->starts_again = false;
        assert_int_equal(price_wait_start(caller->world->wait, &items[0].symbol, 1, 5000, on_done, caller), STATUS_OK);
    }
}

static int setup(void **state) {
    static struct world world;
    world = (struct world){0};
    *state = &world;
    return price_wait_create(on_ask, &world, &world.wait) == STATUS_OK ? 0 : -1;
}

static int teardown(void **state) {
    struct world *world = *state;
    price_wait_destroy(&world->wait);
    return 0;
}

static void start(struct world *world, struct caller *caller, const char *names, int64_t now_ms) {
    struct symbol symbols[8];
    size_t n = 0;
    for (; names[n]; n++) {
        const char name[2] = {names[n], '\0'};
        symbols[n] = sample_symbol(name);
    }
    caller->world = world;
    assert_int_equal(price_wait_start(world->wait, symbols, n, now_ms, on_done, caller), STATUS_OK);
}

static void answer(struct world *world, const char *name, enum ask_outcome outcome) {
    const struct answered_symbol answered = {sample_symbol(name), outcome};
    price_wait_on_answered(world->wait, &answered, 1);
}

static void test_asked_once(void **state) {
    struct world *world = *state;
    struct caller callers[100] = {0};
    for (size_t i = 0; i < 100; i++)
        start(world, &callers[i], "A", 0);
    assert_int_equal(world->asks_n, 1);
    assert_int_equal(price_wait_left_ms(world->wait, 500), 1500);
    answer(world, "B", ASK_FRESH);
    price_wait_run(world->wait, 500, true);
    assert_int_equal(callers[0].dones_n, 0);
    answer(world, "A", ASK_UNKNOWN);
    assert_int_equal(callers[0].dones_n, 0); /* never inside the answer */
    price_wait_run(world->wait, 500, true);
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(callers[i].dones_n, 1);
        assert_int_equal(callers[i].last, ASK_UNKNOWN);
    }
    assert_int_equal(price_wait_left_ms(world->wait, 500), -1);
    start(world, &callers[0], "A", 600);
    assert_int_equal(world->asks_n, 2);
    price_wait_cancel(world->wait);
}

static void test_all_of_several(void **state) {
    struct world *world = *state;
    struct caller one = {0}, two = {0};
    start(world, &one, "ABA", 0);
    start(world, &two, "BC", 0);
    assert_int_equal(world->asked_n, 3);
    answer(world, "B", ASK_FRESH);
    price_wait_run(world->wait, 1, true);
    assert_int_equal(one.dones_n + two.dones_n, 0);
    answer(world, "A", ASK_FRESH);
    price_wait_run(world->wait, 1, true);
    assert_int_equal(one.dones_n, 1);
    assert_int_equal(one.answered_n, 3);
    assert_int_equal(two.dones_n, 0);
    price_wait_cancel(world->wait);
    assert_int_equal(two.answered_n, 1);
}

static void test_the_time_is_over(void **state) {
    struct world *world = *state;
    struct caller one = {0}, two = {0};
    int64_t timed_out = metrics_get(METRIC_PRICE_WAITS_TIMED_OUT);
    start(world, &one, "AB", 0);
    start(world, &two, "A", 1000);
    answer(world, "B", ASK_FRESH);
    price_wait_run(world->wait, 1999, true);
    assert_int_equal(one.dones_n, 0);
    price_wait_run(world->wait, 2000, false);
    assert_int_equal(one.dones_n, 1);
    assert_int_equal(one.answered_n, 1);
    assert_int_equal(two.dones_n, 0);
    assert_int_equal(metrics_get(METRIC_PRICE_WAITS_TIMED_OUT), timed_out + 1);
    /* The question may be lost: it is asked again for who still waits. */
    assert_int_equal(world->asks_n, 2);
    assert_string_equal(world->asked.text, "A");
    answer(world, "A", ASK_FRESH);
    price_wait_run(world->wait, 2100, true);
    assert_int_equal(two.dones_n, 1);
}

static void test_prices_are_waited_for(void **state) {
    struct world *world = *state;
    struct caller one = {0};
    start(world, &one, "A", 0);
    answer(world, "A", ASK_FRESH);
    price_wait_run(world->wait, 10, false);
    assert_int_equal(one.dones_n, 0);
    assert_int_equal(price_wait_left_ms(world->wait, 10), 1990);
    price_wait_run(world->wait, 20, true);
    assert_int_equal(one.dones_n, 1);
    /* But no longer than for anything. */
    start(world, &one, "A", 100);
    answer(world, "A", ASK_FRESH);
    price_wait_run(world->wait, 2100, false);
    assert_int_equal(one.dones_n, 2);
}

static void test_again_and_cancelled(void **state) {
    struct world *world = *state;
    struct caller one = {.starts_again = true}, two = {0};
    start(world, &one, "A", 0);
    start(world, &two, "", 0); /* for nothing: over at once */
    price_wait_ask_again(world->wait, 100);
    assert_int_equal(world->asks_n, 2);
    price_wait_run(world->wait, 100, true);
    assert_int_equal(two.dones_n, 1);
    answer(world, "A", ASK_FRESH);
    price_wait_run(world->wait, 100, true);
    assert_int_equal(one.dones_n, 1); /* and it waits anew */
    assert_int_equal(world->asks_n, 3);
    price_wait_cancel(world->wait);
    assert_int_equal(one.dones_n, 2);
    assert_int_equal(one.answered_n, 0);
}

static void test_bounded(void **state) {
    struct world *world = *state;
    struct caller one = {0};
    size_t n = PRICE_WAIT_SYMBOLS_MAX;
    struct symbol *symbols = calloc(n, sizeof *symbols);
    for (size_t i = 0; i < n; i++)
        symbols[i] = sample_symbol("A");
    int64_t refused = metrics_get(METRIC_PRICE_WAITS_REFUSED);
    assert_int_equal(price_wait_start(world->wait, symbols, n, 0, on_done, &one), STATUS_OK);
    assert_int_equal(price_wait_start(world->wait, symbols, 1, 0, on_done, &one), STATUS_LIMIT);
    assert_int_equal(metrics_get(METRIC_PRICE_WAITS_REFUSED), refused + 1);
    answer(world, "A", ASK_FRESH);
    price_wait_run(world->wait, 0, true);
    assert_int_equal(one.answered_n, n);
    assert_int_equal(price_wait_start(world->wait, symbols, 1, 0, on_done, &one), STATUS_OK);
    price_wait_cancel(world->wait);
    free(symbols);
}

int main(void) {
#define WITH_WAIT(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_WAIT(test_asked_once),          WITH_WAIT(test_all_of_several),
        WITH_WAIT(test_the_time_is_over),    WITH_WAIT(test_prices_are_waited_for),
        WITH_WAIT(test_again_and_cancelled), WITH_WAIT(test_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
