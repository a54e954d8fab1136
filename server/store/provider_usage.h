/* How often providers were asked, in PostgreSQL. Thread: the archive's
 * (blocking). */
#ifndef PF_STORE_PROVIDER_USAGE_H
#define PF_STORE_PROVIDER_USAGE_H

#include "store/db.h"

#define PROVIDER_NAME_MAX 15

struct provider_usage_row {
    char provider[PROVIDER_NAME_MAX + 1];
    int32_t day;
    int64_t day_n, minute_n;
    int64_t last_request_ms;
};

/* All rows; malloc'd, the caller's. */
PF_MUST_CHECK enum status provider_usage_load(struct db *db, struct provider_usage_row **ret_rows, size_t *ret_n);
/* Keeps them; a row of a later day stays, and a day's count does not shrink: an
 * earlier leader may be late. */
PF_MUST_CHECK enum status provider_usage_save(struct db *db, const struct provider_usage_row *rows, size_t n);

#endif
