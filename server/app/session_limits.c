/* How many messages a connection, and its client over all of them, may send. Each
 * one too many is refused; who goes on all the same is closed. Thread: L. */
#include "app/hub_internal.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <stdio.h>

/* Not by accident: a client that minds `rate_limited` never comes near. */
#define REFUSED_MAX 1000
#define REFUSED_WITHIN_MS 10000

static int64_t burst_milli(const struct session *session) {
    const struct message_limits *limits = &session->hub->config.limits;
    return 1000 * (limits->messages_per_second + limits->max_subscriptions);
}

void session_limits_init(struct session *session) {
    session->limits =
        (struct session_limits){.tokens_milli = burst_milli(session), .tokens_at_ms = hub_now_ms(session->hub)};
}

void session_set_client(struct session *session, const struct rate_limit_key *client) {
    session->limits.client = *client;
}

/* messages_per_second, with a burst that lets a client subscribe to all it may. */
static bool take_token(struct session *session, int64_t now_ms) {
    struct session_limits *limits = &session->limits;
    int64_t per_second = session->hub->config.limits.messages_per_second;
    int64_t burst = burst_milli(session);
    int64_t passed_ms = now_ms - limits->tokens_at_ms;
    limits->tokens_at_ms = now_ms;
    limits->tokens_milli = passed_ms > burst / per_second ? burst : limits->tokens_milli + passed_ms * per_second;
    if (limits->tokens_milli > burst)
        limits->tokens_milli = burst;
    if (limits->tokens_milli < 1000)
        return false;
    limits->tokens_milli -= 1000;
    return true;
}

static void close_if_flooding(struct session *session, int64_t now_ms) {
    struct session_limits *limits = &session->limits;
    if (now_ms - limits->refused_since_ms > REFUSED_WITHIN_MS) {
        limits->refused_since_ms = now_ms;
        limits->refused_n = 0;
    }
    if (++limits->refused_n <= REFUSED_MAX || session->is_closing)
        return;
    metrics_increment(METRIC_CLOSED_TOO_MANY);
    log_event(LOG_INFO, "session.closed", LOG_TEXT("reason", "too many messages"));
    session_flush(session, now_ms);
    session_close(session, CLOSE_TOO_MANY, "too many messages");
}

static void refuse(struct session *session, const struct message_id *id, const char *portfolio_text, const char *detail,
                   int64_t retry_after_ms) {
    struct message_error error = {.code = ERROR_RATE_LIMITED, .id = *id};
    (void)snprintf(error.detail, sizeof error.detail, "%s", detail);
    session_push_error(session, &error, portfolio_text, retry_after_ms);
    close_if_flooding(session, hub_now_ms(session->hub));
}

bool session_limits_admit(struct session *session, const struct message_id *id, const char *portfolio_text) {
    const struct hub_config *config = &session->hub->config;
    if (!take_token(session, hub_now_ms(session->hub))) {
        refuse(session, id, portfolio_text, "more than limits.messages_per_second of the welcome",
               1000 / config->limits.messages_per_second + 1);
        return false;
    }
    struct rate_limit_state state = {.is_refused = false};
    if (config->take_message)
        state = config->take_message(config->take_message_context, &session->limits.client);
    if (state.is_refused)
        refuse(session, id, portfolio_text, "more than all connections of one client may send", state.retry_after_ms);
    return !state.is_refused;
}
