/* How often deltas come: a regular source's go at once, whatever else happens
 * in between; a fast one's at most max_rate times a second. */
#include "../unit/test.h"
#include "world.h"

#define INTERVAL_MS 50

static const struct engine_config engine_config = {
    .flush_ms = INTERVAL_MS, .portfolio_keep_ms = 3000, .sweep_ms = 1000000, .restore_wait_ms = 2000, .loads_max = 3};
static const struct hub_config hub_config = {.slice_ms = 2,
                                             .resume_wait_ms = 1000,
                                             .limits = {.heartbeat_ms = 1000000,
                                                        .max_subscriptions = 100,
                                                        .messages_per_second = 1000,
                                                        .max_rate_e8 = 20 * DECIMAL_ONE}};

static struct world world; /* large */
static struct world_loop *const loop = &world.loops[0];
static struct world_client *const first = &world.clients[0];
static struct world_client *const second = &world.clients[1];
static int64_t price;

/* Portfolios 0 and 1 hold SYM0 and nothing else; the first client watches portfolio 0. */
static int set_up(void **state) {
    (void)state;
    world_init(&world, 7, 1, &engine_config, &hub_config);
    for (int i = 0; i < 2; i++) {
        struct world_lot lot = {0, 3 * DECIMAL_ONE, 10 * DECIMAL_ONE, 0, 0, WORLD_TODAY - 9};
        world.portfolios[i].lots_n = 0;
        memset(world.portfolios[i].symbol_versions, 0, sizeof world.portfolios[i].symbol_versions);
        world_db_add_lot(&world, i, &lot);
    }
    price = 20;
    struct quote quote = world_quote(&world, 0, price * DECIMAL_ONE);
    world_bus_publish(&world, &quote, 1);
    world_loop_settle(loop);
    world_client_connect(first, 0);
    world_client_subscribe(first, 0, 0, 0, false);
    manual_clock_advance(&world.clock, 1000);
    world_loop_settle(loop);
    world_client_receive_all(first);
    assert_int_equal(first->snapshots_n, 1);
    manual_clock_advance(&world.clock, 1000);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    world_fini(&world);
    return 0;
}

static void tick(void) {
    struct quote quote = world_quote(&world, 0, ++price * DECIMAL_ONE);
    world_bus_publish(&world, &quote, 1);
    world_loop_deliver_event(loop);
    world_loop_turn(loop);
    world_client_receive_all(first);
    world_client_receive_all(second);
}

static void pass_ms(int64_t ms) {
    for (; ms > 0; ms--) {
        manual_clock_advance(&world.clock, 1);
        world_loop_turn(loop);
    }
    world_client_receive_all(first);
    world_client_receive_all(second);
}

static void load_all(void) {
    while (loop->loads_n > 0) {
        world_loop_execute_load(loop);
        world_loop_deliver_load(loop, false);
    }
    world_loop_turn(loop);
}

/* Ticks once an interval; each must have its delta at once. */
static void assert_regular_ticks_go_at_once(struct world_client *client) {
    for (int i = 0; i < 40; i++) {
        uint64_t before = client->deltas_n;
        tick();
        assert_int_equal(client->deltas_n, before + 1);
        pass_ms(INTERVAL_MS);
    }
}

static void test_a_load_in_between_delays_no_price(void **state) {
    (void)state;
    for (int64_t at_ms = 0; at_ms < INTERVAL_MS; at_ms += 11) {
        assert_regular_ticks_go_at_once(first);
        tick();
        pass_ms(at_ms);
        struct world_lot lot = {0, DECIMAL_ONE, DECIMAL_ONE, 0, 0, WORLD_TODAY};
        world_db_add_lot(&world, 1, &lot);
        if (at_ms == 0) {
            world_client_connect(second, 0);
            world_client_subscribe(second, 1, 0, 0, false);
        } else
            engine_on_hint(loop->engine, &world.portfolios[1].id);
        load_all();
        pass_ms(INTERVAL_MS - at_ms);
    }
}

static void test_a_snapshot_in_between_delays_no_delta(void **state) {
    (void)state;
    world_client_connect(second, 0);
    for (int64_t at_ms = 0; at_ms < INTERVAL_MS; at_ms += 11) {
        tick();
        pass_ms(at_ms);
        world_client_subscribe(second, 0, 0, 0, at_ms % 2 == 1); /* resumed every other time */
        world_loop_turn(loop);
        world_client_receive_all(second);
        assert_int_equal(second->views[0].wish, WISH_LIVE);
        pass_ms(INTERVAL_MS - at_ms);
        assert_regular_ticks_go_at_once(second);
        world_client_unsubscribe(second, 0);
        world_loop_turn(loop);
        world_client_receive_all(second);
    }
}

/* A source that is faster than max_rate: not more than that, and the last value comes by itself. */
static void test_a_fast_source_is_held_to_the_rate(void **state) {
    (void)state;
    uint64_t before = first->deltas_n;
    for (int i = 0; i < 1000; i++) {
        tick();
        pass_ms(10);
    }
    assert_in_range(first->deltas_n - before, 195, 201);
    pass_ms(2 * INTERVAL_MS);
    json_t *expected = world_oracle(&world, 0, 0);
    assert_true(json_equal(first->views[0].data, expected));
    json_decref(expected);
}

#define PACING_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        PACING_TEST(test_a_load_in_between_delays_no_price),
        PACING_TEST(test_a_snapshot_in_between_delays_no_delta),
        PACING_TEST(test_a_fast_source_is_held_to_the_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
