/* Investments: their SQL and its rows. Refuses lots that would take a
 * position's quantity past its bound, and to move a lot to another portfolio.
 * Thread: W. */
#include "store/investments.h"

#include "domain/holdings_split.h"
#include "store/applied_splits.h"
#include "store/holdings.h"
#include "store/portfolios.h"

#include <stdlib.h>
#include <string.h>

#define STORED                                                                                                         \
    "i.investment_id, i.portfolio_id, i.ticker_symbol, i.quantity, i.purchase_price, i.fee, i.purchase_date, "         \
    "i.external_id, i.fx_rate, i.created_at, i.updated_at"
#define TIMES SQL_US("i.created_at") ", " SQL_US("i.updated_at")
#define CURRENCIES "p.base_currency, coalesce(a.currency, p.base_currency), " SQL_LOT_RATE
#define SPLITS SQL_APPLIED_SPLITS("i.ticker_symbol") " AS splits"
/* The ETag is the last one. */
#define COLUMNS                                                                                                        \
    "i.investment_id, i.portfolio_id, i.ticker_symbol, i.quantity, i.purchase_price, i.fee, i.purchase_date, " TIMES   \
    ", i.external_id, i.fx_rate, " CURRENCIES ", " SPLITS ", " SQL_ETAG(STORED)
#define FROM                                                                                                           \
    " FROM investments i JOIN portfolios p ON p.portfolio_id = i.portfolio_id "                                        \
    "JOIN assets a ON a.ticker_symbol = i.ticker_symbol "

/* $4 to $9: the filters. */
#define LIST_BY(name, key, value, key_sql, compare, direction)                                                         \
    {                                                                                                                  \
        "investments.list_" name, DB_READ,                                                                             \
            "SELECT " COLUMNS ", " key FROM "WHERE ($4::uuid IS NULL OR i.portfolio_id = $4) "                         \
            "AND ($5::text IS NULL OR i.ticker_symbol = $5) AND ($6::date IS NULL OR i.purchase_date >= $6) "          \
            "AND ($7::date IS NULL OR i.purchase_date <= $7) AND " SQL_IN_SCOPE("p.customer_id", "$8", "$9")           \
                SQL_LISTING(value, "i.investment_id", key_sql, compare, direction)                                     \
    }
#define LIST_BOTH_WAYS(name, key, value, key_sql)                                                                      \
    LIST_BY(name, key, value, key_sql, ">", "ASC"), LIST_BY(name "_down", key, value, key_sql, "<", "DESC")

/* In the order of enum investments_sort, each up and down. */
static const struct db_statement lists[] = {
    LIST_BOTH_WAYS("by_creation", SQL_US("i.created_at"), "i.created_at", SQL_LISTING_KEY_TIME),
    LIST_BOTH_WAYS("by_date", "i.purchase_date", "i.purchase_date", SQL_LISTING_KEY_DATE),
    LIST_BOTH_WAYS("by_symbol", "i.ticker_symbol", "i.ticker_symbol", SQL_LISTING_KEY_TEXT),
};

enum { INSERT, GET, LOCK_PORTFOLIO, LOCK, FITS, ADD_ASSET, NEEDS_RATE, UPDATE, DELETE };

