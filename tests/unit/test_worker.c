/* The pool of workers, with real threads and a real loop for the completions.
 * Run it under ThreadSanitizer too. links: pf_thread pf_base */
#include "thread/worker.h"
#include "unit/test.h"

#include <ev.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>

#define QUEUE_CAPACITY 64
#define DEADLINE_S 60.0

/* A gate holds the workers, so that a test decides what is queued. */
struct gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_open;  /* {lock} */
    int arrived_n; /* {lock} */
};

struct task {
    struct worker_job job;
    bool has_run, is_done;
    int done_at; /* in which place of all completions */
    int turns_n;
};

static struct ev_loop *loop;
static struct mailbox *mailbox;
static struct worker_pool *pool;
static struct gate gate;
static int done_n, expected_n;
static pthread_t test_thread;
static atomic_int states_created, states_destroyed, runs_n;

static struct task *task_of(struct worker_job *job) {
    return (struct task *)(void *)((char *)job - offsetof(struct task, job));
}

static void gate_pass(struct gate *it) {
    pthread_mutex_lock(&it->lock);
    it->arrived_n++;
    pthread_cond_broadcast(&it->changed);
    while (!it->is_open)
        pthread_cond_wait(&it->changed, &it->lock);
    pthread_mutex_unlock(&it->lock);
}

static void gate_await(struct gate *it, int arrived_n) {
    pthread_mutex_lock(&it->lock);
    while (it->arrived_n < arrived_n)
        pthread_cond_wait(&it->changed, &it->lock);
    pthread_mutex_unlock(&it->lock);
}

static void gate_open(struct gate *it) {
    pthread_mutex_lock(&it->lock);
    it->is_open = true;
    pthread_cond_broadcast(&it->changed);
    pthread_mutex_unlock(&it->lock);
}

static void *state_create(void *context) {
    assert_ptr_equal(context, &gate);
    atomic_fetch_add(&states_created, 1);
    return calloc(1, sizeof(int));
}

static void state_destroy(void *state) {
    atomic_fetch_add(&states_destroyed, 1);
    free(state);
}

/* Each worker counts its own jobs in its own state, without a lock. */
static void run_task(struct worker_job *job, void *worker_state) {
    int *jobs_n = worker_state;
    (*jobs_n)++;
    task_of(job)->has_run = true;
    atomic_fetch_add(&runs_n, 1);
}

static void run_behind_gate(struct worker_job *job, void *worker_state) {
    gate_pass(&gate);
    run_task(job, worker_state);
}

static void on_done(struct worker_job *job) {
    assert_true(pthread_equal(pthread_self(), test_thread));
    task_of(job)->is_done = true;
    task_of(job)->done_at = done_n++;
    if (done_n == expected_n)
        ev_break(loop, EVBREAK_ALL);
}

static void on_deadline(struct ev_loop *it, struct ev_timer *timer, int revents) {
    (void)timer;
    (void)revents;
    ev_break(it, EVBREAK_ALL);
}

static void run_loop(int expected) {
    struct ev_timer deadline;
    expected_n = expected;
    ev_timer_init(&deadline, on_deadline, DEADLINE_S, 0.0);
    ev_timer_start(loop, &deadline);
    if (done_n < expected)
        ev_run(loop, 0);
    ev_timer_stop(loop, &deadline);
    assert_int_equal(done_n, expected);
}

static int setup_workers(size_t workers_n) {
    const struct worker_pool_config config = {.name = "a-name-longer-than-the-kernel-takes",
                                              .workers_n = workers_n,
                                              .queue_capacity = QUEUE_CAPACITY,
                                              .context = &gate,
                                              .state_create = state_create,
                                              .state_destroy = state_destroy};
    done_n = expected_n = 0;
    atomic_store(&states_created, 0);
    atomic_store(&states_destroyed, 0);
    atomic_store(&runs_n, 0);
    test_thread = pthread_self();
    gate.is_open = false;
    gate.arrived_n = 0;
    if (pthread_mutex_init(&gate.lock, NULL) != 0 || pthread_cond_init(&gate.changed, NULL) != 0)
        return -1;
    loop = ev_loop_new(EVFLAG_AUTO);
    if (!loop || mailbox_create(loop, 1, &mailbox) != STATUS_OK)
        return -1;
    return worker_pool_create(&config, &pool) == STATUS_OK ? 0 : -1;
}

