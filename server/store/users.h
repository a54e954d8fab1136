/* Users in PostgreSQL: who may log in, as what. Texts in a struct user point into
 * its rows. Thread: W (blocking), but for user_read. */
#ifndef PF_STORE_USERS_H
#define PF_STORE_USERS_H

#include "store/customers.h"
#include "store/db.h"
#include "store/entity.h"
#include "store/listing.h"

#define PASSWORD_HASH_TEXT_MAX 256 /* bytes, as the schema bounds it */

struct user {
    struct uuid user_id;
    const char *email;
    const char *role;
    bool has_customer;
    struct uuid customer_id;
    const char *issuer, *subject; /* NULL: not known to an outside provider */
    bool is_disabled, has_password;
    int64_t created_us, updated_us;
    const char *etag;
};

struct user_fields {
    const char *email;
    const char *role;
    const struct uuid *customer_id; /* NULL: none */
    bool is_disabled;
    const char *password_hash; /* NULL or "": none; of an update: the one it has */
};

enum users_sort { USERS_BY_CREATION, USERS_BY_EMAIL };

struct users_filter {
    const char *email;              /* the beginning, in any case; NULL: any */
    const char *role;               /* NULL: any */
    const struct uuid *customer_id; /* NULL: any */
};

/* STATUS_CONFLICT: another user has the e-mail. STATUS_NOT_FOUND: no such customer. */
PF_MUST_CHECK enum status users_insert(struct db *db, const struct user_fields *fields, struct db_rows **ret_rows);
/* A new customer and its user, both or neither. STATUS_CONFLICT: another user, or
 * another customer, has the e-mail. */
PF_MUST_CHECK enum status users_register(struct db *db, const struct customer_fields *customer,
                                         const char *password_hash, struct db_rows **ret_rows);
PF_MUST_CHECK enum status users_get(struct db *db, const struct uuid *user_id, struct db_rows **ret_rows);
PF_MUST_CHECK enum status users_get_by_email(struct db *db, const char *email, struct db_rows **ret_rows);
PF_MUST_CHECK enum status users_list(struct db *db, const struct listing *listing, const struct users_filter *filter,
                                     struct db_rows **ret_rows);
/* STATUS_NOT_FOUND: no such user. PRECONDITION, CONFLICT. INVALID: no such customer.
 * HAS_DEPENDENTS: it was the last admin who is not disabled, and must stay that. A
 * new password ends all its sessions. */
PF_MUST_CHECK enum status users_update(struct db *db, const struct uuid *user_id,
                                       const struct precondition *precondition, const struct user_fields *fields,
                                       struct db_rows **ret_rows);
/* NOT_FOUND, PRECONDITION, HAS_DEPENDENTS as above. */
PF_MUST_CHECK enum status users_delete(struct db *db, const struct uuid *user_id,
                                       const struct precondition *precondition);

PF_MUST_CHECK enum status user_read(const struct db_rows *rows, size_t index, struct user *ret_user);

/* --- passwords --- */

/* Of who wants to log in. */
struct user_password {
    struct uuid user_id;
    char hash[PASSWORD_HASH_TEXT_MAX + 1]; /* "": none */
};

/* Of a user that is not disabled; STATUS_NOT_FOUND for others. */
PF_MUST_CHECK enum status users_password_by_email(struct db *db, const char *email, struct user_password *ret_password);
PF_MUST_CHECK enum status users_password_of(struct db *db, const struct uuid *user_id,
                                            struct user_password *ret_password, char *ret_email, size_t email_size);
/* Only when it still has `password->hash` and is not disabled: STATUS_NOT_FOUND otherwise. Locks the row until the
 * transaction's end. new_hash NULL: it stays. */
PF_MUST_CHECK enum status users_confirm_password(struct db *db, const struct user_password *password,
                                                 const char *new_hash, struct db_rows **ret_rows);

#endif
