/* What the clients have, against what the instances say it is. Blocks while it
 * reads: the clients' sockets wait meanwhile. Thread: one. */
#include "protocol/cursor.h"
#include "protocol/json_exact.h"
#include "storm.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_BYTES_MAX (1024 * 1024)

/* The whole answer to one request; its length, or -1. */
static ssize_t answer_read(int port, const char *path, char *answer, size_t size) {
    char request[256];
    struct sockaddr_in server = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int len =
        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ssize_t n = -1;
    size_t total = 0;
    if (fd >= 0 && connect(fd, (struct sockaddr *)&server, sizeof server) == 0 &&
        send(fd, request, (size_t)len, MSG_NOSIGNAL) == len) {
        while (total < size && (n = recv(fd, answer + total, size - total, 0)) > 0)
            total += (size_t)n;
    }
    if (fd >= 0)
        close(fd);
    return n == 0 ? (ssize_t)total : -1;
}

static bool truth_read(struct storm *storm, int port, const char *portfolio_id, struct storm_truth *ret_truth) {
    static char answer[ANSWER_BYTES_MAX];
    char path[96], error[128] = "";
    (void)snprintf(path, sizeof path, "/portfolios/%s/valuation", portfolio_id);
    ssize_t len = answer_read(port, path, answer, sizeof answer);
    const char *body =
        len > 12 && memcmp(answer + 9, "200", 3) == 0 ? memmem(answer, (size_t)len, "\r\n\r\n", 4) : NULL;
    json_t *document = NULL;
    if (!body ||
        json_exact_parse(body + 4, (size_t)(answer + len - body - 4), &document, error, sizeof error) != STATUS_OK) {
        storm_fail(storm, NULL, path, error);
        return false;
    }
    size_t cursor_len;
    const char *cursor = json_exact_string(json_object_get(document, "cursor"), &cursor_len);
    ret_truth->data = json_incref(json_object_get(document, "data"));
    (void)snprintf(ret_truth->cursor, sizeof ret_truth->cursor, "%s", cursor ? cursor : "");
    json_decref(document);
    return true;
}

void storm_expect_nothing(struct storm *storm) {
    for (size_t i = 0; storm->truths && i < storm->portfolios_n; i++)
        json_decref(storm->truths[i].data);
    free(storm->truths);
    storm->truths = NULL;
}

/* An instance may have the number a moment later than the one that published it. */
static bool truth_await(struct storm *storm, int port, const char *portfolio_id, uint64_t seq, int64_t until_ms,
                        struct storm_truth *ret_truth) {
    const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
    for (;;) {
        struct cursor cursor;
        struct storm_truth truth;
        if (!truth_read(storm, port, portfolio_id, &truth))
            return false;
        if (cursor_parse(truth.cursor, strlen(truth.cursor), &cursor) == STATUS_OK && cursor.seq == seq) {
            *ret_truth = truth;
            return true;
        }
        json_decref(truth.data);
        if (storm_now_ms() >= until_ms) {
            storm_fail(storm, NULL, "not at the number asked for", truth.cursor);
            return false;
        }
        (void)nanosleep(&pause, NULL);
    }
}

bool storm_expect(struct storm *storm, uint64_t seq, const int *ports, size_t ports_n, int64_t until_ms,
                  struct storm_comparison *ret_comparison) {
    *ret_comparison = (struct storm_comparison){0};
    storm_expect_nothing(storm);
    storm->truths = calloc(storm->portfolios_n, sizeof *storm->truths);
    if (!storm->truths)
        abort();
    for (size_t i = 0; i < storm->portfolios_n; i++) {
        struct storm_truth *truth = &storm->truths[i];
        if (!truth_await(storm, ports[0], storm->portfolios[i], seq, until_ms, truth))
            return false;
        for (size_t port = 1; port < ports_n; port++) {
            struct storm_truth other;
            if (!truth_await(storm, ports[port], storm->portfolios[i], seq, until_ms, &other))
                return false;
            if (!json_equal(truth->data, other.data) || strcmp(truth->cursor, other.cursor) != 0)
                ret_comparison->instances_differ++;
            json_decref(other.data);
        }
    }
    return true;
}

static const struct storm_truth *truth_of(const struct storm *storm, const struct storm_client *client) {
    return &storm->truths[client->index % storm->portfolios_n];
}

bool storm_is_as_expected(const struct storm *storm) {
    for (size_t i = 0; i < storm->clients_n; i++) {
        const struct storm_client *client = &storm->clients[i];
        if (!client->is_live || strcmp(client->cursor, truth_of(storm, client)->cursor) != 0)
            return false;
    }
    return true;
}

void storm_compare(struct storm *storm, struct storm_comparison *comparison) {
    for (size_t i = 0; i < storm->clients_n; i++) {
        const struct storm_client *client = &storm->clients[i];
        const struct storm_truth *truth = truth_of(storm, client);
        bool is_equal = client->is_live && json_equal(client->data, truth->data);
        comparison->equal += is_equal;
        comparison->different += !is_equal;
        comparison->other_cursor += strcmp(client->cursor, truth->cursor) != 0;
        if (!is_equal)
            storm_fail(storm, client, "not the valuation's document at", truth->cursor);
    }
}
