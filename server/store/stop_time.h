/* When waiting for PostgreSQL ends because the process does. Main sets it,
 * once; every wait looks at it. Thread: any. */
#ifndef PF_STORE_STOP_TIME_H
#define PF_STORE_STOP_TIME_H

#include <stdatomic.h>
#include <stdint.h>

/* Monotonic ms (clock_system); 0 = the process does not stop. */
typedef _Atomic int64_t stop_time;

#endif
