/* GET /exchange-rates: what a currency was in all others on a day. Refuses a base
 * that is a minor unit. Thread: L, but for rates_work, which runs on W. */
#include "app/api_entity.h"
#include "app/api_handlers.h"
#include "app/query.h"
#include "store/exchange_rates.h"

#include <string.h>

struct rates_query {
    struct currency base;
    int32_t date; /* INT32_MAX: the last one */
};

static enum status rates_work(struct api_call *call, struct db *db) {
    const struct rates_query *query = call->data;
    return exchange_rates_load(db, query->base, query->date, &call->rows);
}

static enum status rates_write(struct api_call *call) {
    struct strbuf *out = &call->out;
    strbuf_append_char(out, '{');
    json_text(out, "base", ((const struct rates_query *)call->data)->base.code);
    for (size_t i = 0; i < db_rows_n(call->rows); i++) {
        struct db_row row = db_rows_at(call->rows, i);
        int32_t date = db_row_date(&row);
        const char *currency = db_row_text(&row);
        int64_t rate_e8 = db_row_decimal(&row);
        if (row.failed)
            return STATUS_INTERNAL;
        if (i == 0) {
            json_date(out, "date", date);
            json_key(out, "rates");
            strbuf_append_char(out, '{');
        }
        json_decimal(out, currency, rate_e8);
    }
    strbuf_append_text(out, "}}");
    return STATUS_OK;
}

static void on_loaded(struct api_call *call) {
    enum status status = call->job.status;
    if (status == STATUS_OK)
        status = rates_write(call);
    if (status == STATUS_OK)
        api_call_respond(call, 200);
    else
        api_call_fail(call, status, "exchange rate");
}

void api_exchange_rates_get(struct api_call *call) {
    char text[QUERY_VALUE_MAX + 1];
    if (!api_call_data(call, sizeof(struct rates_query)))
        return;
    struct rates_query *query = call->data;
    *query = (struct rates_query){.base = {"EUR"}, .date = INT32_MAX};
    enum status status = query_get(call->http->query, "base", text);
    bool is_wrong = status != STATUS_OK && status != STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        is_wrong = currency_parse(text, strlen(text), &query->base) != STATUS_OK || currency_factor(query->base) != 1;
    if (is_wrong)
        problem_add_field(&call->problem, "base", ERROR_INVALID_FIELD, "must be a currency's code, no minor unit's");
    (void)query_read_date(call->http->query, "date", &call->problem, &query->date);
    if (api_call_is_valid(call))
        api_call_work(call, rates_work, on_loaded);
}
