/* The load client's event loop. Messages are not parsed: what is needed stands
 * near their beginning. Thread: one. */
#include "load_run.h"

#include "process_usage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define STARTING_MAX 128 /* clients on their way to a snapshot */
#define EVENTS_MAX 512
#define RETRY_US 200000
#define HEAD_BYTES 400 /* of a delta: type, portfolio_id, base, cursor */

static bool begins_with(const char *bytes, size_t len, const char *text) {
    return len >= strlen(text) && memcmp(bytes, text, strlen(text)) == 0;
}

/* The seq in `"<member>":"<epoch>-<seq>-<version>"`; 0 when it is not there. */
static uint64_t seq_of(const char *bytes, size_t len, const char *member) {
    const char *at = memmem(bytes, len, member, strlen(member));
    if (!at)
        return 0;
    const char *end = bytes + len;
    const char *dash = memchr(at + strlen(member), '-', (size_t)(end - at) - strlen(member));
    uint64_t seq = 0;
    for (at = dash ? dash + 1 : end; at < end && *at >= '0' && *at <= '9'; at++)
        seq = seq * 10 + (uint64_t)(*at - '0');
    return seq;
}

static void subscribe(struct load *load, struct stream_client *client) {
    char text[160];
    unsigned portfolio = client->index % load->config.portfolios_n;
    int len = snprintf(text, sizeof text, "{\"type\":\"subscribe\",\"portfolio_id\":\"00000000-0000-4000-8000-%012x\"}",
                       portfolio);
    client->retry_at_us = 0;
    stream_client_send(client, text, (size_t)len);
}

static void become_live(struct load *load, struct stream_client *client) {
    if (!client->is_live)
        load->live_n++;
    client->is_live = true;
}

static void wait_for_time(struct load *load, uint64_t seq, int64_t at_us) {
    if (load->waiting_n == load->waiting_capacity) {
        load->waiting_capacity = load->waiting_capacity ? load->waiting_capacity * 2 : 4096;
        load->waiting = realloc(load->waiting, load->waiting_capacity * sizeof *load->waiting);
        if (!load->waiting)
            abort();
    }
    load->waiting[load->waiting_n++] = (struct load_arrival){.seq = seq, .at_us = at_us};
}

/* Each batch that the delta carries has arrived now. */
static void note_arrivals(struct load *load, uint64_t base, uint64_t seq) {
    int64_t at_us = monotonic_us();
    for (uint64_t i = seq - base < PUBLISHER_SEQS ? base + 1 : seq; i <= seq; i++) {
        int64_t published_us = publisher_time_us(&load->publisher, i);
        load->batches_seen_n++;
        if (published_us)
            histogram_add(&load->latency, at_us - published_us);
        else
            wait_for_time(load, i, at_us);
    }
}

static void settle_waiting(struct load *load) {
    size_t kept = 0;
    for (size_t i = 0; i < load->waiting_n; i++) {
        int64_t published_us = publisher_time_us(&load->publisher, load->waiting[i].seq);
        if (published_us)
            histogram_add(&load->latency, load->waiting[i].at_us - published_us);
        else
            load->waiting[kept++] = load->waiting[i];
    }
    load->waiting_n = kept;
}

static void take_delta(struct load *load, struct stream_client *client, const char *bytes, size_t len) {
    size_t head_len = len < HEAD_BYTES ? len : HEAD_BYTES;
    uint64_t base = seq_of(bytes, head_len, "\"base\":\""), seq = seq_of(bytes, head_len, "\"cursor\":\"");
    if (base != client->seq || seq < base)
        load->out_of_step_n++;
    client->seq = seq;
    if (!load->is_measuring)
        return;
    load->deltas_n++;
    load->bytes_n += len;
    note_arrivals(load, base, seq);
}

static void on_text(void *context, struct stream_client *client, const char *bytes, size_t len) {
    struct load *load = context;
    if (begins_with(bytes, len, "{\"type\":\"delta\"")) {
        take_delta(load, client, bytes, len);
    } else if (begins_with(bytes, len, "{\"type\":\"snapshot\"")) {
        client->seq = seq_of(bytes, len < HEAD_BYTES ? len : HEAD_BYTES, "\"cursor\":\"");
        become_live(load, client);
    } else if (begins_with(bytes, len, "{\"type\":\"welcome\"")) {
        if (load->config.portfolios_n)
            subscribe(load, client);
        else
            become_live(load, client);
    } else if (begins_with(bytes, len, "{\"type\":\"error\"")) {
        if (load->retries_n++ == 0)
            (void)fprintf(stderr, "load_client: %.*s\n", (int)(len < 300 ? len : 300), bytes);
        client->retry_at_us = monotonic_us() + RETRY_US;
    }
}

