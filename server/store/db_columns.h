/* The columns of rows that one statement writes with unnest: an array each,
 * passed as parameters side by side. They live with the caller. Thread: W. */
#ifndef PF_STORE_DB_COLUMNS_H
#define PF_STORE_DB_COLUMNS_H

#include "store/db_array.h"
#include "store/db_rows.h"

void db_columns_init(struct db_array *columns, size_t n);
void db_columns_fini(struct db_array *columns, size_t n);
/* No rows again; keeps the memory. */
void db_columns_clear(struct db_array *columns, size_t n);

/* Adds each as the next parameter; they must live until the query is done, and
 * are cleared before they are filled again. NO_MEMORY: some element was lost. */
PF_MUST_CHECK enum status db_columns_finish(struct db_array *columns, size_t n, struct db_args *args);

#endif