static const struct db_statement statements[] = {
    [INSERT] = {"investments.insert", DB_WRITE,
                "INSERT INTO investments (portfolio_id, ticker_symbol, quantity, purchase_price, fee, purchase_date, "
                "external_id, fx_rate) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING investment_id"},
    [GET] = {"investments.get", DB_READ, "SELECT " COLUMNS FROM "WHERE i.investment_id = $1"},
    [LOCK_PORTFOLIO] = {"investments.lock_portfolio", DB_WRITE,
                        "SELECT 1 FROM portfolios WHERE portfolio_id = $1 AND " SQL_IN_SCOPE(
                            "customer_id", "$2", "$3") " FOR NO KEY UPDATE"},
    [LOCK] = {"investments.lock", DB_WRITE,
              "SELECT " COLUMNS FROM "WHERE i.investment_id = $1 AND i.portfolio_id = $2 FOR UPDATE OF i"},
    /* The other lots of the position and this one together. */
    [FITS] = {"investments.fits", DB_READ,
              "SELECT coalesce(sum(quantity), 0) + $3::numeric <= 90000000000 FROM investments "
              "WHERE portfolio_id = $1 AND ticker_symbol = $2 AND investment_id <> $4::uuid"},
    [ADD_ASSET] = {"investments.add_asset", DB_WRITE,
                   "INSERT INTO assets (ticker_symbol) VALUES ($1) ON CONFLICT (ticker_symbol) DO NOTHING"},
    [NEEDS_RATE] = {"investments.needs_rate", DB_READ,
                    "SELECT currency_major(a.currency) IS DISTINCT FROM p.base_currency::text "
                    "FROM assets a, portfolios p WHERE a.ticker_symbol = $2 AND p.portfolio_id = $1"},
    [UPDATE] = {"investments.update", DB_WRITE,
                "UPDATE investments SET ticker_symbol = $2, quantity = $3, purchase_price = $4, fee = $5, "
                "purchase_date = $6, external_id = coalesce($7, external_id), fx_rate = $8 WHERE investment_id = $1"},
    [DELETE] = {"investments.delete", DB_WRITE, "DELETE FROM investments WHERE investment_id = $1"},
};

enum status investment_read_splits(const struct db_rows *rows, size_t index, struct split **ret_splits, size_t *ret_n) {
    struct db_row row = db_rows_at_column(rows, index, "splits");
    *ret_splits = NULL;
    *ret_n = 0;
    if (row.failed)
        return STATUS_INTERNAL;
    return db_row_skip_null(&row) ? STATUS_OK : applied_splits_read(db_row_text(&row), ret_splits, ret_n);
}

/* What the splits since its purchase made of a lot. */
static enum status splits_apply(const struct db_rows *rows, size_t index, struct investment *lot) {
    struct split *splits = NULL;
    size_t n = 0;
    lot->current_quantity = lot->quantity;
    enum status status = investment_read_splits(rows, index, &splits, &n);
    if (status == STATUS_OK && n > 0)
        lot->current_quantity = lot_split(lot->quantity, lot->purchase_date, splits, n);
    free(splits);
    return status;
}

static int64_t optional_rate(struct db_row *row) {
    return db_row_skip_null(row) ? 0 : db_row_decimal(row);
}

enum status investment_read(const struct db_rows *rows, size_t index, struct investment *ret_investment) {
    struct db_row row = db_rows_at(rows, index);
    struct investment lot = {0};
    lot.investment_id = db_row_uuid(&row);
    lot.portfolio_id = db_row_uuid(&row);
    const char *symbol = db_row_text(&row);
    lot.quantity.e8 = db_row_decimal(&row);
    lot.purchase_price.e8 = db_row_decimal(&row);
    lot.fee.e8 = db_row_decimal(&row);
    lot.purchase_date = db_row_date(&row);
    lot.created_us = db_row_i64(&row);
    lot.updated_us = db_row_i64(&row);
    lot.external_id = db_row_optional_text(&row);
    lot.fx_rate.e8 = optional_rate(&row);
    const char *base_currency = db_row_text(&row), *currency = db_row_text(&row);
    lot.lot_rate.e8 = optional_rate(&row);
    (void)db_row_optional_text(&row); /* the splits, which splits_apply reads */
    lot.etag = db_row_text(&row);
    if (row.failed || symbol_parse(symbol, strlen(symbol), &lot.symbol) != STATUS_OK ||
        currency_parse(base_currency, strlen(base_currency), &lot.base_currency) != STATUS_OK ||
        currency_parse(currency, strlen(currency), &lot.currency) != STATUS_OK)
        return STATUS_INTERNAL;
    enum status status = splits_apply(rows, index, &lot);
    if (status == STATUS_OK)
        *ret_investment = lot;
    return status;
}

static void id_args(struct db_args *args, const struct uuid *id) {
    db_args_init(args);
    db_args_uuid(args, id);
}

enum status investments_get(struct db *db, const struct uuid *investment_id, struct db_rows **ret_rows) {
    struct db_args args;
    id_args(&args, investment_id);
    return entity_get(db, &statements[GET], &args, ret_rows);
}

