/* Exchange rates: their SQL and its rows. Refuses rates outside their bounds.
 * Thread: W. */
#include "store/exchange_rates.h"

#include "store/db_array.h"
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

struct saving {
    const struct exchange_rate *rates;
    size_t n;
    struct db_array currencies, dates, units;
};

static enum status batch_write(struct db *db, struct saving *saving) {
    struct db_array *const columns[] = {&saving->currencies, &saving->dates, &saving->units};
    struct db_args args;
    db_args_init(&args);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        const char *text = NULL;
        enum status status = db_array_finish(columns[i], &text);
        if (status != STATUS_OK)
            return status;
        db_args_text(&args, text);
    }
    return db_query(db, &statements[SAVE], &args, NULL);
}

static enum status saving_run(struct db *db, void *context) {
    struct saving *saving = context;
    enum status status = STATUS_OK;
    for (size_t first = 0; first < saving->n && status == STATUS_OK; first += BATCH_MAX) {
        size_t end = saving->n - first > BATCH_MAX ? first + BATCH_MAX : saving->n;
        db_array_clear(&saving->currencies);
        db_array_clear(&saving->dates);
        db_array_clear(&saving->units);
        for (size_t i = first; i < end; i++) {
            db_array_text(&saving->currencies, saving->rates[i].currency.code);
            db_array_date(&saving->dates, saving->rates[i].date);
            db_array_decimal(&saving->units, saving->rates[i].units_per_eur_e8);
        }
        status = batch_write(db, saving);
    }
    return status;
}

enum status exchange_rates_save(struct db *db, const struct exchange_rate *rates, size_t n) {
    if (n == 0)
        return STATUS_OK;
    struct saving saving = {.rates = rates, .n = n};
    db_array_init(&saving.currencies);
    db_array_init(&saving.dates);
    db_array_init(&saving.units);
    enum status status = db_transaction(db, saving_run, &saving);
    db_array_fini(&saving.currencies);
    db_array_fini(&saving.dates);
    db_array_fini(&saving.units);
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
