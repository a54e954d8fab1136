/* /customers/{id}/returns: the returns of all portfolios of a customer together,
 * in one currency. Each portfolio's days are converted at the rates of those
 * days, its flows at those of theirs; the sums are those of the holdings.
 *
 * It may be much work, so it is done in parts of about SLICE_MS, one portfolio at
 * least, and waits its turn again in between. Refuses ranges that end after
 * today, more than PORTFOLIOS_OF_CUSTOMER_MAX portfolios, and currencies to which
 * a rate is missing. Thread: L, but for the work, which runs on the reports'
 * workers. */
#include "app/api_entity.h"
#include "app/api_handlers.h"
#include "app/api_range.h"
#include "app/query.h"
#include "base/timestamp.h"
#include "store/portfolios.h"

#include <stdlib.h>
#include <string.h>

#define SLICE_MS 200

/* To the currency of the answer. */
struct rate_table {
    struct currency from;
    struct value_inputs *inputs;
};

struct customer_input {
    struct range_input range;
    struct currency currency; /* of the answer; "": there is no portfolio */
    bool is_asked;            /* for it */
    bool has_begun, is_over;
    struct customer_portfolio *portfolios;
    size_t portfolios_n, portfolios_i; /* how many are summed up */
    struct rate_table *tables;
    size_t tables_n;
    int32_t start; /* the earliest of the portfolios' */
    struct joint_days sum;
    struct contribution *items; /* by symbol */
    size_t items_n;
};

static void input_fini(void *data) {
    struct customer_input *input = data;
    for (size_t i = 0; i < input->tables_n; i++)
        value_inputs_destroy(&input->tables[i].inputs);
    free(input->tables);
    free(input->portfolios);
    free(input->items);
    joint_days_fini(&input->sum);
}

/* --- rates --- */

/* NULL without an error: there is nothing to convert. */
static enum status table_find(struct customer_input *input, struct db *db, struct currency from,
                              const struct value_holding **ret_rates) {
    size_t i = 0;
    *ret_rates = NULL;
    if (currency_equal(from, input->currency))
        return STATUS_OK;
    while (i < input->tables_n && !currency_equal(input->tables[i].from, from))
        i++;
    if (i == input->tables_n) {
        struct rate_table *tables = realloc(input->tables, (i + 1) * sizeof *tables);
        if (!tables)
            return STATUS_NO_MEMORY;
        input->tables = tables;
        tables[i] = (struct rate_table){.from = from};
        enum status status =
            value_inputs_load_rates(db, from, input->currency, input->range.query.today, &tables[i].inputs);
        if (status != STATUS_OK)
            return status;
        input->tables_n++;
    }
    *ret_rates = &input->tables[i].inputs->holdings[0].value;
    return STATUS_OK;
}

/* The first day of the range on which a portfolio needs a rate; INT32_MAX: none. */
static int32_t rate_needed_on(const struct value_query *query, const struct customer_portfolio *portfolio) {
    if (portfolio->first_date > query->end)
        return INT32_MAX;
    bool is_opening = query->start != VALUE_FROM_FIRST && portfolio->first_date < query->start;
    return is_opening ? query->start - 1 : portfolio->first_date;
}

static void rate_missing_add(struct api_call *call, const struct customer_input *input, struct currency from,
                             int32_t date, const struct value_holding *rates) {
    char on[DATE_TEXT_LEN + 1], first[DATE_TEXT_LEN + 1];
    date_write(on, date);
    if (rates->rates_n == 0) {
        problem_add_field(&call->problem, "currency", ERROR_INVALID_FIELD, "there is no rate of %s/%s", from.code,
                          input->currency.code);
        return;
    }
    date_write(first, rates->rates[0].date);
    problem_add_field(&call->problem, "currency", ERROR_INVALID_FIELD,
                      "there is no rate of %s/%s on %s: the first is of %s", from.code, input->currency.code, on,
                      first);
}

