/* Many lots at once into one portfolio, so that the same file can be taken again
 * without doubling anything. Thread: W (blocking).
 *
 * A lot with an external_id is the one that has it in the portfolio; where that
 * one says otherwise it is told, and left as it is. Of equal
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
    IMPORT_CHANGED,   /* its external_id is there, with other values: they stay */
    IMPORT_WRONG,     /* left alone */
    IMPORT_TOO_MUCH,  /* the position's quantity would be too large */
    IMPORT_RATED      /* has a rate, but is in the portfolio's currency */
};

/* In what a lot differs from the one that has its external_id: bits. */
enum import_difference {
    IMPORT_OTHER_SYMBOL = 1 << 0,
    IMPORT_OTHER_QUANTITY = 1 << 1,
    IMPORT_OTHER_PRICE = 1 << 2,
    IMPORT_OTHER_FEE = 1 << 3,
    IMPORT_OTHER_DATE = 1 << 4,
    IMPORT_OTHER_FX_RATE = 1 << 5
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
    unsigned differences;             /* of IMPORT_CHANGED */
    const struct import_lot *same_as; /* a duplicate inside the import */
    struct uuid investment_id;
};

struct investment_import {
    const struct uuid *portfolio_id;
    struct row_scope scope; /* the portfolio must be in it, or is not found */
    struct import_lot *lots;
    size_t lots_n;
    bool is_dry_run; /* says what would be, and writes nothing */
    /* In: the portfolio is locked from the beginning. Out, set when another writer of it came first, which undoes
     * everything: what is run again (db_try_again) locks it. */
    bool is_locking;
    /* Results, with the lots' outcomes. */
    size_t new_n, duplicates_n, changed_n, wrong_n;
};

/* Before the run, not inside a transaction: adds the symbols that are new to the whole database, so that other writers
 * of them wait for this statement and not for the import; for an unknown portfolio none. */
PF_MUST_CHECK enum status investment_import_add_assets(struct db *db, const struct investment_import *import);

/* The portfolio is locked only for the last moment, when its version shows whether what was found out before still
 * holds, so that its other writers do not wait for the import.
 * One transaction, inside another one if there is one: with a lot that is wrong
 * nothing is written, and the transaction around it must not be committed
 * (STATUS_OUT_OF_RANGE, unless it is a dry run). STATUS_NOT_FOUND: no such portfolio. */
PF_MUST_CHECK enum status investment_import_run(struct db *db, struct investment_import *import);

#endif
