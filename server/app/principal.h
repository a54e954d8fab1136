/* Who asks: what the database said of a credential when it was last looked up.
 * Immutable but for its count of references; one loop's. Thread: L. */
#ifndef PF_APP_PRINCIPAL_H
#define PF_APP_PRINCIPAL_H

#include "base/uuid.h"
#include "domain/role.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PRINCIPAL_NAME_MAX 320
#define PRINCIPAL_KID_MAX 255

struct principal {
    unsigned references_n;
    enum role role;
    struct uuid user_id;       /* nil: AUTH=off, or anonymous */
    struct uuid credential_id; /* the session or the API key */
    struct uuid customer_id;   /* of ROLE_USER */
    struct uuid *customers;    /* of ROLE_ADVISOR: sorted by their bytes */
    size_t customers_n;
    unsigned scopes;    /* of enum scope */
    bool is_api_key;    /* or a ticket made with one: it may not do what could make more of it */
    int64_t expires_ms; /* wall; INT64_MAX: no end */
    char name[PRINCIPAL_NAME_MAX + 1];
    char kid[PRINCIPAL_KID_MAX + 1]; /* of the key that signed its token, with which it ends; "": none did */
};

/* A copy of *values with one reference; customers are copied and sorted. */
PF_MUST_CHECK enum status principal_create(const struct principal *values, struct principal **ret_principal);
struct principal *principal_ref(struct principal *principal);
void principal_unref(struct principal **principal); /* NULL does nothing */

bool principal_may_see_customer(const struct principal *principal, const struct uuid *customer_id);
bool principal_may_change_customer(const struct principal *principal, const struct uuid *customer_id);
/* Whether it sees the rows of some customers only. */
bool principal_is_scoped(const struct principal *principal);

#endif
