/* Pages of lists. Owns nothing. Thread: W. */
#include "store/listing.h"

void listing_add_args(struct db_args *args, const struct listing *listing) {
    db_args_i64(args, (int64_t)listing->limit + 1);
    db_args_text(args, listing->has_after ? listing->after_key : NULL);
    db_args_uuid(args, &listing->after_id);
}

const char *listing_key(const struct db_rows *rows, size_t index) {
    return db_rows_last_text(rows, index);
}
