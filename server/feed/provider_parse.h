/* Answers of market-data providers, taken apart: pure functions over bytes from
 * outside, fuzzed. Thread: any. */
#ifndef PF_FEED_PROVIDER_PARSE_H
#define PF_FEED_PROVIDER_PARSE_H

#include "feed/provider.h"

/* The body of GET /products/{symbol}/ticker. Classified by the body before the
 * status; a quote has source, currency, session and as_of set. */
void provider_parse_coinbase_ticker(const struct symbol *symbol, long http_status, const char *body, size_t len,
                                    struct provider_answer *ret_answer);

#endif
