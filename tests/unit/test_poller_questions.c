/* links: pf_feed pf_thread pf_domain pf_ops pf_base */
/* Questions for fresh prices: asked of the provider once however many ask, at
 * once, also for what nobody holds, and always answered. */
#include "feed/poller_questions.h"
#include "ops/metrics.h"
#include "support/http_stub.h"
#include "support/poller_fixture.h"
#include "unit/test.h"

#define TICKER(price)                                                                                                  \
    "{\"trade_id\":1,\"price\":\"" price                                                                               \
    "\",\"size\":\"1\",\"time\":\"2020-03-20T00:22:57Z\",\"bid\":\"1\",\"ask\":\"2\"}"

static struct http_stub stub;

static int setup(void **state) {
    if (fixture_setup(state) != 0)
        return -1;
    struct poller_fixture *it = *state;
    http_stub_start(&stub);
    it->config.providers = "coinbase";
    it->config.vendors[VENDOR_COINBASE].url = stub.url;
    it->config.poll_interval_ms = 600000;
    return 0;
}

static int teardown(void **state) {
    int failed = fixture_teardown(state);
    http_stub_stop(&stub);
    return failed;
}

static void lead(struct poller_fixture *it) {
    fixture_start(it);
    wait_until(fixture_health_has(it, "\"leader\":true"));
}

static void ask(struct poller_fixture *it, const char *name) {
    const struct symbol symbol = sample_symbol(name);
    assert_int_equal(poller_ask_soon(it->poller, &symbol, 1), 1);
}

static size_t answers_of(struct poller_fixture *it, const char *name, enum ask_outcome outcome) {
    size_t n = 0;
    pthread_mutex_lock(&it->moody->lock);
    for (size_t i = 0; i < it->moody->answers_n; i++)
        n += strcmp(it->moody->answers[i].symbol.text, name) == 0 && it->moody->answers[i].outcome == outcome;
    pthread_mutex_unlock(&it->moody->lock);
    return n;
}

/* Goes at a twentieth of the pace: what is fresh for a second is that for long enough to ask again. */
static int64_t slow_wall(const struct clock *clock) {
    (void)clock;
    return clock_wall_ms(clock_system());
}

static int64_t slow_monotonic(const struct clock *clock) {
    (void)clock;
    return clock_monotonic_ms(clock_system()) / 20;
}

static const struct clock slow_clock = {slow_wall, slow_monotonic};

static void test_what_nobody_holds(void **state) {
    struct poller_fixture *it = *state;
    struct quote quote;
    it->config.clock = &slow_clock;
    struct http_stub_route *route = http_stub_route(&stub, "/products/BTC-USD/ticker", "200 OK", "", TICKER("5"));
    lead(it);
    ask(it, "BTC-USD");
    wait_until(answers_of(it, "BTC-USD", ASK_FRESH) == 1);
    /* The price came before the answer. */
    assert_true(fixture_stored(it, "BTC-USD", &quote));
    assert_int_equal(quote.price.e8, 5 * DECIMAL_ONE);
    assert_int_equal(atomic_load(&route->asked_n), 1);
    /* Confirmed a moment ago: answered without asking. */
    ask(it, "BTC-USD");
    wait_until(answers_of(it, "BTC-USD", ASK_FRESH) == 2);
    assert_int_equal(atomic_load(&route->asked_n), 1);
}

/* A route that answers when the test says so would be slow in any other way too: a silent one holds the question. */
static void test_one_request_for_all(void **state) {
    struct poller_fixture *it = *state;
    struct http_stub_route *route = http_stub_route(&stub, "/products/BTC-USD/ticker", "200 OK", "", TICKER("5"));
    int64_t asked_n = metrics_get(METRIC_QUESTIONS);
    atomic_store(&route->fault, STUB_SILENT);
    lead(it);
    for (int i = 0; i < 50; i++)
        ask(it, "BTC-USD");
    wait_until(atomic_load(&route->asked_n) == 1);
    for (int i = 0; i < 50; i++)
        ask(it, "BTC-USD");
    wait_until(metrics_get(METRIC_QUESTIONS) == asked_n + 100);
    /* One answer to all of them, when the request's time is over. */
    wait_until(answers_of(it, "BTC-USD", ASK_UNAVAILABLE) == 1);
    assert_int_equal(atomic_load(&route->asked_n), 1);
}

