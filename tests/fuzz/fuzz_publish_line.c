/* What people type: every quote that is taken is one that a bus takes; every
 * refusal has a reason. */
#include "feed/quote_codec.h"
#include "feed/quote_ledger.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#define NOW_MS INT64_C(1795000000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char error[96] = "", detail[128];
    struct quote *quotes = NULL, quote;
    size_t n = 0;
    if (publish_line_parse((const char *)data, size, NOW_MS, &quotes, &n, error, sizeof error) == STATUS_OK)
        FUZZ_CHECK(quote_batch_check(quotes, n, detail, sizeof detail) == STATUS_OK);
    else
        FUZZ_CHECK(error[0] != '\0' && memchr(error, '\0', sizeof error));
    free(quotes);
    char *argument = strndup((const char *)data, size);
    if (argument && publish_argument_parse(argument, NOW_MS, &quote) == STATUS_OK)
        FUZZ_CHECK(quote_batch_check(&quote, 1, detail, sizeof detail) == STATUS_OK);
    free(argument);
    return 0;
}
