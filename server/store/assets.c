/* Assets and last prices: their SQL and its rows. Refuses to put an older price
 * over a newer one. Thread: W, or the poller's. */
#include "store/assets.h"

#include "store/db_columns.h"
#include "store/entity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the arrays hold, the newest of each symbol, in the order of symbols, so
 * that two writers lock rows in the same order. */
#define GIVEN                                                                                                          \
    "WITH given AS (SELECT DISTINCT ON (ticker_symbol COLLATE \"C\") * FROM unnest($1::text[], $2::numeric[], "        \
    "$3::numeric[], "                                                                                                  \
    "$4::text[], $5::date[], $6::bigint[], $7::bigint[], $8::text[], $9::boolean[]) AS t (ticker_symbol, price, "      \
    "previous_close, currency, session, as_of_ms, source_time_ms, source, stale) "                                     \
    "ORDER BY ticker_symbol COLLATE \"C\", as_of_ms DESC) "
#define SQL_TIME(ms) "timestamptz 'epoch' + " ms " * interval '1 millisecond'"

enum {
    FIND_CURRENCY,
    ADD_ASSETS,
    LEARN_CURRENCIES,
    FOLLOW_CURRENCY,
    SAVE_PRICES,
    LOAD_PRICES,
    LOAD_HELD,
    LOAD_SYMBOLS_OF,
    FIND_LISTED
};

