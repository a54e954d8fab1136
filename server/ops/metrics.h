/* Counters and gauges, declared once in the table of metrics.c and shown as
 * Prometheus text on /metrics. Thread: any (relaxed atomics). */
#ifndef PF_OPS_METRICS_H
#define PF_OPS_METRICS_H

#include "base/strbuf.h"

#include <stdint.h>

/* X(id, "prometheus_name", kind, "help") — kind is counter or gauge. A name may
 * carry labels ("pf_x_total{reason=\"full\"}"); rows of one family stand together. */
#include "ops/metrics_table.h"

enum metric {
#define X(id, name, kind, help) METRIC_##id,
    PF_METRICS(X)
#undef X
        METRIC_N
};

void metrics_add(enum metric metric, int64_t n);
void metrics_set(enum metric metric, int64_t value);
int64_t metrics_get(enum metric metric);
static inline void metrics_increment(enum metric metric) {
    metrics_add(metric, 1);
}
/* Appends all of them in the Prometheus text format 0.0.4. */
void metrics_write(struct strbuf *out);

#endif
