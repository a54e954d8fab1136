/* `portfoliod audit verify` and `portfoliod audit list`. Names what is wrong, the
 * first FAULTS_NAMED_MAX of it. Thread: main. */
#include "app/audit_command.h"

#include "app/audit_json.h"
#include "base/clock.h"
#include "base/timestamp.h"
#include "store/audit_verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAULTS_NAMED_MAX 100
#define PROGRESS_MS 2000
#define STATEMENT_TIMEOUT_MS 600000
#define LIST_LIMIT 100
#define LIST_LIMIT_MAX 1000000
#define LIST_PAGE 1000

enum { EXIT_GOOD = 0, EXIT_BAD = 1, EXIT_BAD_USAGE = 2, EXIT_UNKNOWN = 3 };

static const char help[] = "usage: portfoliod audit verify [--head POSITION:HASH]... [--from POSITION] [--no-seal]\n"
                           "       portfoliod audit list [--entity NAME] [--id ID] [--actor NAME] [--action NAME]\n"
                           "                             [--since TIME] [--until TIME] [--limit N]\n"
                           "\n"
                           "verify seals what is new, computes each row's hash and says which rows were\n"
                           "changed, are missing, or came in between; then where the chain ends (the head).\n"
                           "  --head      the chain must contain this head, which somebody noted before: the\n"
                           "              server logs it each hour and at its stop (audit.head). Only this\n"
                           "              finds an end that was cut off, or a chain that was written anew.\n"
                           "              Up to 16 of them.\n"
                           "  --from      begin at this position and take those before it as they are\n"
                           "  --no-seal   only read: for a standby, or a role that may do no more\n"
                           "Exit code: 0 good, 1 something is wrong, 2 usage, 3 it could not be looked at.\n"
                           "\n"
                           "list prints rows as JSON, one a line, the newest first.\n"
                           "  --entity    customers, portfolios, investments, users, sessions, api_keys, ...\n"
                           "  --since     from this time on, like 2026-11-21T08:00:00Z\n"
                           "  --limit     at most so many (100)\n"
                           "\n"
                           "Both: --database-url URL; else DATABASE_URL.\n";

struct options {
    const char *url;
    struct audit_anchor anchors[AUDIT_ANCHORS_MAX];
    size_t anchors_n;
    int64_t from, limit;
    bool is_reading;
    struct audit_filter filter;
};

/* --- verify --- */

struct report {
    int64_t named_n;
    int64_t told_ms;
};

/* Counts; false when it is one too many to be named. */
static bool fault_begin(struct report *report) {
    return report->named_n++ < FAULTS_NAMED_MAX;
}

static void on_fault(void *context, enum audit_fault fault, int64_t position, int64_t audit_id) {
    static const char *const texts[] = {
        [AUDIT_ROW_CHANGED] = "the row was changed",
        [AUDIT_SEAL_CHANGED] = "its seal was changed; the row is as it was",
        [AUDIT_CHANGED] = "the row was changed, or its seal",
        [AUDIT_ROW_MISSING] = "the row is missing",
        [AUDIT_SEALS_MISSING] = "seals before this position are missing",
        [AUDIT_OUT_OF_ORDER] = "the row was not written after the one before it",
        [AUDIT_NO_BEGIN] = "this is not the log's beginning",
    };
    if (fault_begin(context))
        (void)printf("position %" PRId64 " (audit_id %" PRId64 "): %s\n", position, audit_id, texts[fault]);
}

static void on_not_sealed(void *context, const struct audit_row *row) {
    if (fault_begin(context))
        (void)printf("audit_id %" PRId64 ": the row is not in the chain, which has gone past it\n", row->audit_id);
}

static void on_anchor_lost(void *context, const struct audit_anchor *anchor, int64_t position) {
    if (!fault_begin(context))
        return;
    if (anchor->position > position)
        (void)printf("position %" PRId64 ": the chain ends at %" PRId64
                     " and had this position once: its end was cut off\n",
                     anchor->position, position);
    else
        (void)printf("position %" PRId64
                     ": the hash is not the one that was noted: what is up to here was written anew\n",
                     anchor->position);
}

