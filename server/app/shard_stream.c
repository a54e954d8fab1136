/* WebSocket connections as sessions of the hub. The transport counts them; this
 * only says what happened to them. Thread: L. */
#include "app/session.h"
#include "app/shard_internal.h"
#include "ops/log.h"

static enum websocket_written peer_write(void *context, struct frame *const *frames, size_t frames_n) {
    return websocket_write(context, frames, frames_n);
}

static void peer_close(void *context, int code, const char *reason) {
    websocket_close(context, code, reason);
}

static void peer_pause_reading(void *context, bool is_paused) {
    websocket_pause_reading(context, is_paused);
}

static void peer_ask_ahead(void *context) {
    websocket_ask_ahead(context);
}

static const struct peer_ops stream_peer = {peer_write, peer_close, peer_pause_reading, peer_ask_ahead};

static void *on_open(void *context, struct websocket *websocket, void *grant) {
    struct shard *shard = context;
    struct peer peer = {.ops = &stream_peer, .context = websocket};
    struct session *session = NULL;
    if (session_create(shard->hub, &peer, grant, &session) != STATUS_OK) {
        log_event(LOG_ERROR, "session.refused", LOG_TEXT("reason", "no memory"));
        return NULL;
    }
    struct rate_limit_key address = limiter_key_of_address(websocket_client(websocket));
    session_set_address(session, &address);
    if (!grant) /* who is known counts as the user it is */
        session_set_client(session, &address);
    log_event(LOG_DEBUG, "session.opened", LOG_TEXT("peer", websocket_peer(websocket)));
    return session;
}

static void on_message(void *user, const char *bytes, size_t len) {
    session_on_message(user, bytes, len);
}

static void on_binary(void *user) {
    session_on_binary(user);
}

static void on_too_large(void *user) {
    (void)user;
    log_event(LOG_INFO, "session.message_too_large");
}

static void on_writable(void *user) {
    session_on_writable(user);
}

static void on_closed(void *user) {
    session_on_closed(user);
}

static void on_dead(void *user, bool is_stalled) {
    (void)user;
    log_event(LOG_INFO, "session.dead", LOG_TEXT("reason", is_stalled ? "no progress" : "no pong"));
}

struct rate_limit_state shard_take_message(void *context, const struct rate_limit_key *key) {
    struct shard *shard = context;
    return limiter_take(shard->limiter, LIMITER_MESSAGES, key, "");
}

struct websocket_handler shard_websocket_handler(struct shard *shard) {
    return (struct websocket_handler){.context = shard,
                                      .on_open = on_open,
                                      .on_message = on_message,
                                      .on_binary = on_binary,
                                      .on_too_large = on_too_large,
                                      .on_writable = on_writable,
                                      .on_dead = on_dead,
                                      .on_closed = on_closed};
}
