/* links: pf_feed pf_thread pf_domain pf_ops pf_base */
/* Pollers over a real Redis: last prices come back after it forgot them, and
 * of two pollers one leads. */
#include "feed/bus_redis.h"
#include "support/poller_fixture.h"
#include "support/redis_process.h"
#include "unit/test.h"

static struct redis_process server;

static int setup(void **state) {
    if (fixture_setup(state) != 0)
        return -1;
    struct poller_fixture *it = *state;
    it->moody->inner->ops->destroy(it->moody->inner);
    it->hand->ops->destroy(it->hand);
    if (server.pid == 0 && !redis_process_start(&server))
        return -1;
    redisContext *redis = redisConnectUnix(server.socket_path);
    freeReplyObject(redisCommand(redis, "FLUSHALL"));
    redisFree(redis);
    if (bus_redis_publisher_create(server.url, clock_system(), &it->moody->inner) != STATUS_OK ||
        bus_redis_publisher_create(server.url, clock_system(), &it->hand) != STATUS_OK)
        return -1;
    return 0;
}

/* The book, looked at over connections that come and go with the server. */
static bool stored(struct poller_fixture *it, const char *name, struct quote *ret_quote) {
    struct numbered_quote *quotes;
    struct bus_epoch epoch;
    uint64_t seq;
    size_t n;
    bool is_there = false;
    if (it->hand->ops->read_book(it->hand, &epoch, &seq, &quotes, &n) != STATUS_OK)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(quotes[i].quote.symbol.text, name) == 0) {
            *ret_quote = quotes[i].quote;
            is_there = true;
        }
    }
    free(quotes);
    return is_there;
}

static void archive_put(struct poller_fixture *it, const char *name, int64_t price_e8, const char *source) {
    struct quote quote = sample_quote(name, price_e8, SAMPLE_TIME_MS);
    snprintf(quote.source, sizeof quote.source, "%s", source);
    it->prices[it->prices_n++] = quote;
}

static void test_prices_outlive_redis(void **state) {
    struct poller_fixture *it = *state;
    struct quote quote;
    archive_put(it, "FED", 5, "coinbase");
    archive_put(it, "HAND", 6, "manual");
    fixture_start(it);
    wait_until(stored(it, "FED", &quote) && stored(it, "HAND", &quote));
    assert_false(quote.stale);
    /* Emptied while connected. */
    redisContext *redis = redisConnectUnix(server.socket_path);
    freeReplyObject(redisCommand(redis, "FLUSHALL"));
    redisFree(redis);
    wait_until(stored(it, "FED", &quote));
    assert_true(quote.stale);
    assert_int_equal(quote.as_of_ms, SAMPLE_TIME_MS);
    /* Killed and started again. A price published meanwhile by hand wins. */
    redis_process_stop(&server);
    assert_true(redis_process_start(&server));
    wait_until(stored(it, "FED", &quote) && stored(it, "HAND", &quote));
    assert_int_equal(quote.price.e8, 6);
    wait_until(fixture_health_has(it, "\"leader\":true"));
}

static void test_one_of_two_leads(void **state) {
    struct poller_fixture *it = *state;
    static const char *const held[] = {"AAPL"};
    struct poller *second;
    struct bus_publisher *publisher;
    struct quote quote;
    char error[128];
    it->config.providers = "simulated";
    it->config.leader_ttl_ms = 6000; /* it does not lapse while a thread stands still */
    fixture_hold(it, held, 1);
    fixture_start(it);
    wait_until(fixture_health_has(it, "\"leader\":true"));
    assert_int_equal(bus_redis_publisher_create(server.url, clock_system(), &publisher), STATUS_OK);
    assert_int_equal(poller_create(&it->config, publisher, &it->archive, &second, error, sizeof error), STATUS_OK);
    assert_int_equal(poller_start(second), STATUS_OK);
    wait_until(stored(it, "AAPL", &quote));
    struct strbuf health;
    strbuf_init(&health);
    poller_write_health(second, &health);
    assert_non_null(strstr(strbuf_text(&health), "\"leader\":false"));
    /* The first one goes and gives the lock back; the second takes over. */
    poller_stop(it->poller);
    int64_t as_of_ms = quote.as_of_ms;
    wait_until(stored(it, "AAPL", &quote) && quote.as_of_ms > as_of_ms + 200);
    strbuf_clear(&health);
    poller_write_health(second, &health);
    assert_non_null(strstr(strbuf_text(&health), "\"leader\":true"));
    strbuf_fini(&health);
    poller_destroy(&second);
}

/* A Redis that hangs is waited for once: who stops makes no new connection to it. */
static void test_who_stops_connects_no_more(void **state) {
    struct poller_fixture *it = *state;
    struct bus_publisher *publisher = it->moody->inner;
    uint64_t fence = 0;
    it->config.leader_ttl_ms = 60000;
    assert_int_equal(publisher->ops->lead(publisher, 60000, &fence), STATUS_OK);
    kill(server.pid, SIGSTOP);
    publisher->ops->begin_stop(publisher);
    /* The connection there is may be used, and is lost by that. */
    int64_t began_ms = fixture_now_ms();
    assert_int_equal(publisher->ops->lead(publisher, 60000, &fence), STATUS_UNAVAILABLE);
    assert_true(fixture_now_ms() - began_ms > 1000);
    kill(server.pid, SIGCONT);
    /* Redis would answer now; nobody asks. */
    assert_int_equal(publisher->ops->lead(publisher, 60000, &fence), STATUS_UNAVAILABLE);
    publisher->ops->resign(publisher);
    redisContext *redis = redisConnectUnix(server.socket_path);
    redisReply *reply = redisCommand(redis, "EXISTS pf:leader");
    assert_int_equal(reply->integer, 1);
    freeReplyObject(reply);
    redisFree(redis);
    fixture_start(it); /* the teardown ends it */
}

int main(void) {
#define WITH_REDIS(test) cmocka_unit_test_setup_teardown(test, setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        WITH_REDIS(test_prices_outlive_redis),
        WITH_REDIS(test_one_of_two_leads),
        WITH_REDIS(test_who_stops_connects_no_more),
    };
    REDIS_PROCESS_RUN_TESTS(&server, tests);
}
