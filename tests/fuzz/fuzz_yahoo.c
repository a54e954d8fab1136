/* Answers of yahoo: charts, as prices and as histories. */
#include "provider_input.h"

PROVIDER_FUZZ_TARGET(&provider_yahoo_ops, {PROVIDER_QUOTES, 1, {{4, "AAPL"}}}, {PROVIDER_RATES, 1, {{7, "EUR/USD"}}},
                     {PROVIDER_HISTORY, 1, {{4, "AAPL"}}})