static int setup_one(void **state) {
    (void)state;
    return setup_workers(1);
}

static int setup_four(void **state) {
    (void)state;
    return setup_workers(4);
}

static int teardown(void **state) {
    (void)state;
    gate_open(&gate);
    worker_pool_destroy(&pool);
    mailbox_destroy(&mailbox);
    ev_loop_destroy(loop);
    pthread_cond_destroy(&gate.changed);
    pthread_mutex_destroy(&gate.lock);
    return 0;
}

static void task_init(struct task *task, void (*run)(struct worker_job *, void *)) {
    *task = (struct task){.job = {.run = run, .done = on_done, .reply_to = mailbox}};
}

/* The mailbox's capacity of one does not bound completions: they are reserved. */
static void test_jobs_complete_on_the_submitter_s_loop(void **state) {
    static struct task tasks[QUEUE_CAPACITY];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(tasks); i++) {
        task_init(&tasks[i], run_task);
        assert_int_equal(worker_submit(pool, &tasks[i].job), STATUS_OK);
    }
    assert_int_equal(done_n, 0); /* none before the loop runs */
    run_loop(COUNT_OF(tasks));
    for (size_t i = 0; i < COUNT_OF(tasks); i++)
        assert_true(tasks[i].has_run && tasks[i].is_done);
}

static void test_one_worker_keeps_the_order(void **state) {
    static struct task tasks[QUEUE_CAPACITY];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(tasks); i++) {
        task_init(&tasks[i], run_task);
        assert_int_equal(worker_submit(pool, &tasks[i].job), STATUS_OK);
    }
    run_loop(COUNT_OF(tasks));
    for (size_t i = 0; i < COUNT_OF(tasks); i++)
        assert_int_equal(tasks[i].done_at, i);
}

static void test_full_queue_refuses(void **state) {
    static struct task tasks[QUEUE_CAPACITY], held, refused;
    (void)state;
    task_init(&held, run_behind_gate);
    task_init(&refused, run_task);
    assert_int_equal(worker_submit(pool, &held.job), STATUS_OK);
    gate_await(&gate, 1); /* the only worker is busy from here on */
    for (size_t i = 0; i < COUNT_OF(tasks); i++) {
        assert_int_equal(worker_queue_length(pool), i);
        task_init(&tasks[i], run_task);
        assert_int_equal(worker_submit(pool, &tasks[i].job), STATUS_OK);
    }
    assert_int_equal(worker_submit(pool, &refused.job), STATUS_LIMIT);
    gate_open(&gate);
    run_loop(QUEUE_CAPACITY + 1);
    assert_false(refused.has_run || refused.is_done);
    assert_int_equal(worker_queue_length(pool), 0);
    assert_int_equal(worker_submit(pool, &refused.job), STATUS_OK); /* it stayed ours */
    run_loop(QUEUE_CAPACITY + 2);
}

static void test_cancelled_job_does_not_run_but_completes(void **state) {
    struct task held, cancelled;
    (void)state;
    task_init(&held, run_behind_gate);
    task_init(&cancelled, run_task);
    assert_int_equal(worker_submit(pool, &held.job), STATUS_OK);
    gate_await(&gate, 1);
    assert_int_equal(worker_submit(pool, &cancelled.job), STATUS_OK);
    worker_cancel(&cancelled.job);
    worker_cancel(&held.job); /* runs already: it goes on */
    gate_open(&gate);
    run_loop(2);
    assert_true(held.has_run && held.is_done);
    assert_true(cancelled.is_done && !cancelled.has_run);
    assert_true(atomic_load(&cancelled.job.is_cancelled));
}

