/* Closing values: their SQL and its rows. Owns nothing. Thread: W. */
#include "store/closings.h"

#include "store/bars.h"
#include "store/entity.h"

#include <stdlib.h>
#include <string.h>

enum { NEXT, LIST, LAST_PRICES, ADVANCE, FINISH };

static const struct db_statement statements[] = {
    [NEXT] = {"closings.next", DB_READ,
              "SELECT job_id, to_date, values_after FROM jobs WHERE kind = 'CLOSE' AND values_done_at IS NULL "
              "AND finished_at IS NOT NULL ORDER BY to_date LIMIT 1"},
    [LIST] = {"closings.list", DB_READ,
              "SELECT p.portfolio_id FROM portfolios p WHERE p.portfolio_id > $1 "
              "AND EXISTS (SELECT FROM investments i WHERE i.portfolio_id = p.portfolio_id) "
              "ORDER BY p.portfolio_id LIMIT $2::bigint"},
    /* In the asset's currency, and of a session of which, or after which, there is no bar. */
    [LAST_PRICES] = {"closings.last_prices", DB_READ,
                     "SELECT p.ticker_symbol, p.price, p.session FROM job_symbols s "
                     "JOIN assets a ON a.ticker_symbol = s.ticker_symbol "
                     "JOIN asset_prices p ON p.ticker_symbol = s.ticker_symbol AND p.session <= $2::date "
                     "AND p.currency = a.currency AND NOT p.stale "
                     "WHERE s.job_id = $1 AND s.status = 'FAILED' AND NOT EXISTS (SELECT FROM daily_bars b "
                     "WHERE b.ticker_symbol = s.ticker_symbol AND b.date >= p.session) ORDER BY p.ticker_symbol"},
    [ADVANCE] = {"closings.advance", DB_WRITE, "UPDATE jobs SET values_after = $2 WHERE job_id = $1"},
    [FINISH] = {"closings.finish", DB_WRITE, "UPDATE jobs SET values_done_at = now() WHERE job_id = $1"},
};

static enum status portfolios_list(struct db *db, const struct uuid *after, struct closing *closing) {
    struct db_args args;
    struct db_rows *rows = NULL;
    db_args_init(&args);
    db_args_uuid(&args, after);
    db_args_i64(&args, CLOSING_PORTFOLIOS_MAX);
    enum status status = db_query(db, &statements[LIST], &args, &rows);
    closing->portfolios_n = status == STATUS_OK ? db_rows_n(rows) : 0;
    for (size_t i = 0; status == STATUS_OK && i < closing->portfolios_n; i++) {
        struct db_row row = db_rows_at(rows, i);
        closing->portfolio_ids[i] = db_row_uuid(&row);
        status = db_row_status(&row);
    }
    db_rows_destroy(&rows);
    return status;
}

enum status closings_next(struct db *db, struct closing *ret_closing) {
    struct closing closing = {.portfolios_n = 0};
    struct uuid after = {{0}};
    struct db_rows *rows = NULL;
    enum status status = entity_get(db, &statements[NEXT], DB_NO_ARGS, &rows);
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    closing.job_id = db_row_uuid(&row);
    closing.session = db_row_date(&row);
    closing.is_first = db_row_skip_null(&row);
    if (!closing.is_first)
        after = db_row_uuid(&row);
    status = db_row_status(&row);
    db_rows_destroy(&rows);
    if (status == STATUS_OK)
        status = portfolios_list(db, &after, &closing);
    if (status == STATUS_OK)
        *ret_closing = closing;
    return status;
}

static enum status last_price_read(const struct db_rows *rows, size_t index, struct bar *ret_bar) {
    struct db_row row = db_rows_at(rows, index);
    struct bar bar = {.volume.e8 = -1};
    const char *symbol = db_row_text(&row);
    if (symbol_parse(symbol, strlen(symbol), &bar.symbol) != STATUS_OK)
        row.failed = true;
    bar.close.e8 = db_row_decimal(&row);
    bar.date = db_row_date(&row);
    enum status status = db_row_status(&row);
    if (status == STATUS_OK)
        *ret_bar = bar;
    return status;
}

enum status closings_keep_last_prices(struct db *db, const struct closing *closing) {
    struct db_args args;
    struct db_rows *rows = NULL;
    db_args_init(&args);
    db_args_uuid(&args, &closing->job_id);
    db_args_date(&args, closing->session);
    enum status status = db_query(db, &statements[LAST_PRICES], &args, &rows);
    if (status != STATUS_OK)
        return status;
    size_t n = db_rows_n(rows);
    struct bar *bars = calloc(n + 1, sizeof *bars);
    if (!bars)
        status = STATUS_NO_MEMORY;
    for (size_t i = 0; status == STATUS_OK && i < n; i++)
        status = last_price_read(rows, i, &bars[i]);
    db_rows_destroy(&rows);
    if (status == STATUS_OK && n > 0)
        status = bars_save(db, bars, n, "last_price");
    free(bars);
    return status;
}

enum status closings_advance(struct db *db, const struct closing *closing) {
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, &closing->job_id);
    if (closing->portfolios_n == 0)
        return db_query(db, &statements[FINISH], &args, NULL);
    db_args_uuid(&args, &closing->portfolio_ids[closing->portfolios_n - 1]);
    return db_query(db, &statements[ADVANCE], &args, NULL);
}
