/* Sorts by exact numbers, those in the portfolio's currency where a row has them:
 * 100 yen are not more than 90 dollars. Thread: one; pure. */
#include "terminal/table.h"

#include "terminal/document.h"
#include "terminal/number.h"
#include "terminal/safe_text.h"

#include <stdlib.h>
#include <string.h>

#define CELL_COLUMNS_MAX 40

enum kind { KIND_TEXT, KIND_QUANTITY, KIND_PRICE, KIND_MONEY, KIND_CHANGE, KIND_PERCENT, KIND_TIME };

static const struct column {
    const char *name, *heading;
    enum kind kind;
    const char *member, *base_member;
} columns[TABLE_COLUMNS_N] = {
#define X(id, name, heading, kind, member, base_member) {name, heading, KIND_##kind, member, base_member},
    TABLE_COLUMNS(X)
#undef X
};

void table_init(struct table *table) {
    static const enum table_column usual[] = {
        TABLE_SYMBOL, TABLE_QUANTITY,     TABLE_PRICE, TABLE_CURRENCY,    TABLE_AVERAGE_COST, TABLE_VALUE,
        TABLE_GAIN,   TABLE_GAIN_PERCENT, TABLE_DAY,   TABLE_DAY_PERCENT, TABLE_AS_OF,
    };
    *table = (struct table){.sort = TABLE_VALUE, .is_descending = true};
    memcpy(table->columns, usual, sizeof usual);
    table->columns_n = sizeof usual / sizeof usual[0];
}

void table_fini(struct table *table) {
    free(table->rows);
    table->rows = NULL;
    table->rows_n = table->capacity = 0;
}

static enum status find(const char *name, size_t len, enum table_column *ret_column) {
    for (size_t i = 0; i < TABLE_COLUMNS_N; i++)
        if (strlen(columns[i].name) == len && memcmp(columns[i].name, name, len) == 0) {
            *ret_column = (enum table_column)i;
            return STATUS_OK;
        }
    return STATUS_NOT_FOUND;
}

enum status table_choose(struct table *table, const char *names) {
    enum table_column chosen[TABLE_COLUMNS_N];
    bool is_chosen[TABLE_COLUMNS_N] = {false};
    size_t n = 0;
    for (const char *at = names;; at++) {
        size_t len = strcspn(at, ",");
        enum table_column column = TABLE_SYMBOL;
        enum status status = find(at, len, &column);
        if (status != STATUS_OK)
            return len == 0 ? STATUS_INVALID : status;
        if (is_chosen[column])
            return STATUS_INVALID;
        is_chosen[column] = true;
        chosen[n++] = column;
        at += len;
        if (*at == '\0')
            break;
    }
    memcpy(table->columns, chosen, n * sizeof chosen[0]);
    table->columns_n = n;
    return STATUS_OK;
}

enum status table_sort_by(struct table *table, const char *name) {
    size_t len = strcspn(name, ":");
    enum table_column column = TABLE_SYMBOL;
    enum status status = find(name, len, &column);
    if (status != STATUS_OK)
        return status;
    const char *direction = name[len] == ':' ? name + len + 1 : table_is_number(column) ? "desc" : "asc";
    if (strcmp(direction, "desc") != 0 && strcmp(direction, "asc") != 0)
        return STATUS_INVALID;
    table->sort = column;
    table->is_descending = direction[0] == 'd';
    return STATUS_OK;
}

const char *table_heading(enum table_column column) {
    return columns[column].heading;
}

const char *table_name(enum table_column column) {
    return columns[column].name;
}

bool table_is_number(enum table_column column) {
    return columns[column].kind != KIND_TEXT && columns[column].kind != KIND_TIME;
}

/* --- rows --- */

static bool passes(const struct table *table, const char *ticker) {
    if (table->has_no_rows)
        return false;
    return !table->filter[0] || strcasestr(ticker, table->filter) != NULL;
}

static enum status rows_reserve(struct table *table, size_t n) {
    if (n <= table->capacity)
        return STATUS_OK;
    struct table_row *rows = realloc(table->rows, n * sizeof *rows);
    if (!rows)
        return STATUS_NO_MEMORY;
    table->rows = rows;
    table->capacity = n;
    return STATUS_OK;
}

static const char *sort_text(const struct table_row *row, enum table_column column) {
    return document_string(row->position, columns[column].member);
}

