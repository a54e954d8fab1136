/* GET /customers/{id}/portfolios/summary: what each portfolio of a customer is
 * worth, all as of one pass of the loop, and what they are worth together: in
 * each currency by itself, and as one total in ?currency= (else the only one, else that of the oldest portfolio that
 * holds something), when all rates to it are known: the bus', else the last one published. Different currencies are
 * never added without a rate. Refuses customers with more than PORTFOLIOS_OF_CUSTOMER_MAX portfolios: those are read
 * by pages. Thread: L, but for list_work, which runs on W. */
#include "app/api_entity.h"
#include "app/api_handlers.h"
#include "app/encode.h"
#include "app/query.h"
#include "app/shard_view.h"
#include "store/portfolios.h"

#include <stdlib.h>
#include <string.h>

#define PORTFOLIOS_MAX PORTFOLIOS_OF_CUSTOMER_MAX
#define CURRENCIES_MAX PORTFOLIOS_MAX

/* The portfolios of one currency together. */
struct currency_total {
    struct currency currency;
    size_t portfolios_n;
    struct totals totals;
};

#define RATES_MAX 200 /* there are fewer currencies */

struct summary_input {
    struct currency currency; /* of the total; "": there is no portfolio */
    bool is_asked;            /* for it */
    size_t rates_n;           /* published ones, of those who have them */
    struct {
        struct currency from;
        struct price rate;
    } rates[RATES_MAX];
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
        bool is_anothers = states[i].status == STATUS_OK && !uuid_equal(&states[i].customer_id, &call->id);
        if (states[i].status == STATUS_NOT_FOUND || is_anothers)
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
}

/* --- one total of several currencies --- */

/* Writes the rate that is used. */
static bool rate_find(struct strbuf *out, const struct summary_input *input, const struct price_book *book,
                      struct currency from, struct price *ret_rate) {
    struct symbol pair;
    symbol_index index;
    symbol_of_pair(from, input->currency, &pair);
    bool is_heard_of = price_book_find(book, &pair, &index) == STATUS_OK;
    const struct quote *quote = is_heard_of ? price_book_quote(price_book_entry_at(book, index)) : NULL;
    if (quote && !currency_equal(quote->currency, input->currency))
        quote = NULL;
    size_t i = 0;
    while (!quote && i < input->rates_n && !currency_equal(input->rates[i].from, from))
        i++;
    if (!quote && i == input->rates_n)
        return false;
    *ret_rate = quote ? quote->price : input->rates[i].rate;
    strbuf_append_text(out, out->data[out->len - 1] == '[' ? "{" : ",{");
    json_text(out, "pair", pair.text);
    json_decimal(out, "rate", ret_rate->e8);
    json_text(out, "source", quote ? quote->source : "published");
    if (quote) {
        json_time_us(out, "as_of", quote->as_of_ms * 1000);
        json_key(out, "stale");
        strbuf_append_text(out, quote->stale ? "true" : "false");
    }
    strbuf_append_char(out, '}');
    return true;
}

/* Nothing at all is nothing in every currency. */
static bool totals_are_zero(const struct totals *totals) {
    return totals->total_value.e8 == 0 && totals->cash_balance.e8 == 0 && totals->cost_basis.e8 == 0 &&
           totals->gain_loss.e8 == 0 && totals->day_change.e8 == 0 && totals->priced_cost.e8 == 0 &&
           totals->day_base.e8 == 0;
}

