/* A poller on an in-process bus with an archive in memory, for the tests of the
 * feed: what it publishes is read from the bus, conditions are waited for. */
#ifndef PF_TESTS_POLLER_FIXTURE_H
#define PF_TESTS_POLLER_FIXTURE_H

#include "feed/bus_memory.h"
#include "feed/poller.h"
#include "support/feed_samples.h"
#include "unit/test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#define ARCHIVE_MAX 64
#define WAIT_S 60
#define ANSWERS_MAX 256

/* A publisher in front of another one, which can be told to fail. */
struct moody_publisher {
    struct bus_publisher publisher; /* first */
    struct bus_publisher *inner;
    atomic_bool is_away;   /* publish and lead: UNAVAILABLE */
    atomic_bool is_led;    /* another one leads */
    atomic_bool is_fenced; /* publish: PRECONDITION */
    atomic_uint resigned_n, restored_n;
    atomic_uint calls_n; /* of publish with quotes, that were passed on */
    pthread_mutex_t lock;
    struct answered_symbol answers[ANSWERS_MAX]; /* {lock} what became of questions, in order */
    size_t answers_n;                            /* {lock} */
    const char *watched;                         /* one symbol, or NULL; set before the start */
};

struct poller_fixture {
    struct bus_memory *memory;
    struct moody_publisher *moody; /* the poller's */
    struct bus_publisher *hand;    /* the test's own */
    struct price_archive archive;
    struct poller *poller;
    struct poller_config config;
    pthread_mutex_t gate; /* the archive's calls pass through it: a test that holds it makes them hang */
    pthread_mutex_t lock;
    struct symbol held[ARCHIVE_MAX];  /* {lock} */
    size_t held_n;                    /* {lock} */
    struct quote prices[ARCHIVE_MAX]; /* {lock} */
    size_t prices_n;                  /* {lock} */
    bool is_archive_away;             /* {lock} */
};

static inline struct moody_publisher *moody_of(struct bus_publisher *publisher) {
    return (struct moody_publisher *)(void *)publisher;
}

static enum status moody_publish(struct bus_publisher *publisher, const struct quote *quotes, size_t n, bool keep,
                                 uint64_t fence, struct bus_published *ret_published) {
    struct moody_publisher *moody = moody_of(publisher);
    if (atomic_load(&moody->is_away) || atomic_load(&moody->is_fenced)) {
        *ret_published = (struct bus_published){
            .status = atomic_load(&moody->is_away) ? STATUS_UNAVAILABLE : STATUS_PRECONDITION, .detail = "told so"};
        return STATUS_OK;
    }
    if (n > 0)
        atomic_fetch_add(&moody->calls_n, 1);
    return moody->inner->ops->publish(moody->inner, quotes, n, keep, fence, ret_published);
}

static enum status moody_lead(struct bus_publisher *publisher, int64_t ttl_ms, uint64_t *ret_fence) {
    struct moody_publisher *moody = moody_of(publisher);
    if (atomic_load(&moody->is_away))
        return STATUS_UNAVAILABLE;
    enum status status = moody->inner->ops->lead(moody->inner, ttl_ms, ret_fence);
    if (atomic_load(&moody->is_led))
        *ret_fence = 0;
    return status;
}

static void moody_resign(struct bus_publisher *publisher) {
    moody_of(publisher)->inner->ops->resign(moody_of(publisher)->inner);
    atomic_fetch_add(&moody_of(publisher)->resigned_n, 1);
}

static void moody_begin_stop(struct bus_publisher *publisher) {
    moody_of(publisher)->inner->ops->begin_stop(moody_of(publisher)->inner);
}

static enum status moody_read_book(struct bus_publisher *publisher, struct bus_epoch *ret_epoch, uint64_t *ret_seq,
                                   struct numbered_quote **ret_quotes, size_t *ret_n) {
    struct bus_publisher *inner = moody_of(publisher)->inner;
    return inner->ops->read_book(inner, ret_epoch, ret_seq, ret_quotes, ret_n);
}

static enum status moody_read_watched(struct bus_publisher *publisher, int64_t max_age_ms, struct symbol **ret_symbols,
                                      size_t *ret_n) {
    struct moody_publisher *moody = moody_of(publisher);
    if (!moody->watched)
        return moody->inner->ops->read_watched(moody->inner, max_age_ms, ret_symbols, ret_n);
    *ret_symbols = calloc(1, sizeof **ret_symbols);
    **ret_symbols = sample_symbol(moody->watched);
    *ret_n = 1;
    return STATUS_OK;
}

