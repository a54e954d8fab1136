/* links: pf_feed pf_domain pf_ops pf_base */
/* A loop's bus against a real Redis that is killed, stopped, emptied, and put
 * behind a password: the listener always gets back to the true book. */
#include "feed/bus_redis.h"
#include "ops/log.h"
#include "ops/metrics.h"
#include "support/bus_ear.h"
#include "support/redis_process.h"
#include "unit/test.h"

#define DEADLINE_S 60.

static struct redis_process server;

/* To look and to break things; another process that publishes. */
static redisContext *redis;
static struct bus_publisher *publisher;
static struct ev_timer tick;

static void on_tick(struct ev_loop *loop, struct ev_timer *timer, int revents) {
    (void)loop;
    (void)timer;
    (void)revents;
}

/* Runs the loop until the condition holds. */
#define wait_until(ear, condition)                                                                                     \
    do {                                                                                                               \
        double deadline = ev_time() + DEADLINE_S;                                                                      \
        while (!(condition)) {                                                                                         \
            if (ev_time() > deadline)                                                                                  \
                fail_msg("waited in vain for: %s", #condition);                                                        \
            ev_run((ear)->loop, EVRUN_ONCE);                                                                           \
        }                                                                                                              \
    } while (0)

static void command(const char *text) {
    redisReply *reply = redisCommand(redis, text);
    assert_non_null(reply);
    assert_int_not_equal(reply->type, REDIS_REPLY_ERROR);
    freeReplyObject(reply);
}

static void look_connect(void) {
    if (redis)
        redisFree(redis);
    redis = redisConnectUnix(server.socket_path);
    assert_non_null(redis);
    assert_int_equal(redis->err, 0);
}

static uint64_t publish_elsewhere(int64_t price_e8) {
    struct bus_published published;
    struct quote quote = sample_quote("AAPL", price_e8, SAMPLE_TIME_MS);
    do /* the first call after a restart finds the old connection dead */
        assert_int_equal(publisher->ops->publish(publisher, &quote, 1, false, 0, &published), STATUS_OK);
    while (published.status == STATUS_OUTCOME_UNKNOWN);
    assert_int_equal(published.status, STATUS_OK);
    return published.seq;
}

static void listen_at(struct bus_ear *ear, const char *url) {
    const struct bus_listener listener = bus_ear_listener(ear);
    assert_int_equal(bus_redis_create(ear->loop, url, clock_system(), &listener, &ear->bus), STATUS_OK);
    assert_int_equal(ear->books_n, 0);
}

static int setup(void **state) {
    struct bus_ear *ear = calloc(1, sizeof *ear);
    *state = ear;
    if (!ear)
        return -1;
    ear->loop = ev_loop_new(EVFLAG_AUTO);
    ev_timer_init(&tick, on_tick, 0.02, 0.02);
    ev_timer_start(ear->loop, &tick);
    if (server.pid == 0 && !redis_process_start(&server))
        return -1;
    look_connect();
    command("FLUSHALL");
    if (bus_redis_publisher_create(server.url, clock_system(), &publisher) != STATUS_OK)
        return -1;
    return 0;
}

static int teardown(void **state) {
    struct bus_ear *ear = *state;
    bus_destroy(&ear->bus);
    publisher->ops->destroy(publisher);
    ev_timer_stop(ear->loop, &tick);
    ev_loop_destroy(ear->loop);
    redisFree(redis);
    redis = NULL;
    free(ear);
    return 0;
}

static void test_follows(void **state) {
    struct bus_ear *ear = *state;
    listen_at(ear, server.url);
    wait_until(ear, ear->is_following);
    assert_int_equal(ear->seq, 0);
    assert_false(ear->has_leader);
    for (int64_t price = 1; price <= 50; price++)
        publish_elsewhere(price);
    wait_until(ear, ear->seq == 50);
    assert_int_equal(bus_ear_price(ear, "AAPL"), 50);
    assert_int_equal(ear->books_n, 1);
    assert_int_equal(ear->events_n, 50);
    command("SET pf:leader somebody");
    wait_until(ear, ear->has_leader);
    command("DEL pf:leader");
    wait_until(ear, !ear->has_leader);
    assert_int_equal(metrics_get(METRIC_BUS_CONNECTED), 1);
}

static void test_publishes(void **state) {
    struct bus_ear *ear = *state;
    struct quote quote = sample_quote("AAPL", 18984000000, SAMPLE_TIME_MS);
    listen_at(ear, server.url);
    /* Before there is a connection: refused at once, no answer comes. */
    assert_int_equal(bus_publish(ear->bus, &quote, 1, false, bus_ear_on_answer, ear), STATUS_UNAVAILABLE);
    wait_until(ear, ear->is_following);
    quote.previous_close.e8 = 18800000000;
    assert_int_equal(bus_publish(ear->bus, &quote, 1, false, bus_ear_on_answer, ear), STATUS_OK);
    wait_until(ear, ear->answers_n == 1);
    assert_int_equal(ear->answer.status, STATUS_OK);
    assert_int_equal(ear->answer.seq, 1);
    assert_true(ear->answer.is_changed);
    /* previous_close kept; the same again takes no number; Redis forgot the script. */
    command("SCRIPT FLUSH");
    quote.previous_close.e8 = 0;
    assert_int_equal(bus_publish(ear->bus, &quote, 1, true, bus_ear_on_answer, ear), STATUS_OK);
    wait_until(ear, ear->answers_n == 2);
    assert_int_equal(ear->answer.status, STATUS_OK);
    assert_false(ear->answer.is_changed);
    assert_int_equal(ear->answer.stored.previous_close.e8, 18800000000);
    quote.as_of_ms--;
    assert_int_equal(bus_publish(ear->bus, &quote, 1, true, bus_ear_on_answer, ear), STATUS_OK);
    wait_until(ear, ear->answers_n == 3);
    assert_int_equal(ear->answer.status, STATUS_CONFLICT);
    assert_string_equal(ear->answer.detail, "AAPL: older than the stored quote");
    quote.price.e8 = 0;
    assert_int_equal(bus_publish(ear->bus, &quote, 1, true, bus_ear_on_answer, ear), STATUS_OK);
    assert_int_equal(ear->answers_n, 3); /* never before the call returned */
    wait_until(ear, ear->answers_n == 4);
    assert_int_equal(ear->answer.status, STATUS_INVALID);
    wait_until(ear, ear->seq == 1);
    assert_int_equal(bus_ear_price(ear, "AAPL"), 18984000000);
}

static void test_hints_and_what_is_no_message(void **state) {
    struct bus_ear *ear = *state;
    struct uuid id;
    int64_t ignored = metrics_get(METRIC_BUS_IGNORED);
    assert_int_equal(uuid_random(&id), STATUS_OK);
    listen_at(ear, server.url);
    wait_until(ear, ear->is_following);
    bus_hint(ear->bus, &id);
    wait_until(ear, ear->hints_n == 1);
    assert_true(uuid_equal(&ear->hint, &id));
    id.bytes[0] ^= 1;
    bus_access_changed(ear->bus, &id);
    wait_until(ear, ear->access_changes_n == 1);
    assert_true(uuid_equal(&ear->access_subject, &id));
    assert_int_equal(ear->hints_n, 1);
    command("PUBLISH pf:events {\"AAPL\":189.84}");
    command("PUBLISH pf:events nonsense");
    wait_until(ear, metrics_get(METRIC_BUS_IGNORED) == ignored + 2);
    publish_elsewhere(7);
    wait_until(ear, bus_ear_price(ear, "AAPL") == 7);
    assert_int_equal(ear->losses_n, 0);
}

static void test_questions_and_answers(void **state) {
    struct bus_ear *ear = *state;
    struct symbol symbols[BUS_ASK_MAX + 1];
    for (size_t i = 0; i < COUNT_OF(symbols); i++) {
        char name[16];
        snprintf(name, sizeof name, "S%zu", i);
        symbols[i] = sample_symbol(name);
    }
    const struct answered_symbol answer = {symbols[0], ASK_THROTTLED};
    listen_at(ear, server.url);
    wait_until(ear, ear->is_following);
    /* More than one message takes. */
    bus_ask(ear->bus, symbols, COUNT_OF(symbols));
    wait_until(ear, ear->asked_n == COUNT_OF(symbols));
    assert_string_equal(ear->asked.text, "S1000");
    bus_forget(ear->bus, symbols, 1);
    bus_forget(ear->bus, NULL, 0);
    wait_until(ear, ear->forgets_n == 2);
    assert_int_equal(ear->forgotten_n, 1);
    publish_elsewhere(7);
    publisher->ops->answer(publisher, &answer, 1);
    wait_until(ear, ear->outcomes_n == 1);
    assert_int_equal(ear->outcome_seq, 1);
    assert_int_equal(ear->outcome.outcome, ASK_THROTTLED);
}

static void test_restored_is_said_and_kept(void **state) {
    struct bus_ear *ear = *state;
    listen_at(ear, server.url);
    wait_until(ear, ear->is_following);
    assert_string_equal(ear->restored.text, "");
    assert_int_equal(publisher->ops->restored(publisher, &ear->epoch), STATUS_OK);
    wait_until(ear, strcmp(ear->restored.text, ear->epoch.text) == 0);
    bus_destroy(&ear->bus);
    ear->restored.text[0] = '\0';
    ear->books_n = ear->restored_books_n = 0;
    listen_at(ear, server.url);
    wait_until(ear, ear->books_n == 1);
    assert_string_equal(ear->restored.text, ear->epoch.text);
    assert_int_equal(ear->restored_books_n, 0); /* before the book */
    /* A new epoch has not got its prices. */
    command("FLUSHALL");
    wait_until(ear, ear->books_n == 2);
    assert_string_not_equal(ear->restored.text, ear->epoch.text);
}

static void test_watch(void **state) {
    struct bus_ear *ear = *state;
    struct symbol symbols[700];
    for (size_t i = 0; i < COUNT_OF(symbols); i++) {
        char name[16];
        snprintf(name, sizeof name, "S%zu", i);
        symbols[i] = sample_symbol(name);
    }
    listen_at(ear, server.url);
    wait_until(ear, ear->is_following);
    bus_watch(ear->bus, symbols, COUNT_OF(symbols));
    bus_hint(ear->bus, &(struct uuid){{0}}); /* commands are answered in order */
    wait_until(ear, ear->hints_n == 1);
    struct symbol *watched;
    size_t n;
    assert_int_equal(publisher->ops->read_watched(publisher, 60000, &watched, &n), STATUS_OK);
    assert_int_equal(n, COUNT_OF(symbols));
    free(watched);
}

static void test_redis_is_killed(void **state) {
    struct bus_ear *ear = *state;
    listen_at(ear, server.url);
    publish_elsewhere(5);
    wait_until(ear, bus_ear_price(ear, "AAPL") == 5);
    struct bus_epoch before = ear->epoch;
    redis_process_stop(&server);
    wait_until(ear, !ear->is_following);
    struct quote quote = sample_quote("AAPL", 6, SAMPLE_TIME_MS);
    assert_int_equal(bus_publish(ear->bus, &quote, 1, false, bus_ear_on_answer, ear), STATUS_UNAVAILABLE);
    assert_true(redis_process_start(&server));
    wait_until(ear, ear->is_following);
    assert_string_not_equal(ear->epoch.text, before.text);
    assert_int_equal(bus_ear_price(ear, "AAPL"), 0);
    look_connect();
    publish_elsewhere(8);
    wait_until(ear, bus_ear_price(ear, "AAPL") == 8);
}

static void test_redis_is_away_at_first(void **state) {
    struct bus_ear *ear = *state;
    redis_process_stop(&server);
    listen_at(ear, server.url);
    double until = ev_time() + 0.5; /* long enough for some attempts to fail */
    while (ev_time() < until)
        ev_run(ear->loop, EVRUN_ONCE);
    assert_false(ear->is_following);
    assert_true(redis_process_start(&server));
    look_connect();
    wait_until(ear, ear->is_following);
}

static void test_redis_is_emptied(void **state) {
    struct bus_ear *ear = *state;
    listen_at(ear, server.url);
    publish_elsewhere(5);
    wait_until(ear, bus_ear_price(ear, "AAPL") == 5);
    struct bus_epoch before = ear->epoch;
    command("FLUSHALL");
    wait_until(ear, strcmp(ear->epoch.text, before.text) != 0);
    wait_until(ear, ear->is_following);
    assert_int_equal(bus_ear_price(ear, "AAPL"), 0);
    publish_elsewhere(9);
    wait_until(ear, bus_ear_price(ear, "AAPL") == 9);
}

static void test_each_connection_is_cut(void **state) {
    static const char *const cuts[] = {"CLIENT KILL TYPE pubsub", "CLIENT KILL TYPE normal SKIPME yes"};
    struct bus_ear *ear = *state;
    listen_at(ear, server.url);
    publish_elsewhere(100);
    wait_until(ear, bus_ear_price(ear, "AAPL") == 100);
    struct bus_epoch before = ear->epoch;
    for (unsigned i = 0; i < 4; i++) {
        command(cuts[i % 2]);
        publish_elsewhere(200 + i);
        wait_until(ear, ear->losses_n == i + 1);
        wait_until(ear, ear->is_following);
        wait_until(ear, bus_ear_price(ear, "AAPL") == 200 + i);
    }
    assert_string_equal(ear->epoch.text, before.text);
}

static void test_redis_stops_answering(void **state) {
    struct bus_ear *ear = *state;
    struct quote quote = sample_quote("AAPL", 1, SAMPLE_TIME_MS);
    listen_at(ear, server.url);
    wait_until(ear, ear->is_following);
    kill(server.pid, SIGSTOP);
    assert_int_equal(bus_publish(ear->bus, &quote, 1, false, bus_ear_on_answer, ear), STATUS_OK);
    wait_until(ear, ear->answers_n == 1);
    assert_int_equal(ear->answer.status, STATUS_OUTCOME_UNKNOWN);
    assert_false(ear->is_following);
    kill(server.pid, SIGCONT);
    wait_until(ear, ear->is_following);
}

/* Events that pub/sub lost while the connection stayed: the heartbeat sees it. */
static void test_numbers_move_without_events(void **state) {
    struct bus_ear *ear = *state;
    listen_at(ear, server.url);
    publish_elsewhere(5);
    wait_until(ear, ear->seq == 1);
    command("HSET pf:bus seq 3");
    wait_until(ear, ear->seq == 3);
    assert_int_equal(ear->books_n, 2);
    command("HSET pf:bus seq 2"); /* lower, and the script finds nothing wrong */
    wait_until(ear, ear->seq == 2);
    wait_until(ear, ear->is_following);
}

static void test_a_password_is_missing_and_the_database(void **state) {
    struct bus_ear *ear = *state;
    char url[160];
    command("CONFIG SET requirepass secret");
    snprintf(url, sizeof url, "unix://%s?db=3", server.socket_path);
    listen_at(ear, url); /* a password is missing: never followed */
    double until = ev_time() + 0.5;
    while (ev_time() < until)
        ev_run(ear->loop, EVRUN_ONCE);
    assert_int_equal(ear->books_n, 0);
    command("AUTH secret");
    redisReply *reset = redisCommand(redis, "CONFIG SET requirepass %s", "");
    assert_int_equal(reset->type, REDIS_REPLY_STATUS);
    freeReplyObject(reset);
    wait_until(ear, ear->is_following);
    command("SELECT 3");
    redisReply *there = redisCommand(redis, "EXISTS pf:bus");
    assert_int_equal(there->integer, 1);
    freeReplyObject(there);
}

static void test_destroy_answers(void **state) {
    struct bus_ear *ear = *state;
    struct quote quote = sample_quote("AAPL", 1, SAMPLE_TIME_MS);
    listen_at(ear, server.url);
    wait_until(ear, ear->is_following);
    assert_int_equal(bus_publish(ear->bus, &quote, 1, false, bus_ear_on_answer, ear), STATUS_OK);
    quote.price.e8 = -1;
    assert_int_equal(bus_publish(ear->bus, &quote, 1, false, bus_ear_on_answer, ear), STATUS_OK);
    bus_destroy(&ear->bus);
    assert_int_equal(ear->answers_n, 2);
}

static void test_too_many_publications(void **state) {
    struct bus_ear *ear = *state;
    struct quote quote = sample_quote("AAPL", 1, SAMPLE_TIME_MS);
    listen_at(ear, server.url);
    wait_until(ear, ear->is_following);
    unsigned sent = 0;
    while (bus_publish(ear->bus, &quote, 1, false, bus_ear_on_answer, ear) == STATUS_OK)
        sent++;
    assert_int_equal(bus_publish(ear->bus, &quote, 1, false, bus_ear_on_answer, ear), STATUS_LIMIT);
    wait_until(ear, ear->answers_n == sent);
    assert_int_equal(bus_publish(ear->bus, &quote, 1, false, bus_ear_on_answer, ear), STATUS_OK);
    wait_until(ear, ear->answers_n == sent + 1);
}

static void test_urls_refused(void **state) {
    struct bus_ear *ear = *state;
    const struct bus_listener listener = {.context = ear};
    struct bus *bus = NULL;
    assert_int_equal(bus_redis_create(ear->loop, "rediss://host", clock_system(), &listener, &bus), STATUS_INVALID);
    assert_null(bus);
}

/* Buckets that all loops share: what they told is added up, and comes back with time. */

struct rated {
    int64_t used_units[4];
    size_t n;
    unsigned answers_n, unknown_n;
};

static void on_rated(void *context, const int64_t *used_units, size_t n) {
    struct rated *rated = context;
    rated->answers_n++;
    rated->n = n;
    if (used_units)
        memcpy(rated->used_units, used_units, n * sizeof *used_units);
    else
        rated->unknown_n++;
}

static const struct rate_limit_told told[] = {{.key = {{0xab}}, .taken_units = 4 * RATE_LIMIT_UNITS},
                                              {.key = {{0xcd}}, .taken_units = 1}};
static const struct bus_rates slow_rates = {
    .table = "test", .rate = {.per_minute = 1, .burst = 5}, .told = told, .n = 2};

static void share(struct bus_ear *ear, const struct bus_rates *rates, struct rated *rated) {
    unsigned answers_n = rated->answers_n;
    assert_int_equal(bus_share_rates(ear->bus, rates, on_rated, rated), STATUS_OK);
    wait_until(ear, rated->answers_n > answers_n);
}

static void test_shared_rates_add_up(void **state) {
    struct bus_ear *ear = *state;
    struct rated rated = {.n = 0};
    listen_at(ear, server.url);
    wait_until(ear, ear->is_following);
    share(ear, &slow_rates, &rated);
    assert_int_equal(rated.n, 2);
    assert_int_equal(rated.used_units[0], 4 * RATE_LIMIT_UNITS);
    /* One a ms comes back, which is next to nothing of what was taken. */
    share(ear, &slow_rates, &rated);
    assert_true(rated.used_units[0] > 7 * RATE_LIMIT_UNITS && rated.used_units[0] <= 8 * RATE_LIMIT_UNITS);
    share(ear, &slow_rates, &rated);
    assert_int_equal(rated.used_units[0], 10 * RATE_LIMIT_UNITS); /* twice the burst, never more */
    /* Other tables have their own; what is full again is not kept. */
    struct bus_rates other = slow_rates;
    other.table = "other";
    other.rate.per_minute = RATE_LIMIT_PER_MINUTE_MAX;
    share(ear, &other, &rated);
    assert_int_equal(rated.used_units[0], 4 * RATE_LIMIT_UNITS);
    test_sleep_ms(20);
    share(ear, &other, &rated);
    assert_int_equal(rated.used_units[0], 4 * RATE_LIMIT_UNITS);
    /* Whatever somebody else has put there counts as none. */
    command("SET pf:rate:test:ab000000000000000000000000000000 nonsense");
    share(ear, &slow_rates, &rated);
    assert_int_equal(rated.used_units[0], 4 * RATE_LIMIT_UNITS);
    assert_int_equal(rated.unknown_n, 0);
}

static void test_shared_rates_without_redis(void **state) {
    struct bus_ear *ear = *state;
    struct rated rated = {.n = 0};
    listen_at(ear, server.url);
    assert_int_equal(bus_share_rates(ear->bus, &slow_rates, on_rated, &rated), STATUS_UNAVAILABLE);
    wait_until(ear, ear->is_following);
    struct bus_rates none = slow_rates, many = slow_rates, never = slow_rates;
    none.n = 0;
    many.n = BUS_RATES_MAX + 1;
    never.rate.per_minute = 0;
    assert_int_equal(bus_share_rates(ear->bus, &none, on_rated, &rated), STATUS_LIMIT);
    assert_int_equal(bus_share_rates(ear->bus, &many, on_rated, &rated), STATUS_LIMIT);
    assert_int_equal(bus_share_rates(ear->bus, &never, on_rated, &rated), STATUS_LIMIT);
    assert_int_equal(rated.answers_n, 0);
    /* An answer that cannot be read, and one that never comes. */
    command("LPUSH pf:rate:test:ab000000000000000000000000000000 x");
    share(ear, &slow_rates, &rated);
    assert_int_equal(rated.unknown_n, 1);
    assert_int_equal(bus_share_rates(ear->bus, &slow_rates, on_rated, &rated), STATUS_OK);
    bus_destroy(&ear->bus);
    assert_int_equal(rated.unknown_n, 2);
}

int main(void) {
#define WITH_EAR(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_EAR(test_follows),
        WITH_EAR(test_shared_rates_add_up),
        WITH_EAR(test_shared_rates_without_redis),
        WITH_EAR(test_publishes),
        WITH_EAR(test_hints_and_what_is_no_message),
        WITH_EAR(test_questions_and_answers),
        WITH_EAR(test_restored_is_said_and_kept),
        WITH_EAR(test_watch),
        WITH_EAR(test_redis_is_killed),
        WITH_EAR(test_redis_is_away_at_first),
        WITH_EAR(test_redis_is_emptied),
        WITH_EAR(test_each_connection_is_cut),
        WITH_EAR(test_redis_stops_answering),
        WITH_EAR(test_numbers_move_without_events),
        WITH_EAR(test_a_password_is_missing_and_the_database),
        WITH_EAR(test_destroy_answers),
        WITH_EAR(test_too_many_publications),
        WITH_EAR(test_urls_refused),
    };
    REDIS_PROCESS_RUN_TESTS(&server, tests);
}
