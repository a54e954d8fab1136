/* /auth/register, /auth/login, /auth/refresh: how somebody gets tokens. A login
 * takes three steps: the attempt is counted and the user's hash is read (a worker);
 * the password is compared (app/api_password.h); the session is made, or the failure
 * is noted (a worker). They are the same, and answer the same, for an e-mail address
 * that nobody has. Refuses who tries too often, before the password is looked at.
 * Thread: L, but for the …_work and …_run functions, which run on W. */
#include "app/access_notice.h"
#include "app/api_account.h"
#include "app/api_grant.h"
#include "app/api_handlers.h"
#include "app/api_idempotency.h"
#include "app/api_limits.h"
#include "app/api_password.h"
#include "ops/log.h"
#include "ops/metrics.h"
#include "store/audit.h"
#include "store/login_failures.h"
#include "store/sessions.h"

#include <string.h>

/* --- logging in --- */

struct login {
    struct password_task task;
    char email[FORM_EMAIL_MAX + 1];
    char site[ADDRESS_TEXT_MAX];
    struct user_password known; /* hash "": nobody's */
    struct api_grant grant;
    int64_t wait_s;
    bool have_others_ended;
};

static void login_fini(void *data) {
    struct login *login = data;
    password_task_fini(&login->task);
    api_grant_fini(&login->grant);
}

static struct login_attempt attempt_of(const struct login *login) {
    return (struct login_attempt){.email = login->email, .peer = login->site};
}

