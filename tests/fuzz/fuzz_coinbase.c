/* Answers of a provider: the first byte picks the status, the rest is the body.
 * A quote that is taken has a price above 0 and its source. */
#include "feed/provider_parse.h"
#include "feed/quote_ledger.h"
#include "fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const long statuses[] = {200, 404, 429, 500};
    const struct symbol symbol = {.len = 7, .text = "BTC-USD"};
    struct provider_answer answer;
    char detail[128];
    if (size == 0)
        return 0;
    provider_parse_coinbase_ticker(&symbol, statuses[data[0] % 4], (const char *)data + 1, size - 1, &answer);
    FUZZ_CHECK(answer.reason != NULL);
    if (answer.verdict != PROVIDER_QUOTE)
        return 0;
    FUZZ_CHECK(quote_batch_check(&answer.quote, 1, detail, sizeof detail) == STATUS_OK);
    FUZZ_CHECK(strcmp(answer.quote.source, "coinbase") == 0);
    return 0;
}
