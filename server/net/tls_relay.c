/* Two descriptors and what is watched of them: the socket and our end of the
 * pair. One side that is full stops the reading of the other. Thread: L. */
#include "net/tls_relay.h"

#include "ops/log.h"

#include <ev.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RELAY_BYTES ((size_t)16 * 1024) /* a turn and a direction: a record's content */
#define RELAY_PAIR_BYTES (32 * 1024)    /* kept in the pair, each way; the kernel doubles it */
#define RELAY_END_MS 5000
#define RELAY_CHUNKS_MAX 16 /* of the library's, before the others have their turn */

struct tls_relay {
    struct list_link link; /* in relays->all */
    struct tls_relays *relays;
    struct transport transport;
    void *user; /* NULL: released */
    ev_io socket, pair;
    int socket_events, pair_events; /* 0: not watched */
    int pair_fd;                    /* -1: the library's side has ended */
    char *held;                     /* input that the pair did not take; NULL: none */
    size_t held_len, held_sent;
    struct timer_entry deadline; /* set when only the end is left */
    bool is_room_wanted;
    bool is_input_over; /* the peer has ended its side */
    bool is_shut;       /* ours has ended, and all of it is out */
    bool is_cut;
    bool is_released;
};

static void watch(struct tls_relay *relay, ev_io *io, int *watched, int fd, int events) {
    if (*watched == events)
        return;
    ev_io_stop(relay->relays->ev, io);
    *watched = events;
    if (!events)
        return;
    ev_io_set(io, fd, events);
    ev_io_start(relay->relays->ev, io);
}

static void relay_close_pair(struct tls_relay *relay) {
    if (relay->pair_fd < 0)
        return;
    watch(relay, &relay->pair, &relay->pair_events, -1, 0);
    ev_clear_pending(relay->relays->ev, &relay->pair);
    close(relay->pair_fd);
    relay->pair_fd = -1;
    free(relay->held);
    relay->held = NULL;
}

void tls_relay_cut(struct tls_relay *relay) {
    if (relay->is_cut)
        return;
    relay->is_cut = true;
    relay_close_pair(relay); /* the library sees the end of its input */
    watch(relay, &relay->socket, &relay->socket_events, -1, 0);
    shutdown(relay->transport.fd, SHUT_RDWR); /* closed at the end: somebody may ask for it until then */
}

static void relay_free(struct tls_relay *relay) {
    tls_relay_cut(relay);
    relay->relays->ending_n -= relay->is_released;
    ev_clear_pending(relay->relays->ev, &relay->socket);
    timer_entry_cancel(&relay->deadline);
    list_remove(&relay->link);
    tls_stream_destroy(&relay->transport.tls);
    close(relay->transport.fd);
    free(relay);
}

/* What follows from the state. The relay may be gone afterwards. */
static void relay_settle(struct tls_relay *relay) {
    bool is_pending = tls_stream_is_pending(relay->transport.tls);
    if (!relay->is_cut && relay->pair_fd < 0 && !is_pending && !relay->is_shut) {
        relay->is_shut = true;
        shutdown(relay->transport.fd, SHUT_WR);
    }
    if (relay->is_shut && relay->is_input_over)
        tls_relay_cut(relay);
    if (relay->is_cut) {
        if (relay->is_released)
            relay_free(relay);
        return;
    }
    bool is_reading = !relay->is_input_over && !relay->held;
    watch(relay, &relay->socket, &relay->socket_events, relay->transport.fd,
          (is_reading ? EV_READ : 0) | (is_pending ? EV_WRITE : 0));
    if (relay->pair_fd >= 0)
        watch(relay, &relay->pair, &relay->pair_events, relay->pair_fd,
              (is_pending ? 0 : EV_READ) | (relay->held ? EV_WRITE : 0));
    if (is_reading && transport_has_input(&relay->transport))
        ev_feed_event(relay->relays->ev, &relay->socket, EV_READ);
    if (relay->is_room_wanted && !is_pending && relay->user) {
        relay->is_room_wanted = false;
        relay->relays->on_room(relay->user);
    }
}

/* The library has written its last: a goodbye behind it. */
static void relay_end_output(struct tls_relay *relay) {
    relay_close_pair(relay);
    tls_stream_end(relay->transport.tls);
    timer_wheel_set(relay->relays->wheel, &relay->deadline, clock_monotonic_ms(relay->relays->clock) + RELAY_END_MS);
}

