/* Customers: their SQL and its rows. Refuses to delete what has portfolios
 * unless told to. Thread: W. */
#include "store/customers.h"

#define COLUMNS                                                                                                        \
    "customer_id, name, email, phone, address, " SQL_US("created_at") ", " SQL_US("updated_at") ", " SQL_ETAG(         \
        "customer_id, name, email, phone, address, created_at, updated_at")

/* $4 to $7: the filters. */
#define LIST_BY(name, key, value, key_sql, compare, direction)                                                         \
    {                                                                                                                  \
        "customers.list_" name, DB_READ,                                                                               \
            "SELECT " COLUMNS ", " key " FROM customers WHERE " SQL_BEGINS("name", "$4") " AND " SQL_BEGINS(           \
                "email", "$5") " AND " SQL_IN_SCOPE("customer_id", "$6", "$7")                                         \
                SQL_LISTING(value, "customer_id", key_sql, compare, direction)                                         \
    }
#define LIST_BOTH_WAYS(name, key, value, key_sql)                                                                      \
    LIST_BY(name, key, value, key_sql, ">", "ASC"), LIST_BY(name "_down", key, value, key_sql, "<", "DESC")

/* In the order of enum customers_sort, each up and down. */
static const struct db_statement lists[] = {
    LIST_BOTH_WAYS("by_creation", SQL_US("created_at"), "created_at", SQL_LISTING_KEY_TIME),
    LIST_BOTH_WAYS("by_name", SQL_FOLDED("name"), SQL_FOLDED("name"), SQL_LISTING_KEY_TEXT),
    LIST_BOTH_WAYS("by_email", SQL_FOLDED("email"), SQL_FOLDED("email"), SQL_LISTING_KEY_TEXT),
};

enum { INSERT, GET, GET_BY_EMAIL, LOCK, UPDATE, COUNT_DEPENDENTS, DELETE_PORTFOLIOS, DELETE };

static const struct db_statement statements[] = {
    [INSERT] = {"customers.insert", DB_WRITE,
                "INSERT INTO customers (name, email, phone, address) VALUES ($1, $2, $3, $4) RETURNING " COLUMNS},
    [GET] = {"customers.get", DB_READ, "SELECT " COLUMNS " FROM customers WHERE customer_id = $1"},
    [GET_BY_EMAIL] = {"customers.get_by_email", DB_READ,
                      "SELECT " COLUMNS " FROM customers WHERE lower(email) = lower($1)"},
    /* Against new portfolios too: their foreign key waits for this lock. */
    [LOCK] = {"customers.lock", DB_WRITE, "SELECT " COLUMNS " FROM customers WHERE customer_id = $1 FOR UPDATE"},
    [UPDATE] = {"customers.update", DB_WRITE,
                "UPDATE customers SET name = $2, email = $3, phone = $4, address = $5 WHERE customer_id = $1 "
                "RETURNING " COLUMNS},
    [COUNT_DEPENDENTS] = {"customers.count_dependents", DB_READ,
                          "SELECT count(*), coalesce(sum((SELECT count(*) FROM investments i "
                          "WHERE i.portfolio_id = p.portfolio_id)), 0)::bigint "
                          "FROM portfolios p WHERE p.customer_id = $1"},
    [DELETE_PORTFOLIOS] = {"customers.delete_portfolios", DB_WRITE,
                           "DELETE FROM portfolios WHERE customer_id = $1 RETURNING portfolio_id"},
    [DELETE] = {"customers.delete", DB_WRITE, "DELETE FROM customers WHERE customer_id = $1"},
};

enum status customer_read(const struct db_rows *rows, size_t index, struct customer *ret_customer) {
    struct db_row row = db_rows_at(rows, index);
    struct customer customer = {0};
    customer.customer_id = db_row_uuid(&row);
    customer.name = db_row_text(&row);
    customer.email = db_row_text(&row);
    customer.phone = db_row_optional_text(&row);
    customer.address = db_row_optional_text(&row);
    customer.created_us = db_row_i64(&row);
    customer.updated_us = db_row_i64(&row);
    customer.etag = db_row_text(&row);
    if (!row.failed)
        *ret_customer = customer;
    return db_row_status(&row);
}

