/* The load client: one run, one JSON object on standard output. bench.py starts it.
 * Refuses options that it does not know. Thread: main, the only one. */
#include "load_modes.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static const char help[] =
    "usage: load_client MODE --port PORT --pids PID,… [options] -- PUBLISHER [ARGUMENTS]\n"
    "  MODE stream: ticks and counts updates; memory: the server's resident memory; connects: how fast they come\n"
    "  --dialect NAME --path TEMPLATE --hello TEMPLATE   how to talk to the server (portfolio)\n"
    "  --clients N --portfolios N --subscriptions N      who watches what (1, 1, 1)\n"
    "  --rate BATCHES_PER_S --window BATCHES             when ticks come (10, 0: by the clock only)\n"
    "  --symbols N --same-class                          what they move (500; every batch another tenth)\n"
    "  --seconds S --warm-up S                           how long (5, 2)\n"
    "  --in-flight N --first N                           connects on their way at most; before the clock (128, 0)\n"
    "  --server-core N --client-core N                   whose use is told\n"
    "  --awake                                           never sleep: then sending to it wakes nobody\n";

enum option_number {
    OPTION_PORT = 1,
    OPTION_PIDS,
    OPTION_DIALECT,
    OPTION_PATH,
    OPTION_HELLO,
    OPTION_CLIENTS,
    OPTION_PORTFOLIOS,
    OPTION_SUBSCRIPTIONS,
    OPTION_RATE,
    OPTION_WINDOW,
    OPTION_SYMBOLS,
    OPTION_SAME_CLASS,
    OPTION_SECONDS,
    OPTION_WARM_UP,
    OPTION_IN_FLIGHT,
    OPTION_FIRST,
    OPTION_SERVER_CORE,
    OPTION_CLIENT_CORE,
    OPTION_AWAKE,
};

static const struct option options_table[] = {
    {"port", required_argument, NULL, OPTION_PORT},
    {"pids", required_argument, NULL, OPTION_PIDS},
    {"dialect", required_argument, NULL, OPTION_DIALECT},
    {"path", required_argument, NULL, OPTION_PATH},
    {"hello", required_argument, NULL, OPTION_HELLO},
    {"clients", required_argument, NULL, OPTION_CLIENTS},
    {"portfolios", required_argument, NULL, OPTION_PORTFOLIOS},
    {"subscriptions", required_argument, NULL, OPTION_SUBSCRIPTIONS},
    {"rate", required_argument, NULL, OPTION_RATE},
    {"window", required_argument, NULL, OPTION_WINDOW},
    {"symbols", required_argument, NULL, OPTION_SYMBOLS},
    {"same-class", no_argument, NULL, OPTION_SAME_CLASS},
    {"seconds", required_argument, NULL, OPTION_SECONDS},
    {"warm-up", required_argument, NULL, OPTION_WARM_UP},
    {"in-flight", required_argument, NULL, OPTION_IN_FLIGHT},
    {"first", required_argument, NULL, OPTION_FIRST},
    {"server-core", required_argument, NULL, OPTION_SERVER_CORE},
    {"client-core", required_argument, NULL, OPTION_CLIENT_CORE},
    {"awake", no_argument, NULL, OPTION_AWAKE},
    {NULL, 0, NULL, 0},
};

static unsigned number(const char *text) {
    return (unsigned)strtoul(text, NULL, 10);
}

static void read_pids(const char *text, struct process_set *ret_set) {
    char *end;
    for (ret_set->n = 0; *text && ret_set->n < PROCESS_SET_MAX; text = *end ? end + 1 : end)
        ret_set->pids[ret_set->n++] = (int)strtol(text, &end, 10);
}

