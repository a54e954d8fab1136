/* The modes of the load client: stream, memory, connects. Thread: one. */
#include "load_modes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_US 180000000
#define SETTLE_MAX_S 1.5
#define CONNECTS_STEP 1000

/* Lets what was begun come to its end. */
static void settle(struct load *load, const struct mode_options *options) {
    double seconds = options->warm_up_s < SETTLE_MAX_S ? options->warm_up_s : SETTLE_MAX_S;
    load_pass_us(load, (int64_t)(seconds * 1e6));
}

struct usage {
    int64_t server_us, server_waited_us, client_us, server_core_us, client_core_us, at_us;
};

static struct usage usage_now(const struct load *load, const struct mode_options *options) {
    const struct process_set self = {.pids = {(int)getpid()}, .n = 1};
    return (struct usage){.server_us = process_cpu_us(&options->server),
                          .server_waited_us = process_waited_us(&options->server),
                          .client_us = process_cpu_us(&self) - load->idle_us,
                          .server_core_us = core_busy_us(options->server_core),
                          .client_core_us = core_busy_us(options->client_core),
                          .at_us = monotonic_us()};
}

static struct usage usage_since(const struct load *load, const struct mode_options *options,
                                const struct usage *before) {
    struct usage usage = usage_now(load, options);
    usage.server_us -= before->server_us;
    usage.server_waited_us -= before->server_waited_us;
    usage.client_us -= before->client_us;
    usage.server_core_us -= before->server_core_us;
    usage.client_core_us -= before->client_core_us;
    usage.at_us -= before->at_us;
    return usage;
}

static void print_usage(const struct usage *usage) {
    double us = (double)usage->at_us;
    printf("\"seconds\":%.3f,\"server_cpu\":%.4f,\"server_waited_for_cpu\":%.4f,\"client_cpu\":%.4f,"
           "\"server_core_busy\":%.3f,\"client_core_busy\":%.3f",
           us / 1e6, (double)usage->server_us / us, (double)usage->server_waited_us / us, (double)usage->client_us / us,
           (double)usage->server_core_us / us, (double)usage->client_core_us / us);
}

