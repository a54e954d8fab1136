/* Investments (lots) in PostgreSQL. Thread: W (blocking), but for investment_read.
 *
 * A write locks the portfolio first, then the lot: writers of one portfolio wait
 * for each other and cannot deadlock. */
#ifndef PF_STORE_INVESTMENTS_H
#define PF_STORE_INVESTMENTS_H

#include "domain/split.h"
#include "domain/symbol.h"
#include "store/db.h"
#include "store/entity.h"
#include "store/listing.h"
#include "store/row_owners.h"

#define EXTERNAL_ID_MAX 128 /* bytes */

struct investment {
    struct uuid investment_id;
    struct uuid portfolio_id;
    struct symbol symbol;
    struct quantity quantity;
    struct quantity current_quantity; /* after the splits since */
    struct price purchase_price;
    struct price fee;
    int32_t purchase_date;
    int64_t created_us;
    int64_t updated_us;
    struct currency base_currency; /* the portfolio's */
    const char *external_id;       /* NULL: none */
    struct currency currency;      /* the asset's; the portfolio's until that is known */
    struct price fx_rate;          /* as it was given; 0 = it was not */
    struct price lot_rate;         /* that or the trade date's; 0 = not known, or none is needed */
    const char *etag;
};

struct investment_fields {
    struct uuid portfolio_id; /* of an update: must be the stored one when has_portfolio_id */
    bool has_portfolio_id;
    struct symbol symbol;
    struct quantity quantity;
    struct price purchase_price;
    struct price fee;
    int32_t purchase_date;
    char external_id[EXTERNAL_ID_MAX + 1]; /* "": none; of an update: the stored one stays */
    struct price fx_rate;                  /* 0 = not given */
    struct row_scope scope;                /* the portfolio must be in it, or is not found */
    /* Set with OUT_OF_RANGE: which of them are why. */
    bool is_quantity_refused, is_rate_refused;
};

/* What investments can be sorted by. */
enum investments_sort { INVESTMENTS_BY_CREATION, INVESTMENTS_BY_DATE, INVESTMENTS_BY_SYMBOL };

/* NULL, or has_… false: any. */
struct investments_filter {
    const struct uuid *portfolio_id;
    const char *ticker_symbol;
    bool has_from, has_to;
    int32_t from, to; /* of purchase_date, both included */
    struct row_scope scope;
};

/* A symbol that is not known becomes an asset. STATUS_NOT_FOUND: no such
 * portfolio. STATUS_OUT_OF_RANGE: the position's quantity would be too large, or
 * the lot is in the portfolio's own currency, and its rate is not 1.
 * STATUS_CONFLICT: another lot of the portfolio has the external_id. */
PF_MUST_CHECK enum status investments_insert(struct db *db, struct investment_fields *fields,
                                             struct db_rows **ret_rows);
PF_MUST_CHECK enum status investments_get(struct db *db, const struct uuid *investment_id, struct db_rows **ret_rows);
PF_MUST_CHECK enum status investments_list(struct db *db, const struct listing *listing,
                                           const struct investments_filter *filter, struct db_rows **ret_rows);
/* STATUS_NOT_FOUND, PRECONDITION, INVALID (another portfolio_id), OUT_OF_RANGE and CONFLICT as above. */
PF_MUST_CHECK enum status investments_update(struct db *db, const struct uuid *investment_id,
                                             const struct precondition *precondition, struct investment_fields *fields,
                                             struct db_rows **ret_rows);
PF_MUST_CHECK enum status investments_delete(struct db *db, const struct uuid *investment_id,
                                             const struct precondition *precondition, const struct row_scope *scope,
                                             struct uuid *ret_portfolio_id);

/* The splits of its symbol that count in current_quantity, by date, and those from before its purchase; malloc'd, the
 * caller's; none: NULL. */
PF_MUST_CHECK enum status investment_read_splits(const struct db_rows *rows, size_t index, struct split **ret_splits,
                                                 size_t *ret_n);
PF_MUST_CHECK enum status investment_read(const struct db_rows *rows, size_t index, struct investment *ret_investment);

#endif
