/* The order rules of the contract (protocol.md, 2), one by one: each test lets
 * the one interleaving happen that only its rule makes right. Rule 1's state
 * machine and rule 6's checks of the bus have tests of their own too
 * (test_bus_sync). */
#include "../unit/test.h"
#include "ops/log.h"
#include "world.h"

#include <stdio.h>

static const struct engine_config engine_config = {
    .flush_ms = 50, .portfolio_keep_ms = 3000, .sweep_ms = 2000, .restore_wait_ms = 2000, .loads_max = 3};
static const struct hub_config hub_config = {.slice_ms = 0,
                                             .gathered_max = 1,
                                             .resume_wait_ms = 1000,
                                             .limits = {.heartbeat_ms = 60000,
                                                        .max_subscriptions = 100,
                                                        .messages_per_second = 1000,
                                                        .max_rate_e8 = 1000 * DECIMAL_ONE}};

static struct world world; /* large */

static struct world_loop *const loop = &world.loops[0];
static struct world_client *const first = &world.clients[0];
static struct world_client *const second = &world.clients[1];

/* Portfolio 0 holds SYM0 and SYM1 and nothing else; SYM0 has a price; loop 0 follows the bus. */
static int set_up(void **state) {
    (void)state;
    world_init(&world, 7, 2, &engine_config, &hub_config);
    struct world_portfolio *portfolio = &world.portfolios[0];
    portfolio->lots_n = 0;
    memset(portfolio->symbol_versions, 0, sizeof portfolio->symbol_versions);
    for (int symbol = 0; symbol < 2; symbol++) {
        struct world_lot lot = {symbol, 3 * DECIMAL_ONE, 10 * DECIMAL_ONE, 0, 0, WORLD_TODAY - 9};
        world_db_add_lot(&world, 0, &lot);
    }
    struct quote quote = world_quote(&world, 0, 20 * DECIMAL_ONE);
    world_bus_publish(&world, &quote, 1);
    world_loop_settle(loop);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    world_fini(&world);
    return 0;
}

static void publish(int symbol, int64_t price) {
    struct quote quote = world_quote(&world, symbol, price * DECIMAL_ONE);
    world_bus_publish(&world, &quote, 1);
}

static void advance_and_turn(void) {
    manual_clock_advance(&world.clock, 60);
    world_loop_turn(loop);
}

static void watch(struct world_client *client, int on_loop, bool resume) {
    world_client_connect(client, on_loop);
    world_client_subscribe(client, 0, 0, 0, resume);
    manual_clock_advance(&world.clock, 60);
    world_loop_settle(&world.loops[on_loop]);
    world_client_receive_all(client);
    assert_int_equal(client->views[0].wish, WISH_LIVE);
    assert_non_null(client->views[0].data);
}

static void assert_shows_present_state(const struct world_client *client) {
    json_t *expected = world_oracle(&world, 0, 0);
    assert_true(json_equal(client->views[0].data, expected));
    json_decref(expected);
}

static unsigned long long cursor_seq(const struct world_client *client) {
    struct cursor cursor;
    const char *text = client->views[0].cursor;
    assert_int_equal(cursor_parse(text, strlen(text), &cursor), STATUS_OK);
    return cursor.seq;
}

static const char *total_value(const struct world_client *client) {
    return json_string_value(json_object_get(json_object_get(client->views[0].data, "totals"), "total_value"));
}

/* Rule 1: an event that comes while the book is on its way is neither lost nor applied twice. */
static void test_rule_1_events_around_the_book(void **state) {
    (void)state;
    watch(first, 0, false);
    world_loop_lose_bus(loop);
    publish(0, 21); /* missed: only the book has it */
    world_loop_subscribe(loop);
    publish(0, 22); /* before the book is read, delivered as an event too: to be dropped */
    world_loop_read_book(loop);
    publish(1, 33); /* after it was read, delivered before it arrives: to be applied */
    world_loop_deliver_event(loop);
    world_loop_deliver_event(loop);
    world_loop_deliver_book(loop);
    advance_and_turn();
    world_client_receive_all(first);
    assert_int_equal(engine_seq(loop->engine), 4);
    assert_shows_present_state(first);
}

/* Rule 1: a gap means reading the book again, never a guess. */
static void test_rule_1_a_gap_reads_the_book(void **state) {
    (void)state;
    watch(first, 0, false);
    publish(0, 21);
    publish(0, 22);
    loop->next_event++; /* one is lost on the way */
    world_loop_deliver_event(loop);
    assert_true(loop->wants_book);
    advance_and_turn();
    assert_int_equal(engine_seq(loop->engine), 1);
    world_loop_settle(loop);
    advance_and_turn();
    world_client_receive_all(first);
    assert_shows_present_state(first);
}

