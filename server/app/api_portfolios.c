/* /portfolios, and what lies below one of them. Refuses to move a portfolio to
 * another customer, and to delete one with lots unless asked to cascade.
 * Thread: L, but for the …_work functions, which run on W. */
#include "app/api_entity.h"
#include "app/api_gate.h"
#include "app/api_handlers.h"
#include "app/list_query.h"
#include "app/query.h"
#include "app/shard_view.h"
#include "domain/holdings.h"
#include "store/customers.h"
#include "store/portfolios.h"

struct portfolio_input {
    struct uuid customer_id;
    bool has_customer_id;
    char portfolio_name[PORTFOLIO_NAME_MAX * 4 + 1];
    const char *portfolio_type;
    struct currency base_currency; /* "": not given */
};

static const char *const portfolio_types[] = {"IRA", "ROTH_IRA", "401K", "BROKERAGE", "SAVINGS", "OTHER", NULL};

static enum status portfolio_write(struct api_call *call, size_t index, struct api_entity_key *ret_key) {
    struct portfolio_row portfolio;
    enum status status = portfolio_read(call->rows, index, &portfolio);
    if (status != STATUS_OK)
        return status;
    struct strbuf *out = &call->out;
    strbuf_append_char(out, '{');
    json_uuid(out, "portfolio_id", &portfolio.portfolio_id);
    json_uuid(out, "customer_id", &portfolio.customer_id);
    json_text(out, "portfolio_name", portfolio.portfolio_name);
    json_text(out, "portfolio_type", portfolio.portfolio_type);
    json_text(out, "base_currency", portfolio.base_currency);
    json_amount(out, "cash_balance", portfolio.cash_balance);
    json_i64(out, "version", portfolio.version);
    json_time_us(out, "created_at", portfolio.created_us);
    json_time_us(out, "updated_at", portfolio.updated_us);
    strbuf_append_char(out, '}');
    *ret_key = (struct api_entity_key){.page = {portfolio.created_us, portfolio.portfolio_id}, .etag = portfolio.etag};
    return STATUS_OK;
}

const struct api_entity api_portfolio_entity = {.noun = "portfolio",
                                                .path = "/portfolios/",
                                                .write = portfolio_write,
                                                .get = portfolios_get,
                                                .owner = row_owner_of_portfolio};

/* --- writing --- */

/* Reads the body into call->data; false when a response was sent. */
static bool input_read(struct api_call *call, bool is_new) {
    struct form form;
    if (!api_call_read_body(call, &form) || (!is_new && !api_call_read_id(call, "portfolio")) ||
        !api_call_data(call, sizeof(struct portfolio_input)))
        return false;
    struct portfolio_input *input = call->data;
    input->has_customer_id =
        form_uuid(&form, "customer_id", is_new ? FORM_REQUIRED : FORM_OPTIONAL, &input->customer_id);
    if (input->has_customer_id)
        api_lookup_note(call, "customer_id", "customer", &input->customer_id);
    if (!is_new)
        api_lookup_own_id(call, &form, "portfolio_id");
    (void)form_text(&form, "portfolio_name", FORM_REQUIRED, PORTFOLIO_NAME_MAX, false, input->portfolio_name,
                    sizeof input->portfolio_name);
    (void)form_choice(&form, "portfolio_type", portfolio_types, &input->portfolio_type);
    if (form_currency(&form, "base_currency", FORM_OPTIONAL, &input->base_currency)) {
        if (currency_factor(input->base_currency) != 1)
            problem_add_field(&call->problem, "base_currency", ERROR_INVALID_FIELD, "must not be a minor unit");
        else if (!currency_is_iso(input->base_currency))
            problem_add_field(&call->problem, "base_currency", ERROR_INVALID_FIELD, "is no active code of ISO 4217");
    }
    return api_call_is_valid(call);
}

static struct portfolio_fields input_fields(const struct api_call *call) {
    const struct portfolio_input *input = call->data;
    return (struct portfolio_fields){.customer_id = input->customer_id,
                                     .has_customer_id = input->has_customer_id,
                                     .portfolio_name = input->portfolio_name,
                                     .portfolio_type = input->portfolio_type,
                                     .base_currency = input->base_currency.code,
                                     .scope = api_gate_scope(call)};
}

static enum status create_work(struct api_call *call, struct db *db) {
    struct portfolio_fields fields = input_fields(call);
    if (!api_gate_covers(call, &fields.customer_id))
        return STATUS_NOT_FOUND;
    return portfolios_insert(db, &fields, &call->rows);
}

static void on_created(struct api_call *call) {
    if (call->job.status == STATUS_NOT_FOUND) {
        problem_add_field(&call->problem, "customer_id", ERROR_INVALID_FIELD, "there is no such customer");
        api_call_refuse(call);
    } else {
        api_entity_on_created(call);
    }
}

void api_portfolios_create(struct api_call *call) {
    call->entity = &api_portfolio_entity;
    if (input_read(call, true))
        api_call_create_work(call, create_work, on_created);
}

static enum status update_work(struct api_call *call, struct db *db) {
    struct portfolio_fields fields = input_fields(call);
    struct precondition precondition = api_call_precondition(call);
    return portfolios_update(db, &call->id, &precondition, &fields, &call->rows);
}

