/* `portfoliod publish`. Each argument, and each line of input, is one batch
 * with one answer; a quote without previous close keeps the stored one.
 * Refuses lines above LINE_MAX_BYTES. Thread: main. */
#include "feed/publish_command.h"

#include "base/clock.h"
#include "feed/bus_redis.h"
#include "feed/quote_codec.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES (8u << 20)

static const char help[] =
    "Usage: portfoliod publish [--redis-url URL] SYMBOL=PRICE[/PREVIOUS_CLOSE] ...\n"
    "       portfoliod publish [--redis-url URL] -\n"
    "\n"
    "Publishes prices by hand. With - each line of standard input is a JSON array\n"
    "of quotes and is published as one batch, all or nothing:\n"
    "  [{\"symbol\":\"AAPL\",\"price\":189.84,\"previous_close\":188.1}, ...]\n"
    "symbol and price are required; currency (the known price's, else USD), as_of (now), session (the date\n"
    "of as_of), source (publish), stale (false), source_time may be given.\n"
    "\n"
    "Prints one line for each argument or line of input: `ok SEQ` or `error REASON`.\n"
    "Exit code: 0, or 1 when something was not published. Redis: REDIS_URL.\n";

/* Prints the answer; true when it was published. */
static bool batch_publish(struct bus_publisher *publisher, const struct quote *quotes, size_t n) {
    struct bus_published published;
    enum status status = publisher->ops->publish(publisher, quotes, n, true, 0, &published);
    if (status == STATUS_OK)
        status = published.status;
    else
        published.detail[0] = '\0';
    if (status == STATUS_OK)
        printf("ok %llu\n", (unsigned long long)published.seq);
    else
        printf("error %s%s%s\n", status_name(status), published.detail[0] ? ": " : "", published.detail);
    return status == STATUS_OK;
}

static bool argument_publish(struct bus_publisher *publisher, const char *argument) {
    struct quote quote;
    if (publish_argument_parse(argument, clock_wall_ms(clock_system()), &quote) != STATUS_OK) {
        printf("error invalid: \"%s\" is not SYMBOL=PRICE or SYMBOL=PRICE/PREVIOUS_CLOSE\n", argument);
        return false;
    }
    return batch_publish(publisher, &quote, 1);
}

/* Reads a line without its end; false at the end of the input. A line that is
 * too long is read to its end and leaves ret_line failed. */
static bool line_read(FILE *in, struct strbuf *ret_line) {
    int c = getc(in);
    strbuf_clear(ret_line);
    if (c == EOF)
        return false;
    for (; c != EOF && c != '\n'; c = getc(in)) {
        if (ret_line->len < LINE_MAX_BYTES)
            strbuf_append_char(ret_line, (char)c);
        else
            ret_line->failed = true;
    }
    return true;
}

static bool line_publish(struct bus_publisher *publisher, const struct strbuf *line) {
    char error[256];
    struct quote *quotes = NULL;
    size_t n = 0;
    if (strbuf_status(line) != STATUS_OK) {
        printf("error limit: the line is longer than %u bytes\n", LINE_MAX_BYTES);
        return false;
    }
    enum status status = publish_line_parse(line->data ? line->data : "", line->len, clock_wall_ms(clock_system()),
                                            &quotes, &n, error, sizeof error);
    if (status != STATUS_OK) {
        printf("error %s: %s\n", status_name(status), error);
        return false;
    }
    bool is_ok = batch_publish(publisher, quotes, n);
    free(quotes);
    return is_ok;
}

static bool input_publish(struct bus_publisher *publisher) {
    struct strbuf line;
    bool is_ok = true;
    strbuf_init(&line);
    while (line_read(stdin, &line)) {
        is_ok = line_publish(publisher, &line) && is_ok;
        if (fflush(stdout) != 0) {
            is_ok = false; /* nobody reads the answers */
            break;
        }
        if (line.failed) {
            strbuf_fini(&line);
            strbuf_init(&line);
        }
    }
    strbuf_fini(&line);
    return is_ok;
}

/* Takes --redis-url out of the arguments; returns how many stand before the
 * prices, or -1. */
static int options_read(int argc, char *const *argv, const char **url) {
    static const char *const names[] = {"--redis-url", "--REDIS_URL"};
    int at = 0;
    for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
        bool is_known = false;
        for (size_t i = 0; i < sizeof names / sizeof names[0] && !is_known; i++) {
            size_t len = strlen(names[i]);
            if (strncmp(argv[at], names[i], len) != 0)
                continue;
            if (argv[at][len] == '=') {
                *url = argv[at] + len + 1;
                is_known = true;
            } else if (argv[at][len] == '\0' && at + 1 < argc) {
                *url = argv[++at];
                is_known = true;
            }
        }
        if (!is_known) {
            fprintf(stderr, "portfoliod publish: unknown option %s\n", argv[at]);
            return -1;
        }
    }
    return at;
}

static bool asks_for_help(int argc, char *const *argv) {
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    }
    return false;
}

int publish_command_run(const struct config *config, int argc, char *const *argv) {
    const char *url = config->redis_url;
    struct bus_publisher *publisher = NULL;
    if (asks_for_help(argc, argv)) {
        fputs(help, stdout);
        return 0;
    }
    int first = options_read(argc, argv, &url);
    if (first < 0 || first == argc) {
        fputs(help, stderr);
        return 2;
    }
    if (!url || url[0] == '\0') {
        fputs("portfoliod publish: REDIS_URL is not set; an in-process bus cannot be reached from here\n", stderr);
        return 2;
    }
    if (bus_redis_publisher_create(url, clock_system(), &publisher) != STATUS_OK) {
        fputs("portfoliod publish: REDIS_URL must be redis://[[user]:password@]host[:port][/db] or "
              "unix:///path[?db=N]\n",
              stderr);
        return 2;
    }
    /* A lost connection is an error line, not the end of the process. */
    signal(SIGPIPE, SIG_IGN);
    bool is_ok = true;
    for (int i = first; i < argc; i++) {
        bool is_input = strcmp(argv[i], "-") == 0;
        is_ok = (is_input ? input_publish(publisher) : argument_publish(publisher, argv[i])) && is_ok;
    }
    publisher->ops->destroy(publisher);
    return is_ok && fflush(stdout) == 0 ? 0 : 1;
}
