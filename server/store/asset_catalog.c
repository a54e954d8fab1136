/* Assets: their SQL and its rows. Refuses nothing that the table's checks allow.
 * Thread: W, main. */
#include "store/asset_catalog.h"

#include "store/audit.h"
#include "store/db_columns.h"
#include "store/entity.h"

#include <stdio.h>
#include <string.h>

const char *const asset_classes[] = {"EQUITY",   "ETF",       "FUND",  "BOND",  "CRYPTO",
                                     "CURRENCY", "COMMODITY", "INDEX", "OTHER", NULL};

#define STORED                                                                                                         \
    "ticker_symbol, name, asset_class, currency, exchange_mic, sector, industry, country, provider_symbols, "          \
    "created_at, updated_at"
#define COLUMNS                                                                                                        \
    "ticker_symbol, name, asset_class, currency, exchange_mic, sector, industry, country, provider_symbols, " SQL_US(  \
        "created_at") ", " SQL_US("updated_at") ", " SQL_ETAG(STORED)
/* Parameters 1 to 5 of both kinds of list: the filters, and after what. */
#define FILTERS                                                                                                        \
    "($1::text IS NULL OR asset_class = $1) AND ($2::text IS NULL OR exchange_mic = $2) AND "                          \
    "($3::text IS NULL OR currency = $3) "
/* $6: the limit. */
#define IN_ORDER "(rank, ticker_symbol) > ($4::bigint, coalesce($5, '')) ORDER BY rank, ticker_symbol LIMIT $6::bigint"

enum { SAVE, SEARCH, LIST, GET, GET_MANY };

/* The later row of a symbol counts; rows are locked in the order of symbols. */
static const struct db_statement statements[] = {
    [SAVE] = {"asset_catalog.save", DB_WRITE,
              "WITH given AS (SELECT DISTINCT ON (ticker_symbol COLLATE \"C\") * FROM unnest($1::text[], $2::text[], "
              "$3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[]) WITH ORDINALITY AS "
              "t (ticker_symbol, name, asset_class, currency, exchange_mic, sector, industry, country, "
              "provider_symbols, place) ORDER BY ticker_symbol COLLATE \"C\", place DESC), "
              "saved AS (INSERT INTO assets AS a (ticker_symbol, name, asset_class, currency, exchange_mic, sector, "
              "industry, country, provider_symbols) SELECT ticker_symbol, name, asset_class, currency, exchange_mic, "
              "sector, industry, country, coalesce(provider_symbols, '{}')::jsonb FROM given "
              "ORDER BY ticker_symbol COLLATE \"C\" "
              "ON CONFLICT (ticker_symbol) DO UPDATE SET name = coalesce(excluded.name, a.name), "
              "asset_class = coalesce(excluded.asset_class, a.asset_class), "
              "currency = coalesce(excluded.currency, a.currency), "
              "exchange_mic = coalesce(excluded.exchange_mic, a.exchange_mic), "
              "sector = coalesce(excluded.sector, a.sector), industry = coalesce(excluded.industry, a.industry), "
              "country = coalesce(excluded.country, a.country), "
              "provider_symbols = a.provider_symbols || excluded.provider_symbols "
              "WHERE (a.name, a.asset_class, a.currency, a.exchange_mic, a.sector, a.industry, a.country, "
              "a.provider_symbols) IS DISTINCT FROM (coalesce(excluded.name, a.name), "
              "coalesce(excluded.asset_class, a.asset_class), coalesce(excluded.currency, a.currency), "
              "coalesce(excluded.exchange_mic, a.exchange_mic), coalesce(excluded.sector, a.sector), "
              "coalesce(excluded.industry, a.industry), coalesce(excluded.country, a.country), "
              "a.provider_symbols || excluded.provider_symbols) RETURNING (xmax = 0) AS is_new) "
              "SELECT count(*) FILTER (WHERE is_new), count(*) FROM saved"},
    [SEARCH] = {"asset_catalog.search", DB_READ,
                "SELECT " COLUMNS ", rank FROM (SELECT *, CASE WHEN ticker_symbol = $7 THEN 0 "
                "WHEN starts_with(ticker_symbol, $7) THEN 1 "
                "WHEN starts_with(search_text, asset_search_text($8)) THEN 2 ELSE 3 END::bigint AS rank FROM assets "
                "WHERE ((ticker_symbol >= $7 AND ticker_symbol < $7 || '~') OR "
                "array_to_tsvector(string_to_array(search_text, ' ')) @@ asset_search_query($8)) AND " SQL_ASSET_SEEN(
                    "assets", "$9", "$10") " AND " FILTERS ") AS found WHERE " IN_ORDER},
    [LIST] =
        {"asset_catalog.list", DB_READ,
         "SELECT " COLUMNS ", 0::bigint FROM assets WHERE " FILTERS "AND " SQL_ASSET_SEEN(
             "assets", "$7",
             "$8") " AND $4::bigint <= 0 AND ticker_symbol > coalesce($5, '') ORDER BY ticker_symbol LIMIT $6::bigint"},
    [GET] = {"asset_catalog.get", DB_READ,
             "SELECT " COLUMNS
             ", 0::bigint FROM assets WHERE ticker_symbol = $1 AND " SQL_ASSET_SEEN("assets", "$2", "$3")},
    [GET_MANY] = {"asset_catalog.get_many", DB_READ,
                  "SELECT t.ticker_symbol, a.name, a.asset_class, a.currency, a.exchange_mic, a.sector, a.industry, "
                  "a.country, '{}', 0, 0, '', 0 FROM unnest($1::text[]) WITH ORDINALITY AS t (ticker_symbol, place) "
                  "LEFT JOIN assets a ON a.ticker_symbol = t.ticker_symbol ORDER BY t.place"},
};

