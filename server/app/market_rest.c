/* Owns nothing. Refuses to guess: of other exchanges it does not know the
 * hours. Thread: L; pure. */
#include "app/market_rest.h"

#include "domain/market_calendar.h"
#include "domain/portfolio.h"
#include "feed/symbol_pair.h"

/* A vendor's price of a share that New York trades. */
static bool keeps_hours(const struct quote *quote) {
    struct symbol share;
    return quote_is_of_vendor(quote) && strcmp(quote->currency.code, "USD") == 0 &&
           symbol_us_share(&quote->symbol, '.', &share) == STATUS_OK;
}

bool market_rest_is_for(const struct market_calendar *calendar, int64_t wall_ms, const struct portfolio *portfolio,
                        const struct price_book *book) {
    if (market_calendar_is_open(calendar, wall_ms))
        return false;
    bool is_priced = false;
    for (size_t i = 0; i < portfolio->positions_n; i++) {
        const struct position *position = &portfolio->positions[i];
        const struct quote *quote = price_book_quote(price_book_entry_at(book, position->symbol));
        if (!quote || position_way(portfolio, position, quote) == POSITION_UNVALUED)
            continue;
        if (!keeps_hours(quote))
            return false;
        is_priced = true;
    }
    return is_priced;
}
