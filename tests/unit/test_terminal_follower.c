/* links: pf_terminal pf_protocol pf_ops pf_base */
/* What the transcripts of protocol/conformance leave to each client: bounds, and
 * servers that do not keep to the contract. */
#include "terminal/follower.h"
#include "unit/test.h"

#include <stdio.h>
#include <stdlib.h>

#define ID "5e5e0000-0000-4000-8000-000000000001"
#define WELCOME                                                                                                        \
    "{\"type\":\"welcome\",\"heartbeat_ms\":15000,\"reconnect_window_ms\":5000,\"auth_required\":false,"               \
    "\"limits\":{\"max_rate\":20}}"

struct fixture {
    struct follower *follower;
    const char *token;
    bool is_token_late, was_refused;
    char said[500];
    unsigned connects_n, drops_n;
};

static void on_token_wanted(void *context, bool is_refused) {
    struct fixture *it = context;
    it->was_refused = is_refused;
    if (it->is_token_late)
        follower_token_later(it->follower, 0, "later");
    else
        follower_token(it->follower, 0, it->token);
}

static void on_connect_due(void *context, const char *token) {
    struct fixture *it = context;
    (void)token;
    it->connects_n++;
}

static void on_message_due(void *context, const char *text, size_t len) {
    struct fixture *it = context;
    size_t at = strlen(it->said);
    (void)snprintf(it->said + at, sizeof it->said - at, "%.*s\n", (int)len, text);
}

static void on_drop_due(void *context) {
    struct fixture *it = context;
    it->drops_n++;
}

static void on_watch_changed(void *context, struct watch *watch, enum watch_result result) {
    (void)context, (void)watch, (void)result;
}

static void on_state_changed(void *context) {
    (void)context;
}

static uint64_t highest(void *context, uint64_t bound) {
    (void)context;
    return bound - 1;
}

static void begin(struct fixture *it) {
    const struct follower_handler handler = {it,          on_token_wanted,  on_connect_due,   on_message_due,
                                             on_drop_due, on_watch_changed, on_state_changed, highest};
    *it = (struct fixture){0};
    assert_int_equal(follower_create(&handler, &it->follower), STATUS_OK);
}

static void say(struct fixture *it, int64_t now_ms, const char *text) {
    follower_take_frame(it->follower, now_ms, text, strlen(text));
}

static void subscribe(struct fixture *it, const struct watch_wish *wish) {
    assert_int_equal(follower_subscribe(it->follower, 0, ID, wish), STATUS_OK);
    follower_opened(it->follower, 0);
    say(it, 0, WELCOME);
    say(it, 0, "{\"type\":\"subscribed\",\"id\":1,\"portfolio_id\":\"" ID "\",\"recovered\":false}");
}

static void snapshot(struct fixture *it, const char *data) {
    char text[400];
    (void)snprintf(
        text, sizeof text,
        "{\"type\":\"snapshot\",\"portfolio_id\":\"" ID "\",\"cursor\":\"e-1-1\",\"as_of\":\"x\",\"data\":%s}", data);
    say(it, 0, text);
}

static void test_too_many_watches(void **state) {
    struct fixture it;
    struct watch_wish wish = {0};
    char id[WATCH_ID_MAX + 10];
    (void)state;
    begin(&it);
    for (unsigned i = 0; i < FOLLOWER_WATCHES_MAX; i++) {
        (void)snprintf(id, sizeof id, "%u", i);
        assert_int_equal(follower_subscribe(it.follower, 0, id, &wish), STATUS_OK);
    }
    assert_int_equal(follower_subscribe(it.follower, 0, ID, &wish), STATUS_LIMIT);
    memset(id, 'x', sizeof id - 1);
    id[sizeof id - 1] = '\0';
    follower_unsubscribe(it.follower, 0, follower_watch(it.follower, "7"));
    assert_int_equal(follower_subscribe(it.follower, 0, id, &wish), STATUS_INVALID);
    assert_null(follower_watch(it.follower, "7"));
    assert_int_equal(it.connects_n, 1);
    follower_destroy(it.follower);
}

