/* links: pf_app pf_store pf_net pf_feed pf_protocol pf_domain pf_thread pf_ops pf_base */
/* An id that stands for another portfolio than before, or for an older state of
 * it: who may not see it loses it, who may is shown it anew. */
#include "unit/session_fixture.h"

static const struct uuid ada = {{1}}, bob = {{2}}, root = {{3}}, of_ada = {{0xa}}, of_bob = {{0xb}},
                         portfolio = {{0x50}};
#define SUBSCRIBE "{\"type\":\"subscribe\",\"id\":1,\"portfolio_id\":\"50000000-0000-0000-0000-000000000000\"}"
#define RESUME                                                                                                         \
    "{\"type\":\"subscribe\",\"id\":1,\"portfolio_id\":\"50000000-0000-0000-0000-000000000000\",\"resume\":\"%s\"}"

static void enter_as(struct world *world, struct client *client, enum role role, const struct uuid *user_id,
                     const struct uuid *customer_id) {
    struct principal *principal = NULL;
    struct principal values = {.role = role,
                               .user_id = *user_id,
                               .credential_id = *user_id,
                               .customer_id = *customer_id,
                               .scopes = SCOPES_ALL,
                               .name = "somebody",
                               .expires_ms = INT64_MAX};
    assert_int_equal(principal_create(&values, &principal), STATUS_OK);
    client_enter(world, client, principal);
    principal_unref(&principal);
    world_turn(world);
    (void)hears(client, "welcome");
}

static void tell(struct world *world, struct client *client, const char *message) {
    client_send(client, message);
    world_turn(world);
}

struct scene {
    struct client owner, other, admin;
};

/* Ada and an administrator watch Ada's, at version 5. */
static void begin(struct world *world, struct scene *scene) {
    world->created_us = 1000;
    enter_as(world, &scene->owner, ROLE_USER, &ada, &of_ada);
    enter_as(world, &scene->other, ROLE_USER, &bob, &of_bob);
    enter_as(world, &scene->admin, ROLE_ADMIN, &root, &of_ada);
    tell(world, &scene->owner, SUBSCRIBE);
    world_answer_customers(world, STATUS_OK, &of_ada, 5);
    world_loaded(world, &portfolio, &of_ada, 5);
    tell(world, &scene->admin, SUBSCRIBE);
    assert_true(hears(&scene->owner, "\"type\":\"snapshot\""));
    assert_true(hears(&scene->admin, "\"type\":\"snapshot\""));
}

static void end(struct scene *scene) {
    client_leave(&scene->owner);
    client_leave(&scene->other);
    client_leave(&scene->admin);
}

/* The load that finds it, and the one that makes sure. */
static void load_anew(struct world *world, const struct uuid *customer_id, uint64_t version) {
    engine_on_hint(world->engine, &portfolio);
    world_loaded(world, &portfolio, customer_id, version);
    world_loaded(world, &portfolio, customer_id, version);
    assert_int_equal(world->loads_n, 0);
}

static void test_another_ones_of_the_same_version(void **state) {
    struct world *world = *state;
    struct scene scene;
    begin(world, &scene);
    world->created_us = 2000;
    load_anew(world, &of_bob, 5);
    assert_true(hears(&scene.owner, "\"code\":\"not_found\""));
    assert_true(hears(&scene.admin, "\"type\":\"snapshot\""));
    tell(world, &scene.other, SUBSCRIBE);
    assert_true(hears(&scene.other, "\"type\":\"snapshot\""));
    end(&scene);
}

/* Higher, but not what the deltas are from. */
static void test_another_of_a_higher_version(void **state) {
    struct world *world = *state;
    struct scene scene;
    begin(world, &scene);
    world->created_us = 2000;
    load_anew(world, &of_ada, 9);
    assert_true(hears(&scene.owner, "\"type\":\"snapshot\""));
    assert_true(hears(&scene.admin, "\"type\":\"snapshot\""));
    end(&scene);
}

static void test_an_older_state(void **state) {
    struct world *world = *state;
    struct scene scene;
    begin(world, &scene);
    load_anew(world, &of_ada, 3);
    assert_true(hears(&scene.owner, "-3\",\"as_of\""));
    load_anew(world, &of_bob, 2);
    assert_true(hears(&scene.owner, "\"code\":\"not_found\""));
    end(&scene);
}

/* One load alone may have been on its way for long. */
static void test_a_late_load_changes_nothing(void **state) {
    struct world *world = *state;
    struct scene scene;
    begin(world, &scene);
    engine_on_hint(world->engine, &portfolio);
    world_loaded(world, &portfolio, &of_bob, 4);
    assert_int_equal(scene.owner.heard_len, 0);
    world_loaded(world, &portfolio, &of_ada, 6);
    assert_int_equal(world->loads_n, 0);
    assert_true(hears(&scene.owner, "\"type\":\"delta\""));
    /* Nor two with another between them. */
    engine_on_hint(world->engine, &portfolio);
    world_loaded(world, &portfolio, &of_bob, 4);
    world_loaded(world, &portfolio, &of_ada, 6);
    assert_int_equal(world->loads_n, 0);
    assert_int_equal(scene.owner.heard_len, 0);
    end(&scene);
}

