/* The life of a request in the API. Refuses bodies that are not JSON objects,
 * and to answer twice. Thread: L; call_run on W. */
#include "app/api_call.h"

#include "app/api_encoding.h"
#include "app/api_gate.h"
#include "app/api_idempotency.h"
#include "app/api_limits.h"
#include "app/cors.h"
#include "app/etag.h"
#include "ops/log.h"
#include "protocol/json_exact.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_request_id(const char *text) {
    size_t len = text ? strlen(text) : 0;
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:=+/";
    return len > 0 && len <= API_REQUEST_ID_MAX && strspn(text, allowed) == len;
}

/* The client's own id when it is harmless, else a new one. */
static void request_id_choose(const struct http_request *http, char out[API_REQUEST_ID_MAX + 1]) {
    const char *given = http->headers[HTTP_HEADER_X_REQUEST_ID];
    struct uuid uuid = {{0}};
    if (is_request_id(given)) {
        memcpy(out, given, strlen(given) + 1);
        return;
    }
    if (uuid_random(&uuid) != STATUS_OK)
        log_event(LOG_WARN, "request.id_failed");
    uuid_write(out, &uuid);
}

struct api_call *api_call_create(const struct api_context *api, struct http_request *http) {
    struct api_call *call = calloc(1, sizeof *call);
    if (!call)
        return NULL;
    call->api = api;
    call->http = http;
    call->asked_ms = clock_monotonic_ms(api->clock);
    request_id_choose(http, call->request_id);
    problem_init(&call->problem);
    strbuf_init(&call->out);
    strbuf_init(&call->packed);
    return call;
}

/* The one place where a call ends. */
static void call_free(struct api_call *call) {
    principal_unref(&call->principal);
    api_limits_end(call);
    strbuf_fini(&call->out);
    strbuf_fini(&call->packed);
    problem_fini(&call->problem);
    json_decref(call->body);
    db_rows_destroy(&call->rows);
    api_idempotency_free(call);
    if (call->data && call->data_fini)
        call->data_fini(call->data);
    free(call->data);
    free(call);
}

/* --- ends --- */

struct header_set {
    struct http_response *response;
    char etag[sizeof((struct api_call *)0)->etag + sizeof API_ENCODING_TAG + 2];
    struct api_limits_headers limits;
};

static void header_add(struct http_response *response, const char *name, const char *value) {
    response->headers[response->headers_n++] = (struct http_response_header){name, value};
}

/* Of which of the request's headers the response depends; NULL: of none. */
static const char *vary_text(const struct api_call *call) {
    if (origins_is_empty(call->api->origins))
        return api_encoding_varies(call) ? "Accept-Encoding" : NULL;
    return api_encoding_varies(call) ? "Accept-Encoding, Origin" : "Origin";
}

static void headers_add(const struct api_call *call, struct header_set *set) {
    struct http_response *response = set->response;
    header_add(response, "x-request-id:", call->request_id);
    const char *usual = response->status < 300 && call->etag[0] ? "no-cache" : "no-store";
    bool has_own = response->status == 200 && call->cache_control;
    header_add(response, "cache-control:", has_own ? call->cache_control : usual);
    if (call->etag[0]) {
        /* What is gzipped is another representation: its tag is its own, but stands for the same state. */
        bool is_packed = response->status == 304 ? call->is_known_packed : call->packed.len > 0;
        (void)snprintf(set->etag, sizeof set->etag, "\"%s%s\"", call->etag, is_packed ? API_ENCODING_TAG : "");
        header_add(response, "etag:", set->etag);
    }
    if (call->packed.len > 0)
        header_add(response, "content-encoding:", "gzip");
    const char *varies_by = vary_text(call);
    if (varies_by)
        header_add(response, "vary:", varies_by);
    cors_add(call->api->origins, call->http, call->allow, response);
    if (call->location[0])
        header_add(response, "location:", call->location);
    if (call->allow[0])
        header_add(response, "allow:", call->allow);
    if (call->challenge)
        header_add(response, "www-authenticate:", call->challenge);
    response->policy = call->content_security_policy;
    if (call->idempotency && call->idempotency->is_replay)
        header_add(response, "idempotency-replayed:", "true");
    api_limits_add_headers(call, response, &set->limits);
}