/* Rule 2: what comes while a pass is being sent waits: both clients are told the same state. */
static void test_rule_2_one_state_for_all_clients(void **state) {
    (void)state;
    watch(first, 0, false);
    watch(second, 0, false);
    publish(0, 25);
    world_loop_deliver_event(loop);
    advance_and_turn(); /* the pass, and the first client's frame: slices have room for one session */
    assert_true(hub_is_flushing(loop->hub));
    assert_int_equal(first->inbox_n + second->inbox_n, 1);
    publish(0, 26);
    world_loop_deliver_event(loop);
    struct world_lot lot = {1, DECIMAL_ONE, DECIMAL_ONE, 0, 0, WORLD_TODAY};
    world_db_add_lot(&world, 0, &lot);
    engine_on_hint(loop->engine, &world.portfolios[0].id);
    world_loop_execute_load(loop);
    world_loop_deliver_load(loop, false);
    advance_and_turn(); /* the second client's turn, not a pass */
    world_client_receive(first);
    world_client_receive(second);
    assert_string_equal(first->views[0].cursor, second->views[0].cursor);
    assert_string_equal(total_value(first), total_value(second));
    assert_int_equal(cursor_seq(first), 2);
}

/* Rule 2: answers in between are the last pass's state. */
static void test_rule_2_answers_are_of_the_last_pass(void **state) {
    (void)state;
    watch(first, 0, false);
    char before[64];
    (void)snprintf(before, sizeof before, "%s", total_value(first));
    publish(0, 99);
    world_loop_deliver_event(loop); /* staged, no pass yet */
    char id[UUID_TEXT_LEN + 1];
    uuid_write(id, &world.portfolios[0].id);
    world_client_send(first, "{\"type\":\"resync\",\"portfolio_id\":\"%s\",\"id\":\"r\"}", id);
    (void)hub_flush(loop->hub);
    world_client_receive_all(first);
    assert_string_equal(total_value(first), before);
    advance_and_turn();
    world_client_receive_all(first);
    assert_shows_present_state(first);
}

/* Rule 3: an older reading that arrives late does not undo a newer one; a hint during a load causes another. */
static void test_rule_3_newest_version_wins(void **state) {
    (void)state;
    watch(first, 0, false);
    struct world_lot lot = {1, DECIMAL_ONE, DECIMAL_ONE, 0, 0, WORLD_TODAY};
    engine_on_hint(loop->engine, &world.portfolios[0].id);
    world_loop_execute_load(loop); /* reads the version before the change */
    world_db_add_lot(&world, 0, &lot);
    engine_on_hint(loop->engine, &world.portfolios[0].id); /* during the load */
    world_loop_deliver_load(loop, false);
    assert_int_equal(loop->loads_n, 1); /* the other one */
    world_loop_execute_load(loop);
    world_loop_deliver_load(loop, false);
    struct holdings *older = world_db_read(&world, 0);
    older->version--;
    older->lots_n = 0;
    older->positions_n = 0;
    engine_on_loaded(loop->engine, &world.portfolios[0].id, STATUS_OK, older);
    advance_and_turn();
    advance_and_turn();
    world_client_receive_all(first);
    assert_shows_present_state(first);
}

/* Rule 3: a lost hint costs one sweep, not correctness. */
static void test_rule_3_the_sweep_finds_what_no_hint_told(void **state) {
    (void)state;
    watch(first, 0, false);
    struct world_lot lot = {1, DECIMAL_ONE, DECIMAL_ONE, 0, 0, WORLD_TODAY};
    world_db_add_lot(&world, 0, &lot);
    manual_clock_advance(&world.clock, 2001);
    world_loop_settle(loop);
    manual_clock_advance(&world.clock, 60);
    world_loop_settle(loop);
    world_client_receive_all(first);
    assert_shows_present_state(first);
}

/* Rule 4: a portfolio's seq is the pass's number, although what touched it had a lower one; and a pass that touches
 * nothing of it leaves it. */
static void test_rule_4_seq_is_of_the_last_pass_that_changed_it(void **state) {
    (void)state;
    watch(first, 0, false);
    publish(0, 30);
    publish(5, 1); /* nobody holds it */
    world_loop_deliver_event(loop);
    world_loop_deliver_event(loop);
    advance_and_turn();
    world_client_receive_all(first);
    assert_int_equal(cursor_seq(first), 3);
    publish(5, 2);
    world_loop_deliver_event(loop);
    advance_and_turn();
    assert_int_equal(engine_seq(loop->engine), 4);
    assert_int_equal(first->inbox_n, 0);
    watch(second, 0, false);
    assert_int_equal(cursor_seq(second), 3);
}

