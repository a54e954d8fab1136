/* The metrics' values, and their Prometheus text. Thread: any. A loop counts
 * several times a frame, so the first threads have values of their own, which
 * nobody else writes: no locked instruction, no cache line that two cores
 * write. What is read is the sum. Later threads share one set of values. */
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

#define SETS_N 32 /* the first is shared */
#define CACHE_LINE 64

/* A value of a set that is somebody's own is written by that thread only, and read by all. */
struct metric_set {
    _Alignas(CACHE_LINE) _Atomic int64_t values[METRIC_N];
};

static struct metric_set sets[SETS_N];
static _Atomic unsigned sets_taken = 1;
static _Thread_local struct metric_set *own_set;

static struct metric_set *take_set(void) {
    unsigned i = atomic_load_explicit(&sets_taken, memory_order_relaxed);
    while (i < SETS_N &&
           !atomic_compare_exchange_weak_explicit(&sets_taken, &i, i + 1, memory_order_relaxed, memory_order_relaxed)) {
    }
    return &sets[i < SETS_N ? i : 0];
}

void metrics_add(enum metric metric, int64_t n) {
    if (!own_set)
        own_set = take_set();
    _Atomic int64_t *value = &own_set->values[metric];
    if (own_set == &sets[0])
        atomic_fetch_add_explicit(value, n, memory_order_relaxed);
    else
        atomic_store_explicit(value, atomic_load_explicit(value, memory_order_relaxed) + n, memory_order_relaxed);
}

static int64_t sum_from(enum metric metric, unsigned first) {
    int64_t sum = 0;
    for (unsigned i = first; i < SETS_N; i++)
        sum += atomic_load_explicit(&sets[i].values[metric], memory_order_relaxed);
    return sum;
}

void metrics_set(enum metric metric, int64_t value) {
    atomic_store_explicit(&sets[0].values[metric], value - sum_from(metric, 1), memory_order_relaxed);
}

int64_t metrics_get(enum metric metric) {
    return sum_from(metric, 0);
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
