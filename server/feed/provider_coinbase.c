/* Coinbase Exchange over REST, without a key: one product a request, candles of
 * 300 days. Knows only BASE-QUOTE symbols. Thread: the poller's; the parsers
 * any, pure, fuzzed. */
#include "base/timestamp.h"
#include "feed/provider_fields.h"

#include <string.h>

#define CANDLES_MAX 300
#define SECONDS_PER_DAY 86400

static bool coinbase_knows(const struct provider *provider, const struct symbol *symbol) {
    struct symbol_pair pair;
    (void)provider;
    return symbol_pair_kind(symbol, &pair) == SYMBOL_CRYPTO;
}

static int32_t page_end(const struct provider_query *query) {
    int32_t end = query->from + CANDLES_MAX - 1;
    return end < query->to ? end : query->to;
}

static void coinbase_write_request(const struct provider *provider, const struct provider_query *query,
                                   struct provider_request *out) {
    strbuf_printf(&out->url, "%s/products/%s/", provider_remote_of(provider)->base_url, query->symbols[0].text);
    if (query->function == PROVIDER_CRYPTO) {
        STRBUF_LITERAL(&out->url, "ticker");
        return;
    }
    STRBUF_LITERAL(&out->url, "candles?granularity=86400&start=");
    strbuf_append_date(&out->url, query->from);
    STRBUF_LITERAL(&out->url, "T00:00:00Z&end=");
    strbuf_append_date(&out->url, page_end(query));
    STRBUF_LITERAL(&out->url, "T00:00:00Z");
}

/* {"message": …} is an error, whatever the status says; false when there is none. */
static bool message_classify(const json_t *root, long http_status, struct provider_answer *answer) {
    const char *message = provider_field_text(root, "message");
    if (!message)
        return false;
    if (strcmp(message, "NotFound") == 0)
        provider_answer_set(answer, PROVIDER_UNKNOWN_SYMBOL, "unknown product");
    else if (strcasestr(message, "rate limit") || http_status == 429)
        provider_answer_set(answer, PROVIDER_THROTTLED, "rate limit exceeded");
    else
        provider_answer_set(answer, PROVIDER_FAILED, "an error message");
    return true;
}

static void ticker_read(const json_t *root, const struct symbol *symbol, struct provider_result *result) {
    struct provider_quote_fields fields = {0};
    struct symbol_pair pair;
    if (symbol_pair_kind(symbol, &pair) != SYMBOL_CRYPTO) {
        provider_result_set(result, PROVIDER_UNKNOWN_SYMBOL, "not a product id");
        return;
    }
    fields.currency = pair.quote;
    const char *time = provider_field_text(root, "time");
    if (!time || timestamp_parse(time, strlen(time), &fields.as_of_ms) != STATUS_OK) {
        provider_result_set(result, PROVIDER_MALFORMED, "no time");
        return;
    }
    fields.session = timestamp_date(fields.as_of_ms);
    if (provider_field_price(root, "price", &fields.price) != STATUS_OK)
        provider_result_set(result, PROVIDER_REFUSED_PRICE, "no price above 0");
    else
        provider_result_quote(result, symbol, "coinbase", &fields);
}

static void coinbase_parse(const struct provider_query *query, const struct provider_body *body,
                           struct provider_answer *ret_answer) {
    json_t *root = provider_body_read(body);
    if (json_is_object(root) && message_classify(root, body->http_status, ret_answer)) {
        json_decref(root);
        return;
    }
    if (json_is_object(root) && body->http_status == 200) {
        provider_answer_begin(ret_answer, query);
        ticker_read(root, &query->symbols[0], &ret_answer->results[0]);
    } else {
        provider_answer_by_status(ret_answer, body->http_status, "the answer is not a ticker");
    }
    json_decref(root);
}

/* [time, LOW, HIGH, open, close, volume] */
static bool candle_read(const json_t *row, struct provider_bar *ret_bar) {
    int64_t *const places[] = {&ret_bar->low_e8, &ret_bar->high_e8, &ret_bar->open_e8, &ret_bar->close_e8};
    int64_t time_s = 0;
    if (json_array_size(row) < 6 || provider_value_whole(json_array_get(row, 0), &time_s) != STATUS_OK || time_s <= 0 ||
        time_s > INT32_MAX * INT64_C(60))
        return false;
    ret_bar->date = timestamp_date(time_s * 1000);
    for (size_t i = 0; i < 4; i++) {
        struct price price;
        if (provider_value_price(json_array_get(row, i + 1), PROVIDER_DIGITS_ALL, &price) != STATUS_OK)
            return false;
        *places[i] = price.e8;
    }
    ret_bar->volume_e8 = provider_value_volume(json_array_get(row, 5));
    return true;
}

static enum status candles_read(const json_t *root, struct provider_history *history) {
    enum status status = STATUS_OK;
    for (size_t i = 0; i < json_array_size(root) && status == STATUS_OK; i++) {
        struct provider_bar bar = {.volume_e8 = -1};
        status = candle_read(json_array_get(root, i), &bar) ? provider_history_add_bar(history, &bar) : STATUS_INVALID;
    }
    return status;
}

static void coinbase_parse_history(const struct provider_query *query, const struct provider_body *body,
                                   struct provider_history *ret_history, struct provider_answer *ret_answer) {
    json_t *root = provider_body_read(body);
    struct symbol_pair pair;
    provider_history_init(ret_history);
    if (json_is_array(root) && body->http_status == 200) {
        if (symbol_pair_kind(&query->symbols[0], &pair) == SYMBOL_CRYPTO)
            ret_history->currency = pair.quote;
        provider_history_end(ret_history, query, candles_read(root, ret_history), ret_answer);
        if (ret_answer->verdict == PROVIDER_QUOTE && page_end(query) < query->to)
            ret_history->next_from = page_end(query) + 1;
    } else if (!json_is_object(root) || !message_classify(root, body->http_status, ret_answer)) {
        provider_answer_by_status(ret_answer, body->http_status, "the answer is not a list of candles");
    }
    json_decref(root);
}

static const struct provider_remote_ops remote_ops = {
    .batch_max = {[PROVIDER_CRYPTO] = 1, [PROVIDER_HISTORY] = 1},
    .quota = "5/s", /* the vendor allows 10 a second from an address; half of it is polite */
    .write_request = coinbase_write_request,
    .parse = coinbase_parse,
    .parse_history = coinbase_parse_history,
};
const struct provider_ops provider_coinbase_ops = {.name = "coinbase",
                                                   .kind = PROVIDER_REMOTE,
                                                   .knows = coinbase_knows,
                                                   .destroy = provider_remote_destroy,
                                                   .remote = &remote_ops};
