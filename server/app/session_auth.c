/* Owns a session's principal and the one question about it that may be under
 * way. Refuses what nobody may ask for, what the principal may not, and more
 * than a few wrong credentials. Thread: L. */
#include "app/session_auth.h"

#include "app/access_messages.h"
#include "app/hub_internal.h"
#include "app/limiter.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAILURES_MAX 5
#define UNAVAILABLE_RETRY_MS 1000

static struct hub_access *access_of(const struct session_auth *auth) {
    return &auth->session->hub->access;
}

static int64_t auth_now_ms(const struct session_auth *auth) {
    return hub_now_ms(auth->session->hub);
}

/* --- deadlines --- */

static void set_timer(struct session_auth *auth) {
    int64_t next_ms = auth_clock_next_ms(&auth->clock);
    if (next_ms == AUTH_NEVER)
        heap_remove(&access_of(auth)->timers, &auth->timer);
    /* A connection whose end could not be timed would have none. */
    else if (heap_set(&access_of(auth)->timers, &auth->timer, next_ms) != STATUS_OK)
        session_close(auth->session, CLOSE_INTERNAL, "out of memory");
}

/* Says why, then closes. */
static void end(struct session_auth *auth, enum close_code code, const char *reason) {
    struct session *session = auth->session;
    /* Otherwise it would end again with the same credential. */
    bool may_return = code == CLOSE_TRY_LATER;
    if (session->is_closing)
        return;
    metrics_increment(code == CLOSE_NO_AUTH     ? METRIC_CLOSED_NO_AUTH
                      : code == CLOSE_TRY_LATER ? METRIC_CLOSED_UNCONFIRMED
                                                : METRIC_CLOSED_UNAUTHORIZED);
    log_event(LOG_INFO, "session.unauthorized", LOG_TEXT("reason", reason));
    strbuf_clear(&session->hub->scratch);
    message_write_closing(&session->hub->scratch, code, may_return, may_return ? UNAVAILABLE_RETRY_MS : 0);
    session_push_scratch(session);
    session_flush(session, hub_now_ms(session->hub));
    session_close(session, code, reason);
}

void session_auth_on_timer(struct session_auth *auth) {
    struct session *session = auth->session;
    switch (auth_clock_take(&auth->clock, auth_now_ms(auth))) {
    case AUTH_DUE_CLOSE:
        heap_remove(&access_of(auth)->timers, &auth->timer);
        end(auth, auth->principal ? CLOSE_UNAUTHORIZED : CLOSE_NO_AUTH,
            auth->principal ? "the token has expired" : "no auth in time");
        return;
    case AUTH_DUE_TELL:
        strbuf_clear(&session->hub->scratch);
        message_write_auth_expiring(&session->hub->scratch, auth->principal->expires_ms);
        session_push_scratch(session);
        break;
    case AUTH_DUE_NOTHING:
        break;
    }
    if (!session->is_closing)
        set_timer(auth);
}

/* --- the principal --- */

/* Takes the reference over. */
static enum status set_principal(struct session_auth *auth, struct principal *principal) {
    struct hub *hub = auth->session->hub;
    access_index_remove(&hub->access.index, &auth->of_user);
    access_index_remove(&hub->access.index, &auth->of_credential);
    principal_unref(&auth->principal);
    auth->principal = principal;
    enum status status = access_index_add(&hub->access.index, &principal->user_id, auth, &auth->of_user);
    if (status == STATUS_OK && !uuid_equal(&principal->user_id, &principal->credential_id))
        status = access_index_add(&hub->access.index, &principal->credential_id, auth, &auth->of_credential);
    struct rate_limit_key client = limiter_key_of_user(&principal->user_id);
    session_set_client(auth->session, &client);
    bool is_endless = principal->expires_ms == INT64_MAX;
    int64_t lasts_ms = is_endless ? AUTH_NEVER : principal->expires_ms - clock_wall_ms(hub->clock);
    auth_clock_start(&auth->clock, auth_now_ms(auth), lasts_ms, hub->access.config.limits.grace_ms);
    return status;
}

/* Of one that is there already: what it may see may be another thing now. */
static void take_principal(struct session_auth *auth, struct principal *principal) {
    if (set_principal(auth, principal) != STATUS_OK) {
        session_close(auth->session, CLOSE_INTERNAL, "out of memory");
        return;
    }
    hub_access_judge(auth->session);
    if (!auth->session->is_closing)
        set_timer(auth);
}

bool session_sees_all(const struct session *session) {
    return !session->auth ||
           (session->auth->principal && !access_is_scoped(ACCESS_SUBSCRIBE, session->auth->principal));
}

bool session_may_see(const struct session *session, const struct uuid *customer_id) {
    return !session->auth ||
           (session->auth->principal && access_covers(ACCESS_SUBSCRIBE, session->auth->principal, customer_id));
}

