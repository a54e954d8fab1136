/* links: pf_feed pf_thread pf_domain pf_ops pf_base */
/* The bus inside one process: books, events, answers and hints reach each loop
 * through its mailbox, in order; a full mailbox costs a new book, not a hole. */
#include "feed/bus_memory.h"
#include "support/bus_ear.h"
#include "unit/test.h"

#include <pthread.h>
#include <stdlib.h>

#define SYMBOLS 8

struct fixture {
    struct bus_memory *memory;
    struct bus_publisher *publisher;
    struct bus_ear one, two;
};

static void ear_open(struct bus_ear *ear, struct bus_memory *memory, size_t mailbox_capacity) {
    const struct bus_listener listener = bus_ear_listener(ear);
    ear->loop = ev_loop_new(EVFLAG_AUTO);
    assert_int_equal(mailbox_create(ear->loop, mailbox_capacity, &ear->mailbox), STATUS_OK);
    assert_int_equal(bus_memory_attach(memory, ear->mailbox, &listener, &ear->bus), STATUS_OK);
    assert_int_equal(ear->books_n, 0);
}

static void ear_close(struct bus_ear *ear) {
    if (!ear->loop)
        return;
    bus_destroy(&ear->bus);
    mailbox_destroy(&ear->mailbox);
    ev_loop_destroy(ear->loop);
}

/* Everything that is in the mailbox, and what it causes. */
static void ear_run(struct bus_ear *ear) {
    for (int i = 0; i < 8; i++)
        ev_run(ear->loop, EVRUN_NOWAIT);
}

/* Symbols are S0, S1, … */
static int64_t price_of(const struct bus_ear *ear, unsigned symbol) {
    const char name[] = {'S', (char)('0' + symbol), '\0'};
    return bus_ear_price(ear, name);
}

static void publish(struct fixture *fixture, unsigned symbol, int64_t price_e8) {
    char name[] = {'S', (char)('0' + symbol), '\0'};
    struct quote quote = sample_quote(name, price_e8, SAMPLE_TIME_MS);
    struct bus_published published;
    struct bus_publisher *publisher = fixture->publisher;
    assert_int_equal(publisher->ops->publish(publisher, &quote, 1, false, 0, &published), STATUS_OK);
    assert_int_equal(published.status, STATUS_OK);
}

static int setup(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (!fixture || bus_memory_create(clock_system(), &fixture->memory) != STATUS_OK ||
        bus_memory_publisher_create(fixture->memory, &fixture->publisher) != STATUS_OK)
        return -1;
    *state = fixture;
    return 0;
}

static int teardown(void **state) {
    struct fixture *fixture = *state;
    ear_close(&fixture->one);
    ear_close(&fixture->two);
    fixture->publisher->ops->destroy(fixture->publisher);
    bus_memory_destroy(&fixture->memory);
    free(fixture);
    return 0;
}

static void test_every_loop_hears_everything(void **state) {
    struct fixture *fixture = *state;
    publish(fixture, 0, 5);
    ear_open(&fixture->one, fixture->memory, 100);
    publish(fixture, 1, 6); /* before the book is taken: in it, not an event */
    ear_run(&fixture->one);
    assert_true(fixture->one.is_following);
    assert_int_equal(fixture->one.seq, 2);
    assert_int_equal(fixture->one.events_n, 0);
    ear_open(&fixture->two, fixture->memory, 100);
    ear_run(&fixture->two);
    for (int i = 0; i < 20; i++)
        publish(fixture, 0, 100 + i);
    ear_run(&fixture->one);
    ear_run(&fixture->two);
    assert_int_equal(fixture->one.events_n, 20);
    assert_int_equal(fixture->two.events_n, 20);
    assert_int_equal(fixture->one.quotes_n, 2);
    assert_int_equal(fixture->two.quotes_n, 2);
    assert_int_equal(price_of(&fixture->one, 0), 119);
    assert_int_equal(price_of(&fixture->two, 0), 119);
    assert_int_equal(price_of(&fixture->one, 1), 6);
    assert_int_equal(price_of(&fixture->two, 1), 6);
    assert_string_equal(fixture->one.epoch.text, fixture->two.epoch.text);
    assert_int_equal(strlen(fixture->one.epoch.text), BUS_EPOCH_LEN);
}

