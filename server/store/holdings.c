/* Loading of holdings: one statement, so that portfolio, lots and versions are
 * of one moment (order rule 3). Refuses rows that break the constraints.
 * Thread: W. */
#include "store/holdings.h"

#include "base/strbuf.h"
#include "domain/holdings_split.h"
#include "store/applied_splits.h"
#include "store/entity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOAD, LOAD_VERSIONS, LOAD_CUSTOMERS };

#define SQL_VERSION SQL_US("p.created_at") ", p.version"

static const struct db_statement statements[] = {
    /* A row a lot, with its position and the portfolio; a row without a lot for
     * a ticker no longer held, without a ticker for an empty portfolio. The
     * trigger sees to it that every lot has its position_versions row, so a left
     * join would do; but a full join is only ever hashed or merged, whatever the
     * planner still believes of a portfolio that had no lots a moment ago. */
    [LOAD] =
        {"holdings.load", DB_READ,
         "SELECT p.customer_id, p.portfolio_name, p.base_currency, p.cash_balance, " SQL_VERSION
         ", p.currencies_version, "
         "i.ticker_symbol, i.version, a.currency, i.quantity, i.purchase_price, i.fee, i.purchase_date, " SQL_LOT_RATE
         ", " SQL_APPLIED_SPLITS(
             "i.ticker_symbol") " AS splits FROM portfolios p LEFT JOIN "
                                "((SELECT ticker_symbol, version FROM position_versions WHERE portfolio_id = $1) v "
                                "FULL JOIN "
                                "(SELECT ticker_symbol, quantity, purchase_price, fee, purchase_date, fx_rate, "
                                "investment_id "
                                "FROM investments WHERE portfolio_id = $1) l USING (ticker_symbol)) i ON true "
                                "LEFT JOIN assets a ON a.ticker_symbol = i.ticker_symbol "
                                "WHERE p.portfolio_id = $1 ORDER BY i.ticker_symbol, i.purchase_date, i.investment_id"},
    [LOAD_VERSIONS] = {"holdings.load_versions", DB_READ,
                       "SELECT " SQL_VERSION " FROM unnest($1::uuid[]) WITH ORDINALITY AS t (id, place) "
                       "LEFT JOIN portfolios p ON p.portfolio_id = t.id ORDER BY t.place"},
    [LOAD_CUSTOMERS] = {"holdings.load_customers", DB_READ,
                        "SELECT p.customer_id, " SQL_VERSION
                        " FROM unnest($1::uuid[]) WITH ORDINALITY AS t (id, place) "
                        "LEFT JOIN portfolios p ON p.portfolio_id = t.id ORDER BY t.place"},
};

static struct holdings_version version_read(struct db_row *row) {
    struct holdings_version version = {.created_us = db_row_i64(row)};
    int64_t number = db_row_i64(row);
    row->failed |= number < 1;
    version.version = (uint64_t)number;
    return version;
}

static enum status lot_read(struct db_row *row, struct holdings_lot *ret_lot, struct price *ret_fx_rate) {
    struct quantity quantity = {db_row_decimal(row)};
    struct price purchase_price = {db_row_decimal(row)};
    struct amount fee = {db_row_decimal(row)};
    int32_t purchase_date = db_row_date(row);
    struct price fx_rate = {0};
    if (!db_row_skip_null(row))
        fx_rate.e8 = db_row_decimal(row);
    if (row->failed || quantity.e8 <= 0)
        return STATUS_INTERNAL;
    struct amount cost_basis;
    enum status status = amount_add(amount_product(quantity, purchase_price), fee, &cost_basis);
    if (status != STATUS_OK)
        return status;
    *ret_lot = (struct holdings_lot){.quantity = quantity, .cost_basis = cost_basis, .purchase_date = purchase_date};
    *ret_fx_rate = fx_rate;
    return STATUS_OK;
}

