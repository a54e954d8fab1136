/* Many lots at once into one portfolio, so that the same file can be taken again
 * without doubling anything. Thread: W (blocking).
 *
 * A lot with an external_id is the one that has it in the portfolio. Of equal
 * lots without one the k-th of the import is the k-th of the portfolio: two
 * equal trades in a file are two lots, and the same file again is none. */
#ifndef PF_STORE_INVESTMENT_IMPORT_H
#define PF_STORE_INVESTMENT_IMPORT_H

#include "domain/symbol.h"
#include "store/db.h"
#include "store/investments.h"

#include <stdbool.h>
#include <stddef.h>

enum import_outcome {
    IMPORT_NEW,       /* it is, or would be, created */
    IMPORT_DUPLICATE, /* it is there: investment_id, if it is not of this import, says which */
    IMPORT_WRONG,     /* left alone */
    IMPORT_TOO_MUCH,  /* the position's quantity would be too large */
    IMPORT_RATED      /* has a rate, but is in the portfolio's currency */
};

struct import_lot {
    size_t row; /* in the file */
    struct symbol symbol;
    struct quantity quantity;
    struct price purchase_price;
    struct price fee;
    int32_t purchase_date;
    int64_t fx_rate_e8;      /* 0: none */
    const char *external_id; /* NULL: none */
    enum import_outcome outcome;
    const struct import_lot *same_as; /* a duplicate inside the import */
    struct uuid investment_id;
};

struct investment_import {
    const struct uuid *portfolio_id;
    struct import_lot *lots;
    size_t lots_n;
    bool is_dry_run;                     /* says what would be, and writes nothing */
    size_t new_n, duplicates_n, wrong_n; /* results, with the lots' outcomes */
};

/* One transaction, inside another one if there is one: with a lot that is wrong
 * nothing is written, and the transaction around it must not be committed
 * (STATUS_OUT_OF_RANGE, unless it is a dry run). STATUS_NOT_FOUND: no such portfolio. */
PF_MUST_CHECK enum status investment_import_run(struct db *db, struct investment_import *import);

#endif
