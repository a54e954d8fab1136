/* Kraken over REST, without a key: crypto and some currencies, many pairs a
 * request. One pair that it does not know fails all of them. Thread: the
 * poller's; the parsers any, pure, fuzzed. */
#include "base/timestamp.h"
#include "feed/provider_fields.h"
#include "protocol/json_exact.h"

#include <stdio.h>
#include <string.h>

#define PAIR_MAX 48

/* Its rates; it has no others, and none the other way round. */
static const char *const rates[] = {"EUR/USD", "GBP/USD", "USD/JPY", "USD/CAD", "USD/CHF", "AUD/USD",
                                    "EUR/GBP", "EUR/JPY", "EUR/CHF", "EUR/CAD", "EUR/AUD", "AUD/JPY"};

static bool kraken_knows(const struct provider *provider, const struct symbol *symbol) {
    struct symbol_pair pair;
    enum symbol_kind kind = symbol_pair_kind(symbol, &pair);
    (void)provider;
    for (size_t i = 0; kind == SYMBOL_RATE && i < sizeof rates / sizeof rates[0]; i++) {
        if (strcmp(symbol->text, rates[i]) == 0)
            return true;
    }
    return kind == SYMBOL_CRYPTO;
}

/* Its own names of two crypto currencies. */
static const char *kraken_base(const char *base) {
    if (strcmp(base, "BTC") == 0)
        return "XBT";
    return strcmp(base, "DOGE") == 0 ? "XDG" : base;
}

static void kraken_write_request(const struct provider *provider, const struct provider_query *query,
                                 struct provider_request *out) {
    bool is_history = query->function == PROVIDER_HISTORY;
    strbuf_printf(&out->url, "%s/0/public/%s?pair=", provider_remote_of(provider)->base_url,
                  is_history ? "OHLC" : "Ticker");
    for (size_t i = 0; i < query->n; i++) {
        struct symbol_pair pair = {0};
        (void)symbol_pair_kind(&query->symbols[i], &pair);
        strbuf_printf(&out->url, "%s%s%s", i > 0 ? "," : "", kraken_base(pair.base), pair.quote.code);
    }
    if (is_history) /* since is exclusive */
        strbuf_printf(&out->url, "&interval=1440&since=%lld", (long long)query->from * 86400 - 1);
}

/* {"error":["EQuery:…"]}: false when there is none. Warnings begin with W. */
static bool error_classify(const json_t *root, struct provider_answer *answer) {
    size_t len = 0;
    const json_t *first = json_array_get(json_object_get(root, "error"), 0);
    const char *text = first ? json_exact_string(first, &len) : NULL;
    if (!text || text[0] != 'E')
        return false;
    if (strstr(text, "Unknown asset pair"))
        provider_answer_set(answer, PROVIDER_UNKNOWN_SYMBOL, "unknown asset pair");
    else if (strstr(text, "Too many requests") || strstr(text, "Rate limit") || strstr(text, "Temporary lockout"))
        provider_answer_set(answer, PROVIDER_THROTTLED, "too many requests");
    else
        provider_answer_set(answer, PROVIDER_FAILED, "an error message");
    return true;
}

/* XBTUSD is answered as XXBTZUSD: a crypto currency of old gets an X in front, a
 * currency a Z, others nothing. */
static bool key_matches(const char *key, const struct symbol_pair *pair) {
    static const char *const marks[] = {"", "X", "Z"};
    char name[PAIR_MAX];
    for (size_t base = 0; base < 3; base++) {
        for (size_t quote = 0; quote < 3; quote++) {
            (void)snprintf(name, sizeof name, "%s%s%s%s", marks[base], kraken_base(pair->base), marks[quote],
                           pair->quote.code);
            if (strcmp(name, key) == 0)
                return true;
        }
    }
    return false;
}

static const json_t *pair_find(json_t *result, const struct symbol_pair *pair) {
    const char *key;
    json_t *value;
    json_object_foreach(result, key, value) {
        if (key_matches(key, pair))
            return value;
    }
    return NULL;
}

/* It names no time: a ticker is of now. */
static void ticker_read(const json_t *ticker, const struct provider_query *query, const struct symbol *symbol,
                        const struct symbol_pair *pair, struct provider_result *result) {
    struct provider_quote_fields fields = {
        .currency = pair->quote, .as_of_ms = query->wall_ms, .session = timestamp_date(query->wall_ms)};
    const json_t *last = json_array_get(json_object_get(ticker, "c"), 0);
    const json_t *open = json_object_get(ticker, "o");
    if (!last) {
        provider_result_set(result, PROVIDER_MALFORMED, "the answer is not a ticker");
        return;
    }
    if (provider_value_price(last, PROVIDER_DIGITS_ALL, &fields.price) != STATUS_OK) {
        provider_result_set(result, PROVIDER_REFUSED_PRICE, "no price above 0");
        return;
    }
    /* Around the clock, the day's first price is where the one before ended. */
    if (provider_value_price(open, PROVIDER_DIGITS_ALL, &fields.previous_close) != STATUS_OK)
        fields.previous_close.e8 = 0;
    provider_result_quote(result, symbol, "kraken", &fields);
}

