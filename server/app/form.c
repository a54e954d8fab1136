/* Fields of a body. Refuses what protocol.md, 1 and 4, does not allow. Owns
 * nothing. Thread: L; pure. */
#include "app/form.h"

#include "base/decimal.h"
#include "base/map.h"
#include "base/timestamp.h"
#include "protocol/json_exact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The field's value; NULL when it is absent, which is reported when required. */
static const json_t *field_get(const struct form *form, const char *field, enum form_presence presence) {
    const json_t *value = json_object_get(form->object, field);
    if (value && !json_is_null(value))
        return value;
    if (presence == FORM_REQUIRED)
        problem_add_field(form->problem, field, ERROR_MISSING_FIELD, "is required");
    return NULL;
}

static void field_refuse(const struct form *form, const char *field, const char *why) {
    problem_add_field(form->problem, field, ERROR_INVALID_FIELD, "%s", why);
}

/* The bytes of a string field; NULL when it is absent or no string. */
static const char *string_get(const struct form *form, const char *field, enum form_presence presence,
                              size_t *ret_len) {
    const json_t *value = field_get(form, field, presence);
    if (!value)
        return NULL;
    const char *text = json_exact_string(value, ret_len);
    if (!text)
        field_refuse(form, field, "must be a string");
    return text;
}

/* --- texts --- */

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool has_control(const char *text, size_t len, bool is_multiline) {
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == 0x7f || (c < 0x20 && !(is_multiline && is_space(text[i]))))
            return true;
    }
    return false;
}

static size_t count_characters(const char *text, size_t len) {
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)text[i] & 0xc0) != 0x80; /* not a continuation byte */
    return n;
}

bool form_text(const struct form *form, const char *field, enum form_presence presence, size_t chars_max,
               bool is_multiline, char *out, size_t out_size) {
    size_t len = 0;
    const char *text = string_get(form, field, presence, &len);
    if (!text)
        return false;
    while (len > 0 && is_space(text[len - 1]))
        len--;
    while (len > 0 && is_space(*text)) {
        text++;
        len--;
    }
    if (len == 0) {
        field_refuse(form, field, "must not be empty");
        return false;
    }
    if (has_control(text, len, is_multiline)) {
        field_refuse(form, field, "must not contain control characters");
        return false;
    }
    if (len >= out_size && count_characters(text, len) <= chars_max) {
        problem_add_field(form->problem, field, ERROR_INVALID_FIELD, "must have at most %zu bytes in UTF-8",
                          out_size - 1);
        return false;
    }
    if (count_characters(text, len) > chars_max) {
        problem_add_field(form->problem, field, ERROR_INVALID_FIELD, "must have at most %zu characters", chars_max);
        return false;
    }
    memcpy(out, text, len);
    out[len] = '\0';
    return true;
}

/* Labels of letters, digits, hyphens or bytes above ASCII; at least two. */
static bool is_domain(const char *text) {
    size_t labels_n = 0;
    for (;;) {
        size_t len = strcspn(text, ".");
        if (len == 0 || len > 63)
            return false;
        for (size_t i = 0; i < len; i++) {
            unsigned char c = (unsigned char)text[i];
            bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
            if (!is_letter && !(c >= '0' && c <= '9') && !(c == '-' && i > 0 && i + 1 < len))
                return false;
        }
        labels_n++;
        if (text[len] == '\0')
            return labels_n >= 2;
        text += len + 1;
    }
}

bool form_is_email(const char *text) {
    const char *at = strchr(text, '@');
    size_t local_len = at ? (size_t)(at - text) : 0;
    if (local_len == 0 || local_len > 64 || strlen(text) > FORM_EMAIL_MAX)
        return false;
    for (const char *c = text; c < at; c++) {
        if ((unsigned char)*c <= ' ' || *c == 0x7f || strchr("()<>[]:;,\\\"", *c))
            return false;
        if (*c == '.' && (c == text || c + 1 == at || c[1] == '.'))
            return false;
    }
    return is_domain(at + 1);
}

bool form_email(const struct form *form, const char *field, char out[FORM_EMAIL_MAX + 1]) {
    char text[FORM_EMAIL_MAX * 4 + 1];
    if (!form_text(form, field, FORM_REQUIRED, FORM_EMAIL_MAX, false, text, sizeof text))
        return false;
    if (!form_is_email(text)) {
        field_refuse(form, field, "is not an e-mail address");
        return false;
    }
    memcpy(out, text, strlen(text) + 1);
    return true;
}

/* --- numbers --- */

bool form_decimal(const struct form *form, const char *field, enum form_presence presence, enum form_bound bound,
                  int64_t *ret_e8) {
    const json_t *value = field_get(form, field, presence);
    if (!value)
        return false;
    size_t len = 0;
    const char *text = json_exact_number(value, &len);
    if (!text)
        text = json_exact_string(value, &len);
    int64_t e8 = 0;
    enum status status = text ? decimal_parse(text, len, &e8) : STATUS_INVALID;
    if (status == STATUS_OUT_OF_RANGE) {
        field_refuse(form, field, "must be at most 90000000000, with at most 8 decimals");
        return false;
    }
    if (status != STATUS_OK) {
        field_refuse(form, field, "must be a decimal number without an exponent");
        return false;
    }
    if (e8 < 0 || (bound == FORM_POSITIVE && e8 == 0)) {
        field_refuse(form, field, bound == FORM_POSITIVE ? "must be greater than 0" : "must not be negative");
        return false;
    }
    *ret_e8 = e8;
    return true;
}

