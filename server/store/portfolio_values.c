/* Stored daily values: their SQL and its rows. All of a report is read in one
 * snapshot. Refuses nothing but sums that do not fit. Thread: W. */
#include "store/portfolio_values.h"

#include "store/portfolio_values_internal.h"

#include <stdlib.h>
#include <string.h>

#define DATE_FIRST (-719162) /* 0001-01-01 */
#define SERIES_CHUNK 200     /* symbols whose closes are in memory together */

enum { LOCK, UNLOCK, LOAD_STATE, LOAD_DAYS, SAVE_LIVE };

static const struct db_statement statements[] = {
    [LOCK] = {"portfolio_values.lock", DB_READ, "SELECT pg_advisory_lock(hashtextextended($1::text, 77))"},
    [UNLOCK] = {"portfolio_values.unlock", DB_READ, "SELECT pg_advisory_unlock(hashtextextended($1::text, 77))"},
    /* The sums of versions as they are now, by year from that of the first
     * purchase ($2) to today's ($3), beside the stored ones. */
    [LOAD_STATE] =
        {"portfolio_values.load_state", DB_READ,
         "WITH held AS (SELECT DISTINCT i.ticker_symbol, a.currency FROM investments i "
         "JOIN assets a ON a.ticker_symbol = i.ticker_symbol WHERE i.portfolio_id = $1), "
         "base AS (SELECT base_currency AS code FROM portfolios WHERE portfolio_id = $1), "
         "codes AS (SELECT DISTINCT c.code FROM held h CROSS JOIN base b CROSS JOIN LATERAL "
         "(VALUES (currency_major(h.currency)), (b.code)) AS c (code) WHERE currency_major(h.currency) <> b.code), "
         "versions AS (SELECT s.year, s.version FROM close_series s JOIN held h ON h.ticker_symbol = s.ticker_symbol "
         "UNION ALL SELECT r.year, r.version FROM exchange_rate_years r JOIN codes c ON c.code = r.currency), "
         "sums AS (SELECT greatest(v.year, $2::integer) AS year, sum(v.version) AS version FROM versions v GROUP BY "
         "1), "
         "years AS (SELECT y.year, coalesce(s.version, 0) AS version FROM generate_series($2::integer, $3::integer) "
         "AS y (year) LEFT JOIN sums s ON s.year = y.year) "
         "SELECT coalesce(s.portfolio_version = p.version AND s.first_year = $2::integer, false), "
         "coalesce(s.through_date, date '0001-01-01'), p.version, "
         "coalesce((SELECT min(y.year) FROM years y WHERE y.version <> "
         "coalesce(s.year_versions[y.year - s.first_year + 1], 0)), 0), "
         "(SELECT array_agg(y.version::bigint ORDER BY y.year) FROM years y)::text "
         "FROM portfolios p LEFT JOIN portfolio_value_states s ON s.portfolio_id = p.portfolio_id "
         "WHERE p.portfolio_id = $1"},
    /* What is before the first purchase ($4) is left over from one that was deleted or moved. */
    [LOAD_DAYS] = {"portfolio_values.load_days", DB_READ,
                   "SELECT date, value, inflow, outflow, cost_basis, priced_n, estimated_n, missing_n "
                   "FROM portfolio_values WHERE portfolio_id = $1 AND date <= $3::date AND NOT is_live "
                   "AND date >= $4::date AND date >= "
                   "coalesce((SELECT max(date) FROM portfolio_values WHERE portfolio_id = $1 AND date < $2::date "
                   "AND date >= $4::date AND NOT is_live), $2::date) ORDER BY date"},
    [SAVE_LIVE] = {"portfolio_values.save_live", DB_WRITE,
                   "INSERT INTO portfolio_values (portfolio_id, date, value, inflow, outflow, cost_basis, priced_n, "
                   "estimated_n, missing_n, is_live) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, true) "
                   "ON CONFLICT (portfolio_id, date) DO UPDATE SET value = excluded.value, inflow = excluded.inflow, "
                   "outflow = excluded.outflow, cost_basis = excluded.cost_basis, priced_n = excluded.priced_n, "
                   "estimated_n = excluded.estimated_n, missing_n = excluded.missing_n, is_live = true "
                   "WHERE portfolio_values.is_live"},
};

/* --- the state --- */

static int32_t year_first_day(int year) {
    char text[DATE_TEXT_LEN + 1];
    int32_t days = 0;
    (void)snprintf(text, sizeof text, "%04d-01-01", year);
    return date_parse(text, DATE_TEXT_LEN, &days) == STATUS_OK ? days : INT32_MIN;
}

static int year_of(int32_t date) {
    char text[DATE_TEXT_LEN + 1];
    date_write(text, date);
    return (int)strtol(text, NULL, 10);
}

