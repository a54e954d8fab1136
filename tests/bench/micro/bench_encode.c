/* Times the writing of numbers, in ns a number: each kind by itself at the
 * sizes that portfolios have, then whole frames; and the reading of numbers and
 * events, their way in.
 *
 *   bench_encode [--runs 11]
 *
 * Prints a JSON line a result. Thread: one. */
#include "base/timestamp.h"
#include "feed/quote_codec.h"
#include "fixture.h"
#include "timing.h"

#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBERS 4096
#define ROUNDS 64 /* of all numbers in a run */
#define SYMBOLS 500
#define POSITIONS 30
#define PORTFOLIOS 1000
#define TICKING 10 /* every tenth symbol: three rows of each portfolio */

struct numbers {
    int64_t decimals[NUMBERS];
    struct amount amounts[NUMBERS];
    struct percent percents[NUMBERS];
    char texts[NUMBERS][DECIMAL_TEXT_MAX];
    size_t lens[NUMBERS];
};

/* Kinds of numbers: how the i-th is made, and what is done with it. */

static void make_price(struct numbers *numbers, size_t i) { /* 100.00 to 609.99 */
    numbers->decimals[i] = (int64_t)(10000 + i * 7919 % 51000) * (DECIMAL_ONE / 100);
}

static void make_quantity(struct numbers *numbers, size_t i) { /* 1 to 37.25 */
    numbers->decimals[i] = DECIMAL_ONE + (int64_t)(i % POSITIONS) * 125 * (DECIMAL_ONE / 100);
}

static void make_fraction(struct numbers *numbers, size_t i) { /* eight decimals, as crypto has */
    numbers->decimals[i] = (int64_t)(i * UINT64_C(7919000017) % UINT64_C(900000000000));
}

static void make_value(struct numbers *numbers, size_t i) { /* quantity x price, to four decimals */
    struct quantity quantity = {DECIMAL_ONE + (int64_t)(i % POSITIONS) * 125 * (DECIMAL_ONE / 100)};
    struct price price = {(int64_t)(10000 + i * 7919 % 51000) * (DECIMAL_ONE / 100)};
    numbers->amounts[i] = amount_product(quantity, price);
    numbers->amounts[i].e8 *= i % 3 == 0 ? -1 : 1; /* a loss */
}

static void make_wide(struct numbers *numbers, size_t i) { /* past 64 bits: above 92 billion */
    make_value(numbers, i);
    numbers->amounts[i].e8 *= INT64_C(1000000007);
}

static void make_percent(struct numbers *numbers, size_t i) { /* -50 to 50, four decimals */
    numbers->percents[i].e4 = (int128)(i * 7919 % 1000000) - 500000;
}

static void make_price_text(struct numbers *numbers, size_t i) {
    make_price(numbers, i);
    numbers->lens[i] = decimal_write(numbers->texts[i], numbers->decimals[i]);
}

static void make_instant(struct numbers *numbers, size_t i) {
    numbers->decimals[i] = SAMPLE_NOW_MS + (int64_t)i * 137;
}

static uint64_t use_decimal(const struct numbers *numbers, size_t i) {
    char text[DECIMAL_TEXT_MAX];
    return decimal_write(text, numbers->decimals[i]) + (uint64_t)text[0];
}

static uint64_t use_amount(const struct numbers *numbers, size_t i) {
    char text[DECIMAL_TEXT_MAX];
    return amount_write(text, numbers->amounts[i]) + (uint64_t)text[0];
}

static uint64_t use_percent(const struct numbers *numbers, size_t i) {
    char text[DECIMAL_TEXT_MAX];
    return percent_write(text, numbers->percents[i]) + (uint64_t)text[0];
}

static uint64_t use_instant(const struct numbers *numbers, size_t i) {
    char text[TIMESTAMP_TEXT_LEN + 1];
    timestamp_write(text, numbers->decimals[i]);
    return (uint64_t)text[TIMESTAMP_TEXT_LEN - 2];
}

static uint64_t use_text(const struct numbers *numbers, size_t i) {
    int64_t e8 = 0;
    sample_require(decimal_parse(numbers->texts[i], numbers->lens[i], &e8) == STATUS_OK, "a number is read");
    return (uint64_t)e8;
}

static const struct kind {
    const char *name;
    void (*make)(struct numbers *numbers, size_t i);
    uint64_t (*use)(const struct numbers *numbers, size_t i);
} kinds[] = {
    {"write_price", make_price, use_decimal},
    {"write_quantity", make_quantity, use_decimal},
    {"write_eight_decimals", make_fraction, use_decimal},
    {"write_amount", make_value, use_amount},
    {"write_wide_amount", make_wide, use_amount},
    {"write_percent", make_percent, use_percent},
    {"write_timestamp", make_instant, use_instant},
    {"read_price", make_price_text, use_text},
};
#define KINDS_N (sizeof kinds / sizeof kinds[0])

static void print_begin(const char *what, const char *unit) {
    (void)printf("{\"bench\":\"encode\",\"what\":\"%s\",\"unit\":\"%s\",", what, unit);
}

