/* The historian's database: its own connection, made for feed/history_archive.h.
 * Thread: create and destroy main; the functions the historian's. */
#ifndef PF_APP_HISTORY_STORE_H
#define PF_APP_HISTORY_STORE_H

#include "feed/history_archive.h"
#include "store/stop_time.h"

PF_MUST_CHECK enum status history_store_create(const char *database_url, int64_t statement_timeout_ms,
                                               const stop_time *stop_at, struct history_archive **ret_archive);
void history_store_destroy(struct history_archive **archive);

#endif
