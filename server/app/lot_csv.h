/* Lots as CSV: what POST /portfolios/{id}/investments/import takes. Reads all of
 * it and says everything that is wrong with it at once. Thread: any; pure. */
#ifndef PF_APP_LOT_CSV_H
#define PF_APP_LOT_CSV_H

#include "protocol/errors.h"
#include "store/investment_import.h"

#include <stdbool.h>
#include <stddef.h>

#define LOT_CSV_ROWS_MAX 50000  /* the 50,001st is refused */
#define LOT_CSV_ERRORS_MAX 1000 /* the others are counted */

struct lot_csv_error {
    size_t row; /* as spreadsheets number them: the header is 1 */
    char field[40];
    enum error_code code;
    char detail[128];
};

struct lot_csv {
    struct import_lot *lots; /* one for each row; those that are wrong are IMPORT_WRONG */
    size_t lots_n;
    struct lot_csv_error *errors;
    size_t errors_n; /* all of them, of which the first LOT_CSV_ERRORS_MAX are kept */
    bool is_unfit;   /* the columns are wrong, or there are too many rows: no dry run either */
};

/* text[0..len) is cut up, with one byte of room behind it; the lots' texts point
 * into it. last_date: the latest purchase_date that is taken. NO_MEMORY. */
PF_MUST_CHECK enum status lot_csv_read(char *text, size_t len, int32_t last_date, struct lot_csv *ret_csv);
void lot_csv_fini(struct lot_csv *csv);

/* Counts and, while there is room, keeps one. */
void lot_csv_add_error(struct lot_csv *csv, size_t row, const char *field, enum error_code code, const char *detail);

#endif
