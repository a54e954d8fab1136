/* A quote: what is known of a symbol's price. Value type. Thread: any; pure. */
#ifndef PF_DOMAIN_QUOTE_H
#define PF_DOMAIN_QUOTE_H

#include "base/decimal.h"
#include "domain/symbol.h"

#include <stdbool.h>
#include <stdint.h>

#define QUOTE_SOURCE_MAX 15

struct quote {
    struct symbol symbol;
    struct currency currency;
    struct price price;          /* > 0 */
    struct price previous_close; /* > 0, or 0 = absent */
    int32_t session;             /* the trading date it belongs to, days since 1970 */
    int64_t as_of_ms;
    int64_t source_time_ms;            /* a replayed bar's own time; 0 = absent */
    char source[QUOTE_SOURCE_MAX + 1]; /* "simulated", "replay", "coinbase", "manual", "publish", … */
    bool stale;
    /* Of a quote to be published: nobody said its currency, so the stored quote's
     * counts where there is one. Never set in a stored one. */
    bool is_currency_assumed;
};

/* True when a reader could see no difference but the time: price,
 * previous_close, currency, session and stale are equal (protocol.md, 2). */
bool quote_is_unchanged(const struct quote *stored, const struct quote *next);

/* "manual" and "publish": prices set by hand do not go stale. */
bool quote_is_by_hand(const struct quote *quote);
/* Neither by hand nor made up ("simulated") nor recorded ("replay"). */
bool quote_is_of_vendor(const struct quote *quote);

#endif
