/* The server's hot paths one at a time, a fixed number of times, for callgrind
 * to count their instructions (guard.py). Nothing is timed; each run does the
 * same, and says how many operations that was.
 *
 *   hot_paths --list        the paths' names
 *   hot_paths --toolchain   what the counts depend on: compiler and machine
 *   hot_paths PATH…         runs them; without valgrind this only checks them
 *
 * Thread: one. */
#include "feed/quote_codec.h"
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/callgrind.h>

#define SYMBOLS 500
#define POSITIONS 30
#define PORTFOLIOS 1000
#define CLIENTS 1000
#define HOUSEHOLD 10 /* portfolios of one client */
#define TICKING 10   /* every tenth symbol: three positions of each portfolio */
#define ROUNDS 3     /* that count, after one that warms up */

struct bench {
    struct fixture *fixture;
    struct session *sessions[CLIENTS];
    size_t sessions_n;
    struct strbuf texts;   /* messages one after the other, each with a NUL */
    uint64_t operations_n; /* that measure will do */
};

struct hot_path {
    const char *name;
    const char *unit;
    enum sample_choice choice;
    size_t portfolios_n;
    unsigned frames_n; /* an operation sends */
    void (*set_up)(struct bench *bench);
    void (*prepare)(struct bench *bench, unsigned round);
    void (*measure)(struct bench *bench);
};

static void add_text(struct bench *bench, const char *text, size_t len) {
    strbuf_append(&bench->texts, text, len);
    strbuf_append_char(&bench->texts, '\0');
    sample_require(strbuf_status(&bench->texts) == STATUS_OK, "there is enough memory");
}

static void connect_clients(struct bench *bench, size_t n) {
    for (size_t i = 0; i < n; i++)
        bench->sessions[bench->sessions_n++] = fixture_connect(bench->fixture);
}

static void disconnect_clients(struct bench *bench) {
    while (bench->sessions_n > 0)
        fixture_disconnect(bench->sessions[--bench->sessions_n]);
}

/* tick, batch: what the bus sends, up to the pass. */

static void add_event(struct bench *bench, const struct quote *quotes, size_t n) {
    struct strbuf event;
    strbuf_init(&event);
    fixture_write_event(bench->fixture, &event, quotes, n);
    add_text(bench, event.data, event.len);
    strbuf_fini(&event);
}

static size_t move(struct bench *bench, size_t first, size_t step, struct quote *out) {
    return sample_move(&bench->fixture->sample, first, step, bench->fixture->clock.wall_ms, out);
}

static void prepare_ticks(struct bench *bench, unsigned round) {
    (void)round;
    struct quote quotes[SYMBOLS];
    fixture_settle(bench->fixture);
    size_t n = move(bench, 0, 1, quotes);
    strbuf_clear(&bench->texts);
    for (size_t i = 0; i < n; i++)
        add_event(bench, &quotes[i], 1);
    bench->operations_n = n;
}

static void prepare_batches(struct bench *bench, unsigned round) {
    (void)round;
    struct quote quotes[SYMBOLS];
    fixture_settle(bench->fixture);
    strbuf_clear(&bench->texts);
    bench->operations_n = 0;
    for (size_t first = 0; first < TICKING; first++) {
        size_t n = move(bench, first, TICKING, quotes);
        add_event(bench, quotes, n);
        bench->operations_n += n;
    }
}

static void measure_events(struct bench *bench) {
    struct engine *engine = bench->fixture->engine;
    const char *end = bench->texts.data + bench->texts.len;
    for (const char *text = bench->texts.data; text < end;) {
        size_t len = strlen(text);
        struct bus_message message;
        sample_require(bus_message_parse(text, len, &message) == STATUS_OK, "an event is read");
        engine_on_event(engine, message.seq, message.quotes, message.quotes_n);
        free(message.quotes);
        text += len + 1;
    }
}

/* revalue: a pass over one symbol that everybody holds, nobody watching;
 * revalue_batch: over every tenth symbol. */

