/* Log lines, read back from a pipe in standard error's place, by a JSON reader.
 * links: pf_ops pf_base PkgConfig::JANSSON */
#include "ops/log.h"
#include "ops/metrics.h"
#include "unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static int saved_stderr = -1;
static int pipe_ends[2];

static int capture(void **state) {
    (void)state;
    saved_stderr = dup(STDERR_FILENO);
    if (saved_stderr < 0 || pipe2(pipe_ends, O_NONBLOCK) != 0)
        return -1;
    return dup2(pipe_ends[1], STDERR_FILENO) < 0;
}

static int release(void **state) {
    (void)state;
    log_set_level(LOG_INFO);
    (void)dup2(saved_stderr, STDERR_FILENO);
    (void)close(saved_stderr);
    (void)close(pipe_ends[0]);
    return close(pipe_ends[1]);
}

/* What was written, as text in `out`; 0 when nothing. */
static size_t read_back(char *out, size_t out_len) {
    ssize_t len = read(pipe_ends[0], out, out_len - 1);
    if (len < 0) {
        assert_int_equal(errno, EAGAIN);
        len = 0;
    }
    out[len] = '\0';
    return (size_t)len;
}

/* Exactly one line, one JSON object. */
static json_t *read_line(void) {
    char line[8192];
    json_error_t error;
    size_t len = read_back(line, sizeof line);
    assert_true(len > 0 && len <= 4096);
    assert_ptr_equal(strchr(line, '\n'), line + len - 1);
    json_t *value = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
    if (!value)
        fail_msg("%s: %s", error.text, line);
    return value;
}

static const char *text_of(const json_t *line, const char *name) {
    const char *text = json_string_value(json_object_get(line, name));
    return text ? text : "(absent)";
}

static void test_line_is_one_object(void **state) {
    (void)state;
    log_event(LOG_WARN, "redis.disconnected", LOG_TEXT("reason", "line 1\n\"2\"\\ \xff \xc3\xa9"),
              LOG_I64("after_ms", -250), LOG_TEXT("peer", NULL));
    json_t *line = read_line();
    assert_int_equal(json_object_size(line), 6);
    assert_string_equal(text_of(line, "level"), "warn");
    assert_string_equal(text_of(line, "event"), "redis.disconnected");
    assert_string_equal(text_of(line, "reason"), "line 1\n\"2\"\\ \xef\xbf\xbd \xc3\xa9");
    assert_int_equal(json_integer_value(json_object_get(line, "after_ms")), -250);
    assert_true(json_is_null(json_object_get(line, "peer")));
    assert_int_equal(strlen(text_of(line, "time")), 24);
    assert_int_equal(text_of(line, "time")[23], 'Z');
    json_decref(line);
}

static void test_line_without_fields(void **state) {
    (void)state;
    log_write(LOG_ERROR, "server.stopped", NULL, 0);
    json_t *line = read_line();
    assert_int_equal(json_object_size(line), 3);
    json_decref(line);
}

static void test_below_the_level_nothing_is_written(void **state) {
    char text[64];
    (void)state;
    log_set_level(LOG_WARN);
    assert_false(log_is_enabled(LOG_INFO));
    assert_true(log_is_enabled(LOG_WARN));
    log_event(LOG_INFO, "quote.received", LOG_I64("n", 1));
    assert_int_equal(read_back(text, sizeof text), 0);
    log_set_level(LOG_DEBUG);
    log_event(LOG_DEBUG, "quote.received", LOG_I64("n", 1));
    json_decref(read_line());
}

static void test_long_text_ends_in_an_ellipsis(void **state) {
    static char text[5000];
    (void)state;
    memset(text, 'x', sizeof text - 1);
    log_event(LOG_INFO, "body.refused", LOG_TEXT("body", text), LOG_I64("status", 400));
    json_t *line = read_line();
    const char *written = text_of(line, "body");
    size_t len = strlen(written);
    assert_in_range(len, 1000, 1030);
    assert_string_equal(written + len - 3, "\xe2\x80\xa6");
    assert_int_equal(json_integer_value(json_object_get(line, "status")), 400);
    json_decref(line);
}

