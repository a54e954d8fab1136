/* Portfolios: their SQL and its rows. The version is the trigger's; refuses to
 * move a portfolio to another customer. Thread: W. */
#include "store/portfolios.h"

#include "store/customers.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS                                                                                                        \
    "portfolio_id, customer_id, portfolio_name, portfolio_type, base_currency, cash_balance, version, " SQL_US(        \
        "created_at") ", " SQL_US("updated_at") ", " SQL_ETAG("portfolio_id, customer_id, portfolio_name, "            \
                                                              "portfolio_type, "                                       \
                                                              "base_currency, cash_balance, version, created_at, "     \
                                                              "updated_at")

/* $4 to $9: the filters. */
#define LIST_BY(name, key, value, key_sql, compare, direction)                                                         \
    {                                                                                                                  \
        "portfolios.list_" name, DB_READ,                                                                              \
            "SELECT " COLUMNS ", " key " FROM portfolios WHERE ($4::uuid IS NULL OR customer_id = $4) "                \
            "AND ($5::text IS NULL OR portfolio_type = $5) AND ($6::text IS NULL OR base_currency = "                  \
            "$6::text::bpchar) "                                                                                       \
            "AND " SQL_BEGINS("portfolio_name", "$7") " AND " SQL_IN_SCOPE("customer_id", "$8", "$9")                  \
                SQL_LISTING(value, "portfolio_id", key_sql, compare, direction)                                        \
    }
#define LIST_BOTH_WAYS(name, key, value, key_sql)                                                                      \
    LIST_BY(name, key, value, key_sql, ">", "ASC"), LIST_BY(name "_down", key, value, key_sql, "<", "DESC")

/* In the order of enum portfolios_sort, each up and down. */
static const struct db_statement lists[] = {
    LIST_BOTH_WAYS("by_creation", SQL_US("created_at"), "created_at", SQL_LISTING_KEY_TIME),
    LIST_BOTH_WAYS("by_name", SQL_FOLDED("portfolio_name"), SQL_FOLDED("portfolio_name"), SQL_LISTING_KEY_TEXT),
};

enum { INSERT, GET, LIST_OF_CUSTOMER, LIST_RATES, FIND_CURRENCY, LIST_HELD, LOCK, UPDATE, COUNT_LOTS, DELETE };

static const struct db_statement statements[] = {
    [INSERT] = {"portfolios.insert", DB_WRITE,
                "INSERT INTO portfolios (customer_id, portfolio_name, portfolio_type, base_currency) "
                "VALUES ($1, $2, $3, coalesce($4, 'USD')) RETURNING " COLUMNS},
    [GET] = {"portfolios.get", DB_READ, "SELECT " COLUMNS " FROM portfolios WHERE portfolio_id = $1"},
    [LIST_OF_CUSTOMER] = {"portfolios.list_of_customer", DB_READ,
                          "SELECT " COLUMNS " FROM portfolios WHERE customer_id = $1 AND " SQL_PAGE(
                              "created_at", "portfolio_id", "$2", "$3", "$4")},
    [LIST_RATES] = {"portfolios.list_rates_of_customer", DB_READ,
                    "SELECT base_currency, exchange_rate_on(base_currency, $2, (now() AT TIME ZONE 'UTC')::date) FROM "
                    "(SELECT DISTINCT base_currency FROM portfolios WHERE customer_id = $1) AS p "
                    "WHERE base_currency <> $2::text"},
    [FIND_CURRENCY] = {"portfolios.find_currency", DB_READ,
                       "SELECT base_currency FROM portfolios p WHERE customer_id = $1 ORDER BY NOT EXISTS (SELECT FROM "
                       "investments i WHERE i.portfolio_id = p.portfolio_id), created_at, portfolio_id LIMIT 1"},
    [LIST_HELD] = {"portfolios.list_held", DB_READ,
                   "SELECT portfolio_id, base_currency, (SELECT min(purchase_date) FROM investments i "
                   "WHERE i.portfolio_id = p.portfolio_id) FROM portfolios p WHERE customer_id = $1 "
                   "ORDER BY created_at, portfolio_id LIMIT $2"},
    /* Against new lots too: their foreign key waits for this lock. */
    [LOCK] = {"portfolios.lock", DB_WRITE, "SELECT " COLUMNS " FROM portfolios WHERE portfolio_id = $1 FOR UPDATE"},
    [UPDATE] = {"portfolios.update", DB_WRITE,
                "UPDATE portfolios SET portfolio_name = $2, portfolio_type = $3, "
                "base_currency = coalesce($4, base_currency) WHERE portfolio_id = $1 "
                "AND (base_currency = coalesce($4, base_currency) OR NOT EXISTS "
                "(SELECT FROM investments i WHERE i.portfolio_id = $1 AND i.fx_rate IS NOT NULL)) RETURNING " COLUMNS},
    [COUNT_LOTS] = {"portfolios.count_lots", DB_READ, "SELECT count(*) FROM investments WHERE portfolio_id = $1"},
    [DELETE] = {"portfolios.delete", DB_WRITE, "DELETE FROM portfolios WHERE portfolio_id = $1"},
};

