/* links: pf_feed pf_domain pf_ops pf_base */
/* A loop's bus against a real Redis that is killed, stopped, emptied, and put
 * behind a password: the listener always gets back to the true book. */
#include "feed/bus_redis.h"
#include "ops/log.h"
#include "ops/metrics.h"
#include "support/feed_samples.h"
#include "support/redis_process.h"
#include "unit/test.h"

#include <ev.h>

#define DEADLINE_S 20.

static struct redis_process server;

/* What one loop has heard. */
struct ear {
    struct ev_loop *loop;
    struct ev_timer tick;
    struct bus *bus;
    bool is_following, has_leader;
    struct bus_epoch epoch;
    uint64_t seq;
    int64_t price_e8; /* of AAPL; 0 = none */
    size_t asked_n, forgets_n, forgotten_n, outcomes_n;
    struct symbol asked; /* the last one */
    struct answered_symbol outcome;
    uint64_t outcome_seq; /* where the book stood when it came */
    struct bus_epoch restored;
    unsigned restored_books_n; /* how many books had come by then */
    unsigned books_n, events_n, hints_n, answers_n, losses_n;
    struct uuid hint;
    struct bus_published answer;
    redisContext *redis; /* to look and to break things */
    struct bus_publisher *publisher;
};

static void on_book(void *context, const struct bus_epoch *epoch, uint64_t seq, const struct numbered_quote *quotes,
                    size_t quotes_n) {
    struct ear *ear = context;
    ear->epoch = *epoch;
    ear->seq = seq;
    ear->price_e8 = 0;
    ear->books_n++;
    for (size_t i = 0; i < quotes_n; i++) {
        if (strcmp(quotes[i].quote.symbol.text, "AAPL") == 0)
            ear->price_e8 = quotes[i].quote.price.e8;
    }
}

static void on_event(void *context, uint64_t seq, const struct quote *quotes, size_t quotes_n) {
    struct ear *ear = context;
    assert_int_equal(seq, ear->seq + 1);
    ear->seq = seq;
    ear->events_n++;
    for (size_t i = 0; i < quotes_n; i++) {
        if (strcmp(quotes[i].symbol.text, "AAPL") == 0)
            ear->price_e8 = quotes[i].price.e8;
    }
}

static void on_hint(void *context, const struct uuid *portfolio_id) {
    struct ear *ear = context;
    ear->hint = *portfolio_id;
    ear->hints_n++;
}

static void on_state(void *context, bool is_following, bool has_leader) {
    struct ear *ear = context;
    if (ear->is_following && !is_following)
        ear->losses_n++;
    ear->is_following = is_following;
    ear->has_leader = has_leader;
}

static void on_ask(void *context, const struct symbol *symbols, size_t n) {
    struct ear *ear = context;
    ear->asked_n += n;
    ear->asked = symbols[n - 1];
}

static void on_forget(void *context, const struct symbol *symbols, size_t n) {
    struct ear *ear = context;
    (void)symbols;
    ear->forgets_n++;
    ear->forgotten_n += n;
}

static void on_answered(void *context, const struct answered_symbol *answers, size_t n) {
    struct ear *ear = context;
    ear->outcomes_n += n;
    ear->outcome = answers[n - 1];
    ear->outcome_seq = ear->seq;
}

static void on_restored(void *context, const struct bus_epoch *epoch) {
    struct ear *ear = context;
    ear->restored = *epoch;
    ear->restored_books_n = ear->books_n;
}

static void on_answer(void *context, const struct bus_published *published) {
    struct ear *ear = context;
    ear->answer = *published;
    ear->answers_n++;
}

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

static void command(struct ear *ear, const char *text) {
    redisReply *reply = redisCommand(ear->redis, text);
    assert_non_null(reply);
    assert_int_not_equal(reply->type, REDIS_REPLY_ERROR);
    freeReplyObject(reply);
}

static void look_connect(struct ear *ear) {
    if (ear->redis)
        redisFree(ear->redis);
    ear->redis = redisConnectUnix(server.socket_path);
    assert_non_null(ear->redis);
    assert_int_equal(ear->redis->err, 0);
}

static uint64_t publish_elsewhere(struct ear *ear, int64_t price_e8) {
    struct bus_published published;
    struct quote quote = sample_quote("AAPL", price_e8, SAMPLE_TIME_MS);
    struct bus_publisher *publisher = ear->publisher;
    do /* the first call after a restart finds the old connection dead */
        assert_int_equal(publisher->ops->publish(publisher, &quote, 1, false, 0, &published), STATUS_OK);
    while (published.status == STATUS_OUTCOME_UNKNOWN);
    assert_int_equal(published.status, STATUS_OK);
    return published.seq;
}

