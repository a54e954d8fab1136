/* The load: many connections to one subject, ticks, and the count of what comes.
 * Files: load.c the connections, load_count.c what arrives, load_ticks.c the
 * ticks and time. Thread: one. */
#ifndef PF_BENCH_LOAD_H
#define PF_BENCH_LOAD_H

#include "dialect.h"
#include "histogram.h"
#include "publisher.h"
#include "stream_client.h"

struct load_config {
    const struct dialect *dialect;
    struct dialect_job job;
    struct publisher_config publisher;
    int port;
    unsigned in_flight_max; /* connections on their way to being live */
    double batches_per_s;
    unsigned window; /* batches on their way at most; 0: ticks look at the clock only */
    bool is_awake;   /* never sleeps: what is sent to it wakes nobody, at nobody's cost */
};

enum load_slot_state { LOAD_SLOT_WAITING, LOAD_SLOT_REFUSED, LOAD_SLOT_LIVE };

struct load_slot {
    uint64_t stamp;
    enum load_slot_state state;
};

struct load_arrival {
    uint64_t stamp;
    int64_t at_us;
};

/* While is_measuring; batches_n always. */
struct load_counts {
    uint64_t updates_n, bytes_n;
    uint64_t batches_n;                     /* that updates carried */
    uint64_t sampled_updates_n, rows_n;     /* of the clients whose rows are counted */
    uint64_t late_ticks_n, skipped_ticks_n; /* came late; did not come: the publisher was behind */
};

struct load {
    struct load_config config;
    struct stream_handler handler;
    struct publisher publisher;
    struct stream_client *clients;
    struct load_slot *slots; /* subscriptions_n in a row for each client */
    struct stream_client *reading;
    void *dialect_state;
    int epoll_fd;
    unsigned started_n, live_n, closed_n;
    bool is_ticking, is_measuring, is_idle; /* is_idle: connections do not subscribe */
    int64_t next_tick_us, last_update_us;
    int64_t idle_us;               /* spent awake with nothing to do */
    uint64_t ticks_n, delivered_n; /* batches; of slots: both since ticking began */
    uint64_t refusals_n, out_of_step_n, broken_n;
    struct load_counts counts;
    struct histogram latency;
    struct load_arrival *waiting; /* of stamps whose time is not known yet */
    size_t waiting_n, waiting_capacity;
    void (*on_live)(struct load *load); /* may be NULL: another client has become live */
    void *on_live_context;
};

bool load_start(struct load *load, const struct load_config *config);
void load_stop(struct load *load);
/* Gives each symbol its first price. */
bool load_price_all(struct load *load);
/* Until the first clients_n are live (is_idle: until hands are shaken). */
bool load_connect(struct load *load, unsigned clients_n, int64_t patience_us);
/* Subscribes clients that connected while is_idle. */
bool load_subscribe_all(struct load *load, int64_t patience_us);
/* Lets time pass, with ticks when is_ticking. */
void load_pass_us(struct load *load, int64_t us);

/* Of load.c: waits for events and handles them. */
void load_poll(struct load *load, int64_t timeout_us);
/* Of load_count.c. */
void load_take(struct load *load, struct stream_client *client, const char *bytes, size_t len);
void load_settle(struct load *load); /* the publisher answered: stamps have times */
void load_make_live(struct load *load, struct stream_client *client, unsigned slot, uint64_t stamp);

static inline struct load_slot *load_slot_of(struct load *load, unsigned client, unsigned slot) {
    return &load->slots[(size_t)client * load->config.job.subscriptions_n + slot];
}

#endif