static void kraken_parse(const struct provider_query *query, const struct provider_body *body,
                         struct provider_answer *ret_answer) {
    json_t *root = provider_body_read(body);
    json_t *result = json_object_get(root, "result");
    if (root && error_classify(root, ret_answer)) {
        json_decref(root);
        return;
    }
    if (body->http_status != 200 || !json_is_object(result)) {
        provider_answer_by_status(ret_answer, body->http_status, "the answer is not a ticker");
        json_decref(root);
        return;
    }
    provider_answer_begin(ret_answer, query);
    for (size_t i = 0; i < query->n; i++) {
        struct symbol_pair pair;
        if (symbol_pair_kind(&query->symbols[i], &pair) == SYMBOL_SHARE)
            continue;
        const json_t *ticker = pair_find(result, &pair);
        if (ticker)
            ticker_read(ticker, query, &query->symbols[i], &pair, &ret_answer->results[i]);
    }
    json_decref(root);
}

/* [time, open, high, low, close, vwap, volume, count] */
static bool row_read(const json_t *row, int64_t *ret_time_s, struct provider_bar *ret_bar) {
    int64_t *const places[] = {&ret_bar->open_e8, &ret_bar->high_e8, &ret_bar->low_e8, &ret_bar->close_e8};
    if (json_array_size(row) < 7 || provider_value_whole(json_array_get(row, 0), ret_time_s) != STATUS_OK ||
        *ret_time_s <= 0 || *ret_time_s > INT32_MAX * INT64_C(60))
        return false;
    ret_bar->date = timestamp_date(*ret_time_s * 1000);
    for (size_t i = 0; i < 4; i++) {
        struct price price;
        if (provider_value_price(json_array_get(row, i + 1), PROVIDER_DIGITS_ALL, &price) != STATUS_OK)
            return false;
        *places[i] = price.e8;
    }
    ret_bar->volume_e8 = provider_value_volume(json_array_get(row, 6));
    return true;
}

/* `last` is the last row that is final; the one behind it is still moving. */
static enum status rows_read(const json_t *rows, int64_t last_s, struct provider_history *history) {
    enum status status = STATUS_OK;
    for (size_t i = 0; i < json_array_size(rows) && status == STATUS_OK; i++) {
        struct provider_bar bar = {.volume_e8 = -1};
        int64_t time_s = 0;
        if (!row_read(json_array_get(rows, i), &time_s, &bar))
            status = STATUS_INVALID;
        else if (time_s <= last_s)
            status = provider_history_add_bar(history, &bar);
    }
    return status;
}

static void kraken_parse_history(const struct provider_query *query, const struct provider_body *body,
                                 struct provider_history *ret_history, struct provider_answer *ret_answer) {
    json_t *root = provider_body_read(body);
    json_t *result = json_object_get(root, "result");
    struct symbol_pair pair;
    int64_t last_s = INT64_MAX;
    provider_history_init(ret_history);
    if (root && error_classify(root, ret_answer)) {
        json_decref(root);
        return;
    }
    const json_t *rows = NULL;
    if (body->http_status == 200 && symbol_pair_kind(&query->symbols[0], &pair) != SYMBOL_SHARE)
        rows = pair_find(result, &pair);
    if (json_is_array(rows)) {
        (void)!provider_value_whole(json_object_get(result, "last"), &last_s);
        ret_history->currency = pair.quote;
        provider_history_end(ret_history, query, rows_read(rows, last_s, ret_history), ret_answer);
    } else {
        provider_answer_by_status(ret_answer, body->http_status, "the answer is not a list of bars");
    }
    json_decref(root);
}

static const struct provider_remote_ops remote_ops = {
    .batch_max = {[PROVIDER_CRYPTO] = 20, [PROVIDER_RATES] = 12, [PROVIDER_HISTORY] = 1},
    .quota = "1/s",
    .write_request = kraken_write_request,
    .parse = kraken_parse,
    .parse_history = kraken_parse_history,
};
const struct provider_ops provider_kraken_ops = {.name = "kraken",
                                                 .kind = PROVIDER_REMOTE,
                                                 .knows = kraken_knows,
                                                 .destroy = provider_remote_destroy,
                                                 .remote = &remote_ops};