void api_call_send(struct api_call *call) {
    struct http_response response = {.status = call->http_status};
    bool has_body = response.status != 204 && response.status != 304;
    if (strbuf_status(&call->out) != STATUS_OK) {
        /* Too little memory for the body: the bare status tells enough. */
        log_event(LOG_ERROR, "request.failed", LOG_TEXT("request_id", call->request_id),
                  LOG_TEXT("reason", "no memory"));
        response.status = 503;
    } else if (has_body) {
        const struct strbuf *body = call->packed.len > 0 ? &call->packed : &call->out;
        response.content_type = call->content_type;
        response.body = body->data ? body->data : "";
        response.body_len = body->len;
    }
    response.close = call->http->refusal != HTTP_REFUSAL_NONE;
    struct header_set set = {.response = &response};
    headers_add(call, &set);
    http_respond(call->http, &response);
    call_free(call);
}

void api_call_respond_as(struct api_call *call, int http_status, const char *content_type) {
    if (call->idempotency && api_idempotency_keep(call, http_status))
        return;
    call->http_status = http_status;
    call->content_type = content_type;
    if (!api_encoding_begin(call))
        api_call_send(call);
}

void api_call_respond(struct api_call *call, int http_status) {
    api_call_respond_as(call, http_status, "application/json");
}

/* A request that is not our client's fault can be found by its request_id: once. */
static void failure_log(struct api_call *call, enum log_level level, const char *reason) {
    if (!call->is_logged)
        log_event(level, "request.failed", LOG_TEXT("request_id", call->request_id), LOG_TEXT("path", call->http->path),
                  LOG_TEXT("code", error_code_text(call->problem.code)), LOG_TEXT("reason", reason));
    call->is_logged = true;
}

/* What a failure that happens before the COMMIT adds for whoever wanted to write. */
static const char *nothing_written(const struct api_call *call) {
    bool is_reading = call->http->method == HTTP_GET || call->http->method == HTTP_HEAD;
    return is_reading ? "" : "; nothing was written";
}

void api_call_refuse(struct api_call *call) {
    if (problem_http_status(&call->problem) >= 500)
        failure_log(call, LOG_WARN, call->problem.detail);
    strbuf_clear(&call->out);
    call->etag[0] = '\0';
    call->location[0] = '\0';
    problem_write(&call->problem, call->request_id, &call->out);
    api_call_respond_as(call, problem_http_status(&call->problem), "application/problem+json");
}

void api_call_refuse_with(struct api_call *call, enum error_code code, const char *format, ...) {
    char detail[sizeof call->problem.detail];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    problem_set(&call->problem, code, "%s", detail);
    api_call_refuse(call);
}

void api_call_fail(struct api_call *call, enum status status, const char *noun) {
    switch (status) {
    case STATUS_NOT_FOUND:
        api_call_refuse_with(call, ERROR_NOT_FOUND, "There is no such %s", noun);
        return;
    case STATUS_PRECONDITION:
        api_call_refuse_with(call, ERROR_PRECONDITION_FAILED,
                             call->http->headers[HTTP_HEADER_IF_NONE_MATCH]
                                 ? "If-Match or If-None-Match does not hold for the %s as it is now"
                                 : "If-Match does not name the %s as it is now: read it again",
                             noun);
        return;
    case STATUS_OUTCOME_UNKNOWN:
        api_call_refuse_with(call, ERROR_OUTCOME_UNKNOWN,
                             "The database was lost during the write: look whether it was done before trying again");
        return;
    case STATUS_UNAVAILABLE:
    case STATUS_CANCELLED:
        api_call_refuse_with(call, ERROR_UNAVAILABLE, "The database is away%s", nothing_written(call));
        return;
    case STATUS_TIMEOUT:
        api_call_refuse_with(call, ERROR_UNAVAILABLE, "The database took too long%s", nothing_written(call));
        return;
    case STATUS_LIMIT:
        api_call_refuse_with(call, ERROR_UNAVAILABLE, "Too many requests wait for the database");
        return;
    default:
        call->problem.code = ERROR_INTERNAL;
        failure_log(call, LOG_ERROR, status_name(status));
        api_call_refuse_with(call, ERROR_INTERNAL, "Something went wrong here; the log has it by the request_id");
    }
}

