/* The states of a subscription: waiting, then live from cursor to cursor.
 * Thread: L. */
#include "app/subscription.h"

#include "app/hub_internal.h"
#include "ops/metrics.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static_assert(offsetof(struct subscription, pending) + sizeof(void *) <= SUBSCRIPTION_ALIGNMENT, "the first line");
static_assert(offsetof(struct subscription, timer) + sizeof(size_t) <= SUBSCRIPTION_HOT_BYTES, "the second line");

static int64_t granted_rate(const struct hub *hub, const struct client_message *message) {
    const int64_t min_e8 = DECIMAL_ONE / 10;
    int64_t max_e8 = hub->config.limits.max_rate_e8;
    if (!message->has_max_rate || message->max_rate_e8 > max_e8)
        return max_e8;
    return message->max_rate_e8 < min_e8 ? min_e8 : message->max_rate_e8;
}

/* Whole milliseconds between deltas, rounded up: never more than max_rate. */
static void set_rate(struct subscription *subscription, const struct client_message *message) {
    const int64_t thousand_e8 = INT64_C(1000) * DECIMAL_ONE;
    int64_t rate_e8 = granted_rate(subscription->session->hub, message);
    subscription->max_rate_e8 = rate_e8;
    pace_set_interval(&subscription->pace, (uint32_t)((thousand_e8 + rate_e8 - 1) / rate_e8));
}

void subscription_update(struct subscription *subscription, const struct client_message *message) {
    if (message->has_max_rate)
        set_rate(subscription, message);
    if (message->fields) {
        subscription->cursor.fields = message->fields;
        subscription->owes_snapshot = true;
    }
    subscription_mark_due(subscription);
}

enum status subscription_create(struct session *session, const struct client_message *message, int64_t now_ms,
                                struct subscription **ret_subscription) {
    struct hub *hub = session->hub;
    struct subscription *subscription = aligned_alloc(SUBSCRIPTION_ALIGNMENT, sizeof *subscription);
    if (subscription)
        memset(subscription, 0, sizeof *subscription);
    struct pending_subscribe *pending = calloc(1, sizeof *pending);
    enum status status = subscription && pending ? STATUS_OK : STATUS_NO_MEMORY;
    struct held_portfolio *held = NULL;
    bool is_open = session_sees_all(session);
    if (status == STATUS_OK)
        status = (is_open ? engine_hold : engine_hold_unasked)(hub->engine, &message->portfolio_id, &held);
    if (status == STATUS_OK) {
        subscription->held = held;
        status = subscription_set_add(&session->subscriptions, subscription);
        if (status == STATUS_OK) {
            status = watchers_add(&held->watchers, subscription);
            if (status != STATUS_OK)
                subscription_set_remove(&session->subscriptions, subscription);
        }
        if (status != STATUS_OK)
            engine_release(hub->engine, held, now_ms);
    }
    if (status != STATUS_OK) {
        free(subscription);
        free(pending);
        return status;
    }
    *pending = (struct pending_subscribe){.id = message->id,
                                          .has_resume = message->has_resume,
                                          .resume = message->resume,
                                          .deadline_ms = now_ms + hub->config.resume_wait_ms};
    subscription->session = session;
    subscription->pending = pending;
    set_rate(subscription, message);
    subscription->cursor.fields = message->fields;
    metrics_add(METRIC_SUBSCRIPTIONS, 1);
    if (!is_open && !(held->portfolio && session_may_see(session, &held->customer_id)))
        hub_access_await(subscription);
    *ret_subscription = subscription;
    return STATUS_OK;
}

void subscription_destroy(struct subscription *subscription, int64_t now_ms) {
    struct session *session = subscription->session;
    struct held_portfolio *held = subscription->held;
    subscription_set_remove(&session->subscriptions, subscription);
    watchers_remove(&held->watchers, subscription);
    list_remove(&subscription->due_link);
    list_remove(&subscription->waiting_link);
    heap_remove(&session->hub->timers, &subscription->timer);
    engine_release(session->hub->engine, held, now_ms);
    free(subscription->pending);
    free(subscription->snapshot_id);
    free(subscription);
    metrics_add(METRIC_SUBSCRIPTIONS, -1);
}

static void make_due(struct subscription *subscription) {
    if (!list_link_is_linked(&subscription->due_link))
        list_push_back(&subscription->session->due, &subscription->due_link);
    session_make_ready(subscription->session);
}

void subscription_mark_due(struct subscription *subscription) {
    if (subscription->state == SUBSCRIPTION_LIVE)
        make_due(subscription);
}

void subscription_void_cursor(struct subscription *subscription) {
    subscription->owes_snapshot = true;
    subscription_mark_due(subscription);
}

enum resume_verdict { RESUME_WAIT, RESUME_RECOVERED, RESUME_LOST };