/* From the library to the peer, until one of them has no more. */
static bool relay_take_output(struct tls_relay *relay) {
    char bytes[RELAY_BYTES];
    for (int i = 0; i < RELAY_CHUNKS_MAX && relay->pair_fd >= 0; i++) {
        if (tls_stream_is_pending(relay->transport.tls))
            return false;
        ssize_t n = recv(relay->pair_fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return true;
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            relay_end_output(relay);
        else if (tls_stream_write(relay->transport.tls, bytes, (size_t)n) < 0)
            tls_relay_cut(relay);
    }
    return false;
}

static void relay_end_input(struct tls_relay *relay) {
    if (relay->is_input_over && !relay->held && relay->pair_fd >= 0)
        shutdown(relay->pair_fd, SHUT_WR);
}

/* How much the library's side takes; all of it when there is nobody: what comes after the end is not read. */
static size_t relay_hand_over(const struct tls_relay *relay, const char *bytes, size_t len) {
    if (relay->pair_fd < 0)
        return len;
    ssize_t n = send(relay->pair_fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : len;
    return (size_t)n;
}

static void relay_take_held(struct tls_relay *relay) {
    relay->held_sent += relay_hand_over(relay, relay->held + relay->held_sent, relay->held_len - relay->held_sent);
    if (relay->held_sent < relay->held_len)
        return;
    free(relay->held);
    relay->held = NULL;
    relay_end_input(relay);
}

/* From the peer to the library: a record's content. */
static void relay_take_input(struct tls_relay *relay) {
    char bytes[RELAY_BYTES];
    ssize_t n = transport_read(&relay->transport, bytes, sizeof bytes);
    if (n < 0) {
        if (errno != EAGAIN)
            tls_relay_cut(relay);
        return;
    }
    if (n == 0) {
        relay->is_input_over = true;
        relay_end_input(relay);
        return;
    }
    size_t taken = relay_hand_over(relay, bytes, (size_t)n);
    if (taken == (size_t)n)
        return;
    relay->held_len = (size_t)n - taken;
    relay->held_sent = 0;
    relay->held = malloc(relay->held_len);
    if (relay->held)
        memcpy(relay->held, bytes + taken, relay->held_len);
    else
        tls_relay_cut(relay);
}

static void on_socket(struct ev_loop *ev, ev_io *io, int revents) {
    (void)ev;
    struct tls_relay *relay = io->data;
    if ((revents & EV_WRITE) && !relay->is_cut && !tls_stream_flush(relay->transport.tls))
        tls_relay_cut(relay);
    if ((revents & EV_WRITE) && !relay->is_cut)
        (void)relay_take_output(relay);
    if ((revents & EV_READ) && !relay->is_cut && !relay->is_input_over && !relay->held)
        relay_take_input(relay);
    relay_settle(relay);
}

static void on_pair(struct ev_loop *ev, ev_io *io, int revents) {
    (void)ev;
    struct tls_relay *relay = io->data;
    if ((revents & EV_WRITE) && relay->held)
        relay_take_held(relay);
    if (revents & EV_READ)
        (void)relay_take_output(relay);
    relay_settle(relay);
}

/* The end takes too long. */
static void on_deadline(struct timer_entry *entry) {
    struct tls_relay *relay = TIMER_ENTRY(entry, struct tls_relay, deadline);
    log_event(LOG_DEBUG, "tls.end_overdue");
    tls_relay_cut(relay);
    relay_settle(relay);
}

bool tls_relay_is_clear(struct tls_relay *relay) {
    if (relay->is_cut || relay->pair_fd < 0)
        return false;
    bool is_taken = relay_take_output(relay);
    bool is_clear = is_taken && !relay->is_cut && !tls_stream_is_pending(relay->transport.tls);
    if (!is_clear)
        relay_settle(relay); /* not released: it stays */
    return is_clear;
}

bool tls_relay_write(struct tls_relay *relay, const void *bytes, size_t len) {
    if (relay->is_cut || tls_stream_write(relay->transport.tls, bytes, len) < 0)
        return false;
    if (tls_stream_is_pending(relay->transport.tls))
        relay_settle(relay);
    return true;
}

bool tls_relay_is_pending(const struct tls_relay *relay) {
    return tls_stream_is_pending(relay->transport.tls);
}

void tls_relay_want_room(struct tls_relay *relay) {
    relay->is_room_wanted = true;
}

int tls_relay_socket(const struct tls_relay *relay) {
    return relay->transport.fd;
}

void tls_relay_set_user(struct tls_relay *relay, void *user) {
    relay->user = user;
}

void tls_relay_release(struct tls_relay **relay) {
    struct tls_relay *it = *relay;
    if (!it)
        return;
    *relay = NULL;
    it->user = NULL;
    it->is_released = true;
    it->relays->ending_n++;
    if (!timer_entry_is_set(&it->deadline))
        timer_wheel_set(it->relays->wheel, &it->deadline, clock_monotonic_ms(it->relays->clock) + RELAY_END_MS);
    relay_settle(it);
}

static bool make_pair(int fds[2]) {
    const int bytes = RELAY_PAIR_BYTES;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0)
        return false;
    for (int i = 0; i < 2; i++)
        (void)setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    return true;
}

enum status tls_relay_create(struct tls_relays *relays, const struct transport *transport, struct tls_relay **ret_relay,
                             int *ret_fd) {
    struct transport taken = *transport;
    struct tls_relay *relay = calloc(1, sizeof *relay);
    int fds[2];
    if (!relay || !make_pair(fds)) {
        enum status status = relay ? STATUS_IO : STATUS_NO_MEMORY;
        free(relay);
        tls_stream_destroy(&taken.tls);
        close(taken.fd);
        return status;
    }
    relay->relays = relays;
    relay->transport = taken;
    relay->pair_fd = fds[0];
    ev_io_init(&relay->socket, on_socket, taken.fd, EV_READ);
    ev_io_init(&relay->pair, on_pair, fds[0], EV_READ);
    relay->socket.data = relay->pair.data = relay;
    timer_entry_init(&relay->deadline, on_deadline);
    list_push_back(&relays->all, &relay->link);
    relay_settle(relay);
    *ret_relay = relay;
    *ret_fd = fds[1];
    return STATUS_OK;
}

void tls_relays_init(struct tls_relays *relays) {
    list_init(&relays->all);
    relays->ending_n = 0;
}

void tls_relays_fini(struct tls_relays *relays) {
    LIST_FOR_EACH (link, next, &relays->all)
        relay_free(LIST_ENTRY(link, struct tls_relay, link));
}
