/* The last prices and the held symbols in PostgreSQL, as the poller needs
 * them: feed knows nothing of the store, so this wires the two.
 * Thread: the poller's; create and destroy: main. */
#ifndef PF_APP_PRICE_ARCHIVE_H
#define PF_APP_PRICE_ARCHIVE_H

#include "base/status.h"
#include "feed/poller.h"
#include "store/stop_time.h"

#include <stdint.h>

/* With a connection of its own, so that a busy pool never delays a price.
 * database_url and stop_at (see store/db.h) must outlive it. */
PF_MUST_CHECK enum status price_archive_create(const char *database_url, int64_t statement_timeout_ms,
                                               const stop_time *stop_at, struct price_archive **ret_archive);
void price_archive_destroy(struct price_archive **archive);

#endif
