/* Requests as the handler sees them, responses as the client does.
 * Thread: L. */
#include "net/http.h"

#include "net/http_exchange.h"
#include "ops/log.h"
#include "ops/metrics.h"

#include <stdlib.h>
#include <string.h>

enum status http_exchange_create(struct http_connection *connection, const struct visitor *visitor,
                                 const char *head_bytes, size_t head_len, struct http_exchange **ret_exchange) {
    struct http_exchange *exchange = calloc(1, sizeof *exchange + head_len + 1);
    if (!exchange)
        return STATUS_NO_MEMORY;
    exchange->connection = connection;
    if (head_len)
        memcpy(exchange->bytes, head_bytes, head_len);
    exchange->visitor = *visitor;
    exchange->request = (struct http_request){.method = HTTP_METHOD_OTHER,
                                              .path = "",
                                              .query = "",
                                              .body = "",
                                              .peer = exchange->visitor.text,
                                              .client = visitor->client};
    *ret_exchange = exchange;
    return STATUS_OK;
}

enum status http_exchange_parse(struct http_exchange *exchange, const struct admission *admission, size_t head_len) {
    enum status status = head_parse(exchange->bytes, head_len, &exchange->head);
    if (status != STATUS_OK)
        return status;
    visitor_read(&exchange->visitor, admission, &exchange->head);
    exchange->request.client = exchange->visitor.client;
    exchange->request.method = exchange->head.method;
    exchange->request.path = exchange->head.path;
    exchange->request.query = exchange->head.query;
    memcpy(exchange->request.headers, exchange->head.headers, sizeof exchange->request.headers);
    return STATUS_OK;
}

size_t http_exchange_body_max(const struct http_exchange *exchange, const struct http_server *server) {
    const struct http_handler *handler = &server->handler;
    const struct http_request *request = &exchange->request;
    size_t max =
        handler->max_body_bytes ? handler->max_body_bytes(handler->context, request->method, request->path) : 0;
    return max > server->max_body_bytes ? max : server->max_body_bytes;
}

enum http_refusal http_exchange_admit(struct http_exchange *exchange, struct http_server *server, size_t len) {
    if (len <= server->max_body_bytes || exchange->large_bodies_n)
        return HTTP_REFUSAL_NONE;
    if (len > http_exchange_body_max(exchange, server))
        return HTTP_REFUSAL_BODY_TOO_LARGE;
    if (server->large_bodies_n >= HTTP_LARGE_BODIES_MAX)
        return HTTP_REFUSAL_BUSY;
    exchange->large_bodies_n = &server->large_bodies_n;
    server->large_bodies_n++;
    return HTTP_REFUSAL_NONE;
}

void http_exchange_free(struct http_exchange **exchange) {
    struct http_exchange *it = *exchange;
    if (!it)
        return;
    *exchange = NULL;
    if (it->large_bodies_n)
        --*it->large_bodies_n;
    http_body_fini(&it->body);
    free(it);
}

static const char *reason_phrase(int status) {
    static const struct {
        int status;
        const char *phrase;
    } reasons[] = {
        {200, "OK"},
        {201, "Created"},
        {204, "No Content"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {421, "Misdirected Request"},
        {422, "Unprocessable Content"},
        {426, "Upgrade Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {503, "Service Unavailable"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].status == status)
            return reasons[i].phrase;
    return "Unknown";
}

/* A line break in a value would let whoever made it write headers of their own. */
static bool is_header_value(const char *value) {
    return strpbrk(value, "\r\n") == NULL;
}

static void write_header(struct strbuf *out, const char *name, const char *value) {
    if (!is_header_value(value)) {
        log_event(LOG_ERROR, "http.header_dropped", LOG_TEXT("name", name));
        return;
    }
    strbuf_append_text(out, name);
    strbuf_append_char(out, ' ');
    strbuf_append_text(out, value);
    STRBUF_LITERAL(out, "\r\n");
}

static void write_headers(const struct http_response *response, const struct http_exchange_manner *manner,
                          struct strbuf *out) {
    const struct http_handler *handler = manner->handler;
    for (size_t i = 0; i < response->headers_n && i < HTTP_RESPONSE_HEADERS_MAX; i++)
        write_header(out, response->headers[i].name, response->headers[i].value);
    const char *policy = response->policy ? response->policy : handler->policy;
    if (policy)
        write_header(out, "content-security-policy:", policy);
    if (handler->headers)
        strbuf_append_text(out, handler->headers);
    if (manner->is_tls && handler->tls_headers)
        strbuf_append_text(out, handler->tls_headers);
    if (manner->is_closing)
        STRBUF_LITERAL(out, "connection: close\r\n");
}

void http_exchange_write(const struct http_exchange *exchange, const struct http_response *response,
                         const struct http_exchange_manner *manner, struct strbuf *out) {
    bool has_no_body = response->status == 204 || response->status == 304 || response->status < 200;
    STRBUF_LITERAL(out, "HTTP/1.1 ");
    strbuf_append_i64(out, response->status);
    strbuf_append_char(out, ' ');
    strbuf_append_text(out, reason_phrase(response->status));
    STRBUF_LITERAL(out, "\r\n");
    if (response->content_type && !has_no_body)
        write_header(out, "content-type:", response->content_type);
    if (!has_no_body) {
        STRBUF_LITERAL(out, "content-length: ");
        strbuf_append_u64(out, response->body_len);
        STRBUF_LITERAL(out, "\r\n");
    }
    write_headers(response, manner, out);
    STRBUF_LITERAL(out, "\r\n");
    if (!has_no_body && exchange->request.method != HTTP_HEAD && response->body_len)
        strbuf_append(out, response->body, response->body_len);
}

void http_upgrade(struct http_request *request, void *grant) {
    struct http_exchange *exchange = (struct http_exchange *)(void *)request;
    if (exchange->connection)
        http_connection_upgrade(exchange->connection, exchange, grant);
    else
        http_exchange_free(&exchange);
}

void http_respond(struct http_request *request, const struct http_response *response) {
    struct http_exchange *exchange = (struct http_exchange *)(void *)request;
    if (response->status >= 500)
        metrics_increment(METRIC_HTTP_5XX);
    else if (response->status >= 400)
        metrics_increment(METRIC_HTTP_4XX);
    if (exchange->connection)
        http_connection_respond(exchange->connection, exchange, response);
    else
        http_exchange_free(&exchange);
}
