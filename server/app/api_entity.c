/* Answers with entities. Refuses rows that cannot be read: 500, logged.
 * Thread: L. */
#include "app/api_entity.h"

#include "app/list_query.h"

#include <stdio.h>
#include <string.h>

void json_key(struct strbuf *out, const char *name) {
    char last = out->len > 0 ? out->data[out->len - 1] : '{';
    if (last != '{' && last != '[')
        strbuf_append_char(out, ',');
    strbuf_append_char(out, '"');
    strbuf_append_text(out, name);
    strbuf_append_text(out, "\":");
}

void json_text(struct strbuf *out, const char *name, const char *text) {
    if (!text)
        return;
    json_key(out, name);
    strbuf_append_json_string(out, text, strlen(text));
}

void json_uuid(struct strbuf *out, const char *name, const struct uuid *uuid) {
    char text[UUID_TEXT_LEN + 1];
    uuid_write(text, uuid);
    json_text(out, name, text);
}

void json_decimal(struct strbuf *out, const char *name, int64_t e8) {
    json_key(out, name);
    strbuf_append_decimal(out, e8);
}

void json_amount(struct strbuf *out, const char *name, struct amount amount) {
    json_key(out, name);
    strbuf_append_amount(out, amount);
}

void json_ratio(struct strbuf *out, const char *name, double value) {
    char text[400];
    int len = snprintf(text, sizeof text, "%.6f", value);
    if (len < 0 || (size_t)len >= sizeof text || !strchr(text, '.'))
        return; /* no number, as if it were not known */
    while (text[len - 1] == '0')
        len--;
    len -= text[len - 1] == '.' ? 1 : 0;
    text[len] = '\0';
    json_key(out, name);
    strbuf_append_text(out, strcmp(text, "-0") == 0 ? "0" : text);
}

void json_i64(struct strbuf *out, const char *name, int64_t value) {
    json_key(out, name);
    strbuf_append_i64(out, value);
}

void json_date(struct strbuf *out, const char *name, int32_t days) {
    json_key(out, name);
    strbuf_append_char(out, '"');
    strbuf_append_date(out, days);
    strbuf_append_char(out, '"');
}

void json_time_us(struct strbuf *out, const char *name, int64_t us) {
    json_key(out, name);
    strbuf_append_char(out, '"');
    strbuf_append_timestamp(out, us / 1000 - (us % 1000 < 0));
    strbuf_append_char(out, '"');
}

void json_quote(struct strbuf *out, const struct quote *quote) {
    json_decimal(out, "price", quote->price.e8);
    if (quote->previous_close.e8 > 0)
        json_decimal(out, "previous_close", quote->previous_close.e8);
    json_text(out, "currency", quote->currency.code);
    json_time_us(out, "as_of", quote->as_of_ms * 1000);
    json_text(out, "source", quote->source);
    json_date(out, "session", quote->session);
}

void api_entity_respond(struct api_call *call, int http_status) {
    struct api_entity_key key;
    enum status status = call->entity->write(call, 0, &key);
    if (status != STATUS_OK) {
        api_call_fail(call, status, call->entity->noun);
        return;
    }
    (void)snprintf(call->etag, sizeof call->etag, "%s", key.etag);
    if (http_status == 201 || http_status == 202) {
        char id[UUID_TEXT_LEN + 1];
        uuid_write(id, &key.page.id);
        (void)snprintf(call->location, sizeof call->location, "%s%s", call->entity->path, id);
    }
    api_call_respond(call, http_status);
}

void api_entity_on_created(struct api_call *call) {
    if (call->job.status == STATUS_OK)
        api_entity_respond(call, 201);
    else
        api_call_fail(call, call->job.status, call->entity->noun);
}

/* The ETag is known only after writing: what was written is thrown away then. */
void api_entity_on_read(struct api_call *call) {
    if (call->job.status != STATUS_OK) {
        api_call_fail(call, call->job.status, call->entity->noun);
        return;
    }
    struct api_entity_key key;
    enum status status = call->entity->write(call, 0, &key);
    if (status != STATUS_OK) {
        api_call_fail(call, status, call->entity->noun);
        return;
    }
    (void)snprintf(call->etag, sizeof call->etag, "%s", key.etag);
    bool is_known = !call->entity->is_computed && api_call_is_known(call, call->out.len);
    api_call_respond(call, is_known ? 304 : 200);
}

void api_entity_on_listed(struct api_call *call) {
    if (call->job.status != STATUS_OK) {
        api_call_fail(call, call->job.status, call->entity->noun);
        return;
    }
    size_t n = db_rows_n(call->rows);
    bool has_more = n > call->listing.limit;
    if (has_more)
        n = call->listing.limit;
    struct api_entity_key key = {0};
    strbuf_append_text(&call->out, "{\"items\":[");
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            strbuf_append_char(&call->out, ',');
        enum status status = call->entity->write(call, i, &key);
        if (status != STATUS_OK) {
            api_call_fail(call, status, call->entity->noun);
            return;
        }
    }
    strbuf_append_char(&call->out, ']');
    if (has_more) {
        json_key(&call->out, "next_cursor");
        strbuf_append_char(&call->out, '"');
        list_query_write_cursor(&call->out, &call->listing, listing_key(call->rows, n - 1), &key.page.id);
        strbuf_append_char(&call->out, '"');
    }
    strbuf_append_char(&call->out, '}');
    api_call_respond(call, 200);
}
