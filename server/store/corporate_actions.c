/* Corporate actions: their SQL and its rows. Refuses actions of symbols that are
 * no assets, and ratios outside their bounds. Thread: W. */
#include "store/corporate_actions.h"

#include "ops/log.h"
#include "ops/metrics.h"
#include "store/db_columns.h"
#include "store/entity.h"

#include <string.h>

#define COLUMNS_N 7

enum { FORGET_MOVED, COUNT_REPEATED, SAVE, APPLY, LIST };

/* Nobody splits twice by the same ratio within so many days: vendors differ on the day. */
#define SAME_SPLIT_DAYS "7"

/* What is saved: t. */
#define GIVEN                                                                                                          \
    "unnest($1::text[], $2::date[], $3::text[], $4::integer[], $5::integer[], $6::numeric[], $7::text[]) "             \
    "AS t (ticker_symbol, date, type, numerator, denominator, amount, source) "
/* A split s that is stored for another day than the given t. */
#define SAME_SPLIT                                                                                                     \
    "s.ticker_symbol = t.ticker_symbol AND s.type = 'SPLIT' AND t.type = 'SPLIT' AND s.numerator = t.numerator "       \
    "AND s.denominator = t.denominator AND s.date <> t.date AND abs(s.date - t.date) <= " SAME_SPLIT_DAYS " "

static const struct db_statement statements[] = {
    /* The same vendor has another day for one that is to come. */
    [FORGET_MOVED] = {"corporate_actions.forget_moved", DB_WRITE,
                      "DELETE FROM corporate_actions s USING " GIVEN "WHERE " SAME_SPLIT
                      "AND NOT s.is_applied AND s.source = t.source"},
    [COUNT_REPEATED] = {"corporate_actions.count_repeated", DB_READ,
                        "SELECT count(*) FROM " GIVEN "WHERE EXISTS (SELECT FROM corporate_actions s WHERE " SAME_SPLIT
                        ")"},
    [SAVE] =
        {"corporate_actions.save", DB_WRITE,
         "INSERT INTO corporate_actions AS a (ticker_symbol, date, type, numerator, denominator, amount, source) "
         "SELECT DISTINCT ON (ticker_symbol COLLATE \"C\", date, type) * FROM " GIVEN
         "WHERE NOT EXISTS (SELECT FROM corporate_actions s WHERE " SAME_SPLIT
         ") ORDER BY ticker_symbol COLLATE \"C\", date, type ON CONFLICT (ticker_symbol, date, type) DO UPDATE SET "
         "numerator = excluded.numerator, denominator = excluded.denominator, amount = excluded.amount, "
         "source = excluded.source WHERE (a.numerator, a.denominator, a.amount) "
         "IS DISTINCT FROM (excluded.numerator, excluded.denominator, excluded.amount)"},
    [APPLY] = {"corporate_actions.apply", DB_WRITE, "SELECT corporate_actions_apply()"},
    [LIST] = {"corporate_actions.list", DB_READ,
              "SELECT ticker_symbol, date, type, coalesce(numerator, 0), coalesce(denominator, 0), coalesce(amount, 0) "
              "FROM corporate_actions WHERE ticker_symbol = $1 AND date BETWEEN $2::date AND $3::date "
              "AND (date, type) > ($4::date, coalesce($5::text, '')) ORDER BY date, type LIMIT $6::bigint"},
};

static const char *const type_names[] = {
    [ACTION_SPLIT] = "SPLIT", [ACTION_DIVIDEND] = "DIVIDEND", [ACTION_SPINOFF] = "SPINOFF"};

const char *corporate_action_type_name(enum corporate_action_type type) {
    return type_names[type];
}

/* --- saving --- */

static void action_append(struct db_array columns[COLUMNS_N], const struct corporate_action *action,
                          const char *source) {
    db_array_text(&columns[0], action->symbol.text);
    db_array_date(&columns[1], action->split.date);
    db_array_text(&columns[2], type_names[action->type]);
    if (action->type == ACTION_SPLIT) {
        db_array_i64(&columns[3], action->split.numerator);
        db_array_i64(&columns[4], action->split.denominator);
        db_array_null(&columns[5]);
    } else {
        db_array_null(&columns[3]);
        db_array_null(&columns[4]);
        db_array_decimal(&columns[5], action->amount.e8);
    }
    db_array_text(&columns[6], source);
}

