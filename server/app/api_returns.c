/* /portfolios/{id}/returns and /customers/{id}/returns. Refuses ranges that end
 * after today, and customers whose portfolios are in several currencies without
 * a common one. Thread: L, but for the …_work functions, which run on the
 * reports' workers. */
#include "app/api_entity.h"
#include "app/api_handlers.h"
#include "app/api_range.h"
#include "store/customers.h"
#include "store/portfolios.h"

#include <stdlib.h>
#include <string.h>

static void on_written(struct api_call *call, const char *noun) {
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

/* --- one portfolio --- */

static enum status report_write(struct api_call *call, struct db *db, const struct value_report *report) {
    struct range_input *input = call->data;
    struct strbuf *out = &call->out;
    struct return_range range;
    struct return_sums sums;
    struct return_day *days = NULL;
    struct contribution *items = NULL;
    size_t n = 0;
    enum status status = api_range_of(report, &range, &days);
    if (status == STATUS_OK)
        status = returns_sum(&range, &sums);
    if (status == STATUS_OK)
        status = api_contributions_of(report, &items, &n);
    if (status == STATUS_OK) {
        strbuf_append_char(out, '{');
        json_uuid(out, "portfolio_id", &call->id);
        json_text(out, "base_currency", report->inputs->base_currency.code);
        api_range_write(out, &range, &sums);
        if (input->has_benchmark)
            status = api_benchmark_write(out, db, input, report->inputs->base_currency, &range);
        input->is_benchmark_unknown = status == STATUS_NOT_FOUND;
        api_contributions_write(out, items, n, &sums);
        strbuf_append_char(out, '}');
    }
    free(items);
    free(days);
    return status;
}

static enum status portfolio_work(struct api_call *call, struct db *db) {
    struct range_input *input = call->data;
    struct value_report report = {0};
    strbuf_clear(&call->out);
    input->query.has_ends = true;
    enum status status = portfolio_values_report(db, &call->id, &input->query, &report);
    if (status == STATUS_OK)
        status = report_write(call, db, &report);
    value_report_fini(&report);
    return status;
}

static void on_portfolio(struct api_call *call) {
    on_written(call, "portfolio");
}

void api_portfolios_get_returns(struct api_call *call) {
    if (!api_call_read_id(call, "portfolio") || !api_range_read(call, "start_date", "end_date"))
        return;
    api_range_read_benchmark(call);
    if (api_call_is_valid(call))
        api_call_report(call, portfolio_work, on_portfolio);
}

/* --- a customer --- */

#define PORTFOLIOS_PAGE 100

/* The portfolios' days together, in one currency. */
struct sum {
    struct range_input *input;
    struct currency currency;
    bool is_mixed;
    struct return_range range;
    struct return_day *days;
    size_t days_n;
    struct contribution *items;
    size_t items_n;
};

static enum status day_join(struct return_day *day, const struct return_day *from, struct amount carried) {
    const struct return_day quiet = {.value = carried};
    const struct return_day *more = from ? from : &quiet;
    day->is_priced = day->is_priced || more->is_priced;
    enum status status = amount_add(day->value, more->value, &day->value);
    if (status == STATUS_OK)
        status = amount_add(day->inflow, more->inflow, &day->inflow);
    return status == STATUS_OK ? amount_add(day->outflow, more->outflow, &day->outflow) : status;
}

/* Merges the days of one more portfolio in: on a day of only one of the two the
 * other is worth what it was. */
static enum status days_join(struct sum *sum, const struct return_day *more, size_t more_n, struct amount opening) {
    struct return_day *joined = calloc(sum->days_n + more_n + 1, sizeof *joined);
    if (!joined)
        return STATUS_NO_MEMORY;
    struct amount had = sum->range.opening, has = opening;
    size_t n = 0;
    enum status status = amount_add(had, has, &sum->range.opening);
    for (size_t i = 0, j = 0; status == STATUS_OK && (i < sum->days_n || j < more_n); n++) {
        bool is_ours = i < sum->days_n && (j == more_n || sum->days[i].date <= more[j].date);
        bool is_theirs = j < more_n && (i == sum->days_n || more[j].date <= sum->days[i].date);
        joined[n].date = is_ours ? sum->days[i].date : more[j].date;
        status = day_join(&joined[n], is_ours ? &sum->days[i] : NULL, had);
        if (status == STATUS_OK)
            status = day_join(&joined[n], is_theirs ? &more[j] : NULL, has);
        had = is_ours ? sum->days[i++].value : had;
        has = is_theirs ? more[j++].value : has;
    }
    free(sum->days);
    sum->days = joined;
    sum->days_n = n;
    return status;
}

/* The sums fit, as those of the days that they are parts of do. */
static void item_join(struct contribution *item, const struct contribution *more) {
    item->sums.opening.e8 += more->sums.opening.e8;
    item->sums.closing.e8 += more->sums.closing.e8;
    item->sums.inflow.e8 += more->sums.inflow.e8;
    item->sums.outflow.e8 += more->sums.outflow.e8;
    item->sums.gain.e8 += more->sums.gain.e8;
    item->is_estimated = item->is_estimated || more->is_estimated;
    item->is_missing = item->is_missing || more->is_missing;
}

/* Both are ordered by symbol. */
static enum status items_join(struct sum *sum, const struct contribution *more, size_t more_n) {
    struct contribution *joined = calloc(sum->items_n + more_n + 1, sizeof *joined);
    if (!joined)
        return STATUS_NO_MEMORY;
    size_t n = 0;
    for (size_t i = 0, j = 0; i < sum->items_n || j < more_n; n++) {
        int order = i == sum->items_n ? 1 : j == more_n ? -1 : strcmp(sum->items[i].symbol.text, more[j].symbol.text);
        joined[n] = order <= 0 ? sum->items[i] : more[j];
        if (order == 0)
            item_join(&joined[n], &more[j]);
        i += order <= 0 ? 1 : 0;
        j += order >= 0 ? 1 : 0;
    }
    free(sum->items);
    sum->items = joined;
    sum->items_n = n;
    return STATUS_OK;
}

static enum status report_join(struct sum *sum, const struct value_report *report) {
    struct return_range range;
    struct return_day *days = NULL;
    struct contribution *items = NULL;
    size_t n = 0;
    if (sum->currency.code[0] == '\0')
        sum->currency = report->inputs->base_currency;
    sum->is_mixed = sum->is_mixed || !currency_equal(sum->currency, report->inputs->base_currency);
    if (sum->is_mixed || report->inputs->holdings_n == 0)
        return STATUS_OK;
    enum status status = api_range_of(report, &range, &days);
    if (status == STATUS_OK)
        status = api_contributions_of(report, &items, &n);
    if (status == STATUS_OK)
        status = days_join(sum, days, report->days_n, range.opening);
    if (status == STATUS_OK)
        status = items_join(sum, items, n);
    if (range.start < sum->range.start)
        sum->range.start = range.start;
    free(items);
    free(days);
    return status;
}

static enum status page_join(struct db *db, const struct uuid *customer_id, struct page *page, struct sum *sum,
                             bool *ret_has_more) {
    struct db_rows *rows = NULL;
    enum status status = portfolios_list_of_customer(db, customer_id, page, &rows);
    size_t n = status == STATUS_OK ? db_rows_n(rows) : 0;
    *ret_has_more = n > page->limit;
    n = *ret_has_more ? page->limit : n;
    for (size_t i = 0; i < n && status == STATUS_OK; i++) {
        struct portfolio_row portfolio;
        struct value_report report = {0};
        status = portfolio_read(rows, i, &portfolio);
        if (status != STATUS_OK)
            break;
        page->after = (struct page_key){portfolio.created_us, portfolio.portfolio_id};
        status = portfolio_values_report(db, &portfolio.portfolio_id, &sum->input->query, &report);
        if (status == STATUS_OK)
            status = report_join(sum, &report);
        else if (status == STATUS_NOT_FOUND)
            status = STATUS_OK; /* deleted since it was listed */
        value_report_fini(&report);
    }
    db_rows_destroy(&rows);
    return status;
}

static enum status sum_write(struct api_call *call, struct db *db, struct sum *sum) {
    struct range_input *input = call->data;
    struct strbuf *out = &call->out;
    struct return_sums sums;
    sum->range.start = sum->range.start > input->query.end ? input->query.end : sum->range.start;
    sum->range.end = input->query.end;
    sum->range.days = sum->days;
    sum->range.days_n = sum->days_n;
    enum status status = returns_sum(&sum->range, &sums);
    if (status != STATUS_OK)
        return status;
    strbuf_append_char(out, '{');
    json_uuid(out, "customer_id", &call->id);
    if (sum->currency.code[0])
        json_text(out, "base_currency", sum->currency.code);
    api_range_write(out, &sum->range, &sums);
    if (input->has_benchmark && sum->currency.code[0])
        status = api_benchmark_write(out, db, input, sum->currency, &sum->range);
    input->is_benchmark_unknown = status == STATUS_NOT_FOUND;
    api_contributions_write(out, sum->items, sum->items_n, &sums);
    strbuf_append_char(out, '}');
    return status;
}

static enum status customer_work(struct api_call *call, struct db *db) {
    struct range_input *input = call->data;
    struct page page = {.limit = PORTFOLIOS_PAGE, .after = PAGE_KEY_FIRST};
    struct sum sum = {.input = input, .range.start = INT32_MAX};
    bool has_more = true;
    strbuf_clear(&call->out);
    input->query.has_ends = true;
    if (input->query.start != VALUE_FROM_FIRST)
        sum.range.start = input->query.start;
    enum status status = STATUS_OK;
    while (status == STATUS_OK && has_more && !sum.is_mixed)
        status = page_join(db, &call->id, &page, &sum, &has_more);
    if (status == STATUS_OK && sum.is_mixed)
        status = STATUS_CONFLICT;
    if (status == STATUS_OK)
        status = sum_write(call, db, &sum);
    free(sum.days);
    free(sum.items);
    return status;
}

static void on_customer(struct api_call *call) {
    if (call->job.status == STATUS_CONFLICT)
        api_call_refuse_with(call, ERROR_CONFLICT,
                             "The customer's portfolios are in several currencies: ask for each portfolio's returns");
    else
        on_written(call, "customer");
}

void api_customers_get_returns(struct api_call *call) {
    if (!api_call_read_id(call, "customer") || !api_range_read(call, "start_date", "end_date"))
        return;
    api_range_read_benchmark(call);
    if (api_call_is_valid(call))
        api_call_report(call, customer_work, on_customer);
}
