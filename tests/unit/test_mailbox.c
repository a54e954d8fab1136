/* The mailbox on a real loop, with real threads: its order, its bound, its end.
 * Run it under ThreadSanitizer too. links: pf_thread pf_base */
#include "thread/mailbox.h"
#include "unit/test.h"

#include <ev.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>

#define CAPACITY 8
#define DEADLINE_S 60.0

struct letter {
    struct mail mail;
    int writer, number;
};

struct fixture {
    struct ev_loop *loop;
    struct mailbox *mailbox;
    struct ev_timer deadline;
};

/* What the dispatches saw. Thread: the loop's, which is the test's. */
static int dispatched_n, discarded_n, expected_n;
static int last_number[16];
static pthread_t loop_thread;
static struct fixture fixture;

static void on_deadline(struct ev_loop *loop, struct ev_timer *timer, int revents) {
    (void)timer;
    (void)revents;
    ev_break(loop, EVBREAK_ALL);
}

static int setup(void **state) {
    (void)state;
    dispatched_n = discarded_n = expected_n = 0;
    memset(last_number, 0xff, sizeof last_number);
    loop_thread = pthread_self();
    fixture.loop = ev_loop_new(EVFLAG_AUTO);
    if (!fixture.loop || mailbox_create(fixture.loop, CAPACITY, &fixture.mailbox) != STATUS_OK)
        return -1;
    ev_timer_init(&fixture.deadline, on_deadline, DEADLINE_S, 0.0);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    mailbox_destroy(&fixture.mailbox);
    ev_loop_destroy(fixture.loop);
    return 0;
}

static struct letter *letter_of(struct mail *mail) {
    return (struct letter *)(void *)((char *)mail - offsetof(struct letter, mail));
}

static void on_dispatched(struct mail *mail) {
    struct letter *letter = letter_of(mail);
    assert_true(pthread_equal(pthread_self(), loop_thread));
    assert_int_equal(letter->number, last_number[letter->writer] + 1);
    last_number[letter->writer] = letter->number;
    free(letter);
    if (++dispatched_n == expected_n)
        ev_break(fixture.loop, EVBREAK_ALL);
}

static void on_discarded(struct mail *mail) {
    discarded_n++;
    free(letter_of(mail));
}

static struct letter *letter_create(int writer, int number) {
    struct letter *letter = calloc(1, sizeof *letter);
    if (!letter)
        abort();
    letter->mail.dispatch = on_dispatched;
    letter->mail.discard = on_discarded;
    letter->writer = writer;
    letter->number = number;
    return letter;
}

/* Until expected_n were dispatched. */
static void run_loop(int expected) {
    expected_n = expected;
    ev_timer_start(fixture.loop, &fixture.deadline);
    if (dispatched_n < expected_n)
        ev_run(fixture.loop, 0);
    ev_timer_stop(fixture.loop, &fixture.deadline);
    assert_int_equal(dispatched_n, expected);
}

static void test_post_dispatches_in_order_at_the_next_turn(void **state) {
    (void)state;
    for (int i = 0; i < CAPACITY; i++)
        assert_int_equal(mailbox_post(fixture.mailbox, &letter_create(0, i)->mail), STATUS_OK);
    assert_int_equal(dispatched_n, 0);
    run_loop(CAPACITY);
}

static void test_full_mailbox_refuses_until_it_is_emptied(void **state) {
    struct letter *letter = letter_create(0, CAPACITY);
    (void)state;
    for (int i = 0; i < CAPACITY; i++)
        assert_int_equal(mailbox_post(fixture.mailbox, &letter_create(0, i)->mail), STATUS_OK);
    assert_int_equal(mailbox_post(fixture.mailbox, &letter->mail), STATUS_LIMIT);
    mailbox_post_reserved(fixture.mailbox, &letter->mail); /* it stayed ours; this never refuses */
    run_loop(CAPACITY + 1);
    assert_int_equal(mailbox_post(fixture.mailbox, &letter_create(0, CAPACITY + 1)->mail), STATUS_OK);
    run_loop(CAPACITY + 2);
}

