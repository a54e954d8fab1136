/* Inputs of daily values: their SQL and its rows. Refuses rows that break the
 * constraints. Thread: W. */
#include "store/value_inputs.h"

#include "ops/log.h"
#include "ops/metrics.h"
#include "store/value_inputs_internal.h"

#include <stdlib.h>
#include <string.h>

enum { LOAD_LOTS, LOAD_SYMBOL, LOAD_SPLITS, LOAD_RATES, LOAD_LIVE_RATE };

static const struct db_statement statements[] = {
    [LOAD_LOTS] =
        {"value_inputs.load_lots", DB_READ,
         "SELECT p.base_currency, i.ticker_symbol, coalesce(a.currency, p.base_currency), i.quantity, "
         "i.purchase_price, i.fee, i.purchase_date, coalesce(i.fx_rate, CASE WHEN currency_major(a.currency) <> "
         "p.base_currency THEN exchange_rate_on(a.currency, p.base_currency, i.purchase_date) END, 0) "
         "FROM portfolios p LEFT JOIN investments i ON i.portfolio_id = p.portfolio_id "
         "LEFT JOIN assets a ON a.ticker_symbol = i.ticker_symbol "
         "WHERE p.portfolio_id = $1 ORDER BY i.ticker_symbol, i.purchase_date, i.investment_id"},
    [LOAD_SYMBOL] = {"value_inputs.load_symbol", DB_READ,
                     "SELECT $2::text, ticker_symbol, coalesce(currency, $2::text) FROM assets "
                     "WHERE ticker_symbol = $1"},
    [LOAD_SPLITS] = {"value_inputs.load_splits", DB_READ,
                     "SELECT ticker_symbol, date, numerator, denominator FROM corporate_actions "
                     "WHERE type = 'SPLIT' AND ticker_symbol = ANY ($1::text[]) AND date <= $2::date "
                     "ORDER BY ticker_symbol, date"},
    /* As exchange_rate_on has it, for all days at once; NULL: it is no legal rate after rounding. */
    [LOAD_RATES] = {"value_inputs.load_rates", DB_READ,
                    "WITH f AS (SELECT date, units_per_eur AS units FROM exchange_rates WHERE currency = $1::char(3)), "
                    "t AS (SELECT date, units_per_eur AS units FROM exchange_rates WHERE currency = $2::char(3)) "
                    "SELECT r.date, CASE WHEN r.rate > 0 AND r.rate <= 90000000000 THEN r.rate END "
                    "FROM (SELECT t.date, t.units FROM t WHERE $1::text = 'EUR' "
                    "UNION ALL SELECT f.date, round(1 / f.units, 8) FROM f WHERE $2::text = 'EUR' "
                    "UNION ALL SELECT f.date, round(t.units / f.units, 8) FROM f JOIN t ON t.date = f.date) "
                    "AS r (date, rate) WHERE r.date <= $3::date ORDER BY 1"},
    [LOAD_LIVE_RATE] = {"value_inputs.load_live_rate", DB_READ,
                        "SELECT session, price FROM asset_prices WHERE ticker_symbol = $1 AND NOT stale "
                        "AND currency = $2"},
};

/* --- memory: blocks that are freed together --- */

struct block {
    struct block *next;
    max_align_t bytes[];
};

void *value_inputs_allocate(struct value_inputs *inputs, size_t n, size_t size) {
    size_t bytes_n;
    if (__builtin_mul_overflow(n + 1, size, &bytes_n) || bytes_n > SIZE_MAX - sizeof(struct block))
        return NULL;
    struct block *block = calloc(1, sizeof *block + bytes_n);
    if (!block)
        return NULL;
    block->next = inputs->memory;
    inputs->memory = block;
    return block->bytes;
}

