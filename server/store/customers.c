/* Customers: their SQL and its rows. Refuses to delete what has portfolios
 * unless told to. Thread: W. */
#include "store/customers.h"

#define COLUMNS                                                                                                        \
    "customer_id, name, email, phone, address, " SQL_US("created_at") ", " SQL_US("updated_at") ", " SQL_ETAG(         \
        "customer_id, name, email, phone, address, created_at, updated_at")

enum { INSERT, GET, GET_BY_EMAIL, LIST, LOCK, UPDATE, COUNT_DEPENDENTS, DELETE_PORTFOLIOS, DELETE };

static const struct db_statement statements[] = {
    [INSERT] = {"customers.insert", DB_WRITE,
                "INSERT INTO customers (name, email, phone, address) VALUES ($1, $2, $3, $4) RETURNING " COLUMNS},
    [GET] = {"customers.get", DB_READ, "SELECT " COLUMNS " FROM customers WHERE customer_id = $1"},
    [GET_BY_EMAIL] = {"customers.get_by_email", DB_READ,
                      "SELECT " COLUMNS " FROM customers WHERE lower(email) = lower($1)"},
    [LIST] = {"customers.list", DB_READ,
              "SELECT " COLUMNS " FROM customers WHERE " SQL_PAGE("created_at", "customer_id", "$1", "$2", "$3")},
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

struct insertion {
    const struct customer_fields *fields;
    struct db_rows *rows;
};

/* In a transaction though it is one statement: a connection that is cut before
 * the COMMIT then leaves no doubt. */
static enum status insertion_run(struct db *db, void *context) {
    struct insertion *insertion = context;
    struct db_args args;
    db_rows_destroy(&insertion->rows);
    db_args_init(&args);
    fields_add(&args, insertion->fields);
    return entity_get(db, &statements[INSERT], &args, &insertion->rows);
}

enum status customers_insert(struct db *db, const struct customer_fields *fields, struct db_rows **ret_rows) {
    struct insertion insertion = {.fields = fields};
    enum status status = db_transaction(db, insertion_run, &insertion);
    if (status == STATUS_OK)
        *ret_rows = insertion.rows;
    else
        db_rows_destroy(&insertion.rows);
    return status;
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

enum status customers_list(struct db *db, const struct page *page, struct db_rows **ret_rows) {
    struct db_args args;
    db_args_init(&args);
    page_add_args(&args, page);
    return db_query(db, &statements[LIST], &args, ret_rows);
}

/* Locks the row and judges the precondition. */
static enum status customer_lock(struct db *db, const struct uuid *customer_id,
                                 const struct precondition *precondition) {
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, customer_id);
    struct db_rows *rows = NULL;
    enum status status = entity_get(db, &statements[LOCK], &args, &rows);
    if (status != STATUS_OK)
        return status;
    struct customer customer = {0};
    status = customer_read(rows, 0, &customer);
    if (status == STATUS_OK && !precondition_holds(precondition, customer.etag))
        status = STATUS_PRECONDITION;
    db_rows_destroy(&rows);
    return status;
}

struct update {
    const struct uuid *customer_id;
    const struct precondition *precondition;
    const struct customer_fields *fields;
    struct db_rows *rows;
};

static enum status update_run(struct db *db, void *context) {
    struct update *update = context;
    db_rows_destroy(&update->rows);
    enum status status = customer_lock(db, update->customer_id, update->precondition);
    if (status != STATUS_OK)
        return status;
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, update->customer_id);
    fields_add(&args, update->fields);
    return entity_get(db, &statements[UPDATE], &args, &update->rows);
}

enum status customers_update(struct db *db, const struct uuid *customer_id, const struct precondition *precondition,
                             const struct customer_fields *fields, struct db_rows **ret_rows) {
    struct update update = {.customer_id = customer_id, .precondition = precondition, .fields = fields};
    enum status status = db_transaction(db, update_run, &update);
    if (status == STATUS_OK)
        *ret_rows = update.rows;
    else
        db_rows_destroy(&update.rows);
    return status;
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
    enum status status = customer_lock(db, run->customer_id, run->precondition);
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