static void prepare_one_symbol(struct bench *bench, unsigned round) {
    (void)round;
    fixture_settle(bench->fixture);
    bench->operations_n = fixture_stage(bench->fixture, 0, SYMBOLS);
    sample_require(bench->operations_n == bench->fixture->held_n, "everybody holds the symbol");
}

static void prepare_batch(struct bench *bench, unsigned round) {
    fixture_settle(bench->fixture);
    bench->operations_n = fixture_stage(bench->fixture, round % TICKING, TICKING);
    sample_require(bench->operations_n == bench->fixture->held_n * 3,
                   "a batch touches three positions of each portfolio");
}

static void measure_turn(struct bench *bench) {
    fixture_turn(bench->fixture);
}

/* fan_out, personal_flush, household_flush: a pass and all it sends. */

static void set_up_shared(struct bench *bench) {
    connect_clients(bench, CLIENTS);
    for (size_t i = 0; i < CLIENTS; i++)
        fixture_subscribe(bench->fixture, bench->sessions[i], 0);
    fixture_settle(bench->fixture);
}

static void set_up_personal(struct bench *bench) {
    connect_clients(bench, CLIENTS);
    for (size_t i = 0; i < CLIENTS; i++)
        fixture_subscribe(bench->fixture, bench->sessions[i], i);
    fixture_settle(bench->fixture);
}

static void set_up_household(struct bench *bench) {
    connect_clients(bench, PORTFOLIOS / HOUSEHOLD);
    for (size_t i = 0; i < PORTFOLIOS; i++)
        fixture_subscribe(bench->fixture, bench->sessions[i / HOUSEHOLD], i);
    fixture_settle(bench->fixture);
}

static void prepare_flush(struct bench *bench, unsigned round) {
    prepare_batch(bench, round);
    bench->operations_n = CLIENTS; /* deltas */
}

/* encode_delta: what comes after the pass. */

static void prepare_deltas(struct bench *bench, unsigned round) {
    prepare_flush(bench, round);
    fixture_pass(bench->fixture);
}

static void measure_send(struct bench *bench) {
    fixture_send(bench->fixture);
}

/* subscribe: the message in, answer and snapshot out. */

static void prepare_subscribes(struct bench *bench, unsigned round) {
    disconnect_clients(bench);
    prepare_batch(bench, round);
    connect_clients(bench, CLIENTS);
    fixture_settle(bench->fixture); /* the greetings leave; no snapshot is ready-made */
    strbuf_clear(&bench->texts);
    for (size_t i = 0; i < CLIENTS; i++) {
        char text[160];
        add_text(bench, text, fixture_write_subscribe(bench->fixture, i, text, sizeof text));
    }
    bench->operations_n = CLIENTS;
}

static void measure_subscribes(struct bench *bench) {
    const char *text = bench->texts.data;
    for (size_t i = 0; i < CLIENTS; i++) {
        size_t len = strlen(text);
        session_on_message(bench->sessions[i], text, len);
        text += len + 1;
    }
    fixture_send(bench->fixture);
}

/* connect: a session from its transport's opening to its greeting. */

static void prepare_connects(struct bench *bench, unsigned round) {
    (void)round;
    disconnect_clients(bench);
    fixture_settle(bench->fixture);
    bench->operations_n = CLIENTS;
}

static void measure_connects(struct bench *bench) {
    connect_clients(bench, CLIENTS);
    fixture_send(bench->fixture);
}

static void set_up_nothing(struct bench *bench) {
    (void)bench;
}