/* --- the answer to an `auth` --- */

static void pause_reading(struct session_auth *auth, bool is_paused) {
    const struct session *session = auth->session;
    auth->is_reading_paused = is_paused;
    if (!session->is_reading_paused) /* for the outbox */
        session->peer.ops->pause_reading(session->peer.context, is_paused);
}

static void push_refusal(struct session *session, const struct message_id *id, enum error_code code,
                         const char *detail) {
    struct message_error error = {.code = code, .id = *id};
    (void)snprintf(error.detail, sizeof error.detail, "%s", detail);
    session_push_error(session, &error, NULL, code == ERROR_UNAVAILABLE ? UNAVAILABLE_RETRY_MS : -1);
}

static void refuse_token(struct session_auth *auth, const struct message_id *id, enum auth_failure failure) {
    struct session *session = auth->session;
    if (failure == AUTH_UNAVAILABLE) {
        push_refusal(session, id, ERROR_UNAVAILABLE, "the token cannot be looked up now");
        return;
    }
    bool is_expired = failure == AUTH_EXPIRED;
    const struct session_auth_ports *ports = &access_of(auth)->config.auth;
    if (!is_expired)
        ports->charge_guess(ports->context, &auth->address);
    push_refusal(session, id, is_expired ? ERROR_TOKEN_EXPIRED : ERROR_UNAUTHORIZED,
                 is_expired ? "the token has expired" : "the token is not valid");
    if (++auth->failures_n >= FAILURES_MAX)
        end(auth, CLOSE_UNAUTHORIZED, "too many tokens that are not valid");
}

static void accept_token(struct session_auth *auth, const struct message_id *id, struct principal *principal) {
    struct session *session = auth->session;
    bool is_anothers = auth->principal && !uuid_equal(&auth->principal->user_id, &principal->user_id);
    if (is_anothers) {
        principal_unref(&principal);
        push_refusal(session, id, ERROR_FORBIDDEN, "this connection is another user's");
        return;
    }
    if (access_judge(ACCESS_SUBSCRIBE, principal) != ACCESS_GRANTED) {
        principal_unref(&principal);
        push_refusal(session, id, ERROR_FORBIDDEN, "the credential is not for the stream");
        return;
    }
    auth->failures_n = 0;
    strbuf_clear(&session->hub->scratch);
    message_write_authenticated(&session->hub->scratch, id, principal->expires_ms);
    session_push_scratch(session);
    if (session->is_closing)
        principal_unref(&principal);
    else
        take_principal(auth, principal);
}

static void on_checked(void *context, enum auth_failure failure, struct principal *principal) {
    struct session_auth *auth = context;
    struct message_id *id = auth->id;
    auth->id = NULL;
    auth->work = SESSION_AUTH_IDLE;
    if (failure == AUTH_OK)
        accept_token(auth, id, principal);
    else
        refuse_token(auth, id, failure);
    free(id);
    if (auth->session->is_closing)
        return;
    pause_reading(auth, false);
    if (auth->is_recheck_wanted)
        session_auth_want_recheck(auth);
}

/* A recheck under way gives way to it, and comes after it. */
static void stop_recheck(struct session_auth *auth) {
    if (auth->work != SESSION_AUTH_RECHECKING)
        return;
    access_of(auth)->config.auth.cancel(&auth->request);
    access_of(auth)->rechecks_n--;
    auth->work = SESSION_AUTH_IDLE;
    auth->is_recheck_wanted = true;
}

static void on_auth(struct session_auth *auth, const struct client_message *message) {
    struct session *session = auth->session;
    if (auth->work == SESSION_AUTH_CHECKING) {
        push_refusal(session, &message->id, ERROR_RATE_LIMITED, "the last auth is not answered yet");
        return;
    }
    auth->id = malloc(sizeof *auth->id);
    if (!auth->id) {
        push_refusal(session, &message->id, ERROR_UNAVAILABLE, "out of memory");
        return;
    }
    *auth->id = message->id;
    stop_recheck(auth);
    auth->work = SESSION_AUTH_CHECKING;
    pause_reading(auth, true);
    auth->request = (struct auth_request){.context = auth, .done = on_checked};
    const struct session_auth_ports *ports = &access_of(auth)->config.auth;
    ports->check(ports->context, message->token, message->token_len, &auth->request);
}

/* --- rights that have changed --- */

void session_auth_on_keys_changed(struct session_auth *auth) {
    const struct session_auth_ports *ports = &access_of(auth)->config.auth;
    if (auth->principal && auth->principal->kid[0] && !ports->knows_key(ports->context, auth->principal->kid))
        end(auth, CLOSE_UNAUTHORIZED, "the key that signed the token was removed");
}

