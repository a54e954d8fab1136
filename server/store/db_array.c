/* PostgreSQL's text form of arrays. Owns its text. Thread: any. */
#include "store/db_array.h"

void db_array_init(struct db_array *array) {
    strbuf_init(&array->text);
}

void db_array_fini(struct db_array *array) {
    strbuf_fini(&array->text);
}

void db_array_clear(struct db_array *array) {
    strbuf_clear(&array->text);
}

static struct strbuf *element(struct db_array *array) {
    strbuf_append_char(&array->text, array->text.len == 0 ? '{' : ',');
    return &array->text;
}

void db_array_null(struct db_array *array) {
    strbuf_append_text(element(array), "NULL");
}

/* Quoted, because an empty text, NULL and text with commas or braces mean something else bare. */
void db_array_text(struct db_array *array, const char *text) {
    if (!text) {
        db_array_null(array);
        return;
    }
    struct strbuf *out = element(array);
    strbuf_append_char(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            strbuf_append_char(out, '\\');
        strbuf_append_char(out, *text);
    }
    strbuf_append_char(out, '"');
}

void db_array_i64(struct db_array *array, int64_t value) {
    strbuf_append_i64(element(array), value);
}

void db_array_bool(struct db_array *array, bool value) {
    strbuf_append_text(element(array), value ? "true" : "false");
}

void db_array_decimal(struct db_array *array, int64_t e8) {
    strbuf_append_decimal(element(array), e8);
}

void db_array_amount(struct db_array *array, struct amount amount) {
    strbuf_append_amount(element(array), amount);
}

void db_array_date(struct db_array *array, int32_t days) {
    strbuf_append_date(element(array), days);
}

enum status db_array_finish(struct db_array *array, const char **ret_text) {
    size_t len = array->text.len;
    strbuf_append_text(&array->text, len == 0 ? "{}" : "}");
    enum status status = strbuf_status(&array->text);
    if (status != STATUS_OK)
        return status;
    *ret_text = strbuf_text(&array->text);
    return STATUS_OK;
}
