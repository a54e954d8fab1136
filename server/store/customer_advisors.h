/* Which customers' rows an advisor reads. Thread: W (blocking), but for
 * customer_advisor_read. */
#ifndef PF_STORE_CUSTOMER_ADVISORS_H
#define PF_STORE_CUSTOMER_ADVISORS_H

#include "store/db.h"
#include "store/listing.h"

struct customer_advisor {
    struct uuid user_id;
    const char *email;
    int64_t assigned_us;
};

/* By assignment. STATUS_NOT_FOUND: no such customer. */
PF_MUST_CHECK enum status customer_advisors_list(struct db *db, const struct uuid *customer_id,
                                                 const struct listing *listing, struct db_rows **ret_rows);

enum assignment {
    ASSIGNMENT_DONE,
    ASSIGNMENT_WAS_THERE,
    ASSIGNMENT_NO_CUSTOMER,
    ASSIGNMENT_NO_USER,
    ASSIGNMENT_NO_ADVISOR, /* the user has another role */
    ASSIGNMENT_TOO_MANY    /* it has IDENTITY_CUSTOMERS_MAX customers */
};

PF_MUST_CHECK enum status customer_advisors_assign(struct db *db, const struct uuid *customer_id,
                                                   const struct uuid *user_id, enum assignment *ret_assignment);
/* STATUS_NOT_FOUND: it was not. */
PF_MUST_CHECK enum status customer_advisors_unassign(struct db *db, const struct uuid *customer_id,
                                                     const struct uuid *user_id);

PF_MUST_CHECK enum status customer_advisor_read(const struct db_rows *rows, size_t index,
                                                struct customer_advisor *ret_advisor);

#endif
