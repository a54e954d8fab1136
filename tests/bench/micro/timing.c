/* Owns nothing. Thread: one. */
#include "timing.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int64_t read_ns(clockid_t clock) {
    struct timespec now = {0};
    (void)clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void timing_begin(struct timing *timing) {
    timing->wall_began_ns = read_ns(CLOCK_MONOTONIC);
    timing->cpu_began_ns = read_ns(CLOCK_THREAD_CPUTIME_ID);
}

void timing_end(struct timing *timing, uint64_t operations_n) {
    int64_t cpu_ns = read_ns(CLOCK_THREAD_CPUTIME_ID) - timing->cpu_began_ns;
    int64_t wall_ns = read_ns(CLOCK_MONOTONIC) - timing->wall_began_ns;
    if (timing->runs_n == TIMING_RUNS_MAX || operations_n == 0)
        return;
    timing->cpu_ns[timing->runs_n] = (double)cpu_ns / (double)operations_n;
    timing->wall_ns[timing->runs_n] = (double)wall_ns / (double)operations_n;
    timing->runs_n++;
}

static int by_size(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right;
}

static double median(double *values, size_t n) {
    if (n == 0)
        return 0;
    qsort(values, n, sizeof *values, by_size);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

double timing_median_ns(struct timing *timing) {
    return median(timing->cpu_ns, timing->runs_n);
}

void timing_print(struct timing *timing) {
    (void)printf("\"ns\":%.2f,\"wall_ns\":%.2f,\"runs\":%zu", timing_median_ns(timing),
                 median(timing->wall_ns, timing->runs_n), timing->runs_n);
}