/* The cut must not go through a character, whatever its place. */
static void test_cut_keeps_characters_whole(void **state) {
    static const char character[] = {'\xf0', '\x9f', '\x98', '\x80'};
    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        static char text[4001];
        for (size_t i = shift; i + 4 < sizeof text; i += 4)
            memcpy(text + i, character, sizeof character);
        memset(text, 'x', shift);
        log_event(LOG_INFO, "body.refused", LOG_TEXT("body", text));
        json_t *line = read_line();
        assert_null(strstr(text_of(line, "body"), "\xef\xbf\xbd"));
        json_decref(line);
    }
}

static void test_fields_past_the_line_s_bound_are_left_out(void **state) {
    static char text[1001];
    (void)state;
    memset(text, '\x01', sizeof text - 1); /* six bytes each when written */
    log_event(LOG_INFO, "body.refused", LOG_I64("first", 1), LOG_TEXT("body", text), LOG_I64("last", 2));
    json_t *line = read_line();
    assert_int_equal(json_integer_value(json_object_get(line, "first")), 1);
    assert_null(json_object_get(line, "body"));
    assert_true(json_is_true(json_object_get(line, "fields_left_out")));
    json_decref(line);
}

static void test_errno_survives(void **state) {
    (void)state;
    errno = ENOENT;
    log_event(LOG_INFO, "file.missed", LOG_I64("n", 1));
    assert_int_equal(errno, ENOENT);
    json_decref(read_line());
}

static void test_lost_lines_are_counted(void **state) {
    int64_t before = metrics_get(METRIC_LOG_LINES_LOST);
    (void)state;
    for (int i = 0; i < 2000; i++) /* far more than a pipe takes */
        log_event(LOG_INFO, "pipe.filled", LOG_I64("i", i));
    assert_true(metrics_get(METRIC_LOG_LINES_LOST) > before);
}

static void test_level_names(void **state) {
    enum log_level level = LOG_ERROR;
    (void)state;
    assert_true(log_level_parse("debug", &level));
    assert_int_equal(level, LOG_DEBUG);
    assert_true(log_level_parse("error", &level));
    assert_int_equal(level, LOG_ERROR);
    assert_false(log_level_parse("Info", &level));
    assert_false(log_level_parse("", &level));
    assert_int_equal(level, LOG_ERROR);
}

#define WRITERS_N 4
#define LINES_N 100

static void *write_lines(void *name) {
    for (int i = 0; i < LINES_N; i++)
        log_event(LOG_INFO, "line.written", LOG_TEXT("writer", name), LOG_I64("i", i));
    return NULL;
}

static void test_lines_of_several_threads_do_not_mix(void **state) {
    static char text[WRITERS_N * LINES_N * 120];
    static char names[WRITERS_N][2] = {"a", "b", "c", "d"};
    pthread_t threads[WRITERS_N];
    int lines_n = 0;
    (void)state;
    assert_true(fcntl(pipe_ends[1], F_SETPIPE_SZ, (int)sizeof text) >= (int)sizeof text);
    for (int i = 0; i < WRITERS_N; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, names[i]), 0);
    for (int i = 0; i < WRITERS_N; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    size_t len = read_back(text, sizeof text);
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
        json_t *value = json_loadb(line, (size_t)(end - line), 0, NULL);
        assert_non_null(value);
        json_decref(value);
        lines_n++;
    }
    assert_int_equal(lines_n, WRITERS_N * LINES_N);
    assert_int_equal(text[len - 1], '\n');
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_line_is_one_object, capture, release),
        cmocka_unit_test_setup_teardown(test_line_without_fields, capture, release),
        cmocka_unit_test_setup_teardown(test_below_the_level_nothing_is_written, capture, release),
        cmocka_unit_test_setup_teardown(test_long_text_ends_in_an_ellipsis, capture, release),
        cmocka_unit_test_setup_teardown(test_cut_keeps_characters_whole, capture, release),
        cmocka_unit_test_setup_teardown(test_fields_past_the_line_s_bound_are_left_out, capture, release),
        cmocka_unit_test_setup_teardown(test_errno_survives, capture, release),
        cmocka_unit_test_setup_teardown(test_lost_lines_are_counted, capture, release),
        cmocka_unit_test(test_level_names),
        cmocka_unit_test_setup_teardown(test_lines_of_several_threads_do_not_mix, capture, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
