/* The table of the API's paths, and what is done before a handler: refusals of
 * the transport, OPTIONS, methods that do not exist, the web page's files.
 * Thread: L. */
#include "app/api.h"

#include "app/access_messages.h"
#include "app/api_gate.h"
#include "app/api_handlers.h"
#include "app/api_limits.h"
#include "app/page_guard.h"
#include "app/site.h"
#include "ops/log.h"

#include <string.h>
#include <strings.h>

/* Rules of app/access.h, and which id they are judged by. */
#define PUBLIC                                                                                                         \
    { ACCESS_PUBLIC, ACCESS_OF_NONE }
#define LOOK_UP                                                                                                        \
    { ACCESS_LOOK_UP, ACCESS_OF_NONE }
#define SEE(of)                                                                                                        \
    { ACCESS_SEE, ACCESS_OF_##of }
#define CHANGE(of)                                                                                                     \
    { ACCESS_CHANGE, ACCESS_OF_##of }
#define UPDATE_PRICES(of)                                                                                              \
    { ACCESS_UPDATE_PRICES, ACCESS_OF_##of }
#define ADMINISTER(of)                                                                                                 \
    { ACCESS_ADMINISTER, ACCESS_OF_##of }
#define MANAGE(of)                                                                                                     \
    { ACCESS_MANAGE, ACCESS_OF_##of }
#define SELF                                                                                                           \
    { ACCESS_SELF, ACCESS_OF_NONE }
#define LOGIN                                                                                                          \
    { ACCESS_LOGIN, ACCESS_OF_NONE }
#define TICKET                                                                                                         \
    { ACCESS_TICKET, ACCESS_OF_NONE }
#define PRICE                                                                                                          \
    { ACCESS_PRICE, ACCESS_OF_NONE }
#define OPERATE                                                                                                        \
    { ACCESS_OPERATE, ACCESS_OF_NONE }

/* No handler is called but by api_gate.c. */
static const struct route routes[] = {
    {HTTP_GET, "/health", api_health_get, PUBLIC},
    {HTTP_GET, "/metrics", api_metrics_get, OPERATE},
    {HTTP_GET, "/providers", api_providers_get, OPERATE},
    {HTTP_GET, "/.well-known/jwks.json", api_jwks_get, PUBLIC},
    {HTTP_GET, "/openapi.yaml", api_openapi_get_yaml, PUBLIC},
    {HTTP_GET, "/openapi.json", api_openapi_get_json, PUBLIC},
    {HTTP_GET, "/docs", api_docs_get, PUBLIC},
    {HTTP_GET, "/docs/viewer.js", api_docs_get_viewer, PUBLIC},

    {HTTP_POST, "/auth/register", api_auth_register, PUBLIC},
    {HTTP_POST, "/auth/login", api_auth_login, PUBLIC},
    {HTTP_POST, "/auth/refresh", api_auth_refresh, PUBLIC},
    {HTTP_POST, "/auth/logout", api_auth_logout, LOGIN},
    {HTTP_POST, "/auth/password", api_auth_change_password, LOGIN},
    {HTTP_POST, "/auth/ticket", api_auth_create_ticket, TICKET},
    {HTTP_GET, "/auth/me", api_auth_get_me, SELF},
    {HTTP_GET, "/auth/sessions", api_auth_list_sessions, LOGIN},
    {HTTP_DELETE, "/auth/sessions/{session_id}", api_auth_delete_session, LOGIN},
    {HTTP_GET, "/auth/keys", api_auth_list_keys, LOGIN},
    {HTTP_POST, "/auth/keys", api_auth_create_key, LOGIN},
    {HTTP_DELETE, "/auth/keys/{key_id}", api_auth_delete_key, LOGIN},

    {HTTP_GET, "/users", api_users_list, MANAGE(NONE)},
    {HTTP_POST, "/users", api_users_create, MANAGE(NONE)},
    {HTTP_GET, "/users/{user_id}", api_users_get, MANAGE(NONE)},
    {HTTP_PUT, "/users/{user_id}", api_users_update, MANAGE(NONE)},
    {HTTP_DELETE, "/users/{user_id}", api_users_delete, MANAGE(NONE)},

    {HTTP_POST, "/customers", api_customers_create, ADMINISTER(NONE)},
    {HTTP_GET, "/customers", api_customers_list, SEE(LIST)},
    {HTTP_GET, "/customers/{customer_id}", api_customers_get, SEE(CUSTOMER)},
    {HTTP_PUT, "/customers/{customer_id}", api_customers_update, CHANGE(CUSTOMER)},
    {HTTP_DELETE, "/customers/{customer_id}", api_customers_delete, ADMINISTER(CUSTOMER)},
    {HTTP_GET, "/customers/{customer_id}/advisors", api_advisors_list, MANAGE(CUSTOMER)},
    {HTTP_PUT, "/customers/{customer_id}/advisors/{user_id}", api_advisors_assign, MANAGE(NONE)},
    {HTTP_DELETE, "/customers/{customer_id}/advisors/{user_id}", api_advisors_unassign, MANAGE(NONE)},
    {HTTP_GET, "/customers/email/{email}", api_customers_get_by_email, SEE(EMAIL)},
    {HTTP_GET, "/customers/{customer_id}/portfolios", api_customers_list_portfolios, SEE(CUSTOMER)},
    {HTTP_GET, "/customers/{customer_id}/portfolios/summary", api_customers_summarize_portfolios, SEE(CUSTOMER)},
    {HTTP_GET, "/customers/{customer_id}/returns", api_customers_get_returns, SEE(CUSTOMER)},

    {HTTP_POST, "/portfolios", api_portfolios_create, CHANGE(BODY)},
    {HTTP_GET, "/portfolios", api_portfolios_list, SEE(LIST)},
    {HTTP_GET, "/portfolios/{portfolio_id}", api_portfolios_get, SEE(PORTFOLIO)},
    {HTTP_PUT, "/portfolios/{portfolio_id}", api_portfolios_update, CHANGE(PORTFOLIO)},
    {HTTP_DELETE, "/portfolios/{portfolio_id}", api_portfolios_delete, CHANGE(PORTFOLIO)},
    {HTTP_GET, "/portfolios/{portfolio_id}/investments", api_portfolios_list_investments, SEE(PORTFOLIO)},
    {HTTP_POST, "/portfolios/{portfolio_id}/investments/import", api_portfolios_import_investments, CHANGE(PORTFOLIO)},
    {HTTP_GET, "/portfolios/{portfolio_id}/investments/summary", api_portfolios_summarize_investments, SEE(PORTFOLIO)},
    {HTTP_GET, "/portfolios/{portfolio_id}/allocation", api_portfolios_get_allocation, SEE(PORTFOLIO)},
    {HTTP_GET, "/portfolios/{portfolio_id}/valuation", api_portfolios_get_valuation, SEE(PORTFOLIO)},
    {HTTP_GET, "/portfolios/{portfolio_id}/returns", api_portfolios_get_returns, SEE(PORTFOLIO)},
    {HTTP_GET, "/portfolios/{portfolio_id}/history", api_portfolios_list_history, SEE(PORTFOLIO)},
    {HTTP_GET, "/portfolios/{portfolio_id}/risk", api_portfolios_get_risk, SEE(PORTFOLIO)},
    {HTTP_POST, "/portfolios/{portfolio_id}/sync-values", api_portfolios_sync_values, CHANGE(PORTFOLIO)},

    {HTTP_POST, "/investments", api_investments_create, CHANGE(BODY)},
    {HTTP_GET, "/investments", api_investments_list, SEE(LIST)},
    {HTTP_POST, "/investments/update-prices", api_investments_update_prices, UPDATE_PRICES(BODY)},
    {HTTP_GET, "/investments/{investment_id}", api_investments_get, SEE(INVESTMENT)},
    {HTTP_PUT, "/investments/{investment_id}", api_investments_update, CHANGE(INVESTMENT)},
    {HTTP_DELETE, "/investments/{investment_id}", api_investments_delete, CHANGE(INVESTMENT)},

    {HTTP_GET, "/assets", api_assets_search, LOOK_UP},
    {HTTP_GET, "/assets/{ticker_symbol}", api_assets_get, LOOK_UP},
    {HTTP_GET, "/assets/{ticker_symbol}/price", api_assets_get_price, LOOK_UP},
    {HTTP_PUT, "/assets/{ticker_symbol}/price", api_assets_put_price, PRICE},
    {HTTP_GET, "/assets/{ticker_symbol}/history", api_assets_list_history, LOOK_UP},
    {HTTP_GET, "/assets/{ticker_symbol}/corporate-actions", api_assets_list_corporate_actions, LOOK_UP},
    {HTTP_POST, "/assets/prices", api_assets_get_prices, LOOK_UP},
    {HTTP_DELETE, "/cache/prices", api_cache_forget_prices, PRICE},

    {HTTP_GET, "/exchange-rates", api_exchange_rates_get, LOOK_UP},

    {HTTP_POST, "/stocks/populate", api_stocks_populate, OPERATE},
    {HTTP_GET, "/jobs", api_jobs_list, OPERATE},
    {HTTP_GET, "/jobs/{job_id}", api_jobs_get, OPERATE},

    {HTTP_GET, "/audit", api_audit_list, ADMINISTER(NONE)},
};

void api_print_routes(FILE *out) {
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++)
        (void)fprintf(out, "%s %s\n", router_method_text(routes[i].method), routes[i].pattern);
}

void api_print_access(FILE *out) {
    access_print_heading(out);
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++)
        access_print(out, router_method_text(routes[i].method), routes[i].pattern, routes[i].access);
    access_messages_print(out);
}

static size_t max_body_bytes(const struct api_context *api, enum http_method method, const char *path) {
    const struct route *route = NULL;
    struct route_params params;
    unsigned methods = 0;
    bool is_import =
        router_find(routes, sizeof routes / sizeof routes[0], method, path, &route, &params, &methods) == STATUS_OK &&
        route->handle == api_portfolios_import_investments;
    return (size_t)(is_import ? api->config->max_import_bytes : api->config->max_body_bytes);
}

size_t api_max_body_bytes(void *context, enum http_method method, const char *path) {
    return max_body_bytes(context, method, path);
}

static void refusal_respond(struct api_call *call) {
    switch (call->http->refusal) {
    case HTTP_REFUSAL_BODY_TOO_LARGE:
        api_call_refuse_with(call, ERROR_TOO_LARGE, "The body is larger than %zu bytes",
                             max_body_bytes(call->api, call->http->method, call->http->path));
        return;
    case HTTP_REFUSAL_TARGET_TOO_LONG:
        call->problem.http_status = 414;
        api_call_refuse_with(call, ERROR_TOO_LARGE, "The request line is longer than it may be");
        return;
    case HTTP_REFUSAL_HEAD_TOO_LARGE:
        call->problem.http_status = 431;
        api_call_refuse_with(call, ERROR_TOO_LARGE, "The head has more than 16384 bytes or 100 fields");
        return;
    case HTTP_REFUSAL_BUSY:
        api_call_refuse_with(call, ERROR_UNAVAILABLE, "Too many large bodies come in at once");
        return;
    case HTTP_REFUSAL_TIMEOUT:
        call->problem.http_status = 408;
        api_call_refuse_with(call, ERROR_UNAVAILABLE, "The request did not come in time");
        return;
    case HTTP_REFUSAL_UPGRADE:
        call->problem.http_status = 400;
        api_call_refuse_with(call, ERROR_INVALID_FIELD,
                             "Only a WebSocket handshake of version 13 on /stream is accepted, without a "
                             "subprotocol or with portfolio.v1.json");
        return;
    case HTTP_REFUSAL_CONNECTIONS:
        call->retry_after_s = 5;
        api_call_refuse_with(call, ERROR_RATE_LIMITED, "This address has as many connections as it may have");
        return;
    case HTTP_REFUSAL_DRAINING:
        api_call_refuse_with(call, ERROR_UNAVAILABLE, "This instance stops");
        return;
    case HTTP_REFUSAL_NOT_TLS:
        call->problem.http_status = 400;
        api_call_refuse_with(call, ERROR_INVALID_FIELD, "This port speaks TLS: use https:// or wss://");
        return;
    default:
        call->problem.http_status = 400;
        api_call_refuse_with(call, ERROR_INVALID_FIELD, "The request's head or framing is not acceptable");
    }
}

/* The path exists, the method does not. */
static void method_respond(struct api_call *call, unsigned methods) {
    struct strbuf allow;
    strbuf_init(&allow);
    router_write_methods(&allow, methods);
    const char *text = strbuf_text(&allow);
    size_t len = strlen(text);
    memcpy(call->allow, text, len < sizeof call->allow ? len + 1 : 0);
    strbuf_fini(&allow);
    if (call->http->method == HTTP_OPTIONS)
        api_call_respond(call, 204);
    else
        api_call_refuse_with(call, ERROR_METHOD_NOT_ALLOWED, "Here only %s are possible", call->allow);
}

static bool takes_no_body(const struct route *route) {
    return route->method == HTTP_DELETE || route->handle == api_portfolios_sync_values ||
           route->handle == api_auth_create_ticket || route->handle == api_advisors_assign;
}

/* A body is read as it came, and one that nobody asked for is not passed over when
 * it may have meant something. One of a GET never means anything. */
bool api_body_is_acceptable(struct api_call *call, const struct route *route) {
    const char *coding = call->http->headers[HTTP_HEADER_CONTENT_ENCODING];
    if (call->http->body_len == 0 || route->method == HTTP_GET)
        return true;
    if (coding && *coding && strcasecmp(coding, "identity") != 0)
        api_call_refuse_with(call, ERROR_UNSUPPORTED_MEDIA_TYPE, "The body must come without a Content-Encoding");
    else if (takes_no_body(route) && !api_call_has_json(call))
        api_call_refuse_with(call, ERROR_UNSUPPORTED_MEDIA_TYPE,
                             "Here a body is not needed; one must be application/json");
    else
        return true;
    return false;
}

void api_on_request(void *context, struct http_request *request) {
    const struct api_context *api = context;
    const struct route *route = NULL;
    struct route_params params;
    unsigned methods = 0;
    enum status status = router_find(routes, sizeof routes / sizeof routes[0], request->method, request->path, &route,
                                     &params, &methods);
    bool is_refused = request->refusal != HTTP_REFUSAL_NONE;
    struct rate_limit_state taken = api_limits_take(api, request);
    enum page_verdict page = page_guard_judge(api, request);
    bool is_admitted = !is_refused && !taken.is_refused && page == PAGE_ADMITTED;
    if (is_admitted && status == STATUS_NOT_FOUND && api->site && site_respond(api->site, request))
        return;
    struct api_call *call = api_call_create(api, request);
    if (!call) {
        log_event(LOG_ERROR, "request.failed", LOG_TEXT("reason", "no memory"));
        http_respond(request, &(struct http_response){.status = 503, .close = true});
        return;
    }
    if (!is_refused && !api_limits_admit(call, &taken))
        return;
    if (is_refused) {
        refusal_respond(call);
    } else if (page != PAGE_ADMITTED) {
        page_guard_refuse(call, page);
    } else if (status == STATUS_OK) {
        call->params = params;
        api_gate_enter(call, route);
    } else if (status == STATUS_CONFLICT) {
        method_respond(call, methods);
    } else if (strcmp(request->path, "*") == 0) { /* only of OPTIONS: what some path has */
        method_respond(call, 1U << HTTP_GET | 1U << HTTP_POST | 1U << HTTP_PUT | 1U << HTTP_DELETE);
    } else {
        api_call_refuse_with(call, ERROR_NOT_FOUND, "There is nothing at this path");
    }
}
