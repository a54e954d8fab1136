/* links: pf_app pf_store pf_net pf_feed pf_protocol pf_domain pf_thread pf_ops pf_base */
/* A client that asks and does not read: first nothing more is read from it, and what comes all the same ends it. */
#include "app/hub_internal.h"
#include "ops/metrics.h"
#include "unit/session_fixture.h"

#define PING "{\"type\":\"ping\",\"id\":\"0123456789012345678901234567890123456789\"}"

static void enter(struct world *world, struct client *client) {
    client_enter(world, client, NULL);
    world_turn(world);
    client->is_blocked = true;
}

static void test_nothing_more_is_read_until_it_reads(void **state) {
    struct world *world = *state;
    struct client client;
    enter(world, &client);
    size_t n = 0;
    while (!client.is_paused) {
        assert_in_range(client.session->outbox_bytes, 0, OUTBOX_SOFT_BYTES);
        client_send(&client, PING);
        world_turn(world);
        n++;
    }
    assert_in_range(client.session->outbox_bytes, OUTBOX_SOFT_BYTES, OUTBOX_SOFT_BYTES + 200);
    assert_in_range(n, 100, 10000);
    client.is_blocked = false;
    session_on_writable(client.session);
    world_turn(world);
    assert_false(client.is_paused);
    assert_int_equal(client.close_code, 0);
    client_leave(&client);
}

static void test_what_was_on_its_way_is_bounded(void **state) {
    struct world *world = *state;
    struct client client;
    enter(world, &client);
    int64_t closed_n = metrics_get(METRIC_CLOSED_OUTBOX);
    while (client.close_code == 0) {
        assert_in_range(client.session->outbox_bytes, 0, OUTBOX_HARD_BYTES);
        client_send(&client, PING);
        world_turn(world);
    }
    assert_int_equal(client.close_code, 1013);
    assert_int_equal(metrics_get(METRIC_CLOSED_OUTBOX), closed_n + 1);
    client_leave(&client);
}

int main(void) {
#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        WITH_WORLD(test_nothing_more_is_read_until_it_reads),
        WITH_WORLD(test_what_was_on_its_way_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