/* --- beginnings --- */

bool api_call_read_id(struct api_call *call, const char *noun) {
    const char *text = call->params.texts[0];
    call->lookup.noun = noun;
    if (uuid_parse(text, strlen(text), &call->id) == STATUS_OK)
        return true;
    api_call_fail(call, STATUS_NOT_FOUND, noun);
    return false;
}

bool api_call_data(struct api_call *call, size_t size) {
    call->data = calloc(1, size);
    if (!call->data)
        api_call_fail(call, STATUS_NO_MEMORY, "");
    return call->data != NULL;
}

bool api_call_is_valid(struct api_call *call) {
    if (call->problem.code == ERROR_NONE)
        return true;
    api_lookup_refuse(call);
    return false;
}

/* application/json, with no parameter but charset=utf-8. */
static bool is_json_type(const char *type) {
    static const char json[] = "application/json";
    if (!type || strncasecmp(type, json, sizeof json - 1) != 0)
        return false;
    type += sizeof json - 1;
    type += strspn(type, " \t");
    if (*type == '\0')
        return true;
    if (*type != ';')
        return false;
    type += 1 + strspn(type + 1, " \t");
    return *type == '\0' || strcasecmp(type, "charset=utf-8") == 0 || strcasecmp(type, "charset=\"utf-8\"") == 0;
}

bool api_call_has_json(const struct api_call *call) {
    return is_json_type(call->http->headers[HTTP_HEADER_CONTENT_TYPE]);
}

bool api_call_read_body(struct api_call *call, struct form *ret_form) {
    char error[160] = "";
    if (!api_call_has_json(call)) {
        api_call_refuse_with(call, ERROR_UNSUPPORTED_MEDIA_TYPE, "The body must be application/json");
        return false;
    }
    enum status status =
        json_exact_parse_request(call->http->body, call->http->body_len, &call->body, error, sizeof error);
    if (status == STATUS_INVALID) {
        api_call_refuse_with(call, ERROR_INVALID_JSON, "%s", error);
        return false;
    }
    if (status != STATUS_OK) {
        api_call_fail(call, status, "");
        return false;
    }
    if (!json_is_object(call->body)) {
        api_call_refuse_with(call, ERROR_INVALID_FIELD, "The body must be a JSON object");
        return false;
    }
    *ret_form = (struct form){.object = call->body, .problem = &call->problem};
    return true;
}

struct precondition api_call_precondition(const struct api_call *call) {
    return (struct precondition){.holds = etag_matches_strongly,
                                 .header = call->http->headers[HTTP_HEADER_IF_MATCH],
                                 .names = etag_matches_weakly,
                                 .none_header = call->http->headers[HTTP_HEADER_IF_NONE_MATCH]};
}

/* --- work --- */

/* Thread: W. A creating call is not dropped for a client that has left: it may come back with its key. */
static bool report_is_given_up(struct api_call *call) {
    const struct api_context *api = call->api;
    call->is_late = clock_monotonic_ms(api->clock) - call->asked_ms > api->config->report_deadline_ms;
    call->is_left = !call->idempotency && atomic_load(&call->http->has_left) && store_has_waiting(api->reports);
    return call->is_late || call->is_left;
}

