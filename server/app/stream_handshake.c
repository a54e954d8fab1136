/* Owns the handshakes that wait for the database. Thread: L. */
#include "app/stream_handshake.h"

#include "app/access.h"
#include "app/api_gate.h"
#include "app/api_limits.h"
#include "app/page_guard.h"
#include "app/shard_internal.h"
#include "app/stream_credential.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <stdlib.h>

#define WAITING_MAX 1024
#define WAIT_MS 5000

struct waiting_handshake {
    struct list_link link; /* shard.handshakes; not while it is being asked */
    struct shard *shard;
    struct http_request *http;
    struct auth_request request;
    int64_t deadline_ms;
};

/* The call by which a refusal is answered; NULL: without memory the connection ends. */
static struct api_call *refuse(const struct api_context *api, struct http_request *http, const char *reason) {
    metrics_increment(METRIC_HANDSHAKES_REFUSED);
    log_event(LOG_DEBUG, "handshake.refused", LOG_TEXT("peer", http->peer), LOG_TEXT("reason", reason));
    struct api_call *call = api_call_create(api, http);
    if (!call)
        http_respond(http, &(struct http_response){.status = 503, .close = true});
    return call;
}

static void finish(const struct api_context *api, struct http_request *http, enum auth_failure failure,
                   struct principal *principal) {
    struct api_call *call = NULL;
    if (failure != AUTH_OK) {
        call = refuse(api, http, "credential");
        if (call && failure == AUTH_INVALID)
            api_limits_charge_guess(call, 0);
        if (call)
            api_gate_refuse_caller(call, failure);
    } else if (access_judge(ACCESS_SUBSCRIBE, principal) != ACCESS_GRANTED) {
        call = refuse(api, http, "scope");
        if (call)
            api_call_refuse_with(call, ERROR_FORBIDDEN, "The API key may not do this; it would need the scope stream");
    } else {
        http_upgrade(http, principal);
    }
}

static void waiting_free(struct waiting_handshake *waiting) {
    list_remove(&waiting->link);
    waiting->shard->handshakes_n--;
    free(waiting);
}

static void on_checked(void *context, enum auth_failure failure, struct principal *principal) {
    struct waiting_handshake *waiting = context;
    const struct api_context *api = &waiting->shard->api;
    struct http_request *http = waiting->http;
    waiting_free(waiting);
    finish(api, http, failure, principal);
    principal_unref(&principal);
}

/* The answer may come before the question returns. */
static void check(struct waiting_handshake *waiting, const struct stream_credential *credential) {
    struct authenticator *authenticator = waiting->shard->authenticator;
    switch (credential->kind) {
    case STREAM_CREDENTIAL_HEADER:
        authenticator_check_header(authenticator, credential->text, &waiting->request);
        return;
    case STREAM_CREDENTIAL_TICKET:
        authenticator_check_ticket(authenticator, credential->text, credential->len, &waiting->request);
        return;
    default:
        authenticator_check(authenticator, credential->text, credential->len, &waiting->request);
    }
}

static void begin(const struct api_context *api, struct http_request *http,
                  const struct stream_credential *credential) {
    struct shard *shard = api->shard;
    struct waiting_handshake *waiting = shard->handshakes_n < WAITING_MAX ? calloc(1, sizeof *waiting) : NULL;
    if (!waiting) {
        struct api_call *call = refuse(api, http, "too many wait");
        if (call)
            api_call_refuse_with(call, ERROR_UNAVAILABLE, "Too many handshakes wait for the database");
        return;
    }
    *waiting = (struct waiting_handshake){.shard = shard,
                                          .http = http,
                                          .request = {.context = waiting, .done = on_checked},
                                          .deadline_ms = clock_monotonic_ms(api->clock) + WAIT_MS};
    list_push_back(&shard->handshakes, &waiting->link);
    shard->handshakes_n++;
    check(waiting, credential);
}

void stream_handshake_on_request(void *context, struct http_request *request) {
    const struct api_context *api = context;
    struct api_call *call = NULL;
    struct stream_credential credential;
    enum page_verdict page = page_guard_judge_handshake(api, request);
    if (page != PAGE_ADMITTED) {
        call = refuse(api, request, page == PAGE_FOREIGN_HOST ? "host" : "origin");
        if (call)
            page_guard_refuse(call, page);
        return;
    }
    if (authenticator_is_off(api->authenticator)) {
        http_upgrade(request, NULL);
        return;
    }
    stream_credential_read(request, &credential);
    if (credential.kind == STREAM_CREDENTIAL_NONE) {
        http_upgrade(request, NULL);
    } else if (credential.kind == STREAM_CREDENTIAL_SEVERAL) {
        call = refuse(api, request, "several credentials");
        if (call) {
            call->problem.http_status = 400;
            api_call_refuse_with(call, ERROR_INVALID_FIELD,
                                 "Show one credential: Authorization, a subprotocol bearer.<token>, or ?ticket=");
        }
    } else {
        begin(api, request, &credential);
    }
}

static void give_up(struct waiting_handshake *waiting) {
    authenticator_cancel(&waiting->request);
    on_checked(waiting, AUTH_UNAVAILABLE, NULL);
}

void stream_handshake_tick(struct shard *shard, int64_t now_ms) {
    /* By their deadlines: each has the same patience. */
    LIST_FOR_EACH (link, next, &shard->handshakes) {
        struct waiting_handshake *waiting = LIST_ENTRY(link, struct waiting_handshake, link);
        if (waiting->deadline_ms > now_ms)
            return;
        give_up(waiting);
    }
}

void stream_handshake_cancel_all(struct shard *shard) {
    LIST_FOR_EACH (link, next, &shard->handshakes)
        give_up(LIST_ENTRY(link, struct waiting_handshake, link));
}