static void test_a_full_mailbox_costs_a_book(void **state) {
    struct fixture *fixture = *state;
    struct bus_ear *ear = &fixture->one;
    ear_open(ear, fixture->memory, 4);
    ear_run(ear);
    for (int i = 0; i < 50; i++)
        publish(fixture, (unsigned)i % SYMBOLS, 100 + i);
    ear_run(ear);
    assert_int_equal(ear->books_n, 2);
    assert_int_equal(ear->seq, 50);
    for (int i = 0; i < SYMBOLS; i++)
        assert_int_equal(price_of(ear, (unsigned)(49 - i) % SYMBOLS), 149 - i);
    publish(fixture, 0, 7);
    ear_run(ear);
    assert_int_equal(ear->seq, 51);
    assert_int_equal(ear->books_n, 2);
}

static void test_answers_come_later_and_once(void **state) {
    struct fixture *fixture = *state;
    struct bus_ear *ear = &fixture->one;
    struct quote quote = sample_quote("S1", 5, SAMPLE_TIME_MS);
    ear_open(ear, fixture->memory, 100);
    ear_run(ear);
    assert_int_equal(bus_publish(ear->bus, &quote, 1, true, bus_ear_on_answer, ear), STATUS_OK);
    assert_int_equal(ear->answers_n, 0);
    ear_run(ear);
    assert_int_equal(ear->answers_n, 1);
    assert_int_equal(ear->answer.status, STATUS_OK);
    assert_true(sample_quotes_equal(&ear->answer.stored, &quote));
    quote.as_of_ms--;
    assert_int_equal(bus_publish(ear->bus, &quote, 1, true, bus_ear_on_answer, ear), STATUS_OK);
    ear_run(ear);
    assert_int_equal(ear->answer.status, STATUS_CONFLICT);
    quote.price.e8 = 0;
    assert_int_equal(bus_publish(ear->bus, &quote, 1, true, bus_ear_on_answer, ear), STATUS_OK);
    /* The bus goes while an answer is on its way: it comes now, and not again. */
    bus_destroy(&ear->bus);
    assert_int_equal(ear->answers_n, 3);
    assert_int_equal(ear->answer.status, STATUS_INVALID);
    ear_run(ear);
    assert_int_equal(ear->answers_n, 3);
}

static void test_publications_are_bounded(void **state) {
    struct fixture *fixture = *state;
    struct bus_ear *ear = &fixture->one;
    struct quote quote = sample_quote("S1", 5, SAMPLE_TIME_MS);
    unsigned sent = 0;
    ear_open(ear, fixture->memory, 10);
    ear_run(ear);
    while (sent < 100000 && bus_publish(ear->bus, &quote, 1, true, bus_ear_on_answer, ear) == STATUS_OK)
        sent++;
    assert_in_range(sent, 1, 99999);
    assert_int_equal(bus_publish(ear->bus, &quote, 1, true, bus_ear_on_answer, ear), STATUS_LIMIT);
    ear_run(ear);
    assert_int_equal(ear->answers_n, sent);
}