static void listen_at(struct ear *ear, const char *url) {
    const struct bus_listener listener = {.context = ear,
                                          .on_book = on_book,
                                          .on_event = on_event,
                                          .on_hint = on_hint,
                                          .on_state = on_state,
                                          .on_ask = on_ask,
                                          .on_forget = on_forget,
                                          .on_answered = on_answered,
                                          .on_restored = on_restored};
    assert_int_equal(bus_redis_create(ear->loop, url, clock_system(), &listener, &ear->bus), STATUS_OK);
    assert_int_equal(ear->books_n, 0);
}

static int setup(void **state) {
    struct ear *ear = calloc(1, sizeof *ear);
    if (!ear)
        return -1;
    ear->loop = ev_loop_new(EVFLAG_AUTO);
    ev_timer_init(&ear->tick, on_tick, 0.02, 0.02);
    ev_timer_start(ear->loop, &ear->tick);
    if (server.pid == 0 && !redis_process_start(&server))
        return -1;
    look_connect(ear);
    command(ear, "FLUSHALL");
    if (bus_redis_publisher_create(server.url, clock_system(), &ear->publisher) != STATUS_OK)
        return -1;
    *state = ear;
    return 0;
}

static int teardown(void **state) {
    struct ear *ear = *state;
    bus_destroy(&ear->bus);
    ear->publisher->ops->destroy(ear->publisher);
    ev_timer_stop(ear->loop, &ear->tick);
    ev_loop_destroy(ear->loop);
    redisFree(ear->redis);
    free(ear);
    return 0;
}

static void test_follows(void **state) {
    struct ear *ear = *state;
    listen_at(ear, server.url);
    wait_until(ear, ear->is_following);
    assert_int_equal(ear->seq, 0);
    assert_false(ear->has_leader);
    for (int64_t price = 1; price <= 50; price++)
        publish_elsewhere(ear, price);
    wait_until(ear, ear->seq == 50);
    assert_int_equal(ear->price_e8, 50);
    assert_int_equal(ear->books_n, 1);
    assert_int_equal(ear->events_n, 50);
    command(ear, "SET pf:leader somebody");
    wait_until(ear, ear->has_leader);
    command(ear, "DEL pf:leader");
    wait_until(ear, !ear->has_leader);
    assert_int_equal(metrics_get(METRIC_BUS_CONNECTED), 1);
}

static void test_publishes(void **state) {
    struct ear *ear = *state;
    struct quote quote = sample_quote("AAPL", 18984000000, SAMPLE_TIME_MS);
    listen_at(ear, server.url);
    /* Before there is a connection: refused at once, no answer comes. */
    assert_int_equal(bus_publish(ear->bus, &quote, 1, false, on_answer, ear), STATUS_UNAVAILABLE);
    wait_until(ear, ear->is_following);
    quote.previous_close.e8 = 18800000000;
    assert_int_equal(bus_publish(ear->bus, &quote, 1, false, on_answer, ear), STATUS_OK);
    wait_until(ear, ear->answers_n == 1);
    assert_int_equal(ear->answer.status, STATUS_OK);
    assert_int_equal(ear->answer.seq, 1);
    assert_true(ear->answer.is_changed);
    /* previous_close kept; the same again takes no number; Redis forgot the script. */
    command(ear, "SCRIPT FLUSH");
    quote.previous_close.e8 = 0;
    assert_int_equal(bus_publish(ear->bus, &quote, 1, true, on_answer, ear), STATUS_OK);
    wait_until(ear, ear->answers_n == 2);
    assert_int_equal(ear->answer.status, STATUS_OK);
    assert_false(ear->answer.is_changed);
    assert_int_equal(ear->answer.stored.previous_close.e8, 18800000000);
    quote.as_of_ms--;
    assert_int_equal(bus_publish(ear->bus, &quote, 1, true, on_answer, ear), STATUS_OK);
    wait_until(ear, ear->answers_n == 3);
    assert_int_equal(ear->answer.status, STATUS_CONFLICT);
    assert_string_equal(ear->answer.detail, "AAPL: older than the stored quote");
    quote.price.e8 = 0;
    assert_int_equal(bus_publish(ear->bus, &quote, 1, true, on_answer, ear), STATUS_OK);
    assert_int_equal(ear->answers_n, 3); /* never before the call returned */
    wait_until(ear, ear->answers_n == 4);
    assert_int_equal(ear->answer.status, STATUS_INVALID);
    wait_until(ear, ear->seq == 1);
    assert_int_equal(ear->price_e8, 18984000000);
}

