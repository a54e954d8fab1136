/* The REST API of a loop: routes requests to one handler file a resource.
 * A handler parses on the loop, works on a database worker, responds on the
 * loop. Thread: L. */
#ifndef PF_APP_API_H
#define PF_APP_API_H

#include "base/clock.h"
#include "feed/bus.h"
#include "net/http.h"
#include "ops/config.h"
#include "store/store.h"
#include "thread/mailbox.h"

#include <stdio.h>

struct api_call;
struct authenticator;
struct historian;
struct limiter;
struct market_calendar;
struct origins;
struct poller;
struct route;
struct shard;
struct token_keys;

/* What the handlers may use; all of it outlives the api. */
struct api_context {
    struct shard *shard; /* see app/shard_view.h */
    const struct config *config;
    const struct clock *clock;
    struct store *store;
    struct store *reports;
    struct worker_pool **packers;   /* see app/api_encoding.h; NULL there once they are stopped */
    struct worker_pool **passwords; /* see app/api_password.h; likewise */
    const stop_time *stop_at;
    struct mailbox *mailbox;
    struct authenticator *authenticator;
    struct bus *bus;
    struct poller *poller;
    struct historian *historian;
    const struct market_calendar *calendar;
    struct limiter *limiter;
    struct token_keys *token_keys;
    struct site *site; /* static files; NULL without STATIC_DIR */
    const struct origins *origins;
    int64_t started_ms; /* monotonic: /health tells the uptime */
};

/* "GET /customers/{customer_id}", one a line. */
void api_print_routes(FILE *out);
/* Who may use which of them, and which messages of the stream: app/access.h's table. */
void api_print_access(FILE *out);

/* The whole of HTTP: context is a struct api_context. */
void api_on_request(void *context, struct http_request *request);
/* Whether the body's form is one that the route takes; false: a response was sent, the call is gone. */
bool api_body_is_acceptable(struct api_call *call, const struct route *route);
/* A WebSocket handshake that the transport accepts. */
void api_on_handshake(void *context, struct http_request *request);
/* What the body of a request to this path may have. */
size_t api_max_body_bytes(void *context, enum http_method method, const char *path);

#endif
