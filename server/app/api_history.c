/* /portfolios/{id}/history, /risk and /sync-values. Refuses ranges that end after
 * today. Thread: L, but for the …_work functions, which run on the reports'
 * workers. */
#include "app/api_entity.h"
#include "app/api_handlers.h"
#include "app/api_range.h"
#include "app/list_query.h"
#include "app/query.h"
#include "app/shard_view.h"
#include "base/timestamp.h"
#include "domain/quote_split.h"
#include "domain/risk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void on_written(struct api_call *call) {
    if (call->job.status == STATUS_OK)
        api_call_respond(call, 200);
    else
        api_call_fail(call, call->job.status, "portfolio");
}

/* --- history --- */

enum { EVERY_DAY, EVERY_WEEK, EVERY_MONTH };
static const char *const intervals[] = {"day", "week", "month", NULL};
static const char *const filters[] = {"from", "to", "interval", NULL};

struct history_input {
    struct range_input range; /* first: api_range_read makes call->data one of these */
    size_t interval, limit;
    char fingerprint[LIST_FINGERPRINT_LEN + 1];
};

/* The same for days of one week (from Monday) or month. */
static int32_t group_of(int32_t date, size_t interval) {
    if (interval == EVERY_WEEK) /* 1970-01-01 was a Thursday */
        return date + 3 >= 0 ? (date + 3) / 7 : (date - 3) / 7;
    if (interval == EVERY_DAY)
        return date;
    char text[DATE_TEXT_LEN + 1];
    date_write(text, date);
    return (int32_t)strtol(text, NULL, 10) * 12 + (int32_t)strtol(text + 5, NULL, 10);
}

static void day_write(struct strbuf *out, const struct daily_value *day, bool is_live) {
    struct amount gain_loss;
    strbuf_append_char(out, '{');
    json_date(out, "date", day->day.date);
    json_amount(out, "value", day->day.value);
    json_amount(out, "cost_basis", day->cost_basis);
    if (amount_subtract(day->day.value, day->cost_basis, &gain_loss) == STATUS_OK)
        json_amount(out, "gain_loss", gain_loss);
    json_amount(out, "inflow", day->day.inflow);
    json_amount(out, "outflow", day->day.outflow);
    json_i64(out, "estimated", day->estimated_n);
    json_i64(out, "missing", day->missing_n);
    json_key(out, "is_live");
    strbuf_append_text(out, is_live ? "true}" : "false}");
}

/* One item a group: its last day, with what came in and went out in all of it. */
static enum status groups_write(struct api_call *call, const struct value_report *report) {
    const struct history_input *input = call->data;
    struct strbuf *out = &call->out;
    struct amount inflow = {0}, outflow = {0};
    size_t items_n = 0;
    int32_t last = 0;
    bool has_more = false;
    strbuf_append_text(out, "{\"items\":[");
    for (size_t i = 0; i < report->days_n && !has_more; i++) {
        struct daily_value day = report->days[i];
        if (amount_add(inflow, day.day.inflow, &inflow) != STATUS_OK ||
            amount_add(outflow, day.day.outflow, &outflow) != STATUS_OK)
            return STATUS_OVERFLOW;
        if (i + 1 < report->days_n &&
            group_of(report->days[i + 1].day.date, input->interval) == group_of(day.day.date, input->interval))
            continue;
        has_more = items_n == input->limit;
        if (has_more)
            break;
        day.day.inflow = inflow;
        day.day.outflow = outflow;
        inflow = outflow = (struct amount){0};
        strbuf_append_text(out, items_n++ > 0 ? "," : "");
        day_write(out, &day, day.day.date == input->range.query.today);
        last = day.day.date;
    }
    strbuf_append_char(out, ']');
    if (has_more) {
        char date[DATE_TEXT_LEN + 1], cursor[QUERY_CURSOR_MAX];
        date_write(date, last);
        (void)snprintf(cursor, sizeof cursor, "%s.%s", input->fingerprint, date);
        json_text(out, "next_cursor", cursor);
    }
    strbuf_append_char(out, '}');
    return STATUS_OK;
}

static enum status history_work(struct api_call *call, struct db *db) {
    const struct history_input *input = call->data;
    struct value_report report = {0};
    strbuf_clear(&call->out);
    if (input->range.query.start != VALUE_FROM_FIRST && input->range.query.start > input->range.query.end) {
        strbuf_append_text(&call->out, "{\"items\":[]}"); /* a cursor at the end */
        return STATUS_OK;
    }
    enum status status = portfolio_values_report(db, &call->id, &input->range.query, &report);
    if (status == STATUS_OK)
        status = groups_write(call, &report);
    value_report_fini(&report);
    return status;
}

/* After the fingerprint: the last day that was told. */
static void cursor_read(struct api_call *call, struct history_input *input) {
    char cursor[QUERY_VALUE_MAX + 1];
    int32_t after = 0;
    list_query_fingerprint(call->http, filters, input->fingerprint);
    enum status status = query_get(call->http->query, "cursor", cursor);
    if (status == STATUS_NOT_FOUND)
        return;
    const char *text = status == STATUS_OK ? list_query_cursor_rest(cursor, input->fingerprint) : NULL;
    if (!text || date_parse(text, strlen(text), &after) != STATUS_OK)
        problem_add_field(&call->problem, "cursor", ERROR_INVALID_FIELD, LIST_CURSOR_REFUSED);
    else if (after >= input->range.query.start)
        input->range.query.start = after + 1;
}

