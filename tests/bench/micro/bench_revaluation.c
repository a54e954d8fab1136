/* Times the revaluation of very many positions, in ns a position: the whole
 * pass of the engine, and the domain's part of it alone. Each size runs in a
 * process of its own, so that memory is measured from nothing.
 *
 *   bench_revaluation [--positions 1000000,10000000] [--symbols 500] [--runs 7]
 *
 * Prints a JSON line a result; a size that the machine's memory does not hold
 * is left out, with a line that says so. Thread: one. */
#include "domain/holders.h"
#include "fixture.h"
#include "timing.h"

#include <getopt.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define POSITIONS 30 /* of a portfolio */
#define TICKING 50   /* symbols in a batch, about */
#define PILOT_N 2000 /* portfolios, from which the memory of all is foretold */
#define SIZES_MAX 16
#define SPARE_BYTES (UINT64_C(256) << 20)

struct job {
    size_t positions_n, symbols_n, runs_n;
};

static size_t job_portfolios(const struct job *job) {
    return (job->positions_n + POSITIONS - 1) / POSITIONS;
}

static struct sample_config job_sample(const struct job *job) {
    return (struct sample_config){.symbols_n = job->symbols_n, .positions_n = POSITIONS, .choice = SAMPLE_SCATTERED};
}

/* Memory. */

