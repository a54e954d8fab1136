/* Users: their SQL and its rows. Refuses to take the last admin's rights away.
 * Thread: W. */
#include "store/users.h"

#include <stdio.h>
#include <string.h>

#define COLUMNS                                                                                                        \
    "user_id, email, role, customer_id, issuer, subject, is_disabled, password_hash IS NOT NULL, " SQL_US(             \
        "created_at") ", " SQL_US("updated_at") ", " SQL_ETAG("user_id, email, role, customer_id, issuer, subject, "   \
                                                              "is_disabled, password_hash, created_at, updated_at")

/* $4 to $6: the filters. */
#define LIST_BY(name, key, value, key_sql, compare, direction)                                                         \
    {                                                                                                                  \
        "users.list_" name, DB_READ,                                                                                   \
            "SELECT " COLUMNS ", " key " FROM users WHERE " SQL_BEGINS(                                                \
                "email", "$4") " AND ($5::text IS NULL OR role = $5) AND ($6::uuid IS NULL OR customer_id = "          \
                               "$6)" SQL_LISTING(value, "user_id", key_sql, compare, direction)                        \
    }
#define LIST_BOTH_WAYS(name, key, value, key_sql)                                                                      \
    LIST_BY(name, key, value, key_sql, ">", "ASC"), LIST_BY(name "_down", key, value, key_sql, "<", "DESC")

/* In the order of enum users_sort, each up and down. */
static const struct db_statement lists[] = {
    LIST_BOTH_WAYS("by_creation", SQL_US("created_at"), "created_at", SQL_LISTING_KEY_TIME),
    LIST_BOTH_WAYS("by_email", SQL_FOLDED("email"), SQL_FOLDED("email"), SQL_LISTING_KEY_TEXT),
};

enum {
    INSERT,
    GET,
    GET_BY_EMAIL,
    LOCK,
    LOCK_ADMINS,
    UPDATE,
    DELETE,
    END_SESSIONS,
    PASSWORD_BY_EMAIL,
    PASSWORD_OF,
    CONFIRM_PASSWORD,
    SET_PASSWORD
};

static const struct db_statement statements[] = {
    [INSERT] = {"users.insert", DB_WRITE,
                "INSERT INTO users (email, role, customer_id, is_disabled, password_hash) "
                "VALUES ($1, $2, $3, $4::bigint <> 0, $5) RETURNING " COLUMNS},
    [GET] = {"users.get", DB_READ, "SELECT " COLUMNS " FROM users WHERE user_id = $1"},
    [GET_BY_EMAIL] = {"users.get_by_email", DB_READ, "SELECT " COLUMNS " FROM users WHERE lower(email) = lower($1)"},
    [LOCK] = {"users.lock", DB_WRITE, "SELECT " COLUMNS " FROM users WHERE user_id = $1 FOR UPDATE"},
    /* Whoever takes rights from an admin locks all of them, in one order: two who take them from each other wait. */
    [LOCK_ADMINS] = {"users.lock_admins", DB_WRITE,
                     "SELECT user_id FROM users WHERE role = 'admin' AND NOT is_disabled ORDER BY user_id FOR UPDATE"},
    [UPDATE] = {"users.update", DB_WRITE,
                "UPDATE users SET email = $2, role = $3, customer_id = $4, is_disabled = $5::bigint <> 0, "
                "password_hash = coalesce($6, password_hash) WHERE user_id = $1 RETURNING " COLUMNS},
    [DELETE] = {"users.delete", DB_WRITE, "DELETE FROM users WHERE user_id = $1"},
    [END_SESSIONS] = {"users.end_sessions", DB_WRITE,
                      "UPDATE sessions SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL"},
    [PASSWORD_BY_EMAIL] = {"users.password_by_email", DB_READ,
                           "SELECT user_id, coalesce(password_hash, ''), email FROM users "
                           "WHERE lower(email) = lower($1) AND NOT is_disabled"},
    [PASSWORD_OF] = {"users.password_of", DB_READ,
                     "SELECT user_id, coalesce(password_hash, ''), email FROM users "
                     "WHERE user_id = $1 AND NOT is_disabled"},
    [CONFIRM_PASSWORD] = {"users.confirm_password", DB_WRITE,
                          "SELECT " COLUMNS " FROM users WHERE user_id = $1 AND password_hash = $2 AND NOT is_disabled "
                          "FOR NO KEY UPDATE"},
    [SET_PASSWORD] = {"users.set_password", DB_WRITE,
                      "UPDATE users SET password_hash = $2 WHERE user_id = $1 RETURNING " COLUMNS},
};

