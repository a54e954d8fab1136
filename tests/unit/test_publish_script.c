/* links: pf_feed pf_domain pf_base */
/* The publish script against its twin: random batches through Lua on a real
 * Redis and through quote_ledger; every answer, every stored quote and every
 * event must be the same. */
#include "base/timestamp.h"
#include "feed/bus_redis.h"
#include "feed/publish_script.h"
#include "feed/quote_codec.h"
#include "feed/quote_ledger.h"
#include "feed/quote_scan.h"
#include "support/feed_samples.h"
#include "support/redis_process.h"
#include "unit/test.h"

#define SYMBOLS 6
#define BATCH_MAX 4

static struct redis_process server;

struct twins {
    uint64_t random;
    struct bus_publisher *publisher;
    struct quote_ledger *ledger;
    redisContext *redis;  /* to look and to break things */
    redisContext *events; /* subscribed */
    char replid[64];
    struct strbuf expected_event;
    size_t stored_n;
};

static redisReply *run(redisContext *redis, const char *command) {
    redisReply *reply = redisCommand(redis, command);
    assert_non_null(reply);
    assert_int_not_equal(reply->type, REDIS_REPLY_ERROR);
    return reply;
}

static void run_only(redisContext *redis, const char *command) {
    freeReplyObject(run(redis, command));
}

static void read_replid(struct twins *twins) {
    redisReply *reply = run(twins->redis, "INFO replication");
    const char *at = strstr(reply->str, "master_replid:");
    assert_non_null(at);
    assert_int_equal(sscanf(at, "master_replid:%63[0-9a-f]", twins->replid), 1);
    freeReplyObject(reply);
}

static uint64_t pick(struct twins *twins, uint64_t n) {
    return sample_random(&twins->random) % n;
}

static int64_t now_ms(struct twins *twins) {
    redisReply *reply = run(twins->redis, "TIME");
    int64_t ms = strtoll(reply->element[0]->str, NULL, 10) * 1000 + strtoll(reply->element[1]->str, NULL, 10) / 1000;
    freeReplyObject(reply);
    return ms;
}

/* Prices where doubles go wrong, next to plain ones. */
static int64_t random_price(struct twins *twins) {
    static const int64_t prices[] = {
        1, 10, 18984000000, DECIMAL_MAX_E8, DECIMAL_MAX_E8 - 1, 123456789012345678, 123456789012345679};
    return prices[pick(twins, sizeof prices / sizeof prices[0])];
}

static struct quote random_quote(struct twins *twins, int64_t now) {
    static const char *const names[SYMBOLS] = {"AAPL", "BRK.B", "EURUSD=X", "^GSPC", "EUR/USD", "A_B:C-D"};
    static const int64_t offsets[] = {0, 0, 0, 0, 0, -1, 1, -60000, 60000};
    int64_t as_of =
        SAMPLE_TIME_MS + (int64_t)pick(twins, 3) * 1000 + offsets[pick(twins, sizeof offsets / sizeof offsets[0])];
    struct quote quote = sample_quote(names[pick(twins, SYMBOLS)], random_price(twins), as_of);
    /* Clearly past or clearly before the bound: the two clocks differ a little. */
    if (pick(twins, 20) == 0)
        quote.as_of_ms = now + (pick(twins, 2) ? 60000 : 1000);
    if (pick(twins, 2))
        quote.previous_close.e8 = random_price(twins);
    if (pick(twins, 4) == 0)
        quote.session++;
    if (pick(twins, 4) == 0)
        quote.stale = true;
    if (pick(twins, 4) == 0)
        memcpy(quote.currency.code, "EUR", 4);
    quote.is_currency_assumed = pick(twins, 3) == 0;
    if (pick(twins, 3) == 0)
        quote.source_time_ms = 1000;
    if (pick(twins, 5) == 0)
        snprintf(quote.source, sizeof quote.source, "manual");
    return quote;
}

static void on_stored(void *context, const struct quote *quote) {
    struct twins *twins = context;
    if (twins->stored_n++ > 0)
        strbuf_append_char(&twins->expected_event, ',');
    quote_write_json(&twins->expected_event, quote);
}

