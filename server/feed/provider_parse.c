/* Answers of market-data providers, taken apart. Refuses prices that are not
 * above zero and bodies of unknown form. Thread: any; pure; fuzzed. */
#include "feed/provider_parse.h"

#include "base/timestamp.h"
#include "feed/quote_fields.h"
#include "protocol/json_exact.h"

#include <stdio.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *name, size_t *ret_len) {
    const json_t *value = json_object_get(object, name);
    return value ? json_exact_string(value, ret_len) : NULL;
}

static struct provider_answer verdict(enum provider_verdict verdict, const char *reason) {
    return (struct provider_answer){.verdict = verdict, .reason = reason};
}

/* {"message": …}: an error, whatever the status says. */
static struct provider_answer coinbase_message(const char *message, long http_status) {
    if (strcmp(message, "NotFound") == 0)
        return verdict(PROVIDER_UNKNOWN_SYMBOL, "unknown product");
    if (strcasestr(message, "rate limit") || http_status == 429)
        return verdict(PROVIDER_THROTTLED, "rate limit exceeded");
    return verdict(PROVIDER_FAILED, "an error message");
}

static struct provider_answer coinbase_quote(const json_t *root, const struct symbol *symbol) {
    struct quote quote = {.symbol = *symbol};
    size_t len = 0;
    if (symbol_pair_currency(symbol, &quote.currency) != STATUS_OK)
        return verdict(PROVIDER_UNKNOWN_SYMBOL, "not a product id");
    const char *text = text_of(root, "time", &len);
    if (!text || timestamp_parse(text, len, &quote.as_of_ms) != STATUS_OK)
        return verdict(PROVIDER_MALFORMED, "no time");
    quote.session = timestamp_date(quote.as_of_ms);
    text = text_of(root, "price", &len);
    if (!text || quote_price_parse(text, len, &quote.price) != STATUS_OK)
        return verdict(PROVIDER_REFUSED_PRICE, "no price above 0");
    snprintf(quote.source, sizeof quote.source, "coinbase");
    struct provider_answer answer = verdict(PROVIDER_QUOTE, "");
    answer.quote = quote;
    return answer;
}

static struct provider_answer by_status(long http_status) {
    if (http_status == 429)
        return verdict(PROVIDER_THROTTLED, "HTTP status 429");
    if (http_status >= 500)
        return verdict(PROVIDER_FAILED, "HTTP status 5xx");
    return verdict(PROVIDER_MALFORMED, "the answer is not a ticker");
}

void provider_parse_coinbase_ticker(const struct symbol *symbol, long http_status, const char *body, size_t len,
                                    struct provider_answer *ret_answer) {
    char error[8];
    size_t message_len = 0;
    json_t *root = NULL;
    if (json_exact_parse(body, len, &root, error, sizeof error) != STATUS_OK || !json_is_object(root)) {
        *ret_answer = by_status(http_status);
        json_decref(root);
        return;
    }
    const char *message = text_of(root, "message", &message_len);
    if (message)
        *ret_answer = coinbase_message(message, http_status);
    else if (http_status == 200)
        *ret_answer = coinbase_quote(root, symbol);
    else
        *ret_answer = by_status(http_status);
    json_decref(root);
}