enum status investments_list(struct db *db, const struct listing *listing, const struct investments_filter *filter,
                             struct db_rows **ret_rows) {
    struct db_args args;
    db_args_init(&args);
    listing_add_args(&args, listing);
    db_args_optional_uuid(&args, filter->portfolio_id);
    db_args_text(&args, filter->ticker_symbol);
    db_args_optional_date(&args, filter->has_from, filter->from);
    db_args_optional_date(&args, filter->has_to, filter->to);
    row_scope_add_args(&args, &filter->scope);
    return db_query(db, &lists[listing->order], &args, ret_rows);
}

/* --- writes --- */

struct lot_write {
    struct uuid investment_id; /* nil: a new one */
    struct uuid portfolio_id;
    const struct precondition *precondition;
    struct investment_fields *fields; /* not of a deletion */
    const struct row_scope *scope;    /* of the portfolio's customer; NULL: whosever it is */
    const struct uuid *stays_in;      /* the portfolio it has to be in; NULL: any */
    struct db_rows *rows;
};

/* What is not in the scope is not waited for either; what left it while it was waited for is not found. */
static enum status portfolio_lock(struct db *db, const struct uuid *portfolio_id, const struct row_scope *scope) {
    struct db_args args;
    id_args(&args, portfolio_id);
    row_scope_add_args(&args, scope);
    struct db_rows *rows = NULL;
    enum status status = entity_get(db, &statements[LOCK_PORTFOLIO], &args, &rows);
    db_rows_destroy(&rows);
    return status;
}

/* A rate that is not 1 makes no sense in the portfolio's own currency. */
static enum status rate_check(struct db *db, const struct lot_write *write) {
    struct investment_fields *fields = write->fields;
    if (fields->fx_rate.e8 == 0 || fields->fx_rate.e8 == DECIMAL_ONE)
        return STATUS_OK;
    struct db_args args;
    id_args(&args, &write->portfolio_id);
    db_args_text(&args, fields->symbol.text);
    struct db_rows *rows = NULL;
    enum status status = entity_get(db, &statements[NEEDS_RATE], &args, &rows);
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    fields->is_rate_refused = !db_row_bool(&row);
    db_rows_destroy(&rows);
    return fields->is_rate_refused ? STATUS_OUT_OF_RANGE : STATUS_OK;
}

/* Under the portfolio's lock: is there room in the position, is there an asset, may it have that rate? */
static enum status position_prepare(struct db *db, const struct lot_write *write) {
    struct investment_fields *fields = write->fields;
    fields->is_rate_refused = fields->is_quantity_refused = false;
    struct db_args args;
    id_args(&args, &write->portfolio_id);
    db_args_text(&args, fields->symbol.text);
    db_args_decimal(&args, fields->quantity.e8);
    db_args_uuid(&args, &write->investment_id);
    struct db_rows *rows = NULL;
    enum status status = db_query(db, &statements[FITS], &args, &rows);
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    fields->is_quantity_refused = !db_row_bool(&row);
    db_rows_destroy(&rows);
    db_args_init(&args);
    db_args_text(&args, fields->symbol.text);
    status = db_query(db, &statements[ADD_ASSET], &args, NULL);
    if (status == STATUS_OK)
        status = rate_check(db, write);
    return status == STATUS_OK && fields->is_quantity_refused ? STATUS_OUT_OF_RANGE : status;
}

static void fields_add(struct db_args *args, const struct investment_fields *fields) {
    db_args_text(args, fields->symbol.text);
    db_args_decimal(args, fields->quantity.e8);
    db_args_decimal(args, fields->purchase_price.e8);
    db_args_decimal(args, fields->fee.e8);
    db_args_date(args, fields->purchase_date);
    db_args_text(args, fields->external_id);
    if (fields->fx_rate.e8 > 0)
        db_args_decimal(args, fields->fx_rate.e8);
    else
        db_args_text(args, NULL);
}

