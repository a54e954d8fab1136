/* Columns and values of imported lots. Refuses columns that it does not know,
 * and of a row every value that is wrong. Thread: any; pure. */
#include "app/lot_csv.h"

#include "base/csv.h"
#include "base/map.h"
#include "base/timestamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum lot_column { SYMBOL, QUANTITY, PRICE, DATE, FEE, FX_RATE, EXTERNAL_ID, COLUMNS_N };

static const struct {
    const char *name;
    bool is_required;
} columns[COLUMNS_N] = {
    [SYMBOL] = {"ticker_symbol", true},     [QUANTITY] = {"quantity", true}, [PRICE] = {"purchase_price", true},
    [DATE] = {"purchase_date", true},       [FEE] = {"fee", false},          [FX_RATE] = {"fx_rate", false},
    [EXTERNAL_ID] = {"external_id", false},
};

struct reading {
    struct csv csv;
    int32_t last_date;
    size_t places[COLUMNS_N]; /* of a column in a record; SIZE_MAX: it is not there */
    size_t columns_n;
    size_t lots_capacity;
    struct lot_csv *out;
};

void lot_csv_add_error(struct lot_csv *csv, size_t row, const char *field, enum error_code code, const char *detail) {
    size_t at = csv->errors_n++;
    if (at >= LOT_CSV_ERRORS_MAX)
        return;
    struct lot_csv_error *error = &csv->errors[at];
    error->row = row;
    error->code = code;
    (void)snprintf(error->field, sizeof error->field, "%s", field);
    (void)snprintf(error->detail, sizeof error->detail, "%s", detail);
}

static void refuse(struct reading *reading, const char *field, const char *detail) {
    lot_csv_add_error(reading->out, reading->csv.row, field, ERROR_INVALID_FIELD, detail);
}

/* --- the header --- */

static char *field_trim(struct csv *csv, size_t at) {
    char *text = csv->fields[at];
    size_t len = csv->lens[at];
    while (len > 0 && strchr(" \t\r\n", text[len - 1]))
        text[--len] = '\0';
    return text + strspn(text, " \t\r\n");
}

static enum lot_column column_find(const char *name) {
    size_t column = 0;
    while (column < COLUMNS_N && strcasecmp(columns[column].name, name) != 0)
        column++;
    return (enum lot_column)column;
}

static void header_read(struct reading *reading) {
    struct csv *csv = &reading->csv;
    reading->columns_n = csv->fields_n;
    for (size_t i = 0; i < COLUMNS_N; i++)
        reading->places[i] = SIZE_MAX;
    for (size_t i = 0; i < csv->fields_n; i++) {
        const char *name = field_trim(csv, i);
        enum lot_column column = column_find(name);
        if (column == COLUMNS_N)
            refuse(reading, name,
                   "is no column of an import: those are ticker_symbol, quantity, purchase_price, "
                   "purchase_date, fee, fx_rate, external_id");
        else if (reading->places[column] != SIZE_MAX)
            refuse(reading, name, "is there twice");
        else
            reading->places[column] = i;
    }
    for (size_t i = 0; i < COLUMNS_N; i++) {
        if (columns[i].is_required && reading->places[i] == SIZE_MAX)
            lot_csv_add_error(reading->out, csv->row, columns[i].name, ERROR_MISSING_FIELD, "there is no such column");
    }
}

/* --- a row --- */

/* The value of a column; NULL when it is empty, which is an error where it is required. */
static const char *value_get(struct reading *reading, enum lot_column column) {
    size_t place = reading->places[column];
    const char *text = place == SIZE_MAX ? "" : field_trim(&reading->csv, place);
    if (*text)
        return text;
    if (columns[column].is_required)
        lot_csv_add_error(reading->out, reading->csv.row, columns[column].name, ERROR_MISSING_FIELD, "is required");
    return NULL;
}

static void decimal_read(struct reading *reading, enum lot_column column, bool is_positive, int64_t *ret_e8) {
    const char *text = value_get(reading, column), *reason = NULL;
    int64_t e8 = 0;
    if (!text)
        return;
    enum status status = decimal_parse(text, strlen(text), &e8);
    if (status == STATUS_OUT_OF_RANGE)
        reason = "must be at most 90000000000, with at most 8 decimals";
    else if (status != STATUS_OK)
        reason = "must be a decimal number without an exponent";
    else if (e8 < 0 || (is_positive && e8 == 0))
        reason = is_positive ? "must be greater than 0" : "must not be negative";
    if (reason)
        refuse(reading, columns[column].name, reason);
    else
        *ret_e8 = e8;
}

static void symbol_read(struct reading *reading, struct import_lot *lot) {
    const char *text = value_get(reading, SYMBOL);
    if (text && symbol_parse(text, strlen(text), &lot->symbol) != STATUS_OK)
        refuse(reading, columns[SYMBOL].name, "must be 1 to 32 of A-Z 0-9 . - _ : = ^ /");
}

static void date_read(struct reading *reading, struct import_lot *lot) {
    const char *text = value_get(reading, DATE);
    if (!text)
        return;
    if (date_parse(text, strlen(text), &lot->purchase_date) != STATUS_OK)
        refuse(reading, columns[DATE].name, "must be a date as YYYY-MM-DD");
    else if (lot->purchase_date > reading->last_date)
        refuse(reading, columns[DATE].name, "must not be after tomorrow (UTC)");
}

