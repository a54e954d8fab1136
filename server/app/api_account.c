/* /auth/me, /auth/logout, /auth/password, /auth/ticket: the caller's own account.
 * Refuses, with AUTH=off, whatever needs one. Thread: L, but for the …_work and
 * …_run functions, which run on W. */
#include "app/api_account.h"

#include "app/access_notice.h"
#include "app/api_entity.h"
#include "app/api_handlers.h"
#include "app/api_limits.h"
#include "app/api_password.h"
#include "identity/secret.h"
#include "store/api_keys.h"
#include "store/audit.h"
#include "store/login_failures.h"
#include "store/sessions.h"
#include "store/users.h"

#include <string.h>

#define TICKET_S 30

bool api_account_is_there(struct api_call *call) {
    static const struct uuid nobody = {{0}};
    if (!uuid_equal(&call->principal->user_id, &nobody))
        return true;
    api_call_refuse_with(call, ERROR_CONFLICT, "Authentication is off here (AUTH=off): there is no account");
    return false;
}

const char *api_account_site(const struct api_call *call, char out[ADDRESS_TEXT_MAX]) {
    struct address site = address_site(&call->http->client);
    address_write(out, &site);
    return out;
}

/* --- GET /auth/me --- */

void api_account_write_scopes(struct strbuf *out, unsigned scopes) {
    bool is_first = true;
    json_key(out, "scopes");
    strbuf_append_char(out, '[');
    for (unsigned i = 0; i < SCOPES_N; i++) {
        if (!(scopes & 1U << i))
            continue;
        if (!is_first)
            strbuf_append_char(out, ',');
        const char *text = scope_text((enum scope)(1U << i));
        strbuf_append_json_string(out, text, strlen(text));
        is_first = false;
    }
    strbuf_append_char(out, ']');
}

void api_auth_get_me(struct api_call *call) {
    static const struct uuid nobody = {{0}};
    const struct principal *who = call->principal;
    struct strbuf *out = &call->out;
    bool is_there = !uuid_equal(&who->user_id, &nobody);
    bool is_outside = is_there && uuid_equal(&who->user_id, &who->credential_id);
    strbuf_append_char(out, '{');
    json_text(out, "role", role_text(who->role));
    json_text(out, "credential", !is_there ? "none" : who->is_api_key ? "api_key" : is_outside ? "outside" : "session");
    api_account_write_scopes(out, who->scopes);
    if (is_there) {
        json_uuid(out, "user_id", &who->user_id);
        json_text(out, "email", who->name);
        if (!is_outside)
            json_uuid(out, "credential_id", &who->credential_id);
        if (who->role == ROLE_USER)
            json_uuid(out, "customer_id", &who->customer_id);
        if (who->expires_ms != INT64_MAX)
            json_time_us(out, "expires_at", who->expires_ms * 1000);
    }
    strbuf_append_char(out, '}');
    api_call_respond(call, 200);
}

/* --- POST /auth/logout --- */

struct logout {
    bool is_everywhere;
};

static enum status logout_work(struct api_call *call, struct db *db) {
    const struct logout *it = call->data;
    const struct principal *who = call->principal;
    if (it->is_everywhere)
        return sessions_revoke_others(db, &who->user_id, NULL, &call->rows);
    enum status status = sessions_revoke(db, &who->user_id, &who->credential_id);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status; /* ended already, or a token that is not ours to end */
}

static void on_logged_out(struct api_call *call) {
    const struct logout *it = call->data;
    if (call->job.status != STATUS_OK) {
        api_call_fail(call, call->job.status, "session");
        return;
    }
    access_changed(call->api->shard, it->is_everywhere ? &call->principal->user_id : &call->principal->credential_id);
    api_call_respond(call, 204);
}

