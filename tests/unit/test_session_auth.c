/* links: pf_app pf_store pf_net pf_feed pf_protocol pf_domain pf_thread pf_ops pf_base */
/* Who a session is and what it may see, while answers come in every order. */
#include "unit/session_fixture.h"

static const struct uuid ada = {{1}}, bob = {{2}}, of_ada = {{0xa}}, of_bob = {{0xb}}, portfolio = {{0x50}};
#define SUBSCRIBE "{\"type\":\"subscribe\",\"id\":1,\"portfolio_id\":\"50000000-0000-0000-0000-000000000000\"}"
#define UNSUBSCRIBE "{\"type\":\"unsubscribe\",\"id\":2,\"portfolio_id\":\"50000000-0000-0000-0000-000000000000\"}"
#define AUTH "{\"type\":\"auth\",\"id\":3,\"token\":\"t\"}"

static struct principal *user(struct world *world, const struct uuid *user_id, const struct uuid *customer_id,
                              int64_t lasts_ms) {
    struct principal *principal = NULL;
    struct principal values = {.role = ROLE_USER,
                               .user_id = *user_id,
                               .credential_id = *user_id,
                               .customer_id = *customer_id,
                               .scopes = SCOPES_ALL,
                               .name = "user",
                               .expires_ms = lasts_ms ? world->clock.wall_ms + lasts_ms : INT64_MAX};
    values.credential_id.bytes[1] = 0xcc;
    assert_int_equal(principal_create(&values, &principal), STATUS_OK);
    return principal;
}

/* A session that has shown its credential in the handshake. */
static void enter_as(struct world *world, struct client *client, const struct uuid *user_id,
                     const struct uuid *customer_id) {
    struct principal *principal = user(world, user_id, customer_id, 0);
    client_enter(world, client, principal);
    principal_unref(&principal);
    world_turn(world);
    assert_true(hears(client, "\"auth_required\":false"));
}

static void subscribe_and_load(struct world *world, struct client *client) {
    client_send(client, SUBSCRIBE);
    world_turn(world);
    world_answer_customers(world, STATUS_OK, &of_ada, 1);
    world_loaded(world, &portfolio, &of_ada, 1);
    assert_true(hears(client, "\"type\":\"snapshot\""));
}

/* --- the first auth --- */

static void test_auth_then_what_follows(void **state) {
    struct world *world = *state;
    struct client client;
    client_enter(world, &client, NULL);
    world_turn(world);
    assert_true(hears(&client, "\"auth_required\":true"));
    client_send(&client, SUBSCRIBE);
    world_turn(world);
    assert_true(hears(&client, "\"code\":\"unauthorized\""));
    client_send(&client, AUTH);
    assert_true(client.is_paused);
    client_send(&client, AUTH); /* what was on its way already */
    world_turn(world);
    assert_true(hears(&client, "\"code\":\"rate_limited\""));
    struct principal *principal = user(world, &ada, &of_ada, 0);
    world_answer(world, AUTH_OK, principal);
    principal_unref(&principal);
    assert_false(client.is_paused);
    assert_true(hears(&client, "{\"type\":\"authenticated\",\"id\":3}"));
    subscribe_and_load(world, &client);
    client_leave(&client);
}

static void test_nobody_in_time(void **state) {
    struct world *world = *state;
    struct client client;
    client_enter(world, &client, NULL);
    world_wait(world, TIMEOUT_MS - 1);
    assert_int_equal(client.close_code, 0);
    assert_int_equal(hub_timer_wait_ms(world->hub), 1);
    world_wait(world, 1);
    assert_true(hears(&client, "{\"type\":\"closing\",\"code\":4408,\"reconnect\":false,\"after_ms\":0}"));
    assert_int_equal(client.close_code, 4408);
    client_leave(&client);
}

static void test_no_answer_in_time(void **state) {
    struct world *world = *state;
    struct client client;
    client_enter(world, &client, NULL);
    client_send(&client, AUTH);
    world_wait(world, TIMEOUT_MS);
    assert_int_equal(client.close_code, 4408);
    assert_int_equal(world->open_n, 0); /* cancelled */
    client_leave(&client);
}

