/* Ranges and their numbers for the routes of returns. Thread: L reads queries, W
 * computes and writes. */
#include "app/api_range.h"

#include "app/api_entity.h"
#include "app/query.h"
#include "base/timestamp.h"

#include <stdlib.h>
#include <string.h>

/* --- the query --- */

void api_range_fill(struct api_call *call, struct range_input *input, const char *start_name, const char *end_name) {
    const char *query = call->http->query;
    int32_t today = timestamp_date(clock_wall_ms(call->api->clock));
    input->query = (struct value_query){.start = VALUE_FROM_FIRST, .end = today, .today = today};
    bool has_start = query_read_date(query, start_name, &call->problem, &input->query.start);
    if (query_read_date(query, end_name, &call->problem, &input->query.end) && input->query.end > today)
        problem_add_field(&call->problem, end_name, ERROR_INVALID_FIELD, "must not be after today (UTC)");
    else if (has_start && input->query.start > input->query.end)
        problem_add_field(&call->problem, start_name, ERROR_INVALID_FIELD, "must not be after %s", end_name);
}

bool api_range_read(struct api_call *call, const char *start_name, const char *end_name) {
    if (!api_call_data(call, sizeof(struct range_input)))
        return false;
    api_range_fill(call, call->data, start_name, end_name);
    return true;
}

void api_range_read_benchmark(struct api_call *call) {
    struct range_input *input = call->data;
    char text[QUERY_VALUE_MAX + 1];
    enum status status = query_get(call->http->query, "benchmark", text);
    if (status == STATUS_NOT_FOUND)
        return;
    input->has_benchmark = status == STATUS_OK && symbol_parse(text, strlen(text), &input->benchmark) == STATUS_OK;
    if (!input->has_benchmark)
        problem_add_field(&call->problem, "benchmark", ERROR_INVALID_FIELD, "must be a ticker symbol");
}

void api_range_respond(struct api_call *call, const char *noun) {
    const struct range_input *input = call->data;
    if (input->is_benchmark_unknown) {
        problem_add_field(&call->problem, "benchmark", ERROR_INVALID_FIELD, "there is no such asset");
        api_call_refuse(call);
    } else if (call->job.status != STATUS_OK) {
        api_call_fail(call, call->job.status, noun);
    } else {
        api_call_respond(call, 200);
    }
}

/* --- the range --- */

enum status api_range_of(const struct value_report *report, struct return_range *ret_range,
                         struct return_day **ret_days) {
    struct return_day *days = calloc(report->days_n + 1, sizeof *days);
    if (!days)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < report->days_n; i++)
        days[i] = report->days[i].day;
    *ret_range = (struct return_range){.start = report->start,
                                       .end = report->end,
                                       .opening = report->opening.day.value,
                                       .days = days,
                                       .days_n = report->days_n};
    *ret_days = days;
    return STATUS_OK;
}

static void ratio_write(struct strbuf *out, const char *name, struct ratio ratio) {
    if (ratio.is_known)
        json_ratio(out, name, ratio.value);
}

static void sums_write(struct strbuf *out, const struct return_sums *sums) {
    json_amount(out, "opening_value", sums->opening);
    json_amount(out, "closing_value", sums->closing);
    json_amount(out, "inflow", sums->inflow);
    json_amount(out, "outflow", sums->outflow);
    json_amount(out, "gain", sums->gain);
}

void api_range_write(struct strbuf *out, const struct return_range *range, const struct return_sums *sums) {
    double twr = returns_twr(range);
    struct ratio annualized = returns_annualized(range, twr);
    json_date(out, "start_date", range->start);
    json_date(out, "end_date", range->end);
    json_i64(out, "days", (int64_t)range->end - range->start + 1);
    sums_write(out, sums);
    ratio_write(out, "simple_return", returns_simple(sums, sums->gain));
    json_ratio(out, "twr", twr);
    json_key(out, "is_annualized");
    strbuf_append_text(out, annualized.is_known ? "true" : "false");
    ratio_write(out, "twr_annualized", annualized);
    ratio_write(out, "modified_dietz", returns_modified_dietz(range, sums));
    ratio_write(out, "xirr", returns_xirr(range));
}

/* --- contributions --- */

static enum status converted(struct amount amount, int32_t date, const struct value_holding *rates,
                             struct amount *ret_amount) {
    return joint_amount_convert(amount, date, rates ? rates->rates : NULL, rates ? rates->rates_n : 0, ret_amount);
}

/* From event to event, as the daily values were computed: so the parts sum up to
 * the whole, exactly. */
