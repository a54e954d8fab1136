/* Durations of one thing done several times, and their medians: of the thread's
 * CPU time, which a loaded machine disturbs little, and of the wall clock.
 * Thread: one. */
#ifndef PF_BENCH_MICRO_TIMING_H
#define PF_BENCH_MICRO_TIMING_H

#include <stddef.h>
#include <stdint.h>

#define TIMING_RUNS_MAX 101

struct timing {
    int64_t cpu_began_ns, wall_began_ns;
    size_t runs_n;
    double cpu_ns[TIMING_RUNS_MAX], wall_ns[TIMING_RUNS_MAX]; /* of one operation */
};

void timing_begin(struct timing *timing);
/* A run of so many operations is over; one that is not to count is left out. */
void timing_end(struct timing *timing, uint64_t operations_n);
/* Prints `"ns":…,"wall_ns":…,"runs":…`, the members of a JSON line, in ns an operation. */
void timing_print(struct timing *timing);
/* The median of the CPU times. */
double timing_median_ns(struct timing *timing);

#endif
