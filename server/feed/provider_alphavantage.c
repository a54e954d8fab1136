/* Alpha Vantage: shares, rates and crypto against currencies, with a key in the
 * URL. Every answer has status 200: the body alone tells a quote from an error.
 * A quote names no currency, so only symbols of US form are asked for. Thread:
 * the poller's; the parsers any, pure, fuzzed. */
#include "base/timestamp.h"
#include "feed/provider_fields.h"

#include <string.h>

#define BULK_MAX 100 /* further ones are ignored without a word */
#define SECOND_MS 1000
#define MINUTE_MS 60000

static bool alphavantage_knows(const struct provider *provider, const struct symbol *symbol) {
    struct symbol_pair pair;
    struct symbol share;
    (void)provider;
    return symbol_pair_kind(symbol, &pair) != SYMBOL_SHARE || symbol_us_share(symbol, '-', &share) == STATUS_OK;
}

/* A class of shares has a dash: BRK-B. */
static struct symbol own_symbol(const struct symbol *symbol) {
    struct symbol own;
    return symbol_us_share(symbol, '-', &own) == STATUS_OK ? own : *symbol;
}

static void share_write(struct strbuf *url, const struct provider_query *query, const char *function) {
    strbuf_printf(url, "function=%s&symbol=", function);
    for (size_t i = 0; i < query->n; i++) {
        if (i > 0)
            strbuf_append_char(url, ',');
        provider_append_escaped(url, own_symbol(&query->symbols[i]).text);
    }
}

static void pair_write(struct strbuf *url, const struct symbol_pair *pair, bool is_history) {
    strbuf_printf(url,
                  is_history ? "function=FX_DAILY&from_symbol=%s&to_symbol=%s"
                             : "function=CURRENCY_EXCHANGE_RATE&from_currency=%s&to_currency=%s",
                  pair->base, pair->quote.code);
}

static void alphavantage_write_request(const struct provider *provider, const struct provider_query *query,
                                       struct provider_request *out) {
    const struct provider_remote *it = provider_remote_of(provider);
    bool is_history = query->function == PROVIDER_HISTORY || query->function == PROVIDER_FULL_HISTORY;
    struct symbol_pair pair;
    strbuf_printf(&out->url, "%s/query?", it->base_url);
    if (symbol_pair_kind(&query->symbols[0], &pair) != SYMBOL_SHARE)
        pair_write(&out->url, &pair, is_history);
    else if (query->function == PROVIDER_BULK_QUOTES)
        share_write(&out->url, query, "REALTIME_BULK_QUOTES");
    else if (query->function == PROVIDER_FULL_HISTORY)
        share_write(&out->url, query, "TIME_SERIES_DAILY_ADJUSTED");
    else
        share_write(&out->url, query, is_history ? "TIME_SERIES_DAILY" : "GLOBAL_QUOTE");
    if (is_history)
        strbuf_append_text(&out->url,
                           query->function == PROVIDER_FULL_HISTORY ? "&outputsize=full" : "&outputsize=compact");
    strbuf_printf(&out->url, "&apikey=%s", it->key);
}

/* ---- what is no quote ---- */

static void throttled(struct provider_answer *answer, const char *reason, int64_t pause_ms) {
    provider_answer_set(answer, PROVIDER_THROTTLED, reason);
    answer->pause_ms = pause_ms;
}

/* The text of the limit a second also names the one a day, and promises premium
 * endpoints; so the order counts. */
static void information_classify(const char *text, struct provider_answer *answer) {
    if (strstr(text, "per second"))
        throttled(answer, "throttled: requests per second", SECOND_MS);
    else if (strstr(text, "per minute"))
        throttled(answer, "throttled: requests per minute", MINUTE_MS);
    else if (strstr(text, "per day"))
        throttled(answer, "throttled: requests per day", PROVIDER_PAUSE_DAY);
    else if (strstr(text, "is a premium endpoint"))
        provider_answer_set(answer, PROVIDER_NOT_ENTITLED, "a premium endpoint");
    else if (strcasestr(text, "api key is for demo") || strcasestr(text, "apikey is invalid"))
        provider_answer_set(answer, PROVIDER_INVALID_KEY, "the key is not accepted");
    else
        throttled(answer, "throttled", 0);
}

static bool error_classify(const json_t *root, struct provider_answer *answer) {
    const char *text = provider_field_text(root, "Error Message");
    if (text) {
        if (strcasestr(text, "apikey is invalid or missing"))
            provider_answer_set(answer, PROVIDER_INVALID_KEY, "the key is not accepted");
        else
            provider_answer_set(answer, PROVIDER_UNKNOWN_SYMBOL, "an invalid call: an unknown symbol");
        return true;
    }
    text = provider_field_text(root, "Information");
    text = text ? text : provider_field_text(root, "Note");
    if (text)
        information_classify(text, answer);
    return text != NULL;
}