/* STATUS_INVALID: what is missing, of each currency, is in the problem. */
static enum status rates_check(struct api_call *call, struct db *db) {
    struct customer_input *input = call->data;
    for (size_t i = 0; i < input->portfolios_n; i++) {
        const struct customer_portfolio *portfolio = &input->portfolios[i];
        const struct value_holding *rates;
        int32_t date = INT32_MAX;
        size_t before = 0;
        while (before < i && !currency_equal(input->portfolios[before].base_currency, portfolio->base_currency))
            before++;
        if (before < i)
            continue; /* its currency was looked at */
        for (size_t j = i; j < input->portfolios_n; j++) {
            int32_t needed = rate_needed_on(&input->range.query, &input->portfolios[j]);
            if (needed < date && currency_equal(input->portfolios[j].base_currency, portfolio->base_currency))
                date = needed;
        }
        if (date == INT32_MAX)
            continue;
        enum status status = table_find(input, db, portfolio->base_currency, &rates);
        if (status != STATUS_OK)
            return status;
        if (rates && (rates->rates_n == 0 || rates->rates[0].date > date))
            rate_missing_add(call, input, portfolio->base_currency, date, rates);
    }
    return call->problem.code == ERROR_NONE ? STATUS_OK : STATUS_INVALID;
}

/* --- one more portfolio --- */

static enum status sums_add(struct return_sums *sums, const struct return_sums *more) {
    struct amount *const to[] = {&sums->opening, &sums->closing, &sums->inflow, &sums->outflow, &sums->gain};
    const struct amount from[] = {more->opening, more->closing, more->inflow, more->outflow, more->gain};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < sizeof from / sizeof from[0] && status == STATUS_OK; i++)
        status = amount_add(*to[i], from[i], to[i]);
    return status;
}

/* Both are ordered by symbol. */
static enum status items_join(struct customer_input *input, const struct contribution *more, size_t more_n) {
    struct contribution *joined = calloc(input->items_n + more_n + 1, sizeof *joined);
    if (!joined)
        return STATUS_NO_MEMORY;
    enum status status = STATUS_OK;
    size_t n = 0;
    for (size_t i = 0, j = 0; i < input->items_n || j < more_n; n++) {
        int order = i == input->items_n ? 1
                    : j == more_n       ? -1
                                        : strcmp(input->items[i].symbol.text, more[j].symbol.text);
        joined[n] = order <= 0 ? input->items[i] : more[j];
        if (order == 0) {
            status = sums_add(&joined[n].sums, &more[j].sums);
            joined[n].is_estimated = joined[n].is_estimated || more[j].is_estimated;
            joined[n].is_missing = joined[n].is_missing || more[j].is_missing;
        }
        i += order <= 0 ? 1 : 0;
        j += order >= 0 ? 1 : 0;
    }
    free(input->items);
    input->items = joined;
    input->items_n = n;
    return status;
}

static enum status days_join(struct customer_input *input, const struct return_range *range,
                             const struct value_holding *rates) {
    struct joint_days converted = {0};
    if (!rates)
        return joint_days_add(&input->sum, range->opening, range->days, range->days_n);
    enum status status = joint_days_convert(range, rates->rates, rates->rates_n, &converted);
    if (status == STATUS_OK)
        status = joint_days_add(&input->sum, converted.opening, converted.days, converted.days_n);
    joint_days_fini(&converted);
    return status;
}

static enum status report_join(struct customer_input *input, struct db *db, const struct value_report *report) {
    const struct value_holding *rates = NULL;
    struct return_range range;
    struct return_day *days = NULL;
    struct contribution *items = NULL;
    size_t n = 0;
    if (report->inputs->holdings_n == 0)
        return STATUS_OK;
    enum status status = table_find(input, db, report->inputs->base_currency, &rates);
    if (status == STATUS_OK)
        status = api_range_of(report, &range, &days);
    if (status == STATUS_OK)
        status = api_contributions_of(report, rates, &items, &n);
    if (status == STATUS_OK)
        status = days_join(input, &range, rates);
    if (status == STATUS_OK)
        status = items_join(input, items, n);
    if (status == STATUS_OK && range.start < input->start)
        input->start = range.start;
    free(items);
    free(days);
    return status == STATUS_NOT_FOUND ? STATUS_CONFLICT : status; /* a rate was there before */
}

static enum status portfolio_join(struct customer_input *input, struct db *db) {
    struct value_report report = {0};
    const struct customer_portfolio *portfolio = &input->portfolios[input->portfolios_i];
    enum status status = portfolio_values_report(db, &portfolio->portfolio_id, &input->range.query, &report);
    if (status == STATUS_OK)
        status = report_join(input, db, &report);
    else if (status == STATUS_NOT_FOUND)
        status = STATUS_OK; /* deleted since it was listed */
    value_report_fini(&report);
    if (status == STATUS_OK)
        input->portfolios_i++;
    return status;
}

