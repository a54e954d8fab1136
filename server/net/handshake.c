/* The checks of RFC 6455 section 4.2.1 that the library leaves out. Thread: any; pure. */
#include "net/handshake.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define HANDSHAKE_KEY_LEN 24

/* 16 bytes in base64: 22 digits and "==". */
static bool is_key(const char *key) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return key && strlen(key) == HANDSHAKE_KEY_LEN && strspn(key, digits) == HANDSHAKE_KEY_LEN - 2 &&
           strcmp(key + HANDSHAKE_KEY_LEN - 2, "==") == 0;
}

enum status handshake_check(const struct head *head, const char *protocol) {
    if (head->method != HTTP_GET || !head->is_http_1_1 || head->content_length > 0 || head->is_chunked)
        return STATUS_INVALID;
    if (!head->upgrade || strcasecmp(head->upgrade, "websocket") != 0 || !head->connection_upgrade)
        return STATUS_INVALID;
    if (!head->websocket_version || strcmp(head->websocket_version, "13") != 0 || !is_key(head->websocket_key))
        return STATUS_INVALID;
    const char *offered = head->headers[HTTP_HEADER_SEC_WEBSOCKET_PROTOCOL];
    if (offered && !head_list_has(offered, protocol))
        return STATUS_INVALID;
    return STATUS_OK;
}

size_t handshake_write(char out[HANDSHAKE_BYTES_MAX], const struct head *head, const char *protocol) {
    bool has_protocol = head->headers[HTTP_HEADER_SEC_WEBSOCKET_PROTOCOL] != NULL;
    int len = snprintf(out, HANDSHAKE_BYTES_MAX,
                       "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n%s%s%s\r\n",
                       head->websocket_key, has_protocol ? "Sec-WebSocket-Protocol: " : "",
                       has_protocol ? protocol : "", has_protocol ? "\r\n" : "");
    return len > 0 && len < HANDSHAKE_BYTES_MAX ? (size_t)len : 0;
}