static enum status state_read(const struct db_rows *rows, const struct value_inputs *inputs,
                              struct value_state *state) {
    struct db_row row = db_rows_at(rows, 0);
    bool is_same_version = db_row_bool(&row);
    int32_t through = db_row_date(&row);
    state->portfolio_version = db_row_i64(&row);
    int64_t changed_year = db_row_i64(&row);
    const char *versions = db_row_text(&row);
    if (row.failed || strlen(versions) >= sizeof state->year_versions)
        return STATUS_INTERNAL;
    memcpy(state->year_versions, versions, strlen(versions) + 1);
    state->from = inputs->first_date;
    if (is_same_version) {
        int32_t changed_from = changed_year ? year_first_day((int)changed_year) : INT32_MAX;
        state->from = changed_from < through + 1 ? changed_from : through + 1;
    }
    if (state->from < inputs->first_date)
        state->from = inputs->first_date;
    return STATUS_OK;
}

static enum status state_load(struct db *db, const struct uuid *portfolio_id, const struct value_inputs *inputs,
                              struct value_state *state) {
    struct db_args args;
    struct db_rows *rows = NULL;
    state->first_year = year_of(inputs->first_date);
    state->through = inputs->today - 1;
    db_args_init(&args);
    db_args_uuid(&args, portfolio_id);
    db_args_i64(&args, state->first_year);
    db_args_i64(&args, year_of(inputs->today));
    enum status status = entity_get(db, &statements[LOAD_STATE], &args, &rows);
    if (status == STATUS_OK)
        status = state_read(rows, inputs, state);
    db_rows_destroy(&rows);
    return status;
}

/* --- rebuilding --- */

/* The days from state->from to state->through, from the series of all holdings. */
static enum status days_compute(struct db *db, struct value_inputs *inputs, const struct value_state *state,
                                struct daily_value **ret_days, size_t *ret_n) {
    struct daily_values *values = NULL;
    enum status status = daily_values_create(state->from, state->through, &values);
    for (size_t first = 0; status == STATUS_OK && first < inputs->holdings_n; first += SERIES_CHUNK) {
        size_t n = inputs->holdings_n - first < SERIES_CHUNK ? inputs->holdings_n - first : SERIES_CHUNK;
        status = value_inputs_load_series(db, inputs, first, n, state->from);
        for (size_t i = first; status == STATUS_OK && i < first + n; i++)
            status = daily_values_add(values, &inputs->holdings[i].value);
    }
    if (status == STATUS_OK)
        status = daily_values_finish(values, ret_days, ret_n);
    daily_values_destroy(&values);
    return status;
}

static enum status rebuild(struct db *db, const struct uuid *portfolio_id, struct value_inputs *inputs,
                           const struct value_state *state) {
    struct daily_value *days = NULL;
    size_t n = 0;
    int64_t started_ms = clock_monotonic_ms(clock_system());
    enum status status = days_compute(db, inputs, state, &days, &n);
    int64_t computed_ms = clock_monotonic_ms(clock_system());
    if (status == STATUS_OK)
        status = portfolio_values_write(db, portfolio_id, state, days, n);
    free(days);
    if (status == STATUS_OK) {
        metrics_increment(METRIC_VALUES_REBUILT);
        log_event(LOG_DEBUG, "values.rebuilt", LOG_I64("holdings", (int64_t)inputs->holdings_n),
                  LOG_I64("days", (int64_t)n), LOG_I64("compute_ms", computed_ms - started_ms),
                  LOG_I64("write_ms", clock_monotonic_ms(clock_system()) - computed_ms));
    }
    return status;
}

/* --- reading --- */

static enum status day_read(const struct db_rows *rows, size_t index, struct daily_value *ret_day) {
    struct db_row row = db_rows_at(rows, index);
    struct daily_value day = {0};
    day.day.date = db_row_date(&row);
    day.day.value = db_row_amount(&row);
    day.day.inflow = db_row_amount(&row);
    day.day.outflow = db_row_amount(&row);
    day.cost_basis = db_row_amount(&row);
    day.priced_n = (int32_t)db_row_i64(&row);
    day.estimated_n = (int32_t)db_row_i64(&row);
    day.missing_n = (int32_t)db_row_i64(&row);
    day.day.is_priced = day.priced_n > 0;
    if (!row.failed)
        *ret_day = day;
    return db_row_status(&row);
}

static enum status days_fill(const struct db_rows *rows, int32_t start, struct value_report *report) {
    size_t n = db_rows_n(rows);
    report->days = calloc(n + 1, sizeof *report->days); /* room for today */
    if (!report->days)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        struct daily_value day = {0};
        enum status status = day_read(rows, i, &day);
        if (status != STATUS_OK)
            return status;
        if (day.day.date < start)
            report->opening = day;
        else
            report->days[report->days_n++] = day;
    }
    return STATUS_OK;
}

static enum status days_load(struct db *db, const struct uuid *portfolio_id, int32_t start, int32_t end,
                             struct value_report *report) {
    struct db_args args;
    struct db_rows *rows = NULL;
    int32_t today = report->inputs->today, through = today - 1, first = report->inputs->first_date;
    db_args_init(&args);
    db_args_uuid(&args, portfolio_id);
    db_args_date(&args, start);
    db_args_date(&args, end < through ? end : through);
    db_args_date(&args, first < today ? first : today);
    enum status status = db_query(db, &statements[LOAD_DAYS], &args, &rows);
    if (status == STATUS_OK)
        status = days_fill(rows, start, report);
    db_rows_destroy(&rows);
    return status;
}

