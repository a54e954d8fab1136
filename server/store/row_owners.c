/* Owners of rows: their SQL. Refuses nothing. Thread: W. */
#include "store/row_owners.h"

#include "store/entity.h"

enum { OF_EMAIL, OF_PORTFOLIO, OF_INVESTMENT };

static const struct db_statement statements[] = {
    [OF_EMAIL] = {"row_owners.of_email", DB_READ, "SELECT customer_id FROM customers WHERE lower(email) = lower($1)"},
    [OF_PORTFOLIO] = {"row_owners.of_portfolio", DB_READ, "SELECT customer_id FROM portfolios WHERE portfolio_id = $1"},
    [OF_INVESTMENT] = {"row_owners.of_investment", DB_READ,
                       "SELECT p.customer_id FROM investments i JOIN portfolios p USING (portfolio_id) "
                       "WHERE i.investment_id = $1"},
};

static enum status owner_get(struct db *db, size_t statement, const struct db_args *args,
                             struct uuid *ret_customer_id) {
    struct db_rows *rows = NULL;
    enum status status = entity_get(db, &statements[statement], args, &rows);
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    struct uuid customer_id = db_row_uuid(&row);
    status = db_row_status(&row);
    db_rows_destroy(&rows);
    if (status == STATUS_OK)
        *ret_customer_id = customer_id;
    return status;
}

enum status row_owner_of_email(struct db *db, const char *email, struct uuid *ret_customer_id) {
    struct db_args args;
    db_args_init(&args);
    db_args_text(&args, email);
    return owner_get(db, OF_EMAIL, &args, ret_customer_id);
}

enum status row_owner_of_portfolio(struct db *db, const struct uuid *portfolio_id, struct uuid *ret_customer_id) {
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, portfolio_id);
    return owner_get(db, OF_PORTFOLIO, &args, ret_customer_id);
}

enum status row_owner_of_investment(struct db *db, const struct uuid *investment_id, struct uuid *ret_customer_id) {
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, investment_id);
    return owner_get(db, OF_INVESTMENT, &args, ret_customer_id);
}

bool row_scope_writes(const struct row_scope *scope, const struct uuid *customer_id) {
    static const struct uuid nil;
    return !scope || scope->is_all || (!uuid_equal(customer_id, &nil) && uuid_equal(&scope->customer_id, customer_id));
}

void row_scope_add_args(struct db_args *args, const struct row_scope *scope) {
    static const struct uuid nil;
    bool is_all = !scope || scope->is_all;
    bool is_advisor = !is_all && !uuid_equal(&scope->advisor_id, &nil);
    db_args_optional_uuid(args, is_all ? NULL : &scope->customer_id);
    db_args_optional_uuid(args, is_advisor ? &scope->advisor_id : NULL);
}
