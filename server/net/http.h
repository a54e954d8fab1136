/* HTTP requests and responses, without knowledge of what they mean.
 *
 * A request is the handler's from on_request until http_respond, which must be
 * called exactly once, then or later. When the client leaves meanwhile the
 * request stays valid; http_respond then only frees it. Thread: L. */
#ifndef PF_NET_HTTP_H
#define PF_NET_HTTP_H

#include "base/address.h"
#include "base/status.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT, HTTP_DELETE, HTTP_OPTIONS, HTTP_PATCH, HTTP_METHOD_OTHER };

enum http_header {
    HTTP_HEADER_ACCESS_CONTROL_REQUEST_METHOD,
    HTTP_HEADER_ACCEPT,
    HTTP_HEADER_ACCEPT_ENCODING,
    HTTP_HEADER_AUTHORIZATION,
    HTTP_HEADER_CONTENT_ENCODING,
    HTTP_HEADER_CONTENT_TYPE,
    HTTP_HEADER_HOST,
    HTTP_HEADER_IDEMPOTENCY_KEY,
    HTTP_HEADER_IF_MATCH,
    HTTP_HEADER_IF_NONE_MATCH,
    HTTP_HEADER_ORIGIN,
    HTTP_HEADER_SEC_WEBSOCKET_PROTOCOL,
    HTTP_HEADER_USER_AGENT,
    HTTP_HEADER_X_REQUEST_ID,
    HTTP_HEADER_N
};

/* Why the transport refuses a request. The handler answers with a document of
 * its own and the connection is closed after it. */
enum http_refusal {
    HTTP_REFUSAL_NONE,
    HTTP_REFUSAL_BAD_REQUEST, /* Host, Content-Length, Transfer-Encoding, chunks, version not acceptable */
    HTTP_REFUSAL_BODY_TOO_LARGE,
    HTTP_REFUSAL_BUSY, /* too many bodies above the usual limit come in at once */
    HTTP_REFUSAL_TIMEOUT,
    HTTP_REFUSAL_UPGRADE,  /* an Upgrade, or a WebSocket handshake, that is not accepted */
    HTTP_REFUSAL_DRAINING, /* a handshake that would be, but the server stops */
    HTTP_REFUSAL_TARGET_TOO_LONG,
    HTTP_REFUSAL_HEAD_TOO_LARGE, /* in bytes or fields */
    HTTP_REFUSAL_CONNECTIONS,    /* a handshake of an address that has too many connections */
    HTTP_REFUSAL_NOT_TLS         /* plain HTTP where TLS is spoken */
};

struct http_request {
    enum http_method method;
    enum http_refusal refusal;
    const char *path;  /* as sent (percent-encoded), without the query, NUL-terminated */
    const char *query; /* without '?', "" when absent */
    const char *body;  /* body_len bytes and a NUL */
    size_t body_len;
    const char *peer;                   /* the client's address, see net/visitor.h */
    struct address client;              /* the same */
    const char *headers[HTTP_HEADER_N]; /* NULL when absent */
    /* The client has shut its side, or is gone: it may still read the answer, but
     * mostly nobody does. Thread: any. */
    atomic_bool has_left;
};

struct http_response_header {
    const char *name; /* lower case, with the colon: "etag:" */
    const char *value;
};
#define HTTP_RESPONSE_HEADERS_MAX 24

/* Everything is copied by http_respond. For HEAD the body's length is sent, not
 * the body. content-length, date and connection are the transport's. */
struct http_response {
    int status;
    const char *content_type; /* NULL without a body */
    const char *body;
    size_t body_len;
    struct http_response_header headers[HTTP_RESPONSE_HEADERS_MAX];
    size_t headers_n;
    const char *policy; /* content-security-policy; NULL: the handler's */
    bool close;         /* close the connection afterwards */
};

struct http_handler {
    void *context;
    void (*on_request)(void *context, struct http_request *request);
    /* A WebSocket handshake that passed every check of the transport: as a request, but it may also end in
     * http_upgrade. Until then nothing is read from its socket. NULL: each is upgraded at once. */
    void (*on_handshake)(void *context, struct http_request *request);
    /* Whole lines with their ends that every response has, and those over TLS; NULL: none. */
    const char *headers, *tls_headers;
    const char *policy; /* content-security-policy of a response that has none of its own; NULL: none */
    /* What a body may have that is above the usual limit; NULL: nothing may be. */
    size_t (*max_body_bytes)(void *context, enum http_method method, const char *path);
};

void http_respond(struct http_request *request, const struct http_response *response);
/* Instead, of a handshake: its socket becomes a WebSocket, inside the call, and
 * on_open of the websocket_handler gets `grant`. Not when the client has left. */
void http_upgrade(struct http_request *request, void *grant);

#endif
