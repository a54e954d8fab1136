/* /auth/keys: API keys of the caller, for its machines. The key itself is shown
 * once, in the answer to its creation, and kept nowhere. Refuses others' keys.
 * Thread: L, but for the …_work functions, which run on W. */
#include "app/access_notice.h"
#include "app/api_account.h"
#include "app/api_entity.h"
#include "app/api_handlers.h"
#include "app/api_idempotency.h"
#include "app/form_account.h"
#include "app/list_query.h"
#include "identity/secret.h"
#include "store/api_keys.h"

#include <stdio.h>
#include <string.h>

#define NAME_MAX 200

struct key_creation {
    char name[NAME_MAX * 4 + 1];
    unsigned scopes;
    int64_t expires_ms;
    char secret[SECRET_TEXT_LEN + 1]; /* "": none to show */
    uint8_t hash[SECRET_HASH_LEN];
};

static void creation_fini(void *data) {
    explicit_bzero(data, sizeof(struct key_creation));
}

/* "read write" as an array. */
static void scopes_write(struct strbuf *out, const char *scopes) {
    unsigned bits = 0;
    for (size_t len; *scopes; scopes += len + (scopes[len] == ' ')) {
        enum scope scope;
        len = strcspn(scopes, " ");
        if (scope_parse(scopes, len, &scope) == STATUS_OK)
            bits |= (unsigned)scope;
    }
    api_account_write_scopes(out, bits);
}

static enum status key_write(struct api_call *call, size_t index, struct api_entity_key *ret_key) {
    struct api_key key;
    enum status status = api_key_read(call->rows, index, &key);
    if (status != STATUS_OK)
        return status;
    const struct key_creation *creation = call->data;
    struct strbuf *out = &call->out;
    strbuf_append_char(out, '{');
    json_uuid(out, "key_id", &key.key_id);
    json_text(out, "name", key.name);
    scopes_write(out, key.scopes);
    if (creation)
        json_text(out, "api_key", creation->secret);
    json_time_us(out, "created_at", key.created_us);
    if (key.has_end)
        json_time_us(out, "expires_at", key.expires_us);
    if (key.was_used)
        json_time_us(out, "last_used_at", key.last_used_us);
    strbuf_append_char(out, '}');
    *ret_key = (struct api_entity_key){.page = {key.created_us, key.key_id}, .etag = ""};
    return STATUS_OK;
}

static const struct api_entity key_entity = {
    .noun = "API key", .path = "/auth/keys/", .is_computed = true, .write = key_write};

static enum status create_work(struct api_call *call, struct db *db) {
    struct key_creation *it = call->data;
    enum status status = secret_create(SECRET_API_KEY, it->secret, it->hash);
    if (status != STATUS_OK)
        return status;
    struct api_key_input input = {.user_id = call->principal->user_id,
                                  .name = it->name,
                                  .scopes = it->scopes,
                                  .expires_ms = it->expires_ms,
                                  .secret_hash = it->hash};
    return api_keys_insert(db, &input, &call->rows);
}

static void on_created(struct api_call *call) {
    if (call->job.status == STATUS_LIMIT)
        api_call_refuse_with(call, ERROR_LIMIT_EXCEEDED, "A user has at most %d API keys: delete one first",
                             API_KEYS_MAX);
    else
        api_entity_on_created(call);
}

void api_auth_create_key(struct api_call *call) {
    struct form form;
    call->entity = &key_entity;
    if (!api_call_read_body(call, &form) || !api_call_data(call, sizeof(struct key_creation)))
        return;
    struct key_creation *it = call->data;
    call->data_fini = creation_fini;
    it->expires_ms = INT64_MAX;
    api_idempotency_refuse_key(call);
    (void)form_text(&form, "name", FORM_REQUIRED, NAME_MAX, false, it->name, sizeof it->name);
    (void)form_scopes(&form, "scopes", &it->scopes);
    if (form_timestamp(&form, "expires_at", FORM_OPTIONAL, &it->expires_ms) &&
        it->expires_ms <= clock_wall_ms(call->api->clock))
        problem_add_field(&call->problem, "expires_at", ERROR_INVALID_FIELD, "must be in the future");
    if (api_call_is_valid(call) && api_account_is_there(call))
        api_call_work(call, create_work, on_created);
}

static const struct list_query keys_list_query = {
    .sorts = (const struct list_sort[]){{"created_at", LIST_SORT_TIME}, {NULL, LIST_SORT_TEXT}},
    .filters = (const char *const[]){NULL},
};

static enum status list_work(struct api_call *call, struct db *db) {
    return api_keys_list(db, &call->principal->user_id, &call->listing, &call->rows);
}

void api_auth_list_keys(struct api_call *call) {
    call->entity = &key_entity;
    if (!api_account_is_there(call))
        return;
    list_query_read(call->http, &keys_list_query, &call->problem, &call->listing);
    if (api_call_is_valid(call))
        api_call_work(call, list_work, api_entity_on_listed);
}

static enum status delete_work(struct api_call *call, struct db *db) {
    return api_keys_revoke(db, &call->principal->user_id, &call->id);
}

static void on_deleted(struct api_call *call) {
    if (call->job.status != STATUS_OK) {
        api_call_fail(call, call->job.status, "API key");
        return;
    }
    access_changed(call->api->shard, &call->id);
    api_call_respond(call, 204);
}

void api_auth_delete_key(struct api_call *call) {
    if (api_account_is_there(call) && api_call_read_id(call, "API key"))
        api_call_work(call, delete_work, on_deleted);
}
