/* /users, for administrators. Refuses an e-mail address that another user has, and
 * to take the last administrator's rights away. Thread: L, but for the …_work
 * functions, which run on W. */
#include "app/access_notice.h"
#include "app/api_entity.h"
#include "app/api_handlers.h"
#include "app/api_idempotency.h"
#include "app/api_password.h"
#include "app/list_query.h"

#include <string.h>

static const char *const roles[] = {"user", "advisor", "service", "admin", NULL};

struct user_input {
    struct password_task task; /* new_text "": no password */
    char email[FORM_EMAIL_MAX + 1];
    const char *role;
    bool has_customer, is_disabled;
    struct uuid customer_id;
};

static void input_fini(void *data) {
    struct user_input *input = data;
    password_task_fini(&input->task);
}

static enum status user_write(struct api_call *call, size_t index, struct api_entity_key *ret_key) {
    struct user user;
    enum status status = user_read(call->rows, index, &user);
    if (status != STATUS_OK)
        return status;
    struct strbuf *out = &call->out;
    strbuf_append_char(out, '{');
    json_uuid(out, "user_id", &user.user_id);
    json_text(out, "email", user.email);
    json_text(out, "role", user.role);
    if (user.has_customer)
        json_uuid(out, "customer_id", &user.customer_id);
    json_key(out, "disabled");
    strbuf_append_text(out, user.is_disabled ? "true" : "false");
    json_key(out, "has_password");
    strbuf_append_text(out, user.has_password ? "true" : "false");
    json_text(out, "issuer", user.issuer);
    json_text(out, "subject", user.subject);
    json_time_us(out, "created_at", user.created_us);
    json_time_us(out, "updated_at", user.updated_us);
    strbuf_append_char(out, '}');
    *ret_key = (struct api_entity_key){.page = {user.created_us, user.user_id}, .etag = user.etag};
    return STATUS_OK;
}

const struct api_entity api_user_entity = {.noun = "user", .path = "/users/", .write = user_write, .get = users_get};

/* --- writing --- */

/* A user has a customer, the others have none. */
static void customer_judge(struct api_call *call, const struct form *form, struct user_input *input) {
    const json_t *given = json_object_get(form->object, "customer_id");
    bool is_given = given && !json_is_null(given);
    input->has_customer = form_uuid(form, "customer_id", FORM_OPTIONAL, &input->customer_id);
    bool is_user = input->role && strcmp(input->role, "user") == 0;
    if (!input->role)
        return;
    if (is_user && !is_given)
        problem_add_field(&call->problem, "customer_id", ERROR_MISSING_FIELD, "is required of the role user");
    else if (!is_user && is_given)
        problem_add_field(&call->problem, "customer_id", ERROR_INVALID_FIELD, "is of the role user only");
    else if (is_user && input->has_customer)
        api_lookup_note(call, "customer_id", "customer", &input->customer_id);
}

/* Reads the body into call->data; false when a response was sent. */
static bool input_read(struct api_call *call, bool is_new) {
    struct form form;
    if (!api_call_read_body(call, &form) || (!is_new && !api_call_read_id(call, "user")) ||
        !api_call_data(call, sizeof(struct user_input)))
        return false;
    struct user_input *input = call->data;
    call->data_fini = input_fini;
    if (is_new)
        api_idempotency_refuse_key(call);
    else
        api_lookup_own_id(call, &form, "user_id");
    (void)form_email(&form, "email", input->email);
    (void)form_choice(&form, "role", roles, &input->role);
    customer_judge(call, &form, input);
    (void)form_flag(&form, "disabled", &input->is_disabled);
    if (form_password(&form, "password", FORM_OPTIONAL, input->task.new_text))
        password_judge(&call->problem, "password", input->task.new_text, input->email);
    return api_call_is_valid(call);
}

static struct user_fields input_fields(const struct api_call *call) {
    const struct user_input *input = call->data;
    return (struct user_fields){.email = input->email,
                                .role = input->role,
                                .customer_id = input->has_customer ? &input->customer_id : NULL,
                                .is_disabled = input->is_disabled,
                                .password_hash = input->task.new_hash};
}

