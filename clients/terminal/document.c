/* Merges patches into the tree in place. Recursion goes as deep as the parser lets
 * a frame be (JSON_EXACT_DEPTH_MAX). Thread: one; pure. */
#include "terminal/document.h"

#include "base/utf8.h"
#include "protocol/json_exact.h"
#include "terminal/safe_text.h"

#include <string.h>

/* What a member costs beside its text. */
#define VALUE_BYTES 16

void document_init(struct document *document) {
    *document = (struct document){0};
}

void document_clear(struct document *document) {
    json_decref(document->data);
    document_init(document);
}

void document_fini(struct document *document) {
    document_clear(document);
}

static size_t measure(const json_t *value) { /* NOLINT(misc-no-recursion): as deep as the parser allows */
    size_t bytes = VALUE_BYTES + (json_is_string(value) ? json_string_length(value) : 0);
    const char *key;
    json_t *member;
    size_t i;
    if (json_is_object(value))
        json_object_foreach((json_t *)(uintptr_t)value, key, member) bytes += strlen(key) + measure(member);
    else
        json_array_foreach(value, i, member) bytes += measure(member);
    return bytes;
}

enum status document_replace(struct document *document, json_t *data) {
    if (!json_is_object(data))
        return STATUS_INVALID;
    if (measure(data) > DOCUMENT_BYTES_MAX)
        return STATUS_LIMIT;
    document_clear(document);
    document->data = json_incref(data);
    return STATUS_OK;
}

/* target and patch are objects. Objects of the patch are never put into the
 * document themselves: a later patch would change both. */
static enum status merge(json_t *target, const json_t *patch) { /* NOLINT(misc-no-recursion): likewise */
    const char *key;
    json_t *change;
    json_object_foreach((json_t *)(uintptr_t)patch, key, change) {
        if (json_is_null(change)) {
            (void)json_object_del(target, key);
            continue;
        }
        if (!json_is_object(change)) {
            if (json_object_set(target, key, change) != 0)
                return STATUS_NO_MEMORY;
            continue;
        }
        json_t *member = json_object_get(target, key);
        if (!json_is_object(member)) {
            member = json_object();
            if (!member || json_object_set_new(target, key, member) != 0)
                return STATUS_NO_MEMORY;
        }
        enum status status = merge(member, change);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

enum status document_patch(struct document *document, const json_t *patch, size_t patch_bytes) {
    if (!document->data || !json_is_object(patch))
        return STATUS_INVALID;
    enum status status = merge(document->data, patch);
    if (status != STATUS_OK)
        return status;
    /* Most patches replace what is there: measured only now and then. */
    document->patched_bytes += patch_bytes;
    if (document->patched_bytes <= DOCUMENT_BYTES_MAX)
        return STATUS_OK;
    document->patched_bytes = 0;
    return measure(document->data) > DOCUMENT_BYTES_MAX ? STATUS_LIMIT : STATUS_OK;
}

/* How many bytes stand in a JSON string as they are: most of most texts. */
static size_t plain_run(const char *bytes, size_t len) {
    size_t n = 0;
    while (n < len && bytes[n] >= ' ' && bytes[n] < 0x7f && bytes[n] != '"' && bytes[n] != '\\')
        n++;
    return n;
}

void document_write_text(struct strbuf *out, const char *bytes, size_t len) {
    strbuf_append_char(out, '"');
    for (size_t at = 0; at < len;) {
        size_t run = plain_run(bytes + at, len - at);
        strbuf_append(out, bytes + at, run);
        at += run;
        if (at == len)
            break;
        char escaped[JSON_ESCAPE_MAX];
        size_t taken = utf8_character_len(bytes + at, len - at);
        uint32_t character = taken ? safe_text_character(bytes + at, taken) : 0;
        if (taken > 1 && !safe_text_is_harmless(character)) {
            /* All of these are below U+10000, or stand there as the two halves of a pair. */
            if (character >= 0x10000)
                strbuf_printf(out, "\\u%04x\\u%04x", 0xd7c0 + (character >> 10), 0xdc00 + (character & 0x3ff));
            else
                strbuf_printf(out, "\\u%04x", character);
        } else {
            strbuf_append(out, escaped, utf8_escape_json(escaped, bytes + at, len - at, &taken));
        }
        at += taken;
    }
    strbuf_append_char(out, '"');
}

static void write_object(struct strbuf *out, const json_t *value) { /* NOLINT(misc-no-recursion): likewise */
    const char *key, *comma = "";
    json_t *member;
    strbuf_append_char(out, '{');
    json_object_foreach((json_t *)(uintptr_t)value, key, member) {
        strbuf_append_text(out, comma);
        document_write_text(out, key, strlen(key));
        strbuf_append_char(out, ':');
        document_write(out, member);
        comma = ",";
    }
    strbuf_append_char(out, '}');
}

static void write_array(struct strbuf *out, const json_t *value) { /* NOLINT(misc-no-recursion): likewise */
    json_t *element;
    size_t i;
    strbuf_append_char(out, '[');
    json_array_foreach(value, i, element) {
        if (i > 0)
            strbuf_append_char(out, ',');
        document_write(out, element);
    }
    strbuf_append_char(out, ']');
}

void document_write(struct strbuf *out, const json_t *value) { /* NOLINT(misc-no-recursion): likewise */
    size_t len = 0;
    const char *text = json_exact_number(value, &len);
    if (text)
        strbuf_append(out, text, len);
    else if ((text = json_exact_string(value, &len)))
        document_write_text(out, text, len);
    else if (json_is_object(value))
        write_object(out, value);
    else if (json_is_array(value))
        write_array(out, value);
    else
        strbuf_append_text(out, json_is_true(value) ? "true" : json_is_false(value) ? "false" : "null");
}

const char *document_string(const json_t *object, const char *name) {
    size_t len = 0;
    return json_exact_string(json_object_get(object, name), &len);
}

const char *document_number(const json_t *object, const char *name) {
    size_t len = 0;
    return json_exact_number(json_object_get(object, name), &len);
}
