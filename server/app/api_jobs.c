/* /stocks/populate and /jobs: history that is fetched in the background.
 * Refuses dates before 1900 and after today: no provider has bars of them; and
 * new jobs while HISTORY_JOBS_MAX are open.
 * Thread: L, but for the …_work functions, which run on W. */
#include "app/api_entity.h"
#include "app/api_handlers.h"
#include "app/list_query.h"
#include "base/timestamp.h"
#include "domain/market_calendar.h"
#include "feed/historian.h"
#include "ops/metrics.h"
#include "store/audit.h"
#include "store/jobs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FROM_FIRST (-25567) /* 1900-01-01 */
#define COUNTED_DAYS_MAX 4000
#define SESSIONS_PER_YEAR 252
#define DAYS_PER_YEAR 365

struct job_input {
    struct job_fields fields;
    struct db_rows *symbols; /* of a job that is read */
};

static const char *status_text(const struct job *job) {
    if (!job->is_finished)
        return job->running_n > 0 || job->waiting_n < job->symbols_n ? "RUNNING" : "WAITING";
    if (job->failed_n == 0)
        return "DONE";
    return job->failed_n == job->symbols_n ? "FAILED" : "PARTIAL";
}

static void job_members_write(struct strbuf *out, const struct job *job) {
    json_uuid(out, "job_id", &job->job_id);
    json_text(out, "kind", job_kind_name(job->kind));
    json_text(out, "status", status_text(job));
    json_date(out, "from", job->from);
    json_date(out, "to", job->to);
    json_i64(out, "rows_done", job->rows_done);
    json_i64(out, "rows_expected", job->rows_expected);
    json_i64(out, "symbols_total", job->symbols_n);
    json_i64(out, "symbols_open", job->waiting_n + job->running_n);
    json_i64(out, "symbols_failed", job->failed_n);
    json_time_us(out, "created_at", job->created_us);
    if (job->is_finished)
        json_time_us(out, "finished_at", job->finished_us);
}

static enum status symbol_write(struct strbuf *out, const struct db_rows *rows, size_t index) {
    struct job_symbol symbol;
    enum status status = job_symbol_read(rows, index, &symbol);
    if (status != STATUS_OK)
        return status;
    if (index > 0)
        strbuf_append_char(out, ',');
    strbuf_append_char(out, '{');
    json_text(out, "ticker_symbol", symbol.symbol);
    json_text(out, "status", symbol.status);
    json_i64(out, "rows_done", symbol.rows_done);
    json_i64(out, "rows_expected", symbol.rows_expected);
    json_text(out, "provider", symbol.provider);
    if (symbol.error_code) {
        json_key(out, "error");
        strbuf_append_char(out, '{');
        json_text(out, "code", symbol.error_code);
        json_text(out, "detail", symbol.error_detail);
        strbuf_append_char(out, '}');
    }
    if (symbol.is_postponed)
        json_time_us(out, "retry_at", symbol.retry_us);
    strbuf_append_char(out, '}');
    return STATUS_OK;
}

/* A job just made has no symbols to tell about that its request did not name. */
static enum status job_write(struct api_call *call, size_t index, struct api_entity_key *ret_key) {
    struct job job;
    enum status status = job_read(call->rows, index, &job);
    if (status != STATUS_OK)
        return status;
    const struct job_input *input = call->data;
    struct strbuf *out = &call->out;
    strbuf_append_char(out, '{');
    job_members_write(out, &job);
    if (input->symbols) {
        json_key(out, "symbols");
        strbuf_append_char(out, '[');
        for (size_t i = 0; status == STATUS_OK && i < db_rows_n(input->symbols); i++)
            status = symbol_write(out, input->symbols, i);
        strbuf_append_char(out, ']');
    }
    strbuf_append_char(out, '}');
    *ret_key = (struct api_entity_key){.page = {job.created_us, job.job_id}, .etag = ""};
    return status;
}

static const struct api_entity job_entity = {
    .noun = "job", .path = "/jobs/", .is_computed = true, .write = job_write, .get = jobs_get};

/* --- POST /stocks/populate --- */

/* How many bars a symbol will have, about: what trades every day has more. */
static int64_t rows_expected(const struct market_calendar *calendar, int32_t from, int32_t to) {
    int64_t days_n = (int64_t)to - from + 1;
    if (days_n > COUNTED_DAYS_MAX)
        return days_n * SESSIONS_PER_YEAR / DAYS_PER_YEAR;
    return (int64_t)market_calendar_sessions_n(calendar, from, to);
}

static void range_read(struct api_call *call, const struct form *form, struct job_fields *fields) {
    int64_t now_ms = clock_wall_ms(call->api->clock);
    bool has_from = form_date(form, "from", FORM_REQUIRED, &fields->from);
    fields->to = market_calendar_closed_session(call->api->calendar, now_ms);
    bool has_to = form_date(form, "to", FORM_OPTIONAL, &fields->to);
    if (has_from && fields->from < FROM_FIRST)
        problem_add_field(&call->problem, "from", ERROR_INVALID_FIELD, "must not be before 1900-01-01");
    if (has_to && fields->to > timestamp_date(now_ms))
        problem_add_field(&call->problem, "to", ERROR_INVALID_FIELD, "must not be after today (UTC)");
    if (has_from && fields->from > fields->to)
        problem_add_field(&call->problem, has_to ? "to" : "from", ERROR_INVALID_FIELD,
                          has_to ? "must not be before from" : "must not be after the last closed session");
}

