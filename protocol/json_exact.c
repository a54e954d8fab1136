/* JSON with exact numbers: one pass rewrites each number as a marked string and
 * jansson reads the result. U+0001 marks: a number is "\u0001#<text>"; a string
 * that the peer began with U+0001 gets "\u0001s" in front, so that no string
 * can pose as a number. Keys stay as they are. The pass checks the numbers'
 * grammar and the depth; everything else of JSON is jansson's to check.
 * Thread: any; pure; fuzzed. */
#include "protocol/json_exact.h"

#include "base/strbuf.h"

#include <stdio.h>
#include <string.h>

#define MARK "\\u0001" /* as a peer has to write it: JSON allows no raw control character */
#define MARK_CHARACTER '\x01'
#define NUMBER_LETTER '#'
#define STRING_LETTER 's'
#define MARK_LEN 2 /* of the mark and its letter in jansson's string */

struct rewriter {
    const char *text;
    size_t len, at;
    size_t depth;
    size_t commas_n; /* each is followed by another value */
    size_t values_max;
    const char *problem; /* what is wrong at `at`, or NULL */
    struct strbuf out;
};

static char peek(const struct rewriter *in, size_t at) {
    return at < in->len ? in->text[at] : '\0';
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Is the token that ends at `at` a key? A colon follows nothing else. */
static bool is_key(const struct rewriter *in, size_t at) {
    char c = peek(in, at);
    while (c == ' ' || c == '\t' || c == '\n' || c == '\r')
        c = peek(in, ++at);
    return c == ':';
}

static size_t skip_digits(const struct rewriter *in, size_t at) {
    while (is_digit(peek(in, at)))
        at++;
    return at;
}

/* The end of the longest number of the JSON grammar at `at`; `at` if none. */
static size_t number_end(const struct rewriter *in, size_t at) {
    size_t first = peek(in, at) == '-' ? at + 1 : at;
    size_t end = peek(in, first) == '0' ? first + 1 : skip_digits(in, first);
    if (end == first)
        return at;
    if (peek(in, end) == '.' && is_digit(peek(in, end + 1)))
        end = skip_digits(in, end + 1);
    if (peek(in, end) == 'e' || peek(in, end) == 'E') {
        size_t exponent = end + 1;
        if (peek(in, exponent) == '+' || peek(in, exponent) == '-')
            exponent++;
        if (is_digit(peek(in, exponent)))
            end = skip_digits(in, exponent);
    }
    return end;
}

static bool continues_number(char c) {
    return is_digit(c) || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
}

static void rewrite_number(struct rewriter *in) {
    size_t end = number_end(in, in->at);
    if (end == in->at || continues_number(peek(in, end))) {
        in->problem = "not a number of the JSON grammar";
        return;
    }
    if (is_key(in, end)) {
        in->problem = "a key must be a string";
        return;
    }
    STRBUF_LITERAL(&in->out, "\"" MARK);
    strbuf_append_char(&in->out, NUMBER_LETTER);
    strbuf_append(&in->out, in->text + in->at, end - in->at);
    strbuf_append_char(&in->out, '"');
    in->at = end;
}

/* Where the string that begins at `at` ends, its quote included. One that is
 * not closed reaches to the end of the text; jansson refuses it. */
static size_t string_end(const struct rewriter *in, size_t at) {
    for (at++; at < in->len; at++) {
        if (in->text[at] == '"')
            return at + 1;
        if (in->text[at] == '\\')
            at++;
    }
    return in->len;
}

static void rewrite_string(struct rewriter *in) {
    size_t end = string_end(in, in->at), first = in->at + 1;
    bool is_marked = end - first >= sizeof MARK - 1 && memcmp(in->text + first, MARK, sizeof MARK - 1) == 0;
    strbuf_append_char(&in->out, '"');
    if (is_marked && !is_key(in, end)) {
        STRBUF_LITERAL(&in->out, MARK);
        strbuf_append_char(&in->out, STRING_LETTER);
    }
    strbuf_append(&in->out, in->text + first, end - first);
    in->at = end;
}

static void rewrite_other(struct rewriter *in, char c) {
    if (c == '[' || c == '{') {
        if (in->depth == JSON_EXACT_DEPTH_MAX) {
            in->problem = "nested too deep";
            return;
        }
        in->depth++;
    } else if ((c == ']' || c == '}') && in->depth > 0) {
        in->depth--;
    } else if (c == ',' && ++in->commas_n >= in->values_max) {
        in->problem = "too many values";
        return;
    }
    strbuf_append_char(&in->out, c);
    in->at++;
}

/* Until the text ends, something is wrong, or `out_limit` bytes are written. */
static void rewrite(struct rewriter *in, size_t out_limit) {
    while (in->at < in->len && !in->problem && !in->out.failed && in->out.len < out_limit) {
        char c = in->text[in->at];
        if (c == '"')
            rewrite_string(in);
        else if (c == '-' || is_digit(c))
            rewrite_number(in);
        else
            rewrite_other(in, c);
    }
}

/* Texts of our own: jansson's would quote the marks. */
static const char *reason_text(enum json_error_code code) {
    switch (code) {
    case json_error_premature_end_of_input:
        return "the text ends too early";
    case json_error_end_of_input_expected:
        return "something follows the value";
    case json_error_invalid_utf8:
        return "not UTF-8";
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return "a NUL in a string";
    case json_error_duplicate_key:
        return "a key occurs twice in an object";
    default:
        return "not JSON";
    }
}

static void report(char *error, size_t error_len, size_t offset, const char *reason) {
    (void)snprintf(error, error_len, "near byte %zu: %s", offset, reason);
}

/* Which byte of the peer's text jansson was at: the pass again, up to there. */
static size_t original_offset(const char *text, size_t len, size_t rewritten_offset) {
    struct rewriter in = {.text = text, .len = len, .values_max = SIZE_MAX};
    rewrite(&in, rewritten_offset);
    strbuf_fini(&in.out);
    return in.at;
}

static enum status parse(const char *text, size_t len, size_t values_max, json_t **ret_value, char *error,
                         size_t error_len) {
    struct rewriter in = {.text = text, .len = len, .values_max = values_max};
    rewrite(&in, SIZE_MAX);
    if (in.out.failed) {
        strbuf_fini(&in.out);
        return STATUS_NO_MEMORY;
    }
    if (in.problem) {
        report(error, error_len, in.at, in.problem);
        strbuf_fini(&in.out);
        return STATUS_INVALID;
    }
    json_error_t problem;
    json_t *value =
        json_loadb(in.out.len ? in.out.data : "", in.out.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &problem);
    strbuf_fini(&in.out);
    if (!value && json_error_code(&problem) == json_error_out_of_memory)
        return STATUS_NO_MEMORY;
    if (!value) {
        size_t at = problem.position > 0 ? (size_t)problem.position : 0;
        report(error, error_len, original_offset(text, len, at), reason_text(json_error_code(&problem)));
        return STATUS_INVALID;
    }
    *ret_value = value;
    return STATUS_OK;
}

enum status json_exact_parse(const char *text, size_t len, json_t **ret_value, char *error, size_t error_len) {
    return parse(text, len, SIZE_MAX, ret_value, error, error_len);
}

enum status json_exact_parse_request(const char *text, size_t len, json_t **ret_value, char *error, size_t error_len) {
    return parse(text, len, JSON_EXACT_VALUES_MAX, ret_value, error, error_len);
}

static bool has_mark(const json_t *value, char letter) {
    if (!json_is_string(value) || json_string_length(value) < MARK_LEN)
        return false;
    const char *text = json_string_value(value);
    return text[0] == MARK_CHARACTER && text[1] == letter;
}

bool json_exact_is_number(const json_t *value) {
    return has_mark(value, NUMBER_LETTER);
}

bool json_exact_is_string(const json_t *value) {
    return json_is_string(value) && !json_exact_is_number(value);
}

const char *json_exact_number(const json_t *value, size_t *ret_len) {
    if (!json_exact_is_number(value))
        return NULL;
    *ret_len = json_string_length(value) - MARK_LEN;
    return json_string_value(value) + MARK_LEN;
}

const char *json_exact_string(const json_t *value, size_t *ret_len) {
    if (!json_exact_is_string(value))
        return NULL;
    size_t skip = has_mark(value, STRING_LETTER) ? MARK_LEN : 0;
    *ret_len = json_string_length(value) - skip;
    return json_string_value(value) + skip;
}
