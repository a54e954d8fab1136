/* links: pf_feed pf_thread pf_domain pf_ops pf_base */
/* The poller with providers that need no network: what it polls, restores,
 * archives and marks stale, and what it does when it may not lead. */
#include "ops/metrics.h"
#include "support/poller_fixture.h"
#include "unit/test.h"

#include <unistd.h>

static void archive_put(struct poller_fixture *it, struct quote quote) {
    it->prices[it->prices_n++] = quote;
}

static void test_simulated_polls_what_is_held(void **state) {
    struct poller_fixture *it = *state;
    static const char *const held[] = {"AAPL", "BTC-EUR"}, *const more[] = {"BTC-EUR", "MSFT"};
    struct quote quote, archived;
    it->config.providers = "simulated";
    fixture_hold(it, held, 2);
    fixture_start(it);
    wait_until(fixture_stored(it, "AAPL", &quote) && fixture_stored(it, "BTC-EUR", &quote));
    assert_string_equal(quote.source, "simulated");
    assert_string_equal(quote.currency.code, "EUR");
    assert_false(quote.stale);
    uint64_t seq = fixture_seq(it);
    wait_until(fixture_seq(it) > seq + 20);
    assert_false(fixture_stored(it, "MSFT", &quote));
    wait_until(fixture_archived(it, "AAPL", &archived));
    assert_true(fixture_health_has(it, "\"state\":\"live\",\"leader\":true"));
    /* What is no longer held stops; what is new begins. */
    fixture_hold(it, more, 2);
    wait_until(fixture_stored(it, "MSFT", &quote));
    assert_true(fixture_stored(it, "AAPL", &quote));
    int64_t as_of_ms = quote.as_of_ms;
    seq = fixture_seq(it);
    wait_until(fixture_seq(it) > seq + 20);
    assert_true(fixture_stored(it, "AAPL", &quote));
    assert_int_equal(quote.as_of_ms, as_of_ms);
    /* On stop the archive has what the bus has. */
    poller_stop(it->poller);
    assert_true(fixture_stored(it, "MSFT", &quote) && fixture_archived(it, "MSFT", &archived));
    assert_true(sample_quotes_equal(&quote, &archived));
    assert_int_equal(metrics_get(METRIC_LEADER), 0);
}

static void test_last_prices_are_restored(void **state) {
    struct poller_fixture *it = *state;
    struct quote old = sample_quote("OLD", 5, SAMPLE_TIME_MS), hand = sample_quote("HAND", 6, SAMPLE_TIME_MS);
    struct quote known = sample_quote("KNOWN", 7, SAMPLE_TIME_MS), bad = sample_quote("BAD", 8, SAMPLE_TIME_MS), quote;
    int64_t malformed_n = metrics_get(METRIC_QUOTES_REFUSED_MALFORMED);
    snprintf(hand.source, sizeof hand.source, "manual");
    bad.currency.code[0] = '\0';
    archive_put(it, old);
    archive_put(it, bad);
    archive_put(it, hand);
    archive_put(it, known);
    known.price.e8 = 70;
    fixture_publish(it, &known); /* newer on the bus than in the archive */
    fixture_archive_away(it, true);
    fixture_start(it);
    wait_until(fixture_health_has(it, "\"archive\":\"away\""));
    assert_true(fixture_health_has(it, "\"state\":\"degraded\",\"leader\":true"));
    assert_false(fixture_stored(it, "OLD", &quote));
    fixture_archive_away(it, false);
    wait_until(fixture_stored(it, "OLD", &quote) && fixture_stored(it, "HAND", &quote));
    assert_false(quote.stale); /* set by hand: does not go stale */
    assert_true(fixture_stored(it, "OLD", &quote));
    assert_true(quote.stale);
    assert_int_equal(quote.as_of_ms, SAMPLE_TIME_MS);
    assert_true(fixture_stored(it, "KNOWN", &quote));
    assert_int_equal(quote.price.e8, 70);
    /* One bad quote costs itself only. */
    assert_false(fixture_stored(it, "BAD", &quote));
    assert_int_equal(metrics_get(METRIC_QUOTES_REFUSED_MALFORMED), malformed_n + 1);
    wait_until(fixture_health_has(it, "\"state\":\"idle\""));
}