static void publish_both(struct twins *twins, const struct quote *quotes, size_t n, bool keep, uint64_t fence,
                         struct bus_published *ret_lua) {
    struct bus_published lua, c;
    assert_int_equal(twins->publisher->ops->publish(twins->publisher, quotes, n, keep, fence, &lua), STATUS_OK);
    /* A new epoch is Lua's to draw; the ledger is given the same. */
    const struct quote_ledger_call call = {.replid = twins->replid,
                                           .new_epoch = &lua.epoch,
                                           .fence = fence,
                                           .keep_previous_close = keep,
                                           .now_ms = now_ms(twins)};
    twins->stored_n = 0;
    strbuf_clear(&twins->expected_event);
    assert_int_equal(quote_ledger_publish(twins->ledger, &call, quotes, n, on_stored, twins, &c), STATUS_OK);
    assert_string_equal(lua.detail, c.detail);
    assert_int_equal(lua.status, c.status);
    assert_string_equal(lua.epoch.text, c.epoch.text);
    assert_int_equal(lua.seq, c.seq);
    assert_int_equal(lua.is_changed, c.is_changed);
    if (n == 1 && c.status == STATUS_OK)
        assert_true(sample_quotes_equal(&lua.stored, &c.stored));
    *ret_lua = lua;
}

static void check_event(struct twins *twins, const struct bus_published *published) {
    struct strbuf expected;
    void *raw = NULL;
    strbuf_init(&expected);
    strbuf_printf(&expected, "{\"epoch\":\"%s\",\"seq\":%llu,\"quotes\":[", published->epoch.text,
                  (unsigned long long)published->seq);
    strbuf_append(&expected, twins->expected_event.data, twins->expected_event.len);
    strbuf_append_text(&expected, "]}");
    assert_int_equal(redisGetReply(twins->events, &raw), REDIS_OK);
    redisReply *reply = raw;
    assert_int_equal(reply->elements, 3);
    assert_string_equal(reply->element[2]->str, strbuf_text(&expected));
    struct bus_message message;
    /* What the script writes is what the scan reads: else each loop would parse each event the long way. */
    assert_true(quote_scan_event(reply->element[2]->str, reply->element[2]->len, &message));
    assert_int_equal(message.type, BUS_MESSAGE_EVENT);
    assert_int_equal(message.seq, published->seq);
    assert_int_equal(message.quotes_n, twins->stored_n);
    free(message.quotes);
    freeReplyObject(reply);
    strbuf_fini(&expected);
}

/* Every stored text is the canonical text of what the ledger holds. */
static void check_stored(struct twins *twins) {
    struct numbered_quote *quotes;
    size_t n;
    assert_int_equal(quote_ledger_book(twins->ledger, &quotes, &n), STATUS_OK);
    redisReply *count = run(twins->redis, "HLEN pf:quotes");
    assert_int_equal(count->integer, n);
    freeReplyObject(count);
    for (size_t i = 0; i < n; i++) {
        struct strbuf text;
        strbuf_init(&text);
        numbered_quote_write_json(&text, &quotes[i]);
        redisReply *stored = redisCommand(twins->redis, "HGET pf:quotes %s", quotes[i].quote.symbol.text);
        assert_string_equal(stored->str, strbuf_text(&text));
        freeReplyObject(stored);
        strbuf_fini(&text);
    }
    free(quotes);
    struct bus_epoch epoch;
    uint64_t seq;
    quote_ledger_position(twins->ledger, &epoch, &seq);
    redisReply *position = run(twins->redis, "HMGET pf:bus epoch seq fence");
    assert_string_equal(position->element[0]->str, epoch.text);
    assert_int_equal(strtoull(position->element[1]->str, NULL, 10), seq);
    assert_int_equal(strtoull(position->element[2]->str, NULL, 10), quote_ledger_fence(twins->ledger));
    freeReplyObject(position);
}

/* A failover, as the script sees it: the stored id is not the server's. The
 * ledger sees the opposite, the server's id changing, to the same effect. */