enum status user_read(const struct db_rows *rows, size_t index, struct user *ret_user) {
    struct db_row row = db_rows_at(rows, index);
    struct user user = {.user_id = db_row_uuid(&row)};
    user.email = db_row_text(&row);
    user.role = db_row_text(&row);
    user.has_customer = !db_row_skip_null(&row);
    if (user.has_customer)
        user.customer_id = db_row_uuid(&row);
    user.issuer = db_row_optional_text(&row);
    user.subject = db_row_optional_text(&row);
    user.is_disabled = db_row_bool(&row);
    user.has_password = db_row_bool(&row);
    user.created_us = db_row_i64(&row);
    user.updated_us = db_row_i64(&row);
    user.etag = db_row_text(&row);
    if (!row.failed)
        *ret_user = user;
    return db_row_status(&row);
}

static void fields_add(struct db_args *args, const struct user_fields *fields) {
    db_args_text(args, fields->email);
    db_args_text(args, fields->role);
    db_args_optional_uuid(args, fields->customer_id);
    db_args_i64(args, fields->is_disabled);
    db_args_text(args, fields->password_hash);
}

enum status users_insert(struct db *db, const struct user_fields *fields, struct db_rows **ret_rows) {
    struct db_args args;
    db_args_init(&args);
    fields_add(&args, fields);
    return entity_insert(db, &statements[INSERT], &args, ret_rows);
}

struct registration {
    const struct customer_fields *customer;
    const char *password_hash;
    struct db_rows *rows;
};

static enum status registration_run(struct db *db, void *context) {
    struct registration *it = context;
    struct db_rows *customer_rows = NULL;
    struct customer customer;
    db_rows_destroy(&it->rows);
    enum status status = customers_insert(db, it->customer, &customer_rows);
    if (status == STATUS_OK)
        status = customer_read(customer_rows, 0, &customer);
    if (status == STATUS_OK) {
        struct user_fields fields = {.email = customer.email,
                                     .role = "user",
                                     .customer_id = &customer.customer_id,
                                     .password_hash = it->password_hash};
        status = users_insert(db, &fields, &it->rows);
    }
    db_rows_destroy(&customer_rows);
    return status;
}

enum status users_register(struct db *db, const struct customer_fields *customer, const char *password_hash,
                           struct db_rows **ret_rows) {
    struct registration it = {.customer = customer, .password_hash = password_hash};
    enum status status = db_transaction(db, registration_run, &it);
    if (status == STATUS_OK)
        *ret_rows = it.rows;
    else
        db_rows_destroy(&it.rows);
    return status;
}

enum status users_get(struct db *db, const struct uuid *user_id, struct db_rows **ret_rows) {
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, user_id);
    return entity_get(db, &statements[GET], &args, ret_rows);
}

enum status users_get_by_email(struct db *db, const char *email, struct db_rows **ret_rows) {
    struct db_args args;
    db_args_init(&args);
    db_args_text(&args, email);
    return entity_get(db, &statements[GET_BY_EMAIL], &args, ret_rows);
}

enum status users_list(struct db *db, const struct listing *listing, const struct users_filter *filter,
                       struct db_rows **ret_rows) {
    struct db_args args;
    db_args_init(&args);
    listing_add_args(&args, listing);
    db_args_text(&args, filter->email);
    db_args_text(&args, filter->role);
    db_args_optional_uuid(&args, filter->customer_id);
    return db_query(db, &lists[listing->order], &args, ret_rows);
}

/* --- changes --- */

struct change_run {
    const struct uuid *user_id;
    const struct precondition *precondition;
    const struct user_fields *fields; /* NULL: it is deleted */
    struct db_rows *rows;
};

/* Before the row itself is locked, so that all who come here lock in one order. */
static enum status admins_lock(struct db *db, const struct uuid *user_id, bool *ret_is_last) {
    struct db_rows *rows = NULL;
    enum status status = db_query(db, &statements[LOCK_ADMINS], DB_NO_ARGS, &rows);
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    bool is_one = db_rows_n(rows) == 1;
    struct uuid only = {{0}};
    if (is_one)
        only = db_row_uuid(&row);
    db_rows_destroy(&rows);
    *ret_is_last = is_one && uuid_equal(&only, user_id);
    return STATUS_OK;
}

