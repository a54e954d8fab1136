/* GET /audit: the audit log, the newest row first. Refuses filters and cursors
 * that are none. Thread: L, but for list_work, which runs on W. */
#include "app/api_handlers.h"
#include "app/audit_json.h"
#include "app/list_query.h"
#include "app/query.h"
#include "base/timestamp.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct audit_input {
    struct audit_filter filter;
    char entity[QUERY_VALUE_MAX + 1], entity_id[QUERY_VALUE_MAX + 1], actor[QUERY_VALUE_MAX + 1],
        action[QUERY_VALUE_MAX + 1];
    size_t limit;
    int64_t before_id;
    char fingerprint[LIST_FINGERPRINT_LEN + 1];
};

static const char *const filters[] = {"entity", "entity_id", "actor", "action", "since", "until", NULL};

/* True when it was given and can be looked at. */
static bool value_read(struct api_call *call, const char *name, char ret_value[QUERY_VALUE_MAX + 1]) {
    enum status status = query_get(call->http->query, name, ret_value);
    return !query_is_unreadable(status, name, &call->problem) && status == STATUS_OK;
}

static const char *text_read(struct api_call *call, const char *name, char value[QUERY_VALUE_MAX + 1]) {
    if (!value_read(call, name, value))
        return NULL;
    if (value[0] == '\0')
        problem_add_field(&call->problem, name, ERROR_INVALID_FIELD, "must not be empty");
    return value;
}

static void time_read(struct api_call *call, const char *name, int64_t *us) {
    char value[QUERY_VALUE_MAX + 1];
    int64_t ms = 0;
    if (!value_read(call, name, value))
        return;
    if (timestamp_parse(value, strlen(value), &ms) == STATUS_OK)
        *us = ms * 1000;
    else
        problem_add_field(&call->problem, name, ERROR_INVALID_FIELD, "must be a time like 2026-11-21T08:00:00Z");
}

/* "<fingerprint>.<audit_id>" */
static void cursor_read(struct api_call *call, struct audit_input *input) {
    char value[QUERY_VALUE_MAX + 1];
    list_query_fingerprint(call->http, filters, input->fingerprint);
    if (!value_read(call, "cursor", value))
        return;
    const char *text = list_query_cursor_rest(value, input->fingerprint);
    char *end = NULL;
    long long before_id = text ? strtoll(text, &end, 10) : 0;
    if (before_id >= 1 && *end == '\0')
        input->before_id = before_id;
    else
        problem_add_field(&call->problem, "cursor", ERROR_INVALID_FIELD, LIST_CURSOR_REFUSED);
}

static enum status list_work(struct api_call *call, struct db *db) {
    const struct audit_input *input = call->data;
    return audit_list(db, &input->filter, input->before_id, (int64_t)input->limit + 1, &call->rows);
}

static void on_listed(struct api_call *call) {
    const struct audit_input *input = call->data;
    enum status status = call->job.status;
    size_t n = status == STATUS_OK ? db_rows_n(call->rows) : 0;
    bool has_more = n > input->limit;
    struct audit_row it = {0};
    STRBUF_LITERAL(&call->out, "{\"items\":[");
    for (size_t i = 0; i < n - has_more && status == STATUS_OK; i++) {
        struct db_row row = db_rows_at(call->rows, i);
        int64_t position = db_row_i64(&row);
        status = audit_row_read(&row, &it);
        if (i > 0)
            strbuf_append_char(&call->out, ',');
        if (status == STATUS_OK)
            audit_json_write(&call->out, position, &it);
    }
    if (status != STATUS_OK) {
        api_call_fail(call, status, "audit log");
        return;
    }
    strbuf_append_char(&call->out, ']');
    if (has_more)
        strbuf_printf(&call->out, ",\"next_cursor\":\"%s.%" PRId64 "\"", input->fingerprint, it.audit_id);
    strbuf_append_char(&call->out, '}');
    api_call_respond(call, 200);
}

void api_audit_list(struct api_call *call) {
    if (!api_call_data(call, sizeof(struct audit_input)))
        return;
    struct audit_input *input = call->data;
    struct audit_filter *filter = &input->filter;
    *filter = (struct audit_filter){.since_us = INT64_MIN, .until_us = INT64_MAX};
    input->before_id = INT64_MAX;
    input->limit = QUERY_LIMIT_DEFAULT;
    filter->entity = text_read(call, "entity", input->entity);
    filter->entity_id = text_read(call, "entity_id", input->entity_id);
    filter->actor = text_read(call, "actor", input->actor);
    filter->action = text_read(call, "action", input->action);
    time_read(call, "since", &filter->since_us);
    time_read(call, "until", &filter->until_us);
    query_read_limit(call->http->query, &call->problem, &input->limit);
    cursor_read(call, input);
    if (api_call_is_valid(call))
        api_call_work(call, list_work, on_listed);
}
