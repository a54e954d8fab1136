/* Columns of rows, together. Refuses nothing; bounded by DB_ARGS_MAX. Thread: W. */
#include "store/db_columns.h"

void db_columns_init(struct db_array *columns, size_t n) {
    for (size_t i = 0; i < n; i++)
        db_array_init(&columns[i]);
}

void db_columns_fini(struct db_array *columns, size_t n) {
    for (size_t i = 0; i < n; i++)
        db_array_fini(&columns[i]);
}

void db_columns_clear(struct db_array *columns, size_t n) {
    for (size_t i = 0; i < n; i++)
        db_array_clear(&columns[i]);
}

enum status db_columns_finish(struct db_array *columns, size_t n, struct db_args *args) {
    for (size_t i = 0; i < n; i++) {
        const char *text = NULL;
        enum status status = db_array_finish(&columns[i], &text);
        if (status != STATUS_OK)
            return status;
        db_args_text(args, text);
    }
    return STATUS_OK;
}