static void on_seal_failed(void *context, const char *reason) {
    if (fault_begin(context))
        (void)printf("new rows cannot be sealed: %s\n", reason);
}

static void on_progress(void *context, int64_t position, int64_t last_position) {
    struct report *report = context;
    int64_t now_ms = clock_monotonic_ms(clock_system());
    if (now_ms - report->told_ms < PROGRESS_MS)
        return;
    report->told_ms = now_ms;
    (void)fprintf(stderr, "%" PRId64 " of %" PRId64 "\n", position, last_position);
}

static int db_fail(struct db *db, enum status status) {
    (void)fprintf(stderr, "portfoliod: audit: %s%s%s\n", status_name(status), *db_error(db) ? ": " : "", db_error(db));
    return EXIT_UNKNOWN;
}

static int verify_run(struct db *db, const struct options *options) {
    struct report report = {.told_ms = clock_monotonic_ms(clock_system())};
    int64_t began_ms = report.told_ms;
    struct audit_verify_config config = {.anchors = options->anchors,
                                         .anchors_n = options->anchors_n,
                                         .from = options->from,
                                         .is_reading = options->is_reading,
                                         .context = &report,
                                         .on_fault = on_fault,
                                         .on_anchor_lost = on_anchor_lost,
                                         .on_not_sealed = on_not_sealed,
                                         .on_seal_failed = on_seal_failed,
                                         .on_progress = on_progress};
    struct audit_verdict verdict;
    enum status status = audit_verify(db, &config, &verdict);
    if (status != STATUS_OK)
        return db_fail(db, status);
    if (report.named_n > FAULTS_NAMED_MAX)
        (void)printf("%" PRId64 " more\n", report.named_n - FAULTS_NAMED_MAX);
    (void)printf("%" PRId64 " rows judged in %" PRId64 " ms, %" PRId64 " wait to be sealed\n", verdict.judged_n,
                 clock_monotonic_ms(clock_system()) - began_ms, verdict.waiting_n);
    if (verdict.clusters_n > 1)
        (void)printf("they were written in %zu clusters: this database was restored from a dump\n", verdict.clusters_n);
    if (verdict.position > 0)
        (void)printf("head %" PRId64 ":%s\n", verdict.position, verdict.hash);
    if (verdict.faults_n == 0)
        (void)printf("good\n");
    else
        (void)printf("WRONG: %" PRId64 " faults\n", verdict.faults_n);
    return verdict.faults_n == 0 ? EXIT_GOOD : EXIT_BAD;
}

/* --- list --- */

static enum status row_print(const struct db_rows *rows, size_t index, struct strbuf *out, int64_t *ret_audit_id) {
    struct db_row row = db_rows_at(rows, index);
    struct audit_row it;
    int64_t position = db_row_i64(&row);
    enum status status = audit_row_read(&row, &it);
    if (status != STATUS_OK)
        return status;
    strbuf_clear(out);
    audit_json_write(out, position, &it);
    strbuf_append_char(out, '\n');
    status = strbuf_status(out);
    if (status == STATUS_OK && fwrite(out->data, 1, out->len, stdout) != out->len)
        status = STATUS_IO;
    *ret_audit_id = it.audit_id;
    return status;
}

static int list_run(struct db *db, const struct options *options) {
    struct strbuf out;
    int64_t before_id = INT64_MAX, left = options->limit;
    enum status status = STATUS_OK;
    bool has_more = left > 0;
    strbuf_init(&out);
    while (status == STATUS_OK && has_more) {
        struct db_rows *rows = NULL;
        int64_t page = left < LIST_PAGE ? left : LIST_PAGE;
        status = audit_list(db, &options->filter, before_id, page, &rows);
        size_t n = status == STATUS_OK ? db_rows_n(rows) : 0;
        for (size_t i = 0; i < n && status == STATUS_OK; i++)
            status = row_print(rows, i, &out, &before_id);
        db_rows_destroy(&rows);
        left -= (int64_t)n;
        has_more = (int64_t)n == page && left > 0;
    }
    strbuf_fini(&out);
    return status == STATUS_OK ? EXIT_GOOD : db_fail(db, status);
}

/* --- arguments --- */

