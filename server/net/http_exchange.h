/* One request and its way back to the connection it came from. Private to net.
 * Thread: L. */
#ifndef PF_NET_HTTP_EXCHANGE_H
#define PF_NET_HTTP_EXCHANGE_H

#include "base/strbuf.h"
#include "net/head.h"
#include "net/http.h"
#include "net/http_body.h"
#include "net/http_server.h"
#include "net/visitor.h"

struct http_connection;

struct http_exchange {
    struct http_request request;        /* first: the handler's view */
    struct http_connection *connection; /* NULL once the client has left */
    struct head head;
    bool is_handshake;
    size_t *large_bodies_n; /* the server's count, when this is one of them */
    struct http_body body;
    struct visitor visitor;
    char bytes[]; /* the head's, cut up into strings */
};

/* With a copy of the head, not parsed yet: path, query and body are "". */
PF_MUST_CHECK enum status http_exchange_create(struct http_connection *connection, const struct visitor *visitor,
                                               const char *head_bytes, size_t head_len,
                                               struct http_exchange **ret_exchange);
/* Parses the copy and fills in the request. STATUS_INVALID and STATUS_LIMIT as head_parse. */
PF_MUST_CHECK enum status http_exchange_parse(struct http_exchange *exchange, const struct admission *admission,
                                              size_t head_len);
void http_exchange_free(struct http_exchange **exchange);

/* What the request's body may have. */
size_t http_exchange_body_max(const struct http_exchange *exchange, const struct http_server *server);
/* A body of which so many bytes are announced: may it come, and now? */
enum http_refusal http_exchange_admit(struct http_exchange *exchange, struct http_server *server, size_t len);

/* What of a response its connection decides. */
struct http_exchange_manner {
    const struct http_handler *handler;
    bool is_closing, is_tls;
};

/* The whole response as it goes over the wire. */
void http_exchange_write(const struct http_exchange *exchange, const struct http_response *response,
                         const struct http_exchange_manner *manner, struct strbuf *out);

/* http_upgrade's other half: takes the exchange. */
void http_connection_upgrade(struct http_connection *connection, struct http_exchange *exchange, void *grant);

/* http_respond's other half: takes the exchange. */
void http_connection_respond(struct http_connection *connection, struct http_exchange *exchange,
                             const struct http_response *response);

#endif
