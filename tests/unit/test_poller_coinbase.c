/* links: pf_feed pf_thread pf_domain pf_ops pf_base */
/* The coinbase provider through poller, curl and sockets, against a server that
 * answers well, badly, slowly and not at all. */
#include "ops/metrics.h"
#include "support/http_stub.h"
#include "support/poller_fixture.h"
#include "unit/test.h"

#define TICKER(price, time)                                                                                            \
    "{\"trade_id\":1,\"price\":\"" price "\",\"size\":\"0.1\",\"time\":\"" time "\",\"bid\":\"1\",\"ask\":\"2\"}"

#define WATCHED 6 /* one whose turn would come late */

static struct http_stub stub;

static int setup(void **state) {
    if (fixture_setup(state) != 0)
        return -1;
    struct poller_fixture *it = *state;
    http_stub_start(&stub);
    it->config.providers = "coinbase";
    it->config.vendors[VENDOR_COINBASE].url = stub.url;
    return 0;
}

static int teardown(void **state) {
    int failed = fixture_teardown(state);
    http_stub_stop(&stub);
    return failed;
}

static void hold(struct poller_fixture *it, const char *one, const char *two) {
    const char *const names[] = {one, two};
    fixture_hold(it, names, two ? 2 : 1);
}

static void test_prices_and_their_times(void **state) {
    struct poller_fixture *it = *state;
    struct quote quote;
    struct http_stub_route *route = http_stub_route(&stub, "/products/BTC-EUR/ticker", "200 OK", "",
                                                    TICKER("6268.48000001", "2020-03-20T00:22:57.833Z"));
    hold(it, "BTC-EUR", "AAPL"); /* AAPL: nobody knows it, and nobody is asked */
    fixture_start(it);
    wait_until(fixture_stored(it, "BTC-EUR", &quote));
    assert_int_equal(quote.price.e8, INT64_C(626848000001));
    assert_string_equal(quote.currency.code, "EUR");
    assert_string_equal(quote.source, "coinbase");
    assert_int_equal(quote.as_of_ms, INT64_C(1584663777833));
    /* The same trade again changes nothing; an older one is refused. */
    int64_t unchanged_n = metrics_get(METRIC_QUOTES_UNCHANGED), older_n = metrics_get(METRIC_QUOTES_REFUSED_OLDER);
    wait_until(metrics_get(METRIC_QUOTES_UNCHANGED) > unchanged_n + 2);
    assert_int_equal(fixture_seq(it), 1);
    atomic_store(&route->body, TICKER("6000", "2020-03-20T00:22:57.832Z"));
    wait_until(metrics_get(METRIC_QUOTES_REFUSED_OLDER) > older_n);
    assert_int_equal(fixture_seq(it), 1);
    atomic_store(&route->body, TICKER("6000", "2020-03-20T00:22:58Z"));
    wait_until(fixture_stored(it, "BTC-EUR", &quote) && quote.price.e8 == 6000 * DECIMAL_ONE);
    int64_t price_n = metrics_get(METRIC_QUOTES_REFUSED_PRICE), future_n = metrics_get(METRIC_QUOTES_REFUSED_FUTURE);
    atomic_store(&route->body, TICKER("0.00", "2020-03-20T00:22:59Z"));
    wait_until(metrics_get(METRIC_QUOTES_REFUSED_PRICE) > price_n);
    atomic_store(&route->body, TICKER("7000", "2999-03-20T00:22:59Z"));
    wait_until(metrics_get(METRIC_QUOTES_REFUSED_FUTURE) > future_n);
    assert_int_equal(fixture_seq(it), 2);
    assert_true(fixture_health_has(it, "\"state\":\"live\""));
    assert_false(poller_is_down(it->poller));
    poller_stop(it->poller);
    http_stub_stop(&stub);
    assert_string_equal(stub.user_agent, "portfoliod/" PF_VERSION);
    http_stub_start(&stub);
}

