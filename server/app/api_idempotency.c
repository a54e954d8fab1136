/* Idempotency-Key: claimed in the transaction of the write; the response is
 * kept beside it after the commit and before it goes out, so that whoever asks
 * again gets the same. When that fails, or the process dies between, the
 * response is made anew from what was created. Refuses keys that are empty, too
 * long or not visible ASCII, and a key that another request has.
 * Thread: L, but for …_run and …_work, which run on W. */
#include "app/api_idempotency.h"

#include "app/api_entity.h"
#include "app/api_gate.h"
#include "base/sha256.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char header_name[] = "Idempotency-Key";

static bool is_key(const char *text) {
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '!' || text[i] > '~')
            return false;
    }
    return len >= 1 && len <= IDEMPOTENCY_KEY_MAX;
}

bool api_idempotency_begin(struct api_call *call) {
    const char *key = call->http->headers[HTTP_HEADER_IDEMPOTENCY_KEY];
    if (!key)
        return true;
    if (!is_key(key)) {
        problem_add_field(&call->problem, header_name, ERROR_INVALID_FIELD,
                          "must be 1 to %d visible ASCII characters, without a blank", IDEMPOTENCY_KEY_MAX);
        api_call_refuse(call);
        return false;
    }
    call->idempotency = calloc(1, sizeof *call->idempotency);
    if (!call->idempotency) {
        api_call_fail(call, STATUS_NO_MEMORY, "");
        return false;
    }
    call->idempotency->key = (struct idempotency_key){.principal_id = call->principal->user_id, .text = key};
    return true;
}

void api_idempotency_refuse_key(struct api_call *call) {
    if (call->http->headers[HTTP_HEADER_IDEMPOTENCY_KEY])
        problem_add_field(&call->problem, header_name, ERROR_INVALID_FIELD,
                          "is not taken here: nothing is kept that holds a secret");
}

void api_idempotency_free(struct api_call *call) {
    if (!call->idempotency)
        return;
    db_rows_destroy(&call->idempotency->rows);
    free(call->idempotency);
    call->idempotency = NULL;
}

/* --- on the worker --- */

/* Method, path, query and body as they came, and whose rows the caller may change: who has another customer since, or
 * another role, is not told what was made before. */
static enum status fingerprint_write(const struct api_call *call, char out[SHA256_TEXT_LEN + 1]) {
    const struct http_request *http = call->http;
    const struct principal *who = call->principal;
    const char *role = role_text(who->role);
    const struct sha256_piece pieces[] = {{role, strlen(role)},
                                          {who->customer_id.bytes, sizeof who->customer_id.bytes},
                                          {" POST ", 6},
                                          {http->path, strlen(http->path)},
                                          {"?", 1},
                                          {http->query, strlen(http->query)},
                                          {"\n", 1},
                                          {http->body, http->body_len}};
    return sha256_write(pieces, sizeof pieces / sizeof pieces[0], out);
}

static enum status keep_answer(struct api_call *call, struct db *db, int http_status) {
    struct api_idempotency *it = call->idempotency;
    struct idempotency_answer answer = {
        .http_status = http_status, .etag = call->etag, .location = call->location, .body = strbuf_text(&call->out)};
    db_rows_destroy(&it->rows);
    return idempotency_keep_answer(db, &it->key, &answer, &it->rows);
}

/* The key is ours: the work, and what it made is noted beside the key. */
static enum status first_run(struct api_call *call, struct db *db) {
    struct api_idempotency *it = call->idempotency;
    enum status status = call->work(call, db);
    if (status != STATUS_OK)
        return status;
    if (call->created_status) {
        it->is_kept = true;
        return keep_answer(call, db, call->created_status);
    }
    if (!call->rows || db_rows_n(call->rows) == 0)
        return STATUS_INTERNAL;
    struct db_row row = db_rows_at(call->rows, 0);
    struct uuid resource_id = db_row_uuid(&row);
    status = db_row_status(&row);
    return status == STATUS_OK ? idempotency_set_resource(db, &it->key, &resource_id) : status;
}

/* What became another customer's is as good as gone. */
static enum status resource_get(struct api_call *call, struct db *db, const struct uuid *id) {
    const struct api_entity *entity = call->entity;
    struct uuid customer_id;
    if (!entity || !entity->get)
        return STATUS_NOT_FOUND;
    enum status status = entity->owner ? entity->owner(db, id, &customer_id) : STATUS_OK;
    if (status == STATUS_OK && entity->owner && !api_gate_covers(call, &customer_id))
        status = STATUS_NOT_FOUND;
    return status == STATUS_OK ? entity->get(db, id, &call->rows) : status;
}