static void test_unknown_at_once(void **state) {
    struct poller_fixture *it = *state;
    struct http_stub_route *route =
        http_stub_route(&stub, "/products/NO-USD/ticker", "404 Not Found", "", "{\"message\":\"NotFound\"}");
    lead(it);
    ask(it, "NO-USD");
    ask(it, "AAPL"); /* not a product's name */
    wait_until(answers_of(it, "NO-USD", ASK_UNKNOWN) == 1 && answers_of(it, "AAPL", ASK_UNKNOWN) == 1);
    ask(it, "NO-USD");
    wait_until(answers_of(it, "NO-USD", ASK_UNKNOWN) == 2);
    assert_int_equal(atomic_load(&route->asked_n), 1); /* it is remembered */
}

static void test_no_providers(void **state) {
    struct poller_fixture *it = *state;
    it->config.providers = "none";
    lead(it);
    ask(it, "AAPL");
    wait_until(answers_of(it, "AAPL", ASK_UNKNOWN) == 1);
}

static void test_throttled_and_broken(void **state) {
    struct poller_fixture *it = *state;
    http_stub_route(&stub, "/products/A-USD/ticker", "429 Too Many Requests", "Retry-After: 60\r\n", "{}");
    lead(it);
    ask(it, "A-USD");
    wait_until(answers_of(it, "A-USD", ASK_THROTTLED) == 1);
    ask(it, "B-USD");
    wait_until(answers_of(it, "B-USD", ASK_THROTTLED) == 1);
}

static void test_a_failure_is_no_timeout(void **state) {
    struct poller_fixture *it = *state;
    http_stub_route(&stub, "/products/A-USD/ticker", "500 Internal Server Error", "", "oops");
    lead(it);
    ask(it, "A-USD");
    wait_until(answers_of(it, "A-USD", ASK_FAILED) == 1);
}

static void test_held_ones_stay_polled(void **state) {
    struct poller_fixture *it = *state;
    struct quote quote;
    static const char *const held[] = {"BTC-USD"};
    struct http_stub_route *route = http_stub_route(&stub, "/products/BTC-USD/ticker", "200 OK", "", TICKER("5"));
    it->config.poll_interval_ms = 30;
    fixture_hold(it, held, 1);
    lead(it);
    wait_until(fixture_stored(it, "BTC-USD", &quote));
    unsigned asked_n = atomic_load(&route->asked_n);
    ask(it, "BTC-USD");
    wait_until(answers_of(it, "BTC-USD", ASK_FRESH) == 1);
    wait_until(atomic_load(&route->asked_n) > asked_n + 3);
}

static void test_forgotten_is_stale(void **state) {
    struct poller_fixture *it = *state;
    struct quote quote;
    struct http_stub_route *route = http_stub_route(&stub, "/products/BTC-USD/ticker", "200 OK", "", TICKER("5"));
    lead(it);
    ask(it, "BTC-USD");
    wait_until(answers_of(it, "BTC-USD", ASK_FRESH) == 1 && fixture_stored(it, "BTC-USD", &quote) && !quote.stale);
    quote = sample_quote("HAND", 7, SAMPLE_TIME_MS);
    snprintf(quote.source, sizeof quote.source, "manual");
    fixture_publish(it, &quote);
    poller_forget(it->poller, NULL, 0);
    wait_until(fixture_stored(it, "BTC-USD", &quote) && quote.stale);
    /* By hand it does not go stale. */
    assert_true(fixture_stored(it, "HAND", &quote) && !quote.stale);
    /* And asking asks. */
    ask(it, "BTC-USD");
    wait_until(answers_of(it, "BTC-USD", ASK_FRESH) == 2);
    assert_int_equal(atomic_load(&route->asked_n), 2);
    assert_true(fixture_stored(it, "BTC-USD", &quote) && !quote.stale);
    const struct symbol one = sample_symbol("BTC-USD");
    poller_forget(it->poller, &one, 1);
    wait_until(fixture_stored(it, "BTC-USD", &quote) && quote.stale);
}

