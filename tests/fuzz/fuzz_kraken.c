/* Answers of kraken: tickers of several pairs, bars. */
#include "provider_input.h"

PROVIDER_FUZZ_TARGET(&provider_kraken_ops, {PROVIDER_CRYPTO, 2, {{7, "BTC-USD"}, {7, "ETH-USD"}}},
                     {PROVIDER_RATES, 1, {{7, "EUR/USD"}}}, {PROVIDER_HISTORY, 1, {{7, "BTC-USD"}}})
