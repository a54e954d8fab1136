/* Portfolios' rows in PostgreSQL. Thread: W (blocking), but for portfolio_read. */
#ifndef PF_STORE_PORTFOLIOS_H
#define PF_STORE_PORTFOLIOS_H

#include "domain/currency.h"
#include "domain/symbol.h"
#include "store/db.h"
#include "store/entity.h"
#include "store/listing.h"
#include "store/row_owners.h"

struct portfolio_row {
    struct uuid portfolio_id;
    struct uuid customer_id;
    const char *portfolio_name;
    const char *portfolio_type;
    const char *base_currency;
    struct amount cash_balance;
    int64_t version;
    int64_t created_us;
    int64_t updated_us;
    const char *etag;
};

struct portfolio_fields {
    struct uuid customer_id; /* of an update: must be the stored one when has_customer_id */
    bool has_customer_id;
    const char *portfolio_name;
    const char *portfolio_type;
    const char *base_currency; /* "": USD for a new one, the stored one in an update */
    struct row_scope scope;    /* of an update: what is not in it is not found */
};

/* What portfolios can be sorted by. */
enum portfolios_sort { PORTFOLIOS_BY_CREATION, PORTFOLIOS_BY_NAME };

/* NULL: any. */
struct portfolios_filter {
    const struct uuid *customer_id;
    const char *portfolio_type;
    const char *base_currency;
    const char *portfolio_name; /* the beginning, in any case */
    struct row_scope scope;
};

/* STATUS_NOT_FOUND: no such customer. */
PF_MUST_CHECK enum status portfolios_insert(struct db *db, const struct portfolio_fields *fields,
                                            struct db_rows **ret_rows);
PF_MUST_CHECK enum status portfolios_get(struct db *db, const struct uuid *portfolio_id, struct db_rows **ret_rows);
PF_MUST_CHECK enum status portfolios_list(struct db *db, const struct listing *listing,
                                          const struct portfolios_filter *filter, struct db_rows **ret_rows);
/* By creation. STATUS_NOT_FOUND: no such customer. */
PF_MUST_CHECK enum status portfolios_list_of_customer(struct db *db, const struct uuid *customer_id,
                                                      const struct page *page, struct db_rows **ret_rows);
/* What a customer's portfolios are told together in when nobody says: the base currency of the oldest one that holds
 * something, else of the oldest; "" without any. */
PF_MUST_CHECK enum status portfolios_currency_of_customer(struct db *db, const struct uuid *customer_id,
                                                          struct currency *ret_currency);

struct customer_portfolio {
    struct uuid portfolio_id;
    struct currency base_currency;
    int32_t first_date; /* of its purchases; INT32_MAX: it holds nothing */
};
#define PORTFOLIOS_OF_CUSTOMER_MAX 500 /* that are told together */

/* All of a customer's, by creation: malloc'd. STATUS_NOT_FOUND: no such customer.
 * STATUS_LIMIT: more than PORTFOLIOS_OF_CUSTOMER_MAX. */
PF_MUST_CHECK enum status portfolios_held_by_customer(struct db *db, const struct uuid *customer_id,
                                                      struct customer_portfolio **ret_portfolios, size_t *ret_n);

/* Each other base currency of a customer's portfolios, and the last published
 * rate from it to `currency`, or NULL. */
PF_MUST_CHECK enum status portfolios_list_rates_of_customer(struct db *db, const struct uuid *customer_id,
                                                            const char *currency, struct db_rows **ret_rows);
/* STATUS_NOT_FOUND, PRECONDITION, INVALID (another customer_id), HAS_DEPENDENTS (another base currency,
 * but lots have rates of their own to the one that is). */
PF_MUST_CHECK enum status portfolios_update(struct db *db, const struct uuid *portfolio_id,
                                            const struct precondition *precondition,
                                            const struct portfolio_fields *fields, struct db_rows **ret_rows);
struct portfolio_deletion {
    const struct uuid *portfolio_id;
    const struct precondition *precondition;
    struct row_scope scope; /* what is not in it is not found */
    bool is_cascade;
    int64_t investments_n; /* the number of its lots: of STATUS_OK and HAS_DEPENDENTS */
};
/* STATUS_HAS_DEPENDENTS unless is_cascade. */
PF_MUST_CHECK enum status portfolios_delete(struct db *db, struct portfolio_deletion *deletion);

PF_MUST_CHECK enum status portfolio_read(const struct db_rows *rows, size_t index, struct portfolio_row *ret_portfolio);

#endif