static void fail_over(struct twins *twins) {
    run_only(twins->redis, "HSET pf:bus replid 0123456789abcdef0123456789abcdef01234567");
    quote_ledger_destroy(&twins->ledger);
    assert_int_equal(quote_ledger_create(&twins->ledger), STATUS_OK);
    redisReply *fence = run(twins->redis, "HGET pf:bus fence");
    quote_ledger_raise_fence(twins->ledger, fence->type == REDIS_REPLY_STRING ? strtoull(fence->str, NULL, 10) : 0);
    freeReplyObject(fence);
}

static void test_random_batches(void **state) {
    struct twins *twins = *state;
    unsigned outcomes[STATUS_N] = {0}, unchanged_n = 0, changed_n = 0;
    struct quote last[BATCH_MAX]; /* published again now and then: unchanged */
    for (size_t i = 0; i < BATCH_MAX; i++)
        last[i] = random_quote(twins, SAMPLE_TIME_MS);
    for (int round = 0; round < 4000; round++) {
        struct quote quotes[BATCH_MAX];
        struct bus_published published;
        size_t n = pick(twins, 30) == 0 ? 0 : 1 + pick(twins, BATCH_MAX);
        int64_t now = now_ms(twins);
        for (size_t i = 0; i < n; i++)
            quotes[i] = last[i] = pick(twins, 4) == 0 ? last[i] : random_quote(twins, now);
        if (pick(twins, 200) == 0)
            fail_over(twins);
        if (pick(twins, 200) == 0)
            run_only(twins->redis, "SCRIPT FLUSH");
        uint64_t fence = pick(twins, 10) == 0 ? pick(twins, 3) : 0;
        publish_both(twins, quotes, n, pick(twins, 2) == 0, fence, &published);
        outcomes[published.status]++;
        if (published.is_changed) {
            changed_n++;
            check_event(twins, &published);
        } else if (published.status == STATUS_OK && n > 0) {
            unchanged_n++;
        }
        if (round % 50 == 0) {
            check_stored(twins);
            /* Lets times start over, or everything would be "older" in the end. */
            run_only(twins->redis, "DEL pf:quotes");
            fail_over(twins);
            publish_both(twins, NULL, 0, false, 0, &published);
            run_only(twins->redis, "HSET pf:bus fence 2");
            quote_ledger_raise_fence(twins->ledger, 2);
        }
    }
    assert_true(outcomes[STATUS_CONFLICT] > 50);
    assert_true(outcomes[STATUS_OUT_OF_RANGE] > 20);
    assert_true(outcomes[STATUS_INVALID] > 20);
    assert_true(outcomes[STATUS_PRECONDITION] > 20);
    assert_true(unchanged_n > 50);
    assert_true(changed_n > 500);
}

static void test_numbers_beyond_doubles_of_lua(void **state) {
    struct twins *twins = *state;
    struct bus_published published;
    struct quote quote = sample_quote("AAPL", 100, SAMPLE_TIME_MS);
    publish_both(twins, NULL, 0, false, 0, &published);
    /* %g or tostring would print 1e+15. */
    run_only(twins->redis, "HSET pf:bus seq 1000000000000000");
    assert_int_equal(twins->publisher->ops->publish(twins->publisher, &quote, 1, false, 0, &published), STATUS_OK);
    assert_int_equal(published.status, STATUS_OK);
    assert_int_equal(published.seq, UINT64_C(1000000000000001));
    redisReply *stored = run(twins->redis, "HGET pf:quotes AAPL");
    assert_non_null(strstr(stored->str, "{\"seq\":1000000000000001,"));
    freeReplyObject(stored);
    assert_int_equal(twins->publisher->ops->publish(twins->publisher, &quote, 1, false, 0, &published), STATUS_OK);
    assert_false(published.is_changed);
    assert_int_equal(published.seq, UINT64_C(1000000000000001));
}

