/* What the entity files share: pages, preconditions, and the SQL of both.
 *
 * An entity's functions give rows, which its `…_read` turns into a struct; texts
 * in that point into the rows. Thread: W. */
#ifndef PF_STORE_ENTITY_H
#define PF_STORE_ENTITY_H

#include "base/uuid.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A place in a list ordered by creation: after it comes the next page. */
struct page_key {
    int64_t created_us; /* since 1970 */
    struct uuid id;
};

/* Before every row: the year 1, and the nil uuid. */
#define PAGE_KEY_FIRST ((struct page_key){.created_us = INT64_C(-62135596800000000)})

struct page {
    size_t limit;
    struct page_key after;
};

/* Adds the three parameters of SQL_PAGE. One row more than the limit is asked
 * for: it says that there is a next page. */
void page_add_args(struct db_args *args, const struct page *page);

/* If-Match, then If-None-Match, judged inside the transaction that writes. */
struct precondition {
    bool (*holds)(const char *header, const char *etag);
    const char *header; /* NULL: anything holds */
    bool (*names)(const char *header, const char *etag);
    const char *none_header; /* what it names must not be there; NULL: anything may */
};
bool precondition_holds(const struct precondition *precondition, const char *etag);

/* Runs a statement that gives one row: STATUS_NOT_FOUND when it gives none. */
PF_MUST_CHECK enum status entity_get(struct db *db, const struct db_statement *statement, const struct db_args *args,
                                     struct db_rows **ret_rows);

/* In a transaction though it is one statement: a connection that is cut before
 * the COMMIT then leaves no doubt. The statement gives the new row. */
PF_MUST_CHECK enum status entity_insert(struct db *db, const struct db_statement *statement, const struct db_args *args,
                                        struct db_rows **ret_rows);

/* Locks the row of an id; its last column is the entity tag that the
 * precondition is judged by. NULL: none. */
PF_MUST_CHECK enum status entity_lock(struct db *db, const struct db_statement *lock, const struct uuid *id,
                                      const struct precondition *precondition, struct db_rows **ret_rows);

/* A change of one row in a transaction: locked, judged, changed. */
struct entity_update {
    const struct db_statement *lock, *update;
    const struct uuid *id;
    const struct precondition *precondition;
    const struct db_args *args; /* of the update */
    /* What else must hold of the row as it was; NULL: nothing. */
    enum status (*check)(const struct db_rows *locked, const void *context);
    const void *context;
};
PF_MUST_CHECK enum status entity_update(struct db *db, const struct entity_update *update, struct db_rows **ret_rows);

#define SQL_US(column) "(extract(epoch FROM " column ") * 1000000)::bigint"
/* Of stored columns, as text: a change of any of them changes it. */
#define SQL_ETAG(columns) "left(encode(sha256(convert_to(ROW(" columns ")::text, 'UTF8')), 'hex'), 32)"
/* us, id and limit are parameters ("$1"); created_at and id are columns. A
 * row comparison, so that the index gives the range. */
#define SQL_PAGE(created_at, id_column, us, id, limit)                                                                 \
    "(" created_at ", " id_column ") > (timestamptz 'epoch' + " us "::bigint * interval '1 microsecond', " id          \
    "::uuid) ORDER BY " created_at ", " id_column " LIMIT " limit "::bigint"

#endif