/* Also where there is nothing to restore: who waits for it learns that. */
static void test_the_end_of_the_restoring_is_said(void **state) {
    struct poller_fixture *it = *state;
    pthread_mutex_lock(&it->gate);
    fixture_start(it);
    wait_until(fixture_health_has(it, "\"leader\":true"));
    assert_int_equal(atomic_load(&it->moody->restored_n), 0);
    pthread_mutex_unlock(&it->gate);
    wait_until(atomic_load(&it->moody->restored_n) == 1);
}

static void test_restored_in_one_batch(void **state) {
    struct poller_fixture *it = *state;
    struct quote quote;
    for (int i = 0; i < ARCHIVE_MAX; i++) {
        char name[16];
        snprintf(name, sizeof name, "S%d", i);
        archive_put(it, sample_quote(name, 1 + i, SAMPLE_TIME_MS));
    }
    fixture_start(it);
    wait_until(fixture_stored(it, "S63", &quote));
    assert_int_equal(fixture_seq(it), 1);
}

static void test_unconfirmed_quotes_go_stale(void **state) {
    struct poller_fixture *it = *state;
    struct quote fed = sample_quote("FED", 5, SAMPLE_TIME_MS), hand = sample_quote("HAND", 6, SAMPLE_TIME_MS), quote;
    snprintf(hand.source, sizeof hand.source, "publish");
    it->config.quote_ttl_ms = 200;
    fixture_start(it);
    fixture_publish(it, &fed);
    fixture_publish(it, &hand);
    wait_until(fixture_stored(it, "FED", &quote) && quote.stale);
    assert_int_equal(quote.price.e8, 5);
    assert_int_equal(quote.as_of_ms, SAMPLE_TIME_MS);
    assert_string_equal(quote.source, "simulated");
    assert_true(fixture_stored(it, "HAND", &quote));
    assert_false(quote.stale);
    /* Told once, not again and again. */
    uint64_t seq = fixture_seq(it);
    poller_stop(it->poller);
    assert_int_equal(fixture_seq(it), seq);
}

static void test_quotes_of_others_are_archived(void **state) {
    struct poller_fixture *it = *state;
    struct quote hand = sample_quote("HAND", 6, SAMPLE_TIME_MS), archived;
    snprintf(hand.source, sizeof hand.source, "publish");
    fixture_start(it);
    wait_until(fixture_health_has(it, "\"leader\":true"));
    fixture_publish(it, &hand);
    wait_until(fixture_archived(it, "HAND", &archived));
    assert_true(sample_quotes_equal(&hand, &archived));
}

/* A database that hangs, which is worse than one that is away, holds up no price and costs no leadership. */
static void test_a_hanging_archive_holds_up_nothing(void **state) {
    struct poller_fixture *it = *state;
    static const char *const held[] = {"AAPL"};
    struct quote quote = {0}, archived = {0};
    it->config.providers = "simulated";
    fixture_hold(it, held, 1);
    fixture_start(it);
    wait_until(fixture_stored(it, "AAPL", &quote));
    pthread_mutex_lock(&it->gate);
    int64_t began_ms = fixture_now_ms();
    uint64_t seq = fixture_seq(it);
    /* Past every regular call of the archive, and past the time that leadership lasts without renewal. */
    wait_until(fixture_now_ms() > began_ms + 2 * it->config.leader_ttl_ms && fixture_seq(it) > seq + 50);
    assert_true(fixture_health_has(it, "\"leader\":true"));
    pthread_mutex_unlock(&it->gate);
    poller_stop(it->poller);
    assert_true(fixture_stored(it, "AAPL", &quote) && fixture_archived(it, "AAPL", &archived));
    assert_true(sample_quotes_equal(&quote, &archived));
}

