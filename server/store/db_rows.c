/* Typed parameters and rows. Refuses nothing silently: a value of the wrong
 * form marks its row as failed. Thread: W, and L for reading rows. */
#include "store/db_rows.h"

#include "base/timestamp.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct db_rows {
    PGresult *result;
};

void db_args_init(struct db_args *args) {
    args->n = 0;
}

/* The scratch text of the next parameter; NULL when there are too many. */
static char *args_next(struct db_args *args) {
    size_t at = args->n++;
    if (at >= DB_ARGS_MAX)
        return NULL;
    args->values[at] = args->texts[at];
    return args->texts[at];
}

void db_args_text(struct db_args *args, const char *text) {
    if (args_next(args))
        args->values[args->n - 1] = text && *text ? text : NULL;
}

void db_args_i64(struct db_args *args, int64_t value) {
    char *out = args_next(args);
    if (out)
        (void)snprintf(out, DECIMAL_TEXT_MAX, "%" PRId64, value);
}

void db_args_decimal(struct db_args *args, int64_t e8) {
    char *out = args_next(args);
    if (out)
        out[decimal_write(out, e8)] = '\0';
}

void db_args_amount(struct db_args *args, struct amount amount) {
    char *out = args_next(args);
    if (out)
        out[amount_write(out, amount)] = '\0';
}

void db_args_uuid(struct db_args *args, const struct uuid *uuid) {
    char *out = args_next(args);
    if (out)
        uuid_write(out, uuid);
}

void db_args_optional_uuid(struct db_args *args, const struct uuid *uuid) {
    if (uuid)
        db_args_uuid(args, uuid);
    else
        db_args_text(args, NULL);
}

void db_args_date(struct db_args *args, int32_t days) {
    char *out = args_next(args);
    if (out)
        date_write(out, days);
}

void db_args_optional_date(struct db_args *args, bool is_given, int32_t days) {
    if (is_given)
        db_args_date(args, days);
    else
        db_args_text(args, NULL);
}

enum status db_rows_create(PGresult *result, struct db_rows **ret_rows) {
    struct db_rows *rows = malloc(sizeof *rows);
    if (!rows) {
        PQclear(result);
        return STATUS_NO_MEMORY;
    }
    rows->result = result;
    *ret_rows = rows;
    return STATUS_OK;
}

void db_rows_destroy(struct db_rows **rows) {
    if (!*rows)
        return;
    PQclear((*rows)->result);
    free(*rows);
    *rows = NULL;
}

size_t db_rows_n(const struct db_rows *rows) {
    return (size_t)PQntuples(rows->result);
}

struct db_row db_rows_at(const struct db_rows *rows, size_t index) {
    return (struct db_row){.rows = rows, .index = index};
}

const char *db_rows_last_text(const struct db_rows *rows, size_t index) {
    return PQgetvalue(rows->result, (int)index, PQnfields(rows->result) - 1);
}

struct db_row db_rows_at_column(const struct db_rows *rows, size_t index, const char *name) {
    int column = PQfnumber(rows->result, name);
    return (struct db_row){.rows = rows, .index = index, .column = column, .failed = column < 0};
}

bool db_row_skip_null(struct db_row *row) {
    bool is_null = PQgetisnull(row->rows->result, (int)row->index, row->column) == 1;
    if (is_null)
        row->column++;
    return is_null;
}

/* libpq gives NULL for a row or column that is not there. */
static const char *column_next(struct db_row *row, size_t *ret_len) {
    const PGresult *result = row->rows->result;
    int column = row->column++;
    const char *text = PQgetvalue(result, (int)row->index, column);
    if (!text) {
        row->failed = true;
        *ret_len = 0;
        return "";
    }
    *ret_len = (size_t)PQgetlength(result, (int)row->index, column);
    return text;
}

const char *db_row_text(struct db_row *row) {
    size_t len;
    return column_next(row, &len);
}

const unsigned char *db_row_bytes(struct db_row *row, size_t *ret_len) {
    return (const unsigned char *)column_next(row, ret_len);
}

const char *db_row_optional_text(struct db_row *row) {
    return db_row_skip_null(row) ? NULL : db_row_text(row);
}

int64_t db_row_i64(struct db_row *row) {
    size_t len;
    const char *text = column_next(row, &len);
    char *end = NULL;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0') {
        row->failed = true;
        return 0;
    }
    return (int64_t)value;
}

int64_t db_row_decimal(struct db_row *row) {
    size_t len;
    const char *text = column_next(row, &len);
    int64_t e8 = 0;
    if (decimal_parse(text, len, &e8) != STATUS_OK)
        row->failed = true;
    return e8;
}

struct amount db_row_amount(struct db_row *row) {
    size_t len;
    const char *text = column_next(row, &len);
    struct amount amount = {0};
    if (amount_parse(text, len, &amount) != STATUS_OK)
        row->failed = true;
    return amount;
}

struct uuid db_row_uuid(struct db_row *row) {
    size_t len;
    const char *text = column_next(row, &len);
    struct uuid uuid = {{0}};
    if (uuid_parse(text, len, &uuid) != STATUS_OK)
        row->failed = true;
    return uuid;
}

int32_t db_row_date(struct db_row *row) {
    size_t len;
    const char *text = column_next(row, &len);
    int32_t days = 0;
    if (date_parse(text, len, &days) != STATUS_OK)
        row->failed = true;
    return days;
}

bool db_row_bool(struct db_row *row) {
    return *db_row_text(row) == 't';
}

enum status db_row_status(const struct db_row *row) {
    return row->failed ? STATUS_INTERNAL : STATUS_OK;
}
