/* Fields and verdicts of providers' answers. Refuses prices that are not above
 * zero. Thread: any; pure. */
#include "feed/provider_fields.h"

#include "base/timestamp.h"
#include "domain/market_calendar.h"
#include "protocol/json_exact.h"

#include <stdio.h>
#include <string.h>

#define CLOSE_MINUTE 960 /* 16:00 */
#define CLOSE_OF_DAY_MS INT64_C(57600000)

json_t *provider_body_read(const struct provider_body *body) {
    char error[8];
    json_t *root = NULL;
    return json_exact_parse(body->text, body->len, &root, error, sizeof error) == STATUS_OK ? root : NULL;
}

bool provider_body_has(const struct provider_body *body, const char *part) {
    return body->len > 0 && memmem(body->text, body->len, part, strlen(part)) != NULL;
}

const char *provider_field_text(const json_t *object, const char *name) {
    size_t len = 0;
    const json_t *value = json_object_get(object, name);
    const char *text = value ? json_exact_string(value, &len) : NULL;
    return text && strlen(text) == len ? text : NULL;
}

static const char *number_text(const json_t *value, size_t *ret_len) {
    if (!value)
        return NULL;
    const char *text = json_exact_number(value, ret_len);
    return text ? text : json_exact_string(value, ret_len);
}

enum status provider_value_number(const json_t *value, enum provider_digits digits, int64_t *ret_e8) {
    size_t len = 0;
    const char *text = number_text(value, &len);
    return text ? provider_number_parse(text, len, digits, ret_e8) : STATUS_INVALID;
}

enum status provider_value_whole(const json_t *value, int64_t *ret_whole) {
    size_t len = 0;
    const char *text = number_text(value, &len);
    return text ? provider_whole_parse(text, len, ret_whole) : STATUS_INVALID;
}

int64_t provider_value_volume(const json_t *value) {
    int64_t e8;
    bool is_read = provider_value_number(value, PROVIDER_DIGITS_ALL, &e8) == STATUS_OK;
    return is_read && e8 >= 0 ? e8 : -1;
}

enum status provider_value_price(const json_t *value, enum provider_digits digits, struct price *ret_price) {
    int64_t e8;
    enum status status = provider_value_number(value, digits, &e8);
    if (status != STATUS_OK)
        return status;
    if (e8 <= 0)
        return STATUS_OUT_OF_RANGE;
    ret_price->e8 = e8;
    return STATUS_OK;
}

/* ---- times ---- */

enum status provider_clock_parse(const char *text, int64_t offset_ms, int64_t *ret_ms) {
    char instant[40];
    int64_t ms;
    size_t len = strlen(text);
    if (len < 19 || len > 29 || text[10] != ' ')
        return STATUS_INVALID;
    (void)snprintf(instant, sizeof instant, "%.10sT%sZ", text, text + 11);
    if (timestamp_parse(instant, strlen(instant), &ms) != STATUS_OK)
        return STATUS_INVALID;
    *ret_ms = ms + offset_ms;
    return STATUS_OK;
}

int64_t provider_new_york_close_ms(int32_t date) {
    const struct market_calendar calendar = {.close_minute = CLOSE_MINUTE};
    return market_calendar_close_ms(&calendar, date);
}

int64_t provider_new_york_offset_ms(int32_t date) {
    return provider_new_york_close_ms(date) - date * MS_PER_DAY - CLOSE_OF_DAY_MS;
}

/* ---- verdicts ---- */

void provider_answer_set(struct provider_answer *answer, enum provider_verdict verdict, const char *reason) {
    answer->verdict = verdict;
    answer->reason = reason;
    answer->pause_ms = 0;
}

void provider_answer_by_status(struct provider_answer *answer, long http_status, const char *what) {
    if (http_status == 429)
        provider_answer_set(answer, PROVIDER_THROTTLED, "HTTP status 429");
    else if (http_status >= 500)
        provider_answer_set(answer, PROVIDER_FAILED, "HTTP status 5xx");
    else
        provider_answer_set(answer, PROVIDER_MALFORMED, what);
}

void provider_result_set(struct provider_result *result, enum provider_verdict verdict, const char *reason) {
    result->verdict = verdict;
    result->reason = reason;
}

void provider_answer_begin(struct provider_answer *answer, const struct provider_query *query) {
    provider_answer_set(answer, PROVIDER_QUOTE, "");
    for (size_t i = 0; i < query->n; i++)
        provider_result_set(&answer->results[i], PROVIDER_UNKNOWN_SYMBOL, "not in the answer");
}

void provider_result_quote(struct provider_result *result, const struct symbol *symbol, const char *source,
                           const struct provider_quote_fields *fields) {
    result->quote = (struct quote){.symbol = *symbol,
                                   .currency = fields->currency,
                                   .price = fields->price,
                                   .previous_close = fields->previous_close,
                                   .session = fields->session,
                                   .as_of_ms = fields->as_of_ms};
    (void)snprintf(result->quote.source, sizeof result->quote.source, "%s", source);
    provider_result_set(result, PROVIDER_QUOTE, "");
}

void provider_history_end(struct provider_history *history, const struct provider_query *query, enum status status,
                          struct provider_answer *answer) {
    if (status == STATUS_OK) {
        provider_history_finish(history, query->from, query->to);
        provider_answer_set(answer, PROVIDER_QUOTE, "");
        return;
    }
    provider_history_fini(history);
    if (status == STATUS_NO_MEMORY || status == STATUS_LIMIT)
        provider_answer_set(answer, PROVIDER_FAILED, "more rows than there is room for");
    else
        provider_answer_set(answer, PROVIDER_MALFORMED, "a row cannot be read");
}

/* ---- requests ---- */

void provider_append_escaped(struct strbuf *out, const char *text) {
    static const char hex[] = "0123456789ABCDEF";
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        bool is_plain =
            (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr("-._~", c) != NULL;
        if (is_plain) {
            strbuf_append_char(out, (char)c);
        } else {
            const char escaped[3] = {'%', hex[c >> 4], hex[c & 15]};
            strbuf_append(out, escaped, sizeof escaped);
        }
    }
}
