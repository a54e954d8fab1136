/* A connection of the REST load: sends a request, takes the whole response,
 * keeps the connection. Understands what the bench's servers send: a status
 * line, Content-Length, a body. Thread: one. */
#ifndef PF_BENCH_HTTP_CLIENT_H
#define PF_BENCH_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_CLIENT_HEAD_MAX 4096

struct http_client {
    int fd;
    char head[HTTP_CLIENT_HEAD_MAX + 1];
    size_t head_len;
    bool has_head;
    size_t body_left;
    int status;         /* of the response being taken */
    int64_t sent_at_us; /* of the request */
};

/* Blocking; false with a text on standard error. */
bool http_client_connect(struct http_client *client, int port);
void http_client_close(struct http_client *client);

/* False: it did not fit into the socket, or the connection is lost. */
bool http_client_send(struct http_client *client, const char *request, size_t len, int64_t now_us);

enum http_client_result { HTTP_CLIENT_MORE, HTTP_CLIENT_DONE, HTTP_CLIENT_BROKEN };
/* Takes what is there. DONE: the response is whole, `status` is its. */
enum http_client_result http_client_receive(struct http_client *client);

#endif