/* ---- prices ---- */

/* The member whose name begins so: delayed quotes say it in the name. */
static const json_t *member_find(json_t *root, const char *prefix) {
    const char *key;
    json_t *value;
    json_object_foreach(root, key, value) {
        if (strncmp(key, prefix, strlen(prefix)) == 0)
            return value;
    }
    return NULL;
}

static int64_t not_ahead(int64_t ms, const struct provider_query *query) {
    return ms < query->wall_ms ? ms : query->wall_ms;
}

static void previous_read(const json_t *value, struct provider_quote_fields *fields) {
    if (provider_value_price(value, PROVIDER_DIGITS_ALL, &fields->previous_close) != STATUS_OK)
        fields->previous_close.e8 = 0;
}

static void global_quote_read(const json_t *quote, const struct provider_query *query, struct provider_result *result) {
    struct provider_quote_fields fields = {.currency = {"USD"}};
    if (json_object_size(quote) == 0) {
        provider_result_set(result, PROVIDER_UNKNOWN_SYMBOL, "an empty quote: an unknown symbol");
        return;
    }
    const char *day = provider_field_text(quote, "07. latest trading day");
    if (!day || date_parse(day, strlen(day), &fields.session) != STATUS_OK) {
        provider_result_set(result, PROVIDER_MALFORMED, "no trading day");
        return;
    }
    if (provider_field_price(quote, "05. price", &fields.price) != STATUS_OK) {
        provider_result_set(result, PROVIDER_REFUSED_PRICE, "no price above 0");
        return;
    }
    previous_read(json_object_get(quote, "08. previous close"), &fields);
    /* It names the day only: the price is of its close, or of now. */
    fields.as_of_ms = not_ahead(provider_new_york_close_ms(fields.session), query);
    provider_result_quote(result, &query->symbols[0], "alphavantage", &fields);
}

static void bulk_quote_read(const json_t *row, const struct provider_query *query, const struct symbol *symbol,
                            struct provider_result *result) {
    struct provider_quote_fields fields = {.currency = {"USD"}};
    const char *time = provider_field_text(row, "timestamp");
    if (!time || strlen(time) < DATE_TEXT_LEN || date_parse(time, DATE_TEXT_LEN, &fields.session) != STATUS_OK ||
        provider_clock_parse(time, provider_new_york_offset_ms(fields.session), &fields.as_of_ms) != STATUS_OK) {
        provider_result_set(result, PROVIDER_MALFORMED, "no time");
        return;
    }
    if (provider_field_price(row, "close", &fields.price) != STATUS_OK) {
        provider_result_set(result, PROVIDER_REFUSED_PRICE, "no price above 0");
        return;
    }
    previous_read(json_object_get(row, "previous_close"), &fields);
    fields.as_of_ms = not_ahead(fields.as_of_ms, query);
    provider_result_quote(result, symbol, "alphavantage", &fields);
}

static void bulk_read(const json_t *rows, const struct provider_query *query, struct provider_answer *answer) {
    for (size_t row = 0; row < json_array_size(rows); row++) {
        const json_t *quote = json_array_get(rows, row);
        const char *name = provider_field_text(quote, "symbol");
        for (size_t i = 0; name && i < query->n; i++) {
            if (strcmp(own_symbol(&query->symbols[i]).text, name) == 0)
                bulk_quote_read(quote, query, &query->symbols[i], &answer->results[i]);
        }
    }
}

static void rate_read(const json_t *rate, const struct provider_query *query, struct provider_result *result) {
    struct provider_quote_fields fields = {0};
    struct symbol_pair pair;
    if (symbol_pair_kind(&query->symbols[0], &pair) == SYMBOL_SHARE)
        return;
    fields.currency = pair.quote;
    const char *time = provider_field_text(rate, "6. Last Refreshed");
    const char *zone = provider_field_text(rate, "7. Time Zone");
    if (!time || !zone || strcmp(zone, "UTC") != 0 || provider_clock_parse(time, 0, &fields.as_of_ms) != STATUS_OK) {
        provider_result_set(result, PROVIDER_MALFORMED, "no time");
        return;
    }
    if (provider_field_price(rate, "5. Exchange Rate", &fields.price) != STATUS_OK) {
        provider_result_set(result, PROVIDER_REFUSED_PRICE, "no price above 0");
        return;
    }
    fields.as_of_ms = not_ahead(fields.as_of_ms, query);
    fields.session = timestamp_date(fields.as_of_ms);
    provider_result_quote(result, &query->symbols[0], "alphavantage", &fields);
}