static void test_who_leaves_is_not_answered(void **state) {
    struct world *world = *state;
    struct client client;
    client_enter(world, &client, NULL);
    client_send(&client, AUTH);
    client_leave(&client);
    assert_int_equal(world->open_n, 0);
}

/* --- rights that change --- */

static void test_a_void_credential_closes(void **state) {
    struct world *world = *state;
    struct client client;
    enter_as(world, &client, &ada, &of_ada);
    subscribe_and_load(world, &client);
    hub_on_access_changed(world->hub, &bob);
    world_turn(world);
    assert_int_equal(world->open_n, 0);
    hub_on_access_changed(world->hub, &ada);
    hub_on_access_changed(world->hub, &ada);
    world_turn(world);
    assert_int_equal(world->open_n, 1);
    world_answer(world, AUTH_INVALID, NULL);
    assert_true(hears(&client, "\"code\":4401"));
    assert_int_equal(client.close_code, 4401);
    client_leave(&client);
}

static void test_a_right_that_is_gone_ends_the_subscription(void **state) {
    struct world *world = *state;
    struct client client;
    enter_as(world, &client, &ada, &of_ada);
    subscribe_and_load(world, &client);
    struct uuid credential = ada;
    credential.bytes[1] = 0xcc;
    hub_on_access_changed(world->hub, &credential);
    world_turn(world);
    struct principal *moved = user(world, &ada, &of_bob, 0);
    world_answer(world, AUTH_OK, moved);
    principal_unref(&moved);
    assert_true(hears(&client, "\"type\":\"unsubscribed\",\"portfolio_id\":\"50000000-0000-0000-0000-000000000000\","
                               "\"code\":\"not_found\""));
    assert_int_equal(client.close_code, 0);
    client_leave(&client);
}

static void test_without_the_database_nothing_ends_and_it_is_asked_again(void **state) {
    struct world *world = *state;
    struct client client;
    enter_as(world, &client, &ada, &of_ada);
    subscribe_and_load(world, &client);
    hub_on_access_changed(world->hub, &(struct uuid){{0}});
    world_turn(world);
    for (int i = 0; i < 5; i++) {
        world_answer(world, AUTH_UNAVAILABLE, NULL);
        assert_int_equal(world->open_n, 0);
        world_wait(world, HUB_ACCESS_RETRY_MS - 1);
        assert_int_equal(world->open_n, 0);
        world_wait(world, 1);
        assert_int_equal(world->open_n, 1);
    }
    assert_int_equal(client.close_code, 0);
    world_answer(world, AUTH_INVALID, NULL);
    assert_int_equal(client.close_code, 4401);
    client_leave(&client);
}

static void test_a_key_that_is_removed_ends_what_it_signed(void **state) {
    struct world *world = *state;
    static const char *const kids[] = {"gone", "good", ""};
    struct client clients[3], nobody;
    for (size_t i = 0; i < 3; i++) {
        struct principal *principal = user(world, &ada, &of_ada, 0);
        snprintf(principal->kid, sizeof principal->kid, "%s", kids[i]);
        client_enter(world, &clients[i], principal);
        principal_unref(&principal);
    }
    client_enter(world, &nobody, NULL);
    hub_on_keys_changed(world->hub);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(clients[i].close_code, i == 0 ? 4401 : 0);
        client_leave(&clients[i]);
    }
    assert_int_equal(nobody.close_code, 0);
    client_leave(&nobody);
}

static void test_what_cannot_be_confirmed_ends(void **state) {
    struct world *world = *state;
    struct client client, nobody;
    enter_as(world, &client, &ada, &of_ada);
    client_enter(world, &nobody, NULL);
    hub_access_end_unconfirmed(world->hub);
    assert_true(hears(&client, "\"code\":1013,\"reconnect\":true"));
    assert_int_equal(client.close_code, 1013);
    assert_int_equal(nobody.close_code, 0);
    client_leave(&client);
    client_leave(&nobody);
}

