/* /auth/sessions: where the caller is logged in. Refuses to show or end others'.
 * Thread: L, but for the …_work functions, which run on W. */
#include "app/access_notice.h"
#include "app/api_account.h"
#include "app/api_entity.h"
#include "app/api_handlers.h"
#include "app/list_query.h"
#include "store/sessions.h"

static enum status session_write(struct api_call *call, size_t index, struct api_entity_key *ret_key) {
    struct session_row session;
    enum status status = session_read(call->rows, index, &session);
    if (status != STATUS_OK)
        return status;
    struct strbuf *out = &call->out;
    bool is_current = uuid_equal(&session.session_id, &call->principal->credential_id);
    strbuf_append_char(out, '{');
    json_uuid(out, "session_id", &session.session_id);
    json_key(out, "current");
    strbuf_append_text(out, is_current ? "true" : "false");
    json_text(out, "peer", session.peer);
    json_text(out, "user_agent", session.user_agent);
    json_time_us(out, "created_at", session.created_us);
    json_time_us(out, "refreshed_at", session.refreshed_us);
    json_time_us(out, "expires_at", session.expires_us);
    strbuf_append_char(out, '}');
    *ret_key = (struct api_entity_key){.page = {session.created_us, session.session_id}, .etag = ""};
    return STATUS_OK;
}

static const struct api_entity session_entity = {
    .noun = "session", .path = "/auth/sessions/", .is_computed = true, .write = session_write};

static const struct list_query sessions_list_query = {
    .sorts = (const struct list_sort[]){{"created_at", LIST_SORT_TIME}, {NULL, LIST_SORT_TEXT}},
    .filters = (const char *const[]){NULL},
};

static enum status list_work(struct api_call *call, struct db *db) {
    return sessions_list(db, &call->principal->user_id, &call->listing, &call->rows);
}

void api_auth_list_sessions(struct api_call *call) {
    call->entity = &session_entity;
    if (!api_account_is_there(call))
        return;
    list_query_read(call->http, &sessions_list_query, &call->problem, &call->listing);
    if (api_call_is_valid(call))
        api_call_work(call, list_work, api_entity_on_listed);
}

static enum status delete_work(struct api_call *call, struct db *db) {
    return sessions_revoke(db, &call->principal->user_id, &call->id);
}

static void on_deleted(struct api_call *call) {
    if (call->job.status != STATUS_OK) {
        api_call_fail(call, call->job.status, "session");
        return;
    }
    access_changed(call->api->shard, &call->id);
    api_call_respond(call, 204);
}

void api_auth_delete_session(struct api_call *call) {
    if (api_account_is_there(call) && api_call_read_id(call, "session"))
        api_call_work(call, delete_work, on_deleted);
}