void api_portfolios_list_history(struct api_call *call) {
    if (!api_call_read_id(call, "portfolio") || !api_call_data(call, sizeof(struct history_input)))
        return;
    struct history_input *input = call->data;
    const char *query = call->http->query;
    api_range_fill(call, &input->range, "from", "to");
    input->interval = query_read_choice(query, "interval", intervals, &call->problem);
    input->limit = QUERY_LIMIT_DEFAULT;
    query_read_limit(query, &call->problem, &input->limit);
    cursor_read(call, input);
    if (api_call_is_valid(call))
        api_call_report(call, history_work, on_written);
}

/* --- risk --- */

static void risk_write(struct strbuf *out, const struct return_range *range) {
    struct risk risk = risk_of(range);
    json_date(out, "start_date", range->start);
    json_date(out, "end_date", range->end);
    json_i64(out, "returns", (int64_t)risk.returns_n);
    json_ratio(out, "twr", returns_twr(range));
    if (risk.volatility.is_known)
        json_ratio(out, "volatility", risk.volatility.value);
    json_key(out, "max_drawdown");
    strbuf_append_char(out, '{');
    json_ratio(out, "value", risk.drawdown.value);
    if (risk.drawdown.value > 0) {
        json_date(out, "peak_date", risk.drawdown.peak_date);
        json_date(out, "trough_date", risk.drawdown.low_date);
    }
    if (risk.drawdown.is_recovered)
        json_date(out, "recovered_date", risk.drawdown.recovered_date);
    strbuf_append_char(out, '}');
}

static enum status risk_work(struct api_call *call, struct db *db) {
    const struct range_input *input = call->data;
    struct value_report report = {0};
    struct return_range range;
    struct return_day *days = NULL;
    strbuf_clear(&call->out);
    enum status status = portfolio_values_report(db, &call->id, &input->query, &report);
    if (status == STATUS_OK)
        status = api_range_of(&report, &range, &days);
    if (status == STATUS_OK) {
        strbuf_append_char(&call->out, '{');
        json_uuid(&call->out, "portfolio_id", &call->id);
        json_text(&call->out, "base_currency", report.inputs->base_currency.code);
        risk_write(&call->out, &range);
        strbuf_append_char(&call->out, '}');
    }
    free(days);
    value_report_fini(&report);
    return status;
}

void api_portfolios_get_risk(struct api_call *call) {
    if (api_call_read_id(call, "portfolio") && api_range_read(call, "start_date", "end_date") &&
        api_call_is_valid(call))
        api_call_report(call, risk_work, on_written);
}

/* --- sync-values: read, priced on the loop from what it streams, kept --- */

struct sync_input {
    int32_t today;
    struct value_inputs *inputs;
    struct daily_value value;
};

static enum status sync_read_work(struct api_call *call, struct db *db) {
    struct sync_input *input = call->data;
    value_inputs_destroy(&input->inputs);
    enum status status = value_inputs_load(db, &call->id, input->today, &input->inputs);
    return status == STATUS_OK ? value_inputs_load_ends(db, input->inputs, input->today, input->today) : status;
}

static enum status sync_keep_work(struct api_call *call, struct db *db) {
    struct sync_input *input = call->data;
    enum status status = value_inputs_value(input->inputs, &input->value);
    return status == STATUS_OK ? portfolio_values_save_live(db, &call->id, &input->value) : status;
}

static void sync_fini(void *data) {
    struct sync_input *input = data;
    value_inputs_destroy(&input->inputs);
}

static void on_kept(struct api_call *call) {
    const struct sync_input *input = call->data;
    struct strbuf *out = &call->out;
    struct amount gain_loss = {0};
    struct percent percent;
    if (call->job.status == STATUS_OK &&
        amount_subtract(input->value.day.value, input->value.cost_basis, &gain_loss) == STATUS_OK) {
        strbuf_append_char(out, '{');
        json_uuid(out, "portfolio_id", &call->id);
        json_date(out, "date", input->today);
        json_time_us(out, "as_of", clock_wall_ms(call->api->clock) * 1000);
        json_text(out, "base_currency", input->inputs->base_currency.code);
        json_amount(out, "value", input->value.day.value);
        json_amount(out, "cost_basis", input->value.cost_basis);
        json_amount(out, "gain_loss", gain_loss);
        if (percent_of(gain_loss, input->value.cost_basis, &percent) == STATUS_OK) {
            json_key(out, "gain_loss_percent");
            strbuf_append_percent(out, percent);
        }
        json_i64(out, "holdings", (int64_t)input->inputs->holdings_n);
        json_i64(out, "live", input->value.priced_n);
        json_i64(out, "estimated", input->value.estimated_n);
        json_i64(out, "missing", input->value.missing_n);
        strbuf_append_char(out, '}');
    }
    on_written(call);
}

/* The prices of this loop are those that the stream shows. */
static void on_sync_read(struct api_call *call) {
    struct sync_input *input = call->data;
    if (call->job.status != STATUS_OK) {
        on_written(call);
        return;
    }
    for (size_t i = 0; i < input->inputs->holdings_n; i++) {
        const struct input_holding *holding = &input->inputs->holdings[i];
        const struct quote *quote = shard_quote(call->api->shard, &holding->symbol);
        if (quote && !quote->stale && currency_equal(quote->currency, holding->currency))
            value_inputs_set_live(input->inputs, i, quote_split_date(quote), quote->price);
    }
    api_call_report(call, sync_keep_work, on_kept);
}

void api_portfolios_sync_values(struct api_call *call) {
    if (!api_call_read_id(call, "portfolio") || !api_call_data(call, sizeof(struct sync_input)))
        return;
    call->data_fini = sync_fini;
    ((struct sync_input *)call->data)->today = timestamp_date(clock_wall_ms(call->api->clock));
    api_call_report(call, sync_read_work, on_sync_read);
}