static uint64_t heap_bytes(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

static uint64_t available_bytes(void) {
    static const char name[] = "MemAvailable:";
    char line[128];
    uint64_t kib = 0;
    FILE *file = fopen("/proc/meminfo", "re");
    while (file && kib == 0 && fgets(line, sizeof line, file)) {
        if (strncmp(line, name, sizeof name - 1) == 0)
            kib = strtoull(line + sizeof name - 1, NULL, 10);
    }
    if (file)
        (void)fclose(file);
    return kib * 1024;
}

/* False, and a line that says so, when what the pilot took lets all not fit. */
static bool memory_suffices(const struct job *job, const char *layer, uint64_t pilot_bytes) {
    /* Lists grow by doubling, old and new side by side. */
    uint64_t wanted = pilot_bytes / PILOT_N * job_portfolios(job) * 3 / 2 + SPARE_BYTES;
    uint64_t available = available_bytes();
    if (wanted <= available)
        return true;
    (void)printf("{\"bench\":\"revaluation\",\"layer\":\"%s\",\"positions\":%zu,\"symbols\":%zu,\"skipped\":"
                 "\"needs about %llu MiB, %llu MiB are available\"}\n",
                 layer, job->positions_n, job->symbols_n, (unsigned long long)(wanted >> 20),
                 (unsigned long long)(available >> 20));
    return false;
}

/* Results. */

static void print_setup(const struct job *job, const char *layer, struct timing *timing, uint64_t bytes) {
    (void)printf("{\"bench\":\"revaluation_setup\",\"layer\":\"%s\",\"positions\":%zu,\"symbols\":%zu,"
                 "\"bytes_per_position\":%.1f,",
                 layer, job->positions_n, job->symbols_n, (double)bytes / (double)job->positions_n);
    timing_print(timing);
    (void)printf("}\n");
    (void)fflush(stdout);
}

static void print_result(const struct job *job, const char *layer, size_t ticking_n, uint64_t touched_n,
                         struct timing *timing) {
    (void)printf("{\"bench\":\"revaluation\",\"layer\":\"%s\",\"positions\":%zu,\"symbols\":%zu,\"ticking\":%zu,"
                 "\"touched\":%llu,",
                 layer, job->positions_n, job->symbols_n, ticking_n, (unsigned long long)touched_n);
    timing_print(timing);
    (void)printf("}\n");
    (void)fflush(stdout);
}

/* Every step-th symbol ticks, in turn; step 1: all do. */
static size_t step_of_batch(const struct job *job) {
    return job->symbols_n > TICKING ? job->symbols_n / TICKING : 1;
}

/* The engine: a whole pass, the price book and the telling of each portfolio with it. */

static void time_passes(const struct job *job, struct fixture *fixture, size_t step) {
    struct timing timing = {0};
    uint64_t touched_n = 0;
    for (size_t run = 0; run <= job->runs_n; run++) {
        touched_n = fixture_stage(fixture, run % step, step);
        manual_clock_advance(&fixture->clock, 1000);
        timing_begin(&timing);
        fixture_turn(fixture);
        timing_end(&timing, run > 0 ? touched_n : 0); /* the first warms up */
    }
    print_result(job, "engine_pass", job->symbols_n / step, touched_n, &timing);
}

static void run_engine(const struct job *job) {
    const struct sample_config config = job_sample(job);
    size_t portfolios_n = job_portfolios(job);
    struct fixture *fixture = fixture_create(&config);
    uint64_t before = heap_bytes();
    struct timing setup = {0};
    timing_begin(&setup);
    if (portfolios_n > PILOT_N) {
        fixture_add_portfolios(fixture, PILOT_N);
        if (!memory_suffices(job, "engine_pass", heap_bytes() - before))
            return;
    }
    fixture_add_portfolios(fixture, portfolios_n - fixture->held_n);
    timing_end(&setup, job->positions_n);
    print_setup(job, "engine_pass", &setup, heap_bytes() - before);
    time_passes(job, fixture, step_of_batch(job));
    time_passes(job, fixture, 1);
}

/* The domain alone: price book, portfolios, holders. */

struct domain {
    struct sample sample;
    struct price_book *book;
    struct holders *holders;
    size_t portfolios_n;
    uint64_t seq;
    struct quote *moved;
    /* What the last advance changed. */
    const struct price_book_entry **changed;
    struct quote *before;
    size_t changed_n;
    uint64_t told_n;
};

static void on_changed(void *context, const struct price_book_entry *entry, const struct quote *before) {
    struct domain *domain = context;
    if (before)
        domain->before[domain->changed_n] = *before;
    domain->changed[domain->changed_n++] = entry;
}

static void on_told(void *context, void *const *owners, size_t n) {
    (void)owners;
    ((struct domain *)context)->told_n += n;
}

static void domain_move(struct domain *domain, size_t first, size_t step) {
    size_t n = sample_move(&domain->sample, first, step, SAMPLE_NOW_MS, domain->moved);
    domain->seq++;
    for (size_t i = 0; i < n; i++)
        sample_require(price_book_stage(domain->book, &domain->moved[i], domain->seq) == STATUS_OK,
                       "a quote is staged");
    domain->changed_n = 0;
    price_book_advance(domain->book, domain->seq, on_changed, domain);
    sample_require(domain->changed_n == n, "every staged quote changes");
}

static void domain_init(struct domain *domain, const struct job *job) {
    const struct sample_config config = job_sample(job);
    *domain = (struct domain){0};
    sample_init(&domain->sample, &config);
    domain->moved = sample_allocate(job->symbols_n, sizeof *domain->moved);
    domain->before = sample_allocate(job->symbols_n, sizeof *domain->before);
    domain->changed = sample_allocate(job->symbols_n, sizeof(struct price_book_entry *));
    sample_require(price_book_create(&domain->book) == STATUS_OK, "a price book is made");
    sample_require(holders_create(&domain->holders) == STATUS_OK, "the holders are made");
    domain_move(domain, 0, 1);
}

static void domain_add_portfolios(struct domain *domain, size_t n) {
    for (size_t i = 0; i < n; i++) {
        struct holdings *holdings = sample_holdings(&domain->sample, domain->portfolios_n++);
        struct portfolio *portfolio = NULL;
        enum status status = portfolio_create(holdings, domain->book, &portfolio);
        if (status == STATUS_OK)
            status = holders_add(domain->holders, portfolio, domain->book, portfolio);
        sample_require(status == STATUS_OK, "a portfolio is added");
        holdings_destroy(&holdings);
    }
    holders_tell(domain->holders, on_told, domain);
}

static void time_domain(const struct job *job, struct domain *domain, size_t step) {
    struct timing revalue = {0}, tell = {0}, both = {0};
    uint64_t touched_n = 0;
    for (size_t run = 0; run <= job->runs_n; run++) {
        domain_move(domain, run % step, step);
        touched_n = 0;
        timing_begin(&both);
        timing_begin(&revalue);
        for (size_t i = 0; i < domain->changed_n; i++)
            touched_n += holders_revalue(domain->holders, domain->book, domain->changed[i], &domain->before[i]);
        timing_end(&revalue, run > 0 ? touched_n : 0);
        timing_begin(&tell);
        holders_tell(domain->holders, on_told, domain);
        timing_end(&tell, run > 0 ? touched_n : 0);
        timing_end(&both, run > 0 ? touched_n : 0);
        sample_require(touched_n == sample_touched(&domain->sample, run % step, step), "every holder is revalued");
    }
    print_result(job, "domain_revalue", job->symbols_n / step, touched_n, &revalue);
    print_result(job, "domain_tell", job->symbols_n / step, touched_n, &tell);
    print_result(job, "domain", job->symbols_n / step, touched_n, &both);
}

static void run_domain(const struct job *job) {
    struct domain *domain = sample_allocate(1, sizeof *domain);
    size_t portfolios_n = job_portfolios(job);
    domain_init(domain, job);
    uint64_t before = heap_bytes();
    struct timing setup = {0};
    timing_begin(&setup);
    if (portfolios_n > PILOT_N) {
        domain_add_portfolios(domain, PILOT_N);
        if (!memory_suffices(job, "domain", heap_bytes() - before))
            return;
    }
    domain_add_portfolios(domain, portfolios_n - domain->portfolios_n);
    timing_end(&setup, job->positions_n);
    print_setup(job, "domain", &setup, heap_bytes() - before);
    time_domain(job, domain, step_of_batch(job));
    time_domain(job, domain, 1);
}

/* A process each; what they allocated goes with them. */
static int run_apart(const struct job *job, void (*run)(const struct job *job)) {
    (void)fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        run(job);
        (void)fflush(stdout);
        _exit(0);
    }
    int status = 0;
    bool is_well = pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!is_well)
        (void)fprintf(stderr, "bench_revaluation: %zu positions: the run did not end well\n", job->positions_n);
    return is_well ? 0 : 1;
}

