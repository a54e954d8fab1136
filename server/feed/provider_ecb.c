/* The European Central Bank's reference rates, without a key: one file has all
 * currencies against the euro, and other pairs are computed from it. It changes
 * once a working day, so it is asked for hourly. Its XML is read by a scanner
 * for its Cube elements, in either kind of quotes. Thread: the poller's; the
 * parsers any, pure, fuzzed. */
#include "base/timestamp.h"
#include "feed/provider_fields.h"

#include <string.h>

#define CURRENCIES_MAX 128
#define RECENT_DAYS 85                  /* what the file of 90 days surely has */
#define FIXED_MS (INT64_C(795) * 60000) /* 13:15 UTC: 14:15 in Frankfurt, an hour earlier in summer */
#define INTERVAL_MS (INT64_C(3600) * 1000)

static bool ecb_knows(const struct provider *provider, const struct symbol *symbol) {
    struct symbol_pair pair;
    (void)provider;
    return symbol_pair_kind(symbol, &pair) == SYMBOL_RATE;
}

static void ecb_write_request(const struct provider *provider, const struct provider_query *query,
                              struct provider_request *out) {
    /* For prices the file of 90 days too: it has the day before. */
    bool is_recent = query->function == PROVIDER_RATES || query->from >= timestamp_date(query->wall_ms) - RECENT_DAYS;
    strbuf_printf(&out->url, "%s/stats/eurofxref/%s", provider_remote_of(provider)->base_url,
                  is_recent ? "eurofxref-hist-90d.xml" : "eurofxref-hist.xml");
}

/* ---- the scanner ---- */

struct scanner {
    const char *at, *end;
    int32_t date; /* of the enclosing Cube; INT32_MIN before the first */
};

struct attribute {
    const char *name, *value;
    size_t name_len, value_len;
};

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_spaces(struct scanner *scanner) {
    while (scanner->at < scanner->end && is_space(*scanner->at))
        scanner->at++;
}

/* The next name="value" or name='value' of the element; false at its end. */
static bool attribute_next(struct scanner *scanner, struct attribute *ret_attribute) {
    struct attribute attribute = {0};
    skip_spaces(scanner);
    attribute.name = scanner->at;
    while (scanner->at < scanner->end && *scanner->at != '=' && *scanner->at != '>' && *scanner->at != '<')
        scanner->at++;
    if (scanner->at >= scanner->end || *scanner->at != '=')
        return false;
    attribute.name_len = (size_t)(scanner->at - attribute.name);
    while (attribute.name_len > 0 && is_space(attribute.name[attribute.name_len - 1]))
        attribute.name_len--;
    scanner->at++;
    skip_spaces(scanner);
    if (scanner->at >= scanner->end || (*scanner->at != '"' && *scanner->at != '\''))
        return false;
    char quote = *scanner->at++;
    attribute.value = scanner->at;
    const char *close = memchr(scanner->at, quote, (size_t)(scanner->end - scanner->at));
    if (!close)
        return false;
    attribute.value_len = (size_t)(close - attribute.value);
    scanner->at = close + 1;
    *ret_attribute = attribute;
    return true;
}

static bool is_named(const struct attribute *attribute, const char *name) {
    return attribute->name_len == strlen(name) && memcmp(attribute->name, name, attribute->name_len) == 0;
}

/* Behind the next "<Cube". */
static bool cube_next(struct scanner *scanner) {
    static const char mark[] = "<Cube";
    const size_t mark_len = sizeof mark - 1;
    const char *found = memmem(scanner->at, (size_t)(scanner->end - scanner->at), mark, mark_len);
    if (!found)
        return false;
    scanner->at = found + mark_len;
    return true;
}

/* Reads one Cube: a day's sets the date; true for a rate that is in order. */
static bool cube_read(struct scanner *scanner, struct provider_rate *ret_rate) {
    struct provider_rate rate = {.date = scanner->date};
    struct attribute attribute;
    while (attribute_next(scanner, &attribute)) {
        if (is_named(&attribute, "time") &&
            date_parse(attribute.value, attribute.value_len, &scanner->date) != STATUS_OK)
            scanner->date = INT32_MIN;
        if (is_named(&attribute, "currency") &&
            currency_parse(attribute.value, attribute.value_len, &rate.currency) != STATUS_OK)
            return false;
        if (is_named(&attribute, "rate") && provider_number_parse(attribute.value, attribute.value_len,
                                                                  PROVIDER_DIGITS_ALL, &rate.per_eur_e8) != STATUS_OK)
            return false;
    }
    if (rate.date == INT32_MIN || rate.currency.code[0] == '\0' || rate.per_eur_e8 <= 0)
        return false;
    *ret_rate = rate;
    return true;
}

/* It is whole: what was cut off has no end. */
static bool body_is_whole(const struct provider_body *body) {
    return body->http_status == 200 && provider_body_has(body, "<Cube") &&
           provider_body_has(body, "</gesmes:Envelope>");
}

/* ---- prices ---- */

struct rate_day {
    int32_t date;
    size_t n;
    struct provider_rate rates[CURRENCIES_MAX];
};