static void fields_add(struct db_args *args, const struct customer_fields *fields) {
    db_args_text(args, fields->name);
    db_args_text(args, fields->email);
    db_args_text(args, fields->phone);
    db_args_text(args, fields->address);
}

enum status customers_insert(struct db *db, const struct customer_fields *fields, struct db_rows **ret_rows) {
    struct db_args args;
    db_args_init(&args);
    fields_add(&args, fields);
    return entity_insert(db, &statements[INSERT], &args, ret_rows);
}

enum status customers_get(struct db *db, const struct uuid *customer_id, struct db_rows **ret_rows) {
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, customer_id);
    return entity_get(db, &statements[GET], &args, ret_rows);
}

enum status customers_get_by_email(struct db *db, const char *email, struct db_rows **ret_rows) {
    struct db_args args;
    db_args_init(&args);
    db_args_text(&args, email);
    return entity_get(db, &statements[GET_BY_EMAIL], &args, ret_rows);
}

enum status customers_list(struct db *db, const struct listing *listing, const struct customers_filter *filter,
                           struct db_rows **ret_rows) {
    struct db_args args;
    db_args_init(&args);
    listing_add_args(&args, listing);
    db_args_text(&args, filter->name);
    db_args_text(&args, filter->email);
    row_scope_add_args(&args, &filter->scope);
    return db_query(db, &lists[listing->order], &args, ret_rows);
}

enum status customers_update(struct db *db, const struct uuid *customer_id, const struct precondition *precondition,
                             const struct customer_fields *fields, struct db_rows **ret_rows) {
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, customer_id);
    fields_add(&args, fields);
    struct entity_update update = {.lock = &statements[LOCK],
                                   .update = &statements[UPDATE],
                                   .id = customer_id,
                                   .precondition = precondition,
                                   .args = &args};
    return entity_update(db, &update, ret_rows);
}

struct deletion_run {
    const struct uuid *customer_id;
    const struct precondition *precondition;
    bool is_cascade;
    struct customer_deletion found;
};

static enum status dependents_count(struct db *db, struct deletion_run *run, const struct db_args *args) {
    struct db_rows *rows = NULL;
    enum status status = db_query(db, &statements[COUNT_DEPENDENTS], args, &rows);
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    run->found.portfolios_n = db_row_i64(&row);
    run->found.investments_n = db_row_i64(&row);
    status = db_row_status(&row);
    db_rows_destroy(&rows);
    if (status == STATUS_OK && run->found.portfolios_n > 0 && !run->is_cascade)
        status = STATUS_HAS_DEPENDENTS;
    return status;
}

static enum status deletion_run(struct db *db, void *context) {
    struct deletion_run *run = context;
    db_rows_destroy(&run->found.portfolio_ids);
    struct db_rows *locked = NULL;
    enum status status = entity_lock(db, &statements[LOCK], run->customer_id, run->precondition, &locked);
    db_rows_destroy(&locked);
    if (status != STATUS_OK)
        return status;
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, run->customer_id);
    status = dependents_count(db, run, &args);
    if (status == STATUS_OK)
        status = db_query(db, &statements[DELETE_PORTFOLIOS], &args, &run->found.portfolio_ids);
    if (status == STATUS_OK)
        status = db_query(db, &statements[DELETE], &args, NULL);
    return status;
}

enum status customers_delete(struct db *db, const struct uuid *customer_id, const struct precondition *precondition,
                             bool is_cascade, struct customer_deletion *ret_deletion) {
    struct deletion_run run = {.customer_id = customer_id, .precondition = precondition, .is_cascade = is_cascade};
    enum status status = db_transaction(db, deletion_run, &run);
    if (status != STATUS_OK)
        db_rows_destroy(&run.found.portfolio_ids);
    if (status == STATUS_OK || status == STATUS_HAS_DEPENDENTS)
        *ret_deletion = run.found;
    return status;
}