static size_t read_sizes(const char *text, size_t sizes[SIZES_MAX]) {
    size_t n = 0;
    char *end = NULL;
    while (*text && n < SIZES_MAX) {
        sizes[n] = strtoull(text, &end, 10);
        if (end == text || sizes[n] == 0 || (*end && *end != ','))
            return 0;
        text = *end == ',' ? end + 1 : end;
        n++;
    }
    return n;
}

static bool read_arguments(int argc, char **argv, struct job *job, size_t sizes[SIZES_MAX], size_t *ret_n) {
    static const struct option options[] = {{"positions", required_argument, NULL, 'p'},
                                            {"symbols", required_argument, NULL, 's'},
                                            {"runs", required_argument, NULL, 'r'},
                                            {0}};
    const char *positions = "1000000,10000000,50000000";
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'p')
            positions = optarg;
        else if (option == 's')
            job->symbols_n = strtoull(optarg, NULL, 10);
        else if (option == 'r')
            job->runs_n = strtoull(optarg, NULL, 10);
        else
            return false;
    }
    *ret_n = read_sizes(positions, sizes);
    return optind == argc && *ret_n > 0 && job->symbols_n >= POSITIONS && job->symbols_n <= 99999 && job->runs_n >= 1 &&
           job->runs_n <= TIMING_RUNS_MAX;
}

int main(int argc, char **argv) {
    struct job job = {.symbols_n = 500, .runs_n = 7};
    size_t sizes[SIZES_MAX], sizes_n = 0;
    if (!read_arguments(argc, argv, &job, sizes, &sizes_n)) {
        (void)fprintf(stderr, "usage: bench_revaluation [--positions N,…] [--symbols %d…99999] [--runs 1…%d]\n",
                      POSITIONS, TIMING_RUNS_MAX);
        return 2;
    }
    int status = 0;
    for (size_t i = 0; i < sizes_n; i++) {
        job.positions_n = sizes[i];
        status |= run_apart(&job, run_engine);
        status |= run_apart(&job, run_domain);
    }
    return status;
}
