/* Closes of the inputs of daily values: whole years, packed, for a rebuild, or
 * the two ends of a range. Refuses series that are not as the database derives
 * them. Thread: W. */
#include "store/value_inputs_internal.h"

#include <stdlib.h>
#include <string.h>

#define CLOSE_BYTES 12 /* see close_series */

enum { LOAD_SERIES, LOAD_NEAR, LOAD_LAST, LOAD_LIVE };

static const struct db_statement statements[] = {
    [LOAD_SERIES] = {"value_closes.load_series", DB_READ_BINARY,
                     "SELECT s.ticker_symbol, s.closes FROM close_series s WHERE s.ticker_symbol = ANY ($1::text[]) "
                     "AND s.year >= coalesce((SELECT max(b.year) FROM close_series b WHERE b.ticker_symbol = "
                     "s.ticker_symbol AND b.year < extract(year FROM $2::date) AND octet_length(b.closes) > 0), "
                     "extract(year FROM $2::date)) ORDER BY s.ticker_symbol, s.year"},
    /* Within a fortnight there nearly always is one: read from the one or two
     * partitions it is in. */
    [LOAD_NEAR] = {"value_closes.load_near", DB_READ,
                   "SELECT DISTINCT ON (ticker_symbol) ticker_symbol, date, close FROM daily_bars "
                   "WHERE ticker_symbol = ANY ($1::text[]) AND date > $2::date - 14 AND date <= $2::date "
                   "ORDER BY ticker_symbol, date DESC"},
    [LOAD_LAST] = {"value_closes.load_last", DB_READ,
                   "SELECT t.ticker_symbol, b.date, b.close FROM unnest($1::text[]) AS t (ticker_symbol) "
                   "CROSS JOIN LATERAL (SELECT date, close FROM daily_bars WHERE ticker_symbol = t.ticker_symbol "
                   "AND date <= $2::date ORDER BY date DESC LIMIT 1) b"},
    [LOAD_LIVE] = {"value_closes.load_live", DB_READ,
                   "SELECT p.ticker_symbol, p.session, p.price, p.currency FROM asset_prices p "
                   "WHERE p.ticker_symbol = ANY ($1::text[]) AND NOT p.stale"},
};

static uint64_t big_endian(const unsigned char *bytes, size_t n) {
    uint64_t value = 0;
    for (size_t i = 0; i < n; i++)
        value = value << 8 | bytes[i];
    return value;
}

/* --- series --- */

static enum status series_fill(struct value_inputs *inputs, const struct db_rows *rows) {
    size_t total_n = 0, next = 0, len;
    for (size_t i = 0; i < db_rows_n(rows); i++) {
        struct db_row row = db_rows_at(rows, i);
        (void)db_row_text(&row);
        (void)db_row_bytes(&row, &len);
        total_n += len / CLOSE_BYTES;
    }
    free(inputs->closes);
    inputs->closes = calloc(total_n + 1, sizeof *inputs->closes);
    if (!inputs->closes)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < db_rows_n(rows); i++) {
        struct db_row row = db_rows_at(rows, i);
        struct input_holding *holding = value_inputs_find(inputs, db_row_text(&row));
        const unsigned char *bytes = db_row_bytes(&row, &len);
        if (row.failed || !holding)
            return STATUS_INTERNAL;
        if (holding->value.closes_n == 0)
            holding->value.closes = &inputs->closes[next];
        for (size_t at = 0; at + CLOSE_BYTES <= len; at += CLOSE_BYTES, next++) {
            inputs->closes[next].date = (int32_t)(uint32_t)big_endian(bytes + at, 4);
            inputs->closes[next].price.e8 = (int64_t)big_endian(bytes + at + 4, 8);
            holding->value.closes_n++;
        }
    }
    return STATUS_OK;
}

static void closes_clear(struct value_inputs *inputs) {
    for (size_t i = 0; i < inputs->holdings_n; i++) {
        inputs->holdings[i].value.closes = NULL;
        inputs->holdings[i].value.closes_n = 0;
    }
}

