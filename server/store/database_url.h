/* DATABASE_URL looked at before libpq does, whose complaints quote it, password
 * and all. Thread: any; pure. */
#ifndef PF_STORE_DATABASE_URL_H
#define PF_STORE_DATABASE_URL_H

#include "base/status.h"

#include <stddef.h>

/* "" is fine: libpq's own variables. STATUS_INVALID with a text that has nothing of the URL. */
PF_MUST_CHECK enum status database_url_check(const char *url, char *error, size_t error_len);

#endif
