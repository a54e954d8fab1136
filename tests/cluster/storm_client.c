/* usage: storm_client PORTS CLIENTS PER_SECOND <portfolio ids, one a line; then commands
 *
 * PORTS: of the balancers, separated by commas; a client keeps to one of them.
 * CLIENTS connect in the first seconds, PER_SECOND of them each; client i
 * watches portfolio i modulo their number. After an empty line commands come:
 *
 *   status               what has happened
 *   compare MS SEQ PORT,…
 *                        waits (at most MS) until every client's cursor is that
 *                        of its valuation at the bus' number SEQ, which was the
 *                        last and touched everything; compares the documents,
 *                        and the valuations of these instances with each other
 *
 * Each is answered with one line of JSON. It ends with its input. See storm.h.
 * Thread: one. */
#include "base/clock.h"
#include "storm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#define EVENTS_MAX 256
#define LINE_MAX_BYTES 256
#define FIRST_WINDOW_MS 1000 /* of a client that has not seen a welcome yet */
#define COMPARED_EACH_MS 50

/* The comparison that is waited for. */
struct comparing {
    bool is_on;
    int64_t until_ms, next_ms;
    struct storm_comparison comparison;
};

int64_t storm_now_ms(void) {
    return clock_monotonic_ms(clock_system());
}

void storm_fail(struct storm *storm, const struct storm_client *client, const char *what, const char *text) {
    if (storm->failure[0] != '\0')
        return;
    (void)snprintf(storm->failure, sizeof storm->failure, "client %ld: %s %.120s", client ? (long)client->index : -1L,
                   what, text);
    /* It goes into JSON as it is. */
    for (char *c = storm->failure; *c; c++) {
        if (*c == '"' || *c == '\\' || (unsigned char)*c < ' ' || (unsigned char)*c > '~')
            *c = ' ';
    }
}

/* splitmix64 */
static uint64_t random_next(struct storm *storm) {
    uint64_t z = (storm->random += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static void retry_at(struct storm *storm, struct storm_client *client, int64_t at_ms) {
    if (heap_set(&storm->retries, &client->retry, at_ms) != STATUS_OK)
        abort();
}

static void ending_count(struct storm *storm, const struct storm_client *client) {
    if (client->state == STORM_CONNECTING)
        storm->counts.connects_failed++;
    else if (client->state == STORM_REFUSED)
        storm->counts.refused++;
    else if (!client->has_welcome)
        storm->counts.cut_handshakes++;
    else if (client->after_ms >= 0)
        storm->counts.closings++;
    else
        storm->counts.cuts++;
}

void storm_lost(struct storm *storm, struct storm_client *client) {
    int64_t now_ms = storm_now_ms();
    ending_count(storm, client);
    storm_stream_close(client);
    if (client->is_live) {
        storm->live_n--;
        client->lost_at_ms = now_ms;
    }
    int64_t delay_ms = client->after_ms;
    if (delay_ms < 0)
        delay_ms = client->window_ms > 0 ? (int64_t)(random_next(storm) % (uint64_t)client->window_ms) : 0;
    client->is_live = client->is_ended = client->has_welcome = false;
    client->after_ms = -1;
    client->expected = STORM_ANYTHING;
    retry_at(storm, client, now_ms + delay_ms);
}

static void connect_due(struct storm *storm) {
    int64_t now_ms = storm_now_ms();
    for (struct heap_entry *first; (first = heap_first(&storm->retries)) && first->deadline_ms <= now_ms;) {
        struct storm_client *client = HEAP_ENTRY(first, struct storm_client, retry);
        heap_remove(&storm->retries, first);
        if (!storm_stream_connect(storm, client)) {
            storm_fail(storm, client, "connect", strerror(errno));
            storm_lost(storm, client);
        }
    }
}

/* ---- the report ---- */

static void report(const struct storm *storm, const struct storm_comparison *comparison) {
    const struct storm_counts *counts = &storm->counts;
    printf("{\"clients\":%zu,\"live\":%zu,\"outage_ms_max\":%lld,\"failure\":\"%s\"", storm->clients_n, storm->live_n,
           (long long)storm->outage_ms_max, storm->failure);
#define X(name) printf(",\"" #name "\":%lu", counts->name);
    STORM_COUNTS(X)
#undef X
    printf(",\"after_quarters\":[");
    for (size_t i = 0; i < STORM_QUARTERS; i++)
        printf("%s%lu", i ? "," : "", storm->after_quarters[i]);
    printf("]");
    if (comparison)
        printf(",\"equal\":%lu,\"different\":%lu,\"other_cursor\":%lu,\"instances_differ\":%lu", comparison->equal,
               comparison->different, comparison->other_cursor, comparison->instances_differ);
    printf("}\n");
    (void)fflush(stdout);
}

static void compare_on(struct storm *storm, struct comparing *comparing) {
    int64_t now_ms = storm_now_ms();
    if (!comparing->is_on || now_ms < comparing->next_ms)
        return;
    comparing->next_ms = now_ms + COMPARED_EACH_MS;
    if (!storm_is_as_expected(storm) && now_ms < comparing->until_ms)
        return;
    comparing->is_on = false;
    storm_compare(storm, &comparing->comparison);
    report(storm, &comparing->comparison);
}

/* ---- commands ---- */

static size_t ports_read(char *text, int ports[STORM_PORTS_MAX]) {
    size_t n = 0;
    for (char *rest = NULL, *word = strtok_r(text, ",", &rest); word && n < STORM_PORTS_MAX;
         word = strtok_r(NULL, ",", &rest))
        ports[n++] = (int)strtol(word, NULL, 10);
    return n;
}

static void compare_begin(struct storm *storm, char *arguments, struct comparing *comparing) {
    int ports[STORM_PORTS_MAX];
    char *rest = NULL;
    comparing->until_ms = storm_now_ms() + strtoll(arguments, &rest, 10);
    uint64_t seq = strtoull(rest, &rest, 10);
    size_t ports_n = ports_read(rest, ports);
    if (!storm_expect(storm, seq, ports, ports_n, comparing->until_ms, &comparing->comparison)) {
        report(storm, NULL);
        return;
    }
    comparing->is_on = true;
    comparing->next_ms = storm_now_ms();
}

/* False at the end of the commands. */
static bool command_take(struct storm *storm, struct comparing *comparing) {
    char line[LINE_MAX_BYTES];
    size_t len = 0;
    /* Commands are short and come whole, one at a time. */
    while (len < sizeof line - 1) {
        ssize_t n = read(STDIN_FILENO, line + len, 1);
        if (n <= 0)
            return false;
        if (line[len] == '\n')
            break;
        len++;
    }
    line[len] = '\0';
    if (strcmp(line, "status") == 0)
        report(storm, NULL);
    else if (strncmp(line, "compare ", 8) == 0)
        compare_begin(storm, line + 8, comparing);
    return true;
}

static void run(struct storm *storm) {
    struct comparing comparing = {0};
    for (bool is_going = true; is_going;) {
        struct epoll_event events[EVENTS_MAX];
        connect_due(storm);
        compare_on(storm, &comparing);
        int n = epoll_wait(storm->epoll_fd, events, EVENTS_MAX, 2);
        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr)
                storm_stream_continue(storm, events[i].data.ptr);
            else
                is_going = command_take(storm, &comparing);
        }
    }
}

