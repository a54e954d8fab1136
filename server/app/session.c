/* Owns a connection's subscriptions and outbox; turns messages into actions.
 * Refuses, with an `error` of the contract, what it cannot do. Thread: L. */
#include "app/session.h"

#include "app/hub_internal.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void push_welcome(struct session *session) {
    struct hub *hub = session->hub;
    struct message_limits limits = hub->config.limits;
    limits.auth_required = session->auth && !session->auth->principal;
    strbuf_clear(&hub->scratch);
    message_write_welcome(&hub->scratch, clock_wall_ms(hub->clock), &limits);
    session_push_scratch(session);
}

enum status session_create(struct hub *hub, const struct peer *peer, struct principal *principal,
                           struct session **ret_session) {
    struct session *session = aligned_alloc(SESSION_ALIGNMENT, sizeof *session);
    if (!session)
        return STATUS_NO_MEMORY;
    memset(session, 0, sizeof *session);
    session->hub = hub;
    session->peer = *peer;
    subscription_set_init(&session->subscriptions);
    list_init(&session->due);
    session->last_sent_ms = hub_now_ms(hub);
    session_limits_init(session);
    enum status status = fifo_reserve(&hub->ready, hub->sessions_n + 1);
    if (status == STATUS_OK)
        status =
            heap_set(&hub->heartbeats, &session->heartbeat, session->last_sent_ms + hub->config.limits.heartbeat_ms);
    if (status == STATUS_OK && !hub_access_is_off(&hub->access)) {
        status = session_auth_create(session, principal, &session->auth);
        if (status != STATUS_OK)
            heap_remove(&hub->heartbeats, &session->heartbeat);
    }
    if (status != STATUS_OK) {
        free(session);
        return status;
    }
    list_push_back(&hub->sessions, &session->hub_link);
    hub->sessions_n++;
    push_welcome(session);
    *ret_session = session;
    return STATUS_OK;
}

static void detach(struct session *session) {
    struct hub *hub = session->hub;
    LIST_FOR_EACH (link, next, &session->subscriptions.list)
        subscription_destroy(LIST_ENTRY(link, struct subscription, session_link), hub_now_ms(hub));
    for (size_t i = session->outbox_first; i < session->outbox_n; i++)
        frame_unref(&session->outbox[i]);
    session->outbox_first = session->outbox_n = 0;
    session->outbox_bytes = 0;
    fifo_remove(&hub->ready, &session->ready);
    hub->pass_backlog = hub->pass_backlog < hub->ready.n ? hub->pass_backlog : hub->ready.n;
    heap_remove(&hub->heartbeats, &session->heartbeat);
    if (session->auth)
        session_auth_stop(session->auth);
}

void session_on_closed(struct session *session) {
    detach(session);
    list_remove(&session->hub_link);
    session->hub->sessions_n--;
    subscription_set_fini(&session->subscriptions);
    session_auth_destroy(&session->auth);
    free(session->outbox);
    free(session);
}

void session_close(struct session *session, enum close_code code, const char *reason) {
    if (session->is_closing)
        return;
    session->is_closing = true;
    detach(session);
    session->peer.ops->close(session->peer.context, (int)code, reason);
}

void session_make_ready(struct session *session) {
    if (!session->is_blocked && !session->is_closing)
        fifo_push(&session->hub->ready, &session->ready);
}

/* Moves what is left to the front, then grows if it must. */
static enum status outbox_reach(struct session *session) {
    if (session->outbox_n < session->outbox_capacity)
        return STATUS_OK;
    uint32_t left_n = session->outbox_n - session->outbox_first;
    if (session->outbox_first > 0) {
        memmove(session->outbox, session->outbox + session->outbox_first, left_n * sizeof(struct frame *));
        session->outbox_first = 0;
        session->outbox_n = left_n;
        return STATUS_OK;
    }
    size_t capacity = session->outbox_capacity ? session->outbox_capacity * 2 : 4;
    struct frame **outbox = realloc(session->outbox, capacity * sizeof(struct frame *));
    if (!outbox)
        return STATUS_NO_MEMORY;
    session->outbox = outbox;
    session->outbox_capacity = capacity;
    return STATUS_OK;
}