/* However long a server says that one should wait: ten minutes and the jitter. */
static void test_endless_waits(void **state) {
    struct fixture it;
    struct watch_wish wish = {0};
    (void)state;
    begin(&it);
    subscribe(&it, &wish);
    say(&it, 0, "{\"type\":\"closing\",\"code\":1012,\"reconnect\":true,\"after_ms\":99999999999999999999999999}");
    follower_closed(it.follower, 0, 1006, NULL, -1);
    assert_int_equal(follower_state(it.follower), FOLLOWER_WAITING);
    assert_int_equal(follower_close_code(it.follower), 1012);
    assert_true(follower_retry_at_ms(it.follower) <= 600500);
    follower_hurry(it.follower, 1);
    assert_int_equal(follower_state(it.follower), FOLLOWER_CONNECTING);
    assert_int_equal(it.connects_n, 2);
    follower_closed(it.follower, 1, 4429, NULL, INT64_MAX);
    assert_true(follower_retry_at_ms(it.follower) <= 601001);
    follower_destroy(it.follower);
}

/* Between `subscribed` and the snapshot that follows it nothing is asked for. */
static void test_a_snapshot_is_on_its_way(void **state) {
    struct fixture it;
    struct watch_wish wish = {0};
    (void)state;
    begin(&it);
    subscribe(&it, &wish);
    it.said[0] = '\0';
    say(&it, 0, "{\"type\":\"delta\",\"portfolio_id\":\"" ID "\",\"base\":\"x\",\"cursor\":\"y\",\"patch\":{}}");
    say(&it, 0, "{\"type\":\"heartbeat\",\"subscriptions\":{\"" ID "\":{\"cursor\":\"y\",\"state\":\"live\"}}}");
    assert_string_equal(it.said, "");
    assert_null(follower_watch(it.follower, ID)->document.data);
    snapshot(&it, "{\"positions\":{}}");
    assert_non_null(follower_watch(it.follower, ID)->document.data);
    say(&it, 0, "{\"type\":\"heartbeat\",\"subscriptions\":{\"" ID "\":{\"cursor\":\"y\",\"state\":\"live\"}}}");
    assert_string_equal(it.said, "{\"type\":\"resync\",\"id\":2,\"portfolio_id\":\"" ID "\"}\n");
    follower_destroy(it.follower);
}

/* A restart that nobody announced: clients come back spread over the server's window. */
static void test_the_window_is_used(void **state) {
    struct fixture it;
    struct watch_wish wish = {0};
    (void)state;
    begin(&it);
    subscribe(&it, &wish);
    follower_closed(it.follower, 0, 1012, NULL, -1);
    assert_int_equal(follower_retry_at_ms(it.follower), 4999);
    follower_advance(it.follower, 4999);
    follower_closed(it.follower, 4999, 1006, NULL, -1);
    assert_int_equal(follower_retry_at_ms(it.follower), 4999 + 999);
    follower_destroy(it.follower);
}

static void test_a_heartbeat_without_an_end(void **state) {
    struct fixture it;
    struct watch_wish wish = {0};
    (void)state;
    begin(&it);
    assert_int_equal(follower_subscribe(it.follower, 0, ID, &wish), STATUS_OK);
    follower_opened(it.follower, 0);
    say(&it, 0, "{\"type\":\"welcome\",\"heartbeat_ms\":1e300,\"limits\":[]}");
    assert_true(follower_deadline_ms(it.follower) <= 31000); /* as if it had said nothing */
    say(&it, 0, WELCOME);                                    /* a second one says nothing new */
    assert_int_equal(follower_state(it.follower), FOLLOWER_OPEN);
    follower_destroy(it.follower);
}

