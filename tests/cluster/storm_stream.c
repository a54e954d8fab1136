/* The client's side of RFC 6455, as much as the storm needs. Thread: one. */
#include "storm.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECEIVE_BYTES (256 * 1024)
#define SEND_MAX 1024
#define OPCODE_TEXT 1
#define OPCODE_CLOSE 8
#define OPCODE_PING 9
#define OPCODE_PONG 10

static const char handshake[] =
    "GET /stream HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Protocol: portfolio.v1.json\r\n\r\n";

bool storm_stream_connect(struct storm *storm, struct storm_client *client) {
    int port = storm->ports[client->index % storm->ports_n];
    struct sockaddr_in server = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int on = 1;
    struct epoll_event event = {.events = EPOLLOUT, .data.ptr = client};
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    client->state = STORM_CONNECTING;
    return client->fd >= 0 && setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
           (connect(client->fd, (struct sockaddr *)&server, sizeof server) == 0 || errno == EINPROGRESS) &&
           epoll_ctl(storm->epoll_fd, EPOLL_CTL_ADD, client->fd, &event) == 0;
}

void storm_stream_close(struct storm_client *client) {
    if (client->fd >= 0)
        close(client->fd);
    client->fd = -1;
    client->state = STORM_AWAY;
    free(client->rest);
    client->rest = NULL;
    client->rest_len = client->rest_capacity = 0;
}

static void send_frame(struct storm *storm, struct storm_client *client, unsigned char opcode, const char *payload,
                       size_t len) {
    unsigned char frame[SEND_MAX + 8] = {(unsigned char)(0x80 | opcode)};
    size_t at = 2;
    if (len > SEND_MAX) {
        storm->counts.errors++;
        storm_fail(storm, client, "a message too long to send", "");
        return;
    }
    if (len < 126) {
        frame[1] = (unsigned char)(0x80 | len);
    } else {
        frame[1] = 0x80 | 126;
        frame[at++] = (unsigned char)(len >> 8);
        frame[at++] = (unsigned char)len;
    }
    at += 4; /* a mask of zeros leaves the payload as it is */
    memcpy(frame + at, payload, len);
    /* Small messages into an empty buffer; a socket that does not take them is at its end. */
    if (send(client->fd, frame, at + len, MSG_NOSIGNAL) != (ssize_t)(at + len))
        client->is_ended = true;
}

void storm_stream_send(struct storm *storm, struct storm_client *client, const char *text) {
    send_frame(storm, client, OPCODE_TEXT, text, strlen(text));
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
static size_t take_frames(struct storm *storm, struct storm_client *client, const char *bytes, size_t len) {
    size_t at = 0, header = 0;
    uint64_t payload = 0;
    while (!client->is_ended && frame_header((const unsigned char *)bytes + at, len - at, &header, &payload) &&
           payload <= len - at - header) {
        unsigned char opcode = (unsigned char)bytes[at] & 0x0f;
        const char *text = bytes + at + header;
        if (opcode == OPCODE_TEXT)
            storm_take_frame(storm, client, text, (size_t)payload);
        else if (opcode == OPCODE_PING)
            send_frame(storm, client, OPCODE_PONG, text, (size_t)payload);
        else if (opcode == OPCODE_CLOSE)
            client->is_ended = true;
        at += header + (size_t)payload;
    }
    return at;
}

/* What is left begins the next frame. bytes may lie in client->rest. */
static void keep_rest(struct storm_client *client, const char *bytes, size_t len) {
    if (len > client->rest_capacity) {
        char *rest = malloc(len * 2);
        if (!rest)
            abort();
        memcpy(rest, bytes, len);
        free(client->rest);
        client->rest = rest;
        client->rest_capacity = len * 2;
    } else if (len > 0) {
        memmove(client->rest, bytes, len);
    } else {
        free(client->rest);
        client->rest = NULL;
        client->rest_capacity = 0;
    }
    client->rest_len = len;
}

/* Behind the answer to the handshake; 0: it is not whole yet. */
static size_t take_handshake(struct storm *storm, struct storm_client *client, const char *bytes, size_t len) {
    const char *end = memmem(bytes, len, "\r\n\r\n", 4);
    if (!end)
        return 0;
    if (len < 12 || memcmp(bytes + 9, "101", 3) != 0) {
        storm_fail(storm, client, "the handshake was refused", bytes);
        client->state = STORM_REFUSED;
        client->is_ended = true;
        return len;
    }
    client->state = STORM_OPEN;
    return (size_t)(end - bytes) + 4;
}

static void take(struct storm *storm, struct storm_client *client, char *bytes, size_t len) {
    size_t taken = 0;
    if (client->state == STORM_SHAKING_HANDS)
        taken = take_handshake(storm, client, bytes, len);
    if (client->state == STORM_OPEN)
        taken += take_frames(storm, client, bytes + taken, len - taken);
    keep_rest(client, bytes + taken, len - taken);
}

/* Connected: asks for the upgrade, and from now on only listens. */
static void shake_hands(struct storm *storm, struct storm_client *client) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    int error = 0;
    socklen_t error_len = sizeof error;
    (void)getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &error, &error_len);
    if (error != 0 || send(client->fd, handshake, sizeof handshake - 1, MSG_NOSIGNAL) != sizeof handshake - 1 ||
        epoll_ctl(storm->epoll_fd, EPOLL_CTL_MOD, client->fd, &event) != 0)
        client->is_ended = true;
    else
        client->state = STORM_SHAKING_HANDS;
}

void storm_stream_continue(struct storm *storm, struct storm_client *client) {
    static char buffer[2 * RECEIVE_BYTES];
    if (client->state == STORM_CONNECTING) {
        shake_hands(storm, client);
    } else if (client->rest_len > RECEIVE_BYTES) {
        storm->counts.errors++;
        storm_fail(storm, client, "a frame too long to take", "");
        client->is_ended = true;
    } else {
        if (client->rest_len > 0)
            memcpy(buffer, client->rest, client->rest_len);
        ssize_t n = recv(client->fd, buffer + client->rest_len, RECEIVE_BYTES, 0);
        if (n > 0)
            take(storm, client, buffer, client->rest_len + (size_t)n);
        else if (n == 0 || errno != EAGAIN)
            client->is_ended = true;
    }
    if (client->is_ended)
        storm_lost(storm, client);
}
