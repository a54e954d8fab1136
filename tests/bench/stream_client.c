/* The client's side of RFC 6455, as much as the bench needs. Thread: one (one
 * receive buffer for all connections). */
#include "stream_client.h"

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

#define CLIENTS_PER_ADDRESS 20000
#define RECEIVE_BYTES (256 * 1024)
#define SEND_MAX 1024
#define OPCODE_TEXT 1
#define OPCODE_CLOSE 8
#define OPCODE_PING 9

static const char handshake[] =
    "GET /stream HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Protocol: portfolio.v1.json\r\n\r\n";

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
    if (client->fd >= 0)
        close(client->fd);
    client->fd = -1;
    client->state = STREAM_CLOSED;
    free(client->rest);
    client->rest = NULL;
    client->rest_len = client->rest_capacity = 0;
}

static void send_frame(struct stream_client *client, unsigned char opcode, const char *payload, size_t len) {
    unsigned char frame[SEND_MAX + 8] = {(unsigned char)(0x80 | opcode)};
    size_t at = 2;
    if (len > SEND_MAX || client->fd < 0)
        return;
    if (len < 126) {
        frame[1] = (unsigned char)(0x80 | len);
    } else {
        frame[1] = 0x80 | 126;
        frame[at++] = (unsigned char)(len >> 8);
        frame[at++] = (unsigned char)len;
    }
    at += 4; /* a mask of zeros leaves the payload as it is */
    memcpy(frame + at, payload, len);
    if (send(client->fd, frame, at + len, MSG_NOSIGNAL) != (ssize_t)(at + len))
        (void)fprintf(stderr, "load_client: a message did not fit\n");
}

void stream_client_send(struct stream_client *client, const char *text, size_t len) {
    send_frame(client, OPCODE_TEXT, text, len);
}

/* The header of the frame at bytes; false: it is not whole yet. */
static bool frame_header(const unsigned char *bytes, size_t len, size_t *ret_header, uint64_t *ret_payload) {
    if (len < 2)
        return false;
    size_t header = bytes[1] < 126 ? 2 : bytes[1] == 126 ? 4 : 10;
    if (len < header)
        return false;
    uint64_t payload = bytes[1];
    if (header > 2) {
        payload = 0;
        for (size_t i = 2; i < header; i++)
            payload = payload << 8 | bytes[i];
    }
    *ret_header = header;
    *ret_payload = payload;
    return true;
}

/* Takes the whole frames; returns how many bytes they were. */
static size_t take_frames(struct stream_client *client, const char *bytes, size_t len,
                          const struct stream_handler *handler) {
    size_t at = 0, header = 0;
    uint64_t payload = 0;
    while (client->state == STREAM_OPEN &&
           frame_header((const unsigned char *)bytes + at, len - at, &header, &payload) &&
           payload <= len - at - header) {
        unsigned char opcode = (unsigned char)bytes[at] & 0x0f;
        const char *text = bytes + at + header;
        if (opcode == OPCODE_TEXT)
            handler->on_text(handler->context, client, text, (size_t)payload);
        else if (opcode == OPCODE_PING)
            send_frame(client, 10, text, (size_t)payload);
        else if (opcode == OPCODE_CLOSE)
            client->state = STREAM_CLOSED;
        at += header + (size_t)payload;
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

/* Passes on what came; the answer to the handshake is skipped first. */
static void take(struct stream_client *client, const char *bytes, size_t len, const struct stream_handler *handler) {
    if (client->rest_len) {
        keep_rest(client, bytes, len);
        bytes = client->rest;
        len = client->rest_len;
    }
    size_t taken = 0;
    if (client->state == STREAM_SHAKING_HANDS) {
        const char *end = memmem(bytes, len, "\r\n\r\n", 4);
        if (end && len > 12 && memcmp(bytes + 9, "101", 3) == 0) {
            client->state = STREAM_OPEN;
            taken = (size_t)(end - bytes) + 4;
        } else if (end) {
            client->state = STREAM_CLOSED;
        }
    }
    taken += take_frames(client, bytes + taken, len - taken, handler);
    if (bytes == client->rest && taken < len)
        memmove(client->rest, client->rest + taken, len - taken);
    else if (bytes != client->rest)
        bytes += taken;
    keep_rest(client, bytes, len - taken);
}

/* Connected: asks for the upgrade, and from now on only listens. */
static void shake_hands(struct stream_client *client, int epoll_fd) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    if (send(client->fd, handshake, sizeof handshake - 1, MSG_NOSIGNAL) != sizeof handshake - 1 ||
        epoll_ctl(epoll_fd, EPOLL_CTL_MOD, client->fd, &event) != 0)
        client->state = STREAM_CLOSED;
    else
        client->state = STREAM_SHAKING_HANDS;
}

void stream_client_continue(struct stream_client *client, int epoll_fd, const struct stream_handler *handler) {
    static char buffer[RECEIVE_BYTES];
    if (client->state == STREAM_CONNECTING) {
        shake_hands(client, epoll_fd);
    } else {
        ssize_t n = recv(client->fd, buffer, sizeof buffer, 0);
        if (n > 0)
            take(client, buffer, (size_t)n, handler);
        else if (n == 0 || errno != EAGAIN)
            client->state = STREAM_CLOSED;
    }
    if (client->state == STREAM_CLOSED) {
        stream_client_close(client);
        handler->on_closed(handler->context, client);
    }
}
