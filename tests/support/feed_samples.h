/* Quotes for the tests of the feed, and a small deterministic random source. */
#ifndef PF_TESTS_FEED_SAMPLES_H
#define PF_TESTS_FEED_SAMPLES_H

#include "base/timestamp.h"
#include "domain/quote.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define SAMPLE_TIME_MS INT64_C(1795000000000) /* 2026-11-18T… */

static inline uint64_t sample_random(uint64_t *state) {
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static inline struct symbol sample_symbol(const char *text) {
    struct symbol symbol = {0};
    symbol.len = (uint8_t)strlen(text);
    snprintf(symbol.text, sizeof symbol.text, "%s", text);
    return symbol;
}

static inline struct quote sample_quote(const char *symbol, int64_t price_e8, int64_t as_of_ms) {
    struct quote quote = {.symbol = sample_symbol(symbol),
                          .currency = {"USD"},
                          .price = {price_e8},
                          .session = timestamp_date(as_of_ms),
                          .as_of_ms = as_of_ms,
                          .source = "simulated"};
    return quote;
}

static inline int sample_quotes_equal(const struct quote *a, const struct quote *b) {
    return symbol_equal(&a->symbol, &b->symbol) && currency_equal(a->currency, b->currency) &&
           a->price.e8 == b->price.e8 && a->previous_close.e8 == b->previous_close.e8 && a->session == b->session &&
           a->as_of_ms == b->as_of_ms && a->source_time_ms == b->source_time_ms && strcmp(a->source, b->source) == 0 &&
           a->stale == b->stale;
}

#endif