/* Behind other reports, or for a lock, it may have waited for seconds since the gate: whose row it is, is judged again.
 * What is read may be of the last moment, so there it comes after the work; what is written judges it under its lock,
 * too. Thread: W. */
static enum status judged_run(struct api_call *call, struct db *db) {
    bool is_reading = call->route && call->route->method == HTTP_GET;
    bool is_judged = call->is_waiting_long;
    enum status status = STATUS_OK;
    call->is_waiting_long = true;
    if (is_judged && !is_reading)
        status = api_gate_judge_again(call, db);
    if (status == STATUS_OK)
        status = call->idempotency ? api_idempotency_run(call, db) : call->work(call, db);
    if (status == STATUS_OK && is_judged && is_reading)
        status = api_gate_judge_again(call, db);
    return status;
}

/* Thread: W. */
static enum status call_run(struct store_job *job, struct db *db) {
    struct api_call *call = (struct api_call *)(void *)job;
    if (call->is_report && report_is_given_up(call))
        return STATUS_TIMEOUT;
    db_rows_destroy(&call->rows); /* of an attempt before */
    const struct principal *who = call->principal;
    call->actor = (struct db_actor){.peer = call->http->peer, .request_id = call->request_id};
    if (who && who->name[0]) {
        call->actor.id = &who->user_id;
        call->actor.name = who->name;
    }
    db_set_actor(db, &call->actor);
    return judged_run(call, db);
}

static void report_give_up(struct api_call *call) {
    metrics_increment(call->is_late ? METRIC_REPORTS_LATE : METRIC_REPORTS_LEFT);
    log_event(LOG_INFO, "report.given_up", LOG_TEXT("request_id", call->request_id), LOG_TEXT("path", call->http->path),
              LOG_TEXT("reason", call->is_late ? "late" : "client left"),
              LOG_I64("after_ms", clock_monotonic_ms(call->api->clock) - call->asked_ms));
    call->is_logged = true;
    api_call_refuse_with(call, ERROR_UNAVAILABLE,
                         "It was not done after %lld ms; what is computed is kept, and asking again goes on from there",
                         (long long)call->api->config->report_deadline_ms);
}

static void call_done(struct store_job *job) {
    struct api_call *call = (struct api_call *)(void *)job;
    /* Discarded with the mailbox: the bus, the waits and more of what `done` would use are gone already. */
    if (atomic_load(&job->job.is_cancelled)) {
        api_call_fail(call, STATUS_CANCELLED, "");
        return;
    }
    if (call->is_late || call->is_left)
        report_give_up(call);
    else if (!call->idempotency || !api_idempotency_respond(call))
        call->done(call);
}

static void submit(struct api_call *call, struct store *store,
                   enum status (*work)(struct api_call *call, struct db *db), void (*done)(struct api_call *call)) {
    call->is_report = call->is_waiting_long = store == call->api->reports;
    call->work = work;
    call->done = done;
    call->job.work = call_run;
    call->job.done = call_done;
    enum status status = store_submit(store, call->api->mailbox, &call->job);
    if (status != STATUS_OK)
        api_call_fail(call, status, "");
}

void api_call_work(struct api_call *call, enum status (*work)(struct api_call *call, struct db *db),
                   void (*done)(struct api_call *call)) {
    submit(call, call->api->store, work, done);
}

void api_call_report(struct api_call *call, enum status (*work)(struct api_call *call, struct db *db),
                     void (*done)(struct api_call *call)) {
    submit(call, call->api->reports, work, done);
}

void api_call_create_work(struct api_call *call, enum status (*work)(struct api_call *call, struct db *db),
                          void (*done)(struct api_call *call)) {
    if (api_idempotency_begin(call))
        api_call_work(call, work, done);
}

void api_call_create_report(struct api_call *call, enum status (*work)(struct api_call *call, struct db *db),
                            void (*done)(struct api_call *call)) {
    if (api_idempotency_begin(call))
        api_call_report(call, work, done);
}
