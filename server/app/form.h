/* Reading the fields of a JSON object, naming everything that is wrong with
 * them at once. A field that is null counts as absent; fields nobody asks for
 * are ignored. Thread: L; pure. */
#ifndef PF_APP_FORM_H
#define PF_APP_FORM_H

#include "app/problem.h"
#include "base/uuid.h"
#include "domain/symbol.h"

#include <jansson.h>

struct form {
    const json_t *object; /* of json_exact_parse */
    struct problem *problem;
};

enum form_presence { FORM_REQUIRED, FORM_OPTIONAL };
enum form_bound { FORM_POSITIVE, FORM_NOT_NEGATIVE };

/* Each returns true and sets its output when the field is there and right;
 * false with the output untouched when it is absent or wrong. What is wrong, and
 * what is required but absent, goes into the problem. */

/* Text without the white space around it: 1 to chars_max characters, without
 * control characters (line breaks are allowed when is_multiline). out_size is
 * at least 4 * chars_max + 1. */
bool form_text(const struct form *form, const char *field, enum form_presence presence, size_t chars_max,
               bool is_multiline, char *out, size_t out_size);
#define FORM_EMAIL_MAX 254
bool form_email(const struct form *form, const char *field, char out[FORM_EMAIL_MAX + 1]);
/* Also says whether a text is an e-mail address as we take them. */
bool form_is_email(const char *text);
/* A JSON number, or a string that holds one; in units of 1e-8. */
bool form_decimal(const struct form *form, const char *field, enum form_presence presence, enum form_bound bound,
                  int64_t *ret_e8);
bool form_uuid(const struct form *form, const char *field, enum form_presence presence, struct uuid *ret_uuid);
bool form_symbol(const struct form *form, const char *field, struct symbol *ret_symbol);
/* An array of symbols, at most symbols_max, not empty; one that comes again is dropped. Each wrong
 * element is a wrong field, "symbols[3]". ret_symbols is malloc'd. */
bool form_symbols(const struct form *form, const char *field, enum form_presence presence, size_t symbols_max,
                  struct symbol **ret_symbols, size_t *ret_n);
bool form_currency(const struct form *form, const char *field, enum form_presence presence,
                   struct currency *ret_currency);
bool form_date(const struct form *form, const char *field, enum form_presence presence, int32_t *ret_days);
bool form_timestamp(const struct form *form, const char *field, enum form_presence presence, int64_t *ret_ms);
/* One of `choices` (NULL at its end), required; the pointer is the choice's. */
bool form_choice(const struct form *form, const char *field, const char *const *choices, const char **ret_choice);

#endif