static const struct hot_path hot_paths[] = {
    {"tick", "quote", SAMPLE_IN_A_ROW, 1, 0, set_up_nothing, prepare_ticks, measure_events},
    {"batch", "quote", SAMPLE_IN_A_ROW, 1, 0, set_up_nothing, prepare_batches, measure_events},
    {"revalue", "position", SAMPLE_ONE_IN_ALL, PORTFOLIOS, 0, set_up_nothing, prepare_one_symbol, measure_turn},
    {"revalue_batch", "position", SAMPLE_IN_A_ROW, PORTFOLIOS, 0, set_up_nothing, prepare_batch, measure_turn},
    {"encode_delta", "delta", SAMPLE_IN_A_ROW, PORTFOLIOS, 1, set_up_personal, prepare_deltas, measure_send},
    {"fan_out", "watcher", SAMPLE_IN_A_ROW, 1, 1, set_up_shared, prepare_flush, measure_turn},
    {"personal_flush", "delta", SAMPLE_IN_A_ROW, PORTFOLIOS, 1, set_up_personal, prepare_flush, measure_turn},
    {"household_flush", "delta", SAMPLE_IN_A_ROW, PORTFOLIOS, 1, set_up_household, prepare_flush, measure_turn},
    {"subscribe", "subscribe", SAMPLE_IN_A_ROW, PORTFOLIOS, 2, set_up_nothing, prepare_subscribes, measure_subscribes},
    {"connect", "connection", SAMPLE_IN_A_ROW, 1, 1, set_up_nothing, prepare_connects, measure_connects},
};
#define HOT_PATHS_N (sizeof hot_paths / sizeof hot_paths[0])

static void run(const struct hot_path *path) {
    const struct sample_config config = {.symbols_n = SYMBOLS, .positions_n = POSITIONS, .choice = path->choice};
    struct bench *bench = sample_allocate(1, sizeof *bench);
    uint64_t operations_n = 0, frames_n = 0, bytes_n = 0;
    strbuf_init(&bench->texts);
    bench->fixture = fixture_create(&config);
    fixture_add_portfolios(bench->fixture, path->portfolios_n);
    path->set_up(bench);
    for (unsigned round = 0; round <= ROUNDS; round++) {
        path->prepare(bench, round);
        bench->fixture->frames_n = bench->fixture->bytes_n = 0;
        if (round > 0)
            CALLGRIND_START_INSTRUMENTATION;
        path->measure(bench);
        if (round > 0)
            CALLGRIND_STOP_INSTRUMENTATION;
        sample_require(bench->fixture->frames_n == bench->operations_n * path->frames_n,
                       "each operation sent its frames");
        operations_n += round > 0 ? bench->operations_n : 0;
        frames_n += round > 0 ? bench->fixture->frames_n : 0;
        bytes_n += round > 0 ? bench->fixture->bytes_n : 0;
    }
    (void)printf("{\"path\":\"%s\",\"unit\":\"%s\",\"operations\":%llu,\"frames\":%llu,\"bytes\":%llu}\n", path->name,
                 path->unit, (unsigned long long)operations_n, (unsigned long long)frames_n,
                 (unsigned long long)bytes_n);
    disconnect_clients(bench);
    fixture_destroy(bench->fixture);
    strbuf_fini(&bench->texts);
    free(bench);
}

#if defined __x86_64__
#define MACHINE "x86_64"
#elif defined __aarch64__
#define MACHINE "aarch64"
#else
#define MACHINE "other"
#endif

static void print_toolchain(void) {
#if defined __clang__
    (void)printf("clang-%d-%s\n", __clang_major__, MACHINE);
#else
    (void)printf("gcc-%d-%s\n", __GNUC__, MACHINE);
#endif
}

static void run_named(const char *name) {
    for (size_t i = 0; i < HOT_PATHS_N; i++) {
        if (strcmp(name, hot_paths[i].name) == 0) {
            run(&hot_paths[i]);
            return;
        }
    }
    (void)fprintf(stderr, "hot_paths: no such path: %s\n", name);
    exit(2);
}

int main(int argc, char **argv) {
    const char *command = argc > 1 ? argv[1] : "";
    if (strcmp(command, "--toolchain") == 0)
        print_toolchain();
    else if (strcmp(command, "--list") == 0) {
        for (size_t i = 0; i < HOT_PATHS_N; i++)
            (void)printf("%s\n", hot_paths[i].name);
    } else if (argc > 1) {
        for (int i = 1; i < argc; i++)
            run_named(argv[i]);
    } else {
        for (size_t i = 0; i < HOT_PATHS_N; i++)
            run(&hot_paths[i]);
    }
    return 0;
}
