/* One send a client: gathers the outbox, what is due of the subscriptions and
 * the heartbeat, and hands it to the peer all at once. When the peer cannot
 * take it nothing is lost: cursors stay, and the newest state is built when it
 * can. Gathering and sending are two steps, so that several sessions can be
 * gathered before the first is sent (hub.c). Thread: L. */
#include "app/hub_internal.h"
#include "app/market_rest.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <string.h>

/* The arrays stay as they are: clearing this kilobyte would cost more than a small flush. */
static void flush_init(struct flush *flush, struct session *session) {
    flush->session = session;
    flush->status = STATUS_OK;
    flush->frames_n = flush->bytes = flush->outbox_n = flush->sent_n = 0;
    flush->has_heartbeat = false;
}

static bool flush_is_full(const struct flush *flush) {
    return flush->frames_n + SUBSCRIPTION_FRAMES_MAX > FLUSH_FRAMES_MAX || flush->bytes >= FLUSH_BYTES_MAX;
}

static void flush_add(struct flush *flush, struct frame *frame) {
    flush->frames[flush->frames_n++] = frame;
    flush->bytes += frame->len;
}

static void gather_outbox(struct session *session, struct flush *flush) {
    for (uint32_t i = session->outbox_first; i < session->outbox_n && !flush_is_full(flush); i++) {
        flush_add(flush, frame_ref(session->outbox[i]));
        flush->outbox_n++;
    }
}

/* A subscription that has nothing to send now leaves the due list: its timer or the next pass brings it back. */
static enum status gather_subscriptions(struct session *session, struct flush *flush, int64_t now_ms) {
    LIST_FOR_EACH (link, next, &session->due) {
        if (flush_is_full(flush))
            return STATUS_OK;
        struct subscription *subscription = LIST_ENTRY(link, struct subscription, due_link);
        struct frame *frames[SUBSCRIPTION_FRAMES_MAX];
        size_t n = 0;
        enum status status = subscription_collect(subscription, now_ms, frames, &n);
        if (status != STATUS_OK)
            return status;
        if (n == 0) {
            list_remove(link);
            continue;
        }
        for (size_t i = 0; i < n; i++)
            flush_add(flush, frames[i]);
        flush->sent[flush->sent_n++] = subscription;
    }
    return STATUS_OK;
}

static const char *heartbeat_state(const struct hub *hub, const struct subscription *subscription) {
    const struct portfolio *portfolio = subscription->held->portfolio;
    const struct price_book *book = engine_book(hub->engine);
    if (hub->is_feed_away || portfolio_is_stale(portfolio, book))
        return "stale";
    if (subscription_is_changed(subscription))
        return "live";
    const struct market_calendar *calendar = hub->config.calendar;
    return calendar && market_rest_is_for(calendar, clock_wall_ms(hub->clock), portfolio, book) ? "market_closed"
                                                                                                : "quiet";
}

static enum status gather_heartbeat(struct session *session, struct flush *flush) {
    struct hub *hub = session->hub;
    strbuf_clear(&hub->scratch);
    message_begin_heartbeat(&hub->scratch, clock_wall_ms(hub->clock));
    bool is_first = true;
    LIST_FOR_EACH (link, next, &session->subscriptions.list) {
        struct subscription *subscription = LIST_ENTRY(link, struct subscription, session_link);
        if (!subscription->has_cursor || subscription->state != SUBSCRIPTION_LIVE)
            continue;
        message_add_heartbeat(&hub->scratch, is_first, &subscription->held->id, &subscription->cursor,
                              heartbeat_state(hub, subscription));
        is_first = false;
    }
    message_end_heartbeat(&hub->scratch);
    struct frame *frame = NULL;
    enum status status = strbuf_status(&hub->scratch);
    if (status == STATUS_OK)
        status = frame_create(hub->scratch.data, hub->scratch.len, &frame);
    if (status != STATUS_OK)
        return status;
    flush_add(flush, frame);
    flush->has_heartbeat = true;
    return STATUS_OK;
}

static void settle_outbox(struct session *session, size_t n) {
    for (size_t i = 0; i < n; i++) {
        session->outbox_bytes -= session->outbox[session->outbox_first]->len;
        frame_unref(&session->outbox[session->outbox_first++]);
    }
    if (session->outbox_first == session->outbox_n)
        session->outbox_first = session->outbox_n = 0;
    if (session->is_reading_paused && session->outbox_bytes <= OUTBOX_SOFT_BYTES / 2) {
        session->is_reading_paused = false;
        if (!session->auth || !session->auth->is_reading_paused)
            session->peer.ops->pause_reading(session->peer.context, false);
    }
}

static void settle(struct session *session, struct flush *flush, int64_t now_ms) {
    struct hub_sent *sent = &session->hub->sent;
    sent->bytes += (int64_t)flush->bytes;
    sent->others += (int64_t)flush->outbox_n;
    sent->heartbeats += flush->has_heartbeat ? 1 : 0;
    if (flush->outbox_n > 0)
        settle_outbox(session, flush->outbox_n);
    for (size_t i = 0; i < flush->sent_n; i++) {
        list_remove(&flush->sent[i]->due_link);
        subscription_on_sent(flush->sent[i], now_ms);
    }
    session->last_sent_ms = now_ms;
    if (flush->has_heartbeat) {
        session->is_heartbeat_due = false;
        LIST_FOR_EACH (link, next, &session->subscriptions.list)
            subscription_note_heartbeat(LIST_ENTRY(link, struct subscription, session_link));
    }
    if (session->outbox_n > 0 || !list_is_empty(&session->due))
        session_make_ready(session);
}

static void give_up(struct session *session, enum status status) {
    log_event(LOG_ERROR, "session.flush_failed", LOG_TEXT("reason", status_name(status)));
    session_close(session, CLOSE_INTERNAL, "the server could not build a frame");
}

void session_gather(struct session *session, int64_t now_ms, struct flush *ret_flush) {
    flush_init(ret_flush, session);
    if (session->is_closing || session->is_blocked)
        return;
    gather_outbox(session, ret_flush);
    ret_flush->status = gather_subscriptions(session, ret_flush, now_ms);
    /* A heartbeat says what was sent last: it stands alone, and only when nothing else is to be said. */
    if (ret_flush->status == STATUS_OK && ret_flush->frames_n > 0)
        session->is_heartbeat_due = false;
    else if (ret_flush->status == STATUS_OK && session->is_heartbeat_due)
        ret_flush->status = gather_heartbeat(session, ret_flush);
}

void session_send(struct flush *flush, int64_t now_ms) {
    struct session *session = flush->session;
    enum websocket_written written = WEBSOCKET_CLOSED;
    if (flush->status == STATUS_OK && flush->frames_n > 0)
        written = session->peer.ops->write(session->peer.context, flush->frames, flush->frames_n);
    for (size_t i = 0; i < flush->frames_n; i++)
        frame_unref(&flush->frames[i]);
    if (flush->status != STATUS_OK)
        give_up(session, flush->status);
    else if (flush->frames_n > 0 && written == WEBSOCKET_SENT)
        settle(session, flush, now_ms);
    else if (flush->frames_n > 0 && written == WEBSOCKET_BLOCKED) {
        session->is_blocked = true;
        metrics_increment(METRIC_SENDS_DEFERRED);
    }
}

void session_flush(struct session *session, int64_t now_ms) {
    struct flush *flush = &session->hub->flushes[0];
    session_gather(session, now_ms, flush);
    session_send(flush, now_ms);
}
