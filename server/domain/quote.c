/* What two quotes have in common. Thread: any; pure. */
#include "domain/quote.h"

#include <string.h>

bool quote_is_unchanged(const struct quote *stored, const struct quote *next) {
    return stored->price.e8 == next->price.e8 && stored->previous_close.e8 == next->previous_close.e8 &&
           currency_equal(stored->currency, next->currency) && stored->session == next->session &&
           stored->stale == next->stale;
}

bool quote_is_by_hand(const struct quote *quote) {
    return strcmp(quote->source, "manual") == 0 || strcmp(quote->source, "publish") == 0;
}

bool quote_is_of_vendor(const struct quote *quote) {
    return !quote_is_by_hand(quote) && strcmp(quote->source, "simulated") != 0 && strcmp(quote->source, "replay") != 0;
}
