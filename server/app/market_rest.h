/* Whether a portfolio rests because the exchange does: what heartbeats call
 * market_closed. Thread: L; pure. */
#ifndef PF_APP_MARKET_REST_H
#define PF_APP_MARKET_REST_H

#include <stdbool.h>
#include <stdint.h>

struct market_calendar;
struct portfolio;
struct price_book;

/* True when New York's exchanges are closed at the instant and every priced row is a share that they trade, at a
 * vendor's price; false when no row is priced. Crypto, rates, shares of other exchanges, and prices by hand, made up
 * or recorded move whenever they like. Of a converted row only the share counts: that its rate moves shows as a change
 * (`live`), like a price after hours. Looks at every row. */
bool market_rest_is_for(const struct market_calendar *calendar, int64_t wall_ms, const struct portfolio *portfolio,
                        const struct price_book *book);

#endif
