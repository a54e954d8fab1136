/* The store without a PostgreSQL: jobs are refused, counted, and always come
 * back. links: pf_store pf_domain pf_thread pf_ops pf_base */
#include "ops/metrics.h"
#include "store/db.h"
#include "store/store.h"
#include "unit/test.h"

#include <ev.h>
#include <semaphore.h>

/* A directory without a socket: connecting fails at once. */
#define NOWHERE "host=/nonexistent dbname=x"

struct counted_job {
    struct store_job job; /* first */
    struct ev_loop *loop;
    int works_n, dones_n;
};

static enum status on_work(struct store_job *job, struct db *db) {
    (void)db;
    ((struct counted_job *)(void *)job)->works_n++;
    return STATUS_OK;
}

static void on_done(struct store_job *job) {
    struct counted_job *counted = (struct counted_job *)(void *)job;
    counted->dones_n++;
    ev_break(counted->loop, EVBREAK_ALL);
}

static struct store *store_of(size_t workers_n, size_t queue_capacity) {
    struct store_config config = {.database_url = NOWHERE,
                                  .workers_n = workers_n,
                                  .queue_capacity = queue_capacity,
                                  .statement_timeout_ms = 1000};
    struct store *store = NULL;
    assert_int_equal(store_create(&config, &store), STATUS_OK);
    assert_int_equal(store_start(store), STATUS_OK);
    return store;
}

static void test_without_a_connection_work_is_skipped(void **state) {
    struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
    struct mailbox *mailbox = NULL;
    struct store *store = store_of(1, 4);
    (void)state;
    assert_int_equal(mailbox_create(loop, 16, &mailbox), STATUS_OK);
    ev_ref(loop); /* the mailbox's watcher does not keep ev_run going */
    struct counted_job job = {.job = {.work = on_work, .done = on_done}, .loop = loop};
    for (int i = 1; i <= 3; i++) {
        assert_int_equal(store_submit(store, mailbox, &job.job), STATUS_OK);
        ev_run(loop, 0);
        assert_int_equal(job.dones_n, i);
        assert_int_equal(job.job.status, STATUS_UNAVAILABLE);
    }
    assert_int_equal(job.works_n, 0);
    assert_false(store_is_available(store));
    struct strbuf health;
    strbuf_init(&health);
    store_write_health(store, &health);
    assert_string_equal(strbuf_text(&health), "{\"state\":\"down\",\"workers\":1,\"connections\":0,\"queue\":0}");
    strbuf_fini(&health);
    store_destroy(&store);
    mailbox_destroy(&mailbox);
    ev_loop_destroy(loop);
}

struct blocking_job {
    struct store_job job; /* first */
    sem_t *reached, *released;
};

/* Without a mailbox `done` runs on the worker: it holds it up. */
static void on_blocking_done(struct store_job *job) {
    struct blocking_job *blocking = (struct blocking_job *)(void *)job;
    sem_post(blocking->reached);
    sem_wait(blocking->released);
}

static void test_a_full_queue_refuses_and_counts(void **state) {
    sem_t reached, released;
    struct store *store = store_of(1, 2);
    int64_t refused_before = metrics_get(METRIC_DB_JOBS_REFUSED);
    int64_t queue_before = metrics_get(METRIC_DB_QUEUE);
    (void)state;
    sem_init(&reached, 0, 0);
    sem_init(&released, 0, 0);
    struct blocking_job jobs[4];
    for (size_t i = 0; i < COUNT_OF(jobs); i++)
        jobs[i] = (struct blocking_job){
            .job = {.work = on_work, .done = on_blocking_done}, .reached = &reached, .released = &released};
    assert_int_equal(store_submit(store, NULL, &jobs[0].job), STATUS_OK);
    sem_wait(&reached); /* the worker is busy; the queue is empty */
    assert_int_equal(store_submit(store, NULL, &jobs[1].job), STATUS_OK);
    assert_int_equal(store_submit(store, NULL, &jobs[2].job), STATUS_OK);
    assert_int_equal(metrics_get(METRIC_DB_QUEUE), queue_before + 2);
    assert_int_equal(store_submit(store, NULL, &jobs[3].job), STATUS_LIMIT);
    assert_int_equal(metrics_get(METRIC_DB_JOBS_REFUSED), refused_before + 1);
    for (int i = 0; i < 3; i++)
        sem_post(&released);
    store_stop(store);
    assert_int_equal(metrics_get(METRIC_DB_QUEUE), queue_before);
    assert_int_equal(jobs[2].job.status, STATUS_UNAVAILABLE);
    /* Stopped: refused, and still answering for /health. */
    assert_int_equal(store_submit(store, NULL, &jobs[3].job), STATUS_UNAVAILABLE);
    assert_false(store_is_available(store));
    store_destroy(&store);
    sem_destroy(&reached);
    sem_destroy(&released);
}

