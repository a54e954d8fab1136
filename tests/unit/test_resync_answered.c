/* links: pf_app pf_store pf_net pf_feed pf_protocol pf_domain pf_thread pf_ops pf_base */
/* A resync has an answer with its id, also when what it asks for ends before the snapshot. */
#include "app/hub_internal.h"
#include "unit/session_fixture.h"

static const struct uuid ada = {{1}}, of_ada = {{0xa}}, of_bob = {{0xb}}, portfolio = {{0x50}};
#define PORTFOLIO "\"portfolio_id\":\"50000000-0000-0000-0000-000000000000\""

static void begin(struct world *world, struct client *client) {
    struct principal *principal = NULL;
    struct principal values = {.role = ROLE_USER,
                               .user_id = ada,
                               .credential_id = ada,
                               .customer_id = of_ada,
                               .scopes = SCOPES_ALL,
                               .name = "ada",
                               .expires_ms = INT64_MAX};
    assert_int_equal(principal_create(&values, &principal), STATUS_OK);
    client_enter(world, client, principal);
    principal_unref(&principal);
    client_send(client, "{\"type\":\"subscribe\",\"id\":1," PORTFOLIO "}");
    world_turn(world);
}

static void test_the_right_to_it_ends(void **state) {
    struct world *world = *state;
    struct client client;
    begin(world, &client);
    world_answer_customers(world, STATUS_OK, &of_ada, 1);
    world_loaded(world, &portfolio, &of_ada, 1);
    assert_true(hears(&client, "\"type\":\"snapshot\""));
    client_send(&client, "{\"type\":\"resync\",\"id\":7," PORTFOLIO "}");
    engine_on_hint(world->engine, &portfolio);
    world_loaded(world, &portfolio, &of_bob, 2);
    assert_true(hears(&client, "{\"type\":\"unsubscribed\",\"id\":7," PORTFOLIO ",\"code\":\"not_found\"}"));
    client_leave(&client);
}

static void test_a_right_that_ends_by_itself_has_no_id(void **state) {
    struct world *world = *state;
    struct client client;
    begin(world, &client);
    world_answer_customers(world, STATUS_OK, &of_ada, 1);
    world_loaded(world, &portfolio, &of_ada, 1);
    client_send(&client, "{\"type\":\"resync\",\"id\":7," PORTFOLIO "}");
    world_turn(world);
    assert_true(hears(&client, "{\"type\":\"snapshot\",\"id\":7,"));
    engine_on_hint(world->engine, &portfolio);
    world_loaded(world, &portfolio, &of_bob, 2);
    assert_true(hears(&client, "{\"type\":\"unsubscribed\"," PORTFOLIO ",\"code\":\"not_found\"}"));
    client_leave(&client);
}

static void test_the_subscribe_before_it_is_refused(void **state) {
    struct world *world = *state;
    struct client client;
    begin(world, &client);
    client_send(&client, "{\"type\":\"resync\",\"id\":7," PORTFOLIO "}");
    world_answer_customers(world, STATUS_OK, &of_bob, 1);
    assert_non_null(strstr(client.heard, "{\"type\":\"error\",\"id\":1,\"code\":\"not_found\""));
    assert_true(hears(&client, "{\"type\":\"error\",\"id\":7,\"code\":\"not_found\""));
    client_leave(&client);
}

/* No room for the first of two answers ends the session, and what it has. */
static void test_no_room_for_both_answers(void **state) {
    struct world *world = *state;
    struct client client;
    begin(world, &client);
    client_send(&client, "{\"type\":\"resync\",\"id\":7," PORTFOLIO "}");
    client.is_blocked = true;
    while (client.session->outbox_bytes + 200 < OUTBOX_HARD_BYTES) {
        client_send(&client, "{\"type\":\"ping\",\"id\":\"0123456789012345678901234567890123456789\"}");
        world_turn(world);
    }
    for (size_t before = 0; client.session->outbox_bytes != before && client.close_code == 0;) {
        before = client.session->outbox_bytes;
        if (before + 100 < OUTBOX_HARD_BYTES)
            client_send(&client, "{\"type\":\"ping\"}");
        world_turn(world);
    }
    assert_int_equal(client.close_code, 0);
    world_answer_customers(world, STATUS_OK, &of_bob, 1);
    assert_int_equal(client.close_code, 1013);
    client_leave(&client);
}

int main(void) {
#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        WITH_WORLD(test_the_right_to_it_ends),
        WITH_WORLD(test_a_right_that_ends_by_itself_has_no_id),
        WITH_WORLD(test_the_subscribe_before_it_is_refused),
        WITH_WORLD(test_no_room_for_both_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
