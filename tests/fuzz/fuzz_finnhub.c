/* Answers of finnhub: quotes. */
#include "provider_input.h"

PROVIDER_FUZZ_TARGET(&provider_finnhub_ops, {PROVIDER_QUOTES, 1, {{4, "AAPL"}}})