static void inbox_fill(struct poller_fixture *it, const char *name) {
    const size_t n = QUESTION_INBOX_MAX + 1;
    struct symbol *symbols = calloc(n, sizeof *symbols);
    assert_non_null(symbols);
    for (size_t i = 0; i < n; i++)
        symbols[i] = sample_symbol(name);
    assert_int_equal(poller_ask_soon(it->poller, symbols, n), QUESTION_INBOX_MAX);
    free(symbols);
}

static void test_who_does_not_lead_is_silent(void **state) {
    struct poller_fixture *it = *state;
    struct http_stub_route *route = http_stub_route(&stub, "/products/BTC-USD/ticker", "200 OK", "", TICKER("5"));
    atomic_store(&it->moody->is_led, true);
    fixture_start(it);
    wait_until(fixture_health_has(it, "\"state\":\"standby\""));
    /* There is room again when all that was asked is dropped; this one may come too late for that. */
    inbox_fill(it, "BTC-USD");
    const struct symbol mark = sample_symbol("MSFT");
    wait_until(poller_ask_soon(it->poller, &mark, 1) == 1);
    atomic_store(&it->moody->is_led, false);
    wait_until(fixture_health_has(it, "\"leader\":true"));
    ask(it, "AAPL");
    wait_until(answers_of(it, "AAPL", ASK_UNKNOWN) == 1);
    assert_int_equal(answers_of(it, "BTC-USD", ASK_FRESH), 0);
    assert_int_equal(atomic_load(&route->asked_n), 0);
}

/* More names that nobody knows than are remembered, again and again: what is held still has its place. */
static void test_strangers_are_forgotten(void **state) {
    struct poller_fixture *it = *state;
    static const char *const held[] = {"BTC-USD"};
    struct quote quote;
    http_stub_route(&stub, "/products/BTC-USD/ticker", "200 OK", "", TICKER("5"));
    lead(it);
    size_t told_n = 0;
    for (int round = 0; round < 30; round++) {
        struct symbol symbols[5000];
        int64_t questions_n = metrics_get(METRIC_QUESTIONS);
        for (size_t i = 0; i < COUNT_OF(symbols); i++) {
            char name[24];
            snprintf(name, sizeof name, "R%dN%zu", round, i);
            symbols[i] = sample_symbol(name);
        }
        assert_int_equal(poller_ask_soon(it->poller, symbols, COUNT_OF(symbols)), COUNT_OF(symbols));
        told_n += COUNT_OF(symbols);
        wait_until(metrics_get(METRIC_QUESTIONS) == questions_n + (int64_t)COUNT_OF(symbols));
    }
    assert_true(told_n > 100000); /* more than the table takes */
    fixture_hold(it, held, 1);
    wait_until(fixture_stored(it, "BTC-USD", &quote));
}

static void test_too_many_at_once_are_refused(void **state) {
    struct poller_fixture *it = *state;
    struct symbol *symbols = calloc(30000, sizeof *symbols);
    int64_t refused_n = metrics_get(METRIC_QUESTIONS_REFUSED);
    char error[128];
    for (size_t i = 0; i < 30000; i++)
        symbols[i] = sample_symbol("AAPL");
    /* Not started: nobody empties the inbox. */
    assert_int_equal(poller_create(&it->config, &it->moody->publisher, &it->archive, &it->poller, error, sizeof error),
                     STATUS_OK);
    size_t taken = poller_ask_soon(it->poller, symbols, 30000);
    free(symbols);
    assert_int_equal(taken, 20000);
    assert_int_equal(metrics_get(METRIC_QUESTIONS_REFUSED), refused_n + 10000);
}

int main(void) {
#define WITH_STUB(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_STUB(test_what_nobody_holds),
        WITH_STUB(test_one_request_for_all),
        WITH_STUB(test_unknown_at_once),
        WITH_STUB(test_no_providers),
        WITH_STUB(test_throttled_and_broken),
        WITH_STUB(test_a_failure_is_no_timeout),
        WITH_STUB(test_held_ones_stay_polled),
        WITH_STUB(test_forgotten_is_stale),
        WITH_STUB(test_who_does_not_lead_is_silent),
        WITH_STUB(test_strangers_are_forgotten),
        WITH_STUB(test_too_many_at_once_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
