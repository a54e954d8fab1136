/* Who may do what: the one table of the server's rights. Every route of api.c and
 * every message type of the stream names one of its rules; a row that names none is
 * refused to everybody. What a caller may not see is answered like what does not
 * exist, so a rule also says how far a role's right reaches. Thread: any; pure. */
#ifndef PF_APP_ACCESS_H
#define PF_APP_ACCESS_H

#include "app/principal.h"

#include <stdio.h>

enum access_rule {
    ACCESS_NOBODY, /* what a row has that forgot to name one */
    ACCESS_PUBLIC,
    ACCESS_SELF,    /* about the caller alone */
    ACCESS_LOGIN,   /* the same, but not with an API key: what could make more of it than it is */
    ACCESS_TICKET,  /* about the caller alone, for the stream */
    ACCESS_LOOK_UP, /* what is nobody's: assets, prices, rates */
    ACCESS_SEE,
    ACCESS_SUBSCRIBE,
    ACCESS_CHANGE,
    ACCESS_UPDATE_PRICES, /* of a portfolio like ACCESS_CHANGE, of all that is held like ACCESS_PRICE */
    ACCESS_ADMINISTER,    /* who is a customer here, and what was done: more than a key for rows should give away */
    ACCESS_MANAGE,        /* users and who may what: not with an API key, which could make one that may more */
    ACCESS_PRICE,
    ACCESS_OPERATE,
    ACCESS_RULES_N
};

/* How far a right reaches. */
enum access_reach {
    ACCESS_NONE,
    ACCESS_OWN,      /* the rows of the caller's customer */
    ACCESS_ASSIGNED, /* the rows of the customers assigned to the caller */
    ACCESS_ALL
};

/* Which id says whose row it is. */
enum access_subject {
    ACCESS_OF_NONE,
    ACCESS_OF_LIST, /* rows that are not the caller's are left out by SQL */
    ACCESS_OF_BODY, /* an id in the body, by the handler */
    ACCESS_OF_CUSTOMER,
    ACCESS_OF_EMAIL, /* a customer's */
    ACCESS_OF_PORTFOLIO,
    ACCESS_OF_INVESTMENT,
    ACCESS_SUBJECTS_N
};

struct access {
    enum access_rule rule;
    enum access_subject subject;
};

enum access_verdict {
    ACCESS_GRANTED,         /* as far as the rule reaches */
    ACCESS_UNAUTHENTICATED, /* it needs somebody: 401 */
    ACCESS_FORBIDDEN_ROLE,  /* 403 */
    ACCESS_FORBIDDEN_SCOPE, /* of the API key: 403 */
    ACCESS_FORBIDDEN_KEY    /* no API key may, whatever its scopes: 403 */
};

enum access_verdict access_judge(enum access_rule rule, const struct principal *principal);
enum access_reach access_reach(enum access_rule rule, enum role role);
/* Whether the right is for some customers' rows only. */
bool access_is_scoped(enum access_rule rule, const struct principal *principal);
/* Whether it is for the rows of this customer. */
bool access_covers(enum access_rule rule, const struct principal *principal, const struct uuid *customer_id);

const char *
access_scopes_text(enum access_rule rule); /* what an API key needs one of; "-": nothing; "no-key": it may not */

/* `portfoliod routes --access`: its heading, and a row. */
void access_print_heading(FILE *out);
void access_print(FILE *out, const char *verb, const char *name, struct access access);

#endif
