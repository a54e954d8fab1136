/* The table of rights. Refuses what no rule is named for. Thread: any; pure. */
#include "app/access.h"

#define NONE ACCESS_NONE
#define OWN ACCESS_OWN
#define ASSIGNED ACCESS_ASSIGNED
#define ALL ACCESS_ALL

/* scopes: of which an API key needs one; 0: whatever it has; LOGIN_ONLY: it may not, whatever it has. */
#define LOGIN_ONLY (~0U)
static const struct rule_row {
    const char *name;
    unsigned char reach[ROLE_N]; /* anonymous, user, advisor, service, admin */
    unsigned scopes;
} rules[ACCESS_RULES_N] = {
    [ACCESS_NOBODY] = {"nobody", {NONE, NONE, NONE, NONE, NONE}, 0},
    [ACCESS_PUBLIC] = {"public", {ALL, ALL, ALL, ALL, ALL}, 0},
    [ACCESS_SELF] = {"self", {NONE, OWN, OWN, OWN, OWN}, 0},
    [ACCESS_LOGIN] = {"login", {NONE, OWN, OWN, OWN, OWN}, LOGIN_ONLY},
    [ACCESS_TICKET] = {"ticket", {NONE, OWN, OWN, OWN, OWN}, SCOPE_STREAM},
    [ACCESS_LOOK_UP] = {"look-up", {NONE, ALL, ALL, ALL, ALL}, SCOPE_READ},
    [ACCESS_SEE] = {"see", {NONE, OWN, ASSIGNED, ALL, ALL}, SCOPE_READ},
    [ACCESS_SUBSCRIBE] = {"subscribe", {NONE, OWN, ASSIGNED, ALL, ALL}, SCOPE_STREAM},
    [ACCESS_CHANGE] = {"change", {NONE, OWN, NONE, NONE, ALL}, SCOPE_WRITE},
    [ACCESS_UPDATE_PRICES] = {"update-prices", {NONE, OWN, NONE, ALL, ALL}, SCOPE_WRITE | SCOPE_PRICES},
    [ACCESS_ADMINISTER] = {"administer", {NONE, NONE, NONE, NONE, ALL}, SCOPE_ADMINISTER},
    [ACCESS_MANAGE] = {"manage", {NONE, NONE, NONE, NONE, ALL}, LOGIN_ONLY},
    [ACCESS_PRICE] = {"price", {NONE, NONE, NONE, ALL, ALL}, SCOPE_PRICES},
    [ACCESS_OPERATE] = {"operate", {NONE, NONE, NONE, ALL, ALL}, SCOPE_OPERATE},
};

enum access_reach access_reach(enum access_rule rule, enum role role) {
    return (enum access_reach)rules[rule].reach[role];
}

enum access_verdict access_judge(enum access_rule rule, const struct principal *principal) {
    if (access_reach(rule, principal->role) == ACCESS_NONE)
        return principal->role == ROLE_ANONYMOUS ? ACCESS_UNAUTHENTICATED : ACCESS_FORBIDDEN_ROLE;
    if (rules[rule].scopes == LOGIN_ONLY)
        return principal->is_api_key ? ACCESS_FORBIDDEN_KEY : ACCESS_GRANTED;
    if (rules[rule].scopes && !(rules[rule].scopes & principal->scopes) && principal->role != ROLE_ANONYMOUS)
        return ACCESS_FORBIDDEN_SCOPE;
    return ACCESS_GRANTED;
}

bool access_is_scoped(enum access_rule rule, const struct principal *principal) {
    return access_reach(rule, principal->role) != ACCESS_ALL;
}

bool access_covers(enum access_rule rule, const struct principal *principal, const struct uuid *customer_id) {
    switch (access_reach(rule, principal->role)) {
    case ACCESS_ALL:
        return true;
    case ACCESS_OWN:
        return principal->role == ROLE_USER && principal_may_see_customer(principal, customer_id);
    case ACCESS_ASSIGNED:
        return principal_may_see_customer(principal, customer_id);
    default:
        return false;
    }
}

const char *access_scopes_text(enum access_rule rule) {
    switch (rules[rule].scopes) {
    case 0:
        return "-";
    case LOGIN_ONLY:
        return "no-key";
    case SCOPE_WRITE | SCOPE_PRICES:
        return "write|prices";
    default:
        return scope_text((enum scope)rules[rule].scopes);
    }
}

/* --- as text --- */

#define ROW_FORMAT "%-7s %-46s %-13s %-10s %-9s %-4s %-8s %-7s %-5s %s\n"

void access_print_heading(FILE *out) {
    (void)fprintf(out, ROW_FORMAT, "method", "name", "rule", "of", "anonymous", "user", "advisor", "service", "admin",
                  "scope");
}

void access_print(FILE *out, const char *verb, const char *name, struct access access) {
    static const char *const reaches[] = {"-", "own", "assigned", "all"};
    static const char *const subjects[ACCESS_SUBJECTS_N] = {"-",     "list",      "body",      "customer",
                                                            "email", "portfolio", "investment"};
    const unsigned char *reach = rules[access.rule].reach;
    (void)fprintf(out, ROW_FORMAT, verb, name, rules[access.rule].name, subjects[access.subject],
                  reaches[reach[ROLE_ANONYMOUS]], reaches[reach[ROLE_USER]], reaches[reach[ROLE_ADVISOR]],
                  reaches[reach[ROLE_SERVICE]], reaches[reach[ROLE_ADMIN]], access_scopes_text(access.rule));
}