/* The time of who names none: after what is stored, and else now. */
static void test_the_bus_sets_the_time(void **state) {
    struct twins *twins = *state;
    struct bus_published published;
    /* A second or two ahead: what is stored decides, so both count the same. */
    int64_t first_ms = now_ms(twins) + 2000;
    struct quote quote = sample_quote("AAPL", 100, first_ms);
    publish_both(twins, &quote, 1, false, 0, &published);
    check_event(twins, &published);
    for (int i = 1; i <= 20; i++) {
        quote = sample_quote("AAPL", 100 + i, BUS_AS_OF_NOW);
        publish_both(twins, &quote, 1, false, 0, &published);
        assert_int_equal(published.status, STATUS_OK);
        assert_int_equal(published.stored.as_of_ms, first_ms + i);
        assert_int_equal(published.stored.session, timestamp_date(first_ms + i));
        check_event(twins, &published);
    }
    /* Nothing is stored, and something old is. */
    int64_t before_ms = now_ms(twins);
    quote = sample_quote("MSFT", 5, BUS_AS_OF_NOW);
    assert_int_equal(twins->publisher->ops->publish(twins->publisher, &quote, 1, false, 0, &published), STATUS_OK);
    assert_in_range(published.stored.as_of_ms, before_ms, now_ms(twins));
    assert_int_equal(published.stored.session, timestamp_date(published.stored.as_of_ms));
    quote = sample_quote("OLD", 5, SAMPLE_TIME_MS);
    assert_int_equal(twins->publisher->ops->publish(twins->publisher, &quote, 1, false, 0, &published), STATUS_OK);
    quote = sample_quote("OLD", 6, BUS_AS_OF_NOW);
    assert_int_equal(twins->publisher->ops->publish(twins->publisher, &quote, 1, false, 0, &published), STATUS_OK);
    assert_in_range(published.stored.as_of_ms, before_ms, now_ms(twins));
}

/* The script's calendar against ours, over all its years. */
static void test_the_scripts_calendar(void **state) {
    struct twins *twins = *state;
    struct strbuf script, text;
    size_t len;
    const char *whole = publish_script_text(&len);
    const char *from = strstr(whole, "local function time_text"), *to = strstr(whole, "-- A restart");
    assert_true(from && to && from < to);
    strbuf_init(&script);
    strbuf_init(&text);
    strbuf_append(&script, from, (size_t)(to - from));
    strbuf_append_text(&script, "return time_text(tonumber(ARGV[1])) .. string.format(' %.0f', time_ms(ARGV[2]))");
    for (int i = 0; i < 3000; i++) {
        const int64_t first_ms = INT64_C(-62135596800000), last_ms = INT64_C(253402300799999);
        int64_t day_ms = INT64_C(86400000) * (int64_t)pick(twins, (uint64_t)(last_ms - first_ms) / 86400000);
        int64_t ms = first_ms + day_ms + (int64_t)(i % 3 == 0 ? 0 : pick(twins, 86400000));
        char number[24], expected[80];
        strbuf_clear(&text);
        strbuf_append_timestamp(&text, ms);
        snprintf(number, sizeof number, "%lld", (long long)ms);
        snprintf(expected, sizeof expected, "%s %s", strbuf_text(&text), number);
        redisReply *reply =
            redisCommand(twins->redis, "EVAL %s 0 %s %s", strbuf_text(&script), number, strbuf_text(&text));
        assert_int_equal(reply->type, REDIS_REPLY_STRING);
        assert_string_equal(reply->str, expected);
        freeReplyObject(reply);
    }
    strbuf_fini(&script);
    strbuf_fini(&text);
}

static void test_leader_lock(void **state) {
    struct twins *twins = *state;
    struct bus_publisher *other, *one = twins->publisher;
    uint64_t fence = 99;
    assert_int_equal(bus_redis_publisher_create(server.url, clock_system(), &other), STATUS_OK);
    assert_int_equal(one->ops->lead(one, 60000, &fence), STATUS_OK);
    assert_int_equal(fence, 1);
    assert_int_equal(other->ops->lead(other, 60000, &fence), STATUS_OK);
    assert_int_equal(fence, 0);
    assert_int_equal(one->ops->lead(one, 60000, &fence), STATUS_OK);
    assert_int_equal(fence, 1);
    one->ops->resign(one);
    assert_int_equal(other->ops->lead(other, 60000, &fence), STATUS_OK);
    assert_int_equal(fence, 2);
    /* Who led before and does not know: refused. */
    struct quote quote = sample_quote("AAPL", 100, SAMPLE_TIME_MS);
    struct bus_published published;
    assert_int_equal(one->ops->publish(one, &quote, 1, false, 1, &published), STATUS_OK);
    assert_int_equal(published.status, STATUS_PRECONDITION);
    one->ops->resign(one); /* not ours any more: no-op */
    assert_int_equal(one->ops->lead(one, 60000, &fence), STATUS_OK);
    assert_int_equal(fence, 0);
    /* All is lost but what we remember: the number still grows. */
    run_only(twins->redis, "FLUSHALL");
    assert_int_equal(other->ops->lead(other, 60000, &fence), STATUS_OK);
    assert_int_equal(fence, 3);
    other->ops->destroy(other);
}

