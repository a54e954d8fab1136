/* Imports of lots: their SQL. Refuses a position's quantity past its bound, to
 * write a part of what it was given, and to rely on what another writer changed
 * meanwhile. Thread: W. */
#include "store/investment_import.h"

#include "store/db_columns.h"
#include "store/entity.h"

/* The columns of what is given; a statement takes as many as it needs, from $2 on. */
enum { PLACE, SYMBOL, QUANTITY, PRICE, FEE, DATE, FX_RATE, EXTERNAL_ID, ID, COLUMNS_N };

enum { READ_VERSION, LOCK_PORTFOLIO, FIND_DUPLICATES, FIND_TOO_MUCH, FIND_RATED, ADD_ASSETS, INSERT };

#define SAME "ticker_symbol, quantity, purchase_price, fee, purchase_date, fx_rate"

static const struct db_statement statements[] = {
    [READ_VERSION] = {"investment_import.read_version", DB_READ,
                      "SELECT version FROM portfolios WHERE portfolio_id = $1 AND " SQL_IN_SCOPE("customer_id", "$2",
                                                                                                 "$3")},
    /* As every write of a lot does it. */
    [LOCK_PORTFOLIO] = {"investment_import.lock_portfolio", DB_WRITE,
                        "SELECT version FROM portfolios WHERE portfolio_id = $1 AND " SQL_IN_SCOPE(
                            "customer_id", "$2", "$3") " FOR NO KEY UPDATE"},
    [FIND_DUPLICATES] =
        {"investment_import.find_duplicates", DB_READ,
         "WITH given AS (SELECT * FROM unnest($2::bigint[], $3::text[], $4::numeric[], $5::numeric[], $6::numeric[], "
         "$7::date[], $8::numeric[], $9::text[]) AS t (place, " SAME ", external_id)) "
         /* The bits of the last column: enum import_difference. */
         "SELECT g.place, i.investment_id, (g.ticker_symbol <> i.ticker_symbol)::integer "
         "+ 2 * (g.quantity <> i.quantity)::integer + 4 * (g.purchase_price <> i.purchase_price)::integer "
         "+ 8 * (g.fee <> i.fee)::integer + 16 * (g.purchase_date <> i.purchase_date)::integer "
         "+ 32 * (g.fx_rate IS DISTINCT FROM i.fx_rate)::integer FROM given g "
         "JOIN investments i ON i.portfolio_id = $1 AND i.external_id = g.external_id UNION ALL "
         "SELECT g.place, h.investment_id, 0 FROM (SELECT *, row_number() OVER (PARTITION BY " SAME " ORDER BY place) "
         "AS k FROM given WHERE external_id IS NULL) g JOIN (SELECT *, row_number() OVER (PARTITION BY " SAME
         " ORDER BY created_at, investment_id) AS k FROM investments WHERE portfolio_id = $1 AND external_id IS NULL) "
         "h "
         "USING (ticker_symbol, quantity, purchase_price, fee, purchase_date, k) "
         "WHERE g.fx_rate IS NOT DISTINCT FROM h.fx_rate"},
    /* Where a position's running quantity is past the bound. */
    [FIND_TOO_MUCH] = {"investment_import.find_too_much", DB_READ,
                       "SELECT g.place FROM (SELECT place, ticker_symbol, sum(quantity) OVER (PARTITION BY "
                       "ticker_symbol ORDER BY place) AS quantity FROM unnest($2::bigint[], $3::text[], "
                       "$4::numeric[]) AS t (place, ticker_symbol, quantity)) g "
                       "LEFT JOIN (SELECT ticker_symbol, sum(quantity) AS quantity FROM investments "
                       "WHERE portfolio_id = $1 GROUP BY ticker_symbol) h USING (ticker_symbol) "
                       "WHERE g.quantity + coalesce(h.quantity, 0) > 90000000000"},
    [FIND_RATED] = {"investment_import.find_rated", DB_READ,
                    "SELECT g.place FROM unnest($2::bigint[], $3::text[], $4::numeric[], $5::numeric[], $6::numeric[], "
                    "$7::date[], $8::numeric[]) AS g (place, " SAME ") "
                    "JOIN assets a ON a.ticker_symbol = g.ticker_symbol JOIN portfolios p ON p.portfolio_id = $1 "
                    "WHERE g.fx_rate <> 1 AND currency_major(a.currency) = p.base_currency::text"},
    [ADD_ASSETS] = {"investment_import.add_assets", DB_WRITE,
                    "INSERT INTO assets (ticker_symbol) SELECT DISTINCT t.symbol COLLATE \"C\" FROM "
                    "unnest($2::text[]) AS t (symbol) WHERE NOT EXISTS (SELECT FROM assets a WHERE "
                    "a.ticker_symbol = t.symbol) AND EXISTS (SELECT FROM portfolios WHERE portfolio_id = $1) "
                    "ORDER BY 1 ON CONFLICT (ticker_symbol) DO NOTHING"},
    /* A microsecond apart, so that lists have them in the file's order. */
    [INSERT] = {"investment_import.insert", DB_WRITE,
                "INSERT INTO investments (portfolio_id, " SAME ", external_id, investment_id, created_at, updated_at) "
                "SELECT $1, " SAME ", external_id, id, now() + place * interval '1 microsecond', "
                "now() + place * interval '1 microsecond' FROM unnest($2::bigint[], $3::text[], $4::numeric[], "
                "$5::numeric[], $6::numeric[], $7::date[], $8::numeric[], $9::text[], $10::uuid[]) "
                "AS t (place, " SAME ", external_id, id)"},
};

