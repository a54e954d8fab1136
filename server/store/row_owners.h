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

/* Whether a customer's rows may be written, under their lock: a portfolio that has another customer since the caller
 * was let in is not found. An advisor writes nothing. NULL: whosever they are. */
bool row_scope_writes(const struct row_scope *scope, const struct uuid *customer_id);

/* Two parameters for SQL_IN_SCOPE. NULL: all rows. */
void row_scope_add_args(struct db_args *args, const struct row_scope *scope);

/* `column` is a customer_id. NULL, NULL: everything; else one of the two names somebody, the other is nil: nobody.
 * The array is made once for the statement, so that an index on the column serves both. */
#define SQL_IN_SCOPE(column, customer, advisor)                                                                        \
    "(" customer "::uuid IS NULL OR " column " = ANY (CASE WHEN " advisor "::uuid IS NULL THEN ARRAY[" customer        \
    "::uuid] ELSE ARRAY(SELECT ca.customer_id FROM customer_advisors ca WHERE ca.user_id = " advisor ") END))"

/* Whether an asset may be told of: `asset` is one of its table. One that nothing is known of was made by the lot of
 * somebody; its name is that one's business. customer, advisor: the parameters, as above. */
#define SQL_ASSET_SEEN(asset, customer, advisor)                                                                       \
    "(" customer "::uuid IS NULL OR coalesce(" asset ".name, " asset ".asset_class, " asset ".currency, " asset        \
    ".exchange_mic) IS NOT NULL OR " asset ".provider_symbols <> '{}' OR EXISTS (SELECT FROM investments held "        \
    "JOIN portfolios p USING (portfolio_id) WHERE held.ticker_symbol = " asset                                         \
    ".ticker_symbol AND " SQL_IN_SCOPE("p.customer_id", customer, advisor) "))"

#endif