static void test_frames_that_are_none(void **state) {
    static const char *const frames[] = {
        "",
        "[]",
        "{}",
        "{\"type\":1}",
        "{\"type\":\"error\"}",
        "{\"type\":\"a\",\"type\":\"b\"}",
        "nan",
        "{\"type\":\"snapshot\",\"portfolio_id\":\"" ID "\",\"data\":{}}",
        "{\"type\":\"snapshot\",\"portfolio_id\":\"" ID "\",\"cursor\":\"x\",\"data\":[]}",
        "{\"type\":\"delta\",\"portfolio_id\":\"" ID "\",\"base\":\"x\",\"patch\":{}}",
        "{\"type\":\"delta\",\"portfolio_id\":\"" ID "\",\"base\":\"x\",\"cursor\":\"y\",\"patch\":null}",
        "{\"type\":\"heartbeat\",\"subscriptions\":{\"" ID "\":{}}}",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(frames); i++) {
        struct fixture it;
        struct watch_wish wish = {0};
        begin(&it);
        subscribe(&it, &wish);
        snapshot(&it, "{\"positions\":{}}");
        say(&it, 0, frames[i]);
        assert_row(follower_state(it.follower) == FOLLOWER_WAITING && it.drops_n == 1, frames[i]);
        /* What was shown stays. */
        assert_row(follower_watch(it.follower, ID)->document.data != NULL, frames[i]);
        follower_destroy(it.follower);
    }
}

/* An update cannot take a selection back, so the subscription is made anew. */
static void test_all_fields_again(void **state) {
    struct fixture it;
    struct watch_wish wish = {.fields = "[\"total_value\"]"};
    (void)state;
    begin(&it);
    subscribe(&it, &wish);
    snapshot(&it, "{\"positions\":{}}");
    it.said[0] = '\0';
    follower_watch(it.follower, ID)->wish.fields[0] = '\0';
    follower_update(it.follower, 0);
    assert_string_equal(it.said,
                        "{\"type\":\"unsubscribe\",\"id\":2,\"portfolio_id\":\"" ID "\"}\n"
                        "{\"type\":\"subscribe\",\"id\":3,\"portfolio_id\":\"" ID "\",\"resume\":\"e-1-1\"}\n");
    follower_destroy(it.follower);
}

static void test_without_an_answer(void **state) {
    struct fixture it;
    struct watch_wish wish = {0};
    (void)state;
    begin(&it);
    assert_int_equal(follower_subscribe(it.follower, 0, ID, &wish), STATUS_OK);
    follower_advance(it.follower, 20000); /* the socket does not open */
    assert_int_equal(follower_state(it.follower), FOLLOWER_WAITING);
    assert_int_equal(it.drops_n, 1);
    follower_advance(it.follower, follower_deadline_ms(it.follower));
    follower_opened(it.follower, 21000);
    follower_advance(it.follower, 41000); /* no welcome */
    assert_int_equal(follower_state(it.follower), FOLLOWER_WAITING);
    assert_int_equal(it.drops_n, 2);
    follower_destroy(it.follower);
}

/* A token that was refused and cannot be renewed just now is no reason to give up. */
static void test_a_token_that_comes_later(void **state) {
    struct fixture it;
    struct watch_wish wish = {0};
    (void)state;
    begin(&it);
    it.token = "first";
    subscribe(&it, &wish);
    it.is_token_late = true;
    follower_closed(it.follower, 0, 4401, NULL, -1);
    assert_int_equal(follower_state(it.follower), FOLLOWER_WAITING);
    assert_string_equal(follower_reason(it.follower), "later");
    follower_advance(it.follower, follower_deadline_ms(it.follower));
    assert_int_equal(follower_state(it.follower), FOLLOWER_WAITING);
    assert_true(it.was_refused);
    it.is_token_late = false;
    it.token = "second";
    follower_advance(it.follower, follower_deadline_ms(it.follower));
    assert_int_equal(follower_state(it.follower), FOLLOWER_CONNECTING);
    assert_string_equal(follower_current_token(it.follower), "second");
    follower_destroy(it.follower);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_too_many_watches),           cmocka_unit_test(test_endless_waits),
        cmocka_unit_test(test_the_window_is_used),         cmocka_unit_test(test_a_snapshot_is_on_its_way),
        cmocka_unit_test(test_a_heartbeat_without_an_end), cmocka_unit_test(test_frames_that_are_none),
        cmocka_unit_test(test_all_fields_again),           cmocka_unit_test(test_without_an_answer),
        cmocka_unit_test(test_a_token_that_comes_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