/* Asks for another turn until it has had three. */
static void run_three_times(struct worker_job *job, void *worker_state) {
    struct task *task = task_of(job);
    run_task(job, worker_state);
    if (++task->turns_n < 3)
        job->again_ms = 1;
}

static void test_a_job_that_asks_for_another_turn_completes_once(void **state) {
    static struct task tasks[QUEUE_CAPACITY];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(tasks); i++) {
        task_init(&tasks[i], run_three_times);
        assert_int_equal(worker_submit(pool, &tasks[i].job), STATUS_OK);
    }
    run_loop(COUNT_OF(tasks));
    for (size_t i = 0; i < COUNT_OF(tasks); i++)
        assert_true(tasks[i].turns_n == 3 && tasks[i].is_done);
    assert_int_equal(worker_queue_length(pool), 0);
}

#define NEVER_MS 86400000

static void run_and_put_off(struct worker_job *job, void *worker_state) {
    task_of(job)->turns_n++;
    job->again_ms = NEVER_MS;
    run_task(job, worker_state);
}

/* They hold no worker, but a place in the queue; the end runs each once more. */
static void test_what_is_put_off_lets_others_go_first(void **state) {
    static struct task tasks[QUEUE_CAPACITY], other, held, refused;
    (void)state;
    for (size_t i = 0; i + 1 < COUNT_OF(tasks); i++) {
        task_init(&tasks[i], run_and_put_off);
        assert_int_equal(worker_submit(pool, &tasks[i].job), STATUS_OK);
    }
    task_init(&other, run_task);
    assert_int_equal(worker_submit(pool, &other.job), STATUS_OK);
    run_loop(1);
    assert_true(other.is_done);
    /* While a job has its turn, it has no place in the queue: the only worker has another one. */
    task_init(&held, run_behind_gate);
    assert_int_equal(worker_submit(pool, &held.job), STATUS_OK);
    gate_await(&gate, 1);
    task_init(&tasks[QUEUE_CAPACITY - 1], run_and_put_off);
    assert_int_equal(worker_submit(pool, &tasks[QUEUE_CAPACITY - 1].job), STATUS_OK);
    task_init(&refused, run_task);
    assert_int_equal(worker_submit(pool, &refused.job), STATUS_LIMIT);
    assert_int_equal(worker_queue_length(pool), QUEUE_CAPACITY);
    gate_open(&gate);
    worker_pool_destroy(&pool);
    run_loop(QUEUE_CAPACITY + 2);
    for (size_t i = 0; i < COUNT_OF(tasks); i++)
        assert_int_equal(tasks[i].turns_n, i + 1 < COUNT_OF(tasks) ? 2 : tasks[i].turns_n);
    assert_false(refused.is_done);
}

static void test_destroy_runs_what_is_queued(void **state) {
    static struct task tasks[QUEUE_CAPACITY], held;
    (void)state;
    task_init(&held, run_behind_gate);
    assert_int_equal(worker_submit(pool, &held.job), STATUS_OK);
    gate_await(&gate, 1);
    for (size_t i = 0; i < COUNT_OF(tasks); i++) {
        task_init(&tasks[i], run_task);
        assert_int_equal(worker_submit(pool, &tasks[i].job), STATUS_OK);
    }
    gate_open(&gate);
    worker_pool_destroy(&pool);
    assert_null(pool);
    assert_int_equal(atomic_load(&runs_n), QUEUE_CAPACITY + 1);
    assert_int_equal(atomic_load(&states_created), 1);
    assert_int_equal(atomic_load(&states_destroyed), 1);
    run_loop(QUEUE_CAPACITY + 1); /* the completions wait in the mailbox */
}

static void test_completion_left_in_a_dying_mailbox_still_comes(void **state) {
    struct task task;
    (void)state;
    task_init(&task, run_task);
    assert_int_equal(worker_submit(pool, &task.job), STATUS_OK);
    worker_pool_destroy(&pool);
    assert_false(task.is_done);
    mailbox_destroy(&mailbox);
    assert_true(task.is_done && atomic_load(&task.job.is_cancelled));
}

