/* Log lines: built on the stack, bounded, written by one write(2). A text that
 * is too long ends in an ellipsis; fields that no longer fit are left out and
 * the line says so. Thread: any. */
#include "ops/log.h"

#include "base/clock.h"
#include "base/timestamp.h"
#include "base/utf8.h"
#include "ops/metrics.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096
#define TEXT_MAX_BYTES 1024
#define ELLIPSIS "\xe2\x80\xa6"
#define LINE_END "}\n"
#define LEFT_OUT ",\"fields_left_out\":true"
/* What every line keeps free for its end. */
#define LINE_RESERVE (sizeof LEFT_OUT + sizeof LINE_END)

static const char *const level_names[] = {
    [LOG_DEBUG] = "debug", [LOG_INFO] = "info", [LOG_WARN] = "warn", [LOG_ERROR] = "error"};

static atomic_int least_level = LOG_INFO;

struct line {
    char bytes[LINE_MAX_BYTES];
    size_t len;
    bool is_full;
};

bool log_level_parse(const char *text, enum log_level *ret_level) {
    for (int level = LOG_DEBUG; level <= LOG_ERROR; level++) {
        if (strcmp(text, level_names[level]) == 0) {
            *ret_level = (enum log_level)level;
            return true;
        }
    }
    return false;
}

void log_set_level(enum log_level level) {
    atomic_store_explicit(&least_level, (int)level, memory_order_relaxed);
}

bool log_is_enabled(enum log_level level) {
    return (int)level >= atomic_load_explicit(&least_level, memory_order_relaxed);
}

static void append(struct line *line, const char *bytes, size_t len) {
    if (line->is_full || len > sizeof line->bytes - LINE_RESERVE - line->len) {
        line->is_full = true;
        return;
    }
    memcpy(line->bytes + line->len, bytes, len);
    line->len += len;
}

static void append_text(struct line *line, const char *text) {
    append(line, text, strlen(text));
}

static void append_string(struct line *line, const char *text) {
    char escaped[JSON_ESCAPE_MAX];
    size_t len = strnlen(text, TEXT_MAX_BYTES + 1), at = 0, taken;
    bool is_cut = len > TEXT_MAX_BYTES;
    append(line, "\"", 1);
    /* A character that the cut goes through is left out with what follows. */
    while (at < len && !(is_cut && at + 4 > TEXT_MAX_BYTES)) {
        size_t written = utf8_escape_json(escaped, text + at, len - at, &taken);
        append(line, escaped, written);
        at += taken;
    }
    if (is_cut)
        append_text(line, ELLIPSIS);
    append(line, "\"", 1);
}

static void append_field(struct line *line, const struct log_field *field) {
    size_t before = line->len;
    append(line, ",", 1);
    append_string(line, field->name);
    append(line, ":", 1);
    if (field->type == LOG_FIELD_I64) {
        char number[24];
        (void)snprintf(number, sizeof number, "%lld", (long long)field->number);
        append_text(line, number);
    } else if (field->text) {
        append_string(line, field->text);
    } else {
        append_text(line, "null");
    }
    if (line->is_full)
        line->len = before; /* a whole field or nothing: the line stays JSON */
}

/* One write, so that lines of several threads do not mix. */
static void emit(const struct line *line) {
    ssize_t written;
    do
        written = write(STDERR_FILENO, line->bytes, line->len);
    while (written < 0 && errno == EINTR);
    if (written != (ssize_t)line->len)
        metrics_increment(METRIC_LOG_LINES_LOST);
}

void log_write(enum log_level level, const char *event, const struct log_field *fields, size_t fields_n) {
    struct line line = {.len = 0};
    char now[TIMESTAMP_TEXT_LEN + 1];
    int saved_errno = errno;
    timestamp_write(now, clock_wall_ms(clock_system()));
    append_text(&line, "{\"time\":");
    append_string(&line, now);
    append_text(&line, ",\"level\":");
    append_string(&line, level_names[level]);
    append_text(&line, ",\"event\":");
    append_string(&line, event);
    for (size_t i = 0; i < fields_n && !line.is_full; i++)
        append_field(&line, &fields[i]);
    if (line.is_full) {
        memcpy(line.bytes + line.len, LEFT_OUT, sizeof LEFT_OUT - 1);
        line.len += sizeof LEFT_OUT - 1;
    }
    memcpy(line.bytes + line.len, LINE_END, sizeof LINE_END - 1);
    line.len += sizeof LINE_END - 1;
    emit(&line);
    errno = saved_errno;
}
