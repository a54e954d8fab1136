/* /investments and /portfolios/{id}/investments: lots. Refuses a purchase date
 * after tomorrow, a quantity that would take its position past the bound, a rate
 * where none is needed, and to move a lot to another portfolio. Thread: L, but for the …_work functions,
 * which run on W. */
#include "app/api_entity.h"
#include "app/api_gate.h"
#include "app/api_handlers.h"
#include "app/list_query.h"
#include "app/query.h"
#include "app/shard_view.h"
#include "base/timestamp.h"
#include "domain/quote_split.h"
#include "store/investments.h"
#include "store/portfolios.h"

#include <stdlib.h>

/* A lot is valued without its day's change: nothing was bought in the session, as it were. */
static const struct holdings_lot no_lot;

static void value_write(struct strbuf *out, const struct position_value *value, struct amount cost_basis,
                        bool is_twin) {
    struct percent percent;
    json_amount(out, is_twin ? "current_value_base" : "current_value", value->current_value);
    json_amount(out, is_twin ? "gain_loss_base" : "gain_loss", value->gain_loss);
    if (percent_of(value->gain_loss, cost_basis, &percent) == STATUS_OK) {
        json_key(out, is_twin ? "gain_loss_percent_base" : "gain_loss_percent");
        strbuf_append_percent(out, percent);
    }
}

/* What one major of the lot's currency is in the portfolio's. */
static bool rate_find(struct api_call *call, const struct investment *lot, struct fx_rate *ret_fx) {
    struct symbol pair;
    *ret_fx = (struct fx_rate){.rate = {DECIMAL_ONE}, .factor = currency_factor(lot->currency)};
    if (currency_equal(currency_major(lot->currency), lot->base_currency))
        return true;
    symbol_of_pair(lot->currency, lot->base_currency, &pair);
    const struct quote *rate = shard_quote(call->api->shard, &pair);
    if (!rate || !currency_equal(rate->currency, lot->base_currency))
        return false;
    ret_fx->rate = rate->price;
    return true;
}

/* A lot's price, and the splits that have come since it. */
struct lot_price {
    const struct quote *quote; /* NULL: it has none */
    struct quote_split split;
    bool is_split;
};

/* The value of what the lot is now; `value` is at the price as it is. */
static struct position_value split_value(const struct investment *lot, const struct lot_price *price,
                                         const struct fx_rate *fx, struct position_value value) {
    struct amount current_value = {0};
    if (!price->is_split)
        return value;
    enum status status = quote_split_value(lot->current_quantity, price->quote->price, price->split.over, fx->rate,
                                           fx->factor, &current_value);
    return valuation_with_value(&value, status, current_value);
}

/* The same in the portfolio's currency, of a lot in another; nothing of what is not known. */
static void twins_write(struct api_call *call, const struct investment *lot, struct amount cost_basis,
                        const struct lot_price *price) {
    struct amount cost_base;
    struct fx_rate fx;
    if (currency_equal(lot->currency, lot->base_currency) ||
        valuation_of_lot_cost(cost_basis, lot->lot_rate, currency_factor(lot->currency), &cost_base) != STATUS_OK)
        return;
    json_amount(&call->out, "cost_basis_base", cost_base);
    if (!price->quote || !rate_find(call, lot, &fx))
        return;
    struct position_value value =
        valuation_through_rate(lot->current_quantity, cost_base, &no_lot, &cost_base, 0, price->quote, &fx);
    value = split_value(lot, price, &fx, value);
    if (value.is_priced)
        value_write(&call->out, &value, cost_base, true);
}

static enum status price_find(struct api_call *call, size_t index, const struct investment *lot,
                              struct lot_price *ret_price) {
    struct lot_price price = {.quote = shard_quote(call->api->shard, &lot->symbol)};
    struct split *splits = NULL;
    size_t n = 0;
    if (price.quote && !currency_equal(price.quote->currency, lot->currency))
        price.quote = NULL;
    enum status status = investment_read_splits(call->rows, index, &splits, &n);
    if (status == STATUS_OK && price.quote)
        price.is_split = quote_split_find(splits, n, price.quote, &price.split);
    free(splits);
    *ret_price = price;
    return status;
}