/* protocol.md, 3, "Resume". *ret_reason is set for RESUME_LOST. */
static enum resume_verdict judge_resume(struct subscription *subscription, int64_t now_ms, const char **ret_reason) {
    struct engine *engine = subscription->session->hub->engine;
    struct held_portfolio *held = subscription->held;
    struct pending_subscribe *pending = subscription->pending;
    const struct cursor *resume = &pending->resume;
    if (strcmp(resume->epoch, engine_epoch(engine)) != 0) {
        *ret_reason = "epoch_changed";
        return RESUME_LOST;
    }
    if (resume->fields != subscription->cursor.fields) {
        *ret_reason = "fields_changed";
        return RESUME_LOST;
    }
    if (resume->seq > engine_seq(engine)) {
        *ret_reason = "seq_ahead";
        return now_ms < pending->deadline_ms ? RESUME_WAIT : RESUME_LOST;
    }
    if (resume->seq < held->cursors_from) {
        *ret_reason = "version_ahead"; /* of another portfolio's versions */
        return RESUME_LOST;
    }
    if (resume->version > held_version(held)) {
        if (!pending->is_reload_asked) {
            pending->is_reload_asked = true;
            engine_reload(engine, held);
        }
        *ret_reason = "version_ahead";
        bool is_coming = held->is_loading || held->loaded;
        return is_coming && now_ms < pending->deadline_ms ? RESUME_WAIT : RESUME_LOST;
    }
    return RESUME_RECOVERED;
}

/* Whether and how the subscribe can be answered now. */
static enum resume_verdict judge(struct subscription *subscription, int64_t now_ms, const char **ret_reason) {
    if (!subscription->held->portfolio || !engine_is_settled(subscription->session->hub->engine, now_ms))
        return RESUME_WAIT;
    return subscription->pending->has_resume ? judge_resume(subscription, now_ms, ret_reason) : RESUME_LOST;
}

/* For the bus, or the cursor's number; what waits for its load is found through the portfolio. */
static void keep_waiting(struct subscription *subscription) {
    if (!list_link_is_linked(&subscription->waiting_link))
        list_push_back(&subscription->session->hub->waiting, &subscription->waiting_link);
}

void subscription_try_answer(struct subscription *subscription, int64_t now_ms) {
    const char *reason = NULL;
    if (subscription->state != SUBSCRIPTION_WAITING || list_link_is_linked(&subscription->due_link) ||
        !subscription->held->portfolio || subscription->is_unchecked)
        return;
    if (judge(subscription, now_ms, &reason) != RESUME_WAIT)
        make_due(subscription);
    else
        keep_waiting(subscription);
}

static enum status collect_answer(struct subscription *subscription, bool is_recovered, const char *reason,
                                  struct frame **ret_frame) {
    struct strbuf *scratch = &subscription->session->hub->scratch;
    struct pending_subscribe *pending = subscription->pending;
    if (is_recovered)
        subscription->cursor = pending->resume;
    strbuf_clear(scratch);
    message_write_subscribed(scratch, &pending->id, &subscription->held->id, subscription->max_rate_e8,
                             subscription->cursor.fields, is_recovered, is_recovered ? NULL : reason);
    enum status status = strbuf_status(scratch);
    return status == STATUS_OK ? frame_create(scratch->data, scratch->len, ret_frame) : status;
}

/* `,"id":…` spliced in behind the type of a shared frame. */
static enum status frame_with_id(struct strbuf *scratch, const struct message_id *id, struct frame *shared,
                                 struct frame **ret_frame) {
    static const char head[] = "{\"type\":\"snapshot\"";
    const char *payload = (const char *)frame_payload(shared);
    strbuf_clear(scratch);
    strbuf_append(scratch, head, sizeof head - 1);
    STRBUF_LITERAL(scratch, ",\"id\":");
    strbuf_append_text(scratch, id->json);
    strbuf_append(scratch, payload + sizeof head - 1, shared->len - (sizeof head - 1));
    enum status status = strbuf_status(scratch);
    return status == STATUS_OK ? frame_create(scratch->data, scratch->len, ret_frame) : status;
}

static enum status collect_snapshot(struct subscription *subscription, const struct encode_context *context,
                                    struct frame **ret_frame) {
    struct frame *frame = NULL;
    enum status status = encode_snapshot(context, subscription->held, subscription->cursor.fields, &frame);
    if (status == STATUS_OK && subscription->snapshot_id && subscription->snapshot_id->json[0]) {
        struct frame *shared = frame;
        status = frame_with_id(&subscription->session->hub->scratch, subscription->snapshot_id, shared, &frame);
        frame_unref(&shared);
    }
    if (status == STATUS_OK)
        *ret_frame = frame;
    return status;
}

