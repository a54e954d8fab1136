/* A server's frames: never a crash, a leak or a bound that does not hold; what is
 * shown is JSON again, and a terminal may have it.
 * The input is frames, each ended by a line's end; a line that begins with '!' is a
 * step of another kind: !o opened, !c<code> closed, !a<ms> time, !t<token>. */
#include "base/utf8.h"
#include "fuzz.h"
#include "protocol/json_exact.h"
#include "terminal/follower.h"
#include "terminal/safe_text.h"
#include "terminal/summary.h"
#include "terminal/table.h"

#include <string.h>

#define ID "5e5e0000-0000-4000-8000-000000000001"
#define OTHER_ID "5e5e0000-0000-4000-8000-000000000002"

struct run {
    struct follower *follower;
    int64_t now_ms;
    size_t messages_n;
};

static void on_token_wanted(void *context, bool is_refused) {
    struct run *run = context;
    if (run->follower)
        follower_token(run->follower, run->now_ms, is_refused ? "second" : "first");
}

static void on_connect_due(void *context, const char *token) {
    (void)context, (void)token;
}

/* Whatever the server says, we speak JSON. */
static void on_message_due(void *context, const char *text, size_t len) {
    struct run *run = context;
    json_t *message = NULL;
    char error[100];
    FUZZ_CHECK(json_exact_parse(text, len, &message, error, sizeof error) == STATUS_OK);
    FUZZ_CHECK(document_string(message, "type") != NULL);
    json_decref(message);
    run->messages_n++;
}

static void on_drop_due(void *context) {
    (void)context;
}

static void check_fit_for_a_terminal(const struct strbuf *text) {
    for (size_t at = 0; at < text->len;) {
        size_t taken = utf8_character_len(text->data + at, text->len - at);
        FUZZ_CHECK(taken > 0 && safe_text_is_harmless(safe_text_character(text->data + at, taken)));
        at += taken;
    }
}

static void check_document(const struct watch *watch) {
    struct strbuf text;
    json_t *again = NULL;
    char error[100];
    strbuf_init(&text);
    document_write(&text, watch->document.data);
    check_fit_for_a_terminal(&text);
    FUZZ_CHECK(json_exact_parse(text.data, text.len, &again, error, sizeof error) == STATUS_OK);
    FUZZ_CHECK(json_equal(again, watch->document.data));
    json_decref(again);
    strbuf_fini(&text);
}

static void check_table(const struct watch *watch) {
    struct summary_part parts[SUMMARY_PARTS_MAX];
    struct table table;
    struct strbuf text;
    strbuf_init(&text);
    table_init(&table);
    for (size_t column = 0; column < TABLE_COLUMNS_N; column++) {
        table.sort = (enum table_column)column;
        FUZZ_CHECK(table_build(&table, watch->document.data) == STATUS_OK);
        for (size_t i = 0; i < table.rows_n; i++)
            table_cell(&table, &table.rows[i], table.sort, true, &text);
    }
    FUZZ_CHECK(summary_parts(watch->document.data, true, parts) <= SUMMARY_PARTS_MAX);
    summary_title(watch->document.data, true, &text);
    check_fit_for_a_terminal(&text);
    table_fini(&table);
    strbuf_fini(&text);
}

static void on_watch_changed(void *context, struct watch *watch, enum watch_result result) {
    (void)context;
    FUZZ_CHECK((watch->document.data != NULL) == (watch->cursor[0] != '\0') || result != WATCH_STATE);
    if (result != WATCH_STATE)
        return;
    check_document(watch);
    check_table(watch);
}

static void on_state_changed(void *context) {
    (void)context;
}

static uint64_t no_jitter(void *context, uint64_t bound) {
    (void)context;
    return bound / 2;
}

static int number_of(const char *text, size_t len) {
    int value = 0;
    for (size_t i = 0; i < len && text[i] >= '0' && text[i] <= '9' && value < 100000; i++)
        value = value * 10 + (text[i] - '0');
    return value;
}

static void advance(struct run *run, int64_t ms) {
    run->now_ms += ms;
    for (unsigned n = 0; n < 100 && follower_deadline_ms(run->follower) <= run->now_ms; n++)
        follower_advance(run->follower, run->now_ms);
}

static void step(struct run *run, const char *line, size_t len) {
    if (len < 2 || line[0] != '!')
        follower_take_frame(run->follower, run->now_ms, line, len);
    else if (line[1] == 'o')
        follower_opened(run->follower, run->now_ms);
    else if (line[1] == 'c')
        follower_closed(run->follower, run->now_ms, number_of(line + 2, len - 2), NULL, -1);
    else if (line[1] == 'a')
        advance(run, number_of(line + 2, len - 2));
    else
        follower_token(run->follower, run->now_ms, "third");
    int64_t retry_at_ms = follower_retry_at_ms(run->follower);
    FUZZ_CHECK(retry_at_ms <= run->now_ms + 700000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct run run = {.now_ms = 1000000};
    const struct watch_wish wish = {.max_rate = "5"};
    const struct follower_handler handler = {&run,        on_token_wanted,  on_connect_due,   on_message_due,
                                             on_drop_due, on_watch_changed, on_state_changed, no_jitter};
    const char *at = (const char *)data, *end = at + size;
    FUZZ_CHECK(follower_create(&handler, &run.follower) == STATUS_OK);
    FUZZ_CHECK(follower_subscribe(run.follower, run.now_ms, ID, &wish) == STATUS_OK);
    FUZZ_CHECK(follower_subscribe(run.follower, run.now_ms, OTHER_ID, &wish) == STATUS_OK);
    follower_opened(run.follower, run.now_ms);
    while (at < end) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((line_end ? line_end : end) - at);
        step(&run, at, len);
        at += len + 1;
    }
    follower_destroy(run.follower);
    return 0;
}
