/* What one run of the load client measures; each mode prints one JSON object. */
#ifndef PF_BENCH_LOAD_MODES_H
#define PF_BENCH_LOAD_MODES_H

#include "load.h"
#include "process_usage.h"

struct mode_options {
    struct process_set server;
    int server_core, client_core; /* below 0: not pinned */
    double seconds, warm_up_s;
    unsigned first_n; /* connects: clients that come before the clock starts */
};

/* Each returns the exit code: 0, or 1 when the run says nothing (a connection
 * was lost, an update did not fit, nothing came). */
int mode_stream(struct load *load, const struct mode_options *options);
int mode_memory(struct load *load, const struct mode_options *options);
int mode_connects(struct load *load, const struct mode_options *options);

#endif
