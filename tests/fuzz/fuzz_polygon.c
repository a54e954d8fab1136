/* Answers of polygon: snapshots, the last day's bar, histories. */
#include "provider_input.h"

PROVIDER_FUZZ_TARGET(&provider_polygon_ops, {PROVIDER_BULK_QUOTES, 3, {{4, "AAPL"}, {5, "BRK-B"}, {4, "BCAT"}}},
                     {PROVIDER_QUOTES, 1, {{4, "AAPL"}}}, {PROVIDER_RATES, 1, {{7, "EUR/USD"}}},
                     {PROVIDER_HISTORY, 1, {{4, "AAPL"}}}, {PROVIDER_SPLITS, 1, {{4, "AAPL"}}},
                     {PROVIDER_DIVIDENDS, 1, {{4, "AAPL"}}})