static enum status populate_body(struct db *db, void *context) {
    struct api_call *call = context;
    const struct job_input *input = call->data;
    struct job job;
    db_rows_destroy(&call->rows); /* of an attempt before */
    enum status status = jobs_insert(db, &input->fields, &call->rows);
    if (status == STATUS_OK)
        status = job_read(call->rows, 0, &job);
    if (status != STATUS_OK)
        return status;
    char job_id[UUID_TEXT_LEN + 1], from[DATE_TEXT_LEN + 1], to[DATE_TEXT_LEN + 1], after[128];
    uuid_write(job_id, &job.job_id);
    date_write(from, job.from);
    date_write(to, job.to);
    (void)snprintf(after, sizeof after, "{\"from\": \"%s\", \"to\": \"%s\", \"symbols\": %lld}", from, to,
                   (long long)job.symbols_n);
    return audit_write(
        db, &(struct audit_event){.action = "populate", .entity = "jobs", .entity_id = job_id, .after = after});
}

static enum status populate_work(struct api_call *call, struct db *db) {
    return db_transaction(db, populate_body, call);
}

static void on_populate_begun(struct api_call *call) {
    if (call->job.status == STATUS_OK) {
        historian_wake(call->api->historian);
        api_entity_respond(call, 202);
    } else if (call->job.status == STATUS_LIMIT) {
        metrics_increment(METRIC_HISTORY_JOBS_REFUSED);
        call->problem.http_status = 429;
        api_call_refuse_with(call, ERROR_LIMIT_EXCEEDED, "%lld history jobs are open: come again when one is done",
                             (long long)call->api->config->history_jobs_max);
    } else {
        api_call_fail(call, call->job.status, "job");
    }
}

static void input_free(void *data) {
    struct job_input *input = data;
    free(input->fields.symbols);
    db_rows_destroy(&input->symbols);
}

void api_stocks_populate(struct api_call *call) {
    struct form form;
    call->entity = &job_entity;
    if (!api_call_read_body(call, &form) || !api_call_data(call, sizeof(struct job_input)))
        return;
    struct job_input *input = call->data;
    call->data_fini = input_free;
    struct job_fields *fields = &input->fields;
    (void)form_symbols(&form, "symbols", FORM_REQUIRED, JOB_SYMBOLS_MAX, &fields->symbols, &fields->symbols_n);
    range_read(call, &form, fields);
    if (!api_call_is_valid(call))
        return;
    fields->open_max = call->api->config->history_jobs_max;
    fields->rows_expected = rows_expected(call->api->calendar, fields->from, fields->to);
    api_call_create_work(call, populate_work, on_populate_begun);
}

/* --- GET /jobs/{job_id} --- */

static enum status get_work(struct api_call *call, struct db *db) {
    struct job_input *input = call->data;
    enum status status = jobs_get(db, &call->id, &call->rows);
    return status == STATUS_OK ? jobs_list_symbols(db, &call->id, &input->symbols) : status;
}

void api_jobs_get(struct api_call *call) {
    call->entity = &job_entity;
    if (!api_call_read_id(call, "job") || !api_call_data(call, sizeof(struct job_input)))
        return;
    call->data_fini = input_free;
    api_call_work(call, get_work, api_entity_on_read);
}

/* --- GET /jobs --- */

static const struct list_query jobs_list_query = {
    .sorts = (const struct list_sort[]){{"created_at", LIST_SORT_TIME}, {NULL, LIST_SORT_TEXT}},
    .filters = (const char *const[]){"kind", "open", NULL},
};

struct jobs_query {
    struct job_input input; /* first: job_write expects it */
    struct jobs_filter filter;
};

static enum status list_work(struct api_call *call, struct db *db) {
    const struct jobs_query *query = call->data;
    return jobs_list(db, &call->listing, &query->filter, &call->rows);
}

void api_jobs_list(struct api_call *call) {
    static const char *const kinds[] = {"POPULATE", "CLOSE", NULL};
    static const char *const flags[] = {"true", "false", NULL};
    call->entity = &job_entity;
    if (!api_call_data(call, sizeof(struct jobs_query)))
        return;
    struct jobs_query *query = call->data;
    list_query_read(call->http, &jobs_list_query, &call->problem, &call->listing);
    (void)list_filter_choice(call->http->query, "kind", kinds, &call->problem, &query->filter.kind);
    (void)list_filter_choice(call->http->query, "open", flags, &call->problem, &query->filter.is_open);
    if (api_call_is_valid(call))
        api_call_report(call, list_work, api_entity_on_listed); /* each job may have a thousand symbols */
}
