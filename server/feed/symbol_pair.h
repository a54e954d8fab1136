/* Pairs: BASE-QUOTE (crypto against a currency) and BASE/QUOTE (a rate between
 * currencies). Thread: any; pure. */
#ifndef PF_FEED_SYMBOL_PAIR_H
#define PF_FEED_SYMBOL_PAIR_H

#include "domain/symbol.h"

enum symbol_kind { SYMBOL_SHARE, SYMBOL_CRYPTO, SYMBOL_RATE };

struct symbol_pair {
    char base[SYMBOL_MAX + 1];
    struct currency quote;
};

/* What a symbol looks like. The pair is set for CRYPTO and RATE; a rate's base
 * is a currency code too. */
enum symbol_kind symbol_pair_kind(const struct symbol *symbol, struct symbol_pair *ret_pair);

/* The quote part of a pair (BTC-EUR, EUR/USD) when it is a currency code. */
PF_MUST_CHECK enum status symbol_pair_currency(const struct symbol *symbol, struct currency *ret_currency);

/* A share's symbol as US vendors write it: letters, and for a class of shares
 * A, B or C behind `mark` (BRK.B, BRK-B). NOT_FOUND for anything else. */
PF_MUST_CHECK enum status symbol_us_share(const struct symbol *symbol, char mark, struct symbol *ret_symbol);

#endif
