/* The audit log: its SQL and its rows. Refuses to change what is in it; the
 * database does too. Thread: W. */
#include "store/audit.h"

#include "store/audit_columns.h"
#include "store/entity.h"

#include <stdio.h>

enum { WRITE, BECOME, SEAL, LIST };

static const struct db_statement statements[] = {
    [WRITE] =
        {"audit.write", DB_WRITE,
         "INSERT INTO audit_log (action, entity, entity_id, before, after, actor_id, actor) "
         "VALUES ($1, $2, $3, $4, $5, coalesce($6::uuid, nullif(current_setting('pf.actor_id', true), '')::uuid), "
         "coalesce($7, nullif(current_setting('pf.actor', true), ''), session_user))"},
    [BECOME] = {"audit.become", DB_WRITE,
                "SELECT set_config('pf.actor_id', $1, true), set_config('pf.actor', $2, true)"},
    [SEAL] = {"audit.seal", DB_WRITE,
              "SELECT sealed_n, head_position, head_hash, waits_us, is_busy FROM audit_seal($1::integer)"},
    [LIST] =
        {"audit.list", DB_READ,
         "SELECT coalesce(s.position, 0), " SQL_AUDIT_COLUMNS
         " FROM audit_log l LEFT JOIN audit_seals s ON s.audit_id = l.audit_id "
         "WHERE l.audit_id < $1 AND ($3::text IS NULL OR l.entity = $3) AND ($4::text IS NULL OR l.entity_id = $4) "
         "AND ($5::text IS NULL OR l.actor = $5) AND ($6::text IS NULL OR l.action = $6) "
         "AND ($7::bigint IS NULL OR l.at >= timestamptz 'epoch' + $7::bigint * interval '1 microsecond') "
         "AND ($8::bigint IS NULL OR l.at < timestamptz 'epoch' + $8::bigint * interval '1 microsecond') "
         "ORDER BY l.audit_id DESC LIMIT $2"},
};

static enum status write_run(struct db *db, void *context) {
    const struct audit_event *event = *(const struct audit_event *const *)context;
    struct db_args args;
    db_args_init(&args);
    db_args_text(&args, event->action);
    db_args_text(&args, event->entity);
    db_args_text(&args, event->entity_id);
    db_args_text(&args, event->before);
    db_args_text(&args, event->after);
    db_args_optional_uuid(&args, event->who_id);
    db_args_text(&args, event->who);
    return db_query(db, &statements[WRITE], &args, NULL);
}

/* In a transaction though it is one statement: a connection that is cut before the COMMIT then leaves no doubt. */
enum status audit_write(struct db *db, const struct audit_event *event) {
    return db_transaction(db, write_run, &event);
}

enum status audit_become(struct db *db, const struct uuid *user_id, const char *name) {
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, user_id);
    db_args_text(&args, name);
    return db_query(db, &statements[BECOME], &args, NULL);
}

enum status audit_seal(struct db *db, int64_t rows_max, int64_t *ret_sealed_n, struct audit_head *ret_head) {
    struct db_args args;
    struct db_rows *rows = NULL;
    db_args_init(&args);
    db_args_i64(&args, rows_max);
    enum status status = entity_get(db, &statements[SEAL], &args, &rows);
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    struct audit_head head;
    int64_t sealed_n = db_row_i64(&row);
    head.position = db_row_i64(&row);
    (void)snprintf(head.hash, sizeof head.hash, "%s", db_row_text(&row));
    head.waits_us = db_row_i64(&row);
    head.is_busy = db_row_bool(&row);
    status = db_row_status(&row);
    db_rows_destroy(&rows);
    if (status != STATUS_OK)
        return status;
    *ret_sealed_n = sealed_n;
    *ret_head = head;
    return STATUS_OK;
}

enum status audit_row_read(struct db_row *row, struct audit_row *ret_row) {
    struct audit_row it = {0};
    it.audit_id = db_row_i64(row);
    it.cluster = db_row_text(row);
    it.xid = db_row_text(row);
    it.at_us = db_row_text(row);
    it.db_role = db_row_text(row);
    it.actor_id = db_row_optional_text(row);
    it.actor = db_row_text(row);
    it.peer = db_row_text(row);
    it.request_id = db_row_optional_text(row);
    it.action = db_row_text(row);
    it.entity = db_row_text(row);
    it.entity_id = db_row_optional_text(row);
    it.before = db_row_optional_text(row);
    it.after = db_row_optional_text(row);
    if (!row->failed)
        *ret_row = it;
    return db_row_status(row);
}

static void optional_us_add(struct db_args *args, int64_t us, int64_t any) {
    if (us == any)
        db_args_text(args, NULL);
    else
        db_args_i64(args, us);
}

enum status audit_list(struct db *db, const struct audit_filter *filter, int64_t before_id, int64_t limit,
                       struct db_rows **ret_rows) {
    struct db_args args;
    db_args_init(&args);
    db_args_i64(&args, before_id);
    db_args_i64(&args, limit);
    db_args_text(&args, filter->entity);
    db_args_text(&args, filter->entity_id);
    db_args_text(&args, filter->actor);
    db_args_text(&args, filter->action);
    optional_us_add(&args, filter->since_us, INT64_MIN);
    optional_us_add(&args, filter->until_us, INT64_MAX);
    return db_query(db, &statements[LIST], &args, ret_rows);
}
