/* Puts messages together and checks them. A message that comes in one piece is
 * passed on where it lies; of another no more than max_message_bytes is kept.
 * Thread: L. */
#include "base/utf8.h"
#include "net/websocket_internal.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>

#define CLOSE_INVALID_PAYLOAD 1007
#define CLOSE_MESSAGE_TOO_LARGE 1009

static bool is_utf8(const char *bytes, size_t len) {
    while (len > 0) {
        size_t n = utf8_character_len(bytes, len);
        if (n == 0)
            return false;
        bytes += n;
        len -= n;
    }
    return true;
}

static void message_drop(struct websocket *websocket) {
    free(websocket->message);
    websocket->message = NULL;
    websocket->message_len = websocket->message_capacity = 0;
}

static enum status message_append(struct websocket *websocket, const char *bytes, size_t len) {
    if (websocket->message_capacity - websocket->message_len < len) {
        size_t capacity = websocket->message_capacity ? websocket->message_capacity : 1024;
        while (capacity - websocket->message_len < len)
            capacity *= 2;
        char *message = realloc(websocket->message, capacity);
        if (!message)
            return STATUS_NO_MEMORY;
        websocket->message = message;
        websocket->message_capacity = capacity;
    }
    if (len)
        memcpy(websocket->message + websocket->message_len, bytes, len);
    websocket->message_len += len;
    return STATUS_OK;
}

static void message_deliver(struct websocket *websocket, const char *bytes, size_t len) {
    if (!is_utf8(bytes, len)) {
        websocket_close(websocket, CLOSE_INVALID_PAYLOAD, "not UTF-8");
        return;
    }
    websocket->server->handler.on_message(websocket->user, bytes, len);
}

static void receive_too_large(struct websocket *websocket) {
    metrics_increment(METRIC_CLOSED_TOO_LARGE);
    log_event(LOG_INFO, "websocket.message_too_large", LOG_TEXT("peer", websocket->visitor.text));
    websocket->server->handler.on_too_large(websocket->user);
    websocket_close(websocket, CLOSE_MESSAGE_TOO_LARGE, "message too large");
}

static void receive_binary(struct websocket *websocket) {
    if (websocket->is_binary_told)
        return;
    websocket->is_binary_told = true;
    websocket->server->handler.on_binary(websocket->user);
}

void websocket_receive(struct websocket *websocket, const char *bytes, size_t len) {
    struct lws *lws = websocket->lws;
    if (lws_get_reserved_bits(lws)) { /* a library built without extensions lets one of them through */
        websocket_close(websocket, LWS_CLOSE_STATUS_PROTOCOL_ERR, "reserved bits");
        return;
    }
    if (lws_is_first_fragment(lws))
        message_drop(websocket);
    if (lws_frame_is_binary(lws)) {
        receive_binary(websocket);
        return;
    }
    size_t coming = lws_remaining_packet_payload(lws);
    size_t limit = websocket->server->max_message_bytes;
    if (websocket->message_len + len > limit || coming > limit - websocket->message_len - len) {
        message_drop(websocket);
        receive_too_large(websocket);
        return;
    }
    bool is_final = lws_is_final_fragment(lws);
    if (is_final && !websocket->message) {
        message_deliver(websocket, bytes, len);
        return;
    }
    if (message_append(websocket, bytes, len) != STATUS_OK) {
        message_drop(websocket);
        websocket_close(websocket, LWS_CLOSE_STATUS_UNEXPECTED_CONDITION, "out of memory");
        return;
    }
    if (!is_final)
        return;
    /* The handler may close; the bytes are its until it returns. */
    char *message = websocket->message;
    size_t message_len = websocket->message_len;
    websocket->message = NULL;
    message_drop(websocket);
    message_deliver(websocket, message, message_len);
    free(message);
}