static void day_add(struct rate_day *day, const struct provider_rate *rate) {
    if (day->n < CURRENCIES_MAX)
        day->rates[day->n++] = *rate;
}

/* Fills both days with the newest rates and those before them, in whatever order they come. */
static void days_read(const struct provider_body *body, struct rate_day *newest, struct rate_day *before) {
    struct scanner scanner = {.at = body->text, .end = body->text + body->len, .date = INT32_MIN};
    struct provider_rate rate;
    newest->date = before->date = INT32_MIN;
    newest->n = before->n = 0;
    while (cube_next(&scanner)) {
        if (!cube_read(&scanner, &rate))
            continue;
        if (rate.date > newest->date) {
            *before = *newest;
            newest->date = rate.date;
            newest->n = 0;
        } else if (rate.date > before->date && rate.date < newest->date) {
            before->date = rate.date;
            before->n = 0;
        }
        if (rate.date == newest->date)
            day_add(newest, &rate);
        else if (rate.date == before->date)
            day_add(before, &rate);
    }
}

/* Units of the currency for 1 EUR; 0 when it has none. */
static int64_t per_eur(const struct rate_day *day, const char *code) {
    if (strcmp(code, "EUR") == 0)
        return day->n > 0 ? DECIMAL_ONE : 0;
    for (size_t i = 0; i < day->n; i++) {
        if (strcmp(day->rates[i].currency.code, code) == 0)
            return day->rates[i].per_eur_e8;
    }
    return 0;
}

/* Units of the quote for 1 of the base, rounded to 1e-8; 0 when there is none. */
static int64_t cross(const struct rate_day *day, const struct symbol_pair *pair) {
    int64_t base_e8 = per_eur(day, pair->base), quote_e8 = per_eur(day, pair->quote.code);
    if (base_e8 == 0 || quote_e8 == 0)
        return 0;
    int128 value = ((int128)quote_e8 * DECIMAL_ONE * 2 + base_e8) / ((int128)base_e8 * 2);
    return value <= DECIMAL_MAX_E8 ? (int64_t)value : 0;
}

static void ecb_parse(const struct provider_query *query, const struct provider_body *body,
                      struct provider_answer *ret_answer) {
    struct rate_day newest, before;
    if (!body_is_whole(body)) {
        provider_answer_by_status(ret_answer, body->http_status, "the answer is not a list of rates");
        return;
    }
    days_read(body, &newest, &before);
    if (newest.n == 0) {
        provider_answer_set(ret_answer, PROVIDER_MALFORMED, "no rates");
        return;
    }
    provider_answer_begin(ret_answer, query);
    for (size_t i = 0; i < query->n; i++) {
        struct symbol_pair pair;
        struct provider_quote_fields fields = {.session = newest.date};
        int64_t fixed_ms = newest.date * MS_PER_DAY + FIXED_MS;
        if (symbol_pair_kind(&query->symbols[i], &pair) != SYMBOL_RATE)
            continue;
        fields.currency = pair.quote;
        fields.as_of_ms = fixed_ms < query->wall_ms ? fixed_ms : query->wall_ms; /* whenever it came */
        fields.price.e8 = cross(&newest, &pair);
        fields.previous_close.e8 = cross(&before, &pair);
        if (fields.price.e8 > 0)
            provider_result_quote(&ret_answer->results[i], &query->symbols[i], "ecb", &fields);
    }
}

/* ---- histories ---- */

static enum status rates_read(const struct provider_body *body, const struct provider_query *query,
                              struct provider_history *history) {
    struct scanner scanner = {.at = body->text, .end = body->text + body->len, .date = INT32_MIN};
    struct provider_rate rate;
    enum status status = STATUS_OK;
    while (status == STATUS_OK && cube_next(&scanner)) {
        if (cube_read(&scanner, &rate) && rate.date >= query->from && rate.date <= query->to)
            status = provider_history_add_rate(history, &rate);
    }
    return status;
}

static void ecb_parse_history(const struct provider_query *query, const struct provider_body *body,
                              struct provider_history *ret_history, struct provider_answer *ret_answer) {
    provider_history_init(ret_history);
    if (body_is_whole(body))
        provider_history_end(ret_history, query, rates_read(body, query, ret_history), ret_answer);
    else
        provider_answer_by_status(ret_answer, body->http_status, "the answer is not a list of rates");
}

static const struct provider_remote_ops remote_ops = {
    .batch_max = {[PROVIDER_RATES] = PROVIDER_BATCH_MAX, [PROVIDER_HISTORY] = 1},
    .quota = "2/min,100/day",
    .interval_ms = INTERVAL_MS,
    .publishes_rates = true,
    .write_request = ecb_write_request,
    .parse = ecb_parse,
    .parse_history = ecb_parse_history,
};
const struct provider_ops provider_ecb_ops = {.name = "ecb",
                                              .kind = PROVIDER_REMOTE,
                                              .knows = ecb_knows,
                                              .destroy = provider_remote_destroy,
                                              .remote = &remote_ops};
