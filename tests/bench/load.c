/* The load's connections and its event loop. Thread: one. */
#include "load.h"

#include "frame_reader.h"
#include "process_usage.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS_MAX 512
#define RETRY_US 200000
#define BEGIN_MAX (16 * 1024) /* bytes of a connection's first messages */

/* Sends the messages that begin the slots in this state. Who has nothing to ask says ping: to TCP, and so in what its
 * acknowledgements cost and whom, a client that has spoken is another than one that only listens. */
static void begin_slots(struct load *load, struct stream_client *client, enum load_slot_state state) {
    const struct dialect *dialect = load->config.dialect;
    struct dialect_message message;
    char frames[BEGIN_MAX];
    size_t len = 0;
    for (unsigned i = 0; i < load->config.job.subscriptions_n; i++) {
        struct load_slot *slot = load_slot_of(load, client->index, i);
        if (slot->state != state)
            continue;
        if (!dialect->begin || !dialect->begin(&load->config.job, client->index, i, &message)) {
            load_make_live(load, client, i, 0);
            if (i == 0)
                len += frame_write(FRAME_PING, "", 0, frames + len, sizeof frames - len);
            continue;
        }
        slot->state = LOAD_SLOT_WAITING;
        len +=
            frame_write((unsigned char)message.opcode, message.bytes, message.len, frames + len, sizeof frames - len);
    }
    client->retry_at_us = 0;
    if (len)
        stream_client_send(client, frames, len);
}

static void on_open(void *context, struct stream_client *client) {
    struct load *load = context;
    if (load->is_idle)
        load->live_n++;
    else
        begin_slots(load, client, LOAD_SLOT_WAITING);
}

static void on_data(void *context, struct stream_client *client, const char *bytes, size_t len) {
    load_take(context, client, bytes, len);
}

static void on_closed(void *context, struct stream_client *client) {
    struct load *load = context;
    if (load->closed_n++ == 0)
        (void)fprintf(stderr, "load_client: connection %u was closed\n", client->index);
}

static int wait_asleep(const struct load *load, struct epoll_event *events, int64_t us) {
    const struct timespec timeout = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    return epoll_pwait2(load->epoll_fd, events, EVENTS_MAX, &timeout, NULL);
}

/* Lets others of its core run instead of sleeping. */
static int wait_awake(struct load *load, struct epoll_event *events, int64_t us) {
    int n = epoll_wait(load->epoll_fd, events, EVENTS_MAX, 0);
    if (n != 0)
        return n;
    int64_t cpu_us = thread_cpu_us(), end_us = monotonic_us() + us;
    do {
        (void)sched_yield();
        n = epoll_wait(load->epoll_fd, events, EVENTS_MAX, 0);
    } while (n == 0 && monotonic_us() < end_us);
    load->idle_us += thread_cpu_us() - cpu_us;
    return n;
}

void load_poll(struct load *load, int64_t timeout_us) {
    struct epoll_event events[EVENTS_MAX];
    int64_t us = timeout_us < 0 ? 0 : timeout_us;
    int n = load->config.is_awake ? wait_awake(load, events, us) : wait_asleep(load, events, us);
    for (int i = 0; i < n; i++) {
        if (events[i].data.ptr) {
            stream_client_continue(events[i].data.ptr, load->epoll_fd, &load->handler);
        } else {
            publisher_read(&load->publisher);
            load_settle(load);
        }
    }
}

static void retry_refused(struct load *load) {
    int64_t now_us = monotonic_us();
    for (unsigned i = 0; i < load->started_n; i++)
        if (load->clients[i].retry_at_us && load->clients[i].retry_at_us <= now_us)
            begin_slots(load, &load->clients[i], LOAD_SLOT_REFUSED);
}

static bool wait_until_live(struct load *load, unsigned clients_n, int64_t patience_us) {
    int64_t end_us = monotonic_us() + patience_us, retry_us = 0;
    while (load->live_n < clients_n) {
        while (load->started_n < clients_n && load->started_n - load->live_n < load->config.in_flight_max) {
            unsigned i = load->started_n++;
            if (!stream_client_connect(&load->clients[i], i, load->config.port, load->epoll_fd))
                return false;
        }
        load_poll(load, RETRY_US);
        int64_t now_us = monotonic_us();
        if (now_us >= retry_us) {
            retry_refused(load);
            retry_us = now_us + RETRY_US;
        }
        if (now_us > end_us || load->closed_n || load->broken_n) {
            (void)fprintf(stderr, "load_client: only %u of %u clients are live\n", load->live_n, clients_n);
            return false;
        }
    }
    return true;
}

bool load_connect(struct load *load, unsigned clients_n, int64_t patience_us) {
    return wait_until_live(load, clients_n, patience_us);
}

bool load_subscribe_all(struct load *load, int64_t patience_us) {
    unsigned asked_n = 0;
    load->is_idle = false;
    load->live_n = 0;
    while (asked_n < load->started_n) {
        for (; asked_n < load->started_n && asked_n - load->live_n < load->config.in_flight_max; asked_n++)
            begin_slots(load, &load->clients[asked_n], LOAD_SLOT_WAITING);
        unsigned room_at = asked_n < load->config.in_flight_max ? 0 : asked_n - load->config.in_flight_max + 1;
        if (!wait_until_live(load, room_at, patience_us))
            return false;
    }
    return wait_until_live(load, load->started_n, patience_us);
}

bool load_start(struct load *load, const struct load_config *config) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    size_t slots_n = (size_t)config->job.clients_n * config->job.subscriptions_n;
    load->config = *config;
    load->handler = (struct stream_handler){.context = load,
                                            .dialect = config->dialect,
                                            .job = &load->config.job,
                                            .on_open = on_open,
                                            .on_data = on_data,
                                            .on_closed = on_closed};
    load->clients = calloc(config->job.clients_n, sizeof *load->clients);
    load->slots = calloc(slots_n, sizeof *load->slots);
    if (!load->clients || !load->slots)
        return false;
    if (config->dialect->open) {
        load->dialect_state = config->dialect->open(&load->config.job);
        if (!load->dialect_state)
            return false;
    }
    load->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    return load->epoll_fd >= 0 && publisher_start(&load->publisher, &config->publisher) &&
           epoll_ctl(load->epoll_fd, EPOLL_CTL_ADD, load->publisher.from_fd, &event) == 0;
}

void load_stop(struct load *load) {
    for (unsigned i = 0; i < load->started_n; i++)
        stream_client_close(&load->clients[i]);
    publisher_stop(&load->publisher);
    if (load->dialect_state && load->config.dialect->close)
        load->config.dialect->close(load->dialect_state);
    free(load->clients);
    free(load->slots);
    free(load->waiting);
    close(load->epoll_fd);
}