struct run {
    struct investment_import *import;
    struct db_array columns[COLUMNS_N];
    const char *texts[COLUMNS_N]; /* of the columns, when they are filled */
};

static void lot_append(struct run *run, size_t place, struct import_lot *lot) {
    char id[UUID_TEXT_LEN + 1];
    uuid_write(id, &lot->investment_id);
    db_array_i64(&run->columns[PLACE], (int64_t)place);
    db_array_text(&run->columns[SYMBOL], lot->symbol.text);
    db_array_decimal(&run->columns[QUANTITY], lot->quantity.e8);
    db_array_decimal(&run->columns[PRICE], lot->purchase_price.e8);
    db_array_decimal(&run->columns[FEE], lot->fee.e8);
    db_array_date(&run->columns[DATE], lot->purchase_date);
    if (lot->fx_rate_e8 > 0)
        db_array_decimal(&run->columns[FX_RATE], lot->fx_rate_e8);
    else
        db_array_null(&run->columns[FX_RATE]);
    db_array_text(&run->columns[EXTERNAL_ID], lot->external_id);
    db_array_text(&run->columns[ID], id);
}

/* The lots that are new so far, each with an id of its own. */
static enum status columns_fill(struct run *run) {
    db_columns_clear(run->columns, COLUMNS_N);
    for (size_t i = 0; i < run->import->lots_n; i++) {
        struct import_lot *lot = &run->import->lots[i];
        if (lot->outcome != IMPORT_NEW)
            continue;
        enum status status = uuid_random(&lot->investment_id);
        if (status != STATUS_OK)
            return status;
        lot_append(run, i, lot);
    }
    enum status status = STATUS_OK;
    for (size_t i = 0; i < COLUMNS_N && status == STATUS_OK; i++)
        status = db_array_finish(&run->columns[i], &run->texts[i]);
    return status;
}

static enum status columns_query(struct run *run, struct db *db, const struct db_statement *statement, size_t columns_n,
                                 struct db_rows **ret_rows) {
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, run->import->portfolio_id);
    for (size_t i = 0; i < columns_n; i++)
        db_args_text(&args, run->texts[i]);
    return db_query(db, statement, &args, ret_rows);
}

/* Calls a lot by the place that a row names in its first column. */
static struct import_lot *lot_at(const struct run *run, struct db_row *row) {
    int64_t place = db_row_i64(row);
    bool is_place = !row->failed && place >= 0 && (size_t)place < run->import->lots_n;
    return is_place ? &run->import->lots[place] : NULL;
}

static enum status duplicates_find(struct run *run, struct db *db) {
    struct db_rows *rows = NULL;
    enum status status = columns_fill(run);
    if (status == STATUS_OK)
        status = columns_query(run, db, &statements[FIND_DUPLICATES], EXTERNAL_ID + 1, &rows);
    for (size_t i = 0; status == STATUS_OK && i < db_rows_n(rows); i++) {
        struct db_row row = db_rows_at(rows, i);
        struct import_lot *lot = lot_at(run, &row);
        struct uuid id = db_row_uuid(&row);
        int64_t differences = db_row_i64(&row);
        if (!lot || row.failed) {
            status = STATUS_INTERNAL;
            break;
        }
        lot->outcome = differences ? IMPORT_CHANGED : IMPORT_DUPLICATE;
        lot->differences = (unsigned)differences;
        lot->investment_id = id;
    }
    db_rows_destroy(&rows);
    return status;
}

/* Gives the lots that a statement names the outcome that it is about. */
static enum status outcome_find(struct run *run, struct db *db, size_t statement, size_t columns_n,
                                enum import_outcome outcome) {
    struct db_rows *rows = NULL;
    enum status status = columns_fill(run);
    if (status == STATUS_OK)
        status = columns_query(run, db, &statements[statement], columns_n, &rows);
    for (size_t i = 0; status == STATUS_OK && i < db_rows_n(rows); i++) {
        struct db_row row = db_rows_at(rows, i);
        struct import_lot *lot = lot_at(run, &row);
        if (lot)
            lot->outcome = outcome;
        else
            status = STATUS_INTERNAL;
    }
    db_rows_destroy(&rows);
    return status;
}

static enum status lots_insert(struct run *run, struct db *db) {
    enum status status = columns_fill(run);
    if (status != STATUS_OK)
        return status;
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, run->import->portfolio_id);
    db_args_text(&args, run->texts[SYMBOL]);
    status = db_query(db, &statements[ADD_ASSETS], &args, NULL);
    return status == STATUS_OK ? columns_query(run, db, &statements[INSERT], COLUMNS_N, NULL) : status;
}