/* Adds what a price makes of a lot; nothing when it has none. */
static enum status lot_value_write(struct api_call *call, size_t index, const struct investment *lot,
                                   struct amount cost_basis) {
    static const struct fx_rate none = {.rate = {DECIMAL_ONE}, .factor = 1};
    struct lot_price price;
    enum status status = price_find(call, index, lot, &price);
    if (status != STATUS_OK)
        return status;
    if (price.quote) {
        struct position_value value = valuation_of_position(lot->current_quantity, cost_basis, &no_lot, 0, price.quote);
        value = split_value(lot, &price, &none, value);
        if (value.is_priced) {
            json_decimal(&call->out, "current_price", price.is_split ? price.split.price.e8 : price.quote->price.e8);
            value_write(&call->out, &value, cost_basis, false);
        }
    }
    twins_write(call, lot, cost_basis, &price);
    return STATUS_OK;
}

static enum status investment_write(struct api_call *call, size_t index, struct api_entity_key *ret_key) {
    struct investment lot;
    struct amount cost_basis;
    enum status status = investment_read(call->rows, index, &lot);
    if (status == STATUS_OK)
        status = amount_add(amount_product(lot.quantity, lot.purchase_price), (struct amount){lot.fee.e8}, &cost_basis);
    if (status != STATUS_OK)
        return status;
    struct strbuf *out = &call->out;
    strbuf_append_char(out, '{');
    json_uuid(out, "investment_id", &lot.investment_id);
    json_uuid(out, "portfolio_id", &lot.portfolio_id);
    json_text(out, "ticker_symbol", lot.symbol.text);
    json_decimal(out, "quantity", lot.quantity.e8);
    if (lot.current_quantity.e8 != lot.quantity.e8)
        json_decimal(out, "current_quantity", lot.current_quantity.e8);
    json_decimal(out, "purchase_price", lot.purchase_price.e8);
    json_date(out, "purchase_date", lot.purchase_date);
    json_decimal(out, "fee", lot.fee.e8);
    json_text(out, "external_id", lot.external_id);
    if (lot.fx_rate.e8 > 0)
        json_decimal(out, "fx_rate", lot.fx_rate.e8);
    json_text(out, "currency", lot.currency.code);
    json_amount(out, "cost_basis", cost_basis);
    status = lot_value_write(call, index, &lot, cost_basis);
    json_time_us(out, "created_at", lot.created_us);
    json_time_us(out, "updated_at", lot.updated_us);
    strbuf_append_char(out, '}');
    *ret_key = (struct api_entity_key){.page = {lot.created_us, lot.investment_id}, .etag = lot.etag};
    return status;
}

const struct api_entity api_investment_entity = {.noun = "investment",
                                                 .path = "/investments/",
                                                 .is_computed = true,
                                                 .write = investment_write,
                                                 .get = investments_get,
                                                 .owner = row_owner_of_investment};

/* --- writing --- */

