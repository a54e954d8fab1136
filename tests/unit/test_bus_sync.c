/* links: pf_feed pf_domain pf_base */
/* Order rule 1: whatever interleaving of events, losses, book reads and new
 * epochs, the listener sees one book and then events without a gap, and ends
 * where the bus is. */
#include "feed/bus_sync.h"
#include "support/feed_samples.h"
#include "unit/test.h"

#include <stdlib.h>

#define SYMBOLS 4
#define LOG_MAX 4096

/* A model of Redis: one epoch, numbered events, a book. */
struct model_bus {
    struct bus_epoch epoch;
    uint64_t seq;
    struct numbered_quote book[SYMBOLS]; /* seq 0: absent */
};

/* What the listener believes, checked at every call. */
struct follower {
    bool has_book;
    struct bus_epoch epoch;
    uint64_t seq;
    int64_t prices[SYMBOLS];
    unsigned books_n, events_n;
};

static size_t symbol_place(const struct symbol *symbol) {
    return (size_t)(symbol->text[1] - '0');
}

static void on_book(void *context, const struct bus_epoch *epoch, uint64_t seq, const struct numbered_quote *quotes,
                    size_t quotes_n) {
    struct follower *follower = context;
    follower->has_book = true;
    follower->epoch = *epoch;
    follower->seq = seq;
    follower->books_n++;
    memset(follower->prices, 0, sizeof follower->prices);
    for (size_t i = 0; i < quotes_n; i++) {
        assert_true(quotes[i].seq <= seq);
        follower->prices[symbol_place(&quotes[i].quote.symbol)] = quotes[i].quote.price.e8;
    }
}

static void on_event(void *context, uint64_t seq, const struct quote *quotes, size_t quotes_n) {
    struct follower *follower = context;
    assert_true(follower->has_book);
    assert_int_equal(seq, follower->seq + 1);
    follower->seq = seq;
    follower->events_n++;
    for (size_t i = 0; i < quotes_n; i++)
        follower->prices[symbol_place(&quotes[i].symbol)] = quotes[i].price.e8;
}

static struct bus_listener follower_listener(struct follower *follower) {
    return (struct bus_listener){.context = follower, .on_book = on_book, .on_event = on_event};
}

/* ---- a deterministic world in which everything takes its time ---- */

struct message {
    struct bus_epoch epoch;
    uint64_t seq;
    struct quote quote;
};
struct world {
    uint64_t random;
    struct model_bus bus;
    struct bus_sync *sync;
    struct follower follower;
    /* the subscribed connection */
    bool is_connected;
    struct message in_flight[LOG_MAX];
    size_t first, last;
    /* the command connection: one book read and one check at a time */
    enum { NO_READ, READ_ASKED, READ_TAKEN } reading;
    struct model_bus taken;
    enum { NO_CHECK, CHECK_ASKED, CHECK_TAKEN } checking;
    struct bus_epoch checked_epoch;
    uint64_t checked_seq;
    int64_t now_ms;
    bool must_reconnect, must_renew;
    unsigned epochs_n;
};

static uint64_t pick(struct world *world, uint64_t n) {
    return sample_random(&world->random) % n;
}

static void epoch_begin(struct world *world) {
    memset(&world->bus, 0, sizeof world->bus);
    snprintf(world->bus.epoch.text, sizeof world->bus.epoch.text, "%016x", ++world->epochs_n);
}

static void obey(struct world *world, enum bus_sync_action action) {
    if (action == BUS_SYNC_READ_BOOK)
        world->reading = READ_ASKED;
    if (action == BUS_SYNC_RENEW)
        world->must_renew = true;
}

static void connect_now(struct world *world) {
    world->is_connected = true;
    world->first = world->last = 0;
    world->must_reconnect = world->must_renew = false;
    world->checking = NO_CHECK;
    world->reading = NO_READ;
    obey(world, bus_sync_subscribed(world->sync));
}

static void lose(struct world *world) {
    world->is_connected = false;
    world->first = world->last = 0;
    world->checking = NO_CHECK;
    world->reading = NO_READ;
    bus_sync_lost(world->sync);
}

static void publish(struct world *world) {
    struct model_bus *bus = &world->bus;
    if (bus->epoch.text[0] == '\0')
        epoch_begin(world);
    char name[3] = {'S', (char)('0' + pick(world, SYMBOLS)), '\0'};
    struct message message = {.quote = sample_quote(name, (int64_t)(1 + pick(world, 1000)), SAMPLE_TIME_MS)};
    message.seq = ++bus->seq;
    message.epoch = bus->epoch;
    bus->book[symbol_place(&message.quote.symbol)] = (struct numbered_quote){.quote = message.quote, .seq = bus->seq};
    if (world->is_connected && world->last < LOG_MAX)
        world->in_flight[world->last++] = message;
}