enum status investment_import_add_assets(struct db *db, const struct investment_import *import) {
    struct db_array symbols;
    struct db_args args;
    const char *text = NULL;
    db_array_init(&symbols);
    for (size_t i = 0; i < import->lots_n; i++) {
        if (import->lots[i].outcome != IMPORT_WRONG)
            db_array_text(&symbols, import->lots[i].symbol.text);
    }
    enum status status = db_array_finish(&symbols, &text);
    if (status == STATUS_OK) {
        db_args_init(&args);
        db_args_uuid(&args, import->portfolio_id);
        db_args_text(&args, text);
        status = db_query(db, &statements[ADD_ASSETS], &args, NULL);
    }
    db_array_fini(&symbols);
    return status;
}

/* A lot that is another one of the import has what became of that. */
static void outcomes_count(struct investment_import *import) {
    import->new_n = import->duplicates_n = import->changed_n = import->wrong_n = 0;
    for (size_t i = 0; i < import->lots_n; i++) {
        struct import_lot *lot = &import->lots[i];
        if (lot->same_as) {
            lot->investment_id = lot->same_as->investment_id;
            lot->differences = lot->same_as->differences;
            lot->outcome = lot->differences ? IMPORT_CHANGED : IMPORT_DUPLICATE;
        }
        switch (lot->outcome) {
        case IMPORT_NEW:
            import->new_n++;
            break;
        case IMPORT_DUPLICATE:
            import->duplicates_n++;
            break;
        case IMPORT_CHANGED:
            import->changed_n++;
            break;
        default:
            import->wrong_n++;
        }
    }
}

static enum status version_read(struct run *run, struct db *db, size_t statement, int64_t *ret_version) {
    struct db_args args;
    struct db_rows *rows = NULL;
    db_args_init(&args);
    db_args_uuid(&args, run->import->portfolio_id);
    row_scope_add_args(&args, &run->import->scope);
    enum status status = entity_get(db, &statements[statement], &args, &rows);
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    *ret_version = db_row_i64(&row);
    status = db_row_status(&row);
    db_rows_destroy(&rows);
    return status;
}

/* What is found may be of different moments, see import_body. */
static enum status lots_take(struct run *run, struct db *db) {
    struct investment_import *import = run->import;
    enum status status = duplicates_find(run, db);
    if (status == STATUS_OK)
        status = outcome_find(run, db, FIND_RATED, FX_RATE + 1, IMPORT_RATED);
    if (status == STATUS_OK)
        status = outcome_find(run, db, FIND_TOO_MUCH, QUANTITY + 1, IMPORT_TOO_MUCH);
    if (status != STATUS_OK)
        return status;
    outcomes_count(import);
    if (import->is_dry_run)
        return STATUS_OK;
    if (import->wrong_n > 0)
        return STATUS_OUT_OF_RANGE;
    if (import->new_n == 0)
        return STATUS_OK;
    status = lots_insert(run, db);
    outcomes_count(import);
    return status;
}

/* Every write of the portfolio's lots counts its version, under its lock: when nobody did between the first look and
 * our own write, whose trigger took the lock, what was found in between is as if it had been found under the lock. */
static enum status import_body(struct db *db, void *context) {
    struct run *run = context;
    struct investment_import *import = run->import;
    int64_t version = 0, version_now = 0;
    for (size_t i = 0; i < import->lots_n; i++) { /* it may be the second time */
        import->lots[i].differences = 0;
        if (import->lots[i].outcome != IMPORT_WRONG)
            import->lots[i].outcome = import->lots[i].same_as ? IMPORT_DUPLICATE : IMPORT_NEW;
    }
    bool is_locked = import->is_locking && !import->is_dry_run;
    enum status status = version_read(run, db, is_locked ? LOCK_PORTFOLIO : READ_VERSION, &version);
    if (status != STATUS_OK)
        return status;
    status = lots_take(run, db);
    if (is_locked)
        return status;
    /* CONFLICT: another writer's external_id came between. */
    bool is_outrun = status == STATUS_CONFLICT;
    if (status == STATUS_OK || (status == STATUS_OUT_OF_RANGE && import->wrong_n > 0)) {
        enum status looked = version_read(run, db, READ_VERSION, &version_now);
        if (looked != STATUS_OK)
            return looked;
        bool is_written = status == STATUS_OK && !import->is_dry_run && import->new_n > 0;
        is_outrun = version_now != version + (is_written ? 1 : 0) && !import->is_dry_run;
    }
    if (!is_outrun)
        return status;
    import->is_locking = true;
    db_try_again(db);
    return STATUS_UNAVAILABLE;
}

enum status investment_import_run(struct db *db, struct investment_import *import) {
    struct run run = {.import = import};
    db_columns_init(run.columns, COLUMNS_N);
    enum status status = db_transaction(db, import_body, &run);
    db_columns_fini(run.columns, COLUMNS_N);
    return status;
}
