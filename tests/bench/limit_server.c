/* The limit: the least that a server must do to send a frame to each of its
 * clients at each event of the bus. An epoll loop, ready-made frames, one send() a
 * client; nothing is looked up, computed or encoded. Like our server it sends to
 * everybody, then looks what has come meanwhile, and takes all of it as one.
 *
 * It knows one handshake, that of the load client (its Sec-WebSocket-Key is the
 * example of RFC 6455), and refuses any other. A socket that takes nothing is
 * skipped and counted. Thread: main, the only one. */
#include "limit_bus.h"
#include "limit_frames.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_MAX 512
#define SNDBUF_BYTES (64 * 1024) /* our server's */
#define BACKLOG 4096
#define SNAPSHOT_BYTES 10500 /* of thirty positions, about: a connection then looks to TCP like one of our server's */
#define REQUEST_MAX 2048

struct limit_client {
    int fd;
    bool is_open; /* shaken hands */
    bool is_live; /* asked, and got its first frame: a round comes to it */
    size_t request_len;
    const char *rest; /* of a buffer that a socket took a part of */
    size_t rest_len;
};

struct limit {
    struct limit_frames frames;
    struct limit_bus bus;
    struct limit_client *clients;
    unsigned clients_max, clients_n;
    unsigned clients_a_buffer, frames_a_send;
    int epoll_fd, listen_fd, signal_fd;
    uint64_t sent_seq, rounds_n, frames_n, skipped_n;
    bool is_stopping;
};

/* What epoll returns instead of a client. */
static char listen_mark, bus_mark, signal_mark;

static bool watch(const struct limit *limit, int fd, void *mark) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = mark};
    return epoll_ctl(limit->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static void client_close(struct limit_client *client) {
    close(client->fd);
    client->fd = -1;
    client->is_open = client->is_live = false;
}

/* Returns false when the socket took less than all: it is skipped this time. */
static bool client_send(struct limit_client *client, const char *bytes, size_t len) {
    ssize_t n = send(client->fd, bytes, len, MSG_NOSIGNAL);
    if (n == (ssize_t)len)
        return true;
    if (n < 0 && errno != EAGAIN)
        client_close(client);
    if (n > 0) {
        client->rest = bytes + n;
        client->rest_len = len - (size_t)n;
    }
    return false;
}

static bool client_send_rest(struct limit_client *client) {
    const char *rest = client->rest;
    size_t len = client->rest_len;
    if (len == 0)
        return true;
    client->rest_len = 0;
    if (client_send(client, rest, len))
        return true;
    if (client->rest_len == 0) {
        client->rest = rest;
        client->rest_len = len;
    }
    return false;
}

static void send_to(struct limit *limit, unsigned index) {
    struct limit_client *client = &limit->clients[index];
    const struct limit_frames *frames = &limit->frames;
    if (!client->is_live)
        return;
    unsigned buffer = index / limit->clients_a_buffer % frames->config.buffers_n;
    size_t len = 0, step = frames->frame_bytes * limit->frames_a_send;
    const char *bytes = limit_frames_stamped(&limit->frames, buffer, limit->bus.seq, &len);
    bool is_taken = client_send_rest(client);
    for (size_t at = 0; is_taken && at < len; at += step) {
        size_t left = len - at;
        is_taken = client_send(client, bytes + at, left < step ? left : step);
        limit->frames_n += limit->frames_a_send;
    }
    limit->skipped_n += !is_taken && client->is_open;
}

static void send_round(struct limit *limit) {
    if (limit->bus.seq == limit->sent_seq)
        return;
    for (unsigned i = 0; i < limit->clients_n; i++)
        send_to(limit, i);
    limit->sent_seq = limit->bus.seq;
    limit->rounds_n++;
}

static void accept_clients(struct limit *limit) {
    const int on = 1;
    while (limit->clients_n < limit->clients_max) {
        int fd = accept4(limit->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        struct limit_client *client = &limit->clients[limit->clients_n];
        *client = (struct limit_client){.fd = fd};
        if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 || !watch(limit, fd, client))
            client_close(client);
        else
            limit->clients_n++;
    }
}

static void shake_hands(struct limit_client *client, const char *request, size_t len) {
    static const char key[] = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                 "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    if (len < 4 || memcmp(request + len - 4, "\r\n\r\n", 4) != 0 || !memmem(request, len, key, sizeof key - 1) ||
        send(client->fd, answer, sizeof answer - 1, MSG_NOSIGNAL) != sizeof answer - 1)
        client_close(client);
    else
        client->is_open = true;
}

