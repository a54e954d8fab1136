/* Polygon, now Massive: shares, crypto and rates, with a key in a header. Paid
 * plans have snapshots of many symbols; the free one has the last day's bar, one
 * symbol a request. Thread: the poller's; the parsers any, pure, fuzzed. */
#include "base/timestamp.h"
#include "domain/market_calendar.h"
#include "feed/provider_fields.h"

#include <string.h>

#define SNAPSHOT_MAX 50
#define MINUTE_MS 60000
#define NS_PER_MS 1000000
#define ACTIONS_LIMIT "1000" /* a page, of one share: a second one there never is */

static bool polygon_knows(const struct provider *provider, const struct symbol *symbol) {
    struct symbol_pair pair;
    struct symbol share;
    (void)provider;
    return symbol_pair_kind(symbol, &pair) != SYMBOL_SHARE || symbol_us_share(symbol, '.', &share) == STATUS_OK;
}

/* BRK.B, X:BTCUSD, C:EURUSD. */
static void ticker_write(const struct symbol *symbol, struct strbuf *out) {
    struct symbol_pair pair;
    struct symbol share = *symbol;
    enum symbol_kind kind = symbol_pair_kind(symbol, &pair);
    if (kind == SYMBOL_SHARE) {
        (void)!symbol_us_share(symbol, '.', &share);
        provider_append_escaped(out, share.text);
    } else {
        strbuf_printf(out, "%s:%s%s", kind == SYMBOL_RATE ? "C" : "X", pair.base, pair.quote.code);
    }
}

/* From a day on, announced ones too. */
static void actions_write(const struct provider_query *query, struct provider_request *out) {
    bool are_splits = query->function == PROVIDER_SPLITS;
    const char *date_name = are_splits ? "execution_date" : "ex_dividend_date";
    strbuf_printf(&out->url, "/v3/reference/%s?ticker=", are_splits ? "splits" : "dividends");
    ticker_write(&query->symbols[0], &out->url);
    strbuf_printf(&out->url, "&%s.gte=", date_name);
    strbuf_append_date(&out->url, query->from);
    strbuf_printf(&out->url, "&sort=%s&order=asc&limit=" ACTIONS_LIMIT, date_name);
}

static void polygon_write_request(const struct provider *provider, const struct provider_query *query,
                                  struct provider_request *out) {
    const struct provider_remote *it = provider_remote_of(provider);
    strbuf_append_text(&out->url, it->base_url);
    if (query->function == PROVIDER_BULK_QUOTES) {
        STRBUF_LITERAL(&out->url, "/v2/snapshot/locale/us/markets/stocks/tickers?tickers=");
        for (size_t i = 0; i < query->n; i++) {
            if (i > 0)
                strbuf_append_char(&out->url, ',');
            ticker_write(&query->symbols[i], &out->url);
        }
    } else if (query->function == PROVIDER_SPLITS || query->function == PROVIDER_DIVIDENDS) {
        actions_write(query, out);
    } else {
        STRBUF_LITERAL(&out->url, "/v2/aggs/ticker/");
        ticker_write(&query->symbols[0], &out->url);
        if (query->function == PROVIDER_HISTORY) {
            STRBUF_LITERAL(&out->url, "/range/1/day/");
            strbuf_append_date(&out->url, query->from);
            strbuf_append_char(&out->url, '/');
            strbuf_append_date(&out->url, query->to);
            STRBUF_LITERAL(&out->url, "?adjusted=false&sort=asc&limit=50000"); /* as traded */
        } else {
            STRBUF_LITERAL(&out->url, "/prev?adjusted=false") /* the day before a split is of the share before it */;
        }
    }
    strbuf_printf(&out->header, "Authorization: Bearer %s", it->key);
}

/* ---- what is no quote ---- */