static void deliver(struct world *world) {
    if (world->first == world->last)
        return;
    const struct message *message = &world->in_flight[world->first++];
    obey(world, bus_sync_event(world->sync, &message->epoch, message->seq, &message->quote, 1));
}

static void read_book(struct world *world) {
    if (world->reading == READ_ASKED) {
        world->taken = world->bus;
        world->reading = READ_TAKEN;
    } else if (world->reading == READ_TAKEN) {
        struct numbered_quote quotes[SYMBOLS];
        size_t n = 0;
        for (size_t i = 0; i < SYMBOLS; i++) {
            if (world->taken.book[i].seq != 0)
                quotes[n++] = world->taken.book[i];
        }
        world->reading = NO_READ;
        obey(world, bus_sync_book(world->sync, &world->taken.epoch, world->taken.seq, quotes, n));
    }
}

static void check_bus(struct world *world) {
    if (world->checking == NO_CHECK) {
        world->checking = CHECK_ASKED;
    } else if (world->checking == CHECK_ASKED) {
        world->checked_epoch = world->bus.epoch;
        world->checked_seq = world->bus.seq;
        world->checking = CHECK_TAKEN;
    } else {
        world->checking = NO_CHECK;
        world->now_ms += 1000;
        enum bus_sync_action action =
            bus_sync_check(world->sync, &world->checked_epoch, world->checked_seq, world->now_ms);
        if (action == BUS_SYNC_READ_BOOK)
            world->must_reconnect = true;
        else
            obey(world, action);
    }
}

static void renew(struct world *world) {
    if (!world->must_renew)
        return;
    world->must_renew = false;
    /* What the script does: a missing bus, or a server that lost numbers. */
    if (world->bus.epoch.text[0] == '\0' || world->bus.seq < bus_sync_seq(world->sync))
        epoch_begin(world);
    world->reading = READ_ASKED;
}

static void step(struct world *world) {
    if (world->must_reconnect) {
        lose(world);
        connect_now(world);
        return;
    }
    uint64_t what = pick(world, 1000);
    if (what < 350)
        publish(world);
    else if (what < 700)
        deliver(world);
    else if (what < 850)
        read_book(world);
    else if (what < 950)
        check_bus(world);
    else if (what < 970)
        renew(world);
    else if (what < 980 && world->is_connected)
        lose(world);
    else if (what < 990 && !world->is_connected)
        connect_now(world);
    else if (what < 993 && world->first < world->last)
        world->first++; /* a message is lost without the connection telling */
    else if (what == 995)
        epoch_begin(world);
    else if (what == 996)
        memset(&world->bus, 0, sizeof world->bus); /* FLUSHALL */
}

/* No more changes: everything on its way arrives, the checks go on. */
static void settle(struct world *world) {
    for (int i = 0; i < 64; i++) {
        if (!world->is_connected || world->must_reconnect) {
            lose(world);
            connect_now(world);
        }
        while (world->first < world->last)
            deliver(world);
        renew(world);
        read_book(world);
        check_bus(world);
    }
}

static void test_random_interleavings(void **state) {
    (void)state;
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    unsigned books_n = 0, events_n = 0;
    for (uint64_t seed = 1; seed <= 1500; seed++) {
        memset(world, 0, sizeof *world);
        world->random = seed;
        const struct bus_listener listener = follower_listener(&world->follower);
        assert_int_equal(bus_sync_create(&listener, &world->sync), STATUS_OK);
        connect_now(world);
        for (int i = 0; i < 600; i++)
            step(world);
        settle(world);
        assert_true(bus_sync_is_following(world->sync));
        assert_string_equal(world->follower.epoch.text, world->bus.epoch.text);
        assert_int_equal(world->follower.seq, world->bus.seq);
        assert_int_equal(bus_sync_seq(world->sync), world->bus.seq);
        for (size_t i = 0; i < SYMBOLS; i++)
            assert_int_equal(world->follower.prices[i], world->bus.book[i].seq ? world->bus.book[i].quote.price.e8 : 0);
        books_n += world->follower.books_n;
        events_n += world->follower.events_n;
        bus_sync_destroy(&world->sync);
    }
    /* Most of the way must be followed by events, not by reading again. */
    assert_true(events_n > books_n);
    free(world);
}

/* ---- the rules one by one ---- */

static const struct bus_epoch EPOCH_A = {"aaaaaaaaaaaaaaaa"}, EPOCH_B = {"bbbbbbbbbbbbbbbb"}, NO_EPOCH = {""};