/* Done before: the kept answer, or the resource to make it from. */
static enum status replay_run(struct api_call *call, struct db *db) {
    struct api_idempotency *it = call->idempotency;
    struct idempotency_answer answer;
    enum status status = idempotency_read_answer(it->rows, &answer);
    if (status != STATUS_OK)
        return status;
    it->is_replay = true;
    it->is_kept = answer.http_status != 0;
    if (it->is_kept)
        return STATUS_OK;
    status = resource_get(call, db, &answer.resource_id);
    it->is_gone = status == STATUS_NOT_FOUND;
    return it->is_gone ? STATUS_OK : status;
}

/* May run more than once: begins anew each time. */
static enum status claimed_run(struct db *db, void *context) {
    struct api_call *call = context;
    struct api_idempotency *it = call->idempotency;
    char fingerprint[SHA256_TEXT_LEN + 1];
    db_rows_destroy(&call->rows);
    db_rows_destroy(&it->rows);
    strbuf_clear(&call->out);
    call->created_status = 0;
    *it = (struct api_idempotency){.key = it->key};
    enum status status = fingerprint_write(call, fingerprint);
    if (status != STATUS_OK)
        return status;
    struct idempotency_claim claim = {
        .key = it->key, .fingerprint = fingerprint, .keep_s = call->api->config->idempotency_keep_s};
    status = idempotency_claim(db, &claim, &it->rows);
    it->is_other = status == STATUS_CONFLICT;
    if (status != STATUS_OK)
        return status;
    return it->rows ? replay_run(call, db) : first_run(call, db);
}

enum status api_idempotency_run(struct api_call *call, struct db *db) {
    return db_transaction(db, claimed_run, call);
}

/* --- back on the loop --- */

/* What is kept takes the place of what was rendered. */
static void kept_respond(struct api_call *call) {
    struct api_idempotency *it = call->idempotency;
    struct idempotency_answer answer;
    enum status status = idempotency_read_answer(it->rows, &answer);
    if (status != STATUS_OK || !answer.body) {
        api_call_fail(call, STATUS_INTERNAL, "");
        return;
    }
    it->is_kept = true;
    strbuf_clear(&call->out);
    strbuf_append_text(&call->out, answer.body);
    (void)snprintf(call->etag, sizeof call->etag, "%s", answer.etag ? answer.etag : "");
    (void)snprintf(call->location, sizeof call->location, "%s", answer.location ? answer.location : "");
    api_call_respond(call, answer.http_status);
}

bool api_idempotency_respond(struct api_call *call) {
    struct api_idempotency *it = call->idempotency;
    if (it->is_other) {
        metrics_increment(METRIC_IDEMPOTENCY_REFUSED);
        call->problem.http_status = 409;
        problem_add_field(&call->problem, header_name, ERROR_CONFLICT, "was used with another request");
        api_call_refuse(call);
        return true;
    }
    if (call->job.status != STATUS_OK || !it->is_replay)
        return false;
    metrics_increment(METRIC_IDEMPOTENCY_REPLAYS);
    if (it->is_gone) {
        api_call_refuse_with(call, ERROR_CONFLICT, "This request was done before, and what it created is gone since");
        return true;
    }
    if (!it->is_kept)
        return false;
    kept_respond(call);
    return true;
}

static enum status keep_work(struct store_job *job, struct db *db) {
    struct api_call *call = (struct api_call *)(void *)job;
    return keep_answer(call, db, call->idempotency->kept_status);
}

/* What was created is: an answer that was not kept is made anew when it is asked for. */
static void on_kept(struct store_job *job) {
    struct api_call *call = (struct api_call *)(void *)job;
    if (job->status == STATUS_OK) {
        kept_respond(call);
        return;
    }
    log_event(LOG_WARN, "request.answer_not_kept", LOG_TEXT("request_id", call->request_id),
              LOG_TEXT("status", status_name(job->status)));
    api_call_respond(call, call->idempotency->kept_status);
}

bool api_idempotency_keep(struct api_call *call, int http_status) {
    struct api_idempotency *it = call->idempotency;
    if (it->is_kept || http_status < 200 || http_status > 299 || strbuf_status(&call->out) != STATUS_OK)
        return false;
    it->is_kept = true; /* or as good as it gets */
    it->kept_status = http_status;
    call->job.work = keep_work;
    call->job.done = on_kept;
    return store_submit(call->api->store, call->api->mailbox, &call->job) == STATUS_OK;
}
