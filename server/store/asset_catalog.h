/* What is known of assets beside their prices: reference data in, assets found
 * by symbol and name out. Thread: W and main (blocking), but for asset_read. */
#ifndef PF_STORE_ASSET_CATALOG_H
#define PF_STORE_ASSET_CATALOG_H

#include "domain/symbol.h"
#include "store/db.h"
#include "store/row_owners.h"

/* NULL or "": not known. */
struct asset_row {
    struct symbol symbol;
    const char *name, *asset_class, *currency, *exchange_mic, *sector, *industry, *country;
    const char *provider_symbols; /* a JSON object */
    int64_t created_us, updated_us;
    const char *etag;
    int64_t rank; /* of a search; less is better */
};

/* NULL at its end; also the order in which a problem lists them. */
extern const char *const asset_classes[];

/* What is not known of a row leaves what is stored as it is; provider_symbols
 * are added to those stored. Of two rows with one symbol the later counts.
 * *ret_changed_n: how many assets are new or not as they were. One transaction. */
PF_MUST_CHECK enum status asset_catalog_save(struct db *db, const struct asset_row *rows, size_t n, size_t *ret_new_n,
                                             size_t *ret_changed_n);

/* Where in the order of a search a page begins: after this one. */
struct asset_key {
    int64_t rank; /* -1: at the beginning */
    struct symbol symbol;
};

struct asset_search {
    const char *query;  /* words of a name, or a symbol; "": everything */
    const char *symbol; /* the query folded, if it can be a symbol; else "" */
    const char *asset_class, *exchange_mic, *currency;
    struct asset_key after;
    size_t limit; /* one more is given: it says that there is a next page */
    struct row_scope scope;
};

/* By rank (0 the symbol itself, 1 symbols that begin so, 2 names that begin so,
 * 3 names with words that begin so), then by symbol. */
PF_MUST_CHECK enum status asset_catalog_search(struct db *db, const struct asset_search *search,
                                               struct db_rows **ret_rows);
/* Outside the scope is what only others' lots have made: not found. NULL: everything is in it. */
PF_MUST_CHECK enum status asset_catalog_get(struct db *db, const struct symbol *symbol, const struct row_scope *scope,
                                            struct db_rows **ret_rows);

/* A row for each symbol in their order, also of those that are no assets. The
 * symbols are the first members of n structs of `size` bytes each. */
PF_MUST_CHECK enum status asset_catalog_get_many(struct db *db, const struct symbol *first, size_t size, size_t n,
                                                 struct db_rows **ret_rows);

PF_MUST_CHECK enum status asset_read(const struct db_rows *rows, size_t index, struct asset_row *ret_asset);

#endif
