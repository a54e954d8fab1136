/* Counters, gauges and their Prometheus text. links: pf_ops pf_base */
#include "ops/metrics.h"
#include "unit/test.h"

#include <pthread.h>
#include <stdio.h>

static int count_text(const char *text, const char *part) {
    int n = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        n++;
    return n;
}

static void test_values_change(void **state) {
    int64_t before = metrics_get(METRIC_PASSES);
    (void)state;
    metrics_increment(METRIC_PASSES);
    metrics_add(METRIC_PASSES, 5);
    assert_int_equal(metrics_get(METRIC_PASSES), before + 6);
    metrics_set(METRIC_CONNECTIONS, 9);
    metrics_add(METRIC_CONNECTIONS, -2);
    assert_int_equal(metrics_get(METRIC_CONNECTIONS), 7);
}

/* A family's heading comes once, and before its first value. */
static void test_text_is_prometheus(void **state) {
    struct strbuf out;
    (void)state;
    metrics_set(METRIC_CONNECTIONS, 7);
    metrics_set(METRIC_FRAMES_DELTA, 3);
    strbuf_init(&out);
    metrics_write(&out);
    const char *text = strbuf_text(&out);
    assert_int_equal(strncmp(text,
                             "# HELP pf_connections Open WebSocket connections\n"
                             "# TYPE pf_connections gauge\n"
                             "pf_connections 7\n",
                             strlen("# HELP pf_connections Open WebSocket connections\n"
                                    "# TYPE pf_connections gauge\n"
                                    "pf_connections 7\n")),
                     0);
    assert_int_equal(count_text(text, "# HELP pf_frames_sent_total "), 1);
    assert_int_equal(count_text(text, "# TYPE pf_frames_sent_total counter\n"), 1);
    assert_non_null(strstr(text, "# TYPE pf_frames_sent_total counter\npf_frames_sent_total{type=\"delta\"} 3\n"));
    assert_int_equal(count_text(text, "\npf_frames_sent_total{"), 4);
    strbuf_fini(&out);
}

/* The rows of a family that do not stand together would get two headings. */
static void test_families_stand_together(void **state) {
    struct strbuf out;
    (void)state;
    strbuf_init(&out);
    metrics_write(&out);
    const char *text = strbuf_text(&out);
    for (const char *at = text; (at = strstr(at, "# TYPE ")); at++) {
        char heading[128];
        (void)snprintf(heading, sizeof heading, "%.*s ", (int)strcspn(at + 7, " ") + 7, at);
        assert_row(count_text(text, heading) == 1, heading);
    }
    strbuf_fini(&out);
}

/* Prometheus counts on it: a counter ends in _total, a gauge does not. */
static void test_names_fit_their_kinds(void **state) {
    static const struct {
        const char *name, *kind;
    } rows[] = {
#define X(id, name_, kind_, help_) {name_, #kind_},
        PF_METRICS(X)
#undef X
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t len = strcspn(rows[i].name, "{");
        int is_total = len > 6 && strncmp(rows[i].name + len - 6, "_total", 6) == 0;
        assert_row(strncmp(rows[i].name, "pf_", 3) == 0, rows[i].name);
        assert_row(is_total == (strcmp(rows[i].kind, "counter") == 0), rows[i].name);
    }
}

#define THREADS_N 8
#define ROUNDS_N 6
#define ADDS_N INT64_C(20000)

static void *add_many(void *argument) {
    for (int i = 0; i < ADDS_N; i++)
        metrics_increment(METRIC_DB_JOBS);
    return argument;
}

/* Round after round: threads that have values of their own, and, when those are all taken, threads that share. */
static void test_no_addition_of_any_thread_is_lost(void **state) {
    int64_t before = metrics_get(METRIC_DB_JOBS);
    (void)state;
    for (int round = 0; round < ROUNDS_N; round++) {
        pthread_t threads[THREADS_N];
        for (int i = 0; i < THREADS_N; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, add_many, NULL), 0);
        for (int i = 0; i < THREADS_N; i++)
            assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(metrics_get(METRIC_DB_JOBS), before + (round + 1) * THREADS_N * ADDS_N);
    }
    metrics_set(METRIC_DB_JOBS, 5);
    assert_int_equal(metrics_get(METRIC_DB_JOBS), 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_change),
        cmocka_unit_test(test_text_is_prometheus),
        cmocka_unit_test(test_families_stand_together),
        cmocka_unit_test(test_names_fit_their_kinds),
        cmocka_unit_test(test_no_addition_of_any_thread_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