static void test_hints_and_what_is_no_message(void **state) {
    struct ear *ear = *state;
    struct uuid id;
    int64_t ignored = metrics_get(METRIC_BUS_IGNORED);
    assert_int_equal(uuid_random(&id), STATUS_OK);
    listen_at(ear, server.url);
    wait_until(ear, ear->is_following);
    bus_hint(ear->bus, &id);
    wait_until(ear, ear->hints_n == 1);
    assert_true(uuid_equal(&ear->hint, &id));
    command(ear, "PUBLISH pf:events {\"AAPL\":189.84}");
    command(ear, "PUBLISH pf:events nonsense");
    wait_until(ear, metrics_get(METRIC_BUS_IGNORED) == ignored + 2);
    publish_elsewhere(ear, 7);
    wait_until(ear, ear->price_e8 == 7);
    assert_int_equal(ear->losses_n, 0);
}

static void test_questions_and_answers(void **state) {
    struct ear *ear = *state;
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
    publish_elsewhere(ear, 7);
    ear->publisher->ops->answer(ear->publisher, &answer, 1);
    wait_until(ear, ear->outcomes_n == 1);
    assert_int_equal(ear->outcome_seq, 1);
    assert_int_equal(ear->outcome.outcome, ASK_THROTTLED);
}

static void test_restored_is_said_and_kept(void **state) {
    struct ear *ear = *state;
    struct bus_publisher *publisher = ear->publisher;
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
    command(ear, "FLUSHALL");
    wait_until(ear, ear->books_n == 2);
    assert_string_not_equal(ear->restored.text, ear->epoch.text);
}

static void test_watch(void **state) {
    struct ear *ear = *state;
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
    assert_int_equal(ear->publisher->ops->read_watched(ear->publisher, 60000, &watched, &n), STATUS_OK);
    assert_int_equal(n, COUNT_OF(symbols));
    free(watched);
}

static void test_redis_is_killed(void **state) {
    struct ear *ear = *state;
    listen_at(ear, server.url);
    publish_elsewhere(ear, 5);
    wait_until(ear, ear->price_e8 == 5);
    struct bus_epoch before = ear->epoch;
    redis_process_stop(&server);
    wait_until(ear, !ear->is_following);
    struct quote quote = sample_quote("AAPL", 6, SAMPLE_TIME_MS);
    assert_int_equal(bus_publish(ear->bus, &quote, 1, false, on_answer, ear), STATUS_UNAVAILABLE);
    assert_true(redis_process_start(&server));
    wait_until(ear, ear->is_following);
    assert_string_not_equal(ear->epoch.text, before.text);
    assert_int_equal(ear->price_e8, 0);
    look_connect(ear);
    publish_elsewhere(ear, 8);
    wait_until(ear, ear->price_e8 == 8);
}

static void test_redis_is_away_at_first(void **state) {
    struct ear *ear = *state;
    redis_process_stop(&server);
    listen_at(ear, server.url);
    double until = ev_time() + 0.5; /* long enough for some attempts to fail */
    while (ev_time() < until)
        ev_run(ear->loop, EVRUN_ONCE);
    assert_false(ear->is_following);
    assert_true(redis_process_start(&server));
    look_connect(ear);
    wait_until(ear, ear->is_following);
}

static void test_redis_is_emptied(void **state) {
    struct ear *ear = *state;
    listen_at(ear, server.url);
    publish_elsewhere(ear, 5);
    wait_until(ear, ear->price_e8 == 5);
    struct bus_epoch before = ear->epoch;
    command(ear, "FLUSHALL");
    wait_until(ear, strcmp(ear->epoch.text, before.text) != 0);
    wait_until(ear, ear->is_following);
    assert_int_equal(ear->price_e8, 0);
    publish_elsewhere(ear, 9);
    wait_until(ear, ear->price_e8 == 9);
}