/* Runs a statement whose parameters are symbols and a date. */
static enum status symbols_query(struct db *db, const struct db_statement *statement, struct db_array *symbols,
                                 int32_t date, struct db_rows **ret_rows) {
    struct db_args args;
    db_args_init(&args);
    db_args_text(&args, strbuf_text(&symbols->text));
    db_args_date(&args, date);
    return db_query(db, statement, &args, ret_rows);
}

enum status value_inputs_load_series(struct db *db, struct value_inputs *inputs, size_t first, size_t n, int32_t from) {
    struct db_array symbols;
    struct db_rows *rows = NULL;
    closes_clear(inputs);
    db_array_init(&symbols);
    enum status status = value_inputs_symbols(inputs, first, n, &symbols);
    if (status == STATUS_OK)
        status = symbols_query(db, &statements[LOAD_SERIES], &symbols, from, &rows);
    db_array_fini(&symbols);
    if (status == STATUS_OK)
        status = series_fill(inputs, rows);
    db_rows_destroy(&rows);
    return status;
}

/* --- the two ends --- */

#define ENDS_N 3 /* a holding's: before the range, at its end, live */

static struct dated_price *end_of(struct value_inputs *inputs, const struct input_holding *holding, size_t which) {
    return &inputs->closes[(size_t)(holding - inputs->holdings) * ENDS_N + which];
}

static struct dated_price close_read(struct db_row *row) {
    struct dated_price close;
    close.date = db_row_date(row);
    close.price.e8 = db_row_decimal(row);
    return close;
}

static enum status ends_take(struct value_inputs *inputs, const struct db_rows *rows, size_t which) {
    for (size_t i = 0; i < db_rows_n(rows); i++) {
        struct db_row row = db_rows_at(rows, i);
        const struct input_holding *holding = value_inputs_find(inputs, db_row_text(&row));
        struct dated_price close = close_read(&row);
        if (row.failed || !holding)
            return STATUS_INTERNAL;
        *end_of(inputs, holding, which) = close;
    }
    return STATUS_OK;
}

/* The symbols that have none yet. */
static enum status missing_symbols(struct value_inputs *inputs, size_t which, struct db_array *symbols, size_t *ret_n) {
    const char *text = NULL;
    size_t n = 0;
    db_array_clear(symbols);
    for (size_t i = 0; i < inputs->holdings_n; i++) {
        if (end_of(inputs, &inputs->holdings[i], which)->price.e8 == 0) {
            db_array_text(symbols, inputs->holdings[i].symbol.text);
            n++;
        }
    }
    *ret_n = n;
    return db_array_finish(symbols, &text);
}

static enum status end_load(struct db *db, struct value_inputs *inputs, struct db_array *symbols, int32_t date,
                            size_t which) {
    static const int tries[] = {LOAD_NEAR, LOAD_LAST};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < 2 && status == STATUS_OK; i++) {
        size_t n = 0;
        struct db_rows *rows = NULL;
        status = missing_symbols(inputs, which, symbols, &n);
        if (status == STATUS_OK && n == 0)
            return STATUS_OK;
        if (status == STATUS_OK)
            status = symbols_query(db, &statements[tries[i]], symbols, date, &rows);
        if (status == STATUS_OK)
            status = ends_take(inputs, rows, which);
        db_rows_destroy(&rows);
    }
    return status;
}

