/* /customers. Refuses an e-mail address that another customer has, and to
 * delete who still has portfolios unless asked to cascade. Thread: L, but for
 * the …_work functions, which run on W. */
#include "app/api_entity.h"
#include "app/api_gate.h"
#include "app/api_handlers.h"
#include "app/list_query.h"
#include "app/query.h"
#include "app/shard_view.h"
#include "store/customers.h"

#include <stdio.h>

/* As the schema bounds them. */
#define NAME_MAX API_CUSTOMER_NAME_MAX
#define PHONE_MAX 64
#define ADDRESS_MAX 1000

struct customer_input {
    char name[NAME_MAX * 4 + 1];
    char email[FORM_EMAIL_MAX + 1];
    char phone[PHONE_MAX * 4 + 1];
    char address[ADDRESS_MAX * 4 + 1];
};

static enum status customer_write(struct api_call *call, size_t index, struct api_entity_key *ret_key) {
    struct customer customer;
    enum status status = customer_read(call->rows, index, &customer);
    if (status != STATUS_OK)
        return status;
    struct strbuf *out = &call->out;
    strbuf_append_char(out, '{');
    json_uuid(out, "customer_id", &customer.customer_id);
    json_text(out, "name", customer.name);
    json_text(out, "email", customer.email);
    json_text(out, "phone", customer.phone);
    json_text(out, "address", customer.address);
    json_time_us(out, "created_at", customer.created_us);
    json_time_us(out, "updated_at", customer.updated_us);
    strbuf_append_char(out, '}');
    *ret_key = (struct api_entity_key){.page = {customer.created_us, customer.customer_id}, .etag = customer.etag};
    return STATUS_OK;
}

static const struct api_entity customer_entity = {
    .noun = "customer", .path = "/customers/", .write = customer_write, .get = customers_get};

/* --- writing --- */

/* Reads the body into call->data; false when a response was sent. */
static bool input_read(struct api_call *call, bool is_new) {
    struct form form;
    if (!api_call_read_body(call, &form) || (!is_new && !api_call_read_id(call, "customer")) ||
        !api_call_data(call, sizeof(struct customer_input)))
        return false;
    struct customer_input *input = call->data;
    if (!is_new)
        api_lookup_own_id(call, &form, "customer_id");
    (void)form_text(&form, "name", FORM_REQUIRED, NAME_MAX, false, input->name, sizeof input->name);
    (void)form_email(&form, "email", input->email);
    (void)form_text(&form, "phone", FORM_OPTIONAL, PHONE_MAX, false, input->phone, sizeof input->phone);
    (void)form_text(&form, "address", FORM_OPTIONAL, ADDRESS_MAX, true, input->address, sizeof input->address);
    return api_call_is_valid(call);
}

static struct customer_fields input_fields(const struct api_call *call) {
    const struct customer_input *input = call->data;
    return (struct customer_fields){
        .name = input->name, .email = input->email, .phone = input->phone, .address = input->address};
}

/* True when it was that, and answered. */
static bool email_conflict_respond(struct api_call *call) {
    if (call->job.status != STATUS_CONFLICT)
        return false;
    call->problem.http_status = 409;
    problem_add_field(&call->problem, "email", ERROR_CONFLICT, "another customer has this e-mail address");
    api_call_refuse(call);
    return true;
}

static enum status create_work(struct api_call *call, struct db *db) {
    struct customer_fields fields = input_fields(call);
    return customers_insert(db, &fields, &call->rows);
}

static void on_created(struct api_call *call) {
    if (!email_conflict_respond(call))
        api_entity_on_created(call);
}

void api_customers_create(struct api_call *call) {
    call->entity = &customer_entity;
    if (input_read(call, true))
        api_call_create_work(call, create_work, on_created);
}

static enum status update_work(struct api_call *call, struct db *db) {
    struct customer_fields fields = input_fields(call);
    struct precondition precondition = api_call_precondition(call);
    return customers_update(db, &call->id, &precondition, &fields, &call->rows);
}

static void on_updated(struct api_call *call) {
    if (email_conflict_respond(call))
        return;
    if (call->job.status == STATUS_OK)
        api_entity_respond(call, 200);
    else
        api_call_fail(call, call->job.status, "customer");
}

