/* Reference data of assets as CSV: which column means what, and a record as a
 * row of the catalog. Refuses values that the catalog would. Thread: any; pure. */
#ifndef PF_APP_ASSET_CSV_H
#define PF_APP_ASSET_CSV_H

#include "base/csv.h"
#include "store/asset_catalog.h"

/* What a column can mean. */
enum asset_column {
    ASSET_COLUMN_NONE, /* nothing here: it is ignored */
    ASSET_COLUMN_SYMBOL,
    ASSET_COLUMN_NAME,
    ASSET_COLUMN_CLASS,
    ASSET_COLUMN_CURRENCY,
    ASSET_COLUMN_MIC,
    ASSET_COLUMN_EXCHANGE, /* other codes of exchanges: those known become their MIC */
    ASSET_COLUMN_SECTOR,
    ASSET_COLUMN_INDUSTRY,
    ASSET_COLUMN_COUNTRY,
    ASSET_COLUMN_ETF,      /* Y: the class is ETF, N: EQUITY */
    ASSET_COLUMN_CRYPTO,   /* by being there: the class is CRYPTO */
    ASSET_COLUMN_PROVIDER, /* <provider>_symbol; may be there many times */
    ASSET_COLUMN_N
};

#define ASSET_PROVIDER_MAX 15

struct asset_csv {
    enum asset_column columns[CSV_FIELDS_MAX];
    char names[CSV_FIELDS_MAX][32];                         /* as the header has them, cut */
    char providers[CSV_FIELDS_MAX][ASSET_PROVIDER_MAX + 1]; /* of ASSET_COLUMN_PROVIDER */
    size_t columns_n, ignored_n;
    bool is_crypto;
    const char *defaults[ASSET_COLUMN_N]; /* for what a record leaves empty; NULL: nothing */
};

/* Reads the header, the first record. INVALID: no symbols, or one thing twice. */
PF_MUST_CHECK enum status asset_csv_header(struct asset_csv *csv, const struct csv *header, char *error,
                                           size_t error_len);

#define ASSET_PROVIDER_SYMBOLS_MAX 1500

/* The texts of its row point into the record, into itself and into static memory. */
struct asset_record {
    struct asset_row row;
    struct currency currency;
    char provider_symbols[ASSET_PROVIDER_SYMBOLS_MAX];
};

/* INVALID: a value is wrong, or the record has another number of fields than
 * the header; the reason, with the column's name, is in error. */
PF_MUST_CHECK enum status asset_csv_record(const struct asset_csv *csv, const struct csv *record,
                                           struct asset_record *ret_record, char *error, size_t error_len);

/* A default as `COLUMN=VALUE`; the text must live as long as csv. */
PF_MUST_CHECK enum status asset_csv_default(struct asset_csv *csv, char *text, char *error, size_t error_len);

#endif