/* --- the answer --- */

static enum status sums_of(const struct customer_input *input, struct return_sums *ret_sums) {
    struct return_sums sums = {0};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < input->items_n && status == STATUS_OK; i++)
        status = sums_add(&sums, &input->items[i].sums);
    if (status == STATUS_OK)
        *ret_sums = sums;
    return status;
}

static enum status sum_write(struct api_call *call, struct db *db) {
    struct customer_input *input = call->data;
    const struct value_query *query = &input->range.query;
    struct strbuf *out = &call->out;
    struct return_sums sums;
    struct return_range range = {.start = query->start != VALUE_FROM_FIRST ? query->start : input->start,
                                 .end = query->end,
                                 .opening = input->sum.opening,
                                 .days = input->sum.days,
                                 .days_n = input->sum.days_n};
    range.start = range.start > query->end ? query->end : range.start;
    enum status status = sums_of(input, &sums);
    if (status != STATUS_OK)
        return status;
    strbuf_clear(out);
    strbuf_append_char(out, '{');
    json_uuid(out, "customer_id", &call->id);
    if (input->currency.code[0])
        json_text(out, "base_currency", input->currency.code);
    api_range_write(out, &range, &sums);
    if (input->range.has_benchmark && input->currency.code[0])
        status = api_benchmark_write(out, db, &input->range, input->currency, &range);
    input->range.is_benchmark_unknown = status == STATUS_NOT_FOUND;
    api_contributions_write(out, input->items, input->items_n, &sums);
    strbuf_append_char(out, '}');
    return status;
}

static enum status customer_begin(struct api_call *call, struct db *db) {
    struct customer_input *input = call->data;
    problem_init(&call->problem);
    free(input->portfolios);
    input->portfolios = NULL;
    enum status status = portfolios_held_by_customer(db, &call->id, &input->portfolios, &input->portfolios_n);
    if (status == STATUS_OK && !input->is_asked)
        status = portfolios_currency_of_customer(db, &call->id, &input->currency);
    if (status == STATUS_OK)
        status = rates_check(call, db);
    input->has_begun = status == STATUS_OK;
    return status;
}

/* It may be run again where it was lost: what is summed up is counted only then. */
static enum status customer_work(struct api_call *call, struct db *db) {
    struct customer_input *input = call->data;
    int64_t until_ms = clock_monotonic_ms(call->api->clock) + SLICE_MS;
    enum status status = input->has_begun ? STATUS_OK : customer_begin(call, db);
    while (status == STATUS_OK && input->portfolios_i < input->portfolios_n) {
        status = portfolio_join(input, db);
        if (clock_monotonic_ms(call->api->clock) >= until_ms)
            break;
    }
    if (status != STATUS_OK || input->portfolios_i < input->portfolios_n)
        return status;
    status = sum_write(call, db);
    input->is_over = status == STATUS_OK;
    return status;
}

static void on_customer(struct api_call *call) {
    const struct customer_input *input = call->data;
    if (call->job.status == STATUS_OK && !input->is_over) {
        api_call_report(call, customer_work, on_customer); /* behind those who came meanwhile */
    } else if (call->job.status == STATUS_INVALID) {
        api_call_refuse(call);
    } else if (call->job.status == STATUS_CONFLICT) {
        api_call_refuse_with(call, ERROR_CONFLICT, "A portfolio or a rate changed meanwhile: ask again");
    } else if (call->job.status == STATUS_LIMIT) {
        call->problem.http_status = 422;
        api_call_refuse_with(call, ERROR_LIMIT_EXCEEDED,
                             "There are more than %d portfolios: ask for each one's returns",
                             PORTFOLIOS_OF_CUSTOMER_MAX);
    } else {
        api_range_respond(call, "customer");
    }
}

void api_customers_get_returns(struct api_call *call) {
    if (!api_call_read_id(call, "customer") || !api_call_data(call, sizeof(struct customer_input)))
        return;
    struct customer_input *input = call->data;
    call->data_fini = input_fini;
    input->start = INT32_MAX;
    api_range_fill(call, &input->range, "start_date", "end_date");
    api_range_read_benchmark(call);
    input->range.query.has_ends = true;
    input->is_asked = query_read_currency(call->http->query, &call->problem, &input->currency);
    if (api_call_is_valid(call))
        api_call_report(call, customer_work, on_customer);
}
