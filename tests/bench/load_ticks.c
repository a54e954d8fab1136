/* When ticks come: by the clock at batches_per_s; with a window only while few
 * enough batches are on their way to the clients. Thread: one. */
#include "load.h"
#include "process_usage.h"

#define WINDOW_PATIENCE_US 500000 /* then a batch counts as lost */
#define WINDOW_WAIT_US 1000
#define PRICE_PATIENCE_US 10000000

static bool window_is_full(const struct load *load, int64_t now_us) {
    uint64_t slots_n = (uint64_t)load->config.job.clients_n * load->config.job.subscriptions_n;
    return load->config.window && load->ticks_n * slots_n >= load->delivered_n + load->config.window * slots_n &&
           now_us - load->last_update_us < WINDOW_PATIENCE_US;
}

/* Ticks once when it is due; what was missed is counted, not made up for.
 * Returns how long to wait for the next. */
static int64_t tick_if_due(struct load *load, int64_t now_us) {
    int64_t period_us = (int64_t)(1e6 / load->config.batches_per_s);
    if (!load->is_ticking)
        return 100000;
    if (now_us < load->next_tick_us)
        return load->next_tick_us - now_us;
    if (window_is_full(load, now_us))
        return WINDOW_WAIT_US;
    if (publisher_is_behind(&load->publisher)) {
        load->counts.skipped_ticks_n++;
    } else {
        publisher_tick(&load->publisher);
        load->ticks_n++;
    }
    load->next_tick_us += period_us;
    if (load->next_tick_us < now_us) {
        if (!load->config.window)
            load->counts.late_ticks_n++;
        load->next_tick_us = now_us + period_us;
    }
    return load->next_tick_us - now_us;
}

void load_pass_us(struct load *load, int64_t us) {
    int64_t end_us = monotonic_us() + us;
    if (load->is_ticking && load->next_tick_us == 0)
        load->next_tick_us = load->last_update_us = monotonic_us();
    for (int64_t now_us; (now_us = monotonic_us()) < end_us;) {
        int64_t wait_us = tick_if_due(load, now_us);
        load_poll(load, wait_us < end_us - now_us ? wait_us : end_us - now_us);
    }
}

bool load_price_all(struct load *load) {
    const struct publisher *publisher = &load->publisher;
    int64_t end_us = monotonic_us() + PRICE_PATIENCE_US;
    for (unsigned i = 0; i < PUBLISHER_CLASSES; i++) {
        publisher_price(&load->publisher, i);
        while (publisher->answers_n < publisher->batches_n && monotonic_us() < end_us)
            load_poll(load, 100000);
    }
    return publisher->answers_n == publisher->batches_n && publisher->refused_n == 0;
}
