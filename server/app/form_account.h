/* Fields that only accounts have. As in form.h: true when the field is there and
 * right, else what is wrong goes into the problem. Thread: L; pure. */
#ifndef PF_APP_FORM_ACCOUNT_H
#define PF_APP_FORM_ACCOUNT_H

#include "app/form.h"

#define FORM_PASSWORD_MAX 256 /* bytes */

/* A text that is taken as it is, white space and all: 1 to FORM_PASSWORD_MAX bytes. */
bool form_password(const struct form *form, const char *field, enum form_presence presence,
                   char out[FORM_PASSWORD_MAX + 1]);
/* true or false; absent, it stays as it is. */
bool form_flag(const struct form *form, const char *field, bool *ret_flag);
/* An array of at least one scope's name, as bits. */
bool form_scopes(const struct form *form, const char *field, unsigned *ret_scopes);

#endif