static void moody_answer(struct bus_publisher *publisher, const struct answered_symbol *answers, size_t n) {
    struct moody_publisher *moody = moody_of(publisher);
    moody->inner->ops->answer(moody->inner, answers, n);
    pthread_mutex_lock(&moody->lock);
    for (size_t i = 0; i < n && moody->answers_n < ANSWERS_MAX; i++)
        moody->answers[moody->answers_n++] = answers[i];
    pthread_mutex_unlock(&moody->lock);
}

static enum status moody_restored(struct bus_publisher *publisher, const struct bus_epoch *epoch) {
    struct bus_publisher *inner = moody_of(publisher)->inner;
    if (atomic_load(&moody_of(publisher)->is_away))
        return STATUS_UNAVAILABLE;
    atomic_fetch_add(&moody_of(publisher)->restored_n, 1);
    return inner->ops->restored(inner, epoch);
}

static void moody_destroy(struct bus_publisher *publisher) {
    moody_of(publisher)->inner->ops->destroy(moody_of(publisher)->inner);
    free(publisher);
}

static inline struct moody_publisher *moody_create(struct bus_publisher *inner) {
    static const struct bus_publisher_ops ops = {.publish = moody_publish,
                                                 .lead = moody_lead,
                                                 .resign = moody_resign,
                                                 .begin_stop = moody_begin_stop,
                                                 .read_book = moody_read_book,
                                                 .read_watched = moody_read_watched,
                                                 .answer = moody_answer,
                                                 .restored = moody_restored,
                                                 .destroy = moody_destroy};
    struct moody_publisher *moody = calloc(1, sizeof *moody);
    assert_non_null(moody);
    moody->publisher.ops = &ops;
    moody->inner = inner;
    pthread_mutex_init(&moody->lock, NULL);
    return moody;
}

/* ---- the archive ---- */

static void fixture_pass_gate(struct poller_fixture *it) {
    pthread_mutex_lock(&it->gate);
    pthread_mutex_unlock(&it->gate);
}

static enum status fixture_load_held(void *context, struct symbol **ret_symbols, size_t *ret_n) {
    struct poller_fixture *it = context;
    fixture_pass_gate(it);
    pthread_mutex_lock(&it->lock);
    enum status status = it->is_archive_away ? STATUS_UNAVAILABLE : STATUS_OK;
    if (status == STATUS_OK) {
        *ret_symbols = calloc(ARCHIVE_MAX, sizeof **ret_symbols);
        memcpy(*ret_symbols, it->held, it->held_n * sizeof **ret_symbols);
        *ret_n = it->held_n;
    }
    pthread_mutex_unlock(&it->lock);
    return status;
}

static enum status fixture_load_prices(void *context, struct quote **ret_quotes, size_t *ret_n) {
    struct poller_fixture *it = context;
    fixture_pass_gate(it);
    pthread_mutex_lock(&it->lock);
    enum status status = it->is_archive_away ? STATUS_UNAVAILABLE : STATUS_OK;
    if (status == STATUS_OK) {
        *ret_quotes = calloc(ARCHIVE_MAX, sizeof **ret_quotes);
        memcpy(*ret_quotes, it->prices, it->prices_n * sizeof **ret_quotes);
        *ret_n = it->prices_n;
    }
    pthread_mutex_unlock(&it->lock);
    return status;
}

static enum status fixture_save_prices(void *context, const struct quote *quotes, size_t n) {
    struct poller_fixture *it = context;
    fixture_pass_gate(it);
    pthread_mutex_lock(&it->lock);
    enum status status = it->is_archive_away ? STATUS_UNAVAILABLE : STATUS_OK;
    for (size_t i = 0; i < n && status == STATUS_OK; i++) {
        size_t at = 0;
        while (at < it->prices_n && !symbol_equal(&it->prices[at].symbol, &quotes[i].symbol))
            at++;
        if (at == it->prices_n && it->prices_n < ARCHIVE_MAX)
            it->prices_n++;
        if (at < it->prices_n && quotes[i].as_of_ms >= it->prices[at].as_of_ms)
            it->prices[at] = quotes[i];
    }
    pthread_mutex_unlock(&it->lock);
    return status;
}

static inline void fixture_hold(struct poller_fixture *it, const char *const *names, size_t n) {
    pthread_mutex_lock(&it->lock);
    it->held_n = n;
    for (size_t i = 0; i < n; i++)
        it->held[i] = sample_symbol(names[i]);
    pthread_mutex_unlock(&it->lock);
}

