/* What kind of caller somebody is, and what an API key may be cut down to.
 * Thread: any; pure. */
#ifndef PF_DOMAIN_ROLE_H
#define PF_DOMAIN_ROLE_H

#include "base/status.h"

#include <stddef.h>

enum role {
    ROLE_ANONYMOUS, /* nobody said who it is */
    ROLE_USER,      /* belongs to one customer: its rows */
    ROLE_ADVISOR,   /* reads the rows of the customers assigned to it */
    ROLE_SERVICE,   /* a program of the operator's: reads everything, sets prices */
    ROLE_ADMIN,
    ROLE_N
};

/* Bits of what a credential may do; a session may do all that its role may. */
enum scope {
    SCOPE_READ = 1 << 0,
    SCOPE_WRITE = 1 << 1,
    SCOPE_STREAM = 1 << 2,
    SCOPE_PRICES = 1 << 3,
    SCOPE_OPERATE = 1 << 4,
    SCOPE_ADMINISTER = 1 << 5,
};
#define SCOPES_N 6
#define SCOPES_TEXT_MAX 80
#define SCOPES_ALL ((1U << SCOPES_N) - 1)

const char *role_text(enum role role); /* "user", …; "anonymous" */
/* Of one that an account can have: STATUS_INVALID for others. */
PF_MUST_CHECK enum status role_parse(const char *text, size_t len, enum role *ret_role);

const char *scope_text(enum scope scope); /* "read", … */
/* All of them, for a message: "read, write, …". */
void scope_texts_write(char out[SCOPES_TEXT_MAX]);
PF_MUST_CHECK enum status scope_parse(const char *text, size_t len, enum scope *ret_scope);

#endif