struct fixture {
    struct follower follower;
    struct bus_sync *sync;
};

static int setup(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (!fixture)
        return -1;
    const struct bus_listener listener = follower_listener(&fixture->follower);
    if (bus_sync_create(&listener, &fixture->sync) != STATUS_OK)
        return -1;
    *state = fixture;
    return 0;
}

static int teardown(void **state) {
    struct fixture *fixture = *state;
    bus_sync_destroy(&fixture->sync);
    free(fixture);
    return 0;
}

static enum bus_sync_action event(struct fixture *fixture, const struct bus_epoch *epoch, uint64_t seq) {
    struct quote quote = sample_quote("S1", (int64_t)seq, SAMPLE_TIME_MS);
    return bus_sync_event(fixture->sync, epoch, seq, &quote, 1);
}

static enum bus_sync_action book(struct fixture *fixture, const struct bus_epoch *epoch, uint64_t seq) {
    return bus_sync_book(fixture->sync, epoch, seq, NULL, 0);
}

static void follow_at(struct fixture *fixture, uint64_t seq) {
    assert_int_equal(bus_sync_subscribed(fixture->sync), BUS_SYNC_READ_BOOK);
    assert_int_equal(book(fixture, &EPOCH_A, seq), BUS_SYNC_NONE);
    assert_true(bus_sync_is_following(fixture->sync));
}

static void test_events_up_to_the_book_are_dropped(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(bus_sync_subscribed(fixture->sync), BUS_SYNC_READ_BOOK);
    for (uint64_t seq = 8; seq <= 12; seq++)
        assert_int_equal(event(fixture, &EPOCH_A, seq), BUS_SYNC_NONE);
    assert_int_equal(book(fixture, &EPOCH_A, 10), BUS_SYNC_NONE);
    assert_int_equal(fixture->follower.events_n, 2);
    assert_int_equal(fixture->follower.seq, 12);
}

static void test_a_duplicate_is_dropped_and_a_gap_reads_again(void **state) {
    struct fixture *fixture = *state;
    follow_at(fixture, 10);
    assert_int_equal(event(fixture, &EPOCH_A, 10), BUS_SYNC_NONE);
    assert_int_equal(event(fixture, &EPOCH_A, 11), BUS_SYNC_NONE);
    assert_int_equal(event(fixture, &EPOCH_A, 13), BUS_SYNC_READ_BOOK);
    assert_false(bus_sync_is_following(fixture->sync));
    assert_int_equal(event(fixture, &EPOCH_A, 14), BUS_SYNC_NONE);
    assert_int_equal(book(fixture, &EPOCH_A, 13), BUS_SYNC_NONE);
    assert_int_equal(fixture->follower.seq, 14);
}

static void test_another_epoch_reads_again(void **state) {
    struct fixture *fixture = *state;
    follow_at(fixture, 10);
    assert_int_equal(event(fixture, &EPOCH_B, 11), BUS_SYNC_READ_BOOK);
    assert_int_equal(book(fixture, &EPOCH_B, 11), BUS_SYNC_NONE);
    assert_string_equal(fixture->follower.epoch.text, EPOCH_B.text);
}

static void test_a_book_older_than_a_new_epoch_is_read_again(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(bus_sync_subscribed(fixture->sync), BUS_SYNC_READ_BOOK);
    assert_int_equal(event(fixture, &EPOCH_B, 1), BUS_SYNC_NONE);
    assert_int_equal(book(fixture, &EPOCH_A, 10), BUS_SYNC_READ_BOOK);
    assert_int_equal(fixture->follower.books_n, 0);
    assert_int_equal(book(fixture, &EPOCH_B, 1), BUS_SYNC_NONE);
    assert_int_equal(fixture->follower.seq, 1);
}

static void test_a_missing_bus_is_renewed(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(bus_sync_subscribed(fixture->sync), BUS_SYNC_READ_BOOK);
    assert_int_equal(book(fixture, &NO_EPOCH, 0), BUS_SYNC_RENEW);
    assert_int_equal(book(fixture, &EPOCH_A, 0), BUS_SYNC_NONE);
    assert_true(bus_sync_is_following(fixture->sync));
}

static void test_a_book_behind_us_is_renewed_once(void **state) {
    struct fixture *fixture = *state;
    follow_at(fixture, 10);
    bus_sync_lost(fixture->sync);
    assert_false(bus_sync_is_following(fixture->sync));
    assert_int_equal(bus_sync_subscribed(fixture->sync), BUS_SYNC_READ_BOOK);
    assert_int_equal(book(fixture, &EPOCH_A, 7), BUS_SYNC_RENEW);
    /* The script found nothing lost: its word holds, or we would ask for ever. */
    assert_int_equal(book(fixture, &EPOCH_A, 7), BUS_SYNC_NONE);
    assert_int_equal(fixture->follower.seq, 7);
}

