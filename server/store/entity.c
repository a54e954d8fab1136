/* Pages and preconditions of the entities. Owns nothing. Thread: W. */
#include "store/entity.h"

void page_add_args(struct db_args *args, const struct page *page) {
    db_args_i64(args, page->after.created_us);
    db_args_uuid(args, &page->after.id);
    db_args_i64(args, (int64_t)page->limit + 1);
}

bool precondition_holds(const struct precondition *precondition, const char *etag) {
    return !precondition->header || precondition->holds(precondition->header, etag);
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