static enum status insert_run(struct db *db, void *context) {
    struct lot_write *write = context;
    db_rows_destroy(&write->rows);
    enum status status = portfolio_lock(db, &write->portfolio_id, write->scope);
    if (status == STATUS_OK)
        status = position_prepare(db, write);
    if (status != STATUS_OK)
        return status;
    struct db_args args;
    id_args(&args, &write->portfolio_id);
    fields_add(&args, write->fields);
    struct db_rows *rows = NULL;
    status = entity_get(db, &statements[INSERT], &args, &rows);
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    struct uuid investment_id = db_row_uuid(&row);
    status = db_row_status(&row);
    db_rows_destroy(&rows);
    return status == STATUS_OK ? investments_get(db, &investment_id, &write->rows) : status;
}

enum status investments_insert(struct db *db, struct investment_fields *fields, struct db_rows **ret_rows) {
    struct lot_write write = {.portfolio_id = fields->portfolio_id, .fields = fields, .scope = &fields->scope};
    enum status status = db_transaction(db, insert_run, &write);
    if (status == STATUS_OK)
        *ret_rows = write.rows;
    else
        db_rows_destroy(&write.rows);
    return status;
}

/* Finds the lot's portfolio, locks it, then the lot; judges the precondition,
 * and that the portfolio stays. A lot that psql moved to another portfolio
 * meanwhile is not found. */
static enum status lot_lock(struct db *db, struct lot_write *write) {
    struct db_rows *rows = NULL;
    enum status status = investments_get(db, &write->investment_id, &rows);
    if (status != STATUS_OK)
        return status;
    struct investment lot;
    status = investment_read(rows, 0, &lot);
    db_rows_destroy(&rows);
    if (status != STATUS_OK)
        return status;
    write->portfolio_id = lot.portfolio_id;
    status = portfolio_lock(db, &lot.portfolio_id, write->scope);
    if (status != STATUS_OK)
        return status;
    struct db_args args;
    id_args(&args, &write->investment_id);
    db_args_uuid(&args, &lot.portfolio_id);
    status = entity_get(db, &statements[LOCK], &args, &rows);
    if (status != STATUS_OK)
        return status;
    status = investment_read(rows, 0, &lot);
    if (status == STATUS_OK && !precondition_holds(write->precondition, lot.etag))
        status = STATUS_PRECONDITION;
    db_rows_destroy(&rows);
    if (status == STATUS_OK && write->stays_in && !uuid_equal(write->stays_in, &write->portfolio_id))
        status = STATUS_INVALID;
    return status;
}

static enum status update_run(struct db *db, void *context) {
    struct lot_write *write = context;
    db_rows_destroy(&write->rows);
    enum status status = lot_lock(db, write);
    if (status == STATUS_OK)
        status = position_prepare(db, write);
    if (status != STATUS_OK)
        return status;
    struct db_args args;
    id_args(&args, &write->investment_id);
    fields_add(&args, write->fields);
    status = db_query(db, &statements[UPDATE], &args, NULL);
    return status == STATUS_OK ? investments_get(db, &write->investment_id, &write->rows) : status;
}

enum status investments_update(struct db *db, const struct uuid *investment_id, const struct precondition *precondition,
                               struct investment_fields *fields, struct db_rows **ret_rows) {
    struct lot_write write = {.investment_id = *investment_id,
                              .precondition = precondition,
                              .fields = fields,
                              .scope = &fields->scope,
                              .stays_in = fields->has_portfolio_id ? &fields->portfolio_id : NULL};
    enum status status = db_transaction(db, update_run, &write);
    if (status == STATUS_OK)
        *ret_rows = write.rows;
    else
        db_rows_destroy(&write.rows);
    return status;
}

static enum status deletion_run(struct db *db, void *context) {
    struct lot_write *write = context;
    enum status status = lot_lock(db, write);
    if (status != STATUS_OK)
        return status;
    struct db_args args;
    id_args(&args, &write->investment_id);
    return db_query(db, &statements[DELETE], &args, NULL);
}

enum status investments_delete(struct db *db, const struct uuid *investment_id, const struct precondition *precondition,
                               const struct row_scope *scope, struct uuid *ret_portfolio_id) {
    struct lot_write write = {.investment_id = *investment_id, .precondition = precondition, .scope = scope};
    enum status status = db_transaction(db, deletion_run, &write);
    if (status == STATUS_OK)
        *ret_portfolio_id = write.portfolio_id;
    return status;
}
