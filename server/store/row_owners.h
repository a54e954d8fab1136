/* Whose rows are: the customer of a customer's e-mail, a portfolio, an investment;
 * and lists cut down to some customers' rows. Thread: W (blocking). */
#ifndef PF_STORE_ROW_OWNERS_H
#define PF_STORE_ROW_OWNERS_H

#include "base/uuid.h"
#include "store/db.h"

/* STATUS_NOT_FOUND: there is no such row. */
PF_MUST_CHECK enum status row_owner_of_email(struct db *db, const char *email, struct uuid *ret_customer_id);
PF_MUST_CHECK enum status row_owner_of_portfolio(struct db *db, const struct uuid *portfolio_id,
                                                 struct uuid *ret_customer_id);
PF_MUST_CHECK enum status row_owner_of_investment(struct db *db, const struct uuid *investment_id,
                                                  struct uuid *ret_customer_id);

/* Of whose rows a statement may tell. Both nil and is_all false: of nobody's. */
struct row_scope {
    bool is_all;
    struct uuid customer_id; /* of a user: its customer */
    struct uuid advisor_id;  /* of an advisor: its user_id; its customers are the database's word */
};

/* Two parameters for SQL_IN_SCOPE. NULL: all rows. */
void row_scope_add_args(struct db_args *args, const struct row_scope *scope);

/* `column` is a customer_id. NULL, NULL: everything; else one of the two names somebody, the other is nil: nobody.
 * The array is made once for the statement, so that an index on the column serves both. */
#define SQL_IN_SCOPE(column, customer, advisor)                                                                        \
    "(" customer "::uuid IS NULL OR " column " = ANY (CASE WHEN " advisor "::uuid IS NULL THEN ARRAY[" customer        \
    "::uuid] ELSE ARRAY(SELECT ca.customer_id FROM customer_advisors ca WHERE ca.user_id = " advisor ") END))"

#endif
