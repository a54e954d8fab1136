/* What people type: `portfoliod publish` arguments and lines. The counterpart
 * of quote_codec for input with defaults. Thread: any; pure; fuzzed. */
#include "base/timestamp.h"
#include "feed/quote_codec.h"
#include "feed/quote_fields.h"
#include "feed/symbol_pair.h"
#include "protocol/json_exact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct quote published_defaults(int64_t now_ms) {
    return (struct quote){.as_of_ms = now_ms, .source = "publish"};
}

/* The stored quote's; without one a pair's (USD/CHF is in francs), else USD. */
static void currency_default(struct quote *quote) {
    if (quote->currency.code[0] != '\0')
        return;
    quote->is_currency_assumed = true;
    if (symbol_pair_currency(&quote->symbol, &quote->currency) != STATUS_OK)
        quote->currency = (struct currency){"USD"};
}

static enum status elements_read(const json_t *array, int64_t now_ms, struct quote *quotes, char *error,
                                 size_t error_len) {
    const struct quote defaults = published_defaults(now_ms);
    for (size_t i = 0; i < json_array_size(array); i++) {
        struct quote_field_error what = {0};
        if (quote_fields_read(json_array_get(array, i), &defaults, &quotes[i], &what) != STATUS_OK) {
            snprintf(error, error_len, "[%zu]%s%s: %s", i, what.field[0] ? "." : "", what.field, what.reason);
            return STATUS_INVALID;
        }
        currency_default(&quotes[i]);
    }
    return STATUS_OK;
}

enum status publish_line_parse(const char *text, size_t len, int64_t now_ms, struct quote **ret_quotes, size_t *ret_n,
                               char *error, size_t error_len) {
    json_t *root = NULL;
    enum status status = json_exact_parse(text, len, &root, error, error_len);
    if (status != STATUS_OK)
        return status;
    size_t n = json_array_size(root);
    struct quote *quotes = NULL;
    if (!json_is_array(root)) {
        snprintf(error, error_len, "must be a JSON array of quotes");
        status = STATUS_INVALID;
    } else if (n > QUOTE_BATCH_MAX) {
        snprintf(error, error_len, "has more than %d quotes", QUOTE_BATCH_MAX);
        status = STATUS_LIMIT;
    } else if (!(quotes = calloc(n + 1, sizeof *quotes))) {
        snprintf(error, error_len, "out of memory");
        status = STATUS_NO_MEMORY;
    } else {
        status = elements_read(root, now_ms, quotes, error, error_len);
    }
    json_decref(root);
    if (status != STATUS_OK) {
        free(quotes);
        return status;
    }
    *ret_quotes = quotes;
    *ret_n = n;
    return STATUS_OK;
}

enum status publish_argument_parse(const char *text, int64_t now_ms, struct quote *ret_quote) {
    /* '=' and '/' may be part of a symbol (EURUSD=X, EUR/USD): the price
     * begins after the last '='. */
    const char *equals = strrchr(text, '=');
    if (!equals)
        return STATUS_INVALID;
    const char *price = equals + 1;
    const char *slash = strchr(price, '/');
    size_t price_len = slash ? (size_t)(slash - price) : strlen(price);
    struct quote quote = published_defaults(now_ms);
    quote.session = timestamp_date(now_ms);
    enum status status = symbol_parse(text, (size_t)(equals - text), &quote.symbol);
    if (status == STATUS_OK)
        status = quote_price_parse(price, price_len, &quote.price);
    if (status == STATUS_OK && slash)
        status = quote_price_parse(slash + 1, strlen(slash + 1), &quote.previous_close);
    if (status == STATUS_OK) {
        currency_default(&quote);
        *ret_quote = quote;
    }
    return status;
}
