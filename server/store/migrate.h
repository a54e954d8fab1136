/* Brings a database's schema to the one this binary was built with, or says
 * whether it is there. Forward only; a database that is newer than the binary,
 * and one whose applied files are not the binary's, are refused. */
#ifndef PF_STORE_MIGRATE_H
#define PF_STORE_MIGRATE_H

#include "base/status.h"

#include <stddef.h>
#include <stdio.h>

struct db;

enum migrate_state {
    MIGRATE_CURRENT,
    MIGRATE_OLDER, /* or without our schema: portfoliod migrate is needed */
    MIGRATE_NEWER
};

/* `portfoliod migrate`: under an advisory lock, each file in one transaction
 * with its row of schema_migrations. Progress goes to `out`, a line a file.
 * STATUS_UNAVAILABLE: no connection. STATUS_PRECONDITION: the database is newer,
 * was migrated with other files, or is not in UTF-8. STATUS_INTERNAL: a file
 * failed; what came before it stays applied. The reason is in error[0..error_len).
 * Thread: main. */
PF_MUST_CHECK enum status migrate_run(const char *database_url, FILE *out, char *error, size_t error_len);

/* Thread: W. Compares the highest version only, so it costs one row. */
PF_MUST_CHECK enum status migrate_check(struct db *db, enum migrate_state *ret_state);

#endif