/* A fresh price counts for today, unless a close of a later session is there. */
static enum status live_load(struct db *db, struct value_inputs *inputs, struct db_array *symbols) {
    struct db_args args;
    struct db_rows *rows = NULL;
    enum status status = value_inputs_symbols(inputs, 0, inputs->holdings_n, symbols);
    if (status != STATUS_OK)
        return status;
    db_args_init(&args);
    db_args_text(&args, strbuf_text(&symbols->text));
    status = db_query(db, &statements[LOAD_LIVE], &args, &rows);
    for (size_t i = 0; status == STATUS_OK && i < db_rows_n(rows); i++) {
        struct db_row row = db_rows_at(rows, i);
        const struct input_holding *holding = value_inputs_find(inputs, db_row_text(&row));
        struct dated_price live = close_read(&row);
        bool has_currency = holding && strcmp(db_row_text(&row), holding->currency.code) == 0;
        if (row.failed)
            status = STATUS_INTERNAL;
        else if (has_currency && live.date >= end_of(inputs, holding, 1)->date && live.date <= inputs->today)
            *end_of(inputs, holding, 2) = live;
    }
    db_rows_destroy(&rows);
    return status;
}

/* A live price of the session that the range's opening close is of counts from the range's first day on, as what the
 * splits until then make of it: the opening stays the close. False: that is no price. */
static bool live_begin(const struct value_holding *value, int32_t start, struct dated_price *live) {
    struct split_ratio ratio;
    if (split_ratio_between(value->splits, value->splits_n, live->date, start, &ratio) != STATUS_OK ||
        split_apply_to_price(live->price, ratio, &live->price) != STATUS_OK)
        return false;
    live->date = start;
    return true;
}

/* What was found, in order, each date once: the live price is instead of a close of its date. */
static void ends_settle(struct value_inputs *inputs, int32_t start) {
    for (size_t i = 0; i < inputs->holdings_n; i++) {
        struct value_holding *value = &inputs->holdings[i].value;
        struct dated_price *ends = end_of(inputs, &inputs->holdings[i], 0);
        size_t n = 0;
        if (ends[2].price.e8 > 0 && ends[0].date == ends[2].date && ends[0].price.e8 > 0 && start <= inputs->today &&
            !live_begin(value, start, &ends[2]))
            ends[2].price.e8 = 0;
        for (size_t which = 0; which < ENDS_N; which++) {
            if (ends[which].price.e8 == 0)
                continue;
            n -= n > 0 && ends[n - 1].date == ends[which].date ? 1 : 0;
            ends[n++] = ends[which];
        }
        value->closes = ends;
        value->closes_n = n;
    }
}

enum status value_inputs_load_ends(struct db *db, struct value_inputs *inputs, int32_t from, int32_t to) {
    struct db_array symbols;
    closes_clear(inputs);
    free(inputs->closes);
    inputs->closes = calloc(inputs->holdings_n * ENDS_N + 1, sizeof *inputs->closes);
    if (!inputs->closes)
        return STATUS_NO_MEMORY;
    db_array_init(&symbols);
    enum status status = end_load(db, inputs, &symbols, from, 0);
    if (status == STATUS_OK)
        status = end_load(db, inputs, &symbols, to, 1);
    if (status == STATUS_OK && to >= inputs->today)
        status = live_load(db, inputs, &symbols);
    db_array_fini(&symbols);
    if (status == STATUS_OK)
        ends_settle(inputs, from + 1);
    return status;
}

void value_inputs_set_live(struct value_inputs *inputs, size_t i, int32_t session, struct price price) {
    struct value_holding *value = &inputs->holdings[i].value;
    struct dated_price *ends = end_of(inputs, &inputs->holdings[i], 0);
    size_t n = value->closes_n;
    if (session > inputs->today || (n > 0 && ends[n - 1].date > session))
        return;
    if (n == 0 || ends[n - 1].date < session)
        n += n < ENDS_N ? 1 : 0;
    ends[n - 1] = (struct dated_price){session, price};
    value->closes = ends;
    value->closes_n = n;
}

enum status value_inputs_value(const struct value_inputs *inputs, struct daily_value *ret_value) {
    const struct value_holding **holdings = calloc(inputs->holdings_n + 1, sizeof(struct value_holding *));
    if (!holdings)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < inputs->holdings_n; i++)
        holdings[i] = &inputs->holdings[i].value;
    enum status status = daily_values_on(inputs->today, holdings, inputs->holdings_n, ret_value);
    free(holdings);
    return status;
}