static enum status today_add(struct value_report *report) {
    struct daily_value today;
    enum status status = value_inputs_value(report->inputs, &today);
    if (status == STATUS_OK)
        report->days[report->days_n++] = today;
    return status;
}

/* --- a report --- */

struct report_run {
    const struct uuid *portfolio_id;
    struct value_query query;
    bool may_rebuild; /* the portfolio's lock is ours */
    bool is_old;      /* it would have had to */
    bool is_refresh;  /* nobody reads the days */
    struct value_report report;
};

static enum status report_fill(struct db *db, struct report_run *run) {
    struct value_report *report = &run->report;
    struct value_inputs *inputs = report->inputs;
    const struct value_query *query = &run->query;
    bool has_today = query->end >= query->today && inputs->first_date <= query->today;
    report->start = query->start == VALUE_FROM_FIRST ? inputs->first_date : query->start;
    report->start = report->start > query->end ? query->end : report->start;
    report->end = query->end;
    enum status status = days_load(db, run->portfolio_id, report->start, report->end, report);
    if (status == STATUS_OK && (has_today || query->has_ends))
        status = value_inputs_load_ends(db, inputs, report->start > DATE_FIRST ? report->start - 1 : DATE_FIRST,
                                        report->end);
    if (status == STATUS_OK && has_today)
        status = today_add(report);
    return status;
}

static enum status report_run(struct db *db, void *context) {
    struct report_run *run = context;
    struct value_state state = {0};
    value_report_fini(&run->report);
    run->is_old = false;
    enum status status = value_inputs_load(db, run->portfolio_id, run->query.today, &run->report.inputs);
    if (status != STATUS_OK)
        return status;
    if (run->report.inputs->first_date >= run->query.today)
        return run->is_refresh ? STATUS_OK : report_fill(db, run);
    status = state_load(db, run->portfolio_id, run->report.inputs, &state);
    if (status == STATUS_OK && state.from <= state.through) {
        run->is_old = !run->may_rebuild;
        if (run->is_old)
            return STATUS_OK;
        status = rebuild(db, run->portfolio_id, run->report.inputs, &state);
        run->report.is_rebuilt = true;
    }
    return status == STATUS_OK && !run->is_refresh ? report_fill(db, run) : status;
}

/* The lock is the session's, taken before the snapshot: who waited for it sees
 * what the other has kept. It ends with the connection if need be. */
static enum status report_run_locked(struct db *db, struct report_run *run) {
    char id[UUID_TEXT_LEN + 1];
    struct db_args args;
    uuid_write(id, run->portfolio_id);
    db_args_init(&args);
    db_args_text(&args, id);
    enum status status = db_query(db, &statements[LOCK], &args, NULL);
    if (status != STATUS_OK)
        return status;
    run->may_rebuild = true;
    status = db_snapshot(db, report_run, run);
    enum status unlocked = db_query(db, &statements[UNLOCK], &args, NULL);
    return status == STATUS_OK ? unlocked : status;
}

static enum status run_all(struct db *db, struct report_run *run) {
    enum status status = db_snapshot(db, report_run, run);
    if (status == STATUS_OK && run->is_old)
        status = report_run_locked(db, run);
    /* What is kept can be computed again: whether it was kept does not matter. */
    return status == STATUS_OUTCOME_UNKNOWN ? STATUS_UNAVAILABLE : status;
}

void value_report_fini(struct value_report *report) {
    value_inputs_destroy(&report->inputs);
    free(report->days);
    *report = (struct value_report){0};
}

enum status portfolio_values_report(struct db *db, const struct uuid *portfolio_id, const struct value_query *query,
                                    struct value_report *ret_report) {
    struct report_run run = {.portfolio_id = portfolio_id, .query = *query};
    enum status status = run_all(db, &run);
    if (status == STATUS_OK)
        *ret_report = run.report;
    else
        value_report_fini(&run.report);
    return status;
}

enum status portfolio_values_refresh(struct db *db, const struct uuid *portfolio_id, int32_t today) {
    struct report_run run = {.portfolio_id = portfolio_id, .query = {.today = today}, .is_refresh = true};
    enum status status = run_all(db, &run);
    value_report_fini(&run.report);
    return status;
}

enum status portfolio_values_save_live(struct db *db, const struct uuid *portfolio_id,
                                       const struct daily_value *value) {
    const struct amount amounts[] = {value->day.value, value->day.inflow, value->day.outflow, value->cost_basis};
    struct db_args args;
    db_args_init(&args);
    db_args_uuid(&args, portfolio_id);
    db_args_date(&args, value->day.date);
    for (size_t i = 0; i < sizeof amounts / sizeof amounts[0]; i++)
        db_args_amount(&args, amounts[i]);
    db_args_i64(&args, value->priced_n);
    db_args_i64(&args, value->estimated_n);
    db_args_i64(&args, value->missing_n);
    return db_query(db, &statements[SAVE_LIVE], &args, NULL);
}
