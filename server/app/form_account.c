/* Passwords, flags and scopes in a body. Owns nothing. Thread: L; pure. */
#include "app/form_account.h"

#include "domain/role.h"
#include "protocol/json_exact.h"

#include <stdio.h>
#include <string.h>

/* NULL: it is absent, which is noted when it is required. */
static const json_t *field_get(const struct form *form, const char *field, enum form_presence presence) {
    const json_t *value = json_object_get(form->object, field);
    if (value && !json_is_null(value))
        return value;
    if (presence == FORM_REQUIRED)
        problem_add_field(form->problem, field, ERROR_MISSING_FIELD, "is required");
    return NULL;
}

bool form_password(const struct form *form, const char *field, enum form_presence presence,
                   char out[FORM_PASSWORD_MAX + 1]) {
    const json_t *value = field_get(form, field, presence);
    size_t len = 0;
    if (!value)
        return false;
    const char *text = json_exact_string(value, &len);
    if (!text || len == 0 || len > FORM_PASSWORD_MAX || memchr(text, '\0', len)) {
        problem_add_field(form->problem, field, ERROR_INVALID_FIELD, "must be a string of 1 to %d bytes in UTF-8",
                          FORM_PASSWORD_MAX);
        return false;
    }
    memcpy(out, text, len);
    out[len] = '\0';
    return true;
}

bool form_flag(const struct form *form, const char *field, bool *ret_flag) {
    const json_t *value = field_get(form, field, FORM_OPTIONAL);
    if (!value)
        return false;
    if (!json_is_boolean(value)) {
        problem_add_field(form->problem, field, ERROR_INVALID_FIELD, "must be true or false");
        return false;
    }
    *ret_flag = json_is_true(value);
    return true;
}

bool form_scopes(const struct form *form, const char *field, unsigned *ret_scopes) {
    char known[SCOPES_TEXT_MAX];
    const json_t *array = field_get(form, field, FORM_REQUIRED);
    unsigned scopes = 0;
    bool is_right = true;
    if (!array)
        return false;
    scope_texts_write(known);
    size_t n = json_array_size(array);
    if (!json_is_array(array) || n == 0 || n > SCOPES_N) {
        problem_add_field(form->problem, field, ERROR_INVALID_FIELD, "must be an array of 1 to %d of %s", SCOPES_N,
                          known);
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        size_t len = 0;
        enum scope scope = SCOPE_READ;
        char element[40];
        const char *text = json_exact_string(json_array_get(array, i), &len);
        (void)snprintf(element, sizeof element, "%s[%zu]", field, i);
        if (!text || scope_parse(text, len, &scope) != STATUS_OK) {
            problem_add_field(form->problem, element, ERROR_INVALID_FIELD, "must be one of %s", known);
            is_right = false;
        }
        scopes |= (unsigned)scope;
    }
    if (is_right)
        *ret_scopes = scopes;
    return is_right;
}
