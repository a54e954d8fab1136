/* Files of the European Central Bank: rates of a day, and of many. */
#include "provider_input.h"

PROVIDER_FUZZ_TARGET(&provider_ecb_ops, {PROVIDER_RATES, 3, {{7, "EUR/USD"}, {7, "USD/CHF"}, {7, "JPY/EUR"}}},
                     {PROVIDER_HISTORY, 1, {{7, "EUR/USD"}}})