/* ---- life ---- */

/* The ids, up to the empty line. */
static bool portfolios_read(struct storm *storm) {
    char line[STORM_ID_LEN + 2];
    size_t capacity = 0;
    size_t len = 0;
    char c;
    while (read(STDIN_FILENO, &c, 1) == 1) {
        if (c != '\n') {
            if (len == STORM_ID_LEN)
                return false;
            line[len++] = c;
            continue;
        }
        if (len == 0)
            return storm->portfolios_n > 0;
        if (storm->portfolios_n == capacity) {
            capacity = capacity ? capacity * 2 : 64;
            storm->portfolios = realloc(storm->portfolios, capacity * sizeof *storm->portfolios);
            if (!storm->portfolios)
                return false;
        }
        line[len] = '\0';
        memcpy(storm->portfolios[storm->portfolios_n++], line, len + 1);
        len = 0;
    }
    return false;
}

static bool clients_create(struct storm *storm, size_t n, int64_t per_second) {
    int64_t now_ms = storm_now_ms();
    storm->clients = calloc(n, sizeof *storm->clients);
    if (!storm->clients || per_second < 1)
        return false;
    storm->clients_n = n;
    for (size_t i = 0; i < n; i++) {
        struct storm_client *client = &storm->clients[i];
        *client = (struct storm_client){.index = (unsigned)i,
                                        .fd = -1,
                                        .after_ms = -1,
                                        .window_ms = FIRST_WINDOW_MS,
                                        .portfolio_id = storm->portfolios[i % storm->portfolios_n]};
        retry_at(storm, client, now_ms + (int64_t)i * 1000 / per_second);
    }
    return true;
}

static void destroy(struct storm *storm) {
    heap_fini(&storm->retries);
    for (size_t i = 0; i < storm->clients_n; i++) {
        storm_stream_close(&storm->clients[i]);
        json_decref(storm->clients[i].data);
    }
    storm_expect_nothing(storm);
    free(storm->clients);
    free(storm->portfolios);
    close(storm->epoll_fd);
}

int main(int argc, char **argv) {
    struct rlimit limit;
    struct storm storm = {.epoll_fd = epoll_create1(EPOLL_CLOEXEC), .random = 1};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    heap_init(&storm.retries);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
    bool is_begun = argc == 4 && (storm.ports_n = ports_read(argv[1], storm.ports)) > 0 && portfolios_read(&storm) &&
                    clients_create(&storm, strtoul(argv[2], NULL, 10), strtoll(argv[3], NULL, 10)) &&
                    epoll_ctl(storm.epoll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &event) == 0;
    if (is_begun)
        run(&storm);
    else
        (void)fprintf(stderr, "usage: storm_client PORTS CLIENTS PER_SECOND <ids and commands\n");
    destroy(&storm);
    return is_begun ? 0 : 2;
}