enum status portfolio_read(const struct db_rows *rows, size_t index, struct portfolio_row *ret_portfolio) {
    struct db_row row = db_rows_at(rows, index);
    struct portfolio_row portfolio = {0};
    portfolio.portfolio_id = db_row_uuid(&row);
    portfolio.customer_id = db_row_uuid(&row);
    portfolio.portfolio_name = db_row_text(&row);
    portfolio.portfolio_type = db_row_text(&row);
    portfolio.base_currency = db_row_text(&row);
    portfolio.cash_balance = db_row_amount(&row);
    portfolio.version = db_row_i64(&row);
    portfolio.created_us = db_row_i64(&row);
    portfolio.updated_us = db_row_i64(&row);
    portfolio.etag = db_row_text(&row);
    if (!row.failed)
        *ret_portfolio = portfolio;
    return db_row_status(&row);
}

static void id_args(struct db_args *args, const struct uuid *id) {
    db_args_init(args);
    db_args_uuid(args, id);
}

static void fields_add(struct db_args *args, const struct portfolio_fields *fields) {
    db_args_text(args, fields->portfolio_name);
    db_args_text(args, fields->portfolio_type);
    db_args_text(args, fields->base_currency);
}

enum status portfolios_insert(struct db *db, const struct portfolio_fields *fields, struct db_rows **ret_rows) {
    struct db_args args;
    id_args(&args, &fields->customer_id);
    fields_add(&args, fields);
    return entity_insert(db, &statements[INSERT], &args, ret_rows);
}

enum status portfolios_get(struct db *db, const struct uuid *portfolio_id, struct db_rows **ret_rows) {
    struct db_args args;
    id_args(&args, portfolio_id);
    return entity_get(db, &statements[GET], &args, ret_rows);
}

enum status portfolios_list(struct db *db, const struct listing *listing, const struct portfolios_filter *filter,
                            struct db_rows **ret_rows) {
    struct db_args args;
    db_args_init(&args);
    listing_add_args(&args, listing);
    db_args_optional_uuid(&args, filter->customer_id);
    db_args_text(&args, filter->portfolio_type);
    db_args_text(&args, filter->base_currency);
    db_args_text(&args, filter->portfolio_name);
    row_scope_add_args(&args, &filter->scope);
    return db_query(db, &lists[listing->order], &args, ret_rows);
}

enum status portfolios_list_of_customer(struct db *db, const struct uuid *customer_id, const struct page *page,
                                        struct db_rows **ret_rows) {
    struct db_args args;
    id_args(&args, customer_id);
    page_add_args(&args, page);
    struct db_rows *rows = NULL;
    enum status status = db_query(db, &statements[LIST_OF_CUSTOMER], &args, &rows);
    if (status != STATUS_OK)
        return status;
    if (db_rows_n(rows) == 0) {
        struct db_rows *customer = NULL;
        status = customers_get(db, customer_id, &customer);
        db_rows_destroy(&customer);
    }
    if (status == STATUS_OK)
        *ret_rows = rows;
    else
        db_rows_destroy(&rows);
    return status;
}

enum status portfolios_list_rates_of_customer(struct db *db, const struct uuid *customer_id, const char *currency,
                                              struct db_rows **ret_rows) {
    struct db_args args;
    id_args(&args, customer_id);
    db_args_text(&args, currency);
    return db_query(db, &statements[LIST_RATES], &args, ret_rows);
}

static struct currency currency_of(struct db_row *row) {
    struct currency currency = {""};
    const char *code = db_row_text(row);
    if (currency_parse(code, strlen(code), &currency) != STATUS_OK)
        row->failed = true;
    return currency;
}

enum status portfolios_currency_of_customer(struct db *db, const struct uuid *customer_id,
                                            struct currency *ret_currency) {
    struct db_args args;
    struct db_rows *rows = NULL;
    struct currency currency = {""};
    id_args(&args, customer_id);
    enum status status = db_query(db, &statements[FIND_CURRENCY], &args, &rows);
    if (status == STATUS_OK && db_rows_n(rows) > 0) {
        struct db_row row = db_rows_at(rows, 0);
        currency = currency_of(&row);
        status = db_row_status(&row);
    }
    db_rows_destroy(&rows);
    if (status == STATUS_OK)
        *ret_currency = currency;
    return status;
}