static void test_a_change_during_the_question_asks_again(void **state) {
    struct world *world = *state;
    struct client client;
    enter_as(world, &client, &ada, &of_ada);
    hub_on_access_changed(world->hub, &ada);
    world_turn(world);
    hub_on_access_changed(world->hub, &ada);
    struct principal *same = user(world, &ada, &of_ada, 0);
    world_answer(world, AUTH_OK, same);
    principal_unref(&same);
    assert_int_equal(world->open_n, 1);
    world_answer(world, AUTH_INVALID, NULL);
    assert_int_equal(client.close_code, 4401);
    client_leave(&client);
}

/* A refresh takes the place of the question under way, which comes after it. */
static void test_a_refresh_during_the_question(void **state) {
    struct world *world = *state;
    struct client client;
    enter_as(world, &client, &ada, &of_ada);
    hub_on_access_changed(world->hub, &ada);
    world_turn(world);
    client_send(&client, AUTH);
    assert_int_equal(world->open_n, 1);
    world_answer(world, AUTH_INVALID, NULL);
    assert_true(hears(&client, "\"code\":\"unauthorized\""));
    assert_int_equal(world->open_n, 1);
    assert_true(world->questions[world->questions_n - 1].is_again);
    world_answer(world, AUTH_INVALID, NULL);
    assert_int_equal(client.close_code, 4401);
    client_leave(&client);
}

static void test_many_are_asked_about_some_at_a_time(void **state) {
    enum { N = HUB_ACCESS_RECHECKS_MAX + 50 };
    struct world *world = *state;
    static struct client clients[N];
    struct principal *same = user(world, &ada, &of_ada, 0);
    for (size_t i = 0; i < N; i++)
        enter_as(world, &clients[i], &ada, &of_ada);
    hub_on_access_changed(world->hub, &ada);
    world_turn(world);
    assert_int_equal(world->open_n, HUB_ACCESS_RECHECKS_MAX);
    for (size_t i = 0; i < N; i++)
        world_answer(world, AUTH_OK, same);
    assert_int_equal(world->open_n, 0);
    assert_int_equal(world->questions_n, N);
    principal_unref(&same);
    for (size_t i = 0; i < N; i++)
        client_leave(&clients[i]);
}

/* --- the end of a credential --- */

static void test_the_end_and_the_grace(void **state) {
    struct world *world = *state;
    struct client client;
    struct principal *principal = user(world, &ada, &of_ada, 900000);
    client_enter(world, &client, principal);
    subscribe_and_load(world, &client);
    world_wait(world, 839999);
    assert_false(hears(&client, "auth_expiring"));
    world_wait(world, 1);
    assert_true(hears(&client, "{\"type\":\"auth_expiring\",\"expires_at\":"));
    world_wait(world, 60000);
    client_send(&client, SUBSCRIBE);
    world_turn(world);
    assert_true(hears(&client, "\"code\":\"token_expired\""));
    client_send(&client, UNSUBSCRIBE);
    world_turn(world);
    assert_true(hears(&client, "\"type\":\"unsubscribed\""));
    world_wait(world, GRACE_MS - 1);
    assert_int_equal(client.close_code, 0);
    world_wait(world, 1);
    assert_int_equal(client.close_code, 4401);
    principal_unref(&principal);
    client_leave(&client);
}

static void test_a_refresh_moves_the_end(void **state) {
    struct world *world = *state;
    struct client client;
    struct principal *first = user(world, &ada, &of_ada, 900000);
    client_enter(world, &client, first);
    world_wait(world, 900000); /* over, in its grace */
    client_send(&client, AUTH);
    struct principal *second = user(world, &ada, &of_ada, 900000);
    world_answer(world, AUTH_OK, second);
    assert_true(hears(&client, "\"type\":\"authenticated\""));
    world_wait(world, 899999);
    client_send(&client, SUBSCRIBE);
    world_turn(world);
    assert_int_equal(world->asked_n, 1);
    world_answer_customers(world, STATUS_OK, &of_ada, 0);
    assert_true(hears(&client, "not_found"));
    principal_unref(&first);
    principal_unref(&second);
    client_leave(&client);
}

/* --- whose portfolio it is --- */

