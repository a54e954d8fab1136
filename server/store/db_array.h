/* An array parameter in the making: PostgreSQL's text form of an array of one
 * dimension, element after element. For statements that write many rows at
 * once with unnest. Thread: any. */
#ifndef PF_STORE_DB_ARRAY_H
#define PF_STORE_DB_ARRAY_H

#include "base/strbuf.h"

#include <stdint.h>

struct db_array {
    struct strbuf text;
};

void db_array_init(struct db_array *array);
void db_array_fini(struct db_array *array);
/* No elements again; keeps the memory. */
void db_array_clear(struct db_array *array);

void db_array_null(struct db_array *array);
void db_array_text(struct db_array *array, const char *text); /* NULL: SQL's NULL */
void db_array_i64(struct db_array *array, int64_t value);
void db_array_bool(struct db_array *array, bool value);
void db_array_decimal(struct db_array *array, int64_t e8);
void db_array_amount(struct db_array *array, struct amount amount);
void db_array_date(struct db_array *array, int32_t days);

/* The array as a parameter, valid until the next change. NO_MEMORY: some element was
 * lost. */
PF_MUST_CHECK enum status db_array_finish(struct db_array *array, const char **ret_text);

#endif