static enum status held_fill(const struct db_rows *rows, struct customer_portfolio **ret_portfolios, size_t *ret_n) {
    size_t n = db_rows_n(rows);
    if (n > PORTFOLIOS_OF_CUSTOMER_MAX)
        return STATUS_LIMIT;
    struct customer_portfolio *portfolios = calloc(n + 1, sizeof *portfolios);
    enum status status = portfolios ? STATUS_OK : STATUS_NO_MEMORY;
    for (size_t i = 0; status == STATUS_OK && i < n; i++) {
        struct db_row row = db_rows_at(rows, i);
        portfolios[i].portfolio_id = db_row_uuid(&row);
        portfolios[i].base_currency = currency_of(&row);
        portfolios[i].first_date = db_row_skip_null(&row) ? INT32_MAX : db_row_date(&row);
        status = db_row_status(&row);
    }
    if (status == STATUS_OK) {
        *ret_portfolios = portfolios;
        *ret_n = n;
    } else {
        free(portfolios);
    }
    return status;
}

enum status portfolios_held_by_customer(struct db *db, const struct uuid *customer_id,
                                        struct customer_portfolio **ret_portfolios, size_t *ret_n) {
    struct db_args args;
    struct db_rows *rows = NULL;
    id_args(&args, customer_id);
    db_args_i64(&args, PORTFOLIOS_OF_CUSTOMER_MAX + 1);
    enum status status = db_query(db, &statements[LIST_HELD], &args, &rows);
    if (status == STATUS_OK && db_rows_n(rows) == 0) {
        struct db_rows *customer = NULL;
        status = customers_get(db, customer_id, &customer);
        db_rows_destroy(&customer);
    }
    if (status == STATUS_OK)
        status = held_fill(rows, ret_portfolios, ret_n);
    db_rows_destroy(&rows);
    return status;
}

/* Of a row that is locked. Whose it is comes first: who may not see it is not told that a tag does not match. */
static enum status owner_judge(const struct db_rows *locked, const struct row_scope *scope,
                               const struct precondition *precondition) {
    struct portfolio_row portfolio = {0};
    enum status status = portfolio_read(locked, 0, &portfolio);
    if (status == STATUS_OK && !row_scope_writes(scope, &portfolio.customer_id))
        status = STATUS_NOT_FOUND;
    if (status == STATUS_OK && !precondition_holds(precondition, portfolio.etag))
        status = STATUS_PRECONDITION;
    return status;
}

struct change {
    const struct portfolio_fields *fields;
    const struct precondition *precondition;
};

/* The customer stays. */
static enum status change_check(const struct db_rows *locked, const void *context) {
    const struct change *change = context;
    const struct portfolio_fields *fields = change->fields;
    struct portfolio_row portfolio = {0};
    enum status status = owner_judge(locked, &fields->scope, change->precondition);
    if (status == STATUS_OK)
        status = portfolio_read(locked, 0, &portfolio);
    if (status == STATUS_OK && fields->has_customer_id && !uuid_equal(&fields->customer_id, &portfolio.customer_id))
        status = STATUS_INVALID;
    return status;
}

enum status portfolios_update(struct db *db, const struct uuid *portfolio_id, const struct precondition *precondition,
                              const struct portfolio_fields *fields, struct db_rows **ret_rows) {
    struct db_args args;
    id_args(&args, portfolio_id);
    fields_add(&args, fields);
    struct change change = {.fields = fields, .precondition = precondition};
    struct entity_update update = {.lock = &statements[LOCK],
                                   .update = &statements[UPDATE],
                                   .id = portfolio_id,
                                   .precondition = NULL,
                                   .args = &args,
                                   .check = change_check,
                                   .context = &change};
    enum status status = entity_update(db, &update, ret_rows);
    if (status != STATUS_NOT_FOUND)
        return status;
    struct db_rows *found = NULL;
    status = portfolios_get(db, portfolio_id, &found);
    if (status == STATUS_OK)
        status = change_check(found, &change);
    db_rows_destroy(&found);
    return status == STATUS_OK ? STATUS_HAS_DEPENDENTS : status;
}

static enum status deletion_run(struct db *db, void *context) {
    struct portfolio_deletion *deletion = context;
    struct db_rows *locked = NULL;
    enum status status = entity_lock(db, &statements[LOCK], deletion->portfolio_id, NULL, &locked);
    if (status == STATUS_OK)
        status = owner_judge(locked, &deletion->scope, deletion->precondition);
    db_rows_destroy(&locked);
    if (status != STATUS_OK)
        return status;
    struct db_args args;
    id_args(&args, deletion->portfolio_id);
    struct db_rows *rows = NULL;
    status = db_query(db, &statements[COUNT_LOTS], &args, &rows);
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    deletion->investments_n = db_row_i64(&row);
    status = db_row_status(&row);
    db_rows_destroy(&rows);
    if (status == STATUS_OK && deletion->investments_n > 0 && !deletion->is_cascade)
        status = STATUS_HAS_DEPENDENTS;
    return status == STATUS_OK ? db_query(db, &statements[DELETE], &args, NULL) : status;
}

enum status portfolios_delete(struct db *db, struct portfolio_deletion *deletion) {
    return db_transaction(db, deletion_run, deletion);
}
