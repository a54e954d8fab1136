/* Reads what stream clients send. Refuses, with the code and a sentence that
 * names the field, whatever is not a message of the contract; unknown fields
 * are ignored. Thread: any. */
#include "base/decimal.h"
#include "protocol/json_exact.h"
#include "protocol/messages.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    enum message_type type;
    bool needs_portfolio;
} message_types[] = {
    {"subscribe", MESSAGE_SUBSCRIBE, true},     {"update", MESSAGE_UPDATE, true}, {"resync", MESSAGE_RESYNC, true},
    {"unsubscribe", MESSAGE_UNSUBSCRIBE, true}, {"ping", MESSAGE_PING, false},    {"auth", MESSAGE_AUTH, false},
};

static enum status refuse(struct message_error *error, enum error_code code, const char *format, ...) PF_PRINTF(3, 4);

static enum status refuse(struct message_error *error, enum error_code code, const char *format, ...) {
    error->code = code;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(error->detail, sizeof error->detail, format, args);
    va_end(args);
    return STATUS_INVALID;
}

static size_t utf8_chars_n(const char *text, size_t len) {
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)text[i] & 0xC0) != 0x80 ? 1 : 0;
    return n;
}

/* An integer or a string of at most 64 characters, kept as JSON text. */
static enum status read_id(const json_t *object, struct message_id *id, struct message_error *error) {
    const json_t *value = json_object_get(object, "id");
    if (!value)
        return STATUS_OK;
    size_t len;
    const char *number = json_exact_number(value, &len);
    if (number) {
        if (len > MESSAGE_ID_CHARS_MAX || strspn(number, "-0123456789") != len)
            return refuse(error, ERROR_INVALID_FIELD, "id: an integer or a string of at most %d characters",
                          MESSAGE_ID_CHARS_MAX);
        memcpy(id->json, number, len);
        id->json[len] = '\0';
        return STATUS_OK;
    }
    const char *text = json_exact_string(value, &len);
    if (!text || utf8_chars_n(text, len) > MESSAGE_ID_CHARS_MAX)
        return refuse(error, ERROR_INVALID_FIELD, "id: an integer or a string of at most %d characters",
                      MESSAGE_ID_CHARS_MAX);
    struct strbuf json;
    strbuf_init(&json);
    strbuf_append_json_string(&json, text, len);
    enum status status = strbuf_status(&json);
    if (status == STATUS_OK && json.len < sizeof id->json) {
        memcpy(id->json, json.data, json.len);
        id->json[json.len] = '\0';
    }
    strbuf_fini(&json);
    return status;
}

static enum status read_type(const json_t *object, struct client_message *message, bool *ret_needs_portfolio,
                             struct message_error *error) {
    const json_t *value = json_object_get(object, "type");
    if (!value)
        return refuse(error, ERROR_UNKNOWN_TYPE, "type is missing");
    size_t len;
    const char *type = json_exact_string(value, &len);
    for (size_t i = 0; type && i < sizeof message_types / sizeof message_types[0]; i++) {
        if (strcmp(type, message_types[i].name) == 0) {
            message->type = message_types[i].type;
            *ret_needs_portfolio = message_types[i].needs_portfolio;
            return STATUS_OK;
        }
    }
    return refuse(error, ERROR_UNKNOWN_TYPE, "type: one of subscribe, update, resync, unsubscribe, ping, auth");
}

static enum status read_portfolio(const json_t *object, struct client_message *message, struct message_error *error) {
    const json_t *value = json_object_get(object, "portfolio_id");
    if (!value)
        return refuse(error, ERROR_MISSING_FIELD, "portfolio_id is missing");
    size_t len;
    const char *text = json_exact_string(value, &len);
    if (!text)
        return refuse(error, ERROR_INVALID_FIELD, "portfolio_id: a string (a uuid)");
    message->portfolio_id_is_uuid = uuid_parse(text, len, &message->portfolio_id) == STATUS_OK;
    (void)snprintf(message->portfolio_text, sizeof message->portfolio_text, "%s", text);
    return STATUS_OK;
}

