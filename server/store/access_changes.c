/* The SQL of reading access_changes. Refuses a snapshot that is too long to be
 * remembered: then anything may have changed, each time. Thread: W. */
#include "store/access_changes.h"

#include <stdio.h>
#include <string.h>

enum { READ_SINCE };

static const struct db_statement statements[] = {
    /* One row at least, with the snapshot that the whole statement sees. Anything may have changed after a failover to
     * where less has happened (the old snapshot is ahead), and when rows were swept that the old one did not see. */
    [READ_SINCE] = {"access_changes.read_since", DB_READ,
                    "SELECT pg_current_snapshot()::text, "
                    "pg_snapshot_xmax($1::pg_snapshot) > pg_snapshot_xmax(pg_current_snapshot()) OR EXISTS (SELECT "
                    "FROM access_sweeps WHERE newest_xid >= pg_snapshot_xmin($1::pg_snapshot) "
                    "AND NOT pg_visible_in_snapshot(sweep_xid, $1::pg_snapshot) "
                    "AND sweep_xid < pg_snapshot_xmax(pg_current_snapshot())), c.subject "
                    "FROM (VALUES (1)) AS one LEFT JOIN (SELECT DISTINCT subject FROM access_changes "
                    "WHERE xid >= pg_snapshot_xmin($1::pg_snapshot) "
                    "AND NOT pg_visible_in_snapshot(xid, $1::pg_snapshot) LIMIT $2::bigint) AS c ON true"},
};

static enum status rows_read(const struct db_rows *rows, struct access_changes *changes) {
    bool is_first = changes->snapshot[0] == '\0';
    struct access_changes read = {.is_all = is_first};
    for (size_t i = 0; i < db_rows_n(rows); i++) {
        struct db_row row = db_rows_at(rows, i);
        const char *snapshot = db_row_text(&row);
        bool has_gap = !db_row_skip_null(&row) && db_row_bool(&row);
        bool is_too_long = strlen(snapshot) >= sizeof read.snapshot;
        read.is_all |= has_gap || is_too_long || read.subjects_n == ACCESS_CHANGES_MAX;
        (void)snprintf(read.snapshot, sizeof read.snapshot, "%s", is_too_long ? "" : snapshot);
        if (!db_row_skip_null(&row) && read.subjects_n < ACCESS_CHANGES_MAX)
            read.subjects[read.subjects_n++] = db_row_uuid(&row);
        if (row.failed)
            return STATUS_INTERNAL;
    }
    *changes = read;
    return STATUS_OK;
}

enum status access_changes_read(struct db *db, struct access_changes *changes) {
    struct db_args args;
    struct db_rows *rows = NULL;
    db_args_init(&args);
    db_args_text(&args, changes->snapshot);
    db_args_i64(&args, ACCESS_CHANGES_MAX + 1);
    enum status status = db_query(db, &statements[READ_SINCE], &args, &rows);
    if (status == STATUS_OK)
        status = rows_read(rows, changes);
    db_rows_destroy(&rows);
    return status;
}