/* --- the rest --- */

bool form_uuid(const struct form *form, const char *field, enum form_presence presence, struct uuid *ret_uuid) {
    size_t len = 0;
    const char *text = string_get(form, field, presence, &len);
    if (!text)
        return false;
    if (uuid_parse(text, len, ret_uuid) == STATUS_OK)
        return true;
    field_refuse(form, field, "is not a UUID");
    return false;
}

bool form_symbol(const struct form *form, const char *field, struct symbol *ret_symbol) {
    size_t len = 0;
    const char *text = string_get(form, field, FORM_REQUIRED, &len);
    if (!text)
        return false;
    if (symbol_parse(text, len, ret_symbol) == STATUS_OK)
        return true;
    field_refuse(form, field, "must be 1 to 32 of A-Z 0-9 . - _ : = ^ /");
    return false;
}

/* False when an element was wrong (all that are were noted), or memory is short. */
static bool symbols_read(const struct form *form, const char *field, const json_t *array, struct symbol *out,
                         size_t *ret_n) {
    struct map seen;
    bool is_right = true;
    size_t n = 0;
    map_init(&seen);
    for (size_t i = 0; i < json_array_size(array); i++) {
        char element[40];
        size_t len = 0;
        const char *text = json_exact_string(json_array_get(array, i), &len);
        (void)snprintf(element, sizeof element, "%s[%zu]", field, i);
        if (!text || symbol_parse(text, len, &out[n]) != STATUS_OK) {
            field_refuse(form, element, "must be 1 to 32 of A-Z 0-9 . - _ : = ^ /");
            is_right = false;
        } else if (!map_get(&seen, out[n].text, out[n].len)) {
            if (map_put(&seen, out[n].text, out[n].len, &out[n], NULL) != STATUS_OK) {
                problem_set(form->problem, ERROR_INTERNAL, "Out of memory");
                is_right = false;
                break;
            }
            n++;
        }
    }
    map_fini(&seen);
    *ret_n = n;
    return is_right;
}

bool form_symbols(const struct form *form, const char *field, enum form_presence presence, size_t symbols_max,
                  struct symbol **ret_symbols, size_t *ret_n) {
    const json_t *array = field_get(form, field, presence);
    if (!array)
        return false;
    size_t size = json_array_size(array);
    if (!json_is_array(array) || size == 0 || size > symbols_max) {
        problem_add_field(form->problem, field, ERROR_INVALID_FIELD, "must be an array of 1 to %zu symbols",
                          symbols_max);
        return false;
    }
    struct symbol *symbols = calloc(size, sizeof *symbols);
    if (!symbols) {
        problem_set(form->problem, ERROR_INTERNAL, "Out of memory");
        return false;
    }
    if (!symbols_read(form, field, array, symbols, ret_n)) {
        free(symbols);
        return false;
    }
    *ret_symbols = symbols;
    return true;
}

bool form_currency(const struct form *form, const char *field, enum form_presence presence,
                   struct currency *ret_currency) {
    size_t len = 0;
    const char *text = string_get(form, field, presence, &len);
    if (!text)
        return false;
    if (currency_parse(text, len, ret_currency) == STATUS_OK)
        return true;
    field_refuse(form, field, "must be a currency code of three letters");
    return false;
}

bool form_date(const struct form *form, const char *field, enum form_presence presence, int32_t *ret_days) {
    size_t len = 0;
    const char *text = string_get(form, field, presence, &len);
    if (!text)
        return false;
    if (date_parse(text, len, ret_days) == STATUS_OK)
        return true;
    field_refuse(form, field, "must be a date as YYYY-MM-DD");
    return false;
}

bool form_timestamp(const struct form *form, const char *field, enum form_presence presence, int64_t *ret_ms) {
    size_t len = 0;
    const char *text = string_get(form, field, presence, &len);
    if (!text)
        return false;
    if (timestamp_parse(text, len, ret_ms) == STATUS_OK)
        return true;
    field_refuse(form, field, "must be a time as RFC 3339 has it");
    return false;
}

bool form_choice(const struct form *form, const char *field, const char *const *choices, const char **ret_choice) {
    size_t len = 0;
    const char *text = string_get(form, field, FORM_REQUIRED, &len);
    if (!text)
        return false;
    char list[160] = "";
    size_t list_len = 0;
    for (; *choices; choices++) {
        if (strlen(*choices) == len && memcmp(*choices, text, len) == 0) {
            *ret_choice = *choices;
            return true;
        }
        int n = snprintf(list + list_len, sizeof list - list_len, "%s%s", list_len ? ", " : "", *choices);
        if (n > 0 && (size_t)n < sizeof list - list_len)
            list_len += (size_t)n;
    }
    problem_add_field(form->problem, field, ERROR_INVALID_FIELD, "must be one of %s", list);
    return false;
}
