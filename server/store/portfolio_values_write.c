/* Keeps daily values. Refuses nothing. Thread: W. */
#include "store/db_columns.h"
#include "store/portfolio_values_internal.h"

#define COLUMNS_N 8

enum { DELETE_DAYS, ADD_DAYS, SAVE_STATE };

static const struct db_statement statements[] = {
    /* Today's row of this moment stays until its day is over. */
    [DELETE_DAYS] = {"portfolio_values.delete_days", DB_WRITE,
                     "DELETE FROM portfolio_values WHERE portfolio_id = $1 AND date >= $2::date "
                     "AND NOT (is_live AND date > $3::date)"},
    [ADD_DAYS] = {"portfolio_values.add_days", DB_WRITE,
                  "INSERT INTO portfolio_values (portfolio_id, date, value, inflow, outflow, cost_basis, priced_n, "
                  "estimated_n, missing_n) SELECT $1::uuid, t.* FROM unnest($2::date[], $3::numeric[], $4::numeric[], "
                  "$5::numeric[], $6::numeric[], $7::integer[], $8::integer[], $9::integer[]) AS t"},
    [SAVE_STATE] = {"portfolio_values.save_state", DB_WRITE,
                    "INSERT INTO portfolio_value_states (portfolio_id, portfolio_version, first_year, year_versions, "
                    "through_date) VALUES ($1, $2, $3, $4::bigint[], $5) ON CONFLICT (portfolio_id) DO UPDATE SET "
                    "portfolio_version = excluded.portfolio_version, first_year = excluded.first_year, "
                    "year_versions = excluded.year_versions, through_date = excluded.through_date, "
                    "computed_at = now()"},
};

static enum status columns_insert(struct db *db, const struct uuid *portfolio_id, struct db_array columns[COLUMNS_N]) {
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, portfolio_id);
    enum status status = db_columns_finish(columns, COLUMNS_N, &args);
    return status == STATUS_OK ? db_query(db, &statements[ADD_DAYS], &args, NULL) : status;
}

static enum status days_add(struct db *db, const struct uuid *portfolio_id, const struct daily_value *days, size_t n) {
    struct db_array columns[COLUMNS_N];
    db_columns_init(columns, COLUMNS_N);
    for (size_t i = 0; i < n; i++) {
        db_array_date(&columns[0], days[i].day.date);
        db_array_amount(&columns[1], days[i].day.value);
        db_array_amount(&columns[2], days[i].day.inflow);
        db_array_amount(&columns[3], days[i].day.outflow);
        db_array_amount(&columns[4], days[i].cost_basis);
        db_array_i64(&columns[5], days[i].priced_n);
        db_array_i64(&columns[6], days[i].estimated_n);
        db_array_i64(&columns[7], days[i].missing_n);
    }
    enum status status = columns_insert(db, portfolio_id, columns);
    db_columns_fini(columns, COLUMNS_N);
    return status;
}

enum status portfolio_values_write(struct db *db, const struct uuid *portfolio_id, const struct value_state *state,
                                   const struct daily_value *days, size_t n) {
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, portfolio_id);
    db_args_date(&args, state->from);
    db_args_date(&args, state->through);
    enum status status = db_query(db, &statements[DELETE_DAYS], &args, NULL);
    if (status == STATUS_OK)
        status = days_add(db, portfolio_id, days, n);
    db_args_init(&args);
    db_args_uuid(&args, portfolio_id);
    db_args_i64(&args, state->portfolio_version);
    db_args_i64(&args, state->first_year);
    db_args_text(&args, state->year_versions);
    db_args_date(&args, state->through);
    return status == STATUS_OK ? db_query(db, &statements[SAVE_STATE], &args, NULL) : status;
}
