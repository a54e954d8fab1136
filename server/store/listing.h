/* A page of a list in one of its orders: after which row it begins. What the
 * entity files share of it: the parameters and the SQL.
 *
 * A row's place is the value it is sorted by, as text, and its id; so a page
 * goes on where the last one ended, whatever came or went meanwhile. Thread: any; the SQL on W. */
#ifndef PF_STORE_LISTING_H
#define PF_STORE_LISTING_H

#include "base/uuid.h"
#include "store/db_rows.h"

#include <stdbool.h>
#include <stddef.h>

#define LISTING_KEY_MAX 1020 /* bytes: the longest text one can sort by, in lower case */

struct listing {
    size_t limit;
    size_t order; /* of the entity's: two for each value, ascending and descending */
    bool has_after;
    char after_key[LISTING_KEY_MAX + 1];
    struct uuid after_id;
    char fingerprint[17]; /* of the list, its sort and its filters: a cursor is good for these */
};

/* Adds $1 to $3. One row more than the limit is asked for: it says that there
 * is a next page. */
void listing_add_args(struct db_args *args, const struct listing *listing);

/* What a row is sorted by: its last column. */
const char *listing_key(const struct db_rows *rows, size_t index);

/* The end of a list's SQL. value: a column or an expression with an index on
 * (value, id), key: $2 in its type. A row comparison, so that the index gives the
 * range; planned for the given parameters, so what is NULL costs nothing. */
#define SQL_LISTING(value, id, key, compare, direction)                                                                \
    " AND ($2::text IS NULL OR (" value ", " id ") " compare " (" key ", $3::uuid)) ORDER BY " value " " direction     \
    ", " id " " direction " LIMIT $1::bigint"
#define SQL_LISTING_KEY_TIME "timestamptz 'epoch' + $2::text::bigint * interval '1 microsecond'"
#define SQL_LISTING_KEY_DATE "$2::text::date"
#define SQL_LISTING_KEY_TEXT "$2::text"

/* In the order of code points and in any case: the same on every server. */
#define SQL_FOLDED(column) "lower(" column ") COLLATE \"C\""
#define SQL_BEGINS(column, parameter)                                                                                  \
    "(" parameter "::text IS NULL OR starts_with(" SQL_FOLDED(column) ", lower(" parameter ")))"

#endif
