/* Questions for prices and their answers, and other notices, as JSON. Owns the
 * words of the outcomes; refuses whatever is not exactly of the form. Thread: any; pure. */
#include "feed/ask_codec.h"

#include "protocol/json_exact.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *word;
    enum ask_outcome outcome;
} outcomes[] = {{"fresh", ASK_FRESH},     {"unknown", ASK_UNKNOWN}, {"throttled", ASK_THROTTLED},
                {"refused", ASK_REFUSED}, {"failed", ASK_FAILED},   {"unavailable", ASK_UNAVAILABLE}};

/* ---- writing ---- */

static void symbols_write(struct strbuf *out, const struct symbol *symbols, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            strbuf_append_char(out, ',');
        strbuf_append_json_string(out, symbols[i].text, symbols[i].len);
    }
    STRBUF_LITERAL(out, "]}");
}

void bus_ask_write_json(struct strbuf *out, const struct symbol *symbols, size_t n) {
    STRBUF_LITERAL(out, "{\"ask\":[");
    symbols_write(out, symbols, n);
}

void bus_forget_write_json(struct strbuf *out, const struct symbol *symbols, size_t n) {
    STRBUF_LITERAL(out, "{\"forget\":[");
    symbols_write(out, symbols, n);
}

static const char *outcome_word(enum ask_outcome outcome) {
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        if (outcomes[i].outcome == outcome)
            return outcomes[i].word;
    }
    return "unavailable";
}

void bus_answered_write_json(struct strbuf *out, const struct answered_symbol *answers, size_t n) {
    STRBUF_LITERAL(out, "{\"answered\":[");
    for (size_t i = 0; i < n; i++) {
        strbuf_append_text(out, i > 0 ? ",{\"symbol\":" : "{\"symbol\":");
        strbuf_append_json_string(out, answers[i].symbol.text, answers[i].symbol.len);
        STRBUF_LITERAL(out, ",\"status\":\"");
        strbuf_append_text(out, outcome_word(answers[i].outcome));
        STRBUF_LITERAL(out, "\"}");
    }
    STRBUF_LITERAL(out, "]}");
}

void bus_restored_write_json(struct strbuf *out, const struct bus_epoch *epoch) {
    STRBUF_LITERAL(out, "{\"restored\":\"");
    strbuf_append_text(out, epoch->text);
    STRBUF_LITERAL(out, "\"}");
}

void bus_access_write_json(struct strbuf *out, const struct uuid *subject) {
    char text[UUID_TEXT_LEN + 1];
    uuid_write(text, subject);
    STRBUF_LITERAL(out, "{\"access\":\"");
    strbuf_append(out, text, UUID_TEXT_LEN);
    STRBUF_LITERAL(out, "\"}");
}

/* ---- reading ---- */

static bool symbol_read(const json_t *value, struct symbol *ret_symbol) {
    size_t len = 0;
    const char *text = value ? json_exact_string(value, &len) : NULL;
    return text && symbol_parse(text, len, ret_symbol) == STATUS_OK;
}

static enum status symbols_read(const json_t *array, size_t min_n, struct bus_message *message) {
    size_t n = json_array_size(array);
    if (!json_is_array(array) || n < min_n || n > BUS_ASK_MAX)
        return STATUS_INVALID;
    message->symbols = calloc(n + 1, sizeof *message->symbols);
    if (!message->symbols)
        return STATUS_NO_MEMORY;
    message->symbols_n = n;
    for (size_t i = 0; i < n; i++) {
        if (!symbol_read(json_array_get(array, i), &message->symbols[i]))
            return STATUS_INVALID;
    }
    return STATUS_OK;
}

static bool answer_read(const json_t *object, struct answered_symbol *ret_answer) {
    size_t len = 0;
    const json_t *status = json_object_get(object, "status");
    const char *word = status ? json_exact_string(status, &len) : NULL;
    if (json_object_size(object) != 2 || !word || !symbol_read(json_object_get(object, "symbol"), &ret_answer->symbol))
        return false;
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        if (len == strlen(outcomes[i].word) && memcmp(word, outcomes[i].word, len) == 0) {
            ret_answer->outcome = outcomes[i].outcome;
            return true;
        }
    }
    return false;
}

static enum status answers_read(const json_t *array, struct bus_message *message) {
    size_t n = json_array_size(array);
    if (!json_is_array(array) || n == 0 || n > BUS_ASK_MAX)
        return STATUS_INVALID;
    message->answers = calloc(n, sizeof *message->answers);
    if (!message->answers)
        return STATUS_NO_MEMORY;
    message->answers_n = n;
    for (size_t i = 0; i < n; i++) {
        if (!answer_read(json_array_get(array, i), &message->answers[i]))
            return STATUS_INVALID;
    }
    return STATUS_OK;
}

static enum status restored_read(const json_t *value, struct bus_message *message) {
    size_t len = 0;
    const char *text = json_exact_string(value, &len);
    return text ? bus_epoch_parse(text, len, &message->epoch) : STATUS_INVALID;
}

static enum status access_read(const json_t *value, struct bus_message *message) {
    size_t len = 0;
    const char *text = json_exact_string(value, &len);
    return text ? uuid_parse(text, len, &message->subject) : STATUS_INVALID;
}

enum status ask_message_read(const json_t *root, struct bus_message *ret_message) {
    struct bus_message message = {0};
    enum status status = STATUS_INVALID;
    const json_t *value;
    if (json_object_size(root) != 1)
        return STATUS_INVALID;
    if ((value = json_object_get(root, "ask"))) {
        message.type = BUS_MESSAGE_ASK;
        status = symbols_read(value, 1, &message);
    } else if ((value = json_object_get(root, "forget"))) {
        message.type = BUS_MESSAGE_FORGET;
        status = symbols_read(value, 0, &message);
    } else if ((value = json_object_get(root, "answered"))) {
        message.type = BUS_MESSAGE_ANSWERED;
        status = answers_read(value, &message);
    } else if ((value = json_object_get(root, "restored"))) {
        message.type = BUS_MESSAGE_RESTORED;
        status = restored_read(value, &message);
    } else if ((value = json_object_get(root, "access"))) {
        message.type = BUS_MESSAGE_ACCESS;
        status = access_read(value, &message);
    }
    if (status == STATUS_OK)
        *ret_message = message;
    else
        bus_message_fini(&message);
    return status;
}