static void test_nothing_is_loaded_for_a_stranger(void **state) {
    struct world *world = *state;
    struct client client;
    for (int is_there = 0; is_there < 2; is_there++) {
        enter_as(world, &client, &bob, &of_bob);
        client_send(&client, SUBSCRIBE);
        world_turn(world);
        assert_int_equal(world->loads_n, 0);
        engine_on_hint(world->engine, &portfolio); /* as if it had changed */
        assert_int_equal(world->loads_n, 0);
        world_answer_customers(world, STATUS_OK, &of_ada, is_there ? 7 : 0);
        assert_true(hears(&client, "{\"type\":\"error\",\"id\":1,\"code\":\"not_found\",\"status\":404,\"detail\":\"no "
                                   "such portfolio\",\"retryable\":false,\"portfolio_id\":\"50000000-0000-0000-0000-"
                                   "000000000000\"}"));
        assert_int_equal(world->loads_n, 0);
        client_leave(&client);
    }
}

static void test_a_stranger_is_asked_about_although_it_is_held(void **state) {
    struct world *world = *state;
    struct client owner, stranger;
    enter_as(world, &owner, &ada, &of_ada);
    subscribe_and_load(world, &owner);
    enter_as(world, &stranger, &bob, &of_bob);
    client_send(&stranger, SUBSCRIBE);
    world_turn(world);
    assert_int_equal(stranger.heard_len, 0);
    world_answer_customers(world, STATUS_OK, &of_ada, 1);
    assert_true(hears(&stranger, "not_found"));
    /* Its owner is not. */
    struct client again;
    enter_as(world, &again, &ada, &of_ada);
    client_send(&again, SUBSCRIBE);
    world_turn(world);
    assert_int_equal(world->asked_n, 0);
    assert_true(hears(&again, "\"type\":\"snapshot\""));
    client_leave(&owner);
    client_leave(&stranger);
    client_leave(&again);
}

/* The answer is older than what was loaded meanwhile: it is Bob's now. */
static void test_an_answer_that_is_too_old(void **state) {
    struct world *world = *state;
    struct client owner, other;
    enter_as(world, &owner, &ada, &of_ada);
    subscribe_and_load(world, &owner);
    enter_as(world, &other, &bob, &of_bob);
    client_send(&other, SUBSCRIBE);
    world_turn(world);
    engine_on_hint(world->engine, &portfolio);
    world_loaded(world, &portfolio, &of_bob, 2);
    assert_true(hears(&owner, "\"code\":\"not_found\""));
    assert_int_equal(other.heard_len, 0);
    world_answer_customers(world, STATUS_OK, &of_ada, 1);
    assert_true(hears(&other, "\"type\":\"snapshot\""));
    client_leave(&owner);
    client_leave(&other);
}

/* The answer is newer than what is held: that is loaded again, and only that is for who may see it. */
static void test_an_answer_that_is_newer(void **state) {
    struct world *world = *state;
    struct client owner, other;
    enter_as(world, &owner, &ada, &of_ada);
    subscribe_and_load(world, &owner);
    enter_as(world, &other, &bob, &of_bob);
    client_send(&other, SUBSCRIBE);
    world_turn(world);
    world_answer_customers(world, STATUS_OK, &of_bob, 2);
    assert_int_equal(world->loads_n, 1);
    /* What is held was Ada's. Who has it next is asked when it was loaded, not before. */
    assert_int_equal(other.heard_len, 0);
    assert_int_equal(world->asked_n, 0);
    world_loaded(world, &portfolio, &of_bob, 2);
    assert_true(hears(&owner, "\"code\":\"not_found\""));
    world_turn(world);
    world_answer_customers(world, STATUS_OK, &of_bob, 2);
    assert_true(hears(&other, "\"type\":\"subscribed\""));
    client_leave(&owner);
    client_leave(&other);
}

/* Between the answer and the load it became somebody else's. */
static void test_a_load_that_says_otherwise(void **state) {
    struct world *world = *state;
    struct client client;
    enter_as(world, &client, &ada, &of_ada);
    client_send(&client, SUBSCRIBE);
    world_turn(world);
    world_answer_customers(world, STATUS_OK, &of_ada, 1);
    world_loaded(world, &portfolio, &of_bob, 2);
    assert_null(strstr(client.heard, "snapshot"));
    assert_true(hears(&client, "\"code\":\"not_found\""));
    client_leave(&client);
}