static void test_each_connection_is_cut(void **state) {
    static const char *const cuts[] = {"CLIENT KILL TYPE pubsub", "CLIENT KILL TYPE normal SKIPME yes"};
    struct ear *ear = *state;
    listen_at(ear, server.url);
    publish_elsewhere(ear, 100);
    wait_until(ear, ear->price_e8 == 100);
    struct bus_epoch before = ear->epoch;
    for (unsigned i = 0; i < 4; i++) {
        command(ear, cuts[i % 2]);
        publish_elsewhere(ear, 200 + i);
        wait_until(ear, ear->losses_n == i + 1);
        wait_until(ear, ear->is_following);
        wait_until(ear, ear->price_e8 == 200 + i);
    }
    assert_string_equal(ear->epoch.text, before.text);
}

static void test_redis_stops_answering(void **state) {
    struct ear *ear = *state;
    struct quote quote = sample_quote("AAPL", 1, SAMPLE_TIME_MS);
    listen_at(ear, server.url);
    wait_until(ear, ear->is_following);
    kill(server.pid, SIGSTOP);
    assert_int_equal(bus_publish(ear->bus, &quote, 1, false, on_answer, ear), STATUS_OK);
    wait_until(ear, ear->answers_n == 1);
    assert_int_equal(ear->answer.status, STATUS_OUTCOME_UNKNOWN);
    assert_false(ear->is_following);
    kill(server.pid, SIGCONT);
    wait_until(ear, ear->is_following);
}

/* Events that pub/sub lost while the connection stayed: the heartbeat sees it. */
static void test_numbers_move_without_events(void **state) {
    struct ear *ear = *state;
    listen_at(ear, server.url);
    publish_elsewhere(ear, 5);
    wait_until(ear, ear->seq == 1);
    command(ear, "HSET pf:bus seq 3");
    wait_until(ear, ear->seq == 3);
    assert_int_equal(ear->books_n, 2);
    command(ear, "HSET pf:bus seq 2"); /* lower, and the script finds nothing wrong */
    wait_until(ear, ear->seq == 2);
    wait_until(ear, ear->is_following);
}

static void test_a_password_is_missing_and_the_database(void **state) {
    struct ear *ear = *state;
    char url[160];
    command(ear, "CONFIG SET requirepass secret");
    snprintf(url, sizeof url, "unix://%s?db=3", server.socket_path);
    listen_at(ear, url); /* a password is missing: never followed */
    double until = ev_time() + 0.5;
    while (ev_time() < until)
        ev_run(ear->loop, EVRUN_ONCE);
    assert_int_equal(ear->books_n, 0);
    command(ear, "AUTH secret");
    redisReply *reset = redisCommand(ear->redis, "CONFIG SET requirepass %s", "");
    assert_int_equal(reset->type, REDIS_REPLY_STATUS);
    freeReplyObject(reset);
    wait_until(ear, ear->is_following);
    command(ear, "SELECT 3");
    redisReply *there = redisCommand(ear->redis, "EXISTS pf:bus");
    assert_int_equal(there->integer, 1);
    freeReplyObject(there);
}

static void test_destroy_answers(void **state) {
    struct ear *ear = *state;
    struct quote quote = sample_quote("AAPL", 1, SAMPLE_TIME_MS);
    listen_at(ear, server.url);
    wait_until(ear, ear->is_following);
    assert_int_equal(bus_publish(ear->bus, &quote, 1, false, on_answer, ear), STATUS_OK);
    quote.price.e8 = -1;
    assert_int_equal(bus_publish(ear->bus, &quote, 1, false, on_answer, ear), STATUS_OK);
    bus_destroy(&ear->bus);
    assert_int_equal(ear->answers_n, 2);
}

static void test_too_many_publications(void **state) {
    struct ear *ear = *state;
    struct quote quote = sample_quote("AAPL", 1, SAMPLE_TIME_MS);
    listen_at(ear, server.url);
    wait_until(ear, ear->is_following);
    unsigned sent = 0;
    while (bus_publish(ear->bus, &quote, 1, false, on_answer, ear) == STATUS_OK)
        sent++;
    assert_int_equal(bus_publish(ear->bus, &quote, 1, false, on_answer, ear), STATUS_LIMIT);
    wait_until(ear, ear->answers_n == sent);
    assert_int_equal(bus_publish(ear->bus, &quote, 1, false, on_answer, ear), STATUS_OK);
    wait_until(ear, ear->answers_n == sent + 1);
}

static void test_urls_refused(void **state) {
    struct ear *ear = *state;
    const struct bus_listener listener = {.context = ear};
    struct bus *bus = NULL;
    assert_int_equal(bus_redis_create(ear->loop, "rediss://host", clock_system(), &listener, &bus), STATUS_INVALID);
    assert_null(bus);
}

int main(void) {
#define WITH_EAR(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_EAR(test_follows),
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