static void on_updated(struct api_call *call) {
    if (call->job.status == STATUS_INVALID) {
        problem_add_field(&call->problem, "customer_id", ERROR_INVALID_FIELD, "cannot be changed");
        api_call_refuse(call);
    } else if (call->job.status == STATUS_HAS_DEPENDENTS) {
        call->problem.http_status = 409;
        problem_add_field(&call->problem, "base_currency", ERROR_CONFLICT,
                          "some investments have an fx_rate of their own to the present one: PUT those without fx_rate "
                          "first, then this, then give them their rates to the new one");
        api_call_refuse(call);
    } else if (call->job.status != STATUS_OK) {
        api_call_fail(call, call->job.status, "portfolio");
    } else {
        shard_portfolio_changed(call->api->shard, &call->id);
        api_entity_respond(call, 200);
    }
}

void api_portfolios_update(struct api_call *call) {
    call->entity = &api_portfolio_entity;
    if (input_read(call, false))
        api_call_work(call, update_work, on_updated);
}

static enum status delete_work(struct api_call *call, struct db *db) {
    struct precondition precondition = api_call_precondition(call);
    struct portfolio_deletion deletion = {.portfolio_id = &call->id,
                                          .precondition = &precondition,
                                          .scope = api_gate_scope(call),
                                          .is_cascade = call->is_cascade};
    enum status status = portfolios_delete(db, &deletion);
    call->problem.investments_n = deletion.investments_n;
    return status;
}

static void on_deleted(struct api_call *call) {
    if (call->job.status == STATUS_HAS_DEPENDENTS) {
        call->problem.has_dependents = true;
        api_call_refuse_with(call, ERROR_CONFLICT, "The portfolio has %lld investments; ?cascade=true deletes them too",
                             (long long)call->problem.investments_n);
    } else if (call->job.status != STATUS_OK) {
        api_call_fail(call, call->job.status, "portfolio");
    } else {
        shard_portfolio_changed(call->api->shard, &call->id);
        api_call_respond(call, 204);
    }
}

void api_portfolios_delete(struct api_call *call) {
    if (!api_call_read_id(call, "portfolio"))
        return;
    query_read_flag(call->http->query, "cascade", &call->problem, &call->is_cascade);
    if (api_call_is_valid(call))
        api_call_work(call, delete_work, on_deleted);
}

/* --- reading --- */

static enum status get_work(struct api_call *call, struct db *db) {
    return portfolios_get(db, &call->id, &call->rows);
}

void api_portfolios_get(struct api_call *call) {
    call->entity = &api_portfolio_entity;
    if (api_call_read_id(call, "portfolio"))
        api_call_work(call, get_work, api_entity_on_read);
}

struct portfolios_query {
    struct uuid customer_id;
    bool has_customer; /* in the path: it must be there */
    struct currency base_currency;
    char portfolio_name[PORTFOLIO_NAME_MAX + 1];
    struct portfolios_filter filter;
};

static const struct list_query portfolios_list_query = {
    .sorts = (const struct list_sort[]){{"created_at", LIST_SORT_TIME},
                                        {"portfolio_name", LIST_SORT_TEXT},
                                        {NULL, LIST_SORT_TEXT}},
    .filters = (const char *const[]){"customer_id", "portfolio_type", "base_currency", "portfolio_name", NULL},
};

static enum status list_work(struct api_call *call, struct db *db) {
    const struct portfolios_query *query = call->data;
    enum status status = portfolios_list(db, &call->listing, &query->filter, &call->rows);
    if (status != STATUS_OK || !query->has_customer || db_rows_n(call->rows) > 0)
        return status;
    struct db_rows *customer = NULL;
    status = customers_get(db, &call->id, &customer);
    db_rows_destroy(&customer);
    return status;
}

static void on_listed(struct api_call *call) {
    if (call->job.status == STATUS_NOT_FOUND)
        api_call_fail(call, STATUS_NOT_FOUND, "customer");
    else
        api_entity_on_listed(call);
}

/* Reads the parameters that both lists have, and asks. */
static void list_begin(struct api_call *call) {
    const char *text = call->http->query;
    struct portfolios_query *query = call->data;
    struct portfolios_filter *filter = &query->filter;
    filter->scope = api_gate_scope(call);
    list_query_read(call->http, &portfolios_list_query, &call->problem, &call->listing);
    (void)list_filter_choice(text, "portfolio_type", portfolio_types, &call->problem, &filter->portfolio_type);
    if (list_filter_currency(text, "base_currency", &call->problem, &query->base_currency))
        filter->base_currency = query->base_currency.code;
    if (list_filter_text(text, "portfolio_name", &call->problem, query->portfolio_name, sizeof query->portfolio_name))
        filter->portfolio_name = query->portfolio_name;
    if (api_call_is_valid(call))
        api_call_work(call, list_work, on_listed);
}

void api_portfolios_list(struct api_call *call) {
    call->entity = &api_portfolio_entity;
    if (!api_call_data(call, sizeof(struct portfolios_query)))
        return;
    struct portfolios_query *query = call->data;
    if (list_filter_uuid(call->http->query, "customer_id", &call->problem, &query->customer_id))
        query->filter.customer_id = &query->customer_id;
    list_begin(call);
}

void api_customers_list_portfolios(struct api_call *call) {
    call->entity = &api_portfolio_entity;
    if (!api_call_read_id(call, "customer") || !api_call_data(call, sizeof(struct portfolios_query)))
        return;
    struct portfolios_query *query = call->data;
    query->has_customer = true;
    query->filter.customer_id = &call->id;
    list_begin(call);
}