static void test_a_right_lost_while_it_is_asked(void **state) {
    struct world *world = *state;
    struct client client;
    enter_as(world, &client, &ada, &of_ada);
    client_send(&client, SUBSCRIBE);
    world_turn(world);
    hub_on_access_changed(world->hub, &ada);
    world_turn(world);
    struct principal *moved = user(world, &ada, &of_bob, 0);
    world_answer(world, AUTH_OK, moved);
    principal_unref(&moved);
    world_answer_customers(world, STATUS_OK, &of_ada, 1);
    assert_true(hears(&client, "not_found"));
    assert_int_equal(world->loads_n, 0);
    client_leave(&client);
}

static void test_who_leaves_or_unsubscribes_while_it_is_asked(void **state) {
    struct world *world = *state;
    struct client client;
    enter_as(world, &client, &ada, &of_ada);
    client_send(&client, SUBSCRIBE);
    client_send(&client, UNSUBSCRIBE); /* before it was asked */
    world_turn(world);
    assert_int_equal(world->asked_n, 0);
    client_send(&client, SUBSCRIBE);
    world_turn(world);
    client_send(&client, UNSUBSCRIBE);
    world_turn(world);
    assert_true(hears(&client, "\"type\":\"unsubscribed\""));
    client_send(&client, SUBSCRIBE); /* asked for again, before the answer to the first */
    world_turn(world);
    world_answer_customers(world, STATUS_OK, &of_ada, 1);
    assert_int_equal(world->loads_n, 1);
    client_leave(&client);
    world_loaded(world, &portfolio, &of_ada, 1);
    enter_as(world, &client, &bob, &of_bob);
    client_send(&client, SUBSCRIBE);
    world_turn(world);
    client_leave(&client);
    if (world->asked_n > 0)
        world_answer_customers(world, STATUS_OK, &of_ada, 1);
}

static void test_without_the_database_a_subscribe_is_unavailable(void **state) {
    struct world *world = *state;
    struct client client;
    enter_as(world, &client, &ada, &of_ada);
    world->is_database_away = true;
    client_send(&client, SUBSCRIBE);
    world_turn(world);
    assert_true(hears(&client, "\"code\":\"unavailable\""));
    world->is_database_away = false;
    client_send(&client, SUBSCRIBE);
    world_turn(world);
    world_answer_customers(world, STATUS_UNAVAILABLE, &of_ada, 0);
    assert_true(hears(&client, "\"code\":\"unavailable\""));
    assert_int_equal(world->loads_n, 0);
    client_leave(&client);
}

int main(void) {
#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        WITH_WORLD(test_auth_then_what_follows),
        WITH_WORLD(test_nobody_in_time),
        WITH_WORLD(test_no_answer_in_time),
        WITH_WORLD(test_who_leaves_is_not_answered),
        WITH_WORLD(test_a_void_credential_closes),
        WITH_WORLD(test_a_right_that_is_gone_ends_the_subscription),
        WITH_WORLD(test_without_the_database_nothing_ends_and_it_is_asked_again),
        WITH_WORLD(test_a_key_that_is_removed_ends_what_it_signed),
        WITH_WORLD(test_what_cannot_be_confirmed_ends),
        WITH_WORLD(test_a_change_during_the_question_asks_again),
        WITH_WORLD(test_a_refresh_during_the_question),
        WITH_WORLD(test_many_are_asked_about_some_at_a_time),
        WITH_WORLD(test_the_end_and_the_grace),
        WITH_WORLD(test_a_refresh_moves_the_end),
        WITH_WORLD(test_nothing_is_loaded_for_a_stranger),
        WITH_WORLD(test_a_stranger_is_asked_about_although_it_is_held),
        WITH_WORLD(test_an_answer_that_is_too_old),
        WITH_WORLD(test_an_answer_that_is_newer),
        WITH_WORLD(test_a_load_that_says_otherwise),
        WITH_WORLD(test_a_right_lost_while_it_is_asked),
        WITH_WORLD(test_who_leaves_or_unsubscribes_while_it_is_asked),
        WITH_WORLD(test_without_the_database_a_subscribe_is_unavailable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
