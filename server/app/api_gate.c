/* Guards the routes. Refuses callers that nobody knows, roles and API keys that may
 * not use a route, and hides rows. Thread: L, but for owner_work, which runs on W. */
#include "app/api_gate.h"

#include "app/api_limits.h"
#include "app/authenticator.h"
#include "ops/metrics.h"

#include <stdio.h>
#include <string.h>

#define CHALLENGE "Bearer realm=\"portfolio\""

bool api_gate_covers(const struct api_call *call, const struct uuid *customer_id) {
    return access_covers(call->route->access.rule, call->principal, customer_id);
}

static struct row_scope scope_by(enum access_rule rule, const struct principal *principal) {
    struct row_scope scope = {.is_all = !access_is_scoped(rule, principal)};
    if (principal->role == ROLE_USER)
        scope.customer_id = principal->customer_id;
    else if (principal->role == ROLE_ADVISOR)
        scope.advisor_id = principal->user_id;
    return scope;
}

struct row_scope api_gate_scope(const struct api_call *call) {
    return scope_by(call->route->access.rule, call->principal);
}

struct row_scope api_gate_scope_of_assets(const struct api_call *call) {
    return scope_by(ACCESS_SEE, call->principal);
}

/* --- rows --- */

/* Nothing has the new id. */
static void row_hide(struct api_call *call) {
    struct uuid id = {{0}};
    char text[UUID_TEXT_LEN + 1];
    metrics_increment(METRIC_ACCESS_HIDDEN);
    if (uuid_random(&id) != STATUS_OK) {
        api_call_fail(call, STATUS_INTERNAL, "");
        return;
    }
    uuid_write(text, &id);
    (void)snprintf(call->params.texts[0], sizeof call->params.texts[0], "%s%s", text,
                   call->route->access.subject == ACCESS_OF_EMAIL ? "@hidden.invalid" : "");
    call->route->handle(call);
}

static enum status owner_work(struct api_call *call, struct db *db) {
    switch (call->route->access.subject) {
    case ACCESS_OF_EMAIL:
        return row_owner_of_email(db, call->params.texts[0], &call->owner_id);
    case ACCESS_OF_PORTFOLIO:
        return row_owner_of_portfolio(db, &call->id, &call->owner_id);
    case ACCESS_OF_INVESTMENT:
        return row_owner_of_investment(db, &call->id, &call->owner_id);
    default:
        return STATUS_INTERNAL;
    }
}

static void on_owner(struct api_call *call) {
    enum status status = call->job.status;
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        api_call_fail(call, status, "");
    else if (status == STATUS_OK && api_gate_covers(call, &call->owner_id)) {
        call->is_owner_known = true;
        call->route->handle(call);
    } else
        row_hide(call);
}

enum status api_gate_judge_again(struct api_call *call, struct db *db) {
    if (!call->is_owner_known)
        return STATUS_OK;
    enum status status = owner_work(call, db);
    return status == STATUS_OK && !api_gate_covers(call, &call->owner_id) ? STATUS_NOT_FOUND : status;
}

static void row_check(struct api_call *call) {
    const struct access *access = &call->route->access;
    const char *text = call->params.texts[0];
    bool is_email = access->subject == ACCESS_OF_EMAIL;
    bool is_scoped = access->subject >= ACCESS_OF_CUSTOMER && access_is_scoped(access->rule, call->principal);
    /* What is no id is the id of nothing: the handler says so. */
    bool is_judged = is_scoped && (is_email || uuid_parse(text, strlen(text), &call->id) == STATUS_OK);
    if (is_judged && access->subject != ACCESS_OF_CUSTOMER)
        api_call_work(call, owner_work, on_owner);
    else if (is_judged && !api_gate_covers(call, &call->id))
        row_hide(call);
    else
        call->route->handle(call);
}

/* --- callers --- */

void api_gate_refuse_caller(struct api_call *call, enum auth_failure failure) {
    metrics_increment(METRIC_AUTH_REFUSED);
    switch (failure) {
    case AUTH_MISSING:
        call->challenge = CHALLENGE;
        api_call_refuse_with(call, ERROR_UNAUTHORIZED, "Send Authorization: Bearer with an access token or an API key");
        return;
    case AUTH_EXPIRED:
        call->challenge = CHALLENGE ", error=\"invalid_token\", error_description=\"The token has expired\"";
        api_call_refuse_with(call, ERROR_TOKEN_EXPIRED, "The token has expired: POST /auth/refresh gives another");
        return;
    case AUTH_UNAVAILABLE:
        api_call_refuse_with(call, ERROR_UNAVAILABLE, "Who asks cannot be looked up now");
        return;
    default:
        call->challenge = CHALLENGE ", error=\"invalid_token\"";
        api_call_refuse_with(call, ERROR_UNAUTHORIZED, "The token is not one that is valid here");
    }
}

bool api_gate_may(struct api_call *call, enum access_rule rule) {
    switch (access_judge(rule, call->principal)) {
    case ACCESS_GRANTED:
        return true;
    case ACCESS_UNAUTHENTICATED:
        api_gate_refuse_caller(call, AUTH_MISSING);
        return false;
    case ACCESS_FORBIDDEN_SCOPE:
        call->challenge = CHALLENGE ", error=\"insufficient_scope\"";
        api_call_refuse_with(call, ERROR_FORBIDDEN, "The API key may not do this; it would need the scope %s",
                             access_scopes_text(rule));
        break;
    case ACCESS_FORBIDDEN_KEY:
        call->challenge = CHALLENGE ", error=\"insufficient_scope\"";
        api_call_refuse_with(call, ERROR_FORBIDDEN, "An API key may not do this, whatever its scopes: log in");
        break;
    default:
        api_call_refuse_with(call, ERROR_FORBIDDEN, "The role %s may not do this", role_text(call->principal->role));
    }
    metrics_increment(METRIC_ACCESS_REFUSED);
    return false;
}

/* Of whom the database knows; who is nobody in particular has the address' limits. */
static bool is_within_limits(struct api_call *call) {
    static const struct uuid nobody;
    return uuid_equal(&call->principal->user_id, &nobody) || api_limits_admit_user(call, &call->principal->user_id);
}

static void on_authenticated(void *context, enum auth_failure failure, struct principal *principal) {
    struct api_call *call = context;
    call->principal = principal;
    if (failure == AUTH_INVALID)
        api_limits_charge_guess(call, 1);
    if (failure != AUTH_OK)
        api_gate_refuse_caller(call, failure);
    else if (is_within_limits(call) && api_gate_may(call, call->route->access.rule) &&
             api_body_is_acceptable(call, call->route))
        row_check(call);
}

void api_gate_enter(struct api_call *call, const struct route *route) {
    struct authenticator *authenticator = call->api->authenticator;
    call->route = route;
    if (route->access.rule == ACCESS_PUBLIC) {
        on_authenticated(call, AUTH_OK, principal_ref(authenticator_anonymous(authenticator)));
        return;
    }
    call->auth = (struct auth_request){.context = call, .done = on_authenticated};
    authenticator_check_header(authenticator, call->http->headers[HTTP_HEADER_AUTHORIZATION], &call->auth);
}