/* Another process may lead at once; whatever hangs here then costs nobody a price. */
static void test_a_stop_resigns_before_it_waits(void **state) {
    struct poller_fixture *it = *state;
    pthread_mutex_lock(&it->gate);
    fixture_start(it);
    /* By now the archive was asked for the held symbols. */
    wait_until(fixture_health_has(it, "\"leader\":true"));
    assert_int_equal(atomic_load(&it->moody->resigned_n), 0);
    poller_begin_stop(it->poller);
    wait_until(atomic_load(&it->moody->resigned_n) == 1);
    pthread_mutex_unlock(&it->gate);
    poller_stop(it->poller);
}

static void test_losing_the_lead_stops_at_once(void **state) {
    struct poller_fixture *it = *state;
    static const char *const held[] = {"AAPL"};
    struct quote quote;
    it->config.providers = "simulated";
    fixture_hold(it, held, 1);
    fixture_start(it);
    wait_until(fixture_stored(it, "AAPL", &quote) && fixture_health_has(it, "\"leader\":true"));
    atomic_bool *const moods[] = {&it->moody->is_led, &it->moody->is_fenced, &it->moody->is_away};
    for (size_t i = 0; i < COUNT_OF(moods); i++) {
        atomic_store(moods[i], true);
        wait_until(fixture_health_has(it, "\"leader\":false"));
        uint64_t seq = fixture_seq(it);
        if (moods[i] == &it->moody->is_led) {
            /* For some renewals of the lock nothing is published. */
            int64_t until_ms = fixture_now_ms() + 400;
            while (fixture_now_ms() < until_ms)
                fixture_rest();
            assert_int_equal(fixture_seq(it), seq);
            assert_true(fixture_health_has(it, "\"state\":\"standby\""));
        }
        atomic_store(moods[i], false);
        wait_until(fixture_health_has(it, "\"leader\":true"));
        wait_until(fixture_seq(it) > seq);
    }
}

/* ---- replay ---- */

