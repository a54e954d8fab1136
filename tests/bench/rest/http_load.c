/* The REST load: connections that each send a request, wait for the response,
 * send the next. One run, one JSON object on standard output; rest_runs.py
 * starts it. Any other status than the expected one fails the run.
 * Thread: main, the only one. */
#include "histogram.h"
#include "http_client.h"
#include "process_usage.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#define EVENTS_MAX 256
#define REQUEST_MAX 4096

static const char help[] = "usage: http_load --port PORT --requests FILE --pids PID,… [options]\n"
                           "  --requests FILE      a request a line, METHOD PATH [JSON]; they are sent in turn\n"
                           "  --connections N      (100)\n"
                           "  --expect STATUS      of every response (200)\n"
                           "  --seconds S --warm-up S   (5, 1)\n";

struct http_load {
    int port, expected_status, epoll_fd;
    unsigned connections_n;
    double seconds, warm_up_s;
    const char *requests_path;
    struct process_set server;
    char **requests; /* whole, as they are sent */
    size_t requests_n, requests_capacity, next_request;
    struct http_client *clients;
    bool is_measuring;
    uint64_t responses_n;
    struct histogram latency;
};

static bool request_add(struct http_load *load, const char *line) {
    char method[8], path[1024], body[2048] = "", request[REQUEST_MAX];
    int fields_n = sscanf(line, "%7s %1023s %2047[^\n]", method, path, body);
    if (fields_n < 2)
        return false;
    int len = fields_n == 2
                  ? snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", method, path)
                  : snprintf(request, sizeof request,
                             "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                             "Content-Length: %zu\r\n\r\n%s",
                             method, path, strlen(body), body);
    if (len < 0 || (size_t)len >= sizeof request)
        return false;
    if (load->requests_n == load->requests_capacity) {
        size_t capacity = load->requests_capacity ? load->requests_capacity * 2 : 1024;
        char **requests = realloc(load->requests, capacity * sizeof(char *));
        if (!requests)
            return false;
        load->requests = requests;
        load->requests_capacity = capacity;
    }
    load->requests[load->requests_n] = strdup(request);
    return load->requests[load->requests_n++] != NULL;
}

static bool requests_read(struct http_load *load) {
    char line[REQUEST_MAX];
    FILE *file = fopen(load->requests_path, "re");
    bool is_read = file != NULL;
    while (is_read && fgets(line, sizeof line, file))
        is_read = request_add(load, line);
    if (file)
        (void)fclose(file);
    return is_read && load->requests_n > 0;
}

static bool send_next(struct http_load *load, struct http_client *client) {
    const char *request = load->requests[load->next_request++ % load->requests_n];
    return http_client_send(client, request, strlen(request), monotonic_us());
}

static bool start(struct http_load *load) {
    load->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    load->clients = calloc(load->connections_n, sizeof *load->clients);
    if (load->epoll_fd < 0 || !load->clients)
        return false;
    for (unsigned i = 0; i < load->connections_n; i++)
        load->clients[i].fd = -1;
    for (unsigned i = 0; i < load->connections_n; i++) {
        struct http_client *client = &load->clients[i];
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
        if (!http_client_connect(client, load->port) ||
            epoll_ctl(load->epoll_fd, EPOLL_CTL_ADD, client->fd, &event) != 0 || !send_next(load, client))
            return false;
    }
    return true;
}

/* A whole response: counted, and the next request is sent. */
static bool response_take(struct http_load *load, struct http_client *client) {
    if (client->status != load->expected_status) {
        (void)fprintf(stderr, "http_load: status %d instead of %d\n", client->status, load->expected_status);
        return false;
    }
    if (load->is_measuring) {
        load->responses_n++;
        histogram_add(&load->latency, monotonic_us() - client->sent_at_us);
    }
    return send_next(load, client);
}

static bool run_until(struct http_load *load, int64_t end_us) {
    struct epoll_event events[EVENTS_MAX];
    while (monotonic_us() < end_us) {
        int n = epoll_wait(load->epoll_fd, events, EVENTS_MAX, 100);
        for (int i = 0; i < n; i++) {
            struct http_client *client = events[i].data.ptr;
            enum http_client_result result = http_client_receive(client);
            if (result == HTTP_CLIENT_BROKEN) {
                (void)fprintf(stderr, "http_load: a connection broke: %.80s\n", client->head);
                return false;
            }
            if (result == HTTP_CLIENT_DONE && !response_take(load, client))
                return false;
        }
    }
    return true;
}