/* The body may be left out. */
void api_auth_logout(struct api_call *call) {
    struct form form;
    if ((call->http->body_len > 0 && !api_call_read_body(call, &form)) || !api_call_data(call, sizeof(struct logout)))
        return;
    struct logout *it = call->data;
    if (call->http->body_len > 0)
        (void)form_flag(&form, "everywhere", &it->is_everywhere);
    if (api_call_is_valid(call) && api_account_is_there(call))
        api_call_work(call, logout_work, on_logged_out);
}

/* --- POST /auth/password --- */

struct password_change {
    struct password_task task;
    struct user_password known;
    char email[FORM_EMAIL_MAX + 1];
    int64_t wait_s;
};

static void password_change_fini(void *data) {
    struct password_change *it = data;
    password_task_fini(&it->task);
}

/* Who has a session only may not try passwords faster than who has none. */
static enum status change_begin_run(struct db *db, void *context) {
    struct api_call *call = context;
    struct password_change *it = call->data;
    char site[ADDRESS_TEXT_MAX];
    struct login_attempt attempt = {.email = it->email, .peer = api_account_site(call, site)};
    it->known = (struct user_password){0};
    enum status status = users_password_of(db, &call->principal->user_id, &it->known, it->email, sizeof it->email);
    if (status != STATUS_OK || !it->known.hash[0])
        return status;
    return login_failures_begin(db, &attempt, &it->wait_s);
}

static enum status change_begin_work(struct api_call *call, struct db *db) {
    return db_transaction(db, change_begin_run, call);
}

static enum status change_run(struct db *db, void *context) {
    struct api_call *call = context;
    struct password_change *it = call->data;
    char site[ADDRESS_TEXT_MAX];
    struct login_attempt attempt = {.email = it->email, .peer = api_account_site(call, site)};
    struct db_rows *ended = NULL;
    db_rows_destroy(&call->rows);
    enum status status = users_confirm_password(db, &it->known, it->task.new_hash, &call->rows);
    if (status == STATUS_OK)
        status = login_failures_take_back(db, &attempt, true);
    if (status == STATUS_OK)
        status = sessions_revoke_others(db, &call->principal->user_id, &call->principal->credential_id, &ended);
    db_rows_destroy(&ended);
    return status;
}

static enum status change_work(struct api_call *call, struct db *db) {
    return db_transaction(db, change_run, call);
}

enum status api_account_note_failure(struct db *db, const char *email) {
    char id[UUID_TEXT_LEN + 1];
    struct db_rows *rows = NULL;
    struct user user;
    struct audit_event event = {.action = "login_failed", .entity = "users", .after = "{\"account\": \"unknown\"}"};
    enum status status = users_get_by_email(db, email, &rows);
    if (status == STATUS_OK)
        status = user_read(rows, 0, &user);
    if (status == STATUS_OK) {
        uuid_write(id, &user.user_id);
        event.entity_id = id;
        event.after = user.is_disabled ? "{\"account\": \"disabled\"}" : "{\"account\": \"known\"}";
    }
    db_rows_destroy(&rows);
    return status == STATUS_OK || status == STATUS_NOT_FOUND ? audit_write(db, &event) : status;
}

static enum status failed_work(struct api_call *call, struct db *db) {
    return api_account_note_failure(db, ((const struct password_change *)call->data)->email);
}

static void current_refuse(struct api_call *call) {
    problem_add_field(&call->problem, "current_password", ERROR_INVALID_FIELD, "is wrong");
    api_call_refuse(call);
}

static void on_failed(struct api_call *call) {
    if (call->job.status == STATUS_OK)
        current_refuse(call);
    else
        api_call_fail(call, call->job.status, "");
}

static void on_changed(struct api_call *call) {
    if (call->job.status == STATUS_NOT_FOUND) { /* somebody else changed it meanwhile */
        current_refuse(call);
        return;
    }
    if (call->job.status != STATUS_OK) {
        api_call_fail(call, call->job.status, "user");
        return;
    }
    access_changed(call->api->shard, &call->principal->user_id);
    api_call_respond(call, 204);
}

