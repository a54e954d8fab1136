/* The table of the API's paths, and what is done before a handler: refusals of
 * the transport, OPTIONS, methods that do not exist, the web page's files.
 * Thread: L. */
#include "app/api.h"

#include "app/api_handlers.h"
#include "app/site.h"
#include "ops/log.h"

#include <string.h>
#include <strings.h>

static const struct route routes[] = {
    {HTTP_GET, "/health", api_health_get},
    {HTTP_GET, "/metrics", api_metrics_get},
    {HTTP_GET, "/providers", api_providers_get},
    {HTTP_GET, "/openapi.yaml", api_openapi_get_yaml},
    {HTTP_GET, "/openapi.json", api_openapi_get_json},
    {HTTP_GET, "/docs", api_docs_get},
    {HTTP_GET, "/docs/viewer.js", api_docs_get_viewer},

    {HTTP_POST, "/customers", api_customers_create},
    {HTTP_GET, "/customers", api_customers_list},
    {HTTP_GET, "/customers/{customer_id}", api_customers_get},
    {HTTP_PUT, "/customers/{customer_id}", api_customers_update},
    {HTTP_DELETE, "/customers/{customer_id}", api_customers_delete},
    {HTTP_GET, "/customers/email/{email}", api_customers_get_by_email},
    {HTTP_GET, "/customers/{customer_id}/portfolios", api_customers_list_portfolios},
    {HTTP_GET, "/customers/{customer_id}/portfolios/summary", api_customers_summarize_portfolios},
    {HTTP_GET, "/customers/{customer_id}/returns", api_customers_get_returns},

    {HTTP_POST, "/portfolios", api_portfolios_create},
    {HTTP_GET, "/portfolios", api_portfolios_list},
    {HTTP_GET, "/portfolios/{portfolio_id}", api_portfolios_get},
    {HTTP_PUT, "/portfolios/{portfolio_id}", api_portfolios_update},
    {HTTP_DELETE, "/portfolios/{portfolio_id}", api_portfolios_delete},
    {HTTP_GET, "/portfolios/{portfolio_id}/investments", api_portfolios_list_investments},
    {HTTP_POST, "/portfolios/{portfolio_id}/investments/import", api_portfolios_import_investments},
    {HTTP_GET, "/portfolios/{portfolio_id}/investments/summary", api_portfolios_summarize_investments},
    {HTTP_GET, "/portfolios/{portfolio_id}/allocation", api_portfolios_get_allocation},
    {HTTP_GET, "/portfolios/{portfolio_id}/valuation", api_portfolios_get_valuation},
    {HTTP_GET, "/portfolios/{portfolio_id}/returns", api_portfolios_get_returns},
    {HTTP_GET, "/portfolios/{portfolio_id}/history", api_portfolios_list_history},
    {HTTP_GET, "/portfolios/{portfolio_id}/risk", api_portfolios_get_risk},
    {HTTP_POST, "/portfolios/{portfolio_id}/sync-values", api_portfolios_sync_values},

    {HTTP_POST, "/investments", api_investments_create},
    {HTTP_GET, "/investments", api_investments_list},
    {HTTP_POST, "/investments/update-prices", api_investments_update_prices},
    {HTTP_GET, "/investments/{investment_id}", api_investments_get},
    {HTTP_PUT, "/investments/{investment_id}", api_investments_update},
    {HTTP_DELETE, "/investments/{investment_id}", api_investments_delete},

    {HTTP_GET, "/assets", api_assets_search},
    {HTTP_GET, "/assets/{ticker_symbol}", api_assets_get},
    {HTTP_GET, "/assets/{ticker_symbol}/price", api_assets_get_price},
    {HTTP_PUT, "/assets/{ticker_symbol}/price", api_assets_put_price},
    {HTTP_GET, "/assets/{ticker_symbol}/history", api_assets_list_history},
    {HTTP_GET, "/assets/{ticker_symbol}/corporate-actions", api_assets_list_corporate_actions},
    {HTTP_POST, "/assets/prices", api_assets_get_prices},
    {HTTP_DELETE, "/cache/prices", api_cache_forget_prices},

    {HTTP_GET, "/exchange-rates", api_exchange_rates_get},

    {HTTP_POST, "/stocks/populate", api_stocks_populate},
    {HTTP_GET, "/jobs", api_jobs_list},
    {HTTP_GET, "/jobs/{job_id}", api_jobs_get},
};

void api_print_routes(FILE *out) {
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++)
        (void)fprintf(out, "%s %s\n", router_method_text(routes[i].method), routes[i].pattern);
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
    case HTTP_REFUSAL_DRAINING:
        api_call_refuse_with(call, ERROR_UNAVAILABLE, "This instance stops");
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
    return route->method == HTTP_DELETE || route->handle == api_portfolios_sync_values;
}

/* A body is read as it came, and one that nobody asked for is not passed over when
 * it may have meant something. One of a GET never means anything. */
static bool body_is_acceptable(struct api_call *call, const struct route *route) {
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
    if (!is_refused && status == STATUS_NOT_FOUND && api->site && site_respond(api->site, request))
        return;
    struct api_call *call = api_call_create(api, request);
    if (!call) {
        log_event(LOG_ERROR, "request.failed", LOG_TEXT("reason", "no memory"));
        http_respond(request, &(struct http_response){.status = 503, .close = true});
        return;
    }
    if (is_refused) {
        refusal_respond(call);
    } else if (status == STATUS_OK) {
        call->params = params;
        if (body_is_acceptable(call, route))
            route->handle(call);
    } else if (status == STATUS_CONFLICT) {
        method_respond(call, methods);
    } else if (strcmp(request->path, "*") == 0) { /* only of OPTIONS: what some path has */
        method_respond(call, 1U << HTTP_GET | 1U << HTTP_POST | 1U << HTTP_PUT | 1U << HTTP_DELETE);
    } else {
        api_call_refuse_with(call, ERROR_NOT_FOUND, "There is nothing at this path");
    }
}
