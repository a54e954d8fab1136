/* /portfolios/{id}/returns. Refuses ranges that end after today. Thread: L, but
 * for the …_work functions, which run on the reports' workers. */
#include "app/api_entity.h"
#include "app/api_handlers.h"
#include "app/api_range.h"

#include <stdlib.h>

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
        status = api_contributions_of(report, NULL, &items, &n);
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
    api_range_respond(call, "portfolio");
}

void api_portfolios_get_returns(struct api_call *call) {
    if (!api_call_read_id(call, "portfolio") || !api_range_read(call, "start_date", "end_date"))
        return;
    api_range_read_benchmark(call);
    if (api_call_is_valid(call))
        api_call_report(call, portfolio_work, on_portfolio);
}