/* What was asked for before it was forgotten, and comes when it was asked for again. */
static void test_a_load_that_nobody_waits_for_raises_no_doubt(void **state) {
    struct world *world = *state;
    struct scene scene;
    begin(world, &scene);
    engine_on_hint(world->engine, &portfolio);
    end(&scene);
    world_wait(world, 1001);
    engine_tick(world->engine, world->clock.monotonic_ms);
    enter_as(world, &scene.owner, ROLE_USER, &ada, &of_ada);
    tell(world, &scene.owner, SUBSCRIBE);
    world_answer_customers(world, STATUS_OK, &of_ada, 6);
    assert_int_equal(world->loads_n, 2);
    world_loaded(world, &portfolio, &of_ada, 6);
    assert_true(hears(&scene.owner, "\"type\":\"snapshot\""));
    world_loaded(world, &portfolio, &of_bob, 5);
    assert_int_equal(world->loads_n, 0);
    assert_int_equal(scene.owner.heard_len, 0);
    client_leave(&scene.owner);
}

/* Its new owner need not wait for the sweep. */
static void test_the_new_owner_asks_first(void **state) {
    struct world *world = *state;
    struct scene scene;
    begin(world, &scene);
    world->created_us = 2000;
    tell(world, &scene.other, SUBSCRIBE);
    world_answer_customers(world, STATUS_OK, &of_bob, 1);
    assert_int_equal(scene.other.heard_len, 0);
    world_loaded(world, &portfolio, &of_bob, 1);
    world_loaded(world, &portfolio, &of_bob, 1);
    assert_true(hears(&scene.owner, "\"code\":\"not_found\""));
    world_turn(world);
    world_answer_customers(world, STATUS_OK, &of_bob, 1);
    assert_true(hears(&scene.other, "\"type\":\"snapshot\""));
    end(&scene);
}

static void test_the_sweep_finds_it(void **state) {
    static const struct holdings_version others[] = {{2000, 5}, {1000, 4}, {2000, 9}, {1000, 6}};
    static const struct holdings_version same = {1000, 5};
    struct world *world = *state;
    struct scene scene;
    begin(world, &scene);
    engine_on_versions(world->engine, &portfolio, &same, 1);
    assert_int_equal(world->loads_n, 0);
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        engine_on_versions(world->engine, &portfolio, &others[i], 1);
        assert_int_equal(world->loads_n, 1);
        world_loaded(world, &portfolio, &of_ada, 5);
    }
    end(&scene);
}

static void cursor_of(const struct client *client, char *cursor, size_t len) {
    const char *at = strstr(client->heard, "\"cursor\":\"");
    assert_non_null(at);
    at += strlen("\"cursor\":\"");
    assert_true(snprintf(cursor, len, "%.*s", (int)strcspn(at, "\""), at) < (int)len);
}

static void test_a_cursor_of_the_one_before_gives_a_snapshot(void **state) {
    struct world *world = *state;
    struct scene scene;
    struct client late;
    char cursor[64], message[256];
    begin(world, &scene);
    enter_as(world, &late, ROLE_ADMIN, &root, &of_ada);
    tell(world, &late, SUBSCRIBE);
    cursor_of(&late, cursor, sizeof cursor);
    client_leave(&late);
    world->created_us = 2000;
    load_anew(world, &of_bob, 9);
    enter_as(world, &late, ROLE_ADMIN, &root, &of_ada);
    (void)snprintf(message, sizeof message, RESUME, cursor);
    tell(world, &late, message);
    assert_non_null(strstr(late.heard, "\"recovered\":false"));
    assert_non_null(strstr(late.heard, "\"type\":\"snapshot\""));
    client_leave(&late);
    end(&scene);
}

/* In a new epoch the numbers begin anew, and so do cursors. */
static void test_a_cursor_of_a_new_epoch_is_good(void **state) {
    static const struct bus_epoch next = {"2222222222222222"};
    struct world *world = *state;
    struct scene scene;
    struct client late;
    char cursor[64], message[256];
    begin(world, &scene);
    world->created_us = 2000;
    load_anew(world, &of_ada, 9);
    engine_on_book(world->engine, &next, 0, NULL, 0, world->clock.monotonic_ms);
    world_turn(world);
    enter_as(world, &late, ROLE_ADMIN, &root, &of_ada);
    tell(world, &late, SUBSCRIBE);
    cursor_of(&late, cursor, sizeof cursor);
    client_leave(&late);
    enter_as(world, &late, ROLE_ADMIN, &root, &of_ada);
    (void)snprintf(message, sizeof message, RESUME, cursor);
    tell(world, &late, message);
    assert_non_null(strstr(late.heard, "\"recovered\":true"));
    client_leave(&late);
    end(&scene);
}

int main(void) {
#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        WITH_WORLD(test_another_ones_of_the_same_version),
        WITH_WORLD(test_another_of_a_higher_version),
        WITH_WORLD(test_an_older_state),
        WITH_WORLD(test_a_late_load_changes_nothing),
        WITH_WORLD(test_a_load_that_nobody_waits_for_raises_no_doubt),
        WITH_WORLD(test_the_new_owner_asks_first),
        WITH_WORLD(test_the_sweep_finds_it),
        WITH_WORLD(test_a_cursor_of_the_one_before_gives_a_snapshot),
        WITH_WORLD(test_a_cursor_of_a_new_epoch_is_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