enum status asset_read(const struct db_rows *rows, size_t index, struct asset_row *ret_asset) {
    struct db_row row = db_rows_at(rows, index);
    struct asset_row asset = {0};
    const char *symbol = db_row_text(&row);
    asset.name = db_row_optional_text(&row);
    asset.asset_class = db_row_optional_text(&row);
    asset.currency = db_row_optional_text(&row);
    asset.exchange_mic = db_row_optional_text(&row);
    asset.sector = db_row_optional_text(&row);
    asset.industry = db_row_optional_text(&row);
    asset.country = db_row_optional_text(&row);
    asset.provider_symbols = db_row_text(&row);
    asset.created_us = db_row_i64(&row);
    asset.updated_us = db_row_i64(&row);
    asset.etag = db_row_text(&row);
    asset.rank = db_row_i64(&row);
    if (row.failed || symbol_parse(symbol, strlen(symbol), &asset.symbol) != STATUS_OK)
        return STATUS_INTERNAL;
    *ret_asset = asset;
    return STATUS_OK;
}

enum status asset_catalog_get(struct db *db, const struct symbol *symbol, const struct row_scope *scope,
                              struct db_rows **ret_rows) {
    struct db_args args;
    db_args_init(&args);
    db_args_text(&args, symbol->text);
    row_scope_add_args(&args, scope);
    return entity_get(db, &statements[GET], &args, ret_rows);
}

enum status asset_catalog_search(struct db *db, const struct asset_search *search, struct db_rows **ret_rows) {
    struct db_args args;
    db_args_init(&args);
    db_args_text(&args, search->asset_class);
    db_args_text(&args, search->exchange_mic);
    db_args_text(&args, search->currency);
    db_args_i64(&args, search->after.rank);
    db_args_text(&args, search->after.symbol.text);
    db_args_i64(&args, (int64_t)search->limit + 1);
    if (search->query[0]) {
        db_args_text(&args, search->symbol);
        db_args_text(&args, search->query);
    }
    row_scope_add_args(&args, &search->scope);
    if (!search->query[0])
        return db_query(db, &statements[LIST], &args, ret_rows);
    return db_query(db, &statements[SEARCH], &args, ret_rows);
}

enum status asset_catalog_get_many(struct db *db, const struct symbol *first, size_t size, size_t n,
                                   struct db_rows **ret_rows) {
    struct db_array symbols;
    struct db_args args;
    const char *text = NULL;
    db_array_init(&symbols);
    for (size_t i = 0; i < n; i++)
        db_array_text(&symbols, ((const struct symbol *)(const void *)((const char *)first + i * size))->text);
    enum status status = db_array_finish(&symbols, &text);
    db_args_init(&args);
    db_args_text(&args, text);
    if (status == STATUS_OK)
        status = db_query(db, &statements[GET_MANY], &args, ret_rows);
    db_array_fini(&symbols);
    return status;
}

/* --- saving --- */

#define COLUMNS_N 9

struct saving {
    const struct asset_row *rows;
    size_t n;
    struct db_array columns[COLUMNS_N];
    size_t new_n, changed_n;
};

/* That it was, and how many: what a file says is in the file. */
static enum status audit_batch(struct db *db, const struct saving *saving) {
    char after[96];
    if (saving->changed_n == 0)
        return STATUS_OK;
    (void)snprintf(after, sizeof after, "{\"new\": %zu, \"changed\": %zu}", saving->new_n,
                   saving->changed_n - saving->new_n);
    return audit_write(db, &(struct audit_event){.action = "import", .entity = "assets", .after = after});
}

static enum status save_run(struct db *db, void *context) {
    struct saving *saving = context;
    struct db_array *columns = saving->columns;
    db_columns_clear(columns, COLUMNS_N);
    for (size_t i = 0; i < saving->n; i++) {
        const struct asset_row *row = &saving->rows[i];
        const char *const texts[COLUMNS_N] = {row->symbol.text, row->name,         row->asset_class,
                                              row->currency,    row->exchange_mic, row->sector,
                                              row->industry,    row->country,      row->provider_symbols};
        for (size_t j = 0; j < COLUMNS_N; j++)
            db_array_text(&columns[j], texts[j] && *texts[j] ? texts[j] : NULL);
    }
    struct db_args args;
    db_args_init(&args);
    enum status status = db_columns_finish(columns, COLUMNS_N, &args);
    struct db_rows *rows = NULL;
    if (status == STATUS_OK)
        status = entity_get(db, &statements[SAVE], &args, &rows);
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    saving->new_n = (size_t)db_row_i64(&row);
    saving->changed_n = (size_t)db_row_i64(&row);
    status = db_row_status(&row);
    db_rows_destroy(&rows);
    return status == STATUS_OK ? audit_batch(db, saving) : status;
}

enum status asset_catalog_save(struct db *db, const struct asset_row *rows, size_t n, size_t *ret_new_n,
                               size_t *ret_changed_n) {
    struct saving saving = {.rows = rows, .n = n};
    db_columns_init(saving.columns, COLUMNS_N);
    enum status status = db_transaction(db, save_run, &saving);
    db_columns_fini(saving.columns, COLUMNS_N);
    if (status != STATUS_OK)
        return status;
    *ret_new_n = saving.new_n;
    *ret_changed_n = saving.changed_n;
    return STATUS_OK;
}