static void test_watched_symbols(void **state) {
    struct twins *twins = *state;
    struct symbol *symbols;
    size_t n;
    char command[128];
    snprintf(command, sizeof command, "HSET pf:watched NEW %lld OLD 1000", (long long)clock_wall_ms(clock_system()));
    run_only(twins->redis, command);
    struct bus_publisher *publisher = twins->publisher;
    assert_int_equal(publisher->ops->read_watched(publisher, 60000, &symbols, &n), STATUS_OK);
    assert_int_equal(n, 1);
    assert_string_equal(symbols[0].text, "NEW");
    free(symbols);
    redisReply *left = run(twins->redis, "HEXISTS pf:watched OLD");
    assert_int_equal(left->integer, 0);
    freeReplyObject(left);
}

static void test_a_lost_connection_is_made_again(void **state) {
    struct twins *twins = *state;
    struct bus_publisher *publisher = twins->publisher;
    struct bus_published published;
    struct quote quote = sample_quote("AAPL", 100, SAMPLE_TIME_MS);
    assert_int_equal(publisher->ops->publish(publisher, &quote, 1, false, 0, &published), STATUS_OK);
    char first_epoch[BUS_EPOCH_LEN + 1];
    snprintf(first_epoch, sizeof first_epoch, "%s", published.epoch.text);
    redis_process_stop(&server);
    assert_int_equal(publisher->ops->publish(publisher, &quote, 1, false, 0, &published), STATUS_OK);
    assert_int_equal(published.status, STATUS_OUTCOME_UNKNOWN);
    assert_int_equal(publisher->ops->publish(publisher, &quote, 1, false, 0, &published), STATUS_OK);
    assert_int_equal(published.status, STATUS_UNAVAILABLE);
    assert_true(redis_process_start(&server));
    assert_int_equal(publisher->ops->publish(publisher, &quote, 1, false, 0, &published), STATUS_OK);
    assert_int_equal(published.status, STATUS_OK);
    assert_int_equal(published.seq, 1);
    assert_string_not_equal(published.epoch.text, first_epoch);
}

static int setup(void **state) {
    static struct twins twins;
    memset(&twins, 0, sizeof twins);
    twins.random = 7;
    strbuf_init(&twins.expected_event);
    twins.redis = redisConnectUnix(server.socket_path);
    twins.events = redisConnectUnix(server.socket_path);
    if (!twins.redis || twins.redis->err || !twins.events || twins.events->err)
        return -1;
    run_only(twins.redis, "FLUSHALL");
    run_only(twins.events, "SUBSCRIBE pf:events");
    read_replid(&twins);
    if (quote_ledger_create(&twins.ledger) != STATUS_OK ||
        bus_redis_publisher_create(server.url, clock_system(), &twins.publisher) != STATUS_OK)
        return -1;
    *state = &twins;
    return 0;
}

static int teardown(void **state) {
    struct twins *twins = *state;
    twins->publisher->ops->destroy(twins->publisher);
    quote_ledger_destroy(&twins->ledger);
    strbuf_fini(&twins->expected_event);
    redisFree(twins->redis);
    redisFree(twins->events);
    return 0;
}

int main(void) {
#define WITH_TWINS(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_TWINS(test_random_batches),
        WITH_TWINS(test_numbers_beyond_doubles_of_lua),
        WITH_TWINS(test_the_bus_sets_the_time),
        WITH_TWINS(test_the_scripts_calendar),
        WITH_TWINS(test_leader_lock),
        WITH_TWINS(test_watched_symbols),
        WITH_TWINS(test_a_lost_connection_is_made_again),
    };
    REDIS_PROCESS_RUN_TESTS(&server, tests);
}