/* True when max_rate allows a delta now; else its timer is set. */
static bool is_rate_allowing(struct subscription *subscription, int64_t now_ms) {
    const struct pace *pace = &subscription->pace;
    if (pace_allows(pace, now_ms))
        return true;
    return heap_set(&subscription->session->hub->timers, &subscription->timer, pace->next_ms) != STATUS_OK;
}

/* Decides what is to be sent now: sends_delta, sends_snapshot, and the verdict of an answer. */
static void plan(struct subscription *subscription, int64_t now_ms, enum resume_verdict *ret_verdict,
                 const char **ret_reason) {
    const struct held_portfolio *held = subscription->held;
    subscription->sends_delta = false;
    subscription->sends_snapshot = subscription->owes_snapshot;
    if (subscription->state == SUBSCRIPTION_WAITING) {
        *ret_verdict = judge(subscription, now_ms, ret_reason);
        subscription->sends_delta = *ret_verdict == RESUME_RECOVERED;
        subscription->sends_snapshot |= *ret_verdict == RESUME_LOST;
        return;
    }
    bool is_behind = subscription->cursor.seq < held->seq || subscription->cursor.version != held_version(held);
    if (!subscription->sends_snapshot && is_behind)
        subscription->sends_delta = is_rate_allowing(subscription, now_ms);
}

enum status subscription_collect(struct subscription *subscription, int64_t now_ms,
                                 struct frame *ret_frames[SUBSCRIPTION_FRAMES_MAX], size_t *ret_n) {
    const struct encode_context *context = &subscription->session->hub->encode;
    bool is_answer = subscription->state == SUBSCRIPTION_WAITING;
    enum resume_verdict verdict = RESUME_LOST;
    const char *reason = NULL;
    enum status status = STATUS_OK;
    size_t n = 0;
    *ret_n = 0;
    plan(subscription, now_ms, &verdict, &reason);
    if (is_answer && verdict == RESUME_WAIT) {
        keep_waiting(subscription);
        return STATUS_OK;
    }
    if (is_answer) {
        status = collect_answer(subscription, verdict == RESUME_RECOVERED, reason, &ret_frames[n]);
        n += status == STATUS_OK ? 1 : 0;
    }
    if (status == STATUS_OK && subscription->sends_delta) {
        struct frame *delta = NULL;
        status = encode_delta(context, subscription->held, &subscription->cursor, is_answer, &delta);
        if (status == STATUS_OK && delta)
            ret_frames[n++] = delta;
    }
    if (status == STATUS_OK && subscription->sends_snapshot) {
        status = collect_snapshot(subscription, context, &ret_frames[n]);
        n += status == STATUS_OK ? 1 : 0;
    }
    for (size_t i = 0; status != STATUS_OK && i < n; i++)
        frame_unref(&ret_frames[i]);
    if (status == STATUS_OK)
        *ret_n = n;
    return status;
}

void subscription_note_heartbeat(struct subscription *subscription) {
    subscription->heartbeat_seq = subscription->held->seq;
    subscription->heartbeat_version = held_version(subscription->held);
}

bool subscription_is_changed(const struct subscription *subscription) {
    return subscription->heartbeat_seq != subscription->held->seq ||
           subscription->heartbeat_version != held_version(subscription->held);
}

static void become_live(struct subscription *subscription) {
    if (subscription->pending->has_resume)
        metrics_increment(subscription->sends_delta ? METRIC_RESUMES_RECOVERED : METRIC_RESUMES_LOST);
    free(subscription->pending);
    subscription->pending = NULL;
    subscription->state = SUBSCRIPTION_LIVE;
    subscription_note_heartbeat(subscription);
    list_remove(&subscription->waiting_link);
}

void subscription_on_sent(struct subscription *subscription, int64_t now_ms) {
    struct hub *hub = subscription->session->hub;
    /* max_rate is about deltas that come by themselves. What was asked for came when it was asked: counted, it would
     * make the changes of a regular source wait for that moment of each interval, for ever. */
    if (subscription->state == SUBSCRIPTION_LIVE && subscription->sends_delta)
        pace_note(&subscription->pace, now_ms);
    if (subscription->state == SUBSCRIPTION_WAITING)
        become_live(subscription);
    hub->sent.snapshots += subscription->sends_snapshot ? 1 : 0;
    hub->sent.deltas += subscription->sends_delta ? 1 : 0;
    if (subscription->sends_snapshot)
        encode_cursor(&hub->encode, subscription->held, subscription->cursor.fields, &subscription->cursor);
    else
        encode_cursor_after(&hub->encode, subscription->held, &subscription->cursor, &subscription->cursor);
    if (subscription->sends_snapshot) {
        free(subscription->snapshot_id);
        subscription->snapshot_id = NULL;
        subscription->owes_snapshot = false;
    }
    subscription->has_cursor = true;
    heap_remove(&hub->timers, &subscription->timer);
}
