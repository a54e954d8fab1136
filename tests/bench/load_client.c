/* The load client: one run, one JSON line. bench.py starts it.
 *
 *   load_client idle|stream PROGRAM SERVER_PID PORT CLIENTS PORTFOLIOS BATCHES_PER_S SECONDS
 *
 * idle measures the server's memory: CLIENTS connections, first without, then
 * with a subscription. stream measures deltas: ticks, a warm-up, then SECONDS.
 * Thread: one. */
#include "load_run.h"
#include "process_usage.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define PATIENCE_US 120000000
#define WARM_UP_US 2000000
#define SETTLE_US 1500000

static int run_idle(struct load *load, int pid, unsigned portfolios_n) {
    int64_t before = process_rss_bytes(pid);
    if (!load_connect_all(load, PATIENCE_US))
        return 1;
    load_pass_us(load, SETTLE_US);
    int64_t connected = process_rss_bytes(pid);
    if (!load_subscribe_all(load, portfolios_n, PATIENCE_US))
        return 1;
    load_pass_us(load, SETTLE_US);
    int64_t subscribed = process_rss_bytes(pid);
    double clients_n = load->config.clients_n;
    printf("{\"bench\":\"idle_memory\",\"connections\":%u,\"server_rss_bytes_before\":%lld,"
           "\"bytes_per_connection\":%.0f,\"bytes_per_subscribed_connection\":%.0f}\n",
           load->config.clients_n, (long long)before, (double)(connected - before) / clients_n,
           (double)(subscribed - before) / clients_n);
    return 0;
}

/* Of the server and of this process, at one moment or between two. */
struct usage {
    int64_t server_us, server_waited_us, client_us;
};

static struct usage usage_now(int pid) {
    return (struct usage){.server_us = process_cpu_us(pid),
                          .server_waited_us = process_waited_us(pid),
                          .client_us = process_cpu_us(getpid())};
}

static void print_stream(const struct load *load, double seconds, const struct usage *usage) {
    double deltas_n = load->deltas_n ? (double)load->deltas_n : 1;
    const struct histogram *latency = &load->latency;
    printf("{\"bench\":\"%s\",\"watchers\":%u,\"portfolios\":%u,\"symbols\":%d,\"batches_per_s\":%g,"
           "\"quotes_per_s\":%g,\"seconds\":%.2f,",
           load->config.portfolios_n == 1 ? "one_portfolio" : "own_portfolios", load->config.clients_n,
           load->config.portfolios_n, PUBLISHER_SYMBOLS, load->config.batches_per_s,
           load->config.batches_per_s * PUBLISHER_SYMBOLS / PUBLISHER_CLASSES, seconds);
    printf("\"deltas\":%llu,\"deltas_per_s\":%.0f,\"bytes_per_delta\":%.0f,\"batches_per_delta\":%.2f,",
           (unsigned long long)load->deltas_n, (double)load->deltas_n / seconds, (double)load->bytes_n / deltas_n,
           (double)load->batches_seen_n / deltas_n);
    printf("\"server_cpu\":%.3f,\"server_waited_for_cpu\":%.3f,\"server_cpu_us_per_delta\":%.3f,\"client_cpu\":%.3f,",
           (double)usage->server_us / 1e6 / seconds, (double)usage->server_waited_us / 1e6 / seconds,
           (double)usage->server_us / deltas_n, (double)usage->client_us / 1e6 / seconds);
    printf("\"latency_ms\":{\"p50\":%.3f,\"p99\":%.3f,\"p99.9\":%.3f,\"max\":%.3f},",
           (double)histogram_quantile(latency, 0.5) / 1e3, (double)histogram_quantile(latency, 0.99) / 1e3,
           (double)histogram_quantile(latency, 0.999) / 1e3, (double)latency->max_us / 1e3);
    printf("\"late_ticks\":%llu,\"refused_batches\":%llu,\"out_of_step\":%llu,\"closed\":%u}\n",
           (unsigned long long)load->late_ticks_n, (unsigned long long)load->publisher.refused_n,
           (unsigned long long)load->out_of_step_n, load->closed_n);
}

static int run_stream(struct load *load, int pid, double seconds) {
    if (!load_price_all(load) || !load_connect_all(load, PATIENCE_US))
        return 1;
    load->is_ticking = true;
    load_pass_us(load, WARM_UP_US);
    load->is_measuring = true;
    load->late_ticks_n = 0;
    struct usage before = usage_now(pid);
    int64_t start_us = monotonic_us();
    load_pass_us(load, (int64_t)(seconds * 1e6));
    double passed = (double)(monotonic_us() - start_us) / 1e6;
    struct usage usage = usage_now(pid);
    usage.server_us -= before.server_us;
    usage.server_waited_us -= before.server_waited_us;
    usage.client_us -= before.client_us;
    load->is_measuring = load->is_ticking = false;
    print_stream(load, passed, &usage);
    return load->deltas_n == 0 || load->out_of_step_n != 0 || load->closed_n != 0;
}

static unsigned number(const char *text) {
    return (unsigned)strtoul(text, NULL, 10);
}

int main(int argc, char **argv) {
    if (argc != 9) {
        (void)fprintf(stderr, "usage: load_client idle|stream PROGRAM SERVER_PID PORT CLIENTS PORTFOLIOS "
                              "BATCHES_PER_S SECONDS\n");
        return 2;
    }
    bool is_idle = strcmp(argv[1], "idle") == 0;
    const struct load_config config = {.port = (int)number(argv[4]),
                                       .clients_n = number(argv[5]),
                                       .portfolios_n = is_idle ? 0 : number(argv[6]),
                                       .batches_per_s = strtod(argv[7], NULL)};
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    (void)signal(SIGPIPE, SIG_IGN);
    static struct load load; /* with its tables too large for a stack */
    int code = 1;
    if (config.clients_n > 0 && number(argv[6]) > 0 && config.batches_per_s > 0 &&
        load_start(&load, &config, argv[2])) {
        int pid = (int)number(argv[3]);
        code = is_idle ? run_idle(&load, pid, number(argv[6])) : run_stream(&load, pid, strtod(argv[8], NULL));
        load_stop(&load);
    }
    return code;
}