void value_inputs_destroy(struct value_inputs **inputs) {
    if (!*inputs)
        return;
    for (struct block *block = (*inputs)->memory, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    free((*inputs)->holdings);
    free((*inputs)->closes);
    free(*inputs);
    *inputs = NULL;
}

enum status value_inputs_symbols(const struct value_inputs *inputs, size_t first, size_t n, struct db_array *array) {
    const char *text = NULL;
    db_array_clear(array);
    for (size_t i = first; i < first + n; i++)
        db_array_text(array, inputs->holdings[i].symbol.text);
    return db_array_finish(array, &text);
}

struct input_holding *value_inputs_find(struct value_inputs *inputs, const char *symbol) {
    size_t low = 0, high = inputs->holdings_n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(inputs->holdings[middle].symbol.text, symbol);
        if (order == 0)
            return &inputs->holdings[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* --- lots --- */

static bool holding_begin(struct value_inputs *inputs, const char *symbol, const char *currency) {
    struct input_holding *holding = &inputs->holdings[inputs->holdings_n++];
    *holding = (struct input_holding){0};
    if (symbol_parse(symbol, strlen(symbol), &holding->symbol) != STATUS_OK ||
        currency_parse(currency, strlen(currency), &holding->currency) != STATUS_OK)
        return false;
    holding->value.factor = currency_factor(holding->currency);
    holding->value.is_foreign = !currency_equal(currency_major(holding->currency), inputs->base_currency);
    return true;
}

static enum status lot_read(struct db_row *row, struct value_lot *lot) {
    struct amount fee;
    lot->quantity.e8 = db_row_decimal(row);
    lot->purchase_price.e8 = db_row_decimal(row);
    fee.e8 = db_row_decimal(row);
    lot->purchase_date = db_row_date(row);
    lot->rate.e8 = db_row_decimal(row);
    if (row->failed)
        return STATUS_INTERNAL;
    return amount_add(amount_product(lot->quantity, lot->purchase_price), fee, &lot->cost);
}

static enum status lots_fill(struct value_inputs *inputs, const struct db_rows *rows) {
    size_t n = db_rows_n(rows);
    struct value_lot *lots = value_inputs_allocate(inputs, n, sizeof *lots);
    inputs->holdings = calloc(n, sizeof *inputs->holdings);
    if (!lots || !inputs->holdings)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        struct db_row row = db_rows_at(rows, i);
        const char *base = db_row_text(&row);
        if (currency_parse(base, strlen(base), &inputs->base_currency) != STATUS_OK)
            return STATUS_INTERNAL;
        if (db_row_skip_null(&row))
            return STATUS_OK; /* nothing is held */
        const char *symbol = db_row_text(&row), *currency = db_row_text(&row);
        bool is_new =
            inputs->holdings_n == 0 || strcmp(inputs->holdings[inputs->holdings_n - 1].symbol.text, symbol) != 0;
        if (is_new && !holding_begin(inputs, symbol, currency))
            return STATUS_INTERNAL;
        struct input_holding *holding = &inputs->holdings[inputs->holdings_n - 1];
        if (is_new)
            holding->value.lots = &lots[i];
        enum status status = lot_read(&row, &lots[i]);
        if (status != STATUS_OK)
            return status;
        holding->value.lots_n++;
        if (lots[i].purchase_date < inputs->first_date)
            inputs->first_date = lots[i].purchase_date;
    }
    return STATUS_OK;
}

/* --- splits --- */

static enum status splits_fill(struct value_inputs *inputs, const struct db_rows *rows) {
    size_t n = db_rows_n(rows);
    struct split *splits = value_inputs_allocate(inputs, n, sizeof *splits);
    if (!splits)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        struct db_row row = db_rows_at(rows, i);
        struct input_holding *holding = value_inputs_find(inputs, db_row_text(&row));
        splits[i].date = db_row_date(&row);
        splits[i].numerator = (int32_t)db_row_i64(&row);
        splits[i].denominator = (int32_t)db_row_i64(&row);
        if (row.failed || !holding)
            return STATUS_INTERNAL;
        if (holding->value.splits_n++ == 0)
            holding->value.splits = &splits[i];
    }
    return STATUS_OK;
}

static enum status splits_load(struct db *db, struct value_inputs *inputs) {
    struct db_array symbols;
    struct db_args args;
    struct db_rows *rows = NULL;
    db_array_init(&symbols);
    enum status status = value_inputs_symbols(inputs, 0, inputs->holdings_n, &symbols);
    if (status == STATUS_OK) {
        db_args_init(&args);
        db_args_text(&args, strbuf_text(&symbols.text));
        db_args_date(&args, inputs->today);
        status = db_query(db, &statements[LOAD_SPLITS], &args, &rows);
    }
    db_array_fini(&symbols);
    if (status == STATUS_OK)
        status = splits_fill(inputs, rows);
    db_rows_destroy(&rows);
    return status;
}

/* --- rates --- */

/* live: counts for today, unless a rate of a later day than its session was published (one by hand does not go stale).
 */
static enum status rates_fill(struct value_inputs *inputs, const struct db_rows *rows, const struct dated_price *live,
                              struct value_holding *ret_rates) {
    size_t n = db_rows_n(rows);
    struct dated_price *rates = value_inputs_allocate(inputs, n, sizeof *rates); /* room for one more */
    if (!rates)
        return STATUS_NO_MEMORY;
    for (size_t i = 0, all_n = n; i < all_n; i++) {
        struct db_row row = db_rows_at(rows, i);
        struct dated_price rate = {db_row_date(&row), {0}};
        if (!row.failed && db_row_skip_null(&row)) {
            n--;
            continue;
        }
        rate.price.e8 = db_row_decimal(&row);
        if (row.failed)
            return STATUS_INTERNAL;
        rates[i - (all_n - n)] = rate;
    }
    if (n < db_rows_n(rows)) {
        metrics_add(METRIC_RATES_NOT_LEGAL, (int64_t)(db_rows_n(rows) - n));
        log_event(LOG_WARN, "rates.not_legal", LOG_TEXT("to", inputs->base_currency.code),
                  LOG_I64("days", (int64_t)(db_rows_n(rows) - n)));
    }
    if (live->price.e8 > 0 && (n == 0 || rates[n - 1].date <= live->date)) {
        if (n == 0 || rates[n - 1].date < inputs->today)
            n++;
        rates[n - 1] = (struct dated_price){inputs->today, live->price};
    }
    ret_rates->rates = rates;
    ret_rates->rates_n = n;
    return STATUS_OK;
}

static enum status live_rate_load(struct db *db, const struct value_inputs *inputs, struct currency from,
                                  struct dated_price *ret_live) {
    struct symbol pair;
    struct db_args args;
    struct db_rows *rows = NULL;
    symbol_of_pair(from, inputs->base_currency, &pair);
    db_args_init(&args);
    db_args_text(&args, pair.text);
    db_args_text(&args, inputs->base_currency.code);
    enum status status = db_query(db, &statements[LOAD_LIVE_RATE], &args, &rows);
    if (status == STATUS_OK && db_rows_n(rows) == 1) {
        struct db_row row = db_rows_at(rows, 0);
        ret_live->date = db_row_date(&row);
        ret_live->price.e8 = db_row_decimal(&row);
        status = db_row_status(&row);
    }
    db_rows_destroy(&rows);
    return status;
}

static enum status rates_of_currency_load(struct db *db, struct value_inputs *inputs, struct currency from,
                                          struct value_holding *ret_rates) {
    struct db_args args;
    struct db_rows *rows = NULL;
    struct dated_price live = {0};
    enum status status = live_rate_load(db, inputs, from, &live);
    db_args_init(&args);
    db_args_text(&args, from.code);
    db_args_text(&args, inputs->base_currency.code);
    db_args_date(&args, inputs->today);
    if (status == STATUS_OK)
        status = db_query(db, &statements[LOAD_RATES], &args, &rows);
    if (status == STATUS_OK)
        status = rates_fill(inputs, rows, &live, ret_rates);
    db_rows_destroy(&rows);
    return status;
}

/* Once a currency: holdings of the same one share the rates. */
static enum status rates_load(struct db *db, struct value_inputs *inputs) {
    for (size_t i = 0; i < inputs->holdings_n; i++) {
        struct input_holding *holding = &inputs->holdings[i];
        struct currency major = currency_major(holding->currency);
        if (!holding->value.is_foreign || holding->value.rates)
            continue;
        struct value_holding found = {0};
        enum status status = rates_of_currency_load(db, inputs, major, &found);
        if (status != STATUS_OK)
            return status;
        for (size_t j = i; j < inputs->holdings_n; j++) {
            if (currency_equal(currency_major(inputs->holdings[j].currency), major)) {
                inputs->holdings[j].value.rates = found.rates;
                inputs->holdings[j].value.rates_n = found.rates_n;
            }
        }
    }
    return STATUS_OK;
}

/* --- all of it --- */

static enum status inputs_create(int32_t today, struct value_inputs **ret_inputs) {
    struct value_inputs *inputs = calloc(1, sizeof *inputs);
    if (!inputs)
        return STATUS_NO_MEMORY;
    inputs->today = today;
    inputs->first_date = INT32_MAX;
    *ret_inputs = inputs;
    return STATUS_OK;
}

static enum status inputs_end(struct db *db, enum status status, struct value_inputs *inputs,
                              struct value_inputs **ret_inputs) {
    if (status == STATUS_OK)
        status = splits_load(db, inputs);
    if (status == STATUS_OK)
        status = rates_load(db, inputs);
    if (status == STATUS_OK)
        *ret_inputs = inputs;
    else
        value_inputs_destroy(&inputs);
    return status;
}

enum status value_inputs_load(struct db *db, const struct uuid *portfolio_id, int32_t today,
                              struct value_inputs **ret_inputs) {
    struct value_inputs *inputs = NULL;
    enum status status = inputs_create(today, &inputs);
    if (status != STATUS_OK)
        return status;
    struct db_args args;
    struct db_rows *rows = NULL;
    db_args_init(&args);
    db_args_uuid(&args, portfolio_id);
    status = entity_get(db, &statements[LOAD_LOTS], &args, &rows);
    if (status == STATUS_OK)
        status = lots_fill(inputs, rows);
    db_rows_destroy(&rows);
    return inputs_end(db, status, inputs, ret_inputs);
}

enum status value_inputs_load_symbol(struct db *db, const struct symbol *symbol, struct currency base_currency,
                                     int32_t today, struct value_inputs **ret_inputs) {
    struct value_inputs *inputs = NULL;
    enum status status = inputs_create(today, &inputs);
    if (status != STATUS_OK)
        return status;
    struct db_args args;
    struct db_rows *rows = NULL;
    db_args_init(&args);
    db_args_text(&args, symbol->text);
    db_args_text(&args, base_currency.code);
    inputs->base_currency = base_currency;
    inputs->holdings = calloc(1, sizeof *inputs->holdings);
    status = inputs->holdings ? entity_get(db, &statements[LOAD_SYMBOL], &args, &rows) : STATUS_NO_MEMORY;
    if (status == STATUS_OK) {
        struct db_row row = db_rows_at(rows, 0);
        (void)db_row_text(&row);
        const char *text = db_row_text(&row), *currency = db_row_text(&row);
        status = holding_begin(inputs, text, currency) ? STATUS_OK : STATUS_INTERNAL;
    }
    db_rows_destroy(&rows);
    return inputs_end(db, status, inputs, ret_inputs);
}

enum status value_inputs_load_rates(struct db *db, struct currency from, struct currency to, int32_t today,
                                    struct value_inputs **ret_inputs) {
    struct value_inputs *inputs = NULL;
    enum status status = inputs_create(today, &inputs);
    if (status != STATUS_OK)
        return status;
    inputs->base_currency = to;
    inputs->holdings = calloc(1, sizeof *inputs->holdings);
    if (!inputs->holdings)
        status = STATUS_NO_MEMORY;
    else
        status = rates_of_currency_load(db, inputs, from, &inputs->holdings[0].value);
    if (status == STATUS_OK) {
        inputs->holdings_n = 1;
        *ret_inputs = inputs;
    } else {
        value_inputs_destroy(&inputs);
    }
    return status;
}