/* {"status":"ERROR"|"NOT_AUTHORIZED"|"NOT_FOUND",…}; false when it is an answer. */
static bool error_classify(const json_t *root, long http_status, struct provider_answer *answer) {
    const char *status = provider_field_text(root, "status");
    const char *error = provider_field_text(root, "error");
    if (status && strcmp(status, "NOT_AUTHORIZED") == 0) {
        provider_answer_set(answer, PROVIDER_NOT_ENTITLED, "the plan does not include it");
    } else if (status && strcmp(status, "NOT_FOUND") == 0) {
        provider_answer_set(answer, PROVIDER_UNKNOWN_SYMBOL, "unknown ticker");
    } else if (error && strstr(error, "exceeded the maximum requests")) {
        provider_answer_set(answer, PROVIDER_THROTTLED, "throttled: requests per minute");
        answer->pause_ms = strstr(error, "per minute") ? MINUTE_MS : 0;
    } else if (error && strcasestr(error, "api key")) {
        provider_answer_set(answer, PROVIDER_INVALID_KEY, "the key is not accepted");
    } else if (error || (status && strcmp(status, "ERROR") == 0)) {
        bool is_throttled = http_status == 429;
        provider_answer_set(answer, is_throttled ? PROVIDER_THROTTLED : PROVIDER_FAILED, "an error message");
    } else {
        return false;
    }
    return true;
}

/* Without a body that says more. */
static void status_classify(long http_status, const char *what, struct provider_answer *answer) {
    if (http_status == 401)
        provider_answer_set(answer, PROVIDER_INVALID_KEY, "HTTP status 401");
    else if (http_status == 403)
        provider_answer_set(answer, PROVIDER_NOT_ENTITLED, "HTTP status 403");
    else
        provider_answer_by_status(answer, http_status, what);
}

/* ---- prices ---- */

static bool price_of(const json_t *object, const char *name, struct price *ret_price) {
    return provider_field_price(object, name, ret_price) == STATUS_OK;
}

/* An instant of the last ten thousand days or so, from ms or ns; false otherwise. */
static bool instant_of(const json_t *object, const char *name, int64_t unit_per_ms, int64_t *ret_ms) {
    int64_t value;
    if (provider_value_whole(json_object_get(object, name), &value) != STATUS_OK || value / unit_per_ms <= 0 ||
        value / unit_per_ms > INT64_C(4102444800000))
        return false;
    *ret_ms = value / unit_per_ms;
    return true;
}

/* A snapshot is cleared at night: until the first trade its day is zeros, and
 * what there is is the day before's. The last trade's time is in ns, a
 * minute's in ms. */
static bool snapshot_price(const json_t *ticker, const struct provider_query *query,
                           struct provider_quote_fields *fields) {
    const json_t *trade = json_object_get(ticker, "lastTrade"), *minute = json_object_get(ticker, "min");
    const json_t *day = json_object_get(ticker, "day"), *previous = json_object_get(ticker, "prevDay");
    struct price day_close;
    bool has_day = price_of(day, "c", &day_close);
    bool has_price = price_of(trade, "p", &fields->price) && instant_of(trade, "t", NS_PER_MS, &fields->as_of_ms);
    if (!has_price)
        has_price = price_of(minute, "c", &fields->price) && instant_of(minute, "t", 1, &fields->as_of_ms);
    if (!has_price && has_day) {
        fields->price = day_close;
        has_price = instant_of(ticker, "updated", NS_PER_MS, &fields->as_of_ms);
    }
    if (has_price) {
        fields->session = market_calendar_date(fields->as_of_ms);
    } else if (price_of(previous, "c", &fields->price)) {
        const struct market_calendar calendar = {.close_minute = 0};
        fields->session = market_calendar_session_until(&calendar, market_calendar_date(query->wall_ms) - 1);
        fields->as_of_ms = provider_new_york_close_ms(fields->session);
        return true;
    } else {
        return false;
    }
    /* Without a day of its own, the previous one may be this price's. */
    if (!has_day || !price_of(previous, "c", &fields->previous_close))
        fields->previous_close.e8 = 0;
    return true;
}

static void snapshot_read(const json_t *ticker, const struct provider_query *query, struct provider_answer *answer) {
    const char *name = provider_field_text(ticker, "ticker");
    for (size_t i = 0; name && i < query->n; i++) {
        struct provider_quote_fields fields = {.currency = {"USD"}};
        struct symbol share;
        if (symbol_us_share(&query->symbols[i], '.', &share) != STATUS_OK || strcmp(share.text, name) != 0)
            continue;
        if (snapshot_price(ticker, query, &fields))
            provider_result_quote(&answer->results[i], &query->symbols[i], "polygon", &fields);
        else
            provider_result_set(&answer->results[i], PROVIDER_REFUSED_PRICE, "no price above 0");
    }
}

