/* Names of roles and scopes. Thread: any; pure. */
#include "domain/role.h"

#include <stdio.h>
#include <string.h>

static const char *const role_texts[ROLE_N] = {"anonymous", "user", "advisor", "service", "admin"};
static const char *const scope_texts[SCOPES_N] = {"read", "write", "stream", "prices", "operate", "administer"};

static size_t find(const char *const *texts, size_t n, const char *text, size_t len) {
    size_t i = 0;
    while (i < n && (strlen(texts[i]) != len || memcmp(texts[i], text, len) != 0))
        i++;
    return i;
}

const char *role_text(enum role role) {
    return role_texts[role];
}

enum status role_parse(const char *text, size_t len, enum role *ret_role) {
    size_t found = find(role_texts, ROLE_N, text, len);
    if (found == ROLE_N || found == ROLE_ANONYMOUS)
        return STATUS_INVALID;
    *ret_role = (enum role)found;
    return STATUS_OK;
}

const char *scope_text(enum scope scope) {
    size_t i = 0;
    while (i + 1 < SCOPES_N && 1U << i != (unsigned)scope)
        i++;
    return scope_texts[i];
}

void scope_texts_write(char out[SCOPES_TEXT_MAX]) {
    size_t len = 0;
    for (size_t i = 0; i < SCOPES_N && len < SCOPES_TEXT_MAX; i++)
        len += (size_t)snprintf(out + len, SCOPES_TEXT_MAX - len, "%s%s", i > 0 ? ", " : "", scope_texts[i]);
}

enum status scope_parse(const char *text, size_t len, enum scope *ret_scope) {
    size_t found = find(scope_texts, SCOPES_N, text, len);
    if (found == SCOPES_N)
        return STATUS_INVALID;
    *ret_scope = (enum scope)(1U << found);
    return STATUS_OK;
}
