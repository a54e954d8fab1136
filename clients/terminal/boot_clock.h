/* The client's one clock. It goes on while the machine sleeps: what was heard before
 * is then old and shown so, and a token has aged. Thread: any. */
#ifndef PF_TERMINAL_BOOT_CLOCK_H
#define PF_TERMINAL_BOOT_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t boot_clock_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#endif