static void test_check(void **state) {
    struct fixture *fixture = *state;
    follow_at(fixture, 10);
    assert_int_equal(bus_sync_check(fixture->sync, &EPOCH_A, 10, 0), BUS_SYNC_NONE);
    /* Read before event 11 was handled here: old, not lost. */
    assert_int_equal(event(fixture, &EPOCH_A, 11), BUS_SYNC_NONE);
    assert_int_equal(bus_sync_check(fixture->sync, &EPOCH_A, 10, 1000), BUS_SYNC_NONE);
    /* Asked for after 11 was known: numbers were lost. */
    assert_int_equal(bus_sync_check(fixture->sync, &EPOCH_A, 10, 2000), BUS_SYNC_RENEW);
    assert_int_equal(book(fixture, &EPOCH_B, 0), BUS_SYNC_NONE);
    assert_int_equal(bus_sync_check(fixture->sync, &EPOCH_A, 3, 3000), BUS_SYNC_READ_BOOK);
    assert_int_equal(book(fixture, &EPOCH_A, 3), BUS_SYNC_NONE);
    assert_int_equal(bus_sync_check(fixture->sync, &NO_EPOCH, 0, 4000), BUS_SYNC_RENEW);
}

static void test_behind_for_two_seconds(void **state) {
    struct fixture *fixture = *state;
    follow_at(fixture, 10);
    assert_int_equal(bus_sync_check(fixture->sync, &EPOCH_A, 12, 1000), BUS_SYNC_NONE);
    assert_int_equal(event(fixture, &EPOCH_A, 11), BUS_SYNC_NONE);
    assert_int_equal(bus_sync_check(fixture->sync, &EPOCH_A, 14, 2000), BUS_SYNC_NONE);
    assert_int_equal(event(fixture, &EPOCH_A, 12), BUS_SYNC_NONE);
    /* 12 came: the clock starts anew with what is missing now. */
    assert_int_equal(bus_sync_check(fixture->sync, &EPOCH_A, 14, 3000), BUS_SYNC_NONE);
    assert_int_equal(bus_sync_check(fixture->sync, &EPOCH_A, 15, 4999), BUS_SYNC_NONE);
    assert_int_equal(bus_sync_check(fixture->sync, &EPOCH_A, 15, 5000), BUS_SYNC_READ_BOOK);
}

static void test_the_buffer_is_bounded(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(bus_sync_subscribed(fixture->sync), BUS_SYNC_READ_BOOK);
    for (uint64_t seq = 1; seq <= BUS_SYNC_BUFFER_MAX + 10; seq++)
        assert_int_equal(event(fixture, &EPOCH_A, seq), BUS_SYNC_NONE);
    assert_int_equal(book(fixture, &EPOCH_A, 5), BUS_SYNC_READ_BOOK);
    assert_int_equal(fixture->follower.books_n, 0);
    assert_int_equal(book(fixture, &EPOCH_A, BUS_SYNC_BUFFER_MAX + 10), BUS_SYNC_NONE);
    assert_int_equal(fixture->follower.seq, BUS_SYNC_BUFFER_MAX + 10);
}

static void test_nothing_counts_without_a_subscription(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(event(fixture, &EPOCH_A, 1), BUS_SYNC_NONE);
    assert_int_equal(book(fixture, &EPOCH_A, 1), BUS_SYNC_NONE);
    assert_int_equal(bus_sync_check(fixture->sync, &EPOCH_A, 1, 0), BUS_SYNC_NONE);
    assert_int_equal(fixture->follower.books_n, 0);
}

int main(void) {
#define WITH_SYNC(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_SYNC(test_events_up_to_the_book_are_dropped),
        WITH_SYNC(test_a_duplicate_is_dropped_and_a_gap_reads_again),
        WITH_SYNC(test_another_epoch_reads_again),
        WITH_SYNC(test_a_book_older_than_a_new_epoch_is_read_again),
        WITH_SYNC(test_a_missing_bus_is_renewed),
        WITH_SYNC(test_a_book_behind_us_is_renewed_once),
        WITH_SYNC(test_check),
        WITH_SYNC(test_behind_for_two_seconds),
        WITH_SYNC(test_the_buffer_is_bounded),
        WITH_SYNC(test_nothing_counts_without_a_subscription),
        cmocka_unit_test(test_random_interleavings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