static void test_an_unknown_product_is_asked_once(void **state) {
    struct poller_fixture *it = *state;
    struct quote quote;
    struct http_stub_route *none =
        http_stub_route(&stub, "/products/NO-USD/ticker", "404 Not Found", "", "{\"message\":\"NotFound\"}");
    struct http_stub_route *some =
        http_stub_route(&stub, "/products/OK-USD/ticker", "200 OK", "", TICKER("5", "2020-03-20T00:22:57Z"));
    it->config.providers = "coinbase,simulated";
    hold(it, "NO-USD", "OK-USD");
    fixture_start(it);
    wait_until(atomic_load(&some->asked_n) >= 5);
    assert_int_equal(atomic_load(&none->asked_n), 1);
    /* It went to the next provider. */
    wait_until(fixture_stored(it, "NO-USD", &quote));
    assert_string_equal(quote.source, "simulated");
    assert_true(fixture_stored(it, "OK-USD", &quote));
    assert_string_equal(quote.source, "coinbase");
}

static void test_throttled(void **state) {
    struct poller_fixture *it = *state;
    struct quote quote;
    int64_t throttled_n = metrics_get(METRIC_PROVIDER_THROTTLED);
    struct http_stub_route *route =
        http_stub_route(&stub, "/products/BTC-USD/ticker", "429 Too Many Requests", "Retry-After: 4\r\n",
                        "{\"message\":\"Public rate limit exceeded\"}");
    hold(it, "BTC-USD", NULL);
    int64_t since_ms = fixture_now_ms(); /* not from when it is seen here, which may be late */
    fixture_start(it);
    wait_until(fixture_health_has(it, "\"state\":\"throttled\""));
    assert_true(poller_is_down(it->poller));
    atomic_store(&route->body, TICKER("5", "2020-03-20T00:22:57Z"));
    atomic_store(&route->headers, "");
    atomic_store(&route->status, "200 OK");
    wait_until(fixture_stored(it, "BTC-USD", &quote));
    assert_int_equal(atomic_load(&route->asked_n), 2); /* not before the time it named */
    assert_true(fixture_now_ms() - since_ms >= 4000);
    assert_int_equal(metrics_get(METRIC_PROVIDER_THROTTLED), throttled_n + 1);
    wait_until(!poller_is_down(it->poller));
}

/* Each fault opens the breaker after five requests; the poller lives on. */
static void check_fault(struct poller_fixture *it, const char *status, const char *body, enum http_stub_fault fault,
                        const char *last_error) {
    int64_t opened_n = metrics_get(METRIC_BREAKERS_OPENED), failures_n = metrics_get(METRIC_PROVIDER_FAILURES);
    struct http_stub_route *route = http_stub_route(&stub, "/products/BTC-USD/ticker", status, "", body);
    atomic_store(&route->fault, fault);
    hold(it, "BTC-USD", NULL);
    fixture_start(it);
    wait_until(metrics_get(METRIC_BREAKERS_OPENED) == opened_n + 1);
    assert_int_equal(metrics_get(METRIC_PROVIDER_FAILURES), failures_n + 5);
    wait_until(fixture_health_has(it, "\"state\":\"down\",\"leader\":true"));
    assert_true(poller_is_down(it->poller));
    if (!fixture_health_has(it, last_error)) {
        struct strbuf health;
        strbuf_init(&health);
        poller_write_health(it->poller, &health);
        fail_msg("no \"%s\" in %s", last_error, strbuf_text(&health));
    }
    assert_int_equal(atomic_load(&route->asked_n), 5);
    assert_int_equal(fixture_seq(it), 0);
}

static void test_server_errors(void **state) {
    check_fault(*state, "500 Internal Server Error", "oops", STUB_NONE, "BTC-USD: HTTP status 5xx");
}

static void test_malformed(void **state) {
    int64_t malformed_n = metrics_get(METRIC_QUOTES_REFUSED_MALFORMED);
    check_fault(*state, "200 OK", "<html>", STUB_NONE, "BTC-USD: the answer is not a ticker");
    assert_int_equal(metrics_get(METRIC_QUOTES_REFUSED_MALFORMED), malformed_n + 5);
}

static void test_cut_off(void **state) {
    check_fault(*state, "200 OK", TICKER("5", "2020-03-20T00:22:57Z"), STUB_CUT_OFF, "100 bytes");
}

static void test_too_large(void **state) {
    check_fault(*state, "200 OK", TICKER("5", "2020-03-20T00:22:57Z"), STUB_HUGE, "the answer is too large");
}

