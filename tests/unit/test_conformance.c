/* links: pf_terminal pf_protocol pf_ops pf_base */
/* Runs protocol/conformance/ (another folder: $PF_CONFORMANCE) against the client of
 * clients/terminal: what the format of its README.md says, a step a line. Each
 * transcript twice: with the least random numbers and with the largest. */
#include "base/text_file.h"
#include "protocol/json_exact.h"
#include "terminal/follower.h"
#include "unit/test.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#define MESSAGES_MAX 64
#define IDS_MAX 16
#define FILE_BYTES_MAX ((size_t)4 * 1024 * 1024)

struct run {
    const char *path;
    unsigned line;
    bool is_random_high;
    struct follower *follower;
    int64_t now_ms;
    char *messages[MESSAGES_MAX];
    size_t messages_n, taken_n;
    struct {
        char label[32], text[32];
    } ids[IDS_MAX]; /* "*" and "*name": the last id of a message of the client */
    size_t ids_n;
    char token[256];
    bool has_token, is_connect_due, is_connected;
};

#define EXPECT(run, condition, ...)                                                                                    \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            print_error("%s:%u (random %s): ", (run)->path, (run)->line, (run)->is_random_high ? "high" : "low");      \
            print_error(__VA_ARGS__);                                                                                  \
            fail_msg(" (%s)", #condition);                                                                             \
        }                                                                                                              \
    } while (0)

/* --- the application and the socket that the follower sees --- */

static void on_token_wanted(void *context, bool is_refused) {
    struct run *run = context;
    (void)is_refused;
    follower_token(run->follower, run->now_ms, run->has_token ? run->token : NULL);
}

static void on_connect_due(void *context, const char *token) {
    struct run *run = context;
    (void)token;
    run->is_connect_due = true;
}

static void on_message_due(void *context, const char *text, size_t len) {
    struct run *run = context;
    EXPECT(run, run->messages_n < MESSAGES_MAX, "too many messages");
    run->messages[run->messages_n++] = strndup(text, len);
}

static void on_drop_due(void *context) {
    struct run *run = context;
    run->is_connected = false;
}

static void on_watch_changed(void *context, struct watch *watch, enum watch_result result) {
    (void)context, (void)watch, (void)result;
}

static void on_state_changed(void *context) {
    (void)context;
}

static uint64_t random_end(void *context, uint64_t bound) {
    const struct run *run = context;
    return run->is_random_high ? bound - 1 : 0;
}

/* --- the steps --- */

static json_t *parse(struct run *run, const char *text) {
    json_t *value = NULL;
    char error[160] = "";
    enum status status = json_exact_parse(text, strlen(text), &value, error, sizeof error);
    EXPECT(run, status == STATUS_OK, "%s: %s", error, text);
    return value;
}