static enum status contribution_of(const struct value_report *report, const struct input_holding *holding,
                                   const struct value_holding *rates, struct contribution *item) {
    struct value_cursor cursor;
    struct holding_value value;
    value_cursor_init(&cursor, &holding->value);
    enum status status = value_cursor_move(&cursor, report->start - 1, &value);
    *item = (struct contribution){.symbol = holding->symbol};
    if (status == STATUS_OK)
        status = converted(value.value, report->start - 1, rates, &item->sums.opening);
    for (int32_t date = report->start - 1; status == STATUS_OK && date < report->end;) {
        int32_t next = value_cursor_next(&cursor);
        date = next < report->end ? next : report->end;
        status = value_cursor_move(&cursor, date, &value);
        if (status == STATUS_OK)
            status = converted(value.inflow, date, rates, &value.inflow);
        if (status == STATUS_OK)
            status = amount_add(item->sums.inflow, value.inflow, &item->sums.inflow);
    }
    if (status == STATUS_OK)
        status = converted(value.value, report->end, rates, &item->sums.closing);
    item->is_estimated = value.is_estimated;
    item->is_missing = value.is_missing;
    item->price_return = value_price_return(&holding->value, report->start - 1, report->end);
    if (status == STATUS_OK)
        status = amount_subtract(item->sums.closing, item->sums.opening, &item->sums.gain);
    return status == STATUS_OK ? amount_subtract(item->sums.gain, item->sums.inflow, &item->sums.gain) : status;
}

enum status api_contributions_of(const struct value_report *report, const struct value_holding *rates,
                                 struct contribution **ret_items, size_t *ret_n) {
    const struct value_inputs *inputs = report->inputs;
    struct contribution *items = calloc(inputs->holdings_n + 1, sizeof *items);
    if (!items)
        return STATUS_NO_MEMORY;
    enum status status = STATUS_OK;
    size_t n = 0;
    for (size_t i = 0; i < inputs->holdings_n && status == STATUS_OK; i++) {
        const struct input_holding *holding = &inputs->holdings[i];
        if (holding->value.lots[0].purchase_date <= report->end)
            status = contribution_of(report, holding, rates, &items[n++]);
    }
    if (status != STATUS_OK) {
        free(items);
        return status;
    }
    *ret_items = items;
    *ret_n = n;
    return STATUS_OK;
}

void api_contributions_write(struct strbuf *out, const struct contribution *items, size_t n,
                             const struct return_sums *sums) {
    json_key(out, "contributions");
    strbuf_append_char(out, '[');
    for (size_t i = 0; i < n; i++) {
        const struct contribution *item = &items[i];
        strbuf_append_text(out, i > 0 ? ",{" : "{");
        json_text(out, "ticker_symbol", item->symbol.text);
        sums_write(out, &item->sums);
        ratio_write(out, "contribution", returns_simple(sums, item->sums.gain));
        ratio_write(out, "simple_return", returns_simple(&item->sums, item->sums.gain));
        ratio_write(out, "price_return", item->price_return);
        if (item->is_estimated || item->is_missing)
            json_text(out, "quality", item->is_missing ? "missing" : "estimated");
        strbuf_append_char(out, '}');
    }
    strbuf_append_char(out, ']');
}

/* --- the benchmark --- */

/* The last rate on or before a day; 0: none. */
static double rate_on(const struct value_holding *value, int32_t date) {
    double rate = 0;
    for (size_t i = 0; i < value->rates_n && value->rates[i].date <= date; i++)
        rate = (double)value->rates[i].price.e8;
    return rate;
}

static struct ratio benchmark_return(const struct value_holding *value, const struct return_range *range) {
    struct ratio ratio = value_price_return(value, range->start - 1, range->end);
    if (!ratio.is_known || !value->is_foreign)
        return ratio;
    double before = rate_on(value, range->start - 1), after = rate_on(value, range->end);
    return before > 0 ? (struct ratio){true, (1 + ratio.value) * (after / before) - 1} : (struct ratio){0};
}

enum status api_benchmark_write(struct strbuf *out, struct db *db, const struct range_input *input,
                                struct currency base_currency, const struct return_range *range) {
    struct value_inputs *inputs = NULL;
    enum status status = value_inputs_load_symbol(db, &input->benchmark, base_currency, input->query.today, &inputs);
    if (status == STATUS_OK)
        status = value_inputs_load_ends(db, inputs, range->start - 1, range->end);
    if (status == STATUS_OK) {
        struct ratio ratio = benchmark_return(&inputs->holdings[0].value, range);
        json_key(out, "benchmark");
        strbuf_append_char(out, '{');
        json_text(out, "ticker_symbol", input->benchmark.text);
        ratio_write(out, "price_return", ratio);
        ratio_write(out, "relative_return", returns_relative(returns_twr(range), ratio));
        strbuf_append_char(out, '}');
    }
    value_inputs_destroy(&inputs);
    return status;
}