static const struct db_statement statements[] = {
    [FIND_CURRENCY] = {"assets.find_currency", DB_READ,
                       "SELECT coalesce((SELECT currency FROM assets WHERE ticker_symbol = $1), "
                       "(SELECT min(p.base_currency) FROM portfolios p WHERE EXISTS (SELECT FROM investments i "
                       "WHERE i.portfolio_id = p.portfolio_id AND i.ticker_symbol = $1) "
                       "HAVING count(DISTINCT p.base_currency) = 1))"},
    [ADD_ASSETS] = {"assets.add", DB_WRITE,
                    GIVEN
                    "INSERT INTO assets (ticker_symbol, currency) SELECT g.ticker_symbol, g.currency FROM given g "
                    "WHERE NOT EXISTS (SELECT FROM assets a WHERE a.ticker_symbol = g.ticker_symbol) "
                    "ORDER BY 1 ON CONFLICT (ticker_symbol) DO NOTHING"},
    [LEARN_CURRENCIES] = {"assets.learn_currencies", DB_WRITE,
                          GIVEN "UPDATE assets a SET currency = g.currency FROM given g "
                                "WHERE a.ticker_symbol = g.ticker_symbol AND a.currency IS NULL"},
    /* Only while nothing is known but prices, and nothing is kept in the currency so far: no lot, bar or dividend. */
    [FOLLOW_CURRENCY] = {"assets.follow_currency", DB_WRITE,
                         "UPDATE assets a SET currency = s.currency FROM asset_prices s "
                         "WHERE a.ticker_symbol = $1 AND s.ticker_symbol = $1 AND a.currency <> s.currency "
                         "AND num_nonnulls(a.name, a.asset_class, a.exchange_mic, a.sector, a.industry, a.country) = 0 "
                         "AND a.provider_symbols = '{}' "
                         "AND NOT EXISTS (SELECT FROM investments i WHERE i.ticker_symbol = $1) "
                         "AND NOT EXISTS (SELECT FROM close_series c WHERE c.ticker_symbol = $1) "
                         "AND NOT EXISTS (SELECT FROM corporate_actions c WHERE c.ticker_symbol = $1)"},
    [SAVE_PRICES] =
        {"assets.save_prices", DB_WRITE,
         GIVEN "INSERT INTO asset_prices AS s (ticker_symbol, price, previous_close, currency, session, as_of, "
               "source_time, source, stale) SELECT ticker_symbol, price, previous_close, currency, session, " SQL_TIME(
                   "as_of_ms") ", " SQL_TIME("source_time_ms") ", source, stale FROM given "
                                                               "ORDER BY ticker_symbol COLLATE \"C\" ON CONFLICT "
                                                               "(ticker_symbol) DO UPDATE SET "
                                                               "price = excluded.price, previous_close = "
                                                               "excluded.previous_close, currency = excluded.currency, "
                                                               "session = excluded.session, as_of = excluded.as_of, "
                                                               "source_time = excluded.source_time, "
                                                               "source = excluded.source, stale = excluded.stale WHERE "
                                                               "s.as_of <= excluded.as_of"},
    [LOAD_PRICES] = {"assets.load_prices", DB_READ,
                     "SELECT ticker_symbol, price, previous_close, currency, session, " SQL_US("as_of") ", " SQL_US(
                         "source_time") ", source, stale FROM asset_prices ORDER BY ticker_symbol"},
    /* Jumps from symbol to symbol, and from base to base, in the index instead of reading every lot. Then the pairs of
     * the rates that they may need: whether really somebody in that currency holds one in the other, would take all
     * lots to know. */
    [LOAD_HELD] = {"assets.load_held", DB_READ,
                   "WITH RECURSIVE held AS (SELECT min(ticker_symbol) AS ticker_symbol FROM investments UNION ALL "
                   "SELECT (SELECT min(i.ticker_symbol) FROM investments i WHERE i.ticker_symbol > h.ticker_symbol) "
                   "FROM held h WHERE h.ticker_symbol IS NOT NULL), "
                   "bases AS (SELECT min(base_currency) AS currency FROM portfolios UNION ALL "
                   "SELECT (SELECT min(p.base_currency) FROM portfolios p WHERE p.base_currency > b.currency) "
                   "FROM bases b WHERE b.currency IS NOT NULL) "
                   "SELECT ticker_symbol FROM held WHERE ticker_symbol IS NOT NULL "
                   "UNION SELECT c.currency || '/' || b.currency FROM (SELECT DISTINCT currency_major(a.currency) "
                   "FROM held h JOIN assets a ON a.ticker_symbol = h.ticker_symbol WHERE a.currency IS NOT NULL) "
                   "AS c (currency) JOIN bases b ON b.currency <> c.currency"},
    /* With the pairs of the rates that they need. The portfolio's row alone when it holds nothing. */
    [LOAD_SYMBOLS_OF] =
        {"assets.load_symbols_of", DB_READ,
         "SELECT i.ticker_symbol FROM portfolios p LEFT JOIN investments i "
         "USING (portfolio_id) WHERE p.portfolio_id = $1 AND " SQL_IN_SCOPE(
             "p.customer_id", "$2",
             "$3") " "
                   "UNION SELECT currency_major(a.currency) || '/' || p.base_currency FROM portfolios p "
                   "JOIN investments i USING (portfolio_id) JOIN assets a USING (ticker_symbol) "
                   "WHERE p.portfolio_id = $1 AND " SQL_IN_SCOPE(
                       "p.customer_id", "$2", "$3") " AND currency_major(a.currency) <> p.base_currency ORDER BY 1"},
    [FIND_LISTED] = {"assets.find_listed", DB_READ,
                     "SELECT ticker_symbol FROM assets WHERE ticker_symbol = ANY ($1::text[])"},
};

enum status assets_find_currency(struct db *db, const struct symbol *symbol, struct currency *ret_currency) {
    struct db_args args;
    db_args_init(&args);
    db_args_text(&args, symbol->text);
    struct db_rows *rows = NULL;
    enum status status = entity_get(db, &statements[FIND_CURRENCY], &args, &rows);
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    const char *code = db_row_text(&row);
    status = *code ? currency_parse(code, strlen(code), ret_currency) : STATUS_NOT_FOUND;
    db_rows_destroy(&rows);
    return status == STATUS_INVALID ? STATUS_INTERNAL : status;
}

/* --- saving --- */

