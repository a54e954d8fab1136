/* Exchange rates: their SQL and its rows. Refuses rates outside their bounds.
 * Thread: W. */
#include "store/exchange_rates.h"

#include "store/db_columns.h"
#include "store/entity.h"

#define BATCH_MAX 5000 /* rows a statement */

enum { SAVE, NEWEST, LOAD };

static const struct db_statement statements[] = {
    [SAVE] = {"exchange_rates.save", DB_WRITE,
              "INSERT INTO exchange_rates AS r (currency, date, units_per_eur) "
              "SELECT DISTINCT ON (currency, date) * FROM unnest($1::text[], $2::date[], $3::numeric[]) "
              "AS t (currency, date, units_per_eur) ORDER BY currency, date "
              "ON CONFLICT (currency, date) DO UPDATE SET units_per_eur = excluded.units_per_eur "
              "WHERE r.units_per_eur <> excluded.units_per_eur"},
    [LOAD] = {"exchange_rates.load", DB_READ,
              "WITH day AS (SELECT max(date) AS date FROM exchange_rates "
              "WHERE ($1::text = 'EUR' OR currency = $1::char(3)) AND ($2::date IS NULL OR date <= $2)) "
              "SELECT d.date, c.currency, x.rate FROM day d "
              "CROSS JOIN LATERAL (SELECT r.currency::text FROM exchange_rates r WHERE r.date = d.date "
              "UNION ALL SELECT 'EUR') AS c (currency) "
              "CROSS JOIN LATERAL (SELECT exchange_rate_on($1, c.currency, d.date)) AS x (rate) "
              "WHERE d.date IS NOT NULL AND c.currency <> $1 AND x.rate IS NOT NULL ORDER BY c.currency COLLATE \"C\""},
    [NEWEST] = {"exchange_rates.newest", DB_READ, "SELECT max(date) FROM exchange_rates"},
};

#define COLUMNS_N 3

struct saving {
    const struct exchange_rate *rates;
    size_t n;
    struct db_array columns[COLUMNS_N]; /* currencies, dates, units of an euro */
};

static enum status batch_write(struct db *db, struct saving *saving) {
    struct db_args args;
    db_args_init(&args);
    enum status status = db_columns_finish(saving->columns, COLUMNS_N, &args);
    return status == STATUS_OK ? db_query(db, &statements[SAVE], &args, NULL) : status;
}

static enum status saving_run(struct db *db, void *context) {
    struct saving *saving = context;
    enum status status = STATUS_OK;
    for (size_t first = 0; first < saving->n && status == STATUS_OK; first += BATCH_MAX) {
        size_t end = saving->n - first > BATCH_MAX ? first + BATCH_MAX : saving->n;
        db_columns_clear(saving->columns, COLUMNS_N);
        for (size_t i = first; i < end; i++) {
            db_array_text(&saving->columns[0], saving->rates[i].currency.code);
            db_array_date(&saving->columns[1], saving->rates[i].date);
            db_array_decimal(&saving->columns[2], saving->rates[i].units_per_eur_e8);
        }
        status = batch_write(db, saving);
    }
    return status;
}

enum status exchange_rates_save(struct db *db, const struct exchange_rate *rates, size_t n) {
    if (n == 0)
        return STATUS_OK;
    struct saving saving = {.rates = rates, .n = n};
    db_columns_init(saving.columns, COLUMNS_N);
    enum status status = db_transaction(db, saving_run, &saving);
    db_columns_fini(saving.columns, COLUMNS_N);
    return status;
}

enum status exchange_rates_load(struct db *db, struct currency base, int32_t date, struct db_rows **ret_rows) {
    struct db_args args;
    db_args_init(&args);
    db_args_text(&args, base.code);
    if (date == INT32_MAX)
        db_args_text(&args, NULL);
    else
        db_args_date(&args, date);
    return entity_get(db, &statements[LOAD], &args, ret_rows);
}

enum status exchange_rates_newest(struct db *db, int32_t *ret_date) {
    struct db_rows *rows = NULL;
    enum status status = entity_get(db, &statements[NEWEST], DB_NO_ARGS, &rows);
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    int32_t date = 0;
    status = STATUS_NOT_FOUND;
    if (!db_row_skip_null(&row)) {
        date = db_row_date(&row);
        status = db_row_status(&row);
    }
    db_rows_destroy(&rows);
    if (status == STATUS_OK)
        *ret_date = date;
    return status;
}
