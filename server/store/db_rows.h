/* Parameters of a statement and rows of its result, typed. Numbers travel as
 * text, exactly. Thread: W; rows may be read and freed on any one thread. */
#ifndef PF_STORE_DB_ROWS_H
#define PF_STORE_DB_ROWS_H

#include "base/decimal.h"
#include "base/status.h"
#include "base/uuid.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DB_ARGS_MAX 12

/* The parameters $1, $2, … in the order they are added. Texts that are passed
 * as pointers (text, array) must live until the query is done. Adding more
 * than DB_ARGS_MAX is a bug and makes the query fail. */
struct db_args {
    size_t n;
    const char *values[DB_ARGS_MAX]; /* NULL: SQL's NULL */
    char texts[DB_ARGS_MAX][DECIMAL_TEXT_MAX];
};

#define DB_NO_ARGS ((const struct db_args *)NULL)

void db_args_init(struct db_args *args);
void db_args_text(struct db_args *args, const char *text); /* NULL or "": SQL's NULL */
void db_args_i64(struct db_args *args, int64_t value);
void db_args_decimal(struct db_args *args, int64_t e8);
void db_args_amount(struct db_args *args, struct amount amount);
void db_args_uuid(struct db_args *args, const struct uuid *uuid);
void db_args_optional_uuid(struct db_args *args, const struct uuid *uuid); /* NULL: SQL's NULL */
void db_args_date(struct db_args *args, int32_t days);
void db_args_optional_date(struct db_args *args, bool is_given, int32_t days);

/* The rows of a result; texts got from them live as long as they do. */
struct db_rows;

PF_MUST_CHECK enum status db_rows_create(PGresult *result, struct db_rows **ret_rows); /* takes result over */
void db_rows_destroy(struct db_rows **rows);                                           /* NULL is allowed */
size_t db_rows_n(const struct db_rows *rows);

/* Reads the columns of a row in order. A value that does not have its type's
 * form or bounds sets `failed` and reads as zero, so a reader checks once. */
struct db_row {
    const struct db_rows *rows;
    size_t index;
    int column;
    bool failed;
};

/* A row from its column of that name on; `failed` when there is none. */
struct db_row db_rows_at_column(const struct db_rows *rows, size_t index, const char *name);
struct db_row db_rows_at(const struct db_rows *rows, size_t index);
const char *db_rows_last_text(const struct db_rows *rows, size_t index); /* of a row's last column */
/* True when the next column is NULL; it is skipped then. */
bool db_row_skip_null(struct db_row *row);
const char *db_row_text(struct db_row *row);                            /* "" when NULL */
const char *db_row_optional_text(struct db_row *row);                   /* NULL when NULL */
const unsigned char *db_row_bytes(struct db_row *row, size_t *ret_len); /* of a binary statement */
int64_t db_row_i64(struct db_row *row);
int64_t db_row_decimal(struct db_row *row); /* units of 1e-8 */
struct amount db_row_amount(struct db_row *row);
struct uuid db_row_uuid(struct db_row *row);
int32_t db_row_date(struct db_row *row);
bool db_row_bool(struct db_row *row);
/* STATUS_OK, or STATUS_INTERNAL: the database holds what its constraints forbid. */
PF_MUST_CHECK enum status db_row_status(const struct db_row *row);

#endif