static const char *sort_number(const struct table_row *row, enum table_column column) {
    const char *base = columns[column].base_member ? document_number(row->position, columns[column].base_member) : NULL;
    return base ? base : document_number(row->position, columns[column].member);
}

/* What a row lacks is last, whichever way the others stand. */
static int compare_rows(const void *left, const void *right, void *context) {
    const struct table *table = context;
    const struct table_row *a = left, *b = right;
    if (table->sort == TABLE_SYMBOL)
        return strcmp(a->ticker, b->ticker) * (table->is_descending ? -1 : 1);
    bool is_number = table_is_number(table->sort);
    const char *x = is_number ? sort_number(a, table->sort) : sort_text(a, table->sort);
    const char *y = is_number ? sort_number(b, table->sort) : sort_text(b, table->sort);
    int compared = (x == NULL) - (y == NULL);
    if (x && y)
        compared = (is_number ? number_compare(x, y) : strcmp(x, y)) * (table->is_descending ? -1 : 1);
    return compared != 0 ? compared : strcmp(a->ticker, b->ticker);
}

enum status table_build(struct table *table, const json_t *data) {
    json_t *positions = json_object_get(data, "positions"), *position;
    const char *ticker;
    table->rows_n = 0;
    table->positions_n = json_object_size(positions);
    enum status status = rows_reserve(table, table->positions_n);
    if (status != STATUS_OK)
        return status;
    json_object_foreach(positions, ticker, position) {
        if (passes(table, ticker))
            table->rows[table->rows_n++] = (struct table_row){ticker, position};
    }
    if (table->rows_n > 1)
        qsort_r(table->rows, table->rows_n, sizeof table->rows[0], compare_rows, table);
    return STATUS_OK;
}

/* --- cells --- */

static void show_number(struct strbuf *out, const char *text, int least, int most, const char *unit) {
    char shown[NUMBER_SHOWN_MAX];
    strbuf_append(out, shown, number_show(shown, text, least, most));
    strbuf_append_text(out, unit);
}

/* The time of day, or the date of another day; in UTC like everything of the stream. */
static void show_time(const struct table *table, struct strbuf *out, const char *text, bool is_utf8) {
    char canonical[TIMESTAMP_TEXT_LEN + 1];
    int64_t ms = 0;
    if (timestamp_parse(text, strlen(text), &ms) != STATUS_OK) {
        (void)safe_text_append(out, text, strlen(text), CELL_COLUMNS_MAX, is_utf8);
        return;
    }
    timestamp_write(canonical, ms);
    if (!table->today[0] || memcmp(canonical, table->today, DATE_TEXT_LEN) == 0)
        strbuf_append(out, canonical + DATE_TEXT_LEN + 1, 8);
    else
        strbuf_append(out, canonical, DATE_TEXT_LEN);
}

void table_cell(const struct table *table, const struct table_row *row, enum table_column column, bool is_utf8,
                struct strbuf *out) {
    const struct column *it = &columns[column];
    const char *text = column == TABLE_SYMBOL    ? row->ticker
                       : table_is_number(column) ? document_number(row->position, it->member)
                                                 : document_string(row->position, it->member);
    if (!text)
        return;
    switch (it->kind) {
    case KIND_TEXT:
        (void)safe_text_append(out, text, strlen(text), CELL_COLUMNS_MAX, is_utf8);
        break;
    case KIND_TIME:
        show_time(table, out, text, is_utf8);
        break;
    case KIND_QUANTITY:
        show_number(out, text, 0, NUMBER_EXACT, "");
        break;
    case KIND_PRICE: /* what costs less than 1 keeps its digits: there may be no others */
        show_number(out, text, 2, table->is_exact || *text == '0' ? NUMBER_EXACT : 4, "");
        break;
    case KIND_MONEY:
    case KIND_CHANGE:
        show_number(out, text, 2, table->is_exact ? NUMBER_EXACT : 2, "");
        break;
    case KIND_PERCENT:
        show_number(out, text, 2, table->is_exact ? NUMBER_EXACT : 2, "%");
        break;
    }
}

int table_tone(const struct table_row *row, enum table_column column) {
    enum kind kind = columns[column].kind;
    if (kind != KIND_CHANGE && kind != KIND_PERCENT)
        return 0;
    return number_sign(document_number(row->position, columns[column].member));
}

bool table_is_stale(const struct table_row *row) {
    return json_is_true(json_object_get(row->position, "stale"));
}
