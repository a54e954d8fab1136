/* /customers/{customer_id}/advisors, for administrators: who reads a customer's
 * rows. Refuses users of other roles. Thread: L, but for the …_work functions, which
 * run on W. */
#include "app/access_notice.h"
#include "app/api_entity.h"
#include "app/api_handlers.h"
#include "app/list_query.h"
#include "store/customer_advisors.h"
#include "store/identities.h"

#include <string.h>

struct advisor_input {
    struct uuid user_id;
    enum assignment found;
};

static enum status advisor_write(struct api_call *call, size_t index, struct api_entity_key *ret_key) {
    struct customer_advisor advisor;
    enum status status = customer_advisor_read(call->rows, index, &advisor);
    if (status != STATUS_OK)
        return status;
    struct strbuf *out = &call->out;
    strbuf_append_char(out, '{');
    json_uuid(out, "user_id", &advisor.user_id);
    json_text(out, "email", advisor.email);
    json_time_us(out, "assigned_at", advisor.assigned_us);
    strbuf_append_char(out, '}');
    *ret_key = (struct api_entity_key){.page = {advisor.assigned_us, advisor.user_id}, .etag = ""};
    return STATUS_OK;
}

static const struct api_entity advisor_entity = {
    .noun = "customer", .path = "/users/", .is_computed = true, .write = advisor_write};

static const struct list_query advisors_list_query = {
    .sorts = (const struct list_sort[]){{"assigned_at", LIST_SORT_TIME}, {NULL, LIST_SORT_TEXT}},
    .filters = (const char *const[]){NULL},
};

static enum status list_work(struct api_call *call, struct db *db) {
    return customer_advisors_list(db, &call->id, &call->listing, &call->rows);
}

void api_advisors_list(struct api_call *call) {
    call->entity = &advisor_entity;
    if (!api_call_read_id(call, "customer"))
        return;
    list_query_read(call->http, &advisors_list_query, &call->problem, &call->listing);
    if (api_call_is_valid(call))
        api_call_work(call, list_work, api_entity_on_listed);
}

/* Both ids of the path; false when a response was sent. */
static bool ids_read(struct api_call *call) {
    const char *text = call->params.texts[1];
    if (!api_call_read_id(call, "customer") || !api_call_data(call, sizeof(struct advisor_input)))
        return false;
    struct advisor_input *input = call->data;
    if (uuid_parse(text, strlen(text), &input->user_id) == STATUS_OK)
        return true;
    api_call_fail(call, STATUS_NOT_FOUND, "advisor");
    return false;
}

static enum status assign_work(struct api_call *call, struct db *db) {
    struct advisor_input *input = call->data;
    return customer_advisors_assign(db, &call->id, &input->user_id, &input->found);
}

static void on_assigned(struct api_call *call) {
    const struct advisor_input *input = call->data;
    if (call->job.status != STATUS_OK) {
        api_call_fail(call, call->job.status, "customer");
        return;
    }
    switch (input->found) {
    case ASSIGNMENT_NO_CUSTOMER:
        api_call_fail(call, STATUS_NOT_FOUND, "customer");
        return;
    case ASSIGNMENT_NO_USER:
        api_call_fail(call, STATUS_NOT_FOUND, "user");
        return;
    case ASSIGNMENT_NO_ADVISOR:
        api_call_refuse_with(call, ERROR_CONFLICT, "This user is no advisor");
        return;
    case ASSIGNMENT_TOO_MANY:
        api_call_refuse_with(call, ERROR_CONFLICT, "An advisor has at most %d customers", IDENTITY_CUSTOMERS_MAX);
        return;
    case ASSIGNMENT_DONE:
        access_changed(call->api->shard, &input->user_id);
        break;
    case ASSIGNMENT_WAS_THERE:
        break;
    }
    api_call_respond(call, 204);
}

void api_advisors_assign(struct api_call *call) {
    if (ids_read(call))
        api_call_work(call, assign_work, on_assigned);
}

static enum status unassign_work(struct api_call *call, struct db *db) {
    const struct advisor_input *input = call->data;
    return customer_advisors_unassign(db, &call->id, &input->user_id);
}

static void on_unassigned(struct api_call *call) {
    const struct advisor_input *input = call->data;
    if (call->job.status != STATUS_OK) {
        api_call_fail(call, call->job.status, "assignment");
        return;
    }
    access_changed(call->api->shard, &input->user_id);
    api_call_respond(call, 204);
}

void api_advisors_unassign(struct api_call *call) {
    if (ids_read(call))
        api_call_work(call, unassign_work, on_unassigned);
}