/* The bar of the last day that is over. */
static void last_bar_read(const json_t *rows, const struct provider_query *query, struct provider_result *result) {
    struct provider_quote_fields fields = {.currency = {"USD"}};
    struct symbol_pair pair;
    const json_t *bar = json_array_get(rows, 0);
    if (symbol_pair_kind(&query->symbols[0], &pair) != SYMBOL_SHARE)
        fields.currency = pair.quote;
    if (!bar) {
        provider_result_set(result, PROVIDER_UNKNOWN_SYMBOL, "no bar: an unknown ticker");
        return;
    }
    if (!instant_of(bar, "t", 1, &fields.as_of_ms)) {
        provider_result_set(result, PROVIDER_MALFORMED, "no time");
        return;
    }
    if (!price_of(bar, "c", &fields.price)) {
        provider_result_set(result, PROVIDER_REFUSED_PRICE, "no price above 0");
        return;
    }
    fields.session = timestamp_date(fields.as_of_ms);
    provider_result_quote(result, &query->symbols[0], "polygon", &fields);
}

static void polygon_parse(const struct provider_query *query, const struct provider_body *body,
                          struct provider_answer *ret_answer) {
    json_t *root = provider_body_read(body);
    const json_t *tickers = json_object_get(root, "tickers"), *rows = json_object_get(root, "results");
    bool is_bulk = query->function == PROVIDER_BULK_QUOTES;
    if (json_is_object(root) && error_classify(root, body->http_status, ret_answer)) {
        json_decref(root);
        return;
    }
    bool is_empty = !rows && provider_field_text(root, "status") && json_object_get(root, "resultsCount");
    if (body->http_status == 200 && is_bulk && json_is_array(tickers)) {
        provider_answer_begin(ret_answer, query);
        for (size_t i = 0; i < json_array_size(tickers); i++)
            snapshot_read(json_array_get(tickers, i), query, ret_answer);
    } else if (body->http_status == 200 && !is_bulk && (json_is_array(rows) || is_empty)) {
        provider_answer_begin(ret_answer, query);
        last_bar_read(rows, query, &ret_answer->results[0]);
    } else {
        status_classify(body->http_status, "the answer is not a quote", ret_answer);
    }
    json_decref(root);
}

/* ---- histories ---- */

/* A day's bar begins at midnight in New York, or names its close: the UTC date
 * is the session's in both cases. */
static bool bar_read(const json_t *row, struct provider_bar *ret_bar) {
    static const char *const names[] = {"o", "h", "l", "c"};
    int64_t *const places[] = {&ret_bar->open_e8, &ret_bar->high_e8, &ret_bar->low_e8, &ret_bar->close_e8};
    int64_t time_ms;
    if (!instant_of(row, "t", 1, &time_ms))
        return false;
    ret_bar->date = timestamp_date(time_ms);
    for (size_t i = 0; i < 4; i++) {
        struct price price;
        if (!price_of(row, names[i], &price))
            return false;
        *places[i] = price.e8;
    }
    ret_bar->volume_e8 = provider_value_volume(json_object_get(row, "v"));
    return true;
}

static enum status bars_read(const json_t *rows, struct provider_history *history) {
    enum status status = STATUS_OK;
    for (size_t i = 0; i < json_array_size(rows) && status == STATUS_OK; i++) {
        struct provider_bar bar = {.volume_e8 = -1};
        status = bar_read(json_array_get(rows, i), &bar) ? provider_history_add_bar(history, &bar) : STATUS_INVALID;
    }
    return status;
}

/* Bars that were adjusted all the same would pass for traded prices. */
static bool is_adjusted(const json_t *root) {
    return json_is_true(json_object_get(root, "adjusted"));
}

/* ---- splits and dividends ---- */

static bool is_of(const json_t *row, const struct provider_query *query) {
    const char *ticker = provider_field_text(row, "ticker");
    struct symbol share;
    return ticker && symbol_us_share(&query->symbols[0], '.', &share) == STATUS_OK && strcmp(share.text, ticker) == 0;
}

static enum status split_read(const json_t *row, struct provider_history *history) {
    const char *day = provider_field_text(row, "execution_date");
    int64_t to_e8 = 0, from_e8 = 0;
    int32_t date;
    if (!day || date_parse(day, strlen(day), &date) != STATUS_OK ||
        provider_value_number(json_object_get(row, "split_to"), PROVIDER_DIGITS_ALL, &to_e8) != STATUS_OK ||
        provider_value_number(json_object_get(row, "split_from"), PROVIDER_DIGITS_ALL, &from_e8) != STATUS_OK ||
        to_e8 <= 0 || from_e8 <= 0)
        return STATUS_INVALID;
    return provider_history_add_factor(history, date, to_e8, from_e8);
}

