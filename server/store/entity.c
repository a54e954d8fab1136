/* Pages, preconditions and writes of the entities. Owns nothing. Thread: W. */
#include "store/entity.h"

void page_add_args(struct db_args *args, const struct page *page) {
    db_args_i64(args, page->after.created_us);
    db_args_uuid(args, &page->after.id);
    db_args_i64(args, (int64_t)page->limit + 1);
}

bool precondition_holds(const struct precondition *precondition, const char *etag) {
    if (precondition->header && !precondition->holds(precondition->header, etag))
        return false;
    return !precondition->none_header || !precondition->names(precondition->none_header, etag);
}

enum status entity_get(struct db *db, const struct db_statement *statement, const struct db_args *args,
                       struct db_rows **ret_rows) {
    struct db_rows *rows = NULL;
    enum status status = db_query(db, statement, args, &rows);
    if (status != STATUS_OK)
        return status;
    if (db_rows_n(rows) == 0) {
        db_rows_destroy(&rows);
        return STATUS_NOT_FOUND;
    }
    *ret_rows = rows;
    return STATUS_OK;
}

struct insertion {
    const struct db_statement *statement;
    const struct db_args *args;
    struct db_rows *rows;
};

static enum status insertion_run(struct db *db, void *context) {
    struct insertion *insertion = context;
    db_rows_destroy(&insertion->rows);
    return entity_get(db, insertion->statement, insertion->args, &insertion->rows);
}

enum status entity_insert(struct db *db, const struct db_statement *statement, const struct db_args *args,
                          struct db_rows **ret_rows) {
    struct insertion insertion = {.statement = statement, .args = args};
    enum status status = db_transaction(db, insertion_run, &insertion);
    if (status == STATUS_OK)
        *ret_rows = insertion.rows;
    else
        db_rows_destroy(&insertion.rows);
    return status;
}

enum status entity_lock(struct db *db, const struct db_statement *lock, const struct uuid *id,
                        const struct precondition *precondition, struct db_rows **ret_rows) {
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, id);
    struct db_rows *rows = NULL;
    enum status status = entity_get(db, lock, &args, &rows);
    if (status == STATUS_OK && precondition && !precondition_holds(precondition, db_rows_last_text(rows, 0)))
        status = STATUS_PRECONDITION;
    if (status == STATUS_OK)
        *ret_rows = rows;
    else
        db_rows_destroy(&rows);
    return status;
}

struct update_run {
    const struct entity_update *update;
    struct db_rows *rows;
};

static enum status update_run(struct db *db, void *context) {
    struct update_run *run = context;
    const struct entity_update *update = run->update;
    struct db_rows *locked = NULL;
    db_rows_destroy(&run->rows);
    enum status status = entity_lock(db, update->lock, update->id, update->precondition, &locked);
    if (status == STATUS_OK && update->check)
        status = update->check(locked, update->context);
    db_rows_destroy(&locked);
    return status == STATUS_OK ? entity_get(db, update->update, update->args, &run->rows) : status;
}

enum status entity_update(struct db *db, const struct entity_update *update, struct db_rows **ret_rows) {
    struct update_run run = {.update = update};
    enum status status = db_transaction(db, update_run, &run);
    if (status == STATUS_OK)
        *ret_rows = run.rows;
    else
        db_rows_destroy(&run.rows);
    return status;
}
