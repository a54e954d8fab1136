/* Writes the small messages straight into a strbuf. Thread: any. */
#include "protocol/messages.h"

#include <string.h>

static void write_id(struct strbuf *out, const struct message_id *id) {
    if (!id || !id->json[0])
        return;
    STRBUF_LITERAL(out, ",\"id\":");
    strbuf_append_text(out, id->json);
}

static void write_portfolio_id(struct strbuf *out, const struct uuid *portfolio_id) {
    char text[UUID_TEXT_LEN + 1];
    uuid_write(text, portfolio_id);
    STRBUF_LITERAL(out, ",\"portfolio_id\":\"");
    strbuf_append(out, text, UUID_TEXT_LEN);
    strbuf_append_char(out, '"');
}

static void write_granted(struct strbuf *out, int64_t max_rate_e8, field_mask fields) {
    STRBUF_LITERAL(out, ",\"granted\":{\"max_rate\":");
    strbuf_append_decimal(out, max_rate_e8);
    if (fields) {
        const char *separator = ",\"fields\":[\"";
        for (unsigned i = 0; i < FIELDS_N; i++) {
            if (!(fields & (1u << i)))
                continue;
            strbuf_append_text(out, separator);
            strbuf_append_text(out, field_name((enum field_index)i));
            separator = "\",\"";
        }
        STRBUF_LITERAL(out, "\"]");
    }
    strbuf_append_char(out, '}');
}

static void write_named_i64(struct strbuf *out, const char *name, int64_t value) {
    strbuf_append_text(out, name);
    strbuf_append_i64(out, value);
}

static void write_server_time(struct strbuf *out, int64_t now_ms) {
    STRBUF_LITERAL(out, ",\"server_time\":\"");
    strbuf_append_timestamp(out, now_ms);
    strbuf_append_char(out, '"');
}

void message_write_welcome(struct strbuf *out, int64_t now_ms, const struct message_limits *limits) {
    STRBUF_LITERAL(out, "{\"type\":\"welcome\"");
    write_server_time(out, now_ms);
    write_named_i64(out, ",\"heartbeat_ms\":", limits->heartbeat_ms);
    write_named_i64(out, ",\"reconnect_window_ms\":", limits->reconnect_window_ms);
    STRBUF_LITERAL(out, ",\"auth_required\":");
    strbuf_append_text(out, limits->auth_required ? "true" : "false");
    write_named_i64(out, ",\"limits\":{\"max_message_bytes\":", limits->max_message_bytes);
    write_named_i64(out, ",\"max_subscriptions\":", limits->max_subscriptions);
    STRBUF_LITERAL(out, ",\"max_rate\":");
    strbuf_append_decimal(out, limits->max_rate_e8);
    write_named_i64(out, ",\"messages_per_second\":", limits->messages_per_second);
    STRBUF_LITERAL(out, "},\"help\":\"");
    if (limits->auth_required)
        STRBUF_LITERAL(out, "Send {\\\"type\\\":\\\"auth\\\",\\\"token\\\":\\\"<token>\\\"} first. ");
    STRBUF_LITERAL(out, "Send {\\\"type\\\":\\\"subscribe\\\",\\\"portfolio_id\\\":\\\"<uuid>\\\"}; "
                        "GET /portfolios lists them. A snapshot follows, then deltas (merge patches).\"}");
}

void message_write_subscribed(struct strbuf *out, const struct message_id *id, const struct uuid *portfolio_id,
                              int64_t max_rate_e8, field_mask fields, bool is_recovered, const char *reason) {
    STRBUF_LITERAL(out, "{\"type\":\"subscribed\"");
    write_id(out, id);
    write_portfolio_id(out, portfolio_id);
    write_granted(out, max_rate_e8, fields);
    STRBUF_LITERAL(out, ",\"recovered\":");
    strbuf_append_text(out, is_recovered ? "true" : "false");
    if (reason) {
        STRBUF_LITERAL(out, ",\"reason\":");
        strbuf_append_json_string(out, reason, strlen(reason));
    }
    strbuf_append_char(out, '}');
}

void message_write_updated(struct strbuf *out, const struct message_id *id, const struct uuid *portfolio_id,
                           int64_t max_rate_e8, field_mask fields) {
    STRBUF_LITERAL(out, "{\"type\":\"updated\"");
    write_id(out, id);
    write_portfolio_id(out, portfolio_id);
    write_granted(out, max_rate_e8, fields);
    strbuf_append_char(out, '}');
}

