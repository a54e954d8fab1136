/* Customers in PostgreSQL. Thread: W (blocking), but for customer_read. */
#ifndef PF_STORE_CUSTOMERS_H
#define PF_STORE_CUSTOMERS_H

#include "store/db.h"
#include "store/entity.h"
#include "store/listing.h"
#include "store/row_owners.h"

struct customer {
    struct uuid customer_id;
    const char *name;
    const char *email;
    const char *phone;   /* NULL: none */
    const char *address; /* NULL: none */
    int64_t created_us;
    int64_t updated_us;
    const char *etag;
};

struct customer_fields {
    const char *name;
    const char *email;
    const char *phone;   /* "": none */
    const char *address; /* "": none */
};

/* What customers can be sorted by. */
enum customers_sort { CUSTOMERS_BY_CREATION, CUSTOMERS_BY_NAME, CUSTOMERS_BY_EMAIL };

struct customers_filter {
    const char *name;  /* the beginning, in any case; NULL: any */
    const char *email; /* likewise */
    struct row_scope scope;
};

/* What a deletion found and took. portfolio_ids: one uuid a row, of the
 * portfolios that went with it; NULL without. */
struct customer_deletion {
    int64_t portfolios_n;
    int64_t investments_n;
    struct db_rows *portfolio_ids;
};

/* STATUS_CONFLICT: another customer has the e-mail. */
PF_MUST_CHECK enum status customers_insert(struct db *db, const struct customer_fields *fields,
                                           struct db_rows **ret_rows);
PF_MUST_CHECK enum status customers_get(struct db *db, const struct uuid *customer_id, struct db_rows **ret_rows);
PF_MUST_CHECK enum status customers_get_by_email(struct db *db, const char *email, struct db_rows **ret_rows);
PF_MUST_CHECK enum status customers_list(struct db *db, const struct listing *listing,
                                         const struct customers_filter *filter, struct db_rows **ret_rows);
/* STATUS_NOT_FOUND, PRECONDITION, CONFLICT. */
PF_MUST_CHECK enum status customers_update(struct db *db, const struct uuid *customer_id,
                                           const struct precondition *precondition,
                                           const struct customer_fields *fields, struct db_rows **ret_rows);
/* STATUS_HAS_DEPENDENTS (with the counts set) unless is_cascade: then the
 * portfolios and their lots go too. */
PF_MUST_CHECK enum status customers_delete(struct db *db, const struct uuid *customer_id,
                                           const struct precondition *precondition, bool is_cascade,
                                           struct customer_deletion *ret_deletion);

PF_MUST_CHECK enum status customer_read(const struct db_rows *rows, size_t index, struct customer *ret_customer);

#endif