static void test_redirects_are_not_followed(void **state) {
    check_fault(*state, "302 Found\r\nLocation: /elsewhere", "", STUB_NONE, "the answer is not a ticker");
}

static void test_nobody_listens(void **state) {
    struct poller_fixture *it = *state;
    int64_t opened_n = metrics_get(METRIC_BREAKERS_OPENED);
    http_stub_stop(&stub);
    hold(it, "BTC-USD", NULL);
    fixture_start(it);
    wait_until(metrics_get(METRIC_BREAKERS_OPENED) == opened_n + 1);
    http_stub_start(&stub);
}

/* A silent server costs a request's time-out; stopping leaves a request behind. */
static void test_silence(void **state) {
    struct poller_fixture *it = *state;
    int64_t failures_n = metrics_get(METRIC_PROVIDER_FAILURES);
    struct http_stub_route *route = http_stub_route(&stub, "/products/BTC-USD/ticker", "200 OK", "", "");
    atomic_store(&route->fault, STUB_SILENT);
    hold(it, "BTC-USD", NULL);
    fixture_start(it);
    wait_until(metrics_get(METRIC_PROVIDER_FAILURES) == failures_n + 1);
    wait_until(atomic_load(&route->asked_n) == 2);
    poller_stop(it->poller);
    assert_int_equal(metrics_get(METRIC_PROVIDER_FAILURES), failures_n + 1);
}

static void test_the_breaker_hands_over(void **state) {
    struct poller_fixture *it = *state;
    struct quote quote;
    (void)http_stub_route(&stub, "/products/BTC-USD/ticker", "500 Internal Server Error", "", "");
    it->config.providers = "coinbase,simulated";
    hold(it, "BTC-USD", NULL);
    fixture_start(it);
    wait_until(fixture_stored(it, "BTC-USD", &quote));
    assert_string_equal(quote.source, "simulated");
    wait_until(fixture_health_has(it, "\"state\":\"degraded\""));
    assert_false(poller_is_down(it->poller));
}

/* 16 symbols, five requests a second: who is watched does not wait. */
static void test_watched_symbols_come_first(void **state) {
    struct poller_fixture *it = *state;
    static char paths[HTTP_STUB_ROUTES][40], names[HTTP_STUB_ROUTES][24];
    const char *held[HTTP_STUB_ROUTES];
    struct http_stub_route *routes[HTTP_STUB_ROUTES];
    for (int i = 0; i < HTTP_STUB_ROUTES; i++) {
        snprintf(names[i], sizeof names[i], "C%d-USD", i);
        snprintf(paths[i], sizeof paths[i], "/products/C%d-USD/ticker", i);
        held[i] = names[i];
        routes[i] = http_stub_route(&stub, paths[i], "200 OK", "", TICKER("5", "2020-03-20T00:22:57Z"));
    }
    it->config.simulated_tick_ms = 0; /* all are due at once */
    it->config.poll_interval_ms = 1000;
    it->moody->watched = names[WATCHED];
    fixture_hold(it, held, HTTP_STUB_ROUTES);
    fixture_start(it);
    wait_until(atomic_load(&routes[WATCHED]->asked_n) > 0);
    assert_in_range(atomic_load(&routes[WATCHED]->first_asked), 1, 5);
    /* The others have their turn too. */
    for (int i = 0; i < HTTP_STUB_ROUTES; i++)
        wait_until(atomic_load(&routes[i]->asked_n) > 0);
    wait_until(atomic_load(&routes[WATCHED]->asked_n) > 1);
}

int main(void) {
#define WITH_STUB(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_STUB(test_prices_and_their_times),
        WITH_STUB(test_an_unknown_product_is_asked_once),
        WITH_STUB(test_throttled),
        WITH_STUB(test_server_errors),
        WITH_STUB(test_malformed),
        WITH_STUB(test_cut_off),
        WITH_STUB(test_too_large),
        WITH_STUB(test_redirects_are_not_followed),
        WITH_STUB(test_nobody_listens),
        WITH_STUB(test_silence),
        WITH_STUB(test_watched_symbols_come_first),
        WITH_STUB(test_the_breaker_hands_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