void session_auth_end_unconfirmed(struct session_auth *auth) {
    end(auth, CLOSE_TRY_LATER, "rights cannot be looked up");
}

/* The database being away ends nothing at once: what was known holds until it can be asked, or RIGHTS_KEEP_S is over.
 */
static void on_rechecked(void *context, enum auth_failure failure, struct principal *principal) {
    struct session_auth *auth = context;
    struct hub_access *access = access_of(auth);
    access->rechecks_n--;
    auth->work = SESSION_AUTH_IDLE;
    if (failure == AUTH_OK) {
        take_principal(auth, principal);
    } else if (failure == AUTH_UNAVAILABLE) {
        access->rechecks_at_ms = auth_now_ms(auth) + HUB_ACCESS_RETRY_MS;
        auth->is_recheck_wanted = true;
    } else {
        end(auth, CLOSE_UNAUTHORIZED, "the credential is not valid any more");
    }
    if (auth->is_recheck_wanted && !auth->session->is_closing)
        session_auth_want_recheck(auth);
}

void session_auth_want_recheck(struct session_auth *auth) {
    auth->is_recheck_wanted = true;
    if (auth->principal && auth->work == SESSION_AUTH_IDLE && !auth->session->is_closing &&
        !list_link_is_linked(&auth->recheck_link))
        list_push_back(&access_of(auth)->rechecks, &auth->recheck_link);
}

void session_auth_recheck(struct session_auth *auth) {
    const struct session_auth_ports *ports = &access_of(auth)->config.auth;
    auth->is_recheck_wanted = false;
    auth->work = SESSION_AUTH_RECHECKING;
    access_of(auth)->rechecks_n++;
    auth->request = (struct auth_request){.context = auth, .done = on_rechecked};
    ports->check_again(ports->context, auth->principal, &auth->request);
}

/* --- messages --- */

static bool refuse_message(struct session *session, const struct client_message *message, enum error_code code,
                           const char *detail) {
    struct message_error error = {.code = code, .id = message->id};
    (void)snprintf(error.detail, sizeof error.detail, "%s", detail);
    session_push_error(session, &error, message->portfolio_text, -1);
    return false;
}

bool session_auth_admits(struct session *session, const struct client_message *message) {
    struct session_auth *auth = session->auth;
    if (message->type == MESSAGE_AUTH) {
        on_auth(auth, message);
        return false;
    }
    if (message->type == MESSAGE_PING)
        return true;
    if (!auth->principal)
        return refuse_message(session, message, ERROR_UNAUTHORIZED, "send auth with a token first");
    if (message->type != MESSAGE_UNSUBSCRIBE && auth_clock_is_over(&auth->clock, auth_now_ms(auth)))
        return refuse_message(session, message, ERROR_TOKEN_EXPIRED, "the token has expired: send auth with another");
    if (access_judge(access_messages_find(message->type).rule, auth->principal) != ACCESS_GRANTED)
        return refuse_message(session, message, ERROR_FORBIDDEN, "the credential is not for the stream");
    return true;
}

/* --- life --- */

void session_set_address(struct session *session, const struct rate_limit_key *address) {
    if (session->auth)
        session->auth->address = *address;
}

enum status session_auth_create(struct session *session, struct principal *principal, struct session_auth **ret_auth) {
    struct session_auth *auth = calloc(1, sizeof *auth);
    if (!auth)
        return STATUS_NO_MEMORY;
    auth->session = session;
    auth_clock_wait(&auth->clock, auth_now_ms(auth), access_of(auth)->config.limits.timeout_ms);
    enum status status = principal ? set_principal(auth, principal_ref(principal)) : STATUS_OK;
    int64_t next_ms = auth_clock_next_ms(&auth->clock);
    if (status == STATUS_OK && next_ms != AUTH_NEVER)
        status = heap_set(&access_of(auth)->timers, &auth->timer, next_ms);
    if (status != STATUS_OK) {
        session_auth_destroy(&auth);
        return status;
    }
    *ret_auth = auth;
    return STATUS_OK;
}

void session_auth_stop(struct session_auth *auth) {
    stop_recheck(auth);
    if (auth->work == SESSION_AUTH_CHECKING)
        access_of(auth)->config.auth.cancel(&auth->request);
    auth->work = SESSION_AUTH_IDLE;
    list_remove(&auth->recheck_link);
    heap_remove(&access_of(auth)->timers, &auth->timer);
    access_index_remove(&access_of(auth)->index, &auth->of_user);
    access_index_remove(&access_of(auth)->index, &auth->of_credential);
}

void session_auth_destroy(struct session_auth **auth) {
    struct session_auth *dying = *auth;
    if (!dying)
        return;
    *auth = NULL;
    session_auth_stop(dying);
    principal_unref(&dying->principal);
    free(dying->id);
    free(dying);
}