static bool measure(struct http_load *load) {
    if (!run_until(load, monotonic_us() + (int64_t)(load->warm_up_s * 1e6)))
        return false;
    int64_t cpu_us = process_cpu_us(&load->server), own_cpu_us = thread_cpu_us(), begin_us = monotonic_us();
    load->is_measuring = true;
    if (!run_until(load, begin_us + (int64_t)(load->seconds * 1e6)) || load->responses_n == 0)
        return false;
    double us = (double)(monotonic_us() - begin_us), responses = (double)load->responses_n;
    cpu_us = process_cpu_us(&load->server) - cpu_us;
    own_cpu_us = thread_cpu_us() - own_cpu_us;
    (void)printf("{\"requests_per_s\":%.1f,\"requests\":%llu,\"server_cpu\":%.3f,\"server_cpu_us_per_request\":%.2f,"
                 "\"client_cpu\":%.3f,\"latency_ms\":{\"p50\":%.3f,\"p99\":%.3f,\"p99.9\":%.3f,\"max\":%.3f}}\n",
                 responses * 1e6 / us, (unsigned long long)load->responses_n, (double)cpu_us / us,
                 (double)cpu_us / responses, (double)own_cpu_us / us,
                 (double)histogram_quantile(&load->latency, 0.5) / 1e3,
                 (double)histogram_quantile(&load->latency, 0.99) / 1e3,
                 (double)histogram_quantile(&load->latency, 0.999) / 1e3, (double)load->latency.max_us / 1e3);
    return true;
}

static void read_pids(const char *text, struct process_set *ret_set) {
    char *end;
    for (ret_set->n = 0; *text && ret_set->n < PROCESS_SET_MAX; text = *end ? end + 1 : end)
        ret_set->pids[ret_set->n++] = (int)strtol(text, &end, 10);
}

static bool read_options(int argc, char **argv, struct http_load *load) {
    static const struct option table[] = {
        {"port", required_argument, NULL, 'p'},    {"requests", required_argument, NULL, 'r'},
        {"pids", required_argument, NULL, 'i'},    {"connections", required_argument, NULL, 'c'},
        {"expect", required_argument, NULL, 'e'},  {"seconds", required_argument, NULL, 's'},
        {"warm-up", required_argument, NULL, 'w'}, {NULL, 0, NULL, 0},
    };
    for (int option; (option = getopt_long(argc, argv, "", table, NULL)) != -1;) {
        switch (option) {
        case 'p':
            load->port = (int)strtol(optarg, NULL, 10);
            break;
        case 'r':
            load->requests_path = optarg;
            break;
        case 'i':
            read_pids(optarg, &load->server);
            break;
        case 'c':
            load->connections_n = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 'e':
            load->expected_status = (int)strtol(optarg, NULL, 10);
            break;
        case 's':
            load->seconds = strtod(optarg, NULL);
            break;
        case 'w':
            load->warm_up_s = strtod(optarg, NULL);
            break;
        default:
            return false;
        }
    }
    return load->port > 0 && load->requests_path && load->connections_n > 0 && load->seconds > 0;
}

int main(int argc, char **argv) {
    struct http_load load = {.expected_status = 200, .connections_n = 100, .seconds = 5, .warm_up_s = 1};
    if (!read_options(argc, argv, &load)) {
        (void)fputs(help, stderr);
        return 2;
    }
    bool is_read = requests_read(&load);
    if (!is_read)
        (void)fprintf(stderr, "http_load: %s: no requests could be read\n", load.requests_path);
    bool is_measured = is_read && start(&load) && measure(&load);
    for (unsigned i = 0; load.clients && i < load.connections_n; i++)
        http_client_close(&load.clients[i]);
    for (size_t i = 0; i < load.requests_n; i++)
        free(load.requests[i]);
    free(load.requests);
    free(load.clients);
    return is_measured ? 0 : 1;
}