/* Tells of splits that are there for another day: the first that was stored counts. */
static enum status repeated_count(struct db *db, const struct db_args *args, const struct corporate_action *actions,
                                  const char *source) {
    struct db_rows *rows = NULL;
    enum status status = entity_get(db, &statements[COUNT_REPEATED], args, &rows);
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    int64_t n = db_row_i64(&row);
    status = db_row_status(&row);
    db_rows_destroy(&rows);
    if (n > 0) {
        metrics_add(METRIC_HISTORY_SPLITS_REFUSED, n);
        log_event(LOG_WARN, "history.split_repeated", LOG_TEXT("symbol", actions[0].symbol.text),
                  LOG_TEXT("source", source), LOG_I64("splits", n));
    }
    return status;
}

static enum status save_all(struct db *db, const struct corporate_action *actions, size_t n, const char *source) {
    if (n == 0)
        return STATUS_OK;
    struct db_array columns[COLUMNS_N];
    struct db_args args;
    db_args_init(&args);
    db_columns_init(columns, COLUMNS_N);
    for (size_t i = 0; i < n; i++)
        action_append(columns, &actions[i], source);
    enum status status = db_columns_finish(columns, COLUMNS_N, &args);
    if (status == STATUS_OK)
        status = db_query(db, &statements[FORGET_MOVED], &args, NULL);
    if (status == STATUS_OK)
        status = repeated_count(db, &args, actions, source);
    if (status == STATUS_OK)
        status = db_query(db, &statements[SAVE], &args, NULL);
    db_columns_fini(columns, COLUMNS_N);
    return status == STATUS_OK ? db_query(db, &statements[APPLY], DB_NO_ARGS, NULL) : status;
}

struct saving {
    const struct corporate_action *actions;
    size_t n;
    const char *source;
};

static enum status saving_run(struct db *db, void *context) {
    const struct saving *saving = context;
    return save_all(db, saving->actions, saving->n, saving->source);
}

enum status corporate_actions_save(struct db *db, const struct corporate_action *actions, size_t n,
                                   const char *source) {
    struct saving saving = {actions, n, source};
    return n == 0 ? STATUS_OK : db_transaction(db, saving_run, &saving);
}

static enum status apply_run(struct db *db, void *context) {
    struct db_rows *rows = NULL;
    enum status status = entity_get(db, &statements[APPLY], DB_NO_ARGS, &rows);
    if (status != STATUS_OK)
        return status;
    struct db_row row = db_rows_at(rows, 0);
    *(int64_t *)context = db_row_i64(&row);
    status = db_row_status(&row);
    db_rows_destroy(&rows);
    return status;
}

/* In a transaction, so that a deadlock with another writer of the same
 * portfolios is only tried again. */
enum status corporate_actions_apply(struct db *db, int64_t *ret_n) {
    int64_t n = 0;
    enum status status = db_transaction(db, apply_run, &n);
    if (status == STATUS_OK)
        *ret_n = n;
    return status;
}

/* --- reading --- */

enum status corporate_actions_list(struct db *db, const struct symbol *symbol, const struct corporate_action_page *page,
                                   struct db_rows **ret_rows) {
    struct db_args args;
    db_args_init(&args);
    db_args_text(&args, symbol->text);
    db_args_date(&args, page->from);
    db_args_date(&args, page->to);
    db_args_date(&args, page->after_date);
    db_args_text(&args, page->after_type);
    db_args_i64(&args, (int64_t)page->limit + 1);
    return db_query(db, &statements[LIST], &args, ret_rows);
}

static bool type_parse(const char *text, enum corporate_action_type *ret_type) {
    for (size_t i = 0; i < sizeof type_names / sizeof type_names[0]; i++) {
        if (strcmp(text, type_names[i]) == 0) {
            *ret_type = (enum corporate_action_type)i;
            return true;
        }
    }
    return false;
}

enum status corporate_action_read(const struct db_rows *rows, size_t index, struct corporate_action *ret_action) {
    struct db_row row = db_rows_at(rows, index);
    struct corporate_action action = {0};
    const char *symbol = db_row_text(&row);
    action.split.date = db_row_date(&row);
    const char *type = db_row_text(&row);
    action.split.numerator = (int32_t)db_row_i64(&row);
    action.split.denominator = (int32_t)db_row_i64(&row);
    action.amount.e8 = db_row_decimal(&row);
    if (row.failed || symbol_parse(symbol, strlen(symbol), &action.symbol) != STATUS_OK ||
        !type_parse(type, &action.type))
        return STATUS_INTERNAL;
    *ret_action = action;
    return STATUS_OK;
}
