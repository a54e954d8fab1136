/* Who the user says to be: a token of an option, the environment or a file, or (with
 * a login) tokens that are renewed. Thread: main. */
#ifndef PF_TERMINAL_CREDENTIAL_H
#define PF_TERMINAL_CREDENTIAL_H

#include "terminal/options.h"

struct credential;

PF_MUST_CHECK enum status credential_create(const struct options *options, struct credential **ret_credential);
void credential_destroy(struct credential *credential);
/* The token to use now; NULL: none. Valid until the next call. A file is read anew;
 * one that cannot be read gives none, with why in *ret_error. */
const char *credential_token(struct credential *credential, const char **ret_error);

#endif