/* Reads the body into call->data; false when a response was sent. */
static bool input_read(struct api_call *call, bool is_new) {
    struct form form;
    if (!api_call_read_body(call, &form) || (!is_new && !api_call_read_id(call, "investment")) ||
        !api_call_data(call, sizeof(struct investment_fields)))
        return false;
    struct investment_fields *fields = call->data;
    fields->scope = api_gate_scope(call);
    fields->has_portfolio_id =
        form_uuid(&form, "portfolio_id", is_new ? FORM_REQUIRED : FORM_OPTIONAL, &fields->portfolio_id);
    if (fields->has_portfolio_id)
        api_lookup_note(call, "portfolio_id", "portfolio", &fields->portfolio_id);
    if (!is_new)
        api_lookup_own_id(call, &form, "investment_id");
    (void)form_symbol(&form, "ticker_symbol", &fields->symbol);
    (void)form_decimal(&form, "quantity", FORM_REQUIRED, FORM_POSITIVE, &fields->quantity.e8);
    (void)form_decimal(&form, "purchase_price", FORM_REQUIRED, FORM_NOT_NEGATIVE, &fields->purchase_price.e8);
    (void)form_decimal(&form, "fee", FORM_OPTIONAL, FORM_NOT_NEGATIVE, &fields->fee.e8);
    if (!form_text(&form, "external_id", FORM_OPTIONAL, EXTERNAL_ID_MAX, false, fields->external_id,
                   sizeof fields->external_id))
        fields->external_id[0] = '\0';
    (void)form_decimal(&form, "fx_rate", FORM_OPTIONAL, FORM_POSITIVE, &fields->fx_rate.e8);
    int32_t tomorrow = timestamp_date(clock_wall_ms(call->api->clock)) + 1;
    if (form_date(&form, "purchase_date", FORM_REQUIRED, &fields->purchase_date) && fields->purchase_date > tomorrow)
        problem_add_field(&call->problem, "purchase_date", ERROR_INVALID_FIELD, "must not be after tomorrow (UTC)");
    return api_call_is_valid(call);
}

/* What a body's values met in the database; true when it was that, and answered. */
static bool refusal_respond(struct api_call *call) {
    if (call->job.status == STATUS_CONFLICT) {
        problem_add_field(&call->problem, "external_id", ERROR_CONFLICT, "is that of another lot of the portfolio");
        call->problem.http_status = 409;
        api_call_refuse(call);
        return true;
    }
    if (call->job.status != STATUS_OUT_OF_RANGE)
        return false;
    const struct investment_fields *fields = call->data;
    if (fields->is_rate_refused)
        problem_add_field(&call->problem, "fx_rate", ERROR_INVALID_FIELD,
                          "must be 1: the asset is in the portfolio's currency");
    if (fields->is_quantity_refused || !fields->is_rate_refused)
        problem_add_field(&call->problem, "quantity", ERROR_INVALID_FIELD,
                          "would take the position's quantity past 90000000000");
    api_call_refuse(call);
    return true;
}

static enum status create_work(struct api_call *call, struct db *db) {
    return investments_insert(db, call->data, &call->rows);
}

static void on_created(struct api_call *call) {
    const struct investment_fields *fields = call->data;
    if (call->job.status == STATUS_NOT_FOUND) {
        problem_add_field(&call->problem, "portfolio_id", ERROR_INVALID_FIELD, "there is no such portfolio");
        api_call_refuse(call);
    } else if (!refusal_respond(call)) {
        if (call->job.status == STATUS_OK)
            shard_portfolio_changed(call->api->shard, &fields->portfolio_id);
        api_entity_on_created(call);
    }
}

void api_investments_create(struct api_call *call) {
    call->entity = &api_investment_entity;
    if (input_read(call, true))
        api_call_create_work(call, create_work, on_created);
}

static enum status update_work(struct api_call *call, struct db *db) {
    struct precondition precondition = api_call_precondition(call);
    return investments_update(db, &call->id, &precondition, call->data, &call->rows);
}

static void on_updated(struct api_call *call) {
    struct investment lot;
    if (call->job.status == STATUS_INVALID) {
        problem_add_field(&call->problem, "portfolio_id", ERROR_INVALID_FIELD, "cannot be changed");
        api_call_refuse(call);
    } else if (call->job.status == STATUS_OK) {
        if (investment_read(call->rows, 0, &lot) == STATUS_OK)
            shard_portfolio_changed(call->api->shard, &lot.portfolio_id);
        api_entity_respond(call, 200);
    } else if (!refusal_respond(call)) {
        api_call_fail(call, call->job.status, "investment");
    }
}

void api_investments_update(struct api_call *call) {
    call->entity = &api_investment_entity;
    if (input_read(call, false))
        api_call_work(call, update_work, on_updated);
}

