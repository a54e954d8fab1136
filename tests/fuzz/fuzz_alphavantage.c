/* Answers of alphavantage: quotes one and many, rates, histories. */
#include "provider_input.h"

PROVIDER_FUZZ_TARGET(&provider_alphavantage_ops, {PROVIDER_QUOTES, 1, {{3, "IBM"}}},
                     {PROVIDER_BULK_QUOTES, 2, {{4, "MSTR"}, {5, "BRK.B"}}}, {PROVIDER_RATES, 1, {{7, "USD/JPY"}}},
                     {PROVIDER_FULL_HISTORY, 1, {{4, "AAPL"}}}, {PROVIDER_HISTORY, 1, {{7, "EUR/USD"}}})