/* What a client gets for its first message, in place of a snapshot. */
static void answer(struct limit_client *client) {
    static char frame[4 + SNAPSHOT_BYTES] = {(char)0x81, 126, (char)(SNAPSHOT_BYTES >> 8),
                                             (char)(SNAPSHOT_BYTES & 0xff)};
    memset(frame + 4, '0', SNAPSHOT_BYTES);
    if (send(client->fd, frame, sizeof frame, MSG_NOSIGNAL) != (ssize_t)sizeof frame)
        client_close(client);
    else
        client->is_live = true;
}

/* The request, which the load client sends in one piece; its message; later only pongs and the end. */
static void read_client(struct limit_client *client) {
    char bytes[REQUEST_MAX];
    ssize_t n = recv(client->fd, bytes, sizeof bytes, 0);
    if (n == 0 || (n < 0 && errno != EAGAIN))
        client_close(client);
    else if (n > 0 && !client->is_open)
        shake_hands(client, bytes, (size_t)n);
    else if (n > 0 && !client->is_live)
        answer(client);
}

static void handle(struct limit *limit, void *mark) {
    if (mark == &listen_mark)
        accept_clients(limit);
    else if (mark == &signal_mark)
        limit->is_stopping = true;
    else if (mark == &bus_mark)
        limit->is_stopping = !limit_bus_read(&limit->bus) || limit->is_stopping;
    else
        read_client(mark);
}

static void run(struct limit *limit) {
    struct epoll_event events[EVENTS_MAX];
    while (!limit->is_stopping) {
        int n = epoll_wait(limit->epoll_fd, events, EVENTS_MAX, -1);
        for (int i = 0; i < n; i++)
            handle(limit, events[i].data.ptr);
        send_round(limit);
    }
}

static bool listen_on_loopback(struct limit *limit, int *ret_port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    const int sndbuf = SNDBUF_BYTES;
    limit->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (limit->listen_fd < 0 || setsockopt(limit->listen_fd, SOL_SOCKET, SO_SNDBUF, &sndbuf, sizeof sndbuf) != 0 ||
        bind(limit->listen_fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(limit->listen_fd, BACKLOG) != 0 || getsockname(limit->listen_fd, (struct sockaddr *)&address, &len) != 0)
        return false;
    *ret_port = ntohs(address.sin_port);
    return true;
}

static bool begin(struct limit *limit, const char *redis_path, int *ret_port) {
    struct rlimit files;
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &signals, NULL) != 0 || getrlimit(RLIMIT_NOFILE, &files) != 0)
        return false;
    files.rlim_cur = files.rlim_max;
    limit->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);
    limit->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    return setrlimit(RLIMIT_NOFILE, &files) == 0 && limit->signal_fd >= 0 && limit->epoll_fd >= 0 &&
           limit_bus_connect(&limit->bus, redis_path) && listen_on_loopback(limit, ret_port) &&
           watch(limit, limit->listen_fd, &listen_mark) && watch(limit, limit->bus.fd, &bus_mark) &&
           watch(limit, limit->signal_fd, &signal_mark);
}

static unsigned number(const char *text) {
    return (unsigned)strtoul(text, NULL, 10);
}

/* argv: REDIS_SOCKET CLIENTS CLIENTS_A_BUFFER FRAMES_A_BUFFER FRAMES_A_SEND PAYLOAD_BYTES ROWS */
int main(int argc, char **argv) {
    static struct limit limit; /* with its buffer too large for a stack */
    int port = 0;
    if (argc != 8) {
        (void)fprintf(stderr, "usage: limit_server REDIS_SOCKET CLIENTS CLIENTS_A_BUFFER FRAMES_A_BUFFER "
                              "FRAMES_A_SEND PAYLOAD_BYTES ROWS\n");
        return 2;
    }
    limit.clients_max = number(argv[2]);
    limit.clients_a_buffer = number(argv[3]);
    limit.frames_a_send = number(argv[5]);
    if (limit.clients_max == 0 || limit.clients_a_buffer == 0 || limit.frames_a_send == 0)
        return 2;
    const struct limit_frames_config config = {.buffers_n = (limit.clients_max - 1) / limit.clients_a_buffer + 1,
                                               .frames_n = number(argv[4]),
                                               .payload_bytes = number(argv[6]),
                                               .rows_n = number(argv[7])};
    limit.clients = calloc(limit.clients_max, sizeof *limit.clients);
    if (!limit.clients || !limit_frames_init(&limit.frames, &config) || !begin(&limit, argv[1], &port)) {
        perror("limit_server");
        return 1;
    }
    printf("{\"port\":%d}\n", port);
    (void)fflush(stdout);
    run(&limit);
    printf("{\"rounds\":%llu,\"frames\":%llu,\"skipped\":%llu}\n", (unsigned long long)limit.rounds_n,
           (unsigned long long)limit.frames_n, (unsigned long long)limit.skipped_n);
    limit_frames_fini(&limit.frames);
    free(limit.clients);
    return 0;
}