static void test_destroy_discards_what_is_left(void **state) {
    (void)state;
    struct letter *kept = letter_create(0, 2);
    kept->mail.discard = NULL;
    assert_int_equal(mailbox_post(fixture.mailbox, &letter_create(0, 0)->mail), STATUS_OK);
    assert_int_equal(mailbox_post(fixture.mailbox, &letter_create(0, 1)->mail), STATUS_OK);
    assert_int_equal(mailbox_post(fixture.mailbox, &kept->mail), STATUS_OK);
    mailbox_destroy(&fixture.mailbox);
    assert_null(fixture.mailbox);
    assert_int_equal(discarded_n, 2);
    assert_int_equal(dispatched_n, 0);
    free(kept);
}

static void test_idle_mailbox_does_not_keep_the_loop(void **state) {
    (void)state;
    ev_timer_start(fixture.loop, &fixture.deadline);
    ev_unref(fixture.loop); /* the deadline does not keep it either */
    ev_run(fixture.loop, 0);
    bool has_ended_by_itself = ev_is_active(&fixture.deadline);
    ev_ref(fixture.loop);
    ev_timer_stop(fixture.loop, &fixture.deadline);
    assert_true(has_ended_by_itself);
}

/* A message that posts itself again and again must leave the loop its turns. */
static int turns_n;

static void on_posted_again(struct mail *mail) {
    if (++dispatched_n < 100)
        assert_int_equal(mailbox_post(fixture.mailbox, mail), STATUS_OK);
    else
        ev_break(fixture.loop, EVBREAK_ALL);
}

static void on_turn(struct ev_loop *loop, struct ev_prepare *prepare, int revents) {
    (void)loop;
    (void)prepare;
    (void)revents;
    turns_n++;
}

static void test_chain_of_posts_leaves_the_loop_its_turns(void **state) {
    struct mail mail = {.dispatch = on_posted_again};
    struct ev_prepare prepare;
    (void)state;
    turns_n = 0;
    ev_prepare_init(&prepare, on_turn);
    ev_prepare_start(fixture.loop, &prepare);
    assert_int_equal(mailbox_post(fixture.mailbox, &mail), STATUS_OK);
    run_loop(100);
    assert_true(turns_n >= 100);
    ev_prepare_stop(fixture.loop, &prepare);
}

#define WRITERS_N 8
#define LETTERS_N 2000

/* Thread: a writer's. Half by the bounded way, waiting while it is full. */
static void *write_letters(void *argument) {
    const int writer = *(const int *)argument;
    for (int i = 0; i < LETTERS_N; i++) {
        struct letter *letter = letter_create(writer, i);
        if (writer % 2)
            mailbox_post_reserved(fixture.mailbox, &letter->mail);
        else
            while (mailbox_post(fixture.mailbox, &letter->mail) == STATUS_LIMIT)
                (void)sched_yield();
    }
    return NULL;
}

static void test_each_of_many_writers_keeps_its_order(void **state) {
    pthread_t threads[WRITERS_N];
    int numbers[WRITERS_N];
    (void)state;
    for (int i = 0; i < WRITERS_N; i++) {
        numbers[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, write_letters, &numbers[i]), 0);
    }
    run_loop(WRITERS_N * LETTERS_N);
    for (int i = 0; i < WRITERS_N; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (int i = 0; i < WRITERS_N; i++)
        assert_int_equal(last_number[i], LETTERS_N - 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_post_dispatches_in_order_at_the_next_turn, setup, teardown),
        cmocka_unit_test_setup_teardown(test_full_mailbox_refuses_until_it_is_emptied, setup, teardown),
        cmocka_unit_test_setup_teardown(test_destroy_discards_what_is_left, setup, teardown),
        cmocka_unit_test_setup_teardown(test_idle_mailbox_does_not_keep_the_loop, setup, teardown),
        cmocka_unit_test_setup_teardown(test_chain_of_posts_leaves_the_loop_its_turns, setup, teardown),
        cmocka_unit_test_setup_teardown(test_each_of_many_writers_keeps_its_order, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
