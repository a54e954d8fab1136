/* A row of the audit log as a JSON object, for `portfoliod audit list` and GET /audit. Thread: any; pure. */
#ifndef PF_APP_AUDIT_JSON_H
#define PF_APP_AUDIT_JSON_H

#include "base/strbuf.h"
#include "store/audit.h"

/* position: 0 when the row is not sealed yet. */
void audit_json_write(struct strbuf *out, int64_t position, const struct audit_row *row);

#endif
