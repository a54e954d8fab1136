/* Takes requests from what a connection has read: the head, the body, and whether
 * they may be; a WebSocket handshake is the handler's to decide. Thread: L. */
#include "net/http_connection_internal.h"

#include <string.h>

/* A handshake: the handler decides whether the socket leaves for the WebSocket side. */
static void connection_offer(struct http_connection *connection) {
    struct http_server *server = connection->server;
    const struct head *head = &connection->exchange->head;
    /* Nothing may follow the handshake before it is answered (RFC 6455, 4.1). */
    if (strcmp(head->path, server->websocket_path) != 0 || connection->input.len > 0 ||
        handshake_check(head, server->websocket_protocol) != STATUS_OK) {
        connection_refuse(connection, HTTP_REFUSAL_UPGRADE);
        return;
    }
    /* Everybody has been told `closing`: who came now would not be. */
    if (server->is_draining) {
        connection_refuse(connection, HTTP_REFUSAL_DRAINING);
        return;
    }
    connection->is_closing = connection->exchange->is_handshake = true; /* an answer is a refusal */
    connection_deliver(connection);
}

/* The head is there and parsed: is there a body to wait for? */
static void connection_begin_body(struct http_connection *connection) {
    struct http_exchange *exchange = connection->exchange;
    if (!exchange->head.is_keep_alive)
        connection->is_closing = true;
    if (handshake_is_asked(&exchange->head)) {
        connection_offer(connection);
        return;
    }
    if (exchange->head.content_length == 0 && !exchange->head.is_chunked) {
        connection_deliver(connection);
        return;
    }
    enum http_refusal refusal = http_exchange_admit(exchange, connection->server, exchange->head.content_length);
    if (refusal != HTTP_REFUSAL_NONE) {
        connection_refuse(connection, refusal);
        return;
    }
    if (http_body_begin(&exchange->body, &exchange->head, http_exchange_body_max(exchange, connection->server)) !=
        STATUS_OK) {
        connection_enter(connection, CONNECTION_CLOSED);
        return;
    }
    /* 25 bytes into an empty socket buffer; if they do not fit, the client sends its body after a while anyway. */
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    if (exchange->head.expects_continue && connection->input.len == 0)
        (void)!transport_write(&connection->transport, go_on, sizeof go_on - 1);
    connection_enter(connection, CONNECTION_BODY);
}

bool connection_step_head(struct http_connection *connection) {
    size_t blank_len = 0; /* empty lines before a request are allowed */
    while (connection->input.len >= blank_len + 2 && memcmp(connection->input.bytes + blank_len, "\r\n", 2) == 0)
        blank_len += 2;
    if (blank_len > 0)
        connection->input.scanned_len = 0; /* what was looked at were they */
    http_input_drop(&connection->input, blank_len);
    size_t head_len = head_find_end(connection->input.bytes, connection->input.len, connection->input.scanned_len);
    if (head_len == 0) {
        const struct http_input *input = &connection->input;
        enum http_refusal refusal = head_judge_begun(input->bytes, input->len, input->scanned_len);
        connection->input.scanned_len = connection->input.len;
        if (refusal != HTTP_REFUSAL_NONE)
            connection_refuse(connection, refusal);
        else if (connection->is_input_over)
            connection_enter(connection, CONNECTION_CLOSED);
        else
            return false;
        return true;
    }
    if (http_exchange_create(connection, &connection->visitor, connection->input.bytes, head_len,
                             &connection->exchange) != STATUS_OK) {
        connection_enter(connection, CONNECTION_CLOSED);
        return true;
    }
    http_input_drop(&connection->input, head_len);
    enum status status = http_exchange_parse(connection->exchange, &connection->server->admission, head_len);
    if (status == STATUS_OK)
        connection_begin_body(connection);
    else
        connection_refuse(connection, status == STATUS_LIMIT ? HTTP_REFUSAL_HEAD_TOO_LARGE : HTTP_REFUSAL_BAD_REQUEST);
    return true;
}

/* Takes what has come of the body. */
static enum http_refusal connection_take_body(struct http_connection *connection) {
    struct http_body *body = &connection->exchange->body;
    size_t taken = 0;
    enum status status = http_body_take(body, connection->input.bytes, connection->input.len, &taken);
    if (status == STATUS_INVALID)
        return HTTP_REFUSAL_BAD_REQUEST;
    if (status != STATUS_OK)
        return status == STATUS_LIMIT ? HTTP_REFUSAL_BODY_TOO_LARGE : HTTP_REFUSAL_BUSY;
    http_input_drop(&connection->input, taken);
    return http_exchange_admit(connection->exchange, connection->server, body->length);
}

bool connection_step_body(struct http_connection *connection) {
    struct http_exchange *exchange = connection->exchange;
    enum http_refusal refusal = connection_take_body(connection);
    if (refusal != HTTP_REFUSAL_NONE) {
        connection_refuse(connection, refusal);
        return true;
    }
    if (!http_body_is_whole(&exchange->body)) {
        if (!connection->is_input_over)
            return false;
        connection_enter(connection, CONNECTION_CLOSED);
        return true;
    }
    if (exchange->body.len > 0) {
        exchange->body.bytes[exchange->body.len] = '\0';
        exchange->request.body = exchange->body.bytes;
        exchange->request.body_len = exchange->body.len;
    }
    connection_deliver(connection);
    return true;
}