static enum status change_write(struct db *db, struct change_run *run) {
    const struct user_fields *fields = run->fields;
    struct db_args args, id;
    db_args_init(&id);
    db_args_uuid(&id, run->user_id);
    if (!fields)
        return db_query(db, &statements[DELETE], &id, NULL);
    db_args_init(&args);
    db_args_uuid(&args, run->user_id);
    fields_add(&args, fields);
    enum status status = db_query(db, &statements[UPDATE], &args, &run->rows);
    if (status == STATUS_NOT_FOUND)
        return STATUS_INVALID; /* the customer's foreign key: the user is locked */
    if (status == STATUS_OK && fields->password_hash && *fields->password_hash)
        status = db_query(db, &statements[END_SESSIONS], &id, NULL);
    return status;
}

static enum status change_run(struct db *db, void *context) {
    struct change_run *run = context;
    struct db_rows *locked = NULL;
    bool is_last_admin = false;
    db_rows_destroy(&run->rows);
    bool keeps_rights = run->fields && strcmp(run->fields->role, "admin") == 0 && !run->fields->is_disabled;
    enum status status = keeps_rights ? STATUS_OK : admins_lock(db, run->user_id, &is_last_admin);
    if (status == STATUS_OK)
        status = entity_lock(db, &statements[LOCK], run->user_id, run->precondition, &locked);
    db_rows_destroy(&locked);
    if (status == STATUS_OK && is_last_admin)
        status = STATUS_HAS_DEPENDENTS;
    return status == STATUS_OK ? change_write(db, run) : status;
}

enum status users_update(struct db *db, const struct uuid *user_id, const struct precondition *precondition,
                         const struct user_fields *fields, struct db_rows **ret_rows) {
    struct change_run run = {.user_id = user_id, .precondition = precondition, .fields = fields};
    enum status status = db_transaction(db, change_run, &run);
    if (status == STATUS_OK)
        *ret_rows = run.rows;
    else
        db_rows_destroy(&run.rows);
    return status;
}

enum status users_delete(struct db *db, const struct uuid *user_id, const struct precondition *precondition) {
    struct change_run run = {.user_id = user_id, .precondition = precondition};
    return db_transaction(db, change_run, &run);
}

/* --- passwords --- */

static enum status password_get(struct db *db, const struct db_statement *statement, const struct db_args *args,
                                struct user_password *ret_password, char *ret_email, size_t email_size) {
    struct db_rows *rows = NULL;
    struct user_password password;
    enum status status = entity_get(db, statement, args, &rows);
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    password.user_id = db_row_uuid(&row);
    (void)snprintf(password.hash, sizeof password.hash, "%s", db_row_text(&row));
    if (ret_email)
        (void)snprintf(ret_email, email_size, "%s", db_row_text(&row));
    status = db_row_status(&row);
    db_rows_destroy(&rows);
    if (status == STATUS_OK)
        *ret_password = password;
    return status;
}

enum status users_password_by_email(struct db *db, const char *email, struct user_password *ret_password) {
    struct db_args args;
    db_args_init(&args);
    db_args_text(&args, email);
    return password_get(db, &statements[PASSWORD_BY_EMAIL], &args, ret_password, NULL, 0);
}

enum status users_password_of(struct db *db, const struct uuid *user_id, struct user_password *ret_password,
                              char *ret_email, size_t email_size) {
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, user_id);
    return password_get(db, &statements[PASSWORD_OF], &args, ret_password, ret_email, email_size);
}

enum status users_confirm_password(struct db *db, const struct user_password *password, const char *new_hash,
                                   struct db_rows **ret_rows) {
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, &password->user_id);
    db_args_text(&args, password->hash);
    struct db_rows *rows = NULL;
    enum status status = entity_get(db, &statements[CONFIRM_PASSWORD], &args, &rows);
    if (status != STATUS_OK || !new_hash) {
        if (status == STATUS_OK)
            *ret_rows = rows;
        return status;
    }
    db_rows_destroy(&rows);
    db_args_init(&args);
    db_args_uuid(&args, &password->user_id);
    db_args_text(&args, new_hash);
    return entity_get(db, &statements[SET_PASSWORD], &args, ret_rows);
}