static void alphavantage_parse(const struct provider_query *query, const struct provider_body *body,
                               struct provider_answer *ret_answer) {
    json_t *root = provider_body_read(body);
    if (!json_is_object(root)) {
        provider_answer_by_status(ret_answer, body->http_status, "the answer is not a quote");
    } else if (!error_classify(root, ret_answer)) {
        const json_t *quote = member_find(root, "Global Quote");
        const json_t *rate = member_find(root, "Realtime Currency Exchange Rate");
        const json_t *rows = json_object_get(root, "data");
        provider_answer_begin(ret_answer, query);
        if (json_is_object(quote))
            global_quote_read(quote, query, &ret_answer->results[0]);
        else if (json_is_object(rate))
            rate_read(rate, query, &ret_answer->results[0]);
        else if (json_is_array(rows))
            bulk_read(rows, query, ret_answer);
        else
            provider_answer_by_status(ret_answer, body->http_status, "the answer is not a quote");
    }
    json_decref(root);
}

/* ---- histories ---- */

/* "4. close", "5. volume" or "6. volume": the number in front differs. */
static const json_t *numbered(json_t *row, const char *name) {
    const char *key;
    json_t *value;
    json_object_foreach(row, key, value) {
        const char *blank = strchr(key, ' ');
        if (blank && strcmp(blank + 1, name) == 0)
            return value;
    }
    return NULL;
}

static enum status row_read(const char *day, json_t *row, struct provider_history *history) {
    struct provider_bar bar = {.volume_e8 = -1};
    static const char *const names[] = {"open", "high", "low", "close"};
    int64_t *const places[] = {&bar.open_e8, &bar.high_e8, &bar.low_e8, &bar.close_e8};
    int64_t value_e8 = 0;
    if (date_parse(day, strlen(day), &bar.date) != STATUS_OK)
        return STATUS_INVALID;
    for (size_t i = 0; i < 4; i++) {
        struct price price;
        if (provider_value_price(numbered(row, names[i]), PROVIDER_DIGITS_ALL, &price) != STATUS_OK)
            return STATUS_INVALID;
        *places[i] = price.e8;
    }
    bar.volume_e8 = provider_value_volume(numbered(row, "volume"));
    enum status status = provider_history_add_bar(history, &bar);
    if (status == STATUS_OK &&
        provider_value_number(numbered(row, "dividend amount"), PROVIDER_DIGITS_ALL, &value_e8) == STATUS_OK)
        status = provider_history_add_dividend(history, bar.date, value_e8);
    if (status == STATUS_OK &&
        provider_value_number(numbered(row, "split coefficient"), PROVIDER_DIGITS_ALL, &value_e8) == STATUS_OK) {
        history->has_actions = true;
        status = provider_history_add_factor(history, bar.date, value_e8, DECIMAL_ONE);
    }
    return status;
}

static enum status rows_read(json_t *rows, struct provider_history *history) {
    enum status status = STATUS_OK;
    const char *day;
    json_t *row;
    json_object_foreach(rows, day, row) {
        status = row_read(day, row, history);
        if (status != STATUS_OK)
            break;
    }
    return status;
}

static void alphavantage_parse_history(const struct provider_query *query, const struct provider_body *body,
                                       struct provider_history *ret_history, struct provider_answer *ret_answer) {
    json_t *root = provider_body_read(body);
    struct symbol_pair pair;
    provider_history_init(ret_history);
    if (!json_is_object(root)) {
        provider_answer_by_status(ret_answer, body->http_status, "the answer is not a list of bars");
    } else if (!error_classify(root, ret_answer)) {
        json_t *rows = json_object_get(root, "Time Series (Daily)");
        rows = rows ? rows : json_object_get(root, "Time Series FX (Daily)");
        if (symbol_pair_kind(&query->symbols[0], &pair) != SYMBOL_SHARE)
            ret_history->currency = pair.quote;
        if (json_is_object(rows))
            provider_history_end(ret_history, query, rows_read(rows, ret_history), ret_answer);
        else
            provider_answer_by_status(ret_answer, body->http_status, "the answer is not a list of bars");
    }
    json_decref(root);
}

static const struct provider_remote_ops remote_ops = {
    .batch_max = {[PROVIDER_BULK_QUOTES] = BULK_MAX,
                  [PROVIDER_QUOTES] = 1,
                  [PROVIDER_CRYPTO] = 1,
                  [PROVIDER_RATES] = 1,
                  [PROVIDER_FULL_HISTORY] = 1,
                  [PROVIDER_HISTORY] = 1},
    .quota = "1/s,25/day",
    .needs_key = true,
    .write_request = alphavantage_write_request,
    .parse = alphavantage_parse,
    .parse_history = alphavantage_parse_history,
};
const struct provider_ops provider_alphavantage_ops = {.name = "alphavantage",
                                                       .kind = PROVIDER_REMOTE,
                                                       .knows = alphavantage_knows,
                                                       .destroy = provider_remote_destroy,
                                                       .remote = &remote_ops};
