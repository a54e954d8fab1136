/* A small HTTP server for the tests of providers: answers each path as its
 * script says, one connection at a time, on a loopback port of its own. */
#ifndef PF_TESTS_HTTP_STUB_H
#define PF_TESTS_HTTP_STUB_H

#include "unit/test.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define HTTP_STUB_ROUTES 16

enum http_stub_fault { STUB_NONE, STUB_SILENT, STUB_CUT_OFF, STUB_HUGE };

struct http_stub_route {
    const char *path;
    _Atomic(const char *) status;  /* "200 OK" */
    _Atomic(const char *) headers; /* "" or lines with CRLF */
    _Atomic(const char *) body;
    _Atomic enum http_stub_fault fault;
    atomic_uint asked_n;
    atomic_uint first_asked; /* its place among the requests for any route */
};

struct http_stub {
    int listener;
    char url[48];
    pthread_t thread;
    atomic_bool is_stopping;
    struct http_stub_route routes[HTTP_STUB_ROUTES];
    atomic_size_t routes_n;
    char user_agent[64]; /* of the last request; read after a join */
    int silent[64];
    size_t silent_n;
    unsigned served_n; /* the thread's */
};

static inline struct http_stub_route *http_stub_route(struct http_stub *stub, const char *path, const char *status,
                                                      const char *headers, const char *body) {
    struct http_stub_route *route = &stub->routes[atomic_load(&stub->routes_n)];
    route->path = path;
    atomic_store(&route->status, status);
    atomic_store(&route->headers, headers);
    atomic_store(&route->body, body);
    atomic_fetch_add(&stub->routes_n, 1);
    return route;
}

static void http_stub_write(int fd, const char *bytes, size_t len) {
    while (len > 0) {
        ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        bytes += n;
        len -= (size_t)n;
    }
}

static void http_stub_answer(int fd, struct http_stub_route *route) {
    char head[512];
    const char *body = atomic_load(&route->body);
    enum http_stub_fault fault = atomic_load(&route->fault);
    size_t len = strlen(body), claimed = fault == STUB_CUT_OFF ? len + 100 : fault == STUB_HUGE ? 1 << 20 : len;
    int n = snprintf(head, sizeof head, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n%sConnection: close\r\n\r\n",
                     atomic_load(&route->status), claimed, atomic_load(&route->headers));
    http_stub_write(fd, head, (size_t)n);
    http_stub_write(fd, body, len);
    char blanks[4096];
    memset(blanks, ' ', sizeof blanks);
    for (size_t left = fault == STUB_HUGE ? claimed - len : 0; left > 0;) {
        size_t n_bytes = left < sizeof blanks ? left : sizeof blanks;
        http_stub_write(fd, blanks, n_bytes);
        left -= n_bytes;
    }
}

static void http_stub_serve(struct http_stub *stub, int fd) {
    char request[4096];
    size_t len = 0;
    while (len < sizeof request - 1) {
        ssize_t n = recv(fd, request + len, sizeof request - 1 - len, 0);
        if (n <= 0)
            break;
        len += (size_t)n;
        request[len] = '\0';
        if (strstr(request, "\r\n\r\n"))
            break;
    }
    request[len] = '\0';
    const char *agent = strstr(request, "User-Agent: ");
    if (agent)
        snprintf(stub->user_agent, sizeof stub->user_agent, "%.*s", (int)strcspn(agent + 12, "\r"), agent + 12);
    for (size_t i = 0; i < atomic_load(&stub->routes_n); i++) {
        struct http_stub_route *route = &stub->routes[i];
        char line[160];
        int n = snprintf(line, sizeof line, "GET %s HTTP/1.1\r\n", route->path);
        if (strncmp(request, line, (size_t)n) != 0)
            continue;
        stub->served_n++;
        if (atomic_load(&route->asked_n) == 0)
            atomic_store(&route->first_asked, stub->served_n);
        atomic_fetch_add(&route->asked_n, 1);
        if (atomic_load(&route->fault) == STUB_SILENT && stub->silent_n < 64) {
            stub->silent[stub->silent_n++] = fd; /* neither answered nor closed */
            return;
        }
        http_stub_answer(fd, route);
    }
    close(fd);
}

static void *http_stub_run(void *context) {
    struct http_stub *stub = context;
    while (!atomic_load(&stub->is_stopping)) {
        int fd = accept(stub->listener, NULL, NULL);
        if (fd >= 0)
            http_stub_serve(stub, fd);
    }
    return NULL;
}

static inline void http_stub_start(struct http_stub *stub) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof address;
    memset(stub, 0, sizeof *stub);
    stub->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(stub->listener >= 0);
    assert_int_equal(bind(stub->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(stub->listener, 16), 0);
    assert_int_equal(getsockname(stub->listener, (struct sockaddr *)&address, &len), 0);
    snprintf(stub->url, sizeof stub->url, "http://127.0.0.1:%d", ntohs(address.sin_port));
    assert_int_equal(pthread_create(&stub->thread, NULL, http_stub_run, stub), 0);
}

static inline void http_stub_stop(struct http_stub *stub) {
    atomic_store(&stub->is_stopping, true);
    shutdown(stub->listener, SHUT_RDWR); /* ends accept */
    pthread_join(stub->thread, NULL);
    close(stub->listener);
    while (stub->silent_n > 0)
        close(stub->silent[--stub->silent_n]);
}

#endif
