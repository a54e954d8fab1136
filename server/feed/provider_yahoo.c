/* Yahoo's charts: shares of the world, crypto, rates, without a key. Unofficial:
 * it may refuse anybody at any time. Arrays have nulls; what it calls a quote is
 * divided by later splits, so bars and dividends are multiplied back. Thread:
 * the poller's; the parsers any, pure, fuzzed. */
#include "base/timestamp.h"
#include "feed/provider_fields.h"

#include <string.h>

#define FLOAT_DIGITS 7
#define TIME_MAX_S INT64_C(4102444800)
#define OFFSET_MAX_S 86400
#define SLACK_S 3600 /* a bar of summer, read with winter's offset, begins an hour before midnight */

static bool yahoo_knows(const struct provider *provider, const struct symbol *symbol) {
    struct symbol_pair pair;
    (void)provider;
    return symbol_pair_kind(symbol, &pair) != SYMBOL_SHARE || !strpbrk(symbol->text, "/:_");
}

/* EUR/USD is EURUSD=X; a class of shares has a dash: BRK-B. */
static void symbol_write(const struct symbol *symbol, struct strbuf *out) {
    struct symbol_pair pair;
    struct symbol share = *symbol;
    if (symbol_pair_kind(symbol, &pair) == SYMBOL_RATE) {
        strbuf_printf(out, "%s%s%%3DX", pair.base, pair.quote.code);
        return;
    }
    (void)!symbol_us_share(symbol, '-', &share);
    provider_append_escaped(out, share.text);
}

static void yahoo_write_request(const struct provider *provider, const struct provider_query *query,
                                struct provider_request *out) {
    strbuf_printf(&out->url, "%s/v8/finance/chart/", provider_remote_of(provider)->base_url);
    symbol_write(&query->symbols[0], &out->url);
    if (query->function == PROVIDER_HISTORY) {
        /* Up to now, whatever is wanted: later splits divide earlier bars. */
        strbuf_printf(&out->url, "?interval=1d&period1=%lld&period2=%lld&events=div,splits&includePrePost=false",
                      (long long)query->from * 86400, (long long)(query->wall_ms / 1000));
        return;
    }
    /* One day: chartPreviousClose is what was before the range. */
    STRBUF_LITERAL(&out->url, "?interval=1d&range=1d&includePrePost=false");
}

/* ---- what is no chart ---- */

static bool text_classify(const struct provider_body *body, struct provider_answer *answer) {
    if (!provider_body_has(body, "Too Many Requests"))
        return false;
    provider_answer_set(answer, PROVIDER_THROTTLED, "too many requests");
    return true;
}

static bool error_classify(const json_t *chart, struct provider_answer *answer) {
    const char *code = provider_field_text(json_object_get(chart, "error"), "code");
    if (!code)
        return false;
    if (strcmp(code, "Not Found") == 0)
        provider_answer_set(answer, PROVIDER_UNKNOWN_SYMBOL, "unknown symbol");
    else
        provider_answer_set(answer, PROVIDER_FAILED, "an error message");
    return true;
}

/* The first result; NULL after the answer was classified. */
static const json_t *result_find(const json_t *root, const struct provider_body *body, struct provider_answer *answer) {
    const json_t *chart = json_object_get(root, "chart");
    const json_t *result = json_array_get(json_object_get(chart, "result"), 0);
    if (!root && text_classify(body, answer))
        return NULL;
    if (error_classify(chart, answer))
        return NULL;
    if (body->http_status == 200 && json_is_object(result))
        return result;
    provider_answer_by_status(answer, body->http_status, "the answer is not a chart");
    return NULL;
}

/* GBp is not GBP: a code whose case would be lost is none. */
static bool currency_read(const json_t *meta, struct currency *ret_currency) {
    struct currency currency;
    const char *code = provider_field_text(meta, "currency");
    if (!code || currency_parse(code, strlen(code), &currency) != STATUS_OK || strcmp(currency.code, code) != 0)
        return false;
    *ret_currency = currency;
    return true;
}

