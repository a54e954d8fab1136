/* Measures the columns, then prints; each line of JSON goes out whole and at once.
 * Thread: main. */
#include "terminal/output.h"

#include "terminal/safe_text.h"
#include "terminal/summary.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define GREEN "\x1b[32m"
#define RED "\x1b[31m"
#define DIM "\x1b[2m"
#define PLAIN "\x1b[0m"

static enum status flush(FILE *out, struct strbuf *text) {
    enum status status = strbuf_status(text);
    if (status == STATUS_OK && (fwrite(text->data, 1, text->len, out) != text->len || fflush(out) != 0))
        status = STATUS_IO;
    int error = errno;
    strbuf_fini(text);
    errno = error;
    return status;
}

static const char *tone_start(int tone) {
    return tone > 0 ? GREEN : RED;
}

static void pad(struct strbuf *text, size_t n) {
    while (n-- > 0)
        strbuf_append_char(text, ' ');
}

struct printing {
    struct strbuf text, cell;
    size_t widths[TABLE_COLUMNS_N];
    bool has_color, is_utf8;
};

static void measure(struct printing *it, const struct table *table) {
    for (size_t c = 0; c < table->columns_n; c++) {
        enum table_column column = table->columns[c];
        it->widths[c] = strlen(table_heading(column));
        for (size_t r = 0; r < table->rows_n; r++) {
            strbuf_clear(&it->cell);
            table_cell(table, &table->rows[r], column, it->is_utf8, &it->cell);
            size_t width = safe_text_width(it->cell.data, it->cell.len);
            if (width > it->widths[c])
                it->widths[c] = width;
        }
    }
}

static void print_cell(struct printing *it, const struct table *table, size_t place, int tone) {
    enum table_column column = table->columns[place];
    size_t width = safe_text_width(it->cell.data, it->cell.len);
    size_t room = it->widths[place] > width ? it->widths[place] - width : 0;
    bool is_last = place + 1 == table->columns_n;
    if (table_is_number(column))
        pad(&it->text, room);
    if (tone != 0 && it->has_color)
        strbuf_append_text(&it->text, tone_start(tone));
    strbuf_append(&it->text, it->cell.data, it->cell.len);
    if (tone != 0 && it->has_color)
        strbuf_append_text(&it->text, PLAIN);
    if (!table_is_number(column) && !is_last)
        pad(&it->text, room);
    strbuf_append_text(&it->text, is_last ? "" : "  ");
}

static void print_rows(struct printing *it, const struct table *table) {
    for (size_t c = 0; c < table->columns_n; c++) {
        strbuf_clear(&it->cell);
        strbuf_append_text(&it->cell, table_heading(table->columns[c]));
        print_cell(it, table, c, 0);
    }
    strbuf_append_char(&it->text, '\n');
    for (size_t r = 0; r < table->rows_n; r++) {
        const struct table_row *row = &table->rows[r];
        for (size_t c = 0; c < table->columns_n; c++) {
            strbuf_clear(&it->cell);
            table_cell(table, row, table->columns[c], it->is_utf8, &it->cell);
            print_cell(it, table, c, table_tone(row, table->columns[c]));
        }
        while (it->text.len > 0 && it->text.data[it->text.len - 1] == ' ')
            it->text.len--; /* of cells that the row does not have */
        if (table_is_stale(row))
            strbuf_append_text(&it->text, it->has_color ? "  " DIM "stale" PLAIN : "  stale");
        strbuf_append_char(&it->text, '\n');
    }
}

static void print_head(struct printing *it, const struct table *table, const struct watch *watch) {
    struct summary_part parts[SUMMARY_PARTS_MAX];
    size_t parts_n = summary_parts(watch->document.data, table->is_exact, parts);
    summary_title(watch->document.data, it->is_utf8, &it->text);
    strbuf_printf(&it->text, "  %s  ", watch_status_name(watch->status));
    (void)safe_text_append(&it->text, watch->as_of, strlen(watch->as_of), sizeof watch->as_of, it->is_utf8);
    strbuf_append_char(&it->text, '\n');
    for (size_t i = 0; i < parts_n; i++) {
        bool is_colored = parts[i].tone != 0 && it->has_color;
        strbuf_printf(&it->text, "%s%s %s%s%s", i > 0 ? "  " : "", parts[i].heading,
                      is_colored ? tone_start(parts[i].tone) : "", parts[i].text, is_colored ? PLAIN : "");
    }
    strbuf_append_text(&it->text, parts_n > 0 ? "\n\n" : "\n");
}

enum status output_table(FILE *out, struct table *table, const struct watch *watch, bool has_color, bool is_utf8) {
    struct printing it = {.has_color = has_color, .is_utf8 = is_utf8};
    enum status status = table_build(table, watch->document.data);
    if (status != STATUS_OK)
        return status;
    print_head(&it, table, watch);
    if (!table->has_no_rows) {
        measure(&it, table);
        print_rows(&it, table);
    }
    strbuf_fini(&it.cell);
    return flush(out, &it.text);
}

/* --- lines of JSON --- */

static void append_member(struct strbuf *text, const char *name, const char *value) {
    if (!value)
        return;
    strbuf_printf(text, ",\"%s\":", name);
    document_write_text(text, value, strlen(value));
}

enum status output_state(FILE *out, const struct watch *watch) {
    struct strbuf text;
    strbuf_init(&text);
    strbuf_append_text(&text, "{\"type\":\"state\"");
    append_member(&text, "portfolio_id", watch->portfolio_id);
    append_member(&text, "cursor", watch->cursor);
    append_member(&text, "as_of", watch->as_of);
    append_member(&text, "status", watch_status_name(watch->status));
    strbuf_append_text(&text, ",\"data\":");
    document_write(&text, watch->document.data);
    strbuf_append_text(&text, "}\n");
    return flush(out, &text);
}

enum status output_status(FILE *out, const struct watch *watch, const char *code, const char *detail) {
    struct strbuf text;
    strbuf_init(&text);
    strbuf_append_text(&text, "{\"type\":\"status\"");
    append_member(&text, "portfolio_id", watch->portfolio_id);
    append_member(&text, "status", watch_status_name(watch->status));
    append_member(&text, "code", code);
    append_member(&text, "detail", detail);
    strbuf_append_text(&text, "}\n");
    return flush(out, &text);
}