static enum status read_max_rate(const json_t *object, struct client_message *message, struct message_error *error) {
    const json_t *value = json_object_get(object, "max_rate");
    if (!value)
        return STATUS_OK;
    size_t len;
    const char *text = json_exact_number(value, &len);
    int64_t rate = 0;
    enum status status = text ? decimal_parse(text, len, &rate) : STATUS_INVALID;
    /* A rate is no money: more decimals than eight, or more than can be counted, still is a number. It is clamped. */
    if (text && status != STATUS_OK) {
        double approximate = strtod(text, NULL);
        if (!(approximate > 0))
            return refuse(error, ERROR_INVALID_FIELD, "max_rate: a number above 0 (deltas per second)");
        rate = approximate >= 1e6 ? INT64_C(1000000) * DECIMAL_ONE : (int64_t)(approximate * (double)DECIMAL_ONE);
        rate = rate > 0 ? rate : 1;
        status = STATUS_OK;
    }
    if (status != STATUS_OK || rate <= 0)
        return refuse(error, ERROR_INVALID_FIELD, "max_rate: a number above 0 (deltas per second)");
    message->has_max_rate = true;
    message->max_rate_e8 = rate;
    return STATUS_OK;
}

static enum status read_fields(const json_t *object, struct client_message *message, struct message_error *error) {
    const json_t *value = json_object_get(object, "fields");
    if (!value)
        return STATUS_OK;
    if (!json_is_array(value) || json_array_size(value) == 0)
        return refuse(error, ERROR_INVALID_FIELD, "fields: a list of at least one field name");
    for (size_t i = 0; i < json_array_size(value); i++) {
        size_t len;
        const char *name = json_exact_string(json_array_get(value, i), &len);
        field_mask bit;
        if (!name || field_find(name, len, &bit) != STATUS_OK)
            return refuse(error, ERROR_INVALID_FIELD, "fields[%zu]: no such field: %.40s", i,
                          name ? name : "not a string");
        message->fields |= bit;
    }
    return STATUS_OK;
}

static enum status read_resume(const json_t *object, struct client_message *message, struct message_error *error) {
    const json_t *value = json_object_get(object, "resume");
    if (!value)
        return STATUS_OK;
    size_t len;
    const char *text = json_exact_string(value, &len);
    if (!text || cursor_parse(text, len, &message->resume) != STATUS_OK)
        return refuse(error, ERROR_INVALID_FIELD, "resume: not a cursor of this stream");
    message->has_resume = true;
    return STATUS_OK;
}

/* What it is worth is not judged here. */
static enum status read_token(const json_t *object, struct client_message *message, struct message_error *error) {
    const json_t *value = json_object_get(object, "token");
    if (!value)
        return refuse(error, ERROR_MISSING_FIELD, "token is missing");
    size_t len;
    const char *text = json_exact_string(value, &len);
    if (!text || len == 0 || len > MESSAGE_TOKEN_MAX)
        return refuse(error, ERROR_INVALID_FIELD, "token: a string of at most %d bytes", MESSAGE_TOKEN_MAX);
    message->token = malloc(len + 1);
    if (!message->token)
        return STATUS_NO_MEMORY;
    memcpy(message->token, text, len);
    message->token[len] = '\0';
    message->token_len = len;
    return STATUS_OK;
}

static enum status read_object(const json_t *object, struct client_message *message, struct message_error *error) {
    enum status status = read_id(object, &message->id, error);
    if (status != STATUS_OK)
        return status;
    error->id = message->id;
    bool needs_portfolio = false;
    status = read_type(object, message, &needs_portfolio, error);
    if (status == STATUS_OK && needs_portfolio)
        status = read_portfolio(object, message, error);
    bool has_options = message->type == MESSAGE_SUBSCRIBE || message->type == MESSAGE_UPDATE;
    if (status == STATUS_OK && needs_portfolio && has_options)
        status = read_max_rate(object, message, error);
    if (status == STATUS_OK && needs_portfolio && has_options)
        status = read_fields(object, message, error);
    if (status == STATUS_OK && message->type == MESSAGE_SUBSCRIBE)
        status = read_resume(object, message, error);
    if (status == STATUS_OK && message->type == MESSAGE_AUTH)
        status = read_token(object, message, error);
    return status;
}

void message_fini(struct client_message *message) {
    if (message->token)
        explicit_bzero(message->token, message->token_len);
    free(message->token);
    message->token = NULL;
}

enum status message_read(const char *text, size_t len, struct client_message *ret_message,
                         struct message_error *ret_error) {
    struct client_message message = {0};
    struct message_error error = {0};
    json_t *root = NULL;
    char reason[96];
    enum status status = json_exact_parse_request(text, len, &root, reason, sizeof reason);
    if (status == STATUS_INVALID)
        (void)refuse(&error, ERROR_INVALID_JSON, "not JSON: %s", reason);
    else if (status == STATUS_OK && !json_is_object(root))
        status = refuse(&error, ERROR_INVALID_JSON, "a message is a JSON object");
    else if (status == STATUS_OK)
        status = read_object(root, &message, &error);
    json_decref(root);
    if (status == STATUS_OK)
        *ret_message = message;
    else if (status == STATUS_INVALID)
        *ret_error = error;
    return status;
}