static void print_latency(const struct histogram *latency) {
    static const struct {
        const char *name;
        double quantile;
    } quantiles[] = {{"p10", 0.1}, {"p25", 0.25}, {"p50", 0.5},  {"p75", 0.75},
                     {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p99.9", 0.999}};
    printf("\"latency_ms\":{\"n\":%llu", (unsigned long long)latency->n);
    for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++)
        printf(",\"%s\":%.3f", quantiles[i].name, (double)histogram_quantile(latency, quantiles[i].quantile) / 1e3);
    printf(",\"max\":%.3f}", (double)latency->max_us / 1e3);
}

static double ratio(double a, double b) {
    return b > 0 ? a / b : 0;
}

static void print_stream(const struct load *load, const struct usage *usage, uint64_t batches_n) {
    const struct load_counts *counts = &load->counts;
    double updates_n = (double)counts->updates_n, seconds = (double)usage->at_us / 1e6;
    double rows_per_frame = ratio((double)counts->rows_n, (double)counts->sampled_updates_n);
    printf("{\"mode\":\"stream\",");
    print_usage(usage);
    printf(",\"batches_published_per_s\":%.2f,\"frames\":%.0f,\"frames_per_s\":%.1f,\"bytes_per_frame\":%.1f,"
           "\"rows_per_frame\":%.3f,\"changes_per_s\":%.1f,\"batches_per_frame\":%.3f,",
           (double)batches_n / seconds, updates_n, updates_n / seconds, ratio((double)counts->bytes_n, updates_n),
           rows_per_frame, rows_per_frame * updates_n / seconds, ratio((double)counts->batches_n, updates_n));
    printf("\"bytes_per_change\":%.1f,\"server_cpu_us_per_frame\":%.4f,\"client_cpu_us_per_frame\":%.4f,",
           ratio((double)counts->bytes_n, rows_per_frame * updates_n), ratio((double)usage->server_us, updates_n),
           ratio((double)usage->client_us, updates_n));
    print_latency(&load->latency);
    printf(",\"late_ticks\":%llu,\"skipped_ticks\":%llu,\"refused_batches\":%llu,\"refusals\":%llu,"
           "\"out_of_step\":%llu,\"broken\":%llu,\"closed\":%u}\n",
           (unsigned long long)counts->late_ticks_n, (unsigned long long)counts->skipped_ticks_n,
           (unsigned long long)load->publisher.refused_n, (unsigned long long)load->refusals_n,
           (unsigned long long)load->out_of_step_n, (unsigned long long)load->broken_n, load->closed_n);
}

static int judge(const struct load *load) {
    return load->out_of_step_n || load->broken_n || load->closed_n || load->publisher.refused_n;
}

/* Where the machine lets nobody run: on until there is something to say. */
static void until_counted(struct load *load) {
    const struct load_counts *counts = &load->counts;
    int64_t end_us = monotonic_us() + PATIENCE_US;
    while ((counts->sampled_updates_n == 0 || (load->latency.n == 0 && load->waiting_n > 0)) && !judge(load) &&
           monotonic_us() < end_us)
        load_pass_us(load, 1000);
}

int mode_stream(struct load *load, const struct mode_options *options) {
    if (!load_price_all(load) || !load_connect(load, load->config.job.clients_n, PATIENCE_US))
        return 1;
    load->is_ticking = true;
    load_pass_us(load, (int64_t)(options->warm_up_s * 1e6));
    load->counts = (struct load_counts){0};
    load->is_measuring = true;
    uint64_t batches_n = load->publisher.batches_n;
    struct usage before = usage_now(load, options);
    load_pass_us(load, (int64_t)(options->seconds * 1e6));
    until_counted(load);
    struct usage usage = usage_since(load, options, &before);
    load->is_measuring = load->is_ticking = false;
    print_stream(load, &usage, load->publisher.batches_n - batches_n);
    return judge(load) || load->counts.updates_n == 0;
}

/* Connections that do nothing; then subscribed, with their snapshot and ticks. */
int mode_memory(struct load *load, const struct mode_options *options) {
    double clients_n = load->config.job.clients_n;
    if (!load_price_all(load))
        return 1;
    settle(load, options);
    int64_t start = process_rss_bytes(&options->server);
    load->is_idle = true;
    if (!load_connect(load, load->config.job.clients_n, PATIENCE_US))
        return 1;
    settle(load, options);
    int64_t idle = process_rss_bytes(&options->server);
    if (!load_subscribe_all(load, PATIENCE_US))
        return 1;
    load->is_ticking = load->is_measuring = true;
    load_pass_us(load, (int64_t)(options->seconds * 1e6));
    until_counted(load);
    load->is_ticking = false;
    settle(load, options);
    int64_t subscribed = process_rss_bytes(&options->server);
    printf("{\"mode\":\"memory\",\"rss_bytes_at_start\":%lld,\"bytes_per_idle_connection\":%.0f,"
           "\"bytes_per_subscribed_connection\":%.0f,\"frames_per_connection\":%.1f}\n",
           (long long)start, (double)(idle - start) / clients_n, (double)(subscribed - start) / clients_n,
           (double)load->counts.updates_n / clients_n);
    return judge(load) || load->counts.updates_n == 0;
}

/* When the 1000th, 2000th, … of those after the first became live. */
struct milestones {
    int64_t *at_us;
    unsigned n;
};

static void note_milestone(struct load *load) {
    struct milestones *milestones = load->on_live_context;
    unsigned live_n = load->live_n;
    if (live_n % CONNECTS_STEP == 0)
        milestones->at_us[live_n / CONNECTS_STEP] = monotonic_us();
}

static void print_connects(const struct load *load, const struct mode_options *options, const struct usage *usage,
                           const struct milestones *milestones) {
    unsigned clients_n = load->config.job.clients_n, measured_n = clients_n - options->first_n;
    printf("{\"mode\":\"connects\",");
    print_usage(usage);
    printf(",\"connections\":%u,\"first_watchers\":%u,\"connects_per_s\":%.1f,\"server_cpu_us_per_connect\":%.2f,"
           "\"client_cpu_us_per_connect\":%.2f,\"by_thousand\":[",
           clients_n, options->first_n, measured_n / ((double)usage->at_us / 1e6),
           (double)usage->server_us / measured_n, (double)usage->client_us / measured_n);
    double last = 0;
    bool is_first = true;
    for (unsigned i = 1; i < milestones->n; i++) {
        int64_t from_us = milestones->at_us[i - 1], to_us = milestones->at_us[i];
        if (from_us == 0 || to_us <= from_us)
            continue;
        last = CONNECTS_STEP / ((double)(to_us - from_us) / 1e6);
        printf("%s[%u,%.1f]", is_first ? "" : ",", i * CONNECTS_STEP, last);
        is_first = false;
    }
    printf("],\"connects_per_s_at_end\":%.1f,\"refusals\":%llu,\"closed\":%u}\n", last,
           (unsigned long long)load->refusals_n, load->closed_n);
}

int mode_connects(struct load *load, const struct mode_options *options) {
    struct milestones milestones = {.n = load->config.job.clients_n / CONNECTS_STEP + 1};
    if (options->first_n >= load->config.job.clients_n || !load_price_all(load) ||
        !load_connect(load, options->first_n, PATIENCE_US))
        return 1;
    milestones.at_us = calloc(milestones.n, sizeof *milestones.at_us);
    if (!milestones.at_us)
        return 1;
    settle(load, options);
    load->on_live = note_milestone;
    load->on_live_context = &milestones;
    struct usage before = usage_now(load, options);
    milestones.at_us[0] = options->first_n == 0 ? before.at_us : 0;
    bool is_done = load_connect(load, load->config.job.clients_n, PATIENCE_US);
    struct usage usage = usage_since(load, options, &before);
    if (is_done)
        print_connects(load, options, &usage, &milestones);
    free(milestones.at_us);
    return !is_done || judge(load);
}