static void test_hints_leader_and_watched(void **state) {
    struct fixture *fixture = *state;
    const struct symbol symbols[] = {sample_symbol("S1"), sample_symbol("S2")};
    const struct uuid id = {{1}};
    struct symbol *watched;
    uint64_t fence = 0;
    size_t n;
    ear_open(&fixture->one, fixture->memory, 100);
    ear_open(&fixture->two, fixture->memory, 100);
    bus_hint(fixture->one.bus, &id);
    ear_run(&fixture->one);
    ear_run(&fixture->two);
    assert_int_equal(fixture->one.hints_n, 1);
    assert_int_equal(fixture->two.hints_n, 1);
    bus_access_changed(fixture->one.bus, &(struct uuid){{2}});
    ear_run(&fixture->one);
    ear_run(&fixture->two);
    assert_int_equal(fixture->one.access_changes_n, 1);
    assert_int_equal(fixture->two.access_changes_n, 1);
    assert_int_equal(fixture->two.access_subject.bytes[0], 2);
    assert_int_equal(fixture->two.hints_n, 1);
    assert_false(fixture->two.has_leader);
    assert_int_equal(fixture->publisher->ops->lead(fixture->publisher, 3000, &fence), STATUS_OK);
    assert_int_equal(fence, 1);
    ear_run(&fixture->two);
    assert_true(fixture->two.has_leader);
    fixture->publisher->ops->resign(fixture->publisher);
    ear_run(&fixture->two);
    assert_false(fixture->two.has_leader);
    bus_watch(fixture->two.bus, symbols, 2);
    assert_int_equal(fixture->publisher->ops->read_watched(fixture->publisher, 60000, &watched, &n), STATUS_OK);
    assert_int_equal(n, 2);
    free(watched);
    assert_int_equal(fixture->publisher->ops->read_watched(fixture->publisher, -1, &watched, &n), STATUS_OK);
    assert_int_equal(n, 0);
    free(watched);
}

static void test_questions_and_answers(void **state) {
    struct fixture *fixture = *state;
    const struct symbol symbols[] = {sample_symbol("S1"), sample_symbol("S2")};
    const struct answered_symbol answers[] = {{symbols[0], ASK_FRESH}, {symbols[1], ASK_UNKNOWN}};
    struct bus_publisher *publisher = fixture->publisher;
    ear_open(&fixture->one, fixture->memory, 100);
    ear_open(&fixture->two, fixture->memory, 100);
    ear_run(&fixture->one);
    ear_run(&fixture->two);
    /* Who asks hands it on itself: there is one poller. */
    bus_ask(fixture->one.bus, symbols, 2);
    assert_int_equal(fixture->one.asked_n, 2);
    assert_string_equal(fixture->one.asked.text, "S2");
    assert_int_equal(fixture->two.asked_n, 0);
    bus_forget(fixture->one.bus, NULL, 0);
    assert_int_equal(fixture->one.forgets_n, 1);
    assert_int_equal(fixture->one.forgotten_n, 0);
    /* The answer comes behind the price, to everybody. */
    publish(fixture, 1, 5);
    publisher->ops->answer(publisher, answers, 2);
    ear_run(&fixture->one);
    ear_run(&fixture->two);
    assert_int_equal(fixture->one.outcomes_n, 2);
    assert_int_equal(fixture->two.outcomes_n, 2);
    assert_int_equal(fixture->two.outcome.outcome, ASK_UNKNOWN);
    assert_int_equal(fixture->two.outcome_seq, 1);
}

static void test_restored_is_said_and_kept(void **state) {
    struct fixture *fixture = *state;
    struct bus_publisher *publisher = fixture->publisher;
    ear_open(&fixture->one, fixture->memory, 100);
    ear_run(&fixture->one);
    assert_string_equal(fixture->one.restored.text, "");
    assert_int_equal(publisher->ops->restored(publisher, &fixture->one.epoch), STATUS_OK);
    ear_run(&fixture->one);
    assert_string_equal(fixture->one.restored.text, fixture->one.epoch.text);
    assert_int_equal(fixture->one.books_n, 1);
    /* Who comes later knows it before the book. */
    ear_open(&fixture->two, fixture->memory, 100);
    ear_run(&fixture->two);
    assert_int_equal(fixture->two.books_n, 1);
    assert_int_equal(fixture->two.restored_books_n, 0);
    assert_string_equal(fixture->two.restored.text, fixture->two.epoch.text);
}