static enum status delete_work(struct api_call *call, struct db *db) {
    struct precondition precondition = api_call_precondition(call);
    struct row_scope scope = api_gate_scope(call);
    return investments_delete(db, &call->id, &precondition, &scope, call->data);
}

static void on_deleted(struct api_call *call) {
    if (call->job.status != STATUS_OK) {
        api_call_fail(call, call->job.status, "investment");
        return;
    }
    shard_portfolio_changed(call->api->shard, call->data);
    api_call_respond(call, 204);
}

void api_investments_delete(struct api_call *call) {
    if (api_call_read_id(call, "investment") && api_call_data(call, sizeof(struct uuid)))
        api_call_work(call, delete_work, on_deleted);
}

/* --- reading --- */

static enum status get_work(struct api_call *call, struct db *db) {
    return investments_get(db, &call->id, &call->rows);
}

void api_investments_get(struct api_call *call) {
    call->entity = &api_investment_entity;
    if (api_call_read_id(call, "investment"))
        api_call_work(call, get_work, api_entity_on_read);
}

struct investments_query {
    struct uuid portfolio_id;
    bool has_portfolio; /* in the path: it must be there */
    struct symbol symbol;
    struct investments_filter filter;
};

static const struct list_query investments_list_query = {
    .sorts = (const struct list_sort[]){{"created_at", LIST_SORT_TIME},
                                        {"purchase_date", LIST_SORT_DATE},
                                        {"ticker_symbol", LIST_SORT_TEXT},
                                        {NULL, LIST_SORT_TEXT}},
    .filters = (const char *const[]){"portfolio_id", "ticker_symbol", "purchase_date_from", "purchase_date_to", NULL},
};

static enum status list_work(struct api_call *call, struct db *db) {
    const struct investments_query *query = call->data;
    enum status status = investments_list(db, &call->listing, &query->filter, &call->rows);
    if (status != STATUS_OK || !query->has_portfolio || db_rows_n(call->rows) > 0)
        return status;
    struct db_rows *portfolio = NULL;
    status = portfolios_get(db, &call->id, &portfolio);
    db_rows_destroy(&portfolio);
    return status;
}

static void on_listed(struct api_call *call) {
    if (call->job.status == STATUS_NOT_FOUND)
        api_call_fail(call, STATUS_NOT_FOUND, "portfolio");
    else
        api_entity_on_listed(call);
}

/* Reads the parameters that both lists have, and asks. */
static void list_begin(struct api_call *call) {
    const char *text = call->http->query;
    struct problem *problem = &call->problem;
    struct investments_query *query = call->data;
    struct investments_filter *filter = &query->filter;
    filter->scope = api_gate_scope(call);
    list_query_read(call->http, &investments_list_query, problem, &call->listing);
    if (list_filter_symbol(text, "ticker_symbol", problem, &query->symbol))
        filter->ticker_symbol = query->symbol.text;
    filter->has_from = query_read_date(text, "purchase_date_from", problem, &filter->from);
    filter->has_to = query_read_date(text, "purchase_date_to", problem, &filter->to);
    if (filter->has_from && filter->has_to && filter->from > filter->to)
        problem_add_field(problem, "purchase_date_to", ERROR_INVALID_FIELD, "must not be before purchase_date_from");
    if (api_call_is_valid(call))
        api_call_work(call, list_work, on_listed);
}

void api_investments_list(struct api_call *call) {
    call->entity = &api_investment_entity;
    if (!api_call_data(call, sizeof(struct investments_query)))
        return;
    struct investments_query *query = call->data;
    if (list_filter_uuid(call->http->query, "portfolio_id", &call->problem, &query->portfolio_id))
        query->filter.portfolio_id = &query->portfolio_id;
    list_begin(call);
}

void api_portfolios_list_investments(struct api_call *call) {
    call->entity = &api_investment_entity;
    if (!api_call_read_id(call, "portfolio") || !api_call_data(call, sizeof(struct investments_query)))
        return;
    struct investments_query *query = call->data;
    query->has_portfolio = true;
    query->filter.portfolio_id = &call->id;
    list_begin(call);
}