static void time_kind(const struct kind *kind, size_t runs_n) {
    struct numbers *numbers = sample_allocate(1, sizeof *numbers);
    struct timing timing = {0};
    uint64_t sum = 0;
    for (size_t i = 0; i < NUMBERS; i++)
        kind->make(numbers, i);
    for (size_t run = 0; run <= runs_n; run++) {
        timing_begin(&timing);
        for (size_t round = 0; round < ROUNDS; round++) {
            for (size_t i = 0; i < NUMBERS; i++)
                sum += kind->use(numbers, i);
        }
        timing_end(&timing, run > 0 ? (uint64_t)NUMBERS * ROUNDS : 0); /* the first warms up */
    }
    sample_require(sum != 0, "the compiler kept the work");
    print_begin(kind->name, "number");
    timing_print(&timing);
    (void)printf("}\n");
    free(numbers);
}

/* Whole frames, from the pass' end to the transport. */

/* The numbers of a JSON text that are not inside strings. */
static size_t count_numbers(const char *text, size_t len) {
    size_t n = 0;
    bool is_string = false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"')
            is_string = !is_string; /* no frame of this bench has an escaped quote */
        else if (!is_string && isdigit((unsigned char)text[i]) && (text[i - 1] == ':' || text[i - 1] == '-'))
            n++;
    }
    return n;
}

static void set_up_clients(struct fixture *fixture, struct session *sessions[PORTFOLIOS]) {
    fixture_add_portfolios(fixture, PORTFOLIOS);
    for (size_t i = 0; i < PORTFOLIOS; i++) {
        sessions[i] = fixture_connect(fixture);
        fixture_subscribe(fixture, sessions[i], i);
    }
    fixture_settle(fixture);
}

/* A frame for every client is due, and none is ready-made. */
static void make_due(struct fixture *fixture, struct session *sessions[PORTFOLIOS], bool is_delta, size_t run) {
    manual_clock_advance(&fixture->clock, 1000);
    (void)fixture_stage(fixture, run % TICKING, TICKING);
    fixture_pass(fixture);
    for (size_t i = 0; !is_delta && i < PORTFOLIOS; i++)
        fixture_resync(fixture, sessions[i], i);
}

static void time_frames(struct fixture *fixture, struct session *sessions[PORTFOLIOS], bool is_delta, size_t runs_n) {
    struct timing timing = {0};
    struct strbuf copy;
    for (size_t run = 0; run <= runs_n; run++) {
        make_due(fixture, sessions, is_delta, run);
        fixture->frames_n = 0;
        timing_begin(&timing);
        fixture_send(fixture);
        timing_end(&timing, run > 0 ? PORTFOLIOS : 0);
        sample_require(fixture->frames_n == PORTFOLIOS, "each client is sent one frame");
    }
    strbuf_init(&copy);
    fixture->copy = &copy;
    make_due(fixture, sessions, is_delta, 0);
    fixture_send(fixture);
    fixture->copy = NULL;
    double numbers = (double)count_numbers(copy.data, copy.len) / PORTFOLIOS;
    print_begin(is_delta ? "delta" : "snapshot", "frame");
    (void)printf("\"bytes\":%.1f,\"numbers\":%.1f,\"ns_per_number\":%.2f,", (double)copy.len / PORTFOLIOS, numbers,
                 timing_median_ns(&timing) / numbers);
    timing_print(&timing);
    (void)printf("}\n");
    strbuf_fini(&copy);
}

/* An event of 50 quotes, as the bus sends it. */
static void time_event(struct fixture *fixture, size_t runs_n) {
    struct quote quotes[SYMBOLS];
    struct strbuf text;
    struct timing timing = {0};
    strbuf_init(&text);
    size_t n = sample_move(&fixture->sample, 0, TICKING, SAMPLE_NOW_MS, quotes);
    fixture_write_event(fixture, &text, quotes, n);
    for (size_t run = 0; run <= runs_n; run++) {
        timing_begin(&timing);
        for (size_t round = 0; round < ROUNDS; round++) {
            struct bus_message message;
            sample_require(bus_message_parse(text.data, text.len, &message) == STATUS_OK, "an event is read");
            sample_require(message.quotes_n == n, "it has its quotes");
            free(message.quotes);
        }
        timing_end(&timing, run > 0 ? (uint64_t)n * ROUNDS : 0);
    }
    print_begin("read_event", "quote");
    (void)printf("\"bytes\":%.1f,", (double)text.len / (double)n);
    timing_print(&timing);
    (void)printf("}\n");
    strbuf_fini(&text);
}

int main(int argc, char **argv) {
    static const struct option options[] = {{"runs", required_argument, NULL, 'r'}, {0}};
    const struct sample_config config = {.symbols_n = SYMBOLS, .positions_n = POSITIONS, .choice = SAMPLE_IN_A_ROW};
    struct session *sessions[PORTFOLIOS];
    size_t runs_n = 11;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;)
        runs_n = option == 'r' ? strtoull(optarg, NULL, 10) : 0;
    if (optind != argc || runs_n < 1 || runs_n > TIMING_RUNS_MAX) {
        (void)fprintf(stderr, "usage: bench_encode [--runs 1…%d]\n", TIMING_RUNS_MAX);
        return 2;
    }
    for (size_t i = 0; i < KINDS_N; i++)
        time_kind(&kinds[i], runs_n);
    struct fixture *fixture = fixture_create(&config);
    set_up_clients(fixture, sessions);
    time_frames(fixture, sessions, true, runs_n);
    time_frames(fixture, sessions, false, runs_n);
    time_event(fixture, runs_n);
    for (size_t i = 0; i < PORTFOLIOS; i++)
        fixture_disconnect(sessions[i]);
    fixture_destroy(fixture);
    return 0;
}