static bool number_parse(const char *text, int64_t max, int64_t *ret_number) {
    char *end = NULL;
    long long number = strtoll(text, &end, 10);
    if (end == text || *end || number < 1 || number > max)
        return false;
    *ret_number = number;
    return true;
}

static bool time_parse(const char *text, int64_t *ret_us) {
    int64_t ms = 0;
    if (timestamp_parse(text, strlen(text), &ms) != STATUS_OK)
        return false;
    *ret_us = ms * 1000;
    return true;
}

/* False when the value is none. */
static bool verify_option(struct options *options, const char *name, const char *value, bool *ret_is_known) {
    *ret_is_known = true;
    if (strcmp(name, "--head") == 0)
        return options->anchors_n < AUDIT_ANCHORS_MAX &&
               audit_anchor_parse(value, &options->anchors[options->anchors_n++]) == STATUS_OK;
    if (strcmp(name, "--from") == 0)
        return number_parse(value, INT64_MAX, &options->from);
    *ret_is_known = false;
    return true;
}

static bool list_option(struct options *options, const char *name, const char *value, bool *ret_is_known) {
    struct audit_filter *filter = &options->filter;
    const struct {
        const char *name;
        const char **text;
    } texts[] = {{"--entity", &filter->entity},
                 {"--id", &filter->entity_id},
                 {"--actor", &filter->actor},
                 {"--action", &filter->action}};
    *ret_is_known = true;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (strcmp(name, texts[i].name) == 0) {
            *texts[i].text = value;
            return *value != '\0';
        }
    }
    if (strcmp(name, "--since") == 0)
        return time_parse(value, &filter->since_us);
    if (strcmp(name, "--until") == 0)
        return time_parse(value, &filter->until_us);
    if (strcmp(name, "--limit") == 0)
        return number_parse(value, LIST_LIMIT_MAX, &options->limit);
    *ret_is_known = false;
    return true;
}

static int refuse_usage(const char *reason, const char *word) {
    (void)fprintf(stderr, "portfoliod: audit: %s%s\n\n%s", reason, word, help);
    return EXIT_BAD_USAGE;
}

/* EXIT_GOOD: *options is filled. */
static int options_read(bool is_verify, int argc, char *const *argv, struct options *options) {
    for (int i = 0; i < argc; i++) {
        if (is_verify && strcmp(argv[i], "--no-seal") == 0) {
            options->is_reading = true;
            continue;
        }
        if (i + 1 == argc)
            return refuse_usage("what is, or what value has ", argv[i]);
        const char *name = argv[i++];
        bool is_known = strcmp(name, "--database-url") == 0, is_right = true;
        if (is_known)
            options->url = argv[i];
        else if (is_verify)
            is_right = verify_option(options, name, argv[i], &is_known);
        else
            is_right = list_option(options, name, argv[i], &is_known);
        if (!is_known || !is_right)
            return refuse_usage(is_known ? "not a value of this option: " : "what is ", is_known ? argv[i] : name);
    }
    return EXIT_GOOD;
}

int audit_command_run(const struct config *config, int argc, char *const *argv) {
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return printf("%s", help) > 0 ? EXIT_GOOD : EXIT_UNKNOWN;
    }
    bool is_verify = argc > 0 && strcmp(argv[0], "verify") == 0;
    if (!is_verify && (argc < 1 || strcmp(argv[0], "list") != 0))
        return refuse_usage("verify or list?", "");
    struct options options = {.url = config->database_url,
                              .from = 1,
                              .limit = LIST_LIMIT,
                              .filter = {.since_us = INT64_MIN, .until_us = INT64_MAX}};
    int code = options_read(is_verify, argc - 1, argv + 1, &options);
    if (code != EXIT_GOOD)
        return code;
    struct db *db = NULL;
    struct db_config db_config = {
        .name = "audit", .database_url = options.url, .statement_timeout_ms = STATEMENT_TIMEOUT_MS};
    if (db_create(&db_config, &db) != STATUS_OK)
        return EXIT_UNKNOWN;
    enum status status = db_ready(db);
    if (status != STATUS_OK)
        code = db_fail(db, status);
    else
        code = is_verify ? verify_run(db, &options) : list_run(db, &options);
    db_destroy(&db);
    return code;
}
