/* One run of the load client: connects its clients, subscribes them, ticks, and
 * counts what comes. Thread: one. */
#ifndef PF_BENCH_LOAD_RUN_H
#define PF_BENCH_LOAD_RUN_H

#include "histogram.h"
#include "publisher.h"
#include "stream_client.h"

struct load_config {
    int port;
    unsigned clients_n;
    unsigned portfolios_n; /* client i watches portfolio i mod portfolios_n; 0: nobody subscribes */
    double batches_per_s;
};

struct load_arrival {
    uint64_t seq;
    int64_t at_us;
};

struct load {
    struct load_config config;
    struct stream_handler handler;
    struct publisher publisher;
    struct stream_client *clients;
    int epoll_fd;
    unsigned started_n, live_n, closed_n;
    bool is_ticking, is_measuring;
    int64_t next_tick_us;
    uint64_t deltas_n, bytes_n, batches_seen_n; /* while measuring */
    uint64_t late_ticks_n, retries_n, errors_n, out_of_step_n;
    struct histogram latency;
    struct load_arrival *waiting; /* of numbers whose time is not known yet */
    size_t waiting_n, waiting_capacity;
};

/* program: the server's binary, for the ticks. */
bool load_start(struct load *load, const struct load_config *config, const char *program);
void load_stop(struct load *load);
/* Gives each symbol its first price. */
bool load_price_all(struct load *load);
/* Until each client has its snapshot (without portfolios: its welcome). */
bool load_connect_all(struct load *load, int64_t patience_us);
/* Subscribes clients that connected without. */
bool load_subscribe_all(struct load *load, unsigned portfolios_n, int64_t patience_us);
/* Lets time pass, with ticks when is_ticking. */
void load_pass_us(struct load *load, int64_t us);

#endif
