/* Daily bars: their SQL and its rows. Refuses bars of symbols that are no
 * assets, and prices outside their bounds. Thread: W. */
#include "store/bars.h"

#include "store/db_columns.h"
#include "store/entity.h"

#include <string.h>

#define COLUMNS_N 8
#define BATCH_MAX 5000 /* rows a statement */

enum { ADD_PARTITIONS, SAVE, LIST_DAYS, LIST_WEEKS, LIST_MONTHS, FIND_ASSET };

/* $1 symbol, $2 after, $3 to, $4 rows. The grouped ones page by the last day of
 * a group, so a group is never cut in two. */
#define LIST_GROUPED(unit)                                                                                             \
    "SELECT $1::text, max(date), (array_agg(open ORDER BY date))[1], max(high), min(low), "                            \
    "(array_agg(close ORDER BY date DESC))[1], sum(volume) FROM daily_bars "                                           \
    "WHERE ticker_symbol = $1 AND date > $2::date AND date <= $3::date "                                               \
    "GROUP BY date_trunc('" unit "', date) ORDER BY 2 LIMIT $4::bigint"

static const struct db_statement statements[] = {
    [ADD_PARTITIONS] = {"bars.add_partitions", DB_WRITE, "SELECT daily_bars_add_partitions($1, $2)"},
    [SAVE] = {"bars.save", DB_WRITE,
              "INSERT INTO daily_bars AS b (ticker_symbol, date, open, high, low, close, volume, source) "
              "SELECT DISTINCT ON (ticker_symbol COLLATE \"C\", date) * FROM unnest($1::text[], $2::date[], "
              "$3::numeric[], $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[], $8::text[]) "
              "AS t (ticker_symbol, date, open, high, low, close, volume, source) "
              "ORDER BY ticker_symbol COLLATE \"C\", date ON CONFLICT (ticker_symbol, date) DO UPDATE SET "
              "open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close, "
              "volume = excluded.volume, source = excluded.source WHERE (b.open, b.high, b.low, b.close, b.volume) "
              "IS DISTINCT FROM (excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume)"},
    [LIST_DAYS] = {"bars.list_days", DB_READ,
                   "SELECT ticker_symbol, date, open, high, low, close, volume FROM daily_bars "
                   "WHERE ticker_symbol = $1 AND date > $2::date AND date <= $3::date ORDER BY date LIMIT $4::bigint"},
    [LIST_WEEKS] = {"bars.list_weeks", DB_READ, LIST_GROUPED("week")},
    [LIST_MONTHS] = {"bars.list_months", DB_READ, LIST_GROUPED("month")},
    [FIND_ASSET] = {"bars.find_asset", DB_READ,
                    "SELECT 1 FROM assets WHERE ticker_symbol = $1 AND " SQL_ASSET_SEEN("assets", "$2", "$3")},
};

/* --- saving --- */

static int64_t max_of(int64_t a, int64_t b) {
    return a > b ? a : b;
}

static int64_t min_known(int64_t a, int64_t b) {
    return b > 0 && b < a ? b : a;
}

static void price_append(struct db_array *array, struct price price) {
    if (price.e8 > 0)
        db_array_decimal(array, price.e8);
    else
        db_array_null(array);
}

/* Vendors round highs and lows apart from opens and closes: the table's check
 * that nothing lies outside must not cost the bar. */
static struct bar bar_widened(const struct bar *bar) {
    struct bar wide = *bar;
    if (wide.high.e8 > 0)
        wide.high.e8 = max_of(wide.high.e8, max_of(wide.open.e8, max_of(wide.low.e8, wide.close.e8)));
    if (wide.low.e8 > 0)
        wide.low.e8 = min_known(min_known(wide.low.e8, wide.open.e8), wide.close.e8);
    return wide;
}

static void bar_append(struct db_array columns[COLUMNS_N], const struct bar *given, const char *source) {
    const struct bar bar = bar_widened(given);
    db_array_text(&columns[0], bar.symbol.text);
    db_array_date(&columns[1], bar.date);
    price_append(&columns[2], bar.open);
    price_append(&columns[3], bar.high);
    price_append(&columns[4], bar.low);
    db_array_decimal(&columns[5], bar.close.e8);
    if (bar.volume.e8 >= 0)
        db_array_amount(&columns[6], bar.volume);
    else
        db_array_null(&columns[6]);
    db_array_text(&columns[7], source);
}

