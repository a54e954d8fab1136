/* Assignments: their SQL. Refuses users that are no advisors, and more customers
 * than an advisor may have. Thread: W. */
#include "store/customer_advisors.h"

#include "store/customers.h"
#include "store/entity.h"
#include "store/identities.h"

#include <string.h>

#define LIST_COLUMNS                                                                                                   \
    "SELECT a.user_id, u.email, " SQL_US("a.created_at") ", " SQL_US(                                                  \
        "a.created_at") " FROM customer_advisors a JOIN users u USING (user_id) WHERE a.customer_id = $4"

enum { LIST, LIST_DOWN, LOCK_USER, COUNT, INSERT, DELETE };

static const struct db_statement statements[] = {
    [LIST] = {"customer_advisors.list", DB_READ,
              LIST_COLUMNS SQL_LISTING("a.created_at", "a.user_id", SQL_LISTING_KEY_TIME, ">", "ASC")},
    [LIST_DOWN] = {"customer_advisors.list_down", DB_READ,
                   LIST_COLUMNS SQL_LISTING("a.created_at", "a.user_id", SQL_LISTING_KEY_TIME, "<", "DESC")},
    /* Its role stays while it is assigned; two assignments at the same time count each other. */
    [LOCK_USER] = {"customer_advisors.lock_user", DB_WRITE,
                   "SELECT role FROM users WHERE user_id = $1 FOR NO KEY UPDATE"},
    [COUNT] = {"customer_advisors.count", DB_READ, "SELECT count(*) FROM customer_advisors WHERE user_id = $1"},
    [INSERT] = {"customer_advisors.insert", DB_WRITE,
                "INSERT INTO customer_advisors (customer_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING "
                "RETURNING 1"},
    [DELETE] = {"customer_advisors.delete", DB_WRITE,
                "DELETE FROM customer_advisors WHERE customer_id = $1 AND user_id = $2 RETURNING 1"},
};

enum status customer_advisor_read(const struct db_rows *rows, size_t index, struct customer_advisor *ret_advisor) {
    struct db_row row = db_rows_at(rows, index);
    struct customer_advisor advisor = {.user_id = db_row_uuid(&row)};
    advisor.email = db_row_text(&row);
    advisor.assigned_us = db_row_i64(&row);
    if (!row.failed)
        *ret_advisor = advisor;
    return db_row_status(&row);
}

enum status customer_advisors_list(struct db *db, const struct uuid *customer_id, const struct listing *listing,
                                   struct db_rows **ret_rows) {
    struct db_rows *customer = NULL;
    struct db_args args;
    enum status status = customers_get(db, customer_id, &customer);
    db_rows_destroy(&customer);
    if (status != STATUS_OK)
        return status;
    db_args_init(&args);
    listing_add_args(&args, listing);
    db_args_uuid(&args, customer_id);
    return db_query(db, &statements[listing->order == 0 ? LIST : LIST_DOWN], &args, ret_rows);
}

struct assigning {
    const struct uuid *customer_id, *user_id;
    enum assignment found;
};

/* ASSIGNMENT_DONE when nothing is against it. */
static enum status user_judge(struct db *db, struct assigning *it) {
    struct db_rows *rows = NULL;
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, it->user_id);
    enum status status = entity_get(db, &statements[LOCK_USER], &args, &rows);
    it->found = ASSIGNMENT_NO_USER;
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_OK : status;
    struct db_row row = db_rows_at(rows, 0);
    bool is_advisor = strcmp(db_row_text(&row), "advisor") == 0;
    db_rows_destroy(&rows);
    it->found = ASSIGNMENT_NO_ADVISOR;
    if (!is_advisor)
        return STATUS_OK;
    status = db_query(db, &statements[COUNT], &args, &rows);
    if (status != STATUS_OK)
        return status;
    row = db_rows_at(rows, 0);
    it->found = db_row_i64(&row) < IDENTITY_CUSTOMERS_MAX ? ASSIGNMENT_DONE : ASSIGNMENT_TOO_MANY;
    db_rows_destroy(&rows);
    return STATUS_OK;
}

static enum status assigning_run(struct db *db, void *context) {
    struct assigning *it = context;
    struct db_rows *rows = NULL;
    struct db_args args;
    enum status status = customers_get(db, it->customer_id, &rows);
    db_rows_destroy(&rows);
    it->found = ASSIGNMENT_NO_CUSTOMER;
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_OK : status;
    status = user_judge(db, it);
    if (status != STATUS_OK || it->found != ASSIGNMENT_DONE)
        return status;
    db_args_init(&args);
    db_args_uuid(&args, it->customer_id);
    db_args_uuid(&args, it->user_id);
    status = entity_get(db, &statements[INSERT], &args, &rows);
    bool is_new = status == STATUS_OK && rows;
    db_rows_destroy(&rows);
    it->found = is_new ? ASSIGNMENT_DONE : ASSIGNMENT_WAS_THERE;
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum status customer_advisors_assign(struct db *db, const struct uuid *customer_id, const struct uuid *user_id,
                                     enum assignment *ret_assignment) {
    struct assigning it = {.customer_id = customer_id, .user_id = user_id};
    enum status status = db_transaction(db, assigning_run, &it);
    if (status == STATUS_OK)
        *ret_assignment = it.found;
    return status;
}

enum status customer_advisors_unassign(struct db *db, const struct uuid *customer_id, const struct uuid *user_id) {
    struct db_rows *rows = NULL;
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, customer_id);
    db_args_uuid(&args, user_id);
    enum status status = entity_get(db, &statements[DELETE], &args, &rows);
    db_rows_destroy(&rows);
    return status;
}
