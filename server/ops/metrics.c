/* The metrics' values, and their Prometheus text. Thread: any: each value is
 * an atomic of its own, read and written relaxed. */
#include "ops/metrics.h"

#include <stdatomic.h>
#include <string.h>

struct metric_row {
    const char *name; /* with its labels */
    const char *kind;
    const char *help;
};

static const struct metric_row rows[METRIC_N] = {
#define X(id, name_, kind_, help_) [METRIC_##id] = {.name = (name_), .kind = #kind_, .help = (help_)},
    PF_METRICS(X)
#undef X
};

static _Atomic int64_t values[METRIC_N];

void metrics_add(enum metric metric, int64_t n) {
    atomic_fetch_add_explicit(&values[metric], n, memory_order_relaxed);
}

void metrics_set(enum metric metric, int64_t value) {
    atomic_store_explicit(&values[metric], value, memory_order_relaxed);
}

int64_t metrics_get(enum metric metric) {
    return atomic_load_explicit(&values[metric], memory_order_relaxed);
}

static size_t family_len(const char *name) {
    return strcspn(name, "{");
}

static bool is_same_family(const char *a, const char *b) {
    size_t len = family_len(a);
    return len == family_len(b) && memcmp(a, b, len) == 0;
}

static void write_heading(struct strbuf *out, const struct metric_row *row) {
    size_t len = family_len(row->name);
    STRBUF_LITERAL(out, "# HELP ");
    strbuf_append(out, row->name, len);
    strbuf_append_char(out, ' ');
    strbuf_append_text(out, row->help);
    STRBUF_LITERAL(out, "\n# TYPE ");
    strbuf_append(out, row->name, len);
    strbuf_append_char(out, ' ');
    strbuf_append_text(out, row->kind);
    strbuf_append_char(out, '\n');
}

void metrics_write(struct strbuf *out) {
    for (size_t i = 0; i < METRIC_N; i++) {
        if (i == 0 || !is_same_family(rows[i - 1].name, rows[i].name))
            write_heading(out, &rows[i]);
        strbuf_append_text(out, rows[i].name);
        strbuf_append_char(out, ' ');
        strbuf_append_i64(out, metrics_get((enum metric)i));
        strbuf_append_char(out, '\n');
    }
}