static void on_done_on_worker(struct worker_job *job) {
    assert_false(pthread_equal(pthread_self(), test_thread));
    task_of(job)->is_done = true;
}

static void test_job_without_a_mailbox_completes_on_the_worker(void **state) {
    struct task task;
    (void)state;
    task_init(&task, run_task);
    task.job.reply_to = NULL;
    task.job.done = on_done_on_worker;
    assert_int_equal(worker_submit(pool, &task.job), STATUS_OK);
    worker_pool_destroy(&pool); /* joins */
    assert_true(task.has_run && task.is_done);
}

static void run_checking_signals(struct worker_job *job, void *worker_state) {
    sigset_t blocked;
    assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &blocked), 0);
    assert_true(sigismember(&blocked, SIGTERM));
    run_task(job, worker_state);
}

static void test_workers_leave_signals_to_others(void **state) {
    struct task task;
    sigset_t blocked;
    (void)state;
    assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &blocked), 0);
    assert_false(sigismember(&blocked, SIGTERM)); /* ours is as it was */
    task_init(&task, run_checking_signals);
    assert_int_equal(worker_submit(pool, &task.job), STATUS_OK);
    run_loop(1);
}

#define SUBMITTERS_N 6
#define ROUNDS_N 500

/* Thread: a submitter's. Submits from its own thread, each job once. */
static void *submit_many(void *argument) {
    struct task *tasks = argument;
    for (int i = 0; i < ROUNDS_N; i++) {
        task_init(&tasks[i], run_task);
        while (worker_submit(pool, &tasks[i].job) == STATUS_LIMIT)
            (void)sched_yield();
        if (i % 7 == 0)
            worker_cancel(&tasks[i].job);
    }
    return NULL;
}

static void test_many_submitters_lose_no_job(void **state) {
    static struct task tasks[SUBMITTERS_N][ROUNDS_N];
    pthread_t threads[SUBMITTERS_N];
    (void)state;
    for (int i = 0; i < SUBMITTERS_N; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, submit_many, tasks[i]), 0);
    run_loop(SUBMITTERS_N * ROUNDS_N);
    for (int i = 0; i < SUBMITTERS_N; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (int i = 0; i < SUBMITTERS_N; i++)
        for (int j = 0; j < ROUNDS_N; j++)
            assert_true(tasks[i][j].is_done && (tasks[i][j].has_run || j % 7 == 0));
    assert_int_equal(atomic_load(&states_created), 4);
}

static void test_pool_without_workers_is_refused(void **state) {
    const struct worker_pool_config config = {.name = "none", .queue_capacity = 1};
    struct worker_pool *none = NULL;
    (void)state;
    assert_int_equal(worker_pool_create(&config, &none), STATUS_INVALID);
    assert_null(none);
    worker_pool_destroy(&none);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_jobs_complete_on_the_submitter_s_loop, setup_four, teardown),
        cmocka_unit_test_setup_teardown(test_one_worker_keeps_the_order, setup_one, teardown),
        cmocka_unit_test_setup_teardown(test_full_queue_refuses, setup_one, teardown),
        cmocka_unit_test_setup_teardown(test_cancelled_job_does_not_run_but_completes, setup_one, teardown),
        cmocka_unit_test_setup_teardown(test_a_job_that_asks_for_another_turn_completes_once, setup_four, teardown),
        cmocka_unit_test_setup_teardown(test_what_is_put_off_lets_others_go_first, setup_one, teardown),
        cmocka_unit_test_setup_teardown(test_destroy_runs_what_is_queued, setup_one, teardown),
        cmocka_unit_test_setup_teardown(test_completion_left_in_a_dying_mailbox_still_comes, setup_one, teardown),
        cmocka_unit_test_setup_teardown(test_job_without_a_mailbox_completes_on_the_worker, setup_one, teardown),
        cmocka_unit_test_setup_teardown(test_workers_leave_signals_to_others, setup_one, teardown),
        cmocka_unit_test_setup_teardown(test_many_submitters_lose_no_job, setup_four, teardown),
        cmocka_unit_test(test_pool_without_workers_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