#define COLUMNS_N 9
#define BATCH_MAX 500 /* rows a statement */

struct price_batch {
    struct db_array columns[COLUMNS_N];
    const struct quote *quotes;
    size_t n;
};

static void quote_append(struct db_array columns[COLUMNS_N], const struct quote *quote) {
    db_array_text(&columns[0], quote->symbol.text);
    db_array_decimal(&columns[1], quote->price.e8);
    if (quote->previous_close.e8 > 0)
        db_array_decimal(&columns[2], quote->previous_close.e8);
    else
        db_array_null(&columns[2]);
    db_array_text(&columns[3], quote->currency.code);
    db_array_date(&columns[4], quote->session);
    db_array_i64(&columns[5], quote->as_of_ms);
    if (quote->source_time_ms != 0)
        db_array_i64(&columns[6], quote->source_time_ms);
    else
        db_array_null(&columns[6]);
    db_array_text(&columns[7], quote->source);
    db_array_bool(&columns[8], quote->stale);
}

static enum status batch_write(struct db *db, struct db_array columns[COLUMNS_N]) {
    struct db_args args;
    db_args_init(&args);
    enum status status = db_columns_finish(columns, COLUMNS_N, &args);
    if (status == STATUS_OK)
        status = db_query(db, &statements[ADD_ASSETS], &args, NULL);
    if (status == STATUS_OK)
        status = db_query(db, &statements[LEARN_CURRENCIES], &args, NULL);
    if (status == STATUS_OK)
        status = db_query(db, &statements[SAVE_PRICES], &args, NULL);
    return status;
}

static enum status save_run(struct db *db, void *context) {
    struct price_batch *batch = context;
    enum status status = STATUS_OK;
    for (size_t first = 0; first < batch->n && status == STATUS_OK; first += BATCH_MAX) {
        size_t end = batch->n - first > BATCH_MAX ? first + BATCH_MAX : batch->n;
        db_columns_clear(batch->columns, COLUMNS_N);
        for (size_t i = first; i < end; i++)
            quote_append(batch->columns, &batch->quotes[i]);
        status = batch_write(db, batch->columns);
    }
    return status;
}

enum status assets_save_prices(struct db *db, const struct quote *quotes, size_t n) {
    if (n == 0)
        return STATUS_OK;
    struct price_batch batch = {.quotes = quotes, .n = n};
    db_columns_init(batch.columns, COLUMNS_N);
    enum status status = db_transaction(db, save_run, &batch);
    db_columns_fini(batch.columns, COLUMNS_N);
    return status;
}

static enum status save_by_hand_run(struct db *db, void *context) {
    const struct quote *quote = context;
    struct db_args args;
    enum status status = assets_save_prices(db, quote, 1);
    if (status != STATUS_OK)
        return status;
    db_args_init(&args);
    db_args_text(&args, quote->symbol.text);
    return db_query(db, &statements[FOLLOW_CURRENCY], &args, NULL);
}

enum status assets_save_price_by_hand(struct db *db, const struct quote *quote) {
    struct quote copy = *quote;
    return db_transaction(db, save_by_hand_run, &copy);
}

/* --- loading --- */

static int64_t ms_of_us(int64_t us) {
    return us / 1000 - (us % 1000 < 0);
}

static enum status price_read(const struct db_rows *rows, size_t index, struct quote *ret_quote) {
    struct db_row row = db_rows_at(rows, index);
    struct quote quote = {0};
    const char *symbol = db_row_text(&row);
    quote.price.e8 = db_row_decimal(&row);
    if (!db_row_skip_null(&row))
        quote.previous_close.e8 = db_row_decimal(&row);
    const char *currency = db_row_text(&row);
    quote.session = db_row_date(&row);
    quote.as_of_ms = ms_of_us(db_row_i64(&row));
    if (!db_row_skip_null(&row))
        quote.source_time_ms = ms_of_us(db_row_i64(&row));
    (void)snprintf(quote.source, sizeof quote.source, "%s", db_row_text(&row));
    quote.stale = db_row_bool(&row);
    if (row.failed || symbol_parse(symbol, strlen(symbol), &quote.symbol) != STATUS_OK ||
        currency_parse(currency, strlen(currency), &quote.currency) != STATUS_OK)
        return STATUS_INTERNAL;
    *ret_quote = quote;
    return STATUS_OK;
}