static bool take_mode_option(int option, const char *value, struct load_config *config, struct mode_options *mode) {
    switch (option) {
    case OPTION_SECONDS:
        mode->seconds = strtod(value, NULL);
        return mode->seconds > 0;
    case OPTION_WARM_UP:
        mode->warm_up_s = strtod(value, NULL);
        return true;
    case OPTION_IN_FLIGHT:
        config->in_flight_max = number(value);
        return config->in_flight_max > 0;
    case OPTION_FIRST:
        mode->first_n = number(value);
        return true;
    case OPTION_SERVER_CORE:
        mode->server_core = (int)strtol(value, NULL, 10);
        return true;
    case OPTION_CLIENT_CORE:
        mode->client_core = (int)strtol(value, NULL, 10);
        return true;
    case OPTION_AWAKE:
        config->is_awake = true;
        return true;
    default:
        return false;
    }
}

static bool take_option(int option, const char *value, struct load_config *config, struct mode_options *mode) {
    switch (option) {
    case OPTION_PORT:
        config->port = (int)number(value);
        return true;
    case OPTION_PIDS:
        read_pids(value, &mode->server);
        return true;
    case OPTION_DIALECT:
        config->dialect = dialect_find(value);
        return config->dialect != NULL;
    case OPTION_PATH:
        config->job.path = value;
        return true;
    case OPTION_HELLO:
        config->job.hello = value;
        return true;
    case OPTION_CLIENTS:
        config->job.clients_n = number(value);
        return config->job.clients_n > 0;
    case OPTION_PORTFOLIOS:
        config->job.portfolios_n = number(value);
        return config->job.portfolios_n > 0;
    case OPTION_SUBSCRIPTIONS:
        config->job.subscriptions_n = number(value);
        return config->job.subscriptions_n > 0;
    case OPTION_RATE:
        config->batches_per_s = strtod(value, NULL);
        return config->batches_per_s > 0;
    case OPTION_WINDOW:
        config->window = number(value);
        return true;
    case OPTION_SYMBOLS:
        config->publisher.symbols_n = number(value);
        return config->publisher.symbols_n <= PUBLISHER_SYMBOLS_MAX;
    case OPTION_SAME_CLASS:
        config->publisher.is_same_class = true;
        return true;
    default:
        return take_mode_option(option, value, config, mode);
    }
}

static bool read_options(int argc, char **argv, struct load_config *config, struct mode_options *mode) {
    int option;
    while ((option = getopt_long(argc, argv, "", options_table, NULL)) != -1) {
        if (!take_option(option, optarg, config, mode)) {
            (void)fprintf(stderr, "load_client: an option or its value is wrong (%s)\n", optarg ? optarg : "");
            return false;
        }
    }
    config->publisher.argv = argv + optind;
    return optind < argc && config->port > 0 && mode->server.n > 0;
}

typedef int (*mode_function)(struct load *load, const struct mode_options *options);

static mode_function find_mode(const char *name) {
    static const struct {
        const char *name;
        mode_function run;
    } modes[] = {{"stream", mode_stream}, {"memory", mode_memory}, {"connects", mode_connects}};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
        if (strcmp(modes[i].name, name) == 0)
            return modes[i].run;
    return NULL;
}

static void raise_descriptor_limit(void) {
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
}

int main(int argc, char **argv) {
    struct load_config config = {.dialect = dialect_find("portfolio"),
                                 .job = {.clients_n = 1, .portfolios_n = 1, .subscriptions_n = 1},
                                 .publisher = {.symbols_n = PUBLISHER_SYMBOLS_MAX},
                                 .in_flight_max = 128,
                                 .batches_per_s = 10};
    struct mode_options mode = {.server_core = -1, .client_core = -1, .seconds = 5, .warm_up_s = 2};
    mode_function run = argc > 1 ? find_mode(argv[1]) : NULL;
    if (!run || !read_options(argc - 1, argv + 1, &config, &mode)) {
        (void)fputs(help, stderr);
        return 2;
    }
    raise_descriptor_limit();
    (void)signal(SIGPIPE, SIG_IGN);
    static struct load load; /* with its tables too large for a stack */
    int code = 1;
    if (load_start(&load, &config)) {
        code = run(&load, &mode);
        load_stop(&load);
    }
    return code;
}