/* Rule 5: from an old cursor exactly one delta: rows whole when their lots changed, gone ones null, prices else. */
static void test_rule_5_one_delta_from_any_older_cursor(void **state) {
    (void)state;
    watch(first, 0, false);
    world_client_disconnect(first);
    world.portfolios[0].version++;
    world.portfolios[0].symbol_versions[1] = world.portfolios[0].version;
    world.portfolios[0].lots_n = 1; /* SYM1 is sold */
    struct world_lot lot = {4, DECIMAL_ONE, DECIMAL_ONE, 0, 0, WORLD_TODAY};
    world_db_add_lot(&world, 0, &lot);
    publish(0, 31);
    uint64_t deltas_n = first->deltas_n;
    uint64_t snapshots_n = first->snapshots_n;
    watch(first, 1, true); /* on another instance, which never saw the cursor's state */
    assert_int_equal(first->recovered_n, 1);
    assert_int_equal(first->deltas_n, deltas_n + 1);
    assert_int_equal(first->snapshots_n, snapshots_n);
    assert_shows_present_state(first);
}

/* Rule 5: a detail that changed and changed back is repeated to a client that saw it in between, on another loop. */
static void test_rule_5_a_detail_there_and_back(void **state) {
    (void)state;
    world_loop_settle(&world.loops[1]);
    watch(second, 1, false); /* so that loop 1 holds the portfolio */
    watch(first, 0, false);
    struct quote quote = world_quote(&world, 0, 20 * DECIMAL_ONE);
    quote.stale = true;
    world_bus_publish(&world, &quote, 1);
    world_loop_deliver_event(loop); /* loop 0 passes in between */
    advance_and_turn();
    world_client_receive_all(first);
    assert_shows_present_state(first);
    quote.stale = false;
    world_bus_publish(&world, &quote, 1);
    world_client_disconnect(first);
    watch(first, 1, true); /* loop 1 takes both events in one pass */
    assert_int_equal(first->recovered_n, 1);
    assert_shows_present_state(first);
}

/* Rule 6: with the bus away prices are kept, holdings still move, heartbeats say stale. */
static void test_rule_6_holdings_move_without_the_bus(void **state) {
    (void)state;
    watch(first, 0, false);
    world_loop_lose_bus(loop);
    hub_set_feed_away(loop->hub, true);
    struct world_lot lot = {0, DECIMAL_ONE, DECIMAL_ONE, 0, 0, WORLD_TODAY};
    world_db_add_lot(&world, 0, &lot);
    engine_on_hint(loop->engine, &world.portfolios[0].id);
    world_loop_execute_load(loop);
    world_loop_deliver_load(loop, false);
    advance_and_turn();
    world_client_receive_all(first);
    assert_shows_present_state(first);
    manual_clock_advance(&world.clock, 60000);
    world_loop_turn(loop);
    assert_int_equal(first->inbox_n, 1);
    const char *heartbeat = (const char *)frame_payload(first->inbox[0]);
    assert_non_null(memmem(heartbeat, first->inbox[0]->len, "\"state\":\"stale\"", 15));
}

static void count_watched(void *context, const struct symbol *symbol) {
    (void)symbol;
    ++*(size_t *)context;
}

/* However many portfolios hold it: what the bus is told of grows with the symbols, not with the positions. */
static void test_each_watched_symbol_is_said_once(void **state) {
    (void)state;
    size_t n = 0;
    engine_each_watched_symbol(loop->engine, count_watched, &n);
    assert_int_equal(n, 0); /* nobody watches yet */
    watch(first, 0, false);
    engine_each_watched_symbol(loop->engine, count_watched, &n);
    assert_int_equal(n, 2);
    struct world_portfolio *portfolio = &world.portfolios[1];
    portfolio->lots_n = 0;
    memset(portfolio->symbol_versions, 0, sizeof portfolio->symbol_versions);
    for (int symbol = 0; symbol < 3; symbol++) {
        struct world_lot lot = {symbol, DECIMAL_ONE, DECIMAL_ONE, 0, 0, WORLD_TODAY - 9};
        world_db_add_lot(&world, 1, &lot);
    }
    world_client_connect(second, 0);
    world_client_subscribe(second, 1, 0, 0, false);
    advance_and_turn();
    world_loop_settle(loop);
    n = 0;
    engine_each_watched_symbol(loop->engine, count_watched, &n);
    assert_int_equal(n, 3); /* two of them in both */
}

int main(void) {
#define RULE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        RULE(test_rule_1_events_around_the_book),
        RULE(test_rule_1_a_gap_reads_the_book),
        RULE(test_rule_2_one_state_for_all_clients),
        RULE(test_rule_2_answers_are_of_the_last_pass),
        RULE(test_rule_3_newest_version_wins),
        RULE(test_rule_3_the_sweep_finds_what_no_hint_told),
        RULE(test_rule_4_seq_is_of_the_last_pass_that_changed_it),
        RULE(test_rule_5_one_delta_from_any_older_cursor),
        RULE(test_rule_5_a_detail_there_and_back),
        RULE(test_rule_6_holdings_move_without_the_bus),
        RULE(test_each_watched_symbol_is_said_once),
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
