/* What a process has used so far, from /proc. Thread: one. */
#ifndef PF_BENCH_PROCESS_USAGE_H
#define PF_BENCH_PROCESS_USAGE_H

#include <stdint.h>

int64_t process_cpu_us(int pid);    /* user and system time of all its threads */
int64_t process_waited_us(int pid); /* its threads were ready to run and were not let */
int64_t process_rss_bytes(int pid);
int64_t monotonic_us(void);

#endif