static int compare_texts(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in the order in which a client sends them: sorted. */
static void write_fields(const json_t *fields, struct watch_wish *wish) {
    const char *names[64] = {NULL};
    char *out = wish->fields;
    size_t n = json_array_size(fields), at = 0;
    assert_true(n <= COUNT_OF(names));
    out[0] = '\0';
    if (n == 0)
        return;
    for (size_t i = 0; i < n; i++)
        names[i] = json_string_value(json_array_get(fields, i));
    qsort(names, n, sizeof names[0], compare_texts);
    for (size_t i = 0; i < n; i++)
        at += (size_t)snprintf(out + at, sizeof wish->fields - at, "%c\"%s\"%s", i ? ',' : '[', names[i],
                               i + 1 == n ? "]" : "");
}

static void read_wish(const json_t *body, struct watch_wish *wish) {
    const char *max_rate = document_number(body, "max_rate");
    if (max_rate)
        (void)snprintf(wish->max_rate, sizeof wish->max_rate, "%s", max_rate);
    if (json_object_get(body, "fields"))
        write_fields(json_object_get(body, "fields"), wish);
}

static void step_app(struct run *run, const char *text) {
    size_t len = strcspn(text, " ");
    json_t *body = parse(run, text + len);
    const char *id = document_string(body, "portfolio_id");
    struct watch *watch = follower_watch(run->follower, id);
    if (strncmp(text, "subscribe", len) == 0) {
        struct watch_wish wish = {0};
        read_wish(body, &wish);
        assert_int_equal(follower_subscribe(run->follower, run->now_ms, id, &wish), STATUS_OK);
    } else if (!watch) {
        EXPECT(run, false, "nothing is subscribed");
    } else {
        if (strncmp(text, "update", len) == 0)
            read_wish(body, &watch->wish);
        else if (strncmp(text, "resync", len) == 0)
            watch_want_resync(watch);
        else
            EXPECT(run, strncmp(text, "unsubscribe", len) == 0, "unknown: app %s", text);
        if (strncmp(text, "unsubscribe", len) == 0)
            follower_unsubscribe(run->follower, run->now_ms, watch);
        else
            follower_update(run->follower, run->now_ms);
    }
    json_decref(body);
}

/* What was said on the connection before and not looked at, counts no more. */
static void step_opens(struct run *run) {
    EXPECT(run, run->is_connect_due, "the client does not connect");
    run->taken_n = run->messages_n;
    run->is_connect_due = false;
    run->is_connected = true;
    follower_opened(run->follower, run->now_ms);
}

/* Remembers the id of a message under the fixture's label for it. */
static void remember_id(struct run *run, const char *label, const char *text) {
    size_t i = 0;
    while (i < run->ids_n && strcmp(run->ids[i].label, label) != 0)
        i++;
    assert_true(i < IDS_MAX);
    if (i == run->ids_n)
        run->ids_n++;
    (void)snprintf(run->ids[i].label, sizeof run->ids[i].label, "%s", label);
    (void)snprintf(run->ids[i].text, sizeof run->ids[i].text, "%s", text);
}

/* An id of "*" stands for any; without an id in the fixture none is compared. */
static void step_client_says(struct run *run, const char *text) {
    EXPECT(run, run->taken_n < run->messages_n, "the client has said nothing, not %s", text);
    const char *said = run->messages[run->taken_n++];
    json_t *expected = parse(run, text), *message = parse(run, said);
    const char *id = document_string(expected, "id");
    if (id && id[0] == '*') {
        EXPECT(run, document_number(message, "id"), "no id in %s", said);
        remember_id(run, id, document_number(message, "id"));
        (void)json_object_del(message, "id");
        (void)json_object_del(expected, "id");
    } else if (!json_object_get(expected, "id")) {
        (void)json_object_del(message, "id");
    }
    EXPECT(run, json_equal(expected, message), "the client said %s, not %s", said, text);
    json_decref(expected);
    json_decref(message);
}

/* The frame with the ids in the place of their labels. */
static void step_server_says(struct run *run, const char *text) {
    struct strbuf frame;
    const char *label = strstr(text, "\"id\":\"*");
    if (strncmp(text, "text ", 5) == 0) {
        follower_take_frame(run->follower, run->now_ms, text + 5, strlen(text + 5));
        return;
    }
    if (strncmp(text, "binary ", 7) == 0) {
        follower_take_garbage(run->follower, run->now_ms, "binary");
        return;
    }
    strbuf_init(&frame);
    if (label) {
        size_t begin = (size_t)(label - text) + 5, len = strcspn(text + begin + 1, "\""), i = 0;
        while (i < run->ids_n &&
               (strlen(run->ids[i].label) != len || memcmp(run->ids[i].label, text + begin + 1, len) != 0))
            i++;
        EXPECT(run, i < run->ids_n, "no message had that id");
        strbuf_append(&frame, text, begin);
        strbuf_append_text(&frame, run->ids[i].text);
        text += begin + len + 2;
    }
    strbuf_append_text(&frame, text);
    follower_take_frame(run->follower, run->now_ms, strbuf_text(&frame), frame.len);
    strbuf_fini(&frame);
}

static void step_shows(struct run *run, const char *text) {
    char id[WATCH_ID_MAX + 1];
    if (*text == '{') {
        json_t *expected = parse(run, text);
        const struct watch *watch = follower_watch(run->follower, document_string(expected, "portfolio_id"));
        struct strbuf shown;
        strbuf_init(&shown);
        EXPECT(run, watch && watch->document.data, "nothing is shown");
        document_write(&shown, watch->document.data);
        EXPECT(run, json_equal(expected, watch->document.data), "shown is %s", strbuf_text(&shown));
        strbuf_fini(&shown);
        json_decref(expected);
        return;
    }
    size_t len = strcspn(text, " ");
    (void)snprintf(id, sizeof id, "%.*s", (int)len, text);
    const struct watch *watch = follower_watch(run->follower, id);
    EXPECT(run, strcmp(text + len, " none") == 0, "unknown: = %s", text);
    EXPECT(run, !watch || !watch->document.data, "something is shown");
}

static void step_status(struct run *run, const char *text) {
    char id[WATCH_ID_MAX + 1];
    size_t len = strcspn(text, " ");
    (void)snprintf(id, sizeof id, "%.*s", (int)len, text);
    const struct watch *watch = follower_watch(run->follower, id);
    const char *status = watch ? watch_status_name(watch->status) : "ended";
    EXPECT(run, text[len] == ' ' && strcmp(text + len + 1, status) == 0, "the status is %s", status);
}

static void advance_to(struct run *run, int64_t until_ms) {
    while (follower_deadline_ms(run->follower) <= until_ms) {
        if (follower_deadline_ms(run->follower) > run->now_ms)
            run->now_ms = follower_deadline_ms(run->follower);
        follower_advance(run->follower, run->now_ms);
    }
    run->now_ms = until_ms;
}

static void step_waits(struct run *run, const char *text) {
    long long least = 0, most = 0;
    EXPECT(run, sscanf(text, "%lld..%lld", &least, &most) == 2, "unknown: waits %s", text); /* NOLINT(cert-err34-c) */
    if (least == 0 && run->is_connect_due)
        return; /* a wait of nothing is over already */
    EXPECT(run, follower_state(run->follower) == FOLLOWER_WAITING, "the client does not wait to reconnect");
    long long wait_ms = follower_retry_at_ms(run->follower) - run->now_ms;
    EXPECT(run, wait_ms >= least && wait_ms <= most, "the client waits %lld ms", wait_ms);
    advance_to(run, follower_retry_at_ms(run->follower));
}

static void step_drops(struct run *run, const char *text) {
    EXPECT(run, run->is_connected, "there is no connection to drop");
    run->is_connected = false;
    follower_closed(run->follower, run->now_ms, (int)strtol(text, NULL, 10), NULL, -1);
}

static void step_token(struct run *run, const char *text) {
    run->has_token = strcmp(text, "none") != 0;
    (void)snprintf(run->token, sizeof run->token, "%s", text);
}

static void step(struct run *run, char *line) {
    static const struct {
        const char *word;
        void (*take)(struct run *run, const char *text);
    } words[] = {
        {"app", step_app},     {">", step_client_says}, {"=", step_shows},     {"status", step_status},
        {"waits", step_waits}, {"drops", step_drops},   {"token", step_token}, {"<", step_server_says},
    };
    char *text = strchr(line, ' ');
    if (text)
        *text++ = '\0';
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (text && strcmp(line, words[i].word) == 0) {
            words[i].take(run, text);
            return;
        }
    if (strcmp(line, "opens") == 0)
        step_opens(run);
    else if (strcmp(line, "advance") == 0 && text)
        advance_to(run, run->now_ms + strtoll(text, NULL, 10));
    else if (strcmp(line, "closes") == 0)
        EXPECT(run, !run->is_connected, "the client has not left the connection");
    else if (strcmp(line, "quiet") == 0)
        EXPECT(run, run->taken_n == run->messages_n, "the client has said %s", run->messages[run->taken_n]);
    else if (strcmp(line, "gives") == 0)
        EXPECT(run, follower_state(run->follower) == FOLLOWER_CLOSED, "the client does not give up");
    else
        EXPECT(run, false, "unknown step: %s", line);
}

static void run_transcript(const char *path, bool is_random_high) {
    struct run run = {.path = path, .is_random_high = is_random_high, .now_ms = 1000000};
    const struct follower_handler handler = {&run,        on_token_wanted,  on_connect_due,   on_message_due,
                                             on_drop_due, on_watch_changed, on_state_changed, random_end};
    char *text = NULL;
    size_t len = 0;
    assert_int_equal(text_file_read(path, FILE_BYTES_MAX, &text, &len), STATUS_OK);
    text[len] = '\0';
    assert_int_equal(follower_create(&handler, &run.follower), STATUS_OK);
    for (char *line = text, *next = NULL; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        run.line++;
        if (*line && *line != '#')
            step(&run, line);
    }
    EXPECT(&run, run.taken_n == run.messages_n, "the client has said %s, too", run.messages[run.taken_n]);
    for (size_t i = 0; i < run.messages_n; i++)
        free(run.messages[i]);
    follower_destroy(run.follower);
    free(text);
}

static void test_transcript(void **state) {
    run_transcript(*state, false);
    run_transcript(*state, true);
}

int main(void) {
    const char *folder = getenv("PF_CONFORMANCE") ? getenv("PF_CONFORMANCE") : "protocol/conformance";
    char pattern[512];
    glob_t found;
    (void)snprintf(pattern, sizeof pattern, "%s/*.transcript", folder);
    if (glob(pattern, 0, NULL, &found) != 0) {
        print_error("there is no transcript in %s\n", folder);
        return 1;
    }
    struct CMUnitTest *tests = calloc(found.gl_pathc, sizeof *tests);
    if (!tests)
        return 1;
    for (size_t i = 0; i < found.gl_pathc; i++)
        tests[i] = (struct CMUnitTest){found.gl_pathv[i], test_transcript, NULL, NULL, found.gl_pathv[i]};
    int failed_n = _cmocka_run_group_tests("conformance", tests, found.gl_pathc, NULL, NULL);
    free(tests);
    globfree(&found);
    return failed_n;
}