static inline bool fixture_archived(struct poller_fixture *it, const char *name, struct quote *ret_quote) {
    bool is_there = false;
    pthread_mutex_lock(&it->lock);
    for (size_t i = 0; i < it->prices_n; i++) {
        if (strcmp(it->prices[i].symbol.text, name) == 0) {
            *ret_quote = it->prices[i];
            is_there = true;
        }
    }
    pthread_mutex_unlock(&it->lock);
    return is_there;
}

static inline void fixture_archive_away(struct poller_fixture *it, bool is_away) {
    pthread_mutex_lock(&it->lock);
    it->is_archive_away = is_away;
    pthread_mutex_unlock(&it->lock);
}

/* ---- looking at the bus ---- */

static inline bool fixture_stored(struct poller_fixture *it, const char *name, struct quote *ret_quote) {
    struct numbered_quote *quotes;
    struct bus_epoch epoch;
    uint64_t seq;
    size_t n;
    bool is_there = false;
    assert_int_equal(it->hand->ops->read_book(it->hand, &epoch, &seq, &quotes, &n), STATUS_OK);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(quotes[i].quote.symbol.text, name) == 0) {
            *ret_quote = quotes[i].quote;
            is_there = true;
        }
    }
    free(quotes);
    return is_there;
}

static inline uint64_t fixture_seq(struct poller_fixture *it) {
    struct bus_published published;
    assert_int_equal(it->hand->ops->publish(it->hand, NULL, 0, false, 0, &published), STATUS_OK);
    return published.seq;
}

static inline void fixture_publish(struct poller_fixture *it, const struct quote *quote) {
    struct bus_published published;
    assert_int_equal(it->hand->ops->publish(it->hand, quote, 1, false, 0, &published), STATUS_OK);
    assert_string_equal(published.detail, "");
}

static inline bool fixture_health_has(struct poller_fixture *it, const char *part) {
    struct strbuf health;
    strbuf_init(&health);
    poller_write_health(it->poller, &health);
    bool has = strstr(strbuf_text(&health), part) != NULL;
    strbuf_fini(&health);
    return has;
}

static inline int64_t fixture_now_ms(void) {
    return clock_monotonic_ms(clock_system());
}

static inline void fixture_rest(void) {
    const struct timespec span = {.tv_nsec = 5000000};
    nanosleep(&span, NULL);
}

#define wait_until(condition)                                                                                          \
    do {                                                                                                               \
        int64_t deadline_ms = fixture_now_ms() + WAIT_S * 1000;                                                        \
        while (!(condition)) {                                                                                         \
            if (fixture_now_ms() > deadline_ms)                                                                        \
                fail_msg("waited in vain for: %s", #condition);                                                        \
            fixture_rest();                                                                                            \
        }                                                                                                              \
    } while (0)

/* ---- life ---- */

static inline int fixture_setup(void **state) {
    struct poller_fixture *it = calloc(1, sizeof *it);
    struct bus_publisher *inner;
    if (!it || bus_memory_create(clock_system(), &it->memory) != STATUS_OK ||
        bus_memory_publisher_create(it->memory, &inner) != STATUS_OK ||
        bus_memory_publisher_create(it->memory, &it->hand) != STATUS_OK)
        return -1;
    it->moody = moody_create(inner);
    pthread_mutex_init(&it->lock, NULL);
    pthread_mutex_init(&it->gate, NULL);
    it->archive = (struct price_archive){.context = it,
                                         .load_held_symbols = fixture_load_held,
                                         .load_prices = fixture_load_prices,
                                         .save_prices = fixture_save_prices};
    it->config = (struct poller_config){.providers = "none",
                                        .simulated_seed = 1,
                                        .simulated_tick_ms = 20,
                                        .vendors = {[VENDOR_COINBASE] = {.url = "http://127.0.0.1:1"}},
                                        .poll_interval_ms = 50,
                                        .quote_ttl_ms = 60000,
                                        .leader_ttl_ms = 300,
                                        .clock = clock_system()};
    *state = it;
    return 0;
}

static inline void fixture_start(struct poller_fixture *it) {
    char error[256];
    if (poller_create(&it->config, &it->moody->publisher, &it->archive, &it->poller, error, sizeof error) != STATUS_OK)
        fail_msg("%s", error);
    assert_int_equal(poller_start(it->poller), STATUS_OK);
}

static inline int fixture_teardown(void **state) {
    struct poller_fixture *it = *state;
    if (it->poller)
        poller_destroy(&it->poller);
    it->hand->ops->destroy(it->hand);
    bus_memory_destroy(&it->memory);
    pthread_mutex_destroy(&it->lock);
    pthread_mutex_destroy(&it->gate);
    free(it);
    return 0;
}

#endif