/* The bus goes while its mailbox is full of what was for it. */
static void test_destroyed_with_mail_on_its_way(void **state) {
    struct fixture *fixture = *state;
    struct bus_ear *ear = &fixture->one;
    struct quote quote = sample_quote("S1", 5, SAMPLE_TIME_MS);
    ear_open(ear, fixture->memory, 100);
    publish(fixture, 1, 2);
    bus_hint(ear->bus, &(struct uuid){{1}});
    assert_int_equal(bus_publish(ear->bus, &quote, 1, true, bus_ear_on_answer, ear), STATUS_OK);
    bus_destroy(&ear->bus);
    publish(fixture, 1, 3);
    ear_run(ear);
    assert_int_equal(ear->books_n + ear->events_n + ear->hints_n, 0);
    assert_int_equal(ear->answers_n, 1);
}

struct writer {
    struct fixture *fixture;
    unsigned symbol;
};

static void *write_prices(void *context) {
    const struct writer *writer = context;
    for (int i = 1; i <= 3000; i++)
        publish(writer->fixture, writer->symbol, i);
    return NULL;
}

static void test_writers_on_other_threads(void **state) {
    struct fixture *fixture = *state;
    struct bus_ear *ear = &fixture->one;
    struct writer writers[3] = {{fixture, 0}, {fixture, 1}, {fixture, 2}};
    pthread_t threads[3];
    ear_open(ear, fixture->memory, 64);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_prices, &writers[i]), 0);
    while (ear->seq < 9000)
        ev_run(ear->loop, EVRUN_ONCE);
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(price_of(ear, (unsigned)i), 3000);
    }
}

struct rated {
    int64_t used_units;
    unsigned answers_n;
};

static void on_rated(void *context, const int64_t *used_units, size_t n) {
    struct rated *rated = context;
    assert_int_equal(n, 1);
    rated->used_units = used_units[0];
    rated->answers_n++;
}

/* What the loops of the process took of a bucket is added up, each name's by itself. */
static void test_shared_rates_add_up(void **state) {
    struct fixture *fixture = *state;
    const struct rate_limit_told told = {.key = {{1}}, .taken_units = 4 * RATE_LIMIT_UNITS};
    struct bus_rates rates = {.table = "a", .rate = {.per_minute = 1, .burst = 5}, .told = &told, .n = 1};
    struct rated rated = {.answers_n = 0};
    ear_open(&fixture->one, fixture->memory, 100);
    ear_open(&fixture->two, fixture->memory, 100);
    assert_int_equal(bus_share_rates(fixture->one.bus, &rates, on_rated, &rated), STATUS_OK);
    assert_int_equal(rated.used_units, 4 * RATE_LIMIT_UNITS);
    assert_int_equal(bus_share_rates(fixture->two.bus, &rates, on_rated, &rated), STATUS_OK);
    assert_true(rated.used_units > 7 * RATE_LIMIT_UNITS);
    assert_int_equal(bus_share_rates(fixture->one.bus, &rates, on_rated, &rated), STATUS_OK);
    assert_int_equal(rated.used_units, 10 * RATE_LIMIT_UNITS);
    static const char *const names[] = {"b", "c", "d", "e", "f", "g", "h"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        rates.table = names[i];
        assert_int_equal(bus_share_rates(fixture->one.bus, &rates, on_rated, &rated), STATUS_OK);
        assert_int_equal(rated.used_units, 4 * RATE_LIMIT_UNITS);
    }
    rates.table = "one too many";
    assert_int_equal(bus_share_rates(fixture->one.bus, &rates, on_rated, &rated), STATUS_NO_MEMORY);
    assert_int_equal(rated.answers_n, 10);
}

int main(void) {
#define WITH_BUS(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_BUS(test_every_loop_hears_everything), WITH_BUS(test_a_full_mailbox_costs_a_book),
        WITH_BUS(test_answers_come_later_and_once), WITH_BUS(test_publications_are_bounded),
        WITH_BUS(test_hints_leader_and_watched),    WITH_BUS(test_destroyed_with_mail_on_its_way),
        WITH_BUS(test_writers_on_other_threads),    WITH_BUS(test_questions_and_answers),
        WITH_BUS(test_restored_is_said_and_kept),   WITH_BUS(test_shared_rates_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
