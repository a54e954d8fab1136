/* Prices from before splits. Refuses ratios and products that do not fit.
 * Thread: any. */
#include "domain/quote_split.h"

#include "domain/market_calendar.h"

#define TRADE_BEGINS_MS (INT64_C(4) * 3600000) /* of New York's day: the earliest trade before the opening */

int32_t quote_split_date(const struct quote *quote) {
    static const struct currency dollars = {"USD"};
    if (!quote_is_by_hand(quote) || !currency_equal(quote->currency, dollars))
        return quote->session;
    int32_t date = market_calendar_date(quote->as_of_ms - TRADE_BEGINS_MS);
    return date < quote->session ? date : quote->session;
}

/* The splits of the quote's session, if it has them behind it. */
static struct split_ratio session_ratio(const struct split *splits, size_t n, const struct quote *quote) {
    struct split_ratio ratio;
    if (quote->previous_close.e8 <= 0 || quote_split_date(quote) != quote->session ||
        split_ratio_between(splits, n, quote->session - 1, quote->session, &ratio) != STATUS_OK)
        return SPLIT_RATIO_ONE;
    return ratio;
}

/* The first 62 bits of both: their products with each other fit. */
static void shorten(int64_t *a, int64_t *b) {
    while (*a >= INT64_C(1) << 31 || *b >= INT64_C(1) << 31) {
        *a >>= 1;
        *b >>= 1;
    }
}

/* Whether close / price is nearer to 1 than to the ratio: (close / price) squared is on 1's side of it. */
static bool is_divided(struct price close, struct price price, struct split_ratio ratio) {
    int64_t c = close.e8, p = price.e8;
    if (ratio.numerator > SPLIT_TERM_MAX || ratio.denominator > SPLIT_TERM_MAX)
        return false;
    shorten(&c, &p);
    int128 is = (int128)c * c * ratio.denominator, middle = (int128)p * p * ratio.numerator;
    return ratio.numerator > ratio.denominator ? is < middle : is > middle;
}

static bool is_one(struct split_ratio ratio) {
    return ratio.numerator == ratio.denominator;
}

static struct split_ratio inverse(struct split_ratio ratio) {
    return (struct split_ratio){ratio.denominator, ratio.numerator};
}

bool quote_split_is_of_effect(const struct split *splits, size_t n, const struct quote *quote) {
    return n > 0 && (splits[n - 1].date > quote_split_date(quote) || !is_one(session_ratio(splits, n, quote)));
}

bool quote_split_find(const struct split *splits, size_t n, const struct quote *quote, struct quote_split *ret_split) {
    struct quote_split split = {.price = quote->price, .previous_close = quote->previous_close};
    if (!quote_split_is_of_effect(splits, n, quote))
        return false;
    if (split_ratio_between(splits, n, quote_split_date(quote), INT32_MAX, &split.over) != STATUS_OK)
        split.over = (struct split_ratio){INT64_MAX, 1}; /* no product with it fits: the row is unpriced */
    struct split_ratio today = session_ratio(splits, n, quote);
    split.raw_close = quote->previous_close;
    if (!is_one(today) && is_divided(quote->previous_close, quote->price, today) &&
        split_apply_to_price(quote->previous_close, inverse(today), &split.raw_close) != STATUS_OK)
        split.raw_close.e8 = 0;
    if (split_apply_to_price(quote->price, split.over, &split.price) != STATUS_OK)
        split.price = quote->price;
    if (quote->previous_close.e8 > 0 &&
        split_apply_to_price(quote->previous_close, split.over, &split.previous_close) != STATUS_OK)
        split.previous_close.e8 = 0;
    *ret_split = split;
    return true;
}

enum status quote_split_value(struct quantity quantity, struct price price, struct split_ratio over, struct price rate,
                              unsigned factor, struct amount *ret_value) {
    uint64_t numerator, denominator;
    if (__builtin_mul_overflow(rate.e8, over.denominator, &numerator) ||
        __builtin_mul_overflow((int64_t)factor * DECIMAL_ONE, over.numerator, &denominator))
        return STATUS_OVERFLOW;
    return amount_scale_product(quantity, price, numerator, denominator, ret_value);
}