/* True when it was that, and answered. */
static bool conflict_respond(struct api_call *call, enum status no_customer) {
    enum status status = call->job.status;
    if (status == STATUS_CONFLICT) {
        call->problem.http_status = 409;
        problem_add_field(&call->problem, "email", ERROR_CONFLICT, "another user has this e-mail address");
    } else if (status == no_customer) {
        problem_add_field(&call->problem, "customer_id", ERROR_INVALID_FIELD, "there is no such customer");
    } else if (status == STATUS_HAS_DEPENDENTS) {
        problem_set(&call->problem, ERROR_CONFLICT, "It is the last administrator: make another one first");
    } else {
        return false;
    }
    api_call_refuse(call);
    return true;
}

static enum status create_work(struct api_call *call, struct db *db) {
    struct user_fields fields = input_fields(call);
    return users_insert(db, &fields, &call->rows);
}

static void on_created(struct api_call *call) {
    if (!conflict_respond(call, STATUS_NOT_FOUND))
        api_entity_on_created(call);
}

static enum status update_work(struct api_call *call, struct db *db) {
    struct user_fields fields = input_fields(call);
    struct precondition precondition = api_call_precondition(call);
    return users_update(db, &call->id, &precondition, &fields, &call->rows);
}

static void on_updated(struct api_call *call) {
    if (conflict_respond(call, STATUS_INVALID))
        return;
    if (call->job.status != STATUS_OK) {
        api_call_fail(call, call->job.status, "user");
        return;
    }
    access_changed(call->api->shard, &call->id);
    api_entity_respond(call, 200);
}

static void on_hashed(struct api_call *call) {
    const struct user_input *input = call->data;
    if (input->task.status != STATUS_OK)
        api_call_fail(call, input->task.status, "");
    else if (call->route->method == HTTP_POST)
        api_call_work(call, create_work, on_created);
    else
        api_call_work(call, update_work, on_updated);
}

/* The password is hashed first, if one is given. */
static void input_save(struct api_call *call) {
    struct user_input *input = call->data;
    if (!input->task.new_text[0])
        on_hashed(call);
    else if (!api_password_submit(call, &input->task, on_hashed))
        api_password_refuse_busy(call);
}

void api_users_create(struct api_call *call) {
    call->entity = &api_user_entity;
    if (input_read(call, true))
        input_save(call);
}

void api_users_update(struct api_call *call) {
    call->entity = &api_user_entity;
    if (input_read(call, false))
        input_save(call);
}

static enum status delete_work(struct api_call *call, struct db *db) {
    struct precondition precondition = api_call_precondition(call);
    return users_delete(db, &call->id, &precondition);
}

static void on_deleted(struct api_call *call) {
    if (conflict_respond(call, STATUS_INVALID))
        return;
    if (call->job.status != STATUS_OK) {
        api_call_fail(call, call->job.status, "user");
        return;
    }
    access_changed(call->api->shard, &call->id);
    api_call_respond(call, 204);
}

void api_users_delete(struct api_call *call) {
    if (api_call_read_id(call, "user"))
        api_call_work(call, delete_work, on_deleted);
}

/* --- reading --- */

static enum status get_work(struct api_call *call, struct db *db) {
    return users_get(db, &call->id, &call->rows);
}

void api_users_get(struct api_call *call) {
    call->entity = &api_user_entity;
    if (api_call_read_id(call, "user"))
        api_call_work(call, get_work, api_entity_on_read);
}

struct users_query {
    char email[FORM_EMAIL_MAX + 1];
    struct uuid customer_id;
    struct users_filter filter;
};

static const struct list_query users_list_query = {
    .sorts =
        (const struct list_sort[]){{"created_at", LIST_SORT_TIME}, {"email", LIST_SORT_TEXT}, {NULL, LIST_SORT_TEXT}},
    .filters = (const char *const[]){"email", "role", "customer_id", NULL},
};

static enum status list_work(struct api_call *call, struct db *db) {
    const struct users_query *query = call->data;
    return users_list(db, &call->listing, &query->filter, &call->rows);
}

void api_users_list(struct api_call *call) {
    const char *text = call->http->query;
    call->entity = &api_user_entity;
    if (!api_call_data(call, sizeof(struct users_query)))
        return;
    struct users_query *query = call->data;
    list_query_read(call->http, &users_list_query, &call->problem, &call->listing);
    if (list_filter_text(text, "email", &call->problem, query->email, sizeof query->email))
        query->filter.email = query->email;
    (void)list_filter_choice(text, "role", roles, &call->problem, &query->filter.role);
    if (list_filter_uuid(text, "customer_id", &call->problem, &query->customer_id))
        query->filter.customer_id = &query->customer_id;
    if (api_call_is_valid(call))
        api_call_work(call, list_work, api_entity_on_listed);
}