static enum status begin_run(struct db *db, void *context) {
    struct api_call *call = context;
    struct login *login = call->data;
    struct login_attempt attempt = attempt_of(login);
    login->known = (struct user_password){0};
    enum status status = login_failures_begin(db, &attempt, &login->wait_s);
    if (status != STATUS_OK)
        return status;
    status = users_password_by_email(db, login->email, &login->known);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status begin_work(struct api_call *call, struct db *db) {
    return db_transaction(db, begin_run, call);
}

static enum status id_note(struct db *db, const char *action, const char *entity, const struct uuid *id) {
    char text[UUID_TEXT_LEN + 1];
    uuid_write(text, id);
    return audit_write(db, &(struct audit_event){.action = action, .entity = entity, .entity_id = text});
}

static enum status grant_run(struct db *db, void *context) {
    struct api_call *call = context;
    struct login *login = call->data;
    struct login_attempt attempt = attempt_of(login);
    const char *new_hash = login->task.new_hash[0] ? login->task.new_hash : NULL;
    db_rows_destroy(&call->rows);
    enum status status = audit_become(db, &login->known.user_id, login->email);
    if (status == STATUS_OK)
        status = users_confirm_password(db, &login->known, new_hash, &call->rows);
    if (status == STATUS_OK)
        status = login_failures_take_back(db, &attempt, true);
    login->grant.user_id = login->known.user_id;
    if (status == STATUS_OK)
        status = api_grant_store(call, db, &login->grant, &login->have_others_ended);
    return status == STATUS_OK ? id_note(db, "login", "users", &login->grant.user_id) : status;
}

static enum status grant_work(struct api_call *call, struct db *db) {
    struct login *login = call->data;
    enum status status = api_grant_begin(&login->grant);
    if (status == STATUS_OK)
        status = db_transaction(db, grant_run, call);
    return status == STATUS_OK ? api_grant_sign(call, &login->grant) : status;
}

static enum status failed_work(struct api_call *call, struct db *db) {
    return api_account_note_failure(db, ((const struct login *)call->data)->email);
}

/* What a 401 says; there is no other way in than this one. */
static const char challenge[] = "Bearer realm=\"portfolio\"";

static void wrong_respond(struct api_call *call) {
    metrics_increment(METRIC_LOGINS_WRONG);
    log_event(LOG_INFO, "login.failed", LOG_TEXT("request_id", call->request_id), LOG_TEXT("peer", call->http->peer));
    call->challenge = challenge;
    api_call_refuse_with(call, ERROR_UNAUTHORIZED, "The e-mail address or the password is wrong");
}

/* What could not be noted is refused all the same. */
static void on_failed(struct api_call *call) {
    if (call->job.status == STATUS_OK)
        wrong_respond(call);
    else
        api_call_fail(call, call->job.status, "");
}

static void on_granted(struct api_call *call) {
    const struct login *login = call->data;
    if (call->job.status == STATUS_NOT_FOUND) { /* disabled, or with another password, since */
        wrong_respond(call);
        return;
    }
    if (call->job.status != STATUS_OK) {
        api_call_fail(call, call->job.status, "user");
        return;
    }
    metrics_increment(METRIC_LOGINS_OK);
    if (login->have_others_ended || login->task.new_hash[0])
        access_changed(call->api->shard, &login->grant.user_id);
    api_grant_respond(call, &login->grant, 200);
}

static void on_compared(struct api_call *call) {
    const struct login *login = call->data;
    if (login->task.status != STATUS_OK)
        api_call_fail(call, login->task.status, "");
    else if (login->task.is_right)
        api_call_work(call, grant_work, on_granted);
    else
        api_call_work(call, failed_work, on_failed);
}

static enum status take_back_work(struct api_call *call, struct db *db) {
    struct login_attempt attempt = attempt_of(call->data);
    return login_failures_take_back(db, &attempt, false);
}

static void on_begun(struct api_call *call) {
    struct login *login = call->data;
    if (call->job.status == STATUS_LIMIT) {
        api_auth_refuse_locked(call, login->wait_s);
        return;
    }
    if (call->job.status != STATUS_OK) {
        api_call_fail(call, call->job.status, "");
        return;
    }
    memcpy(login->task.with_hash, login->known.hash, sizeof login->task.with_hash);
    if (!api_password_submit(call, &login->task, on_compared))
        api_call_work(call, take_back_work, api_password_refuse_busy);
}

void api_auth_refuse_locked(struct api_call *call, int64_t wait_s) {
    metrics_increment(METRIC_LOGINS_LOCKED);
    log_event(LOG_INFO, "login.locked", LOG_TEXT("request_id", call->request_id), LOG_TEXT("peer", call->http->peer),
              LOG_I64("wait_s", wait_s));
    call->retry_after_s = wait_s;
    api_call_refuse_with(call, ERROR_RATE_LIMITED, "Too many attempts have failed: wait %lld s", (long long)wait_s);
}

void api_auth_login(struct api_call *call) {
    struct form form;
    if (!api_call_read_body(call, &form) || !api_call_data(call, sizeof(struct login)))
        return;
    struct login *login = call->data;
    call->data_fini = login_fini;
    api_grant_init(&login->grant);
    login->task.is_compared = true;
    (void)api_account_site(call, login->site);
    (void)form_email(&form, "email", login->email);
    (void)form_password(&form, "password", FORM_REQUIRED, login->task.text);
    if (api_call_is_valid(call) && api_limits_admit_login(call, login->email) && api_password_has_room(call))
        api_call_work(call, begin_work, on_begun);
}

/* --- registering --- */

struct registration {
    struct password_task task;
    char name[API_CUSTOMER_NAME_MAX * 4 + 1];
    char email[FORM_EMAIL_MAX + 1];
    struct api_grant grant;
};

static void registration_fini(void *data) {
    struct registration *it = data;
    password_task_fini(&it->task);
    api_grant_fini(&it->grant);
}

static enum status register_run(struct db *db, void *context) {
    struct api_call *call = context;
    struct registration *it = call->data;
    struct customer_fields customer = {.name = it->name, .email = it->email, .phone = "", .address = ""};
    struct user user;
    bool have_others_ended = false;
    db_rows_destroy(&call->rows);
    enum status status = users_register(db, &customer, it->task.new_hash, &call->rows);
    if (status == STATUS_OK)
        status = user_read(call->rows, 0, &user);
    if (status != STATUS_OK)
        return status;
    it->grant.user_id = user.user_id;
    status = audit_become(db, &user.user_id, user.email);
    return status == STATUS_OK ? api_grant_store(call, db, &it->grant, &have_others_ended) : status;
}

static enum status register_work(struct api_call *call, struct db *db) {
    struct registration *it = call->data;
    enum status status = api_grant_begin(&it->grant);
    if (status == STATUS_OK)
        status = db_transaction(db, register_run, call);
    return status == STATUS_OK ? api_grant_sign(call, &it->grant) : status;
}

static void on_registered(struct api_call *call) {
    const struct registration *it = call->data;
    if (call->job.status == STATUS_CONFLICT) {
        call->problem.http_status = 409;
        problem_add_field(&call->problem, "email", ERROR_CONFLICT, "somebody has this e-mail address already");
        api_call_refuse(call);
        return;
    }
    if (call->job.status != STATUS_OK) {
        api_call_fail(call, call->job.status, "user");
        return;
    }
    static const char path[] = "/auth/me";
    memcpy(call->location, path, sizeof path);
    api_grant_respond(call, &it->grant, 201);
}

static void on_hashed(struct api_call *call) {
    const struct registration *it = call->data;
    if (it->task.status == STATUS_OK)
        api_call_work(call, register_work, on_registered);
    else
        api_call_fail(call, it->task.status, "");
}

void api_auth_register(struct api_call *call) {
    struct form form;
    if (strcmp(call->api->config->registration, "on") != 0) {
        api_call_refuse_with(call, ERROR_FORBIDDEN, "Here nobody registers by itself: ask the operator for an account");
        return;
    }
    if (!api_call_read_body(call, &form) || !api_call_data(call, sizeof(struct registration)))
        return;
    struct registration *it = call->data;
    call->data_fini = registration_fini;
    api_grant_init(&it->grant);
    api_idempotency_refuse_key(call);
    (void)form_text(&form, "name", FORM_REQUIRED, API_CUSTOMER_NAME_MAX, false, it->name, sizeof it->name);
    (void)form_email(&form, "email", it->email);
    if (form_password(&form, "password", FORM_REQUIRED, it->task.new_text))
        password_judge(&call->problem, "password", it->task.new_text, it->email);
    if (api_call_is_valid(call) && api_limits_admit_login(call, it->email) &&
        !api_password_submit(call, &it->task, on_hashed))
        api_password_refuse_busy(call);
}

/* --- refreshing --- */

struct refresh {
    uint8_t old_hash[SECRET_HASH_LEN];
    struct session_refresh found;
    struct api_grant grant;
};

static void refresh_fini(void *data) {
    struct refresh *it = data;
    api_grant_fini(&it->grant);
}

/* In one transaction with what it answers: a token that was used is not used again. */
static enum status refresh_run(struct db *db, void *context) {
    struct api_call *call = context;
    struct refresh *it = call->data;
    db_rows_destroy(&call->rows);
    enum status status =
        sessions_refresh(db, it->old_hash, it->grant.refresh_hash, call->api->config->refresh_token_s, &it->found);
    if (status == STATUS_OK && it->found.use == SESSION_REUSED)
        return id_note(db, "refresh_reused", "sessions", &it->found.session_id);
    if (status != STATUS_OK || it->found.use != SESSION_REFRESHED)
        return status;
    it->grant.user_id = it->found.user_id;
    it->grant.session_id = it->found.session_id;
    return users_get(db, &it->grant.user_id, &call->rows);
}

static enum status refresh_work(struct api_call *call, struct db *db) {
    struct refresh *it = call->data;
    enum status status = api_grant_begin(&it->grant);
    if (status == STATUS_OK)
        status = db_transaction(db, refresh_run, call);
    return status == STATUS_OK && it->found.use == SESSION_REFRESHED ? api_grant_sign(call, &it->grant) : status;
}

static void reuse_tell(struct api_call *call, const struct refresh *it) {
    char session_id[UUID_TEXT_LEN + 1], user_id[UUID_TEXT_LEN + 1];
    uuid_write(session_id, &it->found.session_id);
    uuid_write(user_id, &it->found.user_id);
    metrics_increment(METRIC_REFRESH_REUSED);
    log_event(LOG_WARN, "session.refresh_reused", LOG_TEXT("request_id", call->request_id),
              LOG_TEXT("session_id", session_id), LOG_TEXT("user_id", user_id), LOG_TEXT("peer", call->http->peer));
    access_changed(call->api->shard, &it->found.session_id);
}

static void refresh_refuse(struct api_call *call) {
    call->challenge = challenge;
    api_call_refuse_with(call, ERROR_UNAUTHORIZED, "The refresh token is not good (any more): log in again");
}

static void on_refreshed(struct api_call *call) {
    const struct refresh *it = call->data;
    if (call->job.status != STATUS_OK) {
        api_call_fail(call, call->job.status, "user");
        return;
    }
    if (it->found.use == SESSION_REUSED)
        reuse_tell(call, it);
    if (it->found.use == SESSION_REFRESHED)
        api_grant_respond(call, &it->grant, 200);
    else
        refresh_refuse(call);
}

void api_auth_refresh(struct api_call *call) {
    struct form form;
    char text[FORM_PASSWORD_MAX + 1];
    if (!api_call_read_body(call, &form) || !api_call_data(call, sizeof(struct refresh)))
        return;
    struct refresh *it = call->data;
    call->data_fini = refresh_fini;
    api_grant_init(&it->grant);
    bool is_given = form_password(&form, "refresh_token", FORM_REQUIRED, text);
    if (!api_call_is_valid(call))
        return;
    enum status status =
        is_given ? secret_hash(SECRET_REFRESH_TOKEN, text, strlen(text), it->old_hash) : STATUS_INVALID;
    explicit_bzero(text, sizeof text);
    if (status == STATUS_OK)
        api_call_work(call, refresh_work, on_refreshed);
    else
        refresh_refuse(call);
}