/* The columns of the portfolio; leaves `row` at the ticker. */
static enum status portfolio_part_read(struct db_row *row, struct holdings *holdings) {
    struct uuid customer_id = db_row_uuid(row);
    const char *name = db_row_text(row);
    const char *currency = db_row_text(row);
    holdings->customer_id = customer_id;
    holdings->cash_balance = db_row_amount(row);
    struct holdings_version version = version_read(row);
    holdings->created_us = version.created_us;
    holdings->version = version.version;
    holdings->currencies_version = (uint64_t)db_row_i64(row);
    if (row->failed || strlen(name) >= sizeof holdings->name ||
        currency_parse(currency, strlen(currency), &holdings->base_currency) != STATUS_OK)
        return STATUS_INTERNAL;
    (void)snprintf(holdings->name, sizeof holdings->name, "%s", name);
    return STATUS_OK;
}

/* Adds what a row says of a position and a lot. */
static enum status holdings_add_row(struct holdings *holdings, struct db_row *row) {
    if (db_row_skip_null(row))
        return STATUS_OK; /* nothing was ever held */
    const char *text = db_row_text(row);
    struct symbol symbol;
    if (symbol_parse(text, strlen(text), &symbol) != STATUS_OK)
        return STATUS_INTERNAL;
    int64_t version = db_row_i64(row);
    struct currency currency = {""};
    if (!db_row_skip_null(row)) {
        const char *code = db_row_text(row);
        if (currency_parse(code, strlen(code), &currency) != STATUS_OK)
            return STATUS_INTERNAL;
    }
    bool is_new =
        holdings->positions_n == 0 || !symbol_equal(&holdings->positions[holdings->positions_n - 1].symbol, &symbol);
    if (is_new)
        holdings->positions[holdings->positions_n++] = (struct holdings_position){
            .symbol = symbol, .currency = currency, .version = (uint64_t)version, .lots_first = holdings->lots_n};
    if (db_row_skip_null(row))
        return db_row_status(row); /* no longer held */
    enum status status = lot_read(row, &holdings->lots[holdings->lots_n], &holdings->fx_rates[holdings->lots_n]);
    if (status != STATUS_OK)
        return status;
    holdings->lots_n++;
    holdings->positions[holdings->positions_n - 1].lots_n++;
    return STATUS_OK;
}

static enum status holdings_build(const struct db_rows *rows, struct holdings *holdings) {
    size_t n = db_rows_n(rows);
    holdings->positions = calloc(n, sizeof *holdings->positions);
    holdings->lots = calloc(n, sizeof *holdings->lots);
    holdings->fx_rates = calloc(n, sizeof *holdings->fx_rates);
    if (!holdings->positions || !holdings->lots || !holdings->fx_rates)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        struct db_row row = db_rows_at(rows, i);
        enum status status = portfolio_part_read(&row, holdings);
        if (status == STATUS_OK)
            status = holdings_add_row(holdings, &row);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* --- splits --- */

/* The splits of the positions that have any, from the first row of each. */
static enum status splits_read(const struct db_rows *rows, const struct holdings *holdings, struct position_splits *of,
                               size_t *ret_n) {
    size_t n = 0, position = 0;
    for (size_t i = 0; i < db_rows_n(rows); i++) {
        struct db_row at_ticker = db_rows_at_column(rows, i, "ticker_symbol");
        struct db_row at_splits = db_rows_at_column(rows, i, "splits");
        const char *ticker = db_row_optional_text(&at_ticker);
        if (at_ticker.failed || at_splits.failed)
            return STATUS_INTERNAL;
        if (i > 0 && strcmp(ticker, holdings->positions[position].symbol.text) != 0)
            position++;
        else if (i > 0)
            continue;
        if (!ticker || holdings->positions[position].lots_n == 0 || db_row_skip_null(&at_splits))
            continue;
        struct split *splits = NULL;
        enum status status = applied_splits_read(db_row_text(&at_splits), &splits, &of[n].splits_n);
        if (status != STATUS_OK)
            return status;
        of[n].position = position;
        of[n++].splits = splits;
        *ret_n = n;
    }
    return STATUS_OK;
}

static enum status splits_apply(const struct db_rows *rows, struct holdings *holdings) {
    struct position_splits *of = calloc(holdings->positions_n + 1, sizeof *of);
    size_t n = 0;
    enum status status = of ? splits_read(rows, holdings, of, &n) : STATUS_NO_MEMORY;
    if (status == STATUS_OK && n > 0)
        status = holdings_split(holdings, of, n);
    for (size_t i = 0; of && i < n; i++)
        free((void *)(uintptr_t)of[i].splits);
    free(of);
    return status;
}

enum status holdings_load(struct db *db, const struct uuid *portfolio_id, struct holdings **ret_holdings) {
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, portfolio_id);
    struct db_rows *rows = NULL;
    enum status status = entity_get(db, &statements[LOAD], &args, &rows);
    if (status != STATUS_OK)
        return status;
    struct holdings *holdings = calloc(1, sizeof *holdings);
    if (holdings) {
        holdings->portfolio_id = *portfolio_id;
        status = holdings_build(rows, holdings);
        if (status == STATUS_OK)
            status = splits_apply(rows, holdings);
    } else {
        status = STATUS_NO_MEMORY;
    }
    db_rows_destroy(&rows);
    if (status == STATUS_OK)
        *ret_holdings = holdings;
    else
        holdings_destroy(&holdings);
    return status;
}