static void on_closed(void *context, struct stream_client *client) {
    struct load *load = context;
    if (load->closed_n++ == 0)
        (void)fprintf(stderr, "load_client: connection %u was closed\n", client->index);
    load->errors_n++;
}

static void poll_once(struct load *load, int64_t timeout_us) {
    struct epoll_event events[EVENTS_MAX];
    int timeout_ms = timeout_us <= 0 ? 0 : (int)((timeout_us + 999) / 1000);
    int n = epoll_wait(load->epoll_fd, events, EVENTS_MAX, timeout_ms);
    for (int i = 0; i < n; i++) {
        if (events[i].data.ptr) {
            stream_client_continue(events[i].data.ptr, load->epoll_fd, &load->handler);
        } else {
            publisher_read(&load->publisher);
            settle_waiting(load);
        }
    }
}

/* Ticks that are due; at most one at a time, what was missed is counted. */
static int64_t tick_if_due(struct load *load, int64_t now_us) {
    int64_t period_us = (int64_t)(1e6 / load->config.batches_per_s);
    if (!load->is_ticking)
        return 100000;
    if (now_us >= load->next_tick_us) {
        publisher_tick(&load->publisher);
        load->next_tick_us += period_us;
        if (load->next_tick_us < now_us) {
            load->late_ticks_n++;
            load->next_tick_us = now_us + period_us;
        }
    }
    return load->next_tick_us - now_us;
}

void load_pass_us(struct load *load, int64_t us) {
    int64_t end_us = monotonic_us() + us;
    if (load->is_ticking && load->next_tick_us == 0)
        load->next_tick_us = monotonic_us();
    for (int64_t now_us; (now_us = monotonic_us()) < end_us;) {
        int64_t wait_us = tick_if_due(load, now_us);
        poll_once(load, wait_us < end_us - now_us ? wait_us : end_us - now_us);
    }
}

static void retry_subscriptions(struct load *load) {
    int64_t now_us = monotonic_us();
    for (unsigned i = 0; i < load->started_n; i++)
        if (load->clients[i].retry_at_us && load->clients[i].retry_at_us <= now_us)
            subscribe(load, &load->clients[i]);
}

static bool wait_until_live(struct load *load, int64_t patience_us) {
    int64_t end_us = monotonic_us() + patience_us, retry_us = 0;
    while (load->live_n < load->config.clients_n) {
        int64_t now_us = monotonic_us();
        while (load->started_n < load->config.clients_n && load->started_n - load->live_n < STARTING_MAX) {
            unsigned i = load->started_n++;
            if (!stream_client_connect(&load->clients[i], i, load->config.port, load->epoll_fd))
                return false;
        }
        if (now_us >= retry_us) {
            retry_subscriptions(load);
            retry_us = now_us + RETRY_US;
        }
        poll_once(load, RETRY_US);
        if (now_us > end_us || load->closed_n) {
            (void)fprintf(stderr, "load_client: only %u of %u clients are live\n", load->live_n,
                          load->config.clients_n);
            return false;
        }
    }
    return true;
}

bool load_connect_all(struct load *load, int64_t patience_us) {
    return wait_until_live(load, patience_us);
}

bool load_subscribe_all(struct load *load, unsigned portfolios_n, int64_t patience_us) {
    load->config.portfolios_n = portfolios_n;
    load->live_n = 0;
    for (unsigned i = 0; i < load->started_n; i++) {
        load->clients[i].is_live = false;
        subscribe(load, &load->clients[i]);
    }
    return wait_until_live(load, patience_us);
}

bool load_price_all(struct load *load) {
    for (int i = 0; i < PUBLISHER_CLASSES; i++)
        publisher_tick(&load->publisher);
    int64_t end_us = monotonic_us() + 10000000;
    while (load->publisher.answers_n < load->publisher.batches_n && monotonic_us() < end_us)
        poll_once(load, 100000);
    return load->publisher.answers_n == load->publisher.batches_n && load->publisher.refused_n == 0;
}

bool load_start(struct load *load, const struct load_config *config, const char *program) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    load->config = *config;
    load->handler = (struct stream_handler){.context = load, .on_text = on_text, .on_closed = on_closed};
    load->clients = calloc(config->clients_n, sizeof *load->clients);
    load->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    return load->clients && load->epoll_fd >= 0 && publisher_start(&load->publisher, program) &&
           epoll_ctl(load->epoll_fd, EPOLL_CTL_ADD, load->publisher.from_fd, &event) == 0;
}

void load_stop(struct load *load) {
    for (unsigned i = 0; i < load->started_n; i++)
        stream_client_close(&load->clients[i]);
    publisher_stop(&load->publisher);
    free(load->clients);
    free(load->waiting);
    close(load->epoll_fd);
}
