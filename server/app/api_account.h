/* What the routes about the caller's own account share. Thread: L. */
#ifndef PF_APP_API_ACCOUNT_H
#define PF_APP_API_ACCOUNT_H

#include "app/api_call.h"
#include "app/principal.h"

/* False with AUTH=off, where nobody is behind the caller: 409 was sent then. */
bool api_account_is_there(struct api_call *call);
/* Whose failed logins are counted together: an address, or an IPv6 site, which has 2^64 of them. */
const char *api_account_site(const struct api_call *call, char out[ADDRESS_TEXT_MAX]);
/* "scopes":["read",…] */
void api_account_write_scopes(struct strbuf *out, unsigned scopes);

/* A password was wrong: the audit log says whose account was tried, or that there is none; never what was typed as the
 * address, since people type passwords into the wrong field. W. */
PF_MUST_CHECK enum status api_account_note_failure(struct db *db, const char *email);

#endif
