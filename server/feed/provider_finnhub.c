/* Finnhub: US shares, one a request, with a key in a header. A quote names no
 * currency, so only symbols of US form are asked for; histories and rates are
 * for paid plans. Thread: the poller's; the parser any, pure, fuzzed. */
#include "domain/market_calendar.h"
#include "feed/provider_fields.h"

#include <string.h>

static bool finnhub_knows(const struct provider *provider, const struct symbol *symbol) {
    struct symbol share;
    struct symbol_pair pair;
    (void)provider;
    return symbol_pair_kind(symbol, &pair) == SYMBOL_SHARE && symbol_us_share(symbol, '.', &share) == STATUS_OK;
}

static void finnhub_write_request(const struct provider *provider, const struct provider_query *query,
                                  struct provider_request *out) {
    const struct provider_remote *it = provider_remote_of(provider);
    struct symbol share = query->symbols[0];
    (void)!symbol_us_share(&query->symbols[0], '.', &share);
    strbuf_printf(&out->url, "%s/quote?symbol=", it->base_url);
    provider_append_escaped(&out->url, share.text);
    strbuf_printf(&out->header, "X-Finnhub-Token: %s", it->key);
}

static bool error_classify(const json_t *root, long http_status, struct provider_answer *answer) {
    const char *error = provider_field_text(root, "error");
    if (!error)
        return false;
    if (strcasestr(error, "limit reached") || http_status == 429)
        provider_answer_set(answer, PROVIDER_THROTTLED, "the limit is reached");
    else if (strcasestr(error, "api key"))
        provider_answer_set(answer, PROVIDER_INVALID_KEY, "the key is not accepted");
    else if (strcasestr(error, "have access") || http_status == 403)
        provider_answer_set(answer, PROVIDER_NOT_ENTITLED, "the plan does not include it");
    else
        provider_answer_set(answer, PROVIDER_FAILED, "an error message");
    return true;
}

/* {c,d,dp,h,l,o,pc,t}: a price of 0 means that it does not know the symbol. */
static void quote_read(const json_t *root, const struct symbol *symbol, struct provider_result *result) {
    struct provider_quote_fields fields = {.currency = {"USD"}};
    int64_t price_e8 = 0, time_s = 0;
    if (provider_value_number(json_object_get(root, "c"), PROVIDER_DIGITS_ALL, &price_e8) != STATUS_OK ||
        price_e8 < 0) {
        provider_result_set(result, PROVIDER_REFUSED_PRICE, "no price above 0");
        return;
    }
    if (price_e8 == 0) {
        provider_result_set(result, PROVIDER_UNKNOWN_SYMBOL, "a price of 0: an unknown symbol");
        return;
    }
    if (provider_value_whole(json_object_get(root, "t"), &time_s) != STATUS_OK || time_s <= 0 ||
        time_s > INT64_C(4102444800)) {
        provider_result_set(result, PROVIDER_MALFORMED, "no time");
        return;
    }
    fields.price.e8 = price_e8;
    if (provider_field_price(root, "pc", &fields.previous_close) != STATUS_OK)
        fields.previous_close.e8 = 0;
    fields.as_of_ms = time_s * 1000;
    fields.session = market_calendar_date(fields.as_of_ms);
    provider_result_quote(result, symbol, "finnhub", &fields);
}

static void finnhub_parse(const struct provider_query *query, const struct provider_body *body,
                          struct provider_answer *ret_answer) {
    json_t *root = provider_body_read(body);
    if (json_is_object(root) && error_classify(root, body->http_status, ret_answer)) {
        json_decref(root);
        return;
    }
    if (body->http_status == 200 && json_object_get(root, "c")) {
        provider_answer_begin(ret_answer, query);
        quote_read(root, &query->symbols[0], &ret_answer->results[0]);
    } else if (body->http_status == 401) {
        provider_answer_set(ret_answer, PROVIDER_INVALID_KEY, "HTTP status 401");
    } else {
        provider_answer_by_status(ret_answer, body->http_status, "the answer is not a quote");
    }
    json_decref(root);
}

static const struct provider_remote_ops remote_ops = {
    .batch_max = {[PROVIDER_QUOTES] = 1},
    .quota = "30/s,60/min",
    .needs_key = true,
    .write_request = finnhub_write_request,
    .parse = finnhub_parse,
};
const struct provider_ops provider_finnhub_ops = {.name = "finnhub",
                                                  .kind = PROVIDER_REMOTE,
                                                  .knows = finnhub_knows,
                                                  .destroy = provider_remote_destroy,
                                                  .remote = &remote_ops};