static void replay_file_write(struct poller_fixture *it, char *path, size_t path_len, const char *text) {
    snprintf(path, path_len, "/tmp/pf-test-poller-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    it->config.replay_file = path;
    it->config.providers = "replay,simulated";
}

static void test_replay_waits_for_holders(void **state) {
    struct poller_fixture *it = *state;
    static const char *const other[] = {"OTHER"}, *const held[] = {"OTHER", "B", "A"};
    char path[64];
    struct quote quote;
    replay_file_write(it, path, sizeof path,
                      "symbol,date,open,high,low,close\n"
                      "A,2020-01-02,10,13,9,12\nB,2020-01-02,20,23,19,22\nC,2020-01-02,1,1,1,1\n"
                      "A,2020-01-03,12,15,11,14\nB,2020-01-03,22,25,21,24\nC,2020-01-03,1,1,1,1\n");
    fixture_hold(it, other, 1);
    fixture_start(it);
    unlink(path);
    /* Nobody holds what the file has; the next provider feeds the rest. */
    wait_until(fixture_stored(it, "OTHER", &quote));
    assert_string_equal(quote.source, "simulated");
    assert_true(fixture_health_has(it, "\"finished\":false"));
    fixture_hold(it, held, 3);
    wait_until(fixture_health_has(it, "\"finished\":true"));
    assert_true(fixture_stored(it, "A", &quote));
    assert_int_equal(quote.price.e8, 14 * DECIMAL_ONE);
    assert_int_equal(quote.previous_close.e8, 12 * DECIMAL_ONE);
    assert_string_equal(quote.source, "replay");
    assert_int_equal(quote.source_time_ms, INT64_C(1578009600000) + 3 * MS_PER_DAY / 4);
    assert_in_range(quote.as_of_ms, clock_wall_ms(clock_system()) - 60000, clock_wall_ms(clock_system()));
    assert_true(fixture_stored(it, "B", &quote));
    assert_int_equal(quote.price.e8, 24 * DECIMAL_ONE);
    assert_false(fixture_stored(it, "C", &quote));
}

static void test_replay_loses_nothing_while_the_bus_is_away(void **state) {
    struct poller_fixture *it = *state;
    static const char *const held[] = {"A"};
    char path[64];
    char text[4096] = "symbol,ts_ms,bid,ask\n";
    size_t len = strlen(text);
    for (int i = 1; i <= 100; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "A,%d,%d,%d\n", 1000 + 30 * i, i, i);
    replay_file_write(it, path, sizeof path, text);
    it->config.providers = "replay";
    it->config.replay_speed_e8 = DECIMAL_ONE;
    fixture_hold(it, held, 1);
    fixture_start(it);
    unlink(path);
    for (int i = 0; i < 2; i++) {
        unsigned calls_n = atomic_load(&it->moody->calls_n);
        wait_until(atomic_load(&it->moody->calls_n) > calls_n + 5);
        atomic_store(&it->moody->is_away, true);
        wait_until(fixture_health_has(it, "\"bus\":\"away\""));
        atomic_store(&it->moody->is_away, false);
        wait_until(fixture_health_has(it, "\"bus\":\"ok\",\"archive\":\"ok\",\"symbols\":1"));
    }
    wait_until(fixture_health_has(it, "\"finished\":true"));
    /* Each row has another price, so each took one number. */
    assert_int_equal(fixture_seq(it), 100);
}

/* ---- settings ---- */

#define VENDORS "alphavantage, polygon, massive, finnhub, yahoo, coinbase, kraken, ecb"

static void test_settings_refused(void **state) {
    struct poller_fixture *it = *state;
    static const struct {
        const char *providers, *error;
    } rows[] = {
        {"simulatd", "PROVIDERS: \"simulatd\" is none of simulated, replay, " VENDORS ", none"},
        {"", "PROVIDERS: \"\" is none of simulated, replay, " VENDORS ", none"},
        {"simulated,", "PROVIDERS: \"\" is none of simulated, replay, " VENDORS ", none"},
        {"none,simulated", "PROVIDERS: \"none\" is none of simulated, replay, " VENDORS ", none"},
        {"simulated, coinbase,simulated", "PROVIDERS: \"simulated\" comes twice"},
        {"replay", "PROVIDERS names replay, but REPLAY_FILE is not set"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char error[256] = "";
        struct bus_publisher *publisher;
        struct poller *poller = NULL;
        assert_int_equal(bus_memory_publisher_create(it->memory, &publisher), STATUS_OK);
        it->config.providers = rows[i].providers;
        assert_row(poller_create(&it->config, publisher, &it->archive, &poller, error, sizeof error) == STATUS_INVALID,
                   rows[i].providers);
        assert_string_equal(error, rows[i].error);
        assert_null(poller);
    }
    it->moody->publisher.ops->destroy(&it->moody->publisher);
}

int main(void) {
#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(test_simulated_polls_what_is_held),
        WITH_FIXTURE(test_last_prices_are_restored),
        WITH_FIXTURE(test_the_end_of_the_restoring_is_said),
        WITH_FIXTURE(test_restored_in_one_batch),
        WITH_FIXTURE(test_unconfirmed_quotes_go_stale),
        WITH_FIXTURE(test_quotes_of_others_are_archived),
        WITH_FIXTURE(test_a_hanging_archive_holds_up_nothing),
        WITH_FIXTURE(test_a_stop_resigns_before_it_waits),
        WITH_FIXTURE(test_losing_the_lead_stops_at_once),
        WITH_FIXTURE(test_replay_waits_for_holders),
        WITH_FIXTURE(test_replay_loses_nothing_while_the_bus_is_away),
        WITH_FIXTURE(test_settings_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
