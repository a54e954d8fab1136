/* A quote and the splits of its symbol, where they do not fit each other: a price
 * from before a split that is in the lots already, and the previous close on a
 * split's day, which some vendors have divided by it and others not.
 *
 * A price from before a split counts divided by its ratio. Its product with a
 * quantity is rounded once, ratio and all. Thread: any; pure. */
#ifndef PF_DOMAIN_QUOTE_SPLIT_H
#define PF_DOMAIN_QUOTE_SPLIT_H

#include "domain/quote.h"
#include "domain/split.h"

#include <string.h>

struct quote_split {
    struct split_ratio over;     /* of the splits since the price; SPLIT_RATIO_ONE: there are none */
    struct price price;          /* as shown: after those splits, rounded to 1e-8 */
    struct price previous_close; /* the same; 0 = absent */
    struct price raw_close; /* previous_close as of the share before the splits of the quote's session; 0 = absent */
};

/* The date that says which splits a price has behind it: its session. A price by
 * hand has the UTC date of its time for one, which in New York's evening is
 * tomorrow's: in dollars it is of New York's date, whose trade begins at four. */
int32_t quote_split_date(const struct quote *quote);
/* Whether that of both is the same, of each tick: nearly always it is seen at once. */
static inline bool quote_split_date_is_same(const struct quote *a, const struct quote *b) {
    const int64_t hour_ms = 3600000;
    int64_t begin_ms = a->session * (24 * hour_ms), a_ms = a->as_of_ms - begin_ms, b_ms = b->as_of_ms - begin_ms;
    if (a->session != b->session)
        return false;
    /* Four o'clock in New York is eight or nine, UTC, all of a day. */
    if (a_ms >= 9 * hour_ms && b_ms >= 9 * hour_ms)
        return true;
    bool is_one_side = (a_ms < 8 * hour_ms) == (b_ms < 8 * hour_ms) && (a_ms < 9 * hour_ms) == (b_ms < 9 * hour_ms) &&
                       a_ms >= -15 * hour_ms && b_ms >= -15 * hour_ms;
    if (is_one_side && memcmp(a->source, b->source, sizeof a->source) == 0 && currency_equal(a->currency, b->currency))
        return true;
    return quote_split_date(a) == quote_split_date(b);
}

/* False: the quote counts as it is. splits[0..n): ordered by date, all of them in
 * the quantities. The raw_close is the previous_close itself, unless that is
 * nearer to the price, by ratio, than to what the splits of the session make of
 * the price: then a vendor has divided it. */
bool quote_split_find(const struct split *splits, size_t n, const struct quote *quote, struct quote_split *ret_split);

/* Whether a move of the price alone may move a row by something else than
 * quantity x move: the quote counts not as it is, or may not after it. */
bool quote_split_is_of_effect(const struct split *splits, size_t n, const struct quote *quote);

/* round(quantity x price x rate / (ratio x factor)), as amount_convert_product; a
 * rate of 1 and a factor of 1 in the quote's own currency. STATUS_OVERFLOW: it
 * does not fit. */
PF_MUST_CHECK enum status quote_split_value(struct quantity quantity, struct price price, struct split_ratio over,
                                            struct price rate, unsigned factor, struct amount *ret_value);

#endif