/* In dollars, as its prices are; what is paid in something else is left out. */
static enum status dividend_read(const json_t *row, struct provider_history *history) {
    const char *day = provider_field_text(row, "ex_dividend_date"), *currency = provider_field_text(row, "currency");
    int64_t amount_e8 = 0;
    int32_t date;
    if (!day || date_parse(day, strlen(day), &date) != STATUS_OK ||
        provider_value_number(json_object_get(row, "cash_amount"), PROVIDER_DIGITS_ALL, &amount_e8) != STATUS_OK)
        return STATUS_INVALID;
    return currency && strcmp(currency, "USD") != 0 ? STATUS_OK
                                                    : provider_history_add_dividend(history, date, amount_e8);
}

static enum status actions_read(const json_t *rows, const struct provider_query *query,
                                struct provider_history *history) {
    enum status status = STATUS_OK;
    history->has_actions = true;
    for (size_t i = 0; i < json_array_size(rows) && status == STATUS_OK; i++) {
        const json_t *row = json_array_get(rows, i);
        if (!is_of(row, query))
            status = STATUS_INVALID;
        else if (query->function == PROVIDER_SPLITS)
            status = split_read(row, history);
        else
            status = dividend_read(row, history);
    }
    return status;
}

static void actions_parse(const json_t *root, const struct provider_query *query, const struct provider_body *body,
                          struct provider_history *ret_history, struct provider_answer *ret_answer) {
    const json_t *rows = json_object_get(root, "results");
    if (body->http_status == 200 && json_is_array(rows))
        provider_history_end(ret_history, query, actions_read(rows, query, ret_history), ret_answer);
    else
        status_classify(body->http_status, "the answer is not a list of actions", ret_answer);
}

static void polygon_parse_history(const struct provider_query *query, const struct provider_body *body,
                                  struct provider_history *ret_history, struct provider_answer *ret_answer) {
    json_t *root = provider_body_read(body);
    const json_t *rows = json_object_get(root, "results");
    struct symbol_pair pair;
    provider_history_init(ret_history);
    bool is_empty = !rows && json_object_get(root, "resultsCount");
    if (json_is_object(root) && error_classify(root, body->http_status, ret_answer)) {
        json_decref(root);
        return;
    }
    if (query->function == PROVIDER_SPLITS || query->function == PROVIDER_DIVIDENDS) {
        actions_parse(root, query, body, ret_history, ret_answer);
    } else if (body->http_status == 200 && (json_is_array(rows) || is_empty) && !is_adjusted(root)) {
        ret_history->currency = (struct currency){"USD"};
        if (symbol_pair_kind(&query->symbols[0], &pair) != SYMBOL_SHARE)
            ret_history->currency = pair.quote;
        provider_history_end(ret_history, query, bars_read(rows, ret_history), ret_answer);
        /* next_url names a host: what is asked next is made of what is known here. */
        if (json_object_get(root, "next_url") && ret_history->bars_n > 0 &&
            ret_history->bars[ret_history->bars_n - 1].date < query->to)
            ret_history->next_from = ret_history->bars[ret_history->bars_n - 1].date + 1;
    } else {
        status_classify(body->http_status,
                        is_adjusted(root) ? "the bars are adjusted" : "the answer is not a list of bars", ret_answer);
    }
    json_decref(root);
}

static const struct provider_remote_ops remote_ops = {
    .batch_max = {[PROVIDER_BULK_QUOTES] = SNAPSHOT_MAX,
                  [PROVIDER_QUOTES] = 1,
                  [PROVIDER_CRYPTO] = 1,
                  [PROVIDER_RATES] = 1,
                  [PROVIDER_HISTORY] = 1,
                  [PROVIDER_SPLITS] = 1,
                  [PROVIDER_DIVIDENDS] = 1},
    .quota = "5/min",
    .needs_key = true,
    .write_request = polygon_write_request,
    .parse = polygon_parse,
    .parse_history = polygon_parse_history,
};
const struct provider_ops provider_polygon_ops = {.name = "polygon",
                                                  .kind = PROVIDER_REMOTE,
                                                  .knows = polygon_knows,
                                                  .destroy = provider_remote_destroy,
                                                  .remote = &remote_ops};
