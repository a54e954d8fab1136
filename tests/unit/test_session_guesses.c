/* links: pf_app pf_store pf_net pf_feed pf_protocol pf_domain pf_thread pf_ops pf_base */
/* Which answers to an `auth` count as a guess, and when guessing ends. */
#include "unit/session_fixture.h"

static void try_token(struct world *world, struct client *client, enum auth_failure failure) {
    client_send(client, "{\"type\":\"auth\",\"id\":3,\"token\":\"t\"}");
    world_answer(world, failure, NULL);
}

static void test_what_was_valid_once_or_may_be_is_no_guess(void **state) {
    struct world *world = *state;
    struct client client;
    client_enter(world, &client, NULL);
    try_token(world, &client, AUTH_EXPIRED);
    try_token(world, &client, AUTH_UNAVAILABLE);
    assert_int_equal(world->guesses_n, 0);
    try_token(world, &client, AUTH_INVALID);
    assert_int_equal(world->guesses_n, 1);
    client_leave(&client);
}

static void test_a_connection_has_five(void **state) {
    struct world *world = *state;
    struct client client;
    client_enter(world, &client, NULL);
    for (size_t n = 1; n <= 5; n++) {
        assert_int_equal(client.close_code, 0);
        try_token(world, &client, AUTH_INVALID);
        assert_int_equal(world->guesses_n, n);
    }
    assert_int_equal(client.close_code, 4401);
    client_leave(&client);
}

int main(void) {
#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        WITH_WORLD(test_what_was_valid_once_or_may_be_is_no_guess),
        WITH_WORLD(test_a_connection_has_five),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
