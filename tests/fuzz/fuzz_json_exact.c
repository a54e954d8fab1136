/* A tree that was read is written by hand, numbers by their texts, and reads
 * again as the same tree; a number's text obeys the grammar. */
#include "base/strbuf.h"
#include "fuzz.h"
#include "protocol/json_exact.h"

#include <string.h>

static void write_value(struct strbuf *out, const json_t *value, unsigned depth);

static void check_number(const char *text, size_t len) {
    FUZZ_CHECK(len > 0 && len == strlen(text));
    FUZZ_CHECK(strspn(text, "0123456789+-.eE") == len);
    FUZZ_CHECK(text[0] == '-' || (text[0] >= '0' && text[0] <= '9'));
    FUZZ_CHECK(text[len - 1] >= '0' && text[len - 1] <= '9');
}

static void write_array(struct strbuf *out, const json_t *array, unsigned depth) {
    strbuf_append_char(out, '[');
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (i)
            strbuf_append_char(out, ',');
        write_value(out, json_array_get(array, i), depth);
    }
    strbuf_append_char(out, ']');
}

static void write_object(struct strbuf *out, json_t *object, unsigned depth) {
    const char *key;
    json_t *value;
    bool is_first = true;
    strbuf_append_char(out, '{');
    json_object_foreach(object, key, value) {
        if (!is_first)
            strbuf_append_char(out, ',');
        is_first = false;
        strbuf_append_json_string(out, key, strlen(key));
        strbuf_append_char(out, ':');
        write_value(out, value, depth);
    }
    strbuf_append_char(out, '}');
}

static void write_value(struct strbuf *out, const json_t *value, unsigned depth) {
    size_t len;
    const char *text;
    FUZZ_CHECK(depth <= JSON_EXACT_DEPTH_MAX);
    FUZZ_CHECK(!(json_exact_is_number(value) && json_exact_is_string(value)));
    FUZZ_CHECK(!json_is_number(value));
    if ((text = json_exact_number(value, &len))) {
        check_number(text, len);
        strbuf_append(out, text, len);
    } else if ((text = json_exact_string(value, &len))) {
        FUZZ_CHECK(len == strlen(text));
        strbuf_append_json_string(out, text, len);
    } else if (json_is_array(value)) {
        write_array(out, value, depth + 1);
    } else if (json_is_object(value)) {
        write_object(out, json_incref((json_t *)(uintptr_t)value), depth + 1);
        json_decref((json_t *)(uintptr_t)value);
    } else {
        strbuf_append_text(out, json_is_true(value) ? "true" : json_is_false(value) ? "false" : "null");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    json_t *value = NULL, *again = NULL;
    char error[128] = "";
    struct strbuf out;
    if (json_exact_parse_request((const char *)data, size, &value, error, sizeof error) != STATUS_OK) {
        FUZZ_CHECK(value == NULL && error[0] != '\0');
        return 0;
    }
    strbuf_init(&out);
    write_value(&out, value, 0);
    FUZZ_CHECK(json_exact_parse_request(out.data, out.len, &again, error, sizeof error) == STATUS_OK);
    FUZZ_CHECK(json_equal(value, again));
    strbuf_fini(&out);
    json_decref(value);
    json_decref(again);
    return 0;
}