void session_push(struct session *session, struct frame *frame) {
    if (session->is_closing) {
        frame_unref(&frame);
        return;
    }
    /* An answer must not be lost in silence: without room for it the connection ends. */
    if (session->outbox_bytes + frame->len > OUTBOX_HARD_BYTES || outbox_reach(session) != STATUS_OK) {
        frame_unref(&frame);
        metrics_increment(METRIC_CLOSED_OUTBOX);
        log_event(LOG_WARN, "session.outbox_full", LOG_I64("bytes", session->outbox_bytes));
        session_close(session, CLOSE_TRY_LATER, "answers are not being read");
        return;
    }
    session->outbox[session->outbox_n++] = frame;
    session->outbox_bytes += frame->len;
    if (session->outbox_bytes > OUTBOX_SOFT_BYTES && !session->is_reading_paused) {
        session->is_reading_paused = true;
        session->peer.ops->pause_reading(session->peer.context, true);
    }
    session_make_ready(session);
}

void session_push_scratch(struct session *session) {
    struct strbuf *scratch = &session->hub->scratch;
    struct frame *frame = NULL;
    enum status status = strbuf_status(scratch);
    if (status == STATUS_OK)
        status = frame_create(scratch->data, scratch->len, &frame);
    if (status == STATUS_OK)
        session_push(session, frame);
    else
        session_close(session, CLOSE_INTERNAL, "out of memory");
}

void session_push_error(struct session *session, const struct message_error *error, const char *portfolio_text,
                        int64_t retry_after_ms) {
    metrics_increment(METRIC_MESSAGES_REFUSED);
    strbuf_clear(&session->hub->scratch);
    message_write_error(&session->hub->scratch, error, portfolio_text, retry_after_ms);
    session_push_scratch(session);
}

static void push_refusal(struct session *session, const struct client_message *message, enum error_code code,
                         const char *detail) {
    struct message_error error = {.code = code, .id = message->id};
    (void)snprintf(error.detail, sizeof error.detail, "%s", detail);
    session_push_error(session, &error, message->portfolio_text, -1);
}

static void on_subscribe(struct session *session, const struct client_message *message, int64_t now_ms) {
    if (!message->portfolio_id_is_uuid) {
        push_refusal(session, message, ERROR_NOT_FOUND, "no such portfolio");
        return;
    }
    if (subscription_set_find(&session->subscriptions, &message->portfolio_id)) {
        push_refusal(session, message, ERROR_ALREADY_SUBSCRIBED, "this connection has a subscription to it");
        return;
    }
    if ((int64_t)session->subscriptions.n >= session->hub->config.limits.max_subscriptions) {
        push_refusal(session, message, ERROR_LIMIT_EXCEEDED, "limits.max_subscriptions of the welcome is reached");
        return;
    }
    struct subscription *subscription = NULL;
    if (subscription_create(session, message, now_ms, &subscription) != STATUS_OK)
        push_refusal(session, message, ERROR_UNAVAILABLE, "out of memory");
    else
        subscription_try_answer(subscription, now_ms);
}

static void on_update(struct session *session, struct subscription *subscription,
                      const struct client_message *message) {
    subscription_update(subscription, message);
    strbuf_clear(&session->hub->scratch);
    message_write_updated(&session->hub->scratch, &message->id, &message->portfolio_id, subscription->max_rate_e8,
                          subscription->cursor.fields);
    session_push_scratch(session);
}

static void on_resync(struct session *session, struct subscription *subscription,
                      const struct client_message *message) {
    if (subscription->snapshot_id) {
        push_refusal(session, message, ERROR_RATE_LIMITED, "the snapshot of the last resync is not sent yet");
        return;
    }
    subscription->snapshot_id = malloc(sizeof *subscription->snapshot_id);
    if (!subscription->snapshot_id) {
        push_refusal(session, message, ERROR_UNAVAILABLE, "out of memory");
        return;
    }
    *subscription->snapshot_id = message->id;
    subscription->owes_snapshot = true;
    subscription_mark_due(subscription);
}

