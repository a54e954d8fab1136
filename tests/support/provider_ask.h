/* Answers of vendors for the tests of the parsers: bodies of the tests' own as
 * text, and the published samples where they are at hand. */
#ifndef PF_TESTS_PROVIDER_ASK_H
#define PF_TESTS_PROVIDER_ASK_H

#include "feed/provider_remote.h"
#include "support/feed_samples.h"
#include "unit/test.h"

#include <stdlib.h>

#define ASK_SYMBOLS_MAX 8
#define ASK_NOW_MS INT64_C(1795000000000) /* 2026-11-18T… */
#define SAMPLES_DIR "../shared/data/provider_samples/"

struct asked {
    struct symbol symbols[ASK_SYMBOLS_MAX];
    struct provider_query query;
    struct provider_answer answer;
    struct provider_history history;
};

/* names: "AAPL,MSFT" */
static inline void ask_prepare(struct asked *asked, enum provider_function function, const char *names) {
    memset(asked, 0, sizeof *asked);
    asked->query = (struct provider_query){.function = function,
                                           .symbols = asked->symbols,
                                           .from = -719162, /* every day there is */
                                           .to = 2932896,
                                           .wall_ms = ASK_NOW_MS};
    while (*names) {
        char name[SYMBOL_MAX + 1];
        size_t len = strcspn(names, ",");
        assert_true(asked->query.n < ASK_SYMBOLS_MAX);
        snprintf(name, sizeof name, "%.*s", (int)len, names);
        asked->symbols[asked->query.n++] = sample_symbol(name);
        names += len + (names[len] == ',');
    }
}

static inline void ask_bytes(struct asked *asked, const struct provider_ops *ops, enum provider_function function,
                             const char *names, long http_status, const char *text, size_t len) {
    /* Of its own size, so that a parser that reads beyond it is seen. */
    char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, text, len);
    const struct provider_body body = {.http_status = http_status, .text = copy, .len = len};
    ask_prepare(asked, function, names);
    if (function >= PROVIDER_FULL_HISTORY)
        ops->remote->parse_history(&asked->query, &body, &asked->history, &asked->answer);
    else
        ops->remote->parse(&asked->query, &body, &asked->answer);
    free(copy);
    assert_non_null(asked->answer.reason);
}

static inline void ask(struct asked *asked, const struct provider_ops *ops, enum provider_function function,
                       const char *names, long http_status, const char *text) {
    ask_bytes(asked, ops, function, names, http_status, text, strlen(text));
}

/* What became of the first symbol: the answer's verdict, or its own. */
static inline enum provider_verdict ask_verdict(const struct asked *asked) {
    bool is_price = asked->query.function < PROVIDER_FULL_HISTORY;
    if (asked->answer.verdict == PROVIDER_QUOTE && is_price)
        return asked->answer.results[0].verdict;
    return asked->answer.verdict;
}

struct ask_row {
    const char *name;
    long http_status;
    const char *body;
    enum provider_verdict verdict;
};

static inline void ask_check_rows(const struct provider_ops *ops, enum provider_function function, const char *names,
                                  const struct ask_row *rows, size_t n) {
    struct asked asked;
    for (size_t i = 0; i < n; i++) {
        ask(&asked, ops, function, names, rows[i].http_status, rows[i].body);
        if (ask_verdict(&asked) != rows[i].verdict)
            fail_msg("row \"%s\": %s (%s), not %s", rows[i].name, provider_verdict_name(ask_verdict(&asked)),
                     asked.answer.reason, provider_verdict_name(rows[i].verdict));
        provider_history_fini(&asked.history);
    }
}

/* One of the published samples; skips the test where they are not there. */
static inline void ask_sample(struct asked *asked, const struct provider_ops *ops, enum provider_function function,
                              const char *names, long http_status, const char *file_name) {
    static char body[65536];
    char path[128];
    snprintf(path, sizeof path, SAMPLES_DIR "%s", file_name);
    FILE *file = fopen(path, "r");
    if (!file) {
        print_message("skipped: %s is not there\n", path);
        skip();
    }
    size_t len = fread(body, 1, sizeof body, file);
    fclose(file);
    ask_bytes(asked, ops, function, names, http_status, body, len);
}

struct ask_sample_row {
    enum provider_function function;
    const char *names;
    long http_status;
    const char *file;
    enum provider_verdict verdict;
};

static inline void ask_check_samples(const struct provider_ops *ops, const struct ask_sample_row *rows, size_t n) {
    struct asked asked;
    for (size_t i = 0; i < n; i++) {
        ask_sample(&asked, ops, rows[i].function, rows[i].names, rows[i].http_status, rows[i].file);
        if (ask_verdict(&asked) != rows[i].verdict)
            fail_msg("%s: %s (%s), not %s", rows[i].file, provider_verdict_name(ask_verdict(&asked)),
                     asked.answer.reason, provider_verdict_name(rows[i].verdict));
        provider_history_fini(&asked.history);
    }
}

/* The request as text: the URL behind the base, and the header behind a line feed. */
static inline const char *ask_request(const struct provider_ops *ops, const char *key, enum provider_function function,
                                      const char *names) {
    static char text[512];
    struct asked asked;
    struct provider *provider;
    char error[200];
    const struct provider_settings settings = {.url = "http://x//", .key = key};
    struct provider_request request;
    assert_int_equal(provider_remote_create(ops, "X", &settings, &provider, error, sizeof error), STATUS_OK);
    ask_prepare(&asked, function, names);
    assert_int_equal(date_parse("2024-01-02", 10, &asked.query.from), STATUS_OK);
    assert_int_equal(date_parse("2024-12-31", 10, &asked.query.to), STATUS_OK);
    strbuf_init(&request.url);
    strbuf_init(&request.header);
    ops->remote->write_request(provider, &asked.query, &request);
    snprintf(text, sizeof text, "%s%s%s", strbuf_text(&request.url), request.header.len ? "\n" : "",
             strbuf_text(&request.header));
    strbuf_fini(&request.url);
    strbuf_fini(&request.header);
    provider_remote_destroy(provider);
    assert_int_equal(strncmp(text, "http://x/", 9), 0);
    return text + 8;
}

static inline bool ask_knows(const struct provider_ops *ops, const char *name) {
    const struct symbol symbol = sample_symbol(name);
    return ops->knows(NULL, &symbol);
}

#endif
