/* The client's side of RFC 6455, as much as the bench needs. Thread: one (one
 * receive buffer for all connections). */
#include "stream_client.h"

#include "frame_reader.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENTS_PER_ADDRESS 1024 /* few, so that connect() finds a free port at once */
#define RECEIVE_BYTES (256 * 1024)
#define HANDSHAKE_MAX 1024
#define PONG_MAX 160

bool stream_client_connect(struct stream_client *client, unsigned index, int port, int epoll_fd) {
    struct sockaddr_in local = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK + index / CLIENTS_PER_ADDRESS)};
    struct sockaddr_in server = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct epoll_event event = {.events = EPOLLOUT, .data.ptr = client};
    *client = (struct stream_client){.fd = fd, .index = index};
    if (fd < 0 || setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) != 0 ||
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
        bind(fd, (struct sockaddr *)&local, sizeof local) != 0 ||
        (connect(fd, (struct sockaddr *)&server, sizeof server) != 0 && errno != EINPROGRESS) ||
        epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) {
        perror("load_client: connect");
        stream_client_close(client);
        return false;
    }
    return true;
}

void stream_client_close(struct stream_client *client) {
    const struct linger at_once = {.l_onoff = 1};
    if (client->fd >= 0) {
        (void)setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close(client->fd);
    }
    client->fd = -1;
    client->state = STREAM_CLOSED;
    free(client->rest);
    client->rest = NULL;
    client->rest_len = client->rest_capacity = 0;
}

void stream_client_send(struct stream_client *client, const char *frames, size_t len) {
    if (client->fd >= 0 && send(client->fd, frames, len, MSG_NOSIGNAL) != (ssize_t)len)
        (void)fprintf(stderr, "load_client: a message did not fit\n");
}

static void answer_ping(struct stream_client *client, const struct frame_view *ping) {
    char frame[PONG_MAX];
    size_t len = frame_write(FRAME_PONG, ping->payload, ping->payload_len, frame, sizeof frame);
    stream_client_send(client, frame, len);
}

/* Takes the whole frames; returns how many bytes they were. */
static size_t take_frames(struct stream_client *client, const char *bytes, size_t len,
                          const struct stream_handler *handler) {
    struct frame_view frame;
    size_t at = 0;
    while (client->state == STREAM_OPEN) {
        enum frame_result result = frame_read(bytes + at, len - at, &frame);
        if (result == FRAME_PARTIAL)
            break;
        if (result == FRAME_REFUSED || frame.opcode == FRAME_CLOSE) {
            client->state = STREAM_CLOSED;
            break;
        }
        at += frame.frame_len;
        if (frame.opcode <= FRAME_BINARY)
            handler->on_data(handler->context, client, frame.payload, frame.payload_len);
        else if (frame.opcode == FRAME_PING)
            answer_ping(client, &frame);
    }
    return at;
}

static void keep_rest(struct stream_client *client, const char *bytes, size_t len) {
    if (len == 0) {
        free(client->rest);
        client->rest = NULL;
        client->rest_len = client->rest_capacity = 0;
        return;
    }
    if (bytes == client->rest) {
        client->rest_len = len;
        return;
    }
    if (client->rest_len + len > client->rest_capacity) {
        client->rest_capacity = (client->rest_len + len) * 2;
        client->rest = realloc(client->rest, client->rest_capacity);
        if (!client->rest)
            abort();
    }
    memcpy(client->rest + client->rest_len, bytes, len);
    client->rest_len += len;
}

/* Skips the answer to the handshake; returns its length, 0 while it is not whole. */
static size_t take_answer(struct stream_client *client, const char *bytes, size_t len,
                          const struct stream_handler *handler) {
    const char *end = memmem(bytes, len, "\r\n\r\n", 4);
    if (!end)
        return 0;
    if (len < 12 || memcmp(bytes + 9, "101", 3) != 0) {
        (void)fprintf(stderr, "load_client: the handshake was answered: %.*s\n", (int)(end - bytes), bytes);
        client->state = STREAM_CLOSED;
        return 0;
    }
    client->state = STREAM_OPEN;
    handler->on_open(handler->context, client);
    return (size_t)(end - bytes) + 4;
}

/* Passes on what came. */
static void take(struct stream_client *client, const char *bytes, size_t len, const struct stream_handler *handler) {
    if (client->rest_len) {
        keep_rest(client, bytes, len);
        bytes = client->rest;
        len = client->rest_len;
    }
    size_t taken = 0;
    if (client->state == STREAM_SHAKING_HANDS)
        taken = take_answer(client, bytes, len, handler);
    taken += take_frames(client, bytes + taken, len - taken, handler);
    if (bytes == client->rest && taken < len)
        memmove(client->rest, client->rest + taken, len - taken);
    else if (bytes != client->rest)
        bytes += taken;
    keep_rest(client, bytes, len - taken);
}

static size_t write_handshake(unsigned client, const struct stream_handler *handler, char *out, size_t room) {
    const struct dialect *dialect = handler->dialect;
    char path[DIALECT_PATH_MAX];
    const char *protocol = dialect->subprotocol;
    if (dialect->write_path && !dialect->write_path(handler->job, client, path, sizeof path))
        return 0;
    int n = snprintf(out, room,
                     "GET %s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s%s%s\r\n",
                     dialect->write_path ? path : dialect->path, protocol ? "Sec-WebSocket-Protocol: " : "",
                     protocol ? protocol : "", protocol ? "\r\n" : "");
    return n > 0 && (size_t)n < room ? (size_t)n : 0;
}

/* Connected: asks for the upgrade, and from now on only listens. */
static void shake_hands(struct stream_client *client, int epoll_fd, const struct stream_handler *handler) {
    /* Edges: the kernel need not look again whether all was read. It was, see below. */
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = client};
    char text[HANDSHAKE_MAX];
    size_t len = write_handshake(client->index, handler, text, sizeof text);
    if (len == 0 || send(client->fd, text, len, MSG_NOSIGNAL) != (ssize_t)len ||
        epoll_ctl(epoll_fd, EPOLL_CTL_MOD, client->fd, &event) != 0)
        client->state = STREAM_CLOSED;
    else
        client->state = STREAM_SHAKING_HANDS;
}

/* Reads all there is: a read that does not fill the buffer has emptied the socket. */
static void receive(struct stream_client *client, const struct stream_handler *handler) {
    static char buffer[RECEIVE_BYTES];
    ssize_t n;
    do {
        n = recv(client->fd, buffer, sizeof buffer, 0);
        if (n > 0)
            take(client, buffer, (size_t)n, handler);
        else if (n == 0 || errno != EAGAIN)
            client->state = STREAM_CLOSED;
    } while (n == (ssize_t)sizeof buffer && client->state != STREAM_CLOSED);
}

void stream_client_continue(struct stream_client *client, int epoll_fd, const struct stream_handler *handler) {
    if (client->state == STREAM_CONNECTING)
        shake_hands(client, epoll_fd, handler);
    else
        receive(client, handler);
    if (client->state == STREAM_CLOSED) {
        stream_client_close(client);
        handler->on_closed(handler->context, client);
    }
}
