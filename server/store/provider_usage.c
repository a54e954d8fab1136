/* The usage of providers: its SQL and its rows. Refuses to count a day back.
 * Thread: the archive's. */
#include "store/provider_usage.h"

#include "store/db_columns.h"
#include "store/entity.h"

#include <stdio.h>
#include <stdlib.h>

#define COLUMNS_N 5

enum { LOAD, SAVE };

static const struct db_statement statements[] = {
    [LOAD] = {"provider_usage.load", DB_READ,
              "SELECT provider, day, day_n, minute_n, " SQL_US("last_request_at") " FROM provider_usage "
                                                                                  "ORDER BY provider"},
    [SAVE] = {"provider_usage.save", DB_WRITE,
              "INSERT INTO provider_usage AS u (provider, day, day_n, minute_n, last_request_at) "
              "SELECT provider, day, day_n, minute_n, timestamptz 'epoch' + last_ms * interval '1 millisecond' "
              "FROM unnest($1::text[], $2::date[], $3::bigint[], $4::bigint[], $5::bigint[]) "
              "AS t (provider, day, day_n, minute_n, last_ms) ORDER BY provider COLLATE \"C\" "
              "ON CONFLICT (provider) DO UPDATE SET day = excluded.day, "
              "day_n = CASE WHEN excluded.day = u.day THEN greatest(u.day_n, excluded.day_n) ELSE excluded.day_n END, "
              "minute_n = CASE WHEN excluded.last_request_at >= u.last_request_at THEN excluded.minute_n "
              "ELSE u.minute_n END, "
              "last_request_at = greatest(u.last_request_at, excluded.last_request_at) "
              "WHERE excluded.day >= u.day"},
};

enum status provider_usage_load(struct db *db, struct provider_usage_row **ret_rows, size_t *ret_n) {
    struct db_rows *found = NULL;
    enum status status = db_query(db, &statements[LOAD], DB_NO_ARGS, &found);
    if (status != STATUS_OK)
        return status;
    size_t n = db_rows_n(found);
    struct provider_usage_row *rows = calloc(n + 1, sizeof *rows);
    if (!rows)
        status = STATUS_NO_MEMORY;
    for (size_t i = 0; i < n && status == STATUS_OK; i++) {
        struct db_row row = db_rows_at(found, i);
        (void)snprintf(rows[i].provider, sizeof rows[i].provider, "%s", db_row_text(&row));
        rows[i].day = db_row_date(&row);
        rows[i].day_n = db_row_i64(&row);
        rows[i].minute_n = db_row_i64(&row);
        rows[i].last_request_ms = db_row_i64(&row) / 1000;
        status = db_row_status(&row);
    }
    db_rows_destroy(&found);
    if (status != STATUS_OK) {
        free(rows);
        return status;
    }
    *ret_rows = rows;
    *ret_n = n;
    return STATUS_OK;
}

static enum status columns_write(struct db *db, struct db_array columns[COLUMNS_N]) {
    struct db_args args;
    db_args_init(&args);
    enum status status = db_columns_finish(columns, COLUMNS_N, &args);
    return status == STATUS_OK ? db_query(db, &statements[SAVE], &args, NULL) : status;
}

enum status provider_usage_save(struct db *db, const struct provider_usage_row *rows, size_t n) {
    struct db_array columns[COLUMNS_N];
    if (n == 0)
        return STATUS_OK;
    db_columns_init(columns, COLUMNS_N);
    for (size_t i = 0; i < n; i++) {
        db_array_text(&columns[0], rows[i].provider);
        db_array_date(&columns[1], rows[i].day);
        db_array_i64(&columns[2], rows[i].day_n);
        db_array_i64(&columns[3], rows[i].minute_n);
        db_array_i64(&columns[4], rows[i].last_request_ms);
    }
    enum status status = columns_write(db, columns);
    db_columns_fini(columns, COLUMNS_N);
    return status;
}
