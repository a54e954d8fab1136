/* GET /customers/{id}/portfolios/summary: what each portfolio of a customer is
 * worth, all as of one pass of the loop, and what they are worth together: in
 * each currency by itself, and as one total when there is only one currency.
 * Refuses customers with more than PORTFOLIOS_MAX portfolios: those are read by
 * pages. Thread: L, but for list_work, which runs on W. */
#include "app/api_entity.h"
#include "app/api_handlers.h"
#include "app/encode.h"
#include "app/shard_view.h"
#include "store/portfolios.h"

#include <stdlib.h>
#include <string.h>

#define PORTFOLIOS_MAX 500
#define CURRENCIES_MAX PORTFOLIOS_MAX

/* The portfolios of one currency together. */
struct currency_total {
    struct currency currency;
    size_t portfolios_n;
    struct totals totals;
};

static void totals_write(struct strbuf *out, const struct totals *totals) {
    json_key(out, "totals");
    encode_totals(out, totals);
}

/* In the order in which they are met. */
static enum status total_add(struct currency_total *totals, size_t *n, const struct portfolio_state *state) {
    struct currency currency = state->portfolio->base_currency;
    size_t i = 0;
    while (i < *n && !currency_equal(totals[i].currency, currency))
        i++;
    if (i == *n)
        totals[(*n)++] = (struct currency_total){.currency = currency};
    totals[i].portfolios_n++;
    return totals_sum(&totals[i].totals, &state->totals);
}

static void item_write(struct strbuf *out, const struct portfolio_row *row, const struct portfolio_state *state,
                       const struct price_book *book) {
    const struct portfolio *portfolio = state->portfolio;
    strbuf_append_char(out, '{');
    json_uuid(out, "portfolio_id", &row->portfolio_id);
    json_text(out, "portfolio_name", portfolio->name);
    json_text(out, "portfolio_type", row->portfolio_type);
    json_text(out, "base_currency", portfolio->base_currency.code);
    json_i64(out, "version", (int64_t)portfolio->version);
    json_i64(out, "positions_n", (int64_t)portfolio->positions_n);
    json_key(out, "stale");
    strbuf_append_text(out, portfolio_is_stale(portfolio, book) ? "true" : "false");
    json_time_us(out, "as_of", state->as_of_ms * 1000);
    totals_write(out, &state->totals);
    strbuf_append_char(out, '}');
}

/* Writes the items and sums them. */
static enum status items_write(struct api_call *call, const struct price_book *book,
                               const struct portfolio_state *states, size_t n, struct currency_total *totals,
                               size_t *ret_totals_n) {
    struct strbuf *out = &call->out;
    size_t totals_n = 0;
    json_key(out, "items");
    strbuf_append_char(out, '[');
    for (size_t i = 0, items_n = 0; i < n; i++) {
        if (states[i].status == STATUS_NOT_FOUND)
            continue; /* it went meanwhile */
        struct portfolio_row row;
        enum status status = states[i].status;
        if (status == STATUS_OK)
            status = portfolio_read(call->rows, i, &row);
        if (status == STATUS_OK)
            status = total_add(totals, &totals_n, &states[i]);
        if (status != STATUS_OK)
            return status;
        if (items_n++ > 0)
            strbuf_append_char(out, ',');
        item_write(out, &row, &states[i], book);
    }
    strbuf_append_char(out, ']');
    *ret_totals_n = totals_n;
    return STATUS_OK;
}

static void currencies_write(struct strbuf *out, const struct currency_total *totals, size_t n) {
    json_key(out, "currencies");
    strbuf_append_char(out, '[');
    for (size_t i = 0; i < n; i++) {
        strbuf_append_text(out, i > 0 ? ",{" : "{");
        json_text(out, "currency", totals[i].currency.code);
        json_i64(out, "portfolios_n", (int64_t)totals[i].portfolios_n);
        totals_write(out, &totals[i].totals);
        strbuf_append_char(out, '}');
    }
    strbuf_append_char(out, ']');
    if (n == 1) {
        json_text(out, "currency", totals[0].currency.code);
        totals_write(out, &totals[0].totals);
    }
}

static void on_states(void *context, enum status status, const struct price_book *book,
                      const struct portfolio_state *states, size_t n) {
    struct api_call *call = context;
    struct currency_total *totals = calloc(CURRENCIES_MAX, sizeof *totals);
    size_t totals_n = 0;
    if (status == STATUS_OK && !totals)
        status = STATUS_NO_MEMORY;
    strbuf_append_char(&call->out, '{');
    json_uuid(&call->out, "customer_id", &call->id);
    if (status == STATUS_OK)
        status = items_write(call, book, states, n, totals, &totals_n);
    if (status == STATUS_OK)
        currencies_write(&call->out, totals, totals_n);
    free(totals);
    strbuf_append_char(&call->out, '}');
    if (status == STATUS_OK)
        api_call_respond(call, 200);
    else
        api_call_fail(call, status, "portfolio");
}

static enum status list_work(struct api_call *call, struct db *db) {
    return portfolios_list_of_customer(db, &call->id, &call->page, &call->rows);
}

static void on_listed(struct api_call *call) {
    struct uuid ids[PORTFOLIOS_MAX];
    enum status status = call->job.status;
    size_t n = status == STATUS_OK ? db_rows_n(call->rows) : 0;
    if (n > PORTFOLIOS_MAX) {
        call->problem.http_status = 422;
        api_call_refuse_with(call, ERROR_LIMIT_EXCEEDED,
                             "There are more than %d portfolios: read them by the pages of their list", PORTFOLIOS_MAX);
        return;
    }
    for (size_t i = 0; i < n && status == STATUS_OK; i++) {
        struct portfolio_row row;
        status = portfolio_read(call->rows, i, &row);
        if (status == STATUS_OK)
            ids[i] = row.portfolio_id;
    }
    if (status == STATUS_OK)
        status = states_request(call->api->shard, ids, n, on_states, call);
    if (status != STATUS_OK)
        api_call_fail(call, status, "customer");
}

void api_customers_summarize_portfolios(struct api_call *call) {
    if (!api_call_read_id(call, "customer"))
        return;
    call->page = (struct page){.limit = PORTFOLIOS_MAX, .after = PAGE_KEY_FIRST};
    api_call_work(call, list_work, on_listed);
}