static enum status partitions_add(struct db *db, const struct bar *bars, size_t n) {
    int32_t first = bars[0].date, last = bars[0].date;
    for (size_t i = 1; i < n; i++) {
        first = bars[i].date < first ? bars[i].date : first;
        last = bars[i].date > last ? bars[i].date : last;
    }
    struct db_args args;
    db_args_init(&args);
    db_args_date(&args, first);
    db_args_date(&args, last);
    return db_query(db, &statements[ADD_PARTITIONS], &args, NULL);
}

static enum status batch_save(struct db *db, struct db_array columns[COLUMNS_N]) {
    struct db_args args;
    db_args_init(&args);
    enum status status = db_columns_finish(columns, COLUMNS_N, &args);
    return status == STATUS_OK ? db_query(db, &statements[SAVE], &args, NULL) : status;
}

static enum status save_all(struct db *db, const struct bar *bars, size_t n, const char *source) {
    if (n == 0)
        return STATUS_OK;
    struct db_array columns[COLUMNS_N];
    enum status status = partitions_add(db, bars, n);
    db_columns_init(columns, COLUMNS_N);
    for (size_t first = 0; first < n && status == STATUS_OK; first += BATCH_MAX) {
        size_t end = n - first > BATCH_MAX ? first + BATCH_MAX : n;
        db_columns_clear(columns, COLUMNS_N);
        for (size_t i = first; i < end; i++)
            bar_append(columns, &bars[i], source);
        status = batch_save(db, columns);
    }
    db_columns_fini(columns, COLUMNS_N);
    return status;
}

struct saving {
    const struct bar *bars;
    size_t n;
    const char *source;
};

static enum status saving_run(struct db *db, void *context) {
    const struct saving *saving = context;
    return save_all(db, saving->bars, saving->n, saving->source);
}

enum status bars_save(struct db *db, const struct bar *bars, size_t n, const char *source) {
    struct saving saving = {bars, n, source};
    return n == 0 ? STATUS_OK : db_transaction(db, saving_run, &saving);
}

/* --- reading --- */

enum status bars_list(struct db *db, const struct symbol *symbol, int32_t after, int32_t to, enum bar_interval interval,
                      size_t limit, struct db_rows **ret_rows) {
    static const int statement_of[] = {[BAR_DAY] = LIST_DAYS, [BAR_WEEK] = LIST_WEEKS, [BAR_MONTH] = LIST_MONTHS};
    struct db_args args;
    db_args_init(&args);
    db_args_text(&args, symbol->text);
    db_args_date(&args, after);
    db_args_date(&args, to);
    db_args_i64(&args, (int64_t)limit + 1);
    return db_query(db, &statements[statement_of[interval]], &args, ret_rows);
}

enum status bars_find_asset(struct db *db, const struct symbol *symbol, const struct row_scope *scope) {
    struct db_args args;
    struct db_rows *rows = NULL;
    db_args_init(&args);
    db_args_text(&args, symbol->text);
    row_scope_add_args(&args, scope);
    enum status status = entity_get(db, &statements[FIND_ASSET], &args, &rows);
    db_rows_destroy(&rows);
    return status;
}

static struct price price_read(struct db_row *row) {
    return (struct price){db_row_skip_null(row) ? 0 : db_row_decimal(row)};
}

enum status bar_read(const struct db_rows *rows, size_t index, struct bar *ret_bar) {
    struct db_row row = db_rows_at(rows, index);
    struct bar bar = {0};
    const char *symbol = db_row_text(&row);
    bar.date = db_row_date(&row);
    bar.open = price_read(&row);
    bar.high = price_read(&row);
    bar.low = price_read(&row);
    bar.close.e8 = db_row_decimal(&row);
    bar.volume = db_row_skip_null(&row) ? (struct amount){-1} : db_row_amount(&row);
    if (row.failed || symbol_parse(symbol, strlen(symbol), &bar.symbol) != STATUS_OK)
        return STATUS_INTERNAL;
    *ret_bar = bar;
    return STATUS_OK;
}