static void test_reports_are_counted_apart_and_left_at_the_stop(void **state) {
    sem_t reached, released;
    stop_time stop_at = 0;
    struct store_config config = {.kind = STORE_REPORTS,
                                  .database_url = NOWHERE,
                                  .workers_n = 1,
                                  .queue_capacity = 2,
                                  .statement_timeout_ms = 1000,
                                  .stop_at = &stop_at};
    struct store *store = NULL;
    (void)state;
    assert_int_equal(store_create(&config, &store), STATUS_OK);
    assert_int_equal(store_start(store), STATUS_OK);
    int64_t others = metrics_get(METRIC_DB_QUEUE);
    sem_init(&reached, 0, 0);
    sem_init(&released, 0, 0);
    struct blocking_job jobs[2];
    for (size_t i = 0; i < COUNT_OF(jobs); i++)
        jobs[i] = (struct blocking_job){
            .job = {.work = on_work, .done = on_blocking_done}, .reached = &reached, .released = &released};
    assert_int_equal(store_submit(store, NULL, &jobs[0].job), STATUS_OK);
    sem_wait(&reached);
    assert_false(store_has_waiting(store));
    assert_int_equal(store_submit(store, NULL, &jobs[1].job), STATUS_OK);
    assert_true(store_has_waiting(store));
    assert_int_equal(metrics_get(METRIC_REPORT_QUEUE), 1);
    assert_int_equal(metrics_get(METRIC_DB_QUEUE), others);
    int64_t connects_failed = metrics_get(METRIC_DB_CONNECTS_FAILED);
    atomic_store(&stop_at, 1);
    for (int i = 0; i < 2; i++)
        sem_post(&released);
    store_destroy(&store);
    /* It was not worth a connection any more. */
    assert_int_equal(jobs[1].job.status, STATUS_UNAVAILABLE);
    assert_int_equal(metrics_get(METRIC_DB_CONNECTS_FAILED), connects_failed);
    assert_int_equal(metrics_get(METRIC_REPORT_QUEUE), 0);
    sem_destroy(&reached);
    sem_destroy(&released);
}

static void test_a_backoff_refuses_without_trying(void **state) {
    struct db_config config = {.database_url = NOWHERE, .statement_timeout_ms = 1000};
    struct db *db = NULL;
    (void)state;
    assert_int_equal(db_create(&config, &db), STATUS_OK);
    int64_t before = metrics_get(METRIC_DB_CONNECTS_FAILED);
    for (int i = 0; i < 20; i++)
        assert_int_equal(db_ready(db), STATUS_UNAVAILABLE);
    /* 125 ms at least between the first attempts: twenty calls are quicker. */
    assert_true(metrics_get(METRIC_DB_CONNECTS_FAILED) - before < 20);
    assert_int_equal(db_query(db, &(struct db_statement){"x", DB_READ, "SELECT 1"}, DB_NO_ARGS, NULL),
                     STATUS_UNAVAILABLE);
    db_destroy(&db);
    assert_null(db);
    db_destroy(&db);
}

static void test_another_workers_connection_ends_a_backoff(void **state) {
    struct db_monitor monitor = {0};
    struct db_config config = {.database_url = NOWHERE, .statement_timeout_ms = 1000, .monitor = &monitor};
    struct db *db = NULL;
    (void)state;
    assert_int_equal(db_create(&config, &db), STATUS_OK);
    assert_int_equal(db_ready(db), STATUS_UNAVAILABLE);
    for (int i = 1; i <= 3; i++) {
        int64_t before = metrics_get(METRIC_DB_CONNECTS_FAILED);
        atomic_fetch_add(&monitor.connects_n, 1);
        assert_int_equal(db_ready(db), STATUS_UNAVAILABLE);
        assert_int_equal(metrics_get(METRIC_DB_CONNECTS_FAILED), before + 1);
    }
    db_destroy(&db);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_a_connection_work_is_skipped),
        cmocka_unit_test(test_a_full_queue_refuses_and_counts),
        cmocka_unit_test(test_reports_are_counted_apart_and_left_at_the_stop),
        cmocka_unit_test(test_a_backoff_refuses_without_trying),
        cmocka_unit_test(test_another_workers_connection_ends_a_backoff),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
