/* Callers and the customers whose rows are theirs. Thread: L. */
#include "app/principal.h"

#include <stdlib.h>
#include <string.h>

static int compare_uuids(const void *a, const void *b) {
    return memcmp(a, b, sizeof(struct uuid));
}

enum status principal_create(const struct principal *values, struct principal **ret_principal) {
    struct principal *principal = malloc(sizeof *principal);
    struct uuid *customers = values->customers_n > 0 ? calloc(values->customers_n, sizeof *customers) : NULL;
    if (!principal || (values->customers_n > 0 && !customers)) {
        free(principal);
        free(customers);
        return STATUS_NO_MEMORY;
    }
    *principal = *values;
    principal->references_n = 1;
    principal->customers = customers;
    if (customers) {
        memcpy(customers, values->customers, values->customers_n * sizeof *customers);
        qsort(customers, values->customers_n, sizeof *customers, compare_uuids);
    }
    *ret_principal = principal;
    return STATUS_OK;
}

struct principal *principal_ref(struct principal *principal) {
    principal->references_n++;
    return principal;
}

void principal_unref(struct principal **principal) {
    struct principal *it = *principal;
    *principal = NULL;
    if (!it || --it->references_n > 0)
        return;
    free(it->customers);
    free(it);
}

bool principal_may_see_customer(const struct principal *principal, const struct uuid *customer_id) {
    switch (principal->role) {
    case ROLE_USER:
        return uuid_equal(&principal->customer_id, customer_id);
    case ROLE_ADVISOR:
        return principal->customers_n > 0 && bsearch(customer_id, principal->customers, principal->customers_n,
                                                     sizeof *principal->customers, compare_uuids);
    case ROLE_SERVICE:
    case ROLE_ADMIN:
        return true;
    default:
        return false;
    }
}

bool principal_may_change_customer(const struct principal *principal, const struct uuid *customer_id) {
    return principal->role == ROLE_ADMIN ||
           (principal->role == ROLE_USER && uuid_equal(&principal->customer_id, customer_id));
}

bool principal_is_scoped(const struct principal *principal) {
    return principal->role != ROLE_SERVICE && principal->role != ROLE_ADMIN;
}