/* Each figure is rounded once. */
static enum status totals_convert(struct totals *totals, struct price rate) {
    struct amount *const amounts[] = {&totals->total_value, &totals->cash_balance, &totals->cost_basis,
                                      &totals->gain_loss,   &totals->day_change,   &totals->priced_cost,
                                      &totals->day_base};
    for (size_t i = 0; i < sizeof amounts / sizeof amounts[0]; i++) {
        enum status status = amount_convert(*amounts[i], rate, 1, amounts[i]);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* {rates, missing_rates} or {rates, currency, totals} */
static enum status converted_write(struct strbuf *out, const struct summary_input *input, const struct price_book *book,
                                   const struct currency_total *totals, size_t n) {
    struct totals sum = {0};
    struct strbuf missing;
    enum status status = STATUS_OK;
    strbuf_init(&missing);
    json_key(out, "rates");
    strbuf_append_char(out, '[');
    for (size_t i = 0; i < n && status == STATUS_OK; i++) {
        struct totals converted = totals[i].totals;
        struct price rate = {DECIMAL_ONE};
        if (!currency_equal(totals[i].currency, input->currency) && !totals_are_zero(&totals[i].totals)) {
            if (!rate_find(out, input, book, totals[i].currency, &rate)) {
                strbuf_printf(&missing, "%s\"%s/%s\"", missing.len > 0 ? "," : "", totals[i].currency.code,
                              input->currency.code);
                continue;
            }
            status = totals_convert(&converted, rate);
        }
        if (status == STATUS_OK)
            status = totals_sum(&sum, &converted);
    }
    strbuf_append_char(out, ']');
    if (missing.len > 0) {
        json_key(out, "missing_rates");
        strbuf_printf(out, "[%s]", strbuf_text(&missing));
    } else {
        json_text(out, "currency", input->currency.code);
        totals_write(out, &sum);
    }
    if (status == STATUS_OK)
        status = strbuf_status(&missing);
    strbuf_fini(&missing);
    return status;
}

/* --- on the loop --- */

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
    const struct summary_input *input = call->data;
    if (status == STATUS_OK) {
        currencies_write(&call->out, totals, totals_n);
        if (input->is_asked || totals_n > 1) {
            status = converted_write(&call->out, input, book, totals, totals_n);
        } else if (totals_n == 1) {
            json_text(&call->out, "currency", totals[0].currency.code);
            totals_write(&call->out, &totals[0].totals);
        }
    }
    free(totals);
    strbuf_append_char(&call->out, '}');
    if (status == STATUS_OK)
        api_call_respond(call, 200);
    else
        api_call_fail(call, status, "portfolio");
}

static enum status rates_read(struct summary_input *input, const struct db_rows *rows) {
    input->rates_n = 0;
    for (size_t i = 0; i < db_rows_n(rows) && input->rates_n < RATES_MAX; i++) {
        struct db_row row = db_rows_at(rows, i);
        const char *code = db_row_text(&row);
        if (db_row_skip_null(&row))
            continue; /* not known */
        input->rates[input->rates_n].rate.e8 = db_row_decimal(&row);
        if (row.failed || currency_parse(code, strlen(code), &input->rates[input->rates_n].from) != STATUS_OK)
            return STATUS_INTERNAL;
        input->rates_n++;
    }
    return STATUS_OK;
}

static enum status list_work(struct api_call *call, struct db *db) {
    struct summary_input *input = call->data;
    db_rows_destroy(&call->rows);
    enum status status = portfolios_list_of_customer(db, &call->id, &call->page, &call->rows);
    if (status == STATUS_OK && !input->is_asked)
        status = portfolios_currency_of_customer(db, &call->id, &input->currency);
    if (status != STATUS_OK || !input->currency.code[0])
        return status;
    struct db_rows *rates = NULL;
    status = portfolios_list_rates_of_customer(db, &call->id, input->currency.code, &rates);
    if (status == STATUS_OK)
        status = rates_read(input, rates);
    db_rows_destroy(&rates);
    return status;
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
    if (!api_call_read_id(call, "customer") || !api_call_data(call, sizeof(struct summary_input)))
        return;
    struct summary_input *input = call->data;
    input->is_asked = query_read_currency(call->http->query, &call->problem, &input->currency);
    if (!api_call_is_valid(call))
        return;
    call->page = (struct page){.limit = PORTFOLIOS_MAX, .after = PAGE_KEY_FIRST};
    api_call_work(call, list_work, on_listed);
}