void api_customers_update(struct api_call *call) {
    call->entity = &customer_entity;
    if (input_read(call, false))
        api_call_work(call, update_work, on_updated);
}

static enum status delete_work(struct api_call *call, struct db *db) {
    struct precondition precondition = api_call_precondition(call);
    struct customer_deletion *deletion = call->data;
    enum status status = customers_delete(db, &call->id, &precondition, call->is_cascade, deletion);
    call->rows = deletion->portfolio_ids;
    return status;
}

static void on_deleted(struct api_call *call) {
    const struct customer_deletion *deletion = call->data;
    if (call->job.status == STATUS_HAS_DEPENDENTS) {
        call->problem.has_dependents = true;
        call->problem.portfolios_n = deletion->portfolios_n;
        call->problem.investments_n = deletion->investments_n;
        api_call_refuse_with(call, ERROR_CONFLICT,
                             "The customer has %lld portfolios with %lld investments; ?cascade=true deletes them too",
                             (long long)deletion->portfolios_n, (long long)deletion->investments_n);
        return;
    }
    if (call->job.status != STATUS_OK) {
        api_call_fail(call, call->job.status, "customer");
        return;
    }
    for (size_t i = 0; i < db_rows_n(call->rows); i++) {
        struct db_row row = db_rows_at(call->rows, i);
        struct uuid portfolio_id = db_row_uuid(&row);
        shard_portfolio_changed(call->api->shard, &portfolio_id);
    }
    api_call_respond(call, 204);
}

void api_customers_delete(struct api_call *call) {
    if (!api_call_read_id(call, "customer") || !api_call_data(call, sizeof(struct customer_deletion)))
        return;
    query_read_flag(call->http->query, "cascade", &call->problem, &call->is_cascade);
    if (api_call_is_valid(call))
        api_call_work(call, delete_work, on_deleted);
}

/* --- reading --- */

static enum status get_work(struct api_call *call, struct db *db) {
    return customers_get(db, &call->id, &call->rows);
}

void api_customers_get(struct api_call *call) {
    call->entity = &customer_entity;
    if (api_call_read_id(call, "customer"))
        api_call_work(call, get_work, api_entity_on_read);
}

static enum status get_by_email_work(struct api_call *call, struct db *db) {
    return customers_get_by_email(db, call->params.texts[0], &call->rows);
}

void api_customers_get_by_email(struct api_call *call) {
    call->entity = &customer_entity;
    if (form_is_email(call->params.texts[0]))
        api_call_work(call, get_by_email_work, api_entity_on_read);
    else
        api_call_fail(call, STATUS_NOT_FOUND, "customer");
}

struct customers_query {
    char name[NAME_MAX + 1];
    char email[FORM_EMAIL_MAX + 1];
    struct customers_filter filter;
};

static const struct list_query customers_list_query = {
    .sorts = (const struct list_sort[]){{"created_at", LIST_SORT_TIME},
                                        {"name", LIST_SORT_TEXT},
                                        {"email", LIST_SORT_TEXT},
                                        {NULL, LIST_SORT_TEXT}},
    .filters = (const char *const[]){"name", "email", NULL},
};

static enum status list_work(struct api_call *call, struct db *db) {
    const struct customers_query *query = call->data;
    return customers_list(db, &call->listing, &query->filter, &call->rows);
}

void api_customers_list(struct api_call *call) {
    const char *text = call->http->query;
    call->entity = &customer_entity;
    if (!api_call_data(call, sizeof(struct customers_query)))
        return;
    struct customers_query *query = call->data;
    list_query_read(call->http, &customers_list_query, &call->problem, &call->listing);
    if (list_filter_text(text, "name", &call->problem, query->name, sizeof query->name))
        query->filter.name = query->name;
    if (list_filter_text(text, "email", &call->problem, query->email, sizeof query->email))
        query->filter.email = query->email;
    query->filter.scope = api_gate_scope(call);
    if (api_call_is_valid(call))
        api_call_work(call, list_work, api_entity_on_listed);
}
