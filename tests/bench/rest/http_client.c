/* Owns the socket. Refuses responses without Content-Length and heads that are
 * too long. Thread: one. */
#include "http_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECEIVE_BYTES (64 * 1024)

bool http_client_connect(struct http_client *client, int port) {
    struct sockaddr_in server = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    *client = (struct http_client){.fd = fd};
    if (fd < 0 || connect(fd, (struct sockaddr *)&server, sizeof server) != 0 ||
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
        perror("http_load: connect");
        return false;
    }
    return true;
}

void http_client_close(struct http_client *client) {
    if (client->fd >= 0)
        close(client->fd);
    client->fd = -1;
}

bool http_client_send(struct http_client *client, const char *request, size_t len, int64_t now_us) {
    client->head_len = 0;
    client->has_head = false;
    client->sent_at_us = now_us;
    return send(client->fd, request, len, MSG_NOSIGNAL) == (ssize_t)len;
}

static bool head_parse(struct http_client *client) {
    static const char length[] = "\r\ncontent-length:";
    if (strncmp(client->head, "HTTP/1.1 ", 9) != 0)
        return false;
    client->status = (int)strtol(client->head + 9, NULL, 10);
    const char *at = strcasestr(client->head, length);
    client->body_left = at ? strtoul(at + sizeof length - 1, NULL, 10) : 0;
    return at || client->status == 204 || client->status == 304;
}

/* Takes bytes of the head; returns how many belonged to it. */
static size_t head_take(struct http_client *client, const char *bytes, size_t len) {
    size_t room = HTTP_CLIENT_HEAD_MAX - client->head_len, before = client->head_len;
    size_t taken = len < room ? len : room;
    memcpy(client->head + before, bytes, taken);
    client->head[before + taken] = '\0';
    const char *end = strstr(client->head + (before > 3 ? before - 3 : 0), "\r\n\r\n");
    client->head_len = end ? (size_t)(end + 4 - client->head) : before + taken;
    client->head[client->head_len] = '\0';
    client->has_head = end != NULL;
    return client->head_len - before;
}

enum http_client_result http_client_receive(struct http_client *client) {
    static char bytes[RECEIVE_BYTES];
    for (;;) {
        ssize_t n = recv(client->fd, bytes, sizeof bytes, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN ? HTTP_CLIENT_MORE : HTTP_CLIENT_BROKEN;
        size_t len = (size_t)n, at = 0;
        if (len == 0)
            return HTTP_CLIENT_BROKEN;
        if (!client->has_head) {
            at = head_take(client, bytes, len);
            if (client->has_head ? !head_parse(client) : client->head_len == HTTP_CLIENT_HEAD_MAX)
                return HTTP_CLIENT_BROKEN;
        }
        if (!client->has_head)
            continue;
        if (len - at > client->body_left)
            return HTTP_CLIENT_BROKEN; /* more than was asked for */
        client->body_left -= len - at;
        if (client->body_left == 0)
            return HTTP_CLIENT_DONE;
    }
}