enum status assets_load_prices(struct db *db, struct quote **ret_quotes, size_t *ret_n) {
    struct db_rows *rows = NULL;
    enum status status = db_query(db, &statements[LOAD_PRICES], DB_NO_ARGS, &rows);
    if (status != STATUS_OK)
        return status;
    size_t n = db_rows_n(rows);
    struct quote *quotes = calloc(n + 1, sizeof *quotes);
    if (!quotes)
        status = STATUS_NO_MEMORY;
    for (size_t i = 0; i < n && status == STATUS_OK; i++)
        status = price_read(rows, i, &quotes[i]);
    db_rows_destroy(&rows);
    if (status != STATUS_OK) {
        free(quotes);
        return status;
    }
    *ret_quotes = quotes;
    *ret_n = n;
    return STATUS_OK;
}

/* Rows of one symbol; a NULL is no symbol. Takes the rows over. */
static enum status symbols_read(struct db_rows *rows, struct symbol **ret_symbols, size_t *ret_n) {
    struct symbol *symbols = calloc(db_rows_n(rows) + 1, sizeof *symbols);
    enum status status = symbols ? STATUS_OK : STATUS_NO_MEMORY;
    size_t n = 0;
    for (size_t i = 0; i < db_rows_n(rows) && status == STATUS_OK; i++) {
        struct db_row row = db_rows_at(rows, i);
        if (db_row_skip_null(&row))
            continue;
        const char *text = db_row_text(&row);
        if (symbol_parse(text, strlen(text), &symbols[n++]) != STATUS_OK)
            status = STATUS_INTERNAL;
    }
    db_rows_destroy(&rows);
    if (status != STATUS_OK) {
        free(symbols);
        return status;
    }
    *ret_symbols = symbols;
    *ret_n = n;
    return STATUS_OK;
}

enum status assets_load_held_symbols(struct db *db, struct symbol **ret_symbols, size_t *ret_n) {
    struct db_rows *rows = NULL;
    enum status status = db_query(db, &statements[LOAD_HELD], DB_NO_ARGS, &rows);
    return status == STATUS_OK ? symbols_read(rows, ret_symbols, ret_n) : status;
}

enum status assets_load_symbols_of(struct db *db, const struct uuid *portfolio_id, const struct row_scope *scope,
                                   struct symbol **ret_symbols, size_t *ret_n) {
    struct db_args args;
    struct db_rows *rows = NULL;
    db_args_init(&args);
    db_args_uuid(&args, portfolio_id);
    row_scope_add_args(&args, scope);
    enum status status = entity_get(db, &statements[LOAD_SYMBOLS_OF], &args, &rows);
    return status == STATUS_OK ? symbols_read(rows, ret_symbols, ret_n) : status;
}

enum status assets_find_listed(struct db *db, const struct symbol *symbols, size_t n, struct symbol **ret_found,
                               size_t *ret_found_n) {
    struct db_array array;
    struct db_args args;
    struct db_rows *rows = NULL;
    const char *text;
    db_array_init(&array);
    for (size_t i = 0; i < n; i++)
        db_array_text(&array, symbols[i].text);
    enum status status = db_array_finish(&array, &text);
    if (status == STATUS_OK) {
        db_args_init(&args);
        db_args_text(&args, text);
        status = db_query(db, &statements[FIND_LISTED], &args, &rows);
    }
    db_array_fini(&array);
    return status == STATUS_OK ? symbols_read(rows, ret_found, ret_found_n) : status;
}
