/* How the provider's key set is fetched: from a stub that is away, wrong, silent.
 * links: pf_app pf_store pf_feed pf_net pf_identity pf_protocol pf_domain pf_thread pf_ops pf_base */
#include "app/key_set_source.h"
#include "ops/metrics.h"
#include "support/http_stub.h"

#include <time.h>

struct source {
    struct key_set_source *source;
    struct http_stub stub;
    struct http_stub_route *route;
    char url[96];
};

static void source_begin(struct source *source, const char *body, int64_t refresh_ms, int64_t refetch_ms) {
    http_stub_start(&source->stub);
    source->route = http_stub_route(&source->stub, "/keys", "200 OK", "", body);
    (void)snprintf(source->url, sizeof source->url, "%s/keys", source->stub.url);
    struct key_set_source_config config = {
        .url = source->url, .refresh_ms = refresh_ms, .refetch_ms = refetch_ms, .clock = clock_system()};
    assert_int_equal(key_set_source_create(&config, &source->source), STATUS_OK);
    assert_int_equal(key_set_source_start(source->source), STATUS_OK);
}

static void source_end(struct source *source) {
    key_set_source_destroy(&source->source);
    http_stub_stop(&source->stub);
}

#define WAIT_UNTIL(condition)                                                                                          \
    do {                                                                                                               \
        int waited_n_ = 0;                                                                                             \
        while (!(condition) && waited_n_++ < 60000)                                                                    \
            (void)nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);                                             \
        assert_true(condition);                                                                                        \
    } while (0)

static size_t size_of_current(struct key_set_source *source) {
    struct key_set *set = key_set_source_current(source);
    size_t n = set ? key_set_size(set) : SIZE_MAX;
    key_set_unref(&set);
    return n;
}

#define ONE_KEY                                                                                                        \
    "{\"keys\":[{\"kty\":\"EC\",\"kid\":\"a\",\"crv\":\"P-256\","                                                      \
    "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}"

static void test_an_unknown_key_is_asked_for_once_in_a_while(void **state) {
    (void)state;
    struct source source;
    source_begin(&source, "{\"keys\":[]}", 3600000, 3600000);
    WAIT_UNTIL(size_of_current(source.source) == 0);
    /* It was fetched just now: not again, however often somebody makes up a name. */
    for (int i = 0; i < 1000; i++)
        assert_false(key_set_source_want(source.source));
    assert_int_equal(atomic_load(&source.route->asked_n), 1);
    source_end(&source);

    source_begin(&source, "{\"keys\":[]}", 3600000, 0);
    WAIT_UNTIL(size_of_current(source.source) == 0);
    atomic_store(&source.route->body, ONE_KEY);
    assert_true(key_set_source_want(source.source));
    WAIT_UNTIL(size_of_current(source.source) == 1);
    assert_int_equal(atomic_load(&source.route->asked_n), 2);
    source_end(&source);
}

static void test_it_is_refreshed_by_itself(void **state) {
    (void)state;
    struct source source;
    source_begin(&source, "{\"keys\":[]}", 20, 3600000);
    WAIT_UNTIL(size_of_current(source.source) == 0);
    atomic_store(&source.route->body, ONE_KEY);
    WAIT_UNTIL(size_of_current(source.source) == 1);
    source_end(&source);
}

static void test_the_last_good_one_serves(void **state) {
    (void)state;
    static const struct {
        const char *name, *status, *headers, *body;
        enum http_stub_fault fault;
    } rows[] = {
        {"away", "503 Service Unavailable", "", "{\"keys\":[]}", STUB_NONE},
        {"not a set", "200 OK", "", "<html>", STUB_NONE},
        {"a redirect", "302 Found", "Location: /other\r\n", "{\"keys\":[]}", STUB_NONE},
        {"cut off", "200 OK", "", "{\"keys\":[]}", STUB_CUT_OFF},
        {"huge", "200 OK", "", "{\"keys\":[]}", STUB_HUGE},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct source source;
        source_begin(&source, ONE_KEY, 20, 0);
        WAIT_UNTIL(size_of_current(source.source) == 1);
        int64_t failures = metrics_get(METRIC_KEY_SET_FETCHES_FAILED);
        atomic_store(&source.route->headers, rows[i].headers);
        atomic_store(&source.route->fault, rows[i].fault);
        atomic_store(&source.route->status, rows[i].status);
        atomic_store(&source.route->body, rows[i].body);
        /* What was under way when the route changed may still have been good. */
        WAIT_UNTIL(metrics_get(METRIC_KEY_SET_FETCHES_FAILED) > failures);
        assert_row(size_of_current(source.source) == 1, rows[i].name);
        source_end(&source);
    }
}

static void test_a_silent_provider_holds_up_no_stop(void **state) {
    (void)state;
    struct source source;
    http_stub_start(&source.stub);
    source.route = http_stub_route(&source.stub, "/keys", "200 OK", "", "");
    atomic_store(&source.route->fault, STUB_SILENT);
    (void)snprintf(source.url, sizeof source.url, "%s/keys", source.stub.url);
    struct key_set_source_config config = {
        .url = source.url, .refresh_ms = 1000, .refetch_ms = 0, .clock = clock_system()};
    assert_int_equal(key_set_source_create(&config, &source.source), STATUS_OK);
    assert_int_equal(key_set_source_start(source.source), STATUS_OK);
    WAIT_UNTIL(atomic_load(&source.route->asked_n) == 1);
    assert_true(key_set_source_want(source.source)); /* under way */
    assert_null(key_set_source_current(source.source));
    source_end(&source);
}

static void test_addresses(void **state) {
    (void)state;
    static const struct {
        const char *url;
        bool is_taken;
    } rows[] = {
        {"https://login.example/keys", true},
        {"https://login.example:8443/keys", true},
        {"http://127.0.0.1:8080/keys", true},
        {"http://127.8.9.1/keys", true},
        {"http://localhost/keys", true},
        {"http://localhost:80", true},
        {"http://[::1]:8080/keys", true},
        {"http://login.example/keys", false},
        {"http://127.0.0.1.evil.example/keys", false},
        {"http://127.0.0.1@evil.example/keys", false},
        {"http://127.0.0.1:80@evil.example/keys", false},
        {"http://localhost.evil.example/keys", false},
        {"http://localhost:@evil.example/keys", false},
        {"http://localhost:8080evil.example/keys", false},
        {"http://[::1].evil.example/keys", false},
        {"http://128.0.0.1/keys", false},
        {"http://10.0.0.1/keys", false},
        {"http://127.0.0.1#@evil.example", false},
        {"http://127.0.0.1?@evil.example", false},
        {"https://user:password@login.example/keys", false},
        {"https://", false},
        {"https:///keys", false},
        {"ftp://login.example/keys", false},
        {"file:///etc/passwd", false},
        {"HTTPS//login.example", false},
        {"", false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_row(key_set_source_url_is_taken(rows[i].url) == rows[i].is_taken, rows[i].url);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_unknown_key_is_asked_for_once_in_a_while),
        cmocka_unit_test(test_it_is_refreshed_by_itself),
        cmocka_unit_test(test_the_last_good_one_serves),
        cmocka_unit_test(test_a_silent_provider_holds_up_no_stop),
        cmocka_unit_test(test_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