/* Rows of a statement whose only argument is an array of ids, one a row. */
static enum status ids_query(struct db *db, const struct db_statement *statement, const struct uuid *ids, size_t n,
                             struct db_rows **ret_rows) {
    struct strbuf array;
    strbuf_init(&array);
    for (size_t i = 0; i < n; i++) {
        char text[UUID_TEXT_LEN + 1];
        uuid_write(text, &ids[i]);
        strbuf_append_char(&array, i == 0 ? '{' : ',');
        strbuf_append(&array, text, UUID_TEXT_LEN);
    }
    strbuf_append_char(&array, '}');
    struct db_args args;
    db_args_init(&args);
    db_args_text(&args, strbuf_text(&array));
    enum status status = strbuf_status(&array);
    struct db_rows *rows = NULL;
    if (status == STATUS_OK)
        status = db_query(db, statement, &args, &rows);
    strbuf_fini(&array);
    if (status != STATUS_OK)
        return status;
    if (db_rows_n(rows) != n) {
        db_rows_destroy(&rows);
        return STATUS_INTERNAL;
    }
    *ret_rows = rows;
    return STATUS_OK;
}

enum status holdings_load_versions(struct db *db, const struct uuid *ids, size_t n,
                                   struct holdings_version *ret_versions) {
    if (n == 0)
        return STATUS_OK;
    struct db_rows *rows = NULL;
    enum status status = ids_query(db, &statements[LOAD_VERSIONS], ids, n, &rows);
    for (size_t i = 0; i < n && status == STATUS_OK; i++) {
        struct db_row row = db_rows_at(rows, i);
        struct holdings_version version = {.version = 0};
        if (!db_row_skip_null(&row))
            version = version_read(&row);
        status = db_row_status(&row);
        ret_versions[i] = version;
    }
    db_rows_destroy(&rows);
    return status;
}

enum status holdings_load_customers(struct db *db, const struct uuid *ids, size_t n,
                                    struct portfolio_customer *ret_customers) {
    if (n == 0)
        return STATUS_OK;
    struct db_rows *rows = NULL;
    enum status status = ids_query(db, &statements[LOAD_CUSTOMERS], ids, n, &rows);
    for (size_t i = 0; i < n && status == STATUS_OK; i++) {
        struct db_row row = db_rows_at(rows, i);
        struct portfolio_customer customer = {.version = {.version = 0}};
        if (!db_row_skip_null(&row)) {
            customer.customer_id = db_row_uuid(&row);
            customer.version = version_read(&row);
        }
        status = db_row_status(&row);
        ret_customers[i] = customer;
    }
    db_rows_destroy(&rows);
    return status;
}
