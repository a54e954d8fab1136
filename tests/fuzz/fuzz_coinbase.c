/* Answers of coinbase: tickers and candles. */
#include "provider_input.h"

PROVIDER_FUZZ_TARGET(&provider_coinbase_ops, {PROVIDER_CRYPTO, 1, {{7, "BTC-USD"}}},
                     {PROVIDER_HISTORY, 1, {{7, "BTC-USD"}}})
