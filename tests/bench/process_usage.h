/* What processes and cores have used so far, from /proc. Thread: one. */
#ifndef PF_BENCH_PROCESS_USAGE_H
#define PF_BENCH_PROCESS_USAGE_H

#include <stdint.h>

#define PROCESS_SET_MAX 16

struct process_set {
    int pids[PROCESS_SET_MAX];
    unsigned n;
};

/* What all threads of the processes have had. A process that is gone ends the bench. */
int64_t process_cpu_us(const struct process_set *processes);
int64_t process_waited_us(const struct process_set *processes); /* ready to run, and not let */
int64_t process_rss_bytes(const struct process_set *processes);
/* The time that a core was not idle, in steps of the kernel's tick; a core below 0: 0. */
int64_t core_busy_us(int core);
int64_t monotonic_us(void);
int64_t thread_cpu_us(void); /* of the calling thread */

#endif
