/* Binds, listens, accepts. Thread: L. */
#include "net/listener.h"

#include "ops/log.h"
#include "ops/metrics.h"

#include <errno.h>
#include <ev.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LISTENER_BACKLOG 4096
/* Then the other sockets and the flush have their turn: a connection and its handshake take 25 us. */
#define LISTENER_ACCEPTS_PER_WAKE 64
#define LISTENER_PAUSE_S 0.25
/* The kernel doubles it. Larger, and megabytes of old frames wait for a stalled client. */
#define LISTENER_SNDBUF_BYTES (64 * 1024)

struct listener {
    struct ev_loop *ev;
    ev_io readable;
    ev_timer pause;
    int fd, port;
    listener_accepted_fn on_accepted;
    void *context;
    bool is_paused_logged;
};

static enum status fail(char *error, size_t error_len, const char *what, const char *host, int port) {
    snprintf(error, error_len, "%s %s port %d: %s", what, host, port, strerror(errno));
    return errno == EADDRINUSE ? STATUS_CONFLICT : STATUS_IO;
}

/* A bound socket. */
static enum status listener_bind(const char *host, int port, bool is_shared, int *ret_fd, char *error,
                                 size_t error_len) {
    char service[16];
    snprintf(service, sizeof service, "%d", port);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *address = NULL;
    int code = getaddrinfo(host, service, &hints, &address);
    if (code != 0) {
        snprintf(error, error_len, "address %s: %s", host, gai_strerror(code));
        return STATUS_INVALID;
    }
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1, sndbuf = LISTENER_SNDBUF_BYTES;
    /* What is set here, the accepted sockets inherit: no system call for each of them. */
    bool is_bound = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                    (!is_shared || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0) &&
                    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &sndbuf, sizeof sndbuf) == 0 &&
                    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
                    bind(fd, address->ai_addr, address->ai_addrlen) == 0;
    freeaddrinfo(address);
    if (is_bound) {
        *ret_fd = fd;
        return STATUS_OK;
    }
    enum status status = fail(error, error_len, "cannot bind", host, port);
    if (fd >= 0)
        close(fd);
    return status;
}

static int port_of(int fd) {
    struct sockaddr_in6 address = {.sin6_port = 0}; /* the port of an IPv4 address has the same place */
    socklen_t len = sizeof address;
    return getsockname(fd, (struct sockaddr *)&address, &len) == 0 ? ntohs(address.sin6_port) : 0;
}

/* Out of descriptors or memory: epoll would report the waiting connection for
 * ever, so stop looking for a while. */
static void listener_pause(struct listener *listener) {
    metrics_increment(METRIC_ACCEPTS_FAILED);
    if (!listener->is_paused_logged)
        log_event(LOG_ERROR, "listener.paused", LOG_TEXT("reason", strerror(errno)));
    listener->is_paused_logged = true;
    ev_io_stop(listener->ev, &listener->readable);
    ev_timer_set(&listener->pause, LISTENER_PAUSE_S, 0.);
    ev_timer_start(listener->ev, &listener->pause);
}

static void on_pause_over(struct ev_loop *ev, ev_timer *timer, int revents) {
    (void)revents;
    struct listener *listener = timer->data;
    ev_io_start(ev, &listener->readable);
}

static bool is_passing_error(int error) {
    return error == EINTR || error == ECONNABORTED || error == EPROTO || error == EPERM || error == ENETDOWN ||
           error == EHOSTUNREACH || error == ENETUNREACH;
}

static void on_readable(struct ev_loop *ev, ev_io *io, int revents) {
    (void)ev, (void)revents;
    struct listener *listener = io->data;
    for (int i = 0; i < LISTENER_ACCEPTS_PER_WAKE; i++) {
        struct sockaddr_storage address;
        socklen_t len = sizeof address;
        int fd = accept4(listener->fd, (struct sockaddr *)&address, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EAGAIN || errno == EWOULDBLOCK)
                break;
            if (is_passing_error(errno))
                continue;
            listener_pause(listener);
            return;
        }
        char peer[LISTENER_PEER_MAX];
        if (getnameinfo((struct sockaddr *)&address, len, peer, sizeof peer, NULL, 0, NI_NUMERICHOST) != 0)
            snprintf(peer, sizeof peer, "unknown");
        listener->is_paused_logged = false;
        listener->on_accepted(listener->context, fd, peer);
    }
}

enum status listener_create(struct ev_loop *ev, const char *host, int port, listener_accepted_fn on_accepted,
                            void *context, struct listener **ret_listener, char *error, size_t error_len) {
    struct listener *listener = calloc(1, sizeof *listener);
    if (!listener) {
        snprintf(error, error_len, "out of memory");
        return STATUS_NO_MEMORY;
    }
    enum status status = listener_bind(host, port, true, &listener->fd, error, error_len);
    if (status == STATUS_OK && listen(listener->fd, LISTENER_BACKLOG) != 0) {
        status = fail(error, error_len, "cannot listen on", host, port);
        close(listener->fd);
    }
    if (status != STATUS_OK) {
        free(listener);
        return status;
    }
    listener->ev = ev;
    listener->port = port_of(listener->fd);
    listener->on_accepted = on_accepted;
    listener->context = context;
    ev_io_init(&listener->readable, on_readable, listener->fd, EV_READ);
    listener->readable.data = listener;
    ev_timer_init(&listener->pause, on_pause_over, LISTENER_PAUSE_S, 0.);
    listener->pause.data = listener;
    ev_io_start(ev, &listener->readable);
    *ret_listener = listener;
    return STATUS_OK;
}

void listener_destroy(struct listener **listener) {
    struct listener *it = *listener;
    if (!it)
        return;
    *listener = NULL;
    ev_io_stop(it->ev, &it->readable);
    ev_timer_stop(it->ev, &it->pause);
    close(it->fd);
    free(it);
}

int listener_port(const struct listener *listener) {
    return listener->port;
}

enum status listener_probe(const char *host, int port, char *error, size_t error_len) {
    if (port == 0)
        return STATUS_OK;
    int fd = -1;
    enum status status = listener_bind(host, port, false, &fd, error, error_len);
    if (status == STATUS_OK)
        close(fd);
    return status;
}