static int64_t offset_read(const json_t *meta) {
    int64_t offset_s = 0;
    if (provider_value_whole(json_object_get(meta, "gmtoffset"), &offset_s) != STATUS_OK || offset_s < -OFFSET_MAX_S ||
        offset_s > OFFSET_MAX_S)
        return 0;
    return offset_s;
}

static bool time_read(const json_t *value, int64_t *ret_s) {
    int64_t time_s;
    if (provider_value_whole(value, &time_s) != STATUS_OK || time_s < -TIME_MAX_S || time_s > TIME_MAX_S)
        return false;
    *ret_s = time_s;
    return true;
}

/* ---- prices ---- */

static void quote_read(const json_t *meta, const struct symbol *symbol, struct provider_result *result) {
    struct provider_quote_fields fields = {0};
    int64_t time_s = 0;
    const json_t *previous = json_object_get(meta, "previousClose");
    if (!time_read(json_object_get(meta, "regularMarketTime"), &time_s) || time_s <= 0) {
        provider_result_set(result, PROVIDER_MALFORMED, "no time");
        return;
    }
    if (!currency_read(meta, &fields.currency)) {
        provider_result_set(result, PROVIDER_REFUSED_PRICE, "a currency that is not known");
        return;
    }
    if (provider_value_price(json_object_get(meta, "regularMarketPrice"), PROVIDER_DIGITS_FLOAT, &fields.price) !=
        STATUS_OK) {
        provider_result_set(result, PROVIDER_REFUSED_PRICE, "no price above 0");
        return;
    }
    if (!previous || json_is_null(previous))
        previous = json_object_get(meta, "chartPreviousClose");
    if (provider_value_price(previous, PROVIDER_DIGITS_FLOAT, &fields.previous_close) != STATUS_OK)
        fields.previous_close.e8 = 0;
    fields.as_of_ms = time_s * 1000;
    fields.session = timestamp_date(fields.as_of_ms + offset_read(meta) * 1000);
    provider_result_quote(result, symbol, "yahoo", &fields);
}

static void yahoo_parse(const struct provider_query *query, const struct provider_body *body,
                        struct provider_answer *ret_answer) {
    json_t *root = provider_body_read(body);
    const json_t *result = result_find(root, body, ret_answer);
    if (result) {
        provider_answer_begin(ret_answer, query);
        quote_read(json_object_get(result, "meta"), &query->symbols[0], &ret_answer->results[0]);
    }
    json_decref(root);
}

/* ---- histories ---- */

struct chart {
    const json_t *times, *quote;
    int64_t offset_s, live_s; /* live_s: the bar of now has the time of its last trade */
};

static int32_t date_of(const struct chart *chart, int64_t time_s) {
    int64_t slack_s = time_s == chart->live_s ? 0 : SLACK_S;
    return timestamp_date((time_s + chart->offset_s + slack_s) * 1000);
}

static const json_t *element(const struct chart *chart, const char *name, size_t at) {
    return json_array_get(json_object_get(chart->quote, name), at);
}

/* A row with a null, or a zero, is a day without trades. */
static bool bar_read(const struct chart *chart, size_t at, struct provider_bar *ret_bar) {
    static const char *const names[] = {"open", "high", "low", "close"};
    int64_t *const places[] = {&ret_bar->open_e8, &ret_bar->high_e8, &ret_bar->low_e8, &ret_bar->close_e8};
    int64_t time_s = 0;
    if (!time_read(json_array_get(chart->times, at), &time_s))
        return false;
    ret_bar->date = date_of(chart, time_s);
    for (size_t i = 0; i < 4; i++) {
        struct price price;
        if (provider_value_price(element(chart, names[i], at), PROVIDER_DIGITS_FLOAT, &price) != STATUS_OK)
            return false;
        *places[i] = price.e8;
    }
    ret_bar->volume_e8 = provider_value_volume(element(chart, "volume", at));
    return true;
}