static void on_compared(struct api_call *call) {
    const struct password_change *it = call->data;
    if (it->task.status != STATUS_OK)
        api_call_fail(call, it->task.status, "");
    else if (!it->task.is_right)
        api_call_work(call, failed_work, on_failed);
    else
        api_call_work(call, change_work, on_changed);
}

static enum status take_back_work(struct api_call *call, struct db *db) {
    const struct password_change *it = call->data;
    char site[ADDRESS_TEXT_MAX];
    struct login_attempt attempt = {.email = it->email, .peer = api_account_site(call, site)};
    return login_failures_take_back(db, &attempt, false);
}

static void on_begun(struct api_call *call) {
    struct password_change *it = call->data;
    if (call->job.status == STATUS_LIMIT) {
        api_auth_refuse_locked(call, it->wait_s);
        return;
    }
    if (call->job.status != STATUS_OK) {
        api_call_fail(call, call->job.status, "user");
        return;
    }
    if (!it->known.hash[0]) {
        api_call_refuse_with(call, ERROR_CONFLICT,
                             "This account has no password: it logs in elsewhere, or an administrator gives it one");
        return;
    }
    memcpy(it->task.with_hash, it->known.hash, sizeof it->task.with_hash);
    if (!api_password_submit(call, &it->task, on_compared))
        api_call_work(call, take_back_work, api_password_refuse_busy);
}

void api_auth_change_password(struct api_call *call) {
    struct form form;
    if (!api_call_read_body(call, &form) || !api_call_data(call, sizeof(struct password_change)))
        return;
    struct password_change *it = call->data;
    call->data_fini = password_change_fini;
    it->task.is_compared = true;
    (void)form_password(&form, "current_password", FORM_REQUIRED, it->task.text);
    if (form_password(&form, "new_password", FORM_REQUIRED, it->task.new_text))
        password_judge(&call->problem, "new_password", it->task.new_text, call->principal->name);
    if (api_call_is_valid(call) && api_account_is_there(call) && api_limits_admit_login(call, call->principal->name) &&
        api_password_has_room(call))
        api_call_work(call, change_begin_work, on_begun);
}

/* --- POST /auth/ticket --- */

struct ticket {
    char text[SECRET_TEXT_LEN + 1];
    uint8_t hash[SECRET_HASH_LEN];
    int64_t expires_us;
};

static void ticket_fini(void *data) {
    explicit_bzero(data, sizeof(struct ticket));
}

static enum status ticket_work(struct api_call *call, struct db *db) {
    struct ticket *it = call->data;
    const struct principal *who = call->principal;
    enum status status = secret_create(SECRET_TICKET, it->text, it->hash);
    if (status != STATUS_OK)
        return status;
    struct stream_ticket_input input = {.user_id = who->user_id,
                                        .credential_id = who->credential_id,
                                        .scopes = who->scopes,
                                        .credential_expires_ms = who->expires_ms,
                                        .keep_s = TICKET_S,
                                        .ticket_hash = it->hash,
                                        .kid = who->kid};
    return stream_tickets_insert(db, &input, &it->expires_us);
}

static void on_ticket(struct api_call *call) {
    const struct ticket *it = call->data;
    if (call->job.status != STATUS_OK) {
        api_call_fail(call, call->job.status, "user");
        return;
    }
    strbuf_append_char(&call->out, '{');
    json_text(&call->out, "ticket", it->text);
    json_i64(&call->out, "expires_in", TICKET_S);
    json_time_us(&call->out, "expires_at", it->expires_us);
    strbuf_append_char(&call->out, '}');
    api_call_respond(call, 200);
}

void api_auth_create_ticket(struct api_call *call) {
    if (!api_account_is_there(call) || !api_call_data(call, sizeof(struct ticket)))
        return;
    call->data_fini = ticket_fini;
    api_call_work(call, ticket_work, on_ticket);
}
