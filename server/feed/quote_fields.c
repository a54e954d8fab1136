/* Reads the fields of a quote from JSON and says which one is wrong.
 * Thread: any; pure; fuzzed through quote_codec. */
#include "feed/quote_fields.h"

#include "base/timestamp.h"
#include "protocol/json_exact.h"

#include <string.h>

enum status quote_price_parse(const char *text, size_t len, struct price *ret_price) {
    struct price price;
    enum status status = decimal_parse(text, len, &price.e8);
    if (status != STATUS_OK)
        return status;
    if (price.e8 <= 0)
        return STATUS_OUT_OF_RANGE;
    *ret_price = price;
    return STATUS_OK;
}

enum status quote_source_parse(const char *text, size_t len, char ret_source[QUOTE_SOURCE_MAX + 1]) {
    if (len == 0 || len > QUOTE_SOURCE_MAX)
        return STATUS_INVALID;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        bool is_ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
        if (!is_ok)
            return STATUS_INVALID;
    }
    memcpy(ret_source, text, len);
    ret_source[len] = '\0';
    return STATUS_OK;
}

/* One reading of an object: the first failure sticks. */
struct reading {
    const json_t *object;
    bool has_defaults;
    struct quote_field_error error;
};

static void reading_fail(struct reading *reading, const char *field, const char *reason) {
    if (!reading->error.field)
        reading->error = (struct quote_field_error){.field = field, .reason = reason};
}

/* The field's text, or NULL: absent (a failure when it is required) or of another type. */
static const char *text_field(struct reading *reading, const char *field, bool is_required, size_t *ret_len) {
    const json_t *value = json_object_get(reading->object, field);
    if (!value) {
        if (is_required)
            reading_fail(reading, field, "is missing");
        return NULL;
    }
    const char *text = json_exact_string(value, ret_len);
    if (!text)
        reading_fail(reading, field, "must be a string");
    return text;
}

static struct price price_field(struct reading *reading, const char *field, bool is_required) {
    struct price price = {0};
    size_t len = 0;
    const json_t *value = json_object_get(reading->object, field);
    if (!value) {
        if (is_required)
            reading_fail(reading, field, "is missing");
        return price;
    }
    const char *text = json_exact_number(value, &len);
    if (!text)
        text = json_exact_string(value, &len);
    enum status status = text ? quote_price_parse(text, len, &price) : STATUS_INVALID;
    if (status == STATUS_INVALID)
        reading_fail(reading, field, "must be a decimal number");
    else if (status != STATUS_OK)
        reading_fail(reading, field, "must be above 0, at most 90000000000, with at most 8 decimals");
    return price;
}

static int64_t instant_field(struct reading *reading, const char *field, bool is_required, int64_t otherwise) {
    size_t len = 0;
    int64_t ms = otherwise;
    const char *text = text_field(reading, field, is_required, &len);
    if (text && timestamp_parse(text, len, &ms) != STATUS_OK)
        reading_fail(reading, field, "must be an RFC 3339 time");
    return ms;
}

static void names_read(struct reading *reading, struct quote *quote) {
    size_t len = 0;
    const char *text = text_field(reading, "symbol", true, &len);
    if (text && symbol_parse(text, len, &quote->symbol) != STATUS_OK)
        reading_fail(reading, "symbol", "must be 1 to 32 characters of A-Z 0-9 . - _ : = ^ /");
    text = text_field(reading, "currency", !reading->has_defaults, &len);
    if (text && currency_parse(text, len, &quote->currency) != STATUS_OK)
        reading_fail(reading, "currency", "must be three letters");
    text = text_field(reading, "source", !reading->has_defaults, &len);
    if (text && quote_source_parse(text, len, quote->source) != STATUS_OK)
        reading_fail(reading, "source", "must be 1 to 15 characters of a-z 0-9 . _ -");
}

static void times_read(struct reading *reading, struct quote *quote) {
    size_t len = 0;
    quote->as_of_ms = instant_field(reading, "as_of", !reading->has_defaults, quote->as_of_ms);
    quote->source_time_ms = instant_field(reading, "source_time", false, 0);
    quote->session = timestamp_date(quote->as_of_ms);
    const char *text = text_field(reading, "session", !reading->has_defaults, &len);
    if (text && date_parse(text, len, &quote->session) != STATUS_OK)
        reading_fail(reading, "session", "must be a date YYYY-MM-DD");
}

static void stale_read(struct reading *reading, struct quote *quote) {
    const json_t *value = json_object_get(reading->object, "stale");
    if (json_is_boolean(value))
        quote->stale = json_is_true(value);
    else if (value)
        reading_fail(reading, "stale", "must be true or false");
    else if (!reading->has_defaults)
        reading_fail(reading, "stale", "is missing");
}

enum status quote_fields_read(const json_t *object, const struct quote *defaults, struct quote *ret_quote,
                              struct quote_field_error *ret_error) {
    struct reading reading = {.object = object, .has_defaults = defaults != NULL};
    struct quote quote = {0};
    if (defaults)
        quote = *defaults;
    if (!json_is_object(object)) {
        reading_fail(&reading, "", "must be an object");
    } else {
        names_read(&reading, &quote);
        quote.price = price_field(&reading, "price", true);
        quote.previous_close = price_field(&reading, "previous_close", false);
        times_read(&reading, &quote);
        stale_read(&reading, &quote);
    }
    if (reading.error.field) {
        if (ret_error)
            *ret_error = reading.error;
        return STATUS_INVALID;
    }
    *ret_quote = quote;
    return STATUS_OK;
}