static enum status bars_read(const struct chart *chart, struct provider_history *history) {
    enum status status = STATUS_OK;
    for (size_t i = 0; i < json_array_size(chart->times) && status == STATUS_OK; i++) {
        struct provider_bar bar = {.volume_e8 = -1};
        if (bar_read(chart, i, &bar))
            status = provider_history_add_bar(history, &bar);
    }
    return status;
}

static enum status split_add(const json_t *event, int32_t date, struct provider_history *history) {
    int64_t numerator_e8 = 0, denominator_e8 = 0;
    if (provider_value_number(json_object_get(event, "numerator"), PROVIDER_DIGITS_ALL, &numerator_e8) != STATUS_OK ||
        provider_value_number(json_object_get(event, "denominator"), PROVIDER_DIGITS_ALL, &denominator_e8) !=
            STATUS_OK ||
        numerator_e8 <= 0 || denominator_e8 <= 0)
        return STATUS_INVALID; /* without it no earlier price is right */
    return provider_history_add_factor(history, date, numerator_e8, denominator_e8);
}

static enum status events_read(const struct chart *chart, json_t *events, bool are_splits,
                               struct provider_history *history) {
    enum status status = STATUS_OK;
    const char *key;
    json_t *event;
    json_object_foreach(events, key, event) {
        int64_t time_s = 0, amount_e8 = 0;
        if (!time_read(json_object_get(event, "date"), &time_s))
            return STATUS_INVALID;
        if (are_splits)
            status = split_add(event, date_of(chart, time_s), history);
        else if (provider_value_number(json_object_get(event, "amount"), PROVIDER_DIGITS_FLOAT, &amount_e8) ==
                 STATUS_OK)
            status = provider_history_add_dividend(history, date_of(chart, time_s), amount_e8);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status chart_read(const json_t *result, struct provider_history *history) {
    const json_t *meta = json_object_get(result, "meta"), *events = json_object_get(result, "events");
    struct chart chart = {.times = json_object_get(result, "timestamp"),
                          .quote = json_array_get(json_object_get(json_object_get(result, "indicators"), "quote"), 0),
                          .offset_s = offset_read(meta),
                          .live_s = INT64_MIN};
    (void)time_read(json_object_get(meta, "regularMarketTime"), &chart.live_s);
    if (!currency_read(meta, &history->currency))
        return STATUS_INVALID;
    history->has_actions = true;
    enum status status = bars_read(&chart, history);
    if (status == STATUS_OK)
        status = events_read(&chart, json_object_get(events, "splits"), true, history);
    if (status == STATUS_OK)
        status = events_read(&chart, json_object_get(events, "dividends"), false, history);
    if (status == STATUS_OK)
        provider_history_unadjust(history, FLOAT_DIGITS);
    return status;
}

static void yahoo_parse_history(const struct provider_query *query, const struct provider_body *body,
                                struct provider_history *ret_history, struct provider_answer *ret_answer) {
    json_t *root = provider_body_read(body);
    const json_t *result = result_find(root, body, ret_answer);
    provider_history_init(ret_history);
    if (result)
        provider_history_end(ret_history, query, chart_read(result, ret_history), ret_answer);
    json_decref(root);
}

static const struct provider_remote_ops remote_ops = {
    .batch_max = {[PROVIDER_QUOTES] = 1, [PROVIDER_CRYPTO] = 1, [PROVIDER_RATES] = 1, [PROVIDER_HISTORY] = 1},
    .history_has_splits = true,
    .quota = "2/s,60/min", /* undocumented: what is polite */
    .write_request = yahoo_write_request,
    .parse = yahoo_parse,
    .parse_history = yahoo_parse_history,
};
const struct provider_ops provider_yahoo_ops = {.name = "yahoo",
                                                .kind = PROVIDER_REMOTE,
                                                .knows = yahoo_knows,
                                                .destroy = provider_remote_destroy,
                                                .remote = &remote_ops};