static bool is_external_id(const char *text) {
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            return false;
    }
    return len <= EXTERNAL_ID_MAX;
}

static void external_id_read(struct reading *reading, struct import_lot *lot) {
    lot->external_id = value_get(reading, EXTERNAL_ID);
    if (lot->external_id && !is_external_id(lot->external_id))
        refuse(reading, columns[EXTERNAL_ID].name, "must have at most 128 bytes and no control characters");
}

static void lot_read(struct reading *reading, struct import_lot *lot) {
    size_t errors_n = reading->out->errors_n;
    symbol_read(reading, lot);
    decimal_read(reading, QUANTITY, true, &lot->quantity.e8);
    decimal_read(reading, PRICE, false, &lot->purchase_price.e8);
    date_read(reading, lot);
    decimal_read(reading, FEE, false, &lot->fee.e8);
    decimal_read(reading, FX_RATE, true, &lot->fx_rate_e8);
    external_id_read(reading, lot);
    if (reading->out->errors_n > errors_n)
        lot->outcome = IMPORT_WRONG;
}

static struct import_lot *lot_add(struct reading *reading) {
    struct lot_csv *out = reading->out;
    if (out->lots_n == reading->lots_capacity) {
        size_t capacity = reading->lots_capacity ? reading->lots_capacity * 2 : 256;
        struct import_lot *lots = realloc(out->lots, capacity * sizeof *lots);
        if (!lots)
            return NULL;
        out->lots = lots;
        reading->lots_capacity = capacity;
    }
    struct import_lot *lot = &out->lots[out->lots_n++];
    *lot = (struct import_lot){.row = reading->csv.row};
    return lot;
}

static enum status rows_read(struct reading *reading) {
    for (;;) {
        enum status status = csv_next(&reading->csv);
        if (status == STATUS_NOT_FOUND)
            return STATUS_OK;
        if (reading->out->lots_n == LOT_CSV_ROWS_MAX) {
            refuse(reading, "row", "is one row too many: an import takes 50000");
            reading->out->is_unfit = true;
            return STATUS_OK;
        }
        struct import_lot *lot = lot_add(reading);
        if (!lot)
            return STATUS_NO_MEMORY;
        if (status != STATUS_OK)
            refuse(reading, "row", reading->csv.reason);
        else if (reading->csv.fields_n != reading->columns_n)
            refuse(reading, "row", "has another number of fields than the header");
        else {
            lot_read(reading, lot);
            continue;
        }
        lot->outcome = IMPORT_WRONG;
    }
}

/* --- the same external_id twice --- */

static bool lot_is_equal(const struct import_lot *a, const struct import_lot *b) {
    return symbol_equal(&a->symbol, &b->symbol) && a->quantity.e8 == b->quantity.e8 &&
           a->purchase_price.e8 == b->purchase_price.e8 && a->fee.e8 == b->fee.e8 &&
           a->purchase_date == b->purchase_date && a->fx_rate_e8 == b->fx_rate_e8;
}

static enum status twins_find(struct lot_csv *csv) {
    struct map seen;
    enum status status = STATUS_OK;
    map_init(&seen);
    for (size_t i = 0; i < csv->lots_n && status == STATUS_OK; i++) {
        struct import_lot *lot = &csv->lots[i];
        if (!lot->external_id || lot->outcome == IMPORT_WRONG)
            continue;
        size_t len = strlen(lot->external_id);
        struct import_lot *first = map_get(&seen, lot->external_id, len);
        if (!first) {
            status = map_put(&seen, lot->external_id, len, lot, NULL);
        } else if (lot_is_equal(first, lot)) {
            lot->same_as = first;
            lot->outcome = IMPORT_DUPLICATE;
        } else {
            char detail[64];
            (void)snprintf(detail, sizeof detail, "is that of row %zu, which says something else", first->row);
            lot_csv_add_error(csv, lot->row, columns[EXTERNAL_ID].name, ERROR_CONFLICT, detail);
            lot->outcome = IMPORT_WRONG;
        }
    }
    map_fini(&seen);
    return status;
}

enum status lot_csv_read(char *text, size_t len, int32_t last_date, struct lot_csv *ret_csv) {
    struct lot_csv out = {.errors = calloc(LOT_CSV_ERRORS_MAX, sizeof(struct lot_csv_error))};
    struct reading reading = {.last_date = last_date, .out = &out};
    if (!out.errors)
        return STATUS_NO_MEMORY;
    csv_init(&reading.csv, text, len);
    enum status status = csv_next(&reading.csv);
    if (status == STATUS_OK)
        header_read(&reading);
    else
        lot_csv_add_error(&out, 1, "row", ERROR_INVALID_FIELD,
                          status == STATUS_NOT_FOUND ? "there is no header" : reading.csv.reason);
    out.is_unfit = out.errors_n > 0;
    status = out.is_unfit ? STATUS_OK : rows_read(&reading);
    if (status == STATUS_OK)
        status = twins_find(&out);
    if (status == STATUS_OK)
        *ret_csv = out;
    else
        lot_csv_fini(&out);
    return status;
}

void lot_csv_fini(struct lot_csv *csv) {
    free(csv->lots);
    free(csv->errors);
    *csv = (struct lot_csv){0};
}
