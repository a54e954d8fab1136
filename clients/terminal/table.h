/* The positions of a document as rows: which columns, in which order, which rows a
 * filter leaves, and the text of each cell. Rows point into the document: build
 * again after it has changed. Thread: one; pure. */
#ifndef PF_TERMINAL_TABLE_H
#define PF_TERMINAL_TABLE_H

#include "base/status.h"
#include "base/strbuf.h"
#include "base/timestamp.h"

#include <jansson.h>
#include <stdbool.h>

/* X(ID, "name for options", "HEADING", kind, "member", "member in the portfolio's currency") */
/* clang-format off */
#define TABLE_COLUMNS(X) \
    X(SYMBOL, "symbol", "SYMBOL", TEXT, "ticker_symbol", NULL) \
    X(QUANTITY, "quantity", "QUANTITY", QUANTITY, "quantity", NULL) \
    X(PRICE, "price", "PRICE", PRICE, "current_price", NULL) \
    X(CURRENCY, "currency", "CUR", TEXT, "currency", NULL) \
    X(AVERAGE_COST, "average_cost", "AVG COST", PRICE, "average_cost", NULL) \
    X(COST, "cost", "COST", MONEY, "cost_basis", "cost_basis_base") \
    X(VALUE, "value", "VALUE", MONEY, "current_value", "current_value_base") \
    X(GAIN, "gain", "GAIN", CHANGE, "gain_loss", "gain_loss_base") \
    X(GAIN_PERCENT, "gain_percent", "GAIN%", PERCENT, "gain_loss_percent", "gain_loss_percent_base") \
    X(DAY, "day", "DAY", CHANGE, "day_change", "day_change_base") \
    X(DAY_PERCENT, "day_percent", "DAY%", PERCENT, "day_change_percent", "day_change_percent_base") \
    X(AS_OF, "as_of", "AS OF", TIME, "price_as_of", NULL) \
    X(PREVIOUS_CLOSE, "previous_close", "PREV", PRICE, "previous_close", NULL) \
    X(FX_RATE, "fx_rate", "FX", PRICE, "fx_rate", NULL) \
    X(COST_BASE, "cost_base", "COST BASE", MONEY, "cost_basis_base", "cost_basis_base") \
    X(VALUE_BASE, "value_base", "VALUE BASE", MONEY, "current_value_base", "current_value_base") \
    X(GAIN_BASE, "gain_base", "GAIN BASE", CHANGE, "gain_loss_base", "gain_loss_base") \
    X(DAY_BASE, "day_base", "DAY BASE", CHANGE, "day_change_base", "day_change_base")
/* clang-format on */

enum table_column {
#define X(id, name, heading, kind, member, base_member) TABLE_##id,
    TABLE_COLUMNS(X)
#undef X
        TABLE_COLUMNS_N
};

#define TABLE_FILTER_MAX 32

struct table_row {
    const char *ticker; /* borrowed from the document, like the position */
    const json_t *position;
};

struct table {
    struct table_row *rows;
    size_t rows_n, capacity;
    size_t positions_n; /* also those that the filter hides */
    enum table_column columns[TABLE_COLUMNS_N];
    size_t columns_n;
    enum table_column sort;
    bool is_descending;
    bool has_no_rows;                  /* of the positions nothing is wanted but whether they are stale */
    bool is_exact;                     /* all digits, also of amounts */
    char filter[TABLE_FILTER_MAX + 1]; /* part of a ticker, in any case; "": all */
    char today[DATE_TEXT_LEN + 1];     /* prices of other days show their date; "": none does */
};

void table_init(struct table *table);
void table_fini(struct table *table);
/* "price,value": NOT_FOUND for another name, INVALID for none or one twice. Then nothing has changed. */
PF_MUST_CHECK enum status table_choose(struct table *table, const char *names);
/* "value", "value:desc", "symbol:asc". Without a direction: texts up, numbers down. */
PF_MUST_CHECK enum status table_sort_by(struct table *table, const char *name);
/* data: NULL, or a state document. The rows of the one before are gone. */
PF_MUST_CHECK enum status table_build(struct table *table, const json_t *data);

const char *table_heading(enum table_column column);
const char *table_name(enum table_column column);
bool table_is_number(enum table_column column); /* stands at the right of its column */
/* The cell's text, fit for a terminal; "" when the row does not have it. */
void table_cell(const struct table *table, const struct table_row *row, enum table_column column, bool is_utf8,
                struct strbuf *out);
/* -1 or 1: a loss or a gain, to be coloured; 0: neither. */
int table_tone(const struct table_row *row, enum table_column column);
bool table_is_stale(const struct table_row *row);

#endif