void message_write_unsubscribed(struct strbuf *out, const struct message_id *id, const struct uuid *portfolio_id,
                                enum error_code code) {
    STRBUF_LITERAL(out, "{\"type\":\"unsubscribed\"");
    write_id(out, id);
    write_portfolio_id(out, portfolio_id);
    if (code != ERROR_NONE) {
        STRBUF_LITERAL(out, ",\"code\":\"");
        strbuf_append_text(out, error_code_text(code));
        strbuf_append_char(out, '"');
    }
    strbuf_append_char(out, '}');
}

static void write_expires_at(struct strbuf *out, int64_t expires_ms) {
    STRBUF_LITERAL(out, ",\"expires_at\":\"");
    strbuf_append_timestamp(out, expires_ms);
    strbuf_append_char(out, '"');
}

void message_write_authenticated(struct strbuf *out, const struct message_id *id, int64_t expires_ms) {
    STRBUF_LITERAL(out, "{\"type\":\"authenticated\"");
    write_id(out, id);
    if (expires_ms != INT64_MAX)
        write_expires_at(out, expires_ms);
    strbuf_append_char(out, '}');
}

void message_write_auth_expiring(struct strbuf *out, int64_t expires_ms) {
    STRBUF_LITERAL(out, "{\"type\":\"auth_expiring\"");
    write_expires_at(out, expires_ms);
    strbuf_append_char(out, '}');
}

void message_write_pong(struct strbuf *out, const struct message_id *id, int64_t now_ms) {
    STRBUF_LITERAL(out, "{\"type\":\"pong\"");
    write_id(out, id);
    write_server_time(out, now_ms);
    strbuf_append_char(out, '}');
}

void message_write_closing(struct strbuf *out, enum close_code code, bool reconnect, int64_t after_ms) {
    write_named_i64(out, "{\"type\":\"closing\",\"code\":", (int64_t)code);
    strbuf_append_text(out, reconnect ? ",\"reconnect\":true" : ",\"reconnect\":false");
    write_named_i64(out, ",\"after_ms\":", after_ms);
    strbuf_append_char(out, '}');
}

void message_write_error(struct strbuf *out, const struct message_error *error, const char *portfolio_id,
                         int64_t retry_after_ms) {
    STRBUF_LITERAL(out, "{\"type\":\"error\"");
    write_id(out, &error->id);
    STRBUF_LITERAL(out, ",\"code\":\"");
    strbuf_append_text(out, error_code_text(error->code));
    write_named_i64(out, "\",\"status\":", error_http_status(error->code));
    STRBUF_LITERAL(out, ",\"detail\":");
    strbuf_append_json_string(out, error->detail, strlen(error->detail));
    STRBUF_LITERAL(out, ",\"retryable\":");
    strbuf_append_text(out, error_is_retryable(error->code) ? "true" : "false");
    if (retry_after_ms >= 0)
        write_named_i64(out, ",\"retry_after_ms\":", retry_after_ms);
    if (portfolio_id && portfolio_id[0]) {
        STRBUF_LITERAL(out, ",\"portfolio_id\":");
        strbuf_append_json_string(out, portfolio_id, strlen(portfolio_id));
    }
    strbuf_append_char(out, '}');
}

void message_begin_heartbeat(struct strbuf *out, int64_t now_ms) {
    STRBUF_LITERAL(out, "{\"type\":\"heartbeat\"");
    write_server_time(out, now_ms);
    STRBUF_LITERAL(out, ",\"subscriptions\":{");
}

void message_add_heartbeat(struct strbuf *out, bool is_first, const struct uuid *portfolio_id,
                           const struct cursor *cursor, const char *state) {
    char id[UUID_TEXT_LEN + 1];
    char token[CURSOR_TEXT_MAX];
    uuid_write(id, portfolio_id);
    size_t token_len = cursor_write(token, cursor);
    strbuf_append_text(out, is_first ? "\"" : ",\"");
    strbuf_append(out, id, UUID_TEXT_LEN);
    STRBUF_LITERAL(out, "\":{\"cursor\":\"");
    strbuf_append(out, token, token_len);
    STRBUF_LITERAL(out, "\",\"state\":\"");
    strbuf_append_text(out, state);
    STRBUF_LITERAL(out, "\"}");
}

void message_end_heartbeat(struct strbuf *out) {
    STRBUF_LITERAL(out, "}}");
}