static void push_cancelled(struct session *session, const struct message_id *id,
                           const struct client_message *unsubscribe) {
    struct client_message cancelled = {.id = *id};
    memcpy(cancelled.portfolio_text, unsubscribe->portfolio_text, sizeof cancelled.portfolio_text);
    push_refusal(session, &cancelled, ERROR_NOT_SUBSCRIBED, "unsubscribed before the answer");
}

static void on_unsubscribe(struct session *session, struct subscription *subscription,
                           const struct client_message *message, int64_t now_ms) {
    /* Every message has its answer: also a subscribe or a resync that this overtakes. Pushed last, since a push into a
     * full outbox ends the session and all its subscriptions. */
    bool overtakes_subscribe = subscription->pending;
    bool overtakes_resync = subscription->snapshot_id;
    struct message_id subscribe_id = overtakes_subscribe ? subscription->pending->id : (struct message_id){0};
    struct message_id resync_id = overtakes_resync ? *subscription->snapshot_id : (struct message_id){0};
    subscription_destroy(subscription, now_ms);
    if (overtakes_subscribe)
        push_cancelled(session, &subscribe_id, message);
    if (overtakes_resync)
        push_cancelled(session, &resync_id, message);
    strbuf_clear(&session->hub->scratch);
    message_write_unsubscribed(&session->hub->scratch, &message->id, &message->portfolio_id, ERROR_NONE);
    session_push_scratch(session);
}

static void dispatch(struct session *session, const struct client_message *message, int64_t now_ms) {
    if (session->auth && !session_auth_admits(session, message))
        return;
    if (message->type == MESSAGE_PING) {
        strbuf_clear(&session->hub->scratch);
        message_write_pong(&session->hub->scratch, &message->id, clock_wall_ms(session->hub->clock));
        session_push_scratch(session);
        return;
    }
    if (message->type == MESSAGE_AUTH) {
        push_refusal(session, message, ERROR_UNAUTHORIZED, "this server takes no tokens: auth_required is false");
        return;
    }
    if (message->type == MESSAGE_SUBSCRIBE) {
        on_subscribe(session, message, now_ms);
        return;
    }
    struct subscription *subscription =
        message->portfolio_id_is_uuid ? subscription_set_find(&session->subscriptions, &message->portfolio_id) : NULL;
    if (!subscription)
        push_refusal(session, message, ERROR_NOT_SUBSCRIBED, "this connection has no subscription to it");
    else if (message->type == MESSAGE_UPDATE)
        on_update(session, subscription, message);
    else if (message->type == MESSAGE_RESYNC)
        on_resync(session, subscription, message);
    else
        on_unsubscribe(session, subscription, message, now_ms);
}

static void refuse_message(struct session *session, struct message_error *error) {
    session_push_error(session, error, NULL, -1);
    if (++session->bad_in_row < BAD_MESSAGES_MAX)
        return;
    metrics_increment(METRIC_CLOSED_PROTOCOL);
    session_flush(session, hub_now_ms(session->hub));
    session_close(session, CLOSE_PROTOCOL, "too many bad messages in a row");
}

void session_on_message(struct session *session, const char *bytes, size_t len) {
    if (session->is_closing)
        return;
    metrics_increment(METRIC_MESSAGES_RECEIVED);
    int64_t now_ms = hub_now_ms(session->hub);
    struct client_message message;
    struct message_error error = {0};
    enum status status = message_read(bytes, len, &message, &error);
    bool is_read = status == STATUS_OK;
    if (!session_limits_admit(session, is_read ? &message.id : &error.id, is_read ? message.portfolio_text : NULL)) {
        if (is_read)
            message_fini(&message);
        return;
    }
    if (status == STATUS_OK) {
        session->bad_in_row = 0;
        dispatch(session, &message, now_ms);
        message_fini(&message);
    } else if (status == STATUS_INVALID)
        refuse_message(session, &error);
    else
        session_close(session, CLOSE_INTERNAL, "out of memory");
}

void session_on_binary(struct session *session) {
    metrics_increment(METRIC_CLOSED_PROTOCOL);
    session_close(session, CLOSE_PROTOCOL, "binary frames are not part of the protocol");
}

void session_on_writable(struct session *session) {
    if (session->is_closing)
        return;
    session->is_blocked = false;
    session_make_ready(session);
}
